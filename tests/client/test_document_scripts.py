"""The client scripts of the API document, run as they stand there against the sandbox.

Nothing is changed but the base URL, the client slug, the file, the priors sheet and the pause between looks.
"""

import os
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

from recast_api.sandbox import Sandbox
from tests.required_tools import require

DOCUMENT = Path(__file__).parents[1] / "samples" / "run-launching-api.txt"
SHEET = "https://docs.google.com/spreadsheets/d/abc/edit"
TITLE = "# Recast Model Launching API"


def cut(start: str, end: str | None = None) -> str:
    """The document from the line that begins with `start` up to the line `end`."""
    text = DOCUMENT.read_text(encoding="utf-8")
    begin = text.index(f"\n{start}") + 1
    return text[begin : text.index(f"\n{end}\n", begin) if end else None]


def changed(script: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        assert script.count(old) == 1, old
        script = script.replace(old, new)
    return script


@pytest.fixture
def quick_sandbox():
    with Sandbox(minute=0.002) as sandbox:
        yield sandbox


def run(command: list[str], folder: Path, token: str) -> str:
    environment = {**os.environ, "API_PAT": token, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_python_script(quick_sandbox, clean_csv, tmp_path):
    account = quick_sandbox.open_account(client_slug="acme", demo=False)
    (tmp_path / "mine.csv").write_text(clean_csv, encoding="utf-8", newline="\r\n")
    script = changed(
        cut(TITLE, "Stability Loop Example (Python)"),
        {
            "https://api.getrecast.com": quick_sandbox.base_url,
            '"my-client"': f'"{account.client_slug}"',
            "https://docs.google.com/spreadsheets/d/...": SHEET,
            '"clean_data.csv"': '"mine.csv"',
            "time.sleep(60)": "time.sleep(0.02)",
        },
    )
    examples = (
        ("Stability Loop Example (Python)", "Holdout Test Example (Python)"),
        ("Holdout Test Example (Python)", "Downloading Clean Data (Python)"),
        ("Downloading Clean Data (Python)", "R"),
    )
    # Each example is a heading, the language, and the code, which goes on from the script.
    parts = [script, *(cut(*example).split("\nPython\n", 1)[1] for example in examples)]
    (tmp_path / "script.py").write_text("\n".join(parts), encoding="utf-8")
    printed = run([sys.executable, "script.py"], tmp_path, account.token)

    launched = quick_sandbox.runs(account.token)[::-1]
    assert f"Run {launched[0].id} finished with status: success" in printed
    assert f"Launched stability loop: {launched[1].id}" in printed
    assert f"Launched holdout: {launched[2].id}" in printed
    assert "Downloaded clean data: 120 rows, 5 columns" in printed
    assert [run.clean_data for run in launched] == [clean_csv.encode()] * 3


def test_the_r_script(quick_sandbox, clean_csv, tmp_path):
    how = "This test needs R with httr2: apt-get install r-base-core r-cran-httr2 r-cran-jsonlite"
    require(which("Rscript") is not None, how)
    httr2 = subprocess.run(["Rscript", "-e", "library(httr2)"], capture_output=True, check=False)
    require(httr2.returncode == 0, how)
    account = quick_sandbox.open_account(client_slug="acme", demo=False)
    (tmp_path / "mine.csv").write_text(clean_csv, encoding="utf-8")
    text = DOCUMENT.read_text(encoding="utf-8")
    script = changed(
        text[text.rindex(TITLE) :],
        {
            "https://api.getrecast.com": quick_sandbox.base_url,
            '"my-client"': f'"{account.client_slug}"',
            "https://docs.google.com/spreadsheets/d/...": SHEET,
            '"clean_data.csv"': '"mine.csv"',
            "Sys.sleep(60)": "Sys.sleep(0.02)",
        },
    )
    (tmp_path / "script.R").write_text(script, encoding="utf-8")
    printed = run(["Rscript", "script.R"], tmp_path, account.token)

    (launched,) = quick_sandbox.runs(account.token)
    assert f"Run {launched.id} finished with status: success" in printed
    assert launched.clean_data == clean_csv.rstrip("\n").encode()
