"""The launch as code does what the button does: run for real against the sandbox."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from recast_api import RecastClient, RunForm
from recast_api.preparing import code
from recast_api.sandbox import Account, Sandbox
from tests.client.conftest import SHEET

ROOT = Path(__file__).parents[2]


def form_of(clean_csv: str) -> RunForm:
    return RunForm(
        run_type="holdout", google_sheet_priors_url=SHEET, clean_data=clean_csv, holdout_days=[14, 28]
    )


@pytest.fixture
def there(sandbox: Sandbox, account: Account) -> dict[str, str]:
    return {"base_url": sandbox.base_url, "client_slug": account.client_slug}


def test_the_python_code_launches_the_form(
    client: RecastClient, account: Account, there: dict[str, str], clean_csv: str, tmp_path: Path
) -> None:
    form = form_of(clean_csv)
    script = code.python(form, **there)
    (tmp_path / "clean_data.csv").write_text(clean_csv, encoding="utf-8")
    # All but the last line, which waits for the run to end: the sandbox's clock stands still.
    launch = "\n".join(script.rstrip().split("\n")[:-1])
    environment = {**os.environ, "API_PAT": account.token, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", launch], cwd=tmp_path, env=environment, check=True, timeout=60)
    (run,) = client.runs.list().items
    served = client.runs.get(run.id)
    assert (served.run_type, (served.form or {})["holdout_days"]) == ("holdout", [14, 28])
    assert client.runs.download_clean_data(run.id) == clean_csv.encode()
    assert account.token not in script


def test_the_curl_command_names_the_url_the_token_by_its_variable_and_the_file() -> None:
    command = code.curl("body.json", base_url="https://api.example", client_slug="a b/c")
    url = "https://api.example/v1/clients/a%20b%2Fc/runs"
    assert shlex.split(command.replace("\\\n", " ")) == [
        *("curl", url, "-H", "Authorization: Bearer $API_PAT"),
        *("-H", "Content-Type: application/json", "--data-binary", "@body.json"),
    ]


@pytest.mark.parametrize("slug", ["acme'; rm -rf /", 'a"b', "$(id)"])
def test_a_hostile_slug_stays_one_word_of_the_command_and_a_string_of_the_script(slug: str) -> None:
    command = code.curl("body.json", base_url="https://api.example", client_slug=slug)
    assert shlex.split(command.replace("\\\n", " "))[1].startswith("https://api.example/v1/clients/")
    script = code.python(form_of("date,y\n2026-01-01,1\n"), base_url="https://api.example", client_slug=slug)
    assert f"client_slug={slug!r}," in script
    compile(script, "script", "exec")
