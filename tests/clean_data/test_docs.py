from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from recast_api.clean_data import checks_table
from tests.clean_data.make import csv_text, daily_frame
from tests.clean_data.planted import put

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
README_OF_ROOM = (ROOT / "recast_api" / "clean_data" / "README.md").read_text(encoding="utf-8")
EXAMPLE = next(
    code for code in re.findall(r"```python\n(.*?)```", README, re.S) if "clean_data import" in code
)


def test_the_table_of_checks_in_the_rooms_readme_is_the_codes() -> None:
    found = re.search(r"<!-- checks:begin -->\n(.*)\n<!-- checks:end -->", README_OF_ROOM, re.S)
    assert found
    assert found[1].strip() == checks_table()


def test_the_command_prints_the_table() -> None:
    command = [sys.executable, "-m", "recast_api.clean_data", "--checks"]
    printed = subprocess.check_output(command, cwd=ROOT, text=True, encoding="utf-8")
    assert printed.strip() == checks_table()


def test_the_rooms_readme_names_every_file() -> None:
    files = (ROOT / "recast_api" / "clean_data").rglob("*.py")
    unnamed = [file.name for file in files if f"`{file.stem}" not in README_OF_ROOM and file.stem[0] != "_"]
    assert unnamed == []


def test_the_example_passes_clean_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("clean_data.csv").write_text(csv_text(daily_frame()))
    with pytest.raises(SystemExit) as ended:
        exec(EXAMPLE, {})
    assert ended.value.code == 0


def test_the_example_fails_on_a_finding_that_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("clean_data.csv").write_text(csv_text(put("tiktok", 10, float("inf"))(daily_frame())))
    with pytest.raises(SystemExit) as ended:
        exec(EXAMPLE, {})
    assert ended.value.code == 1
    assert "block: Infinite values in tiktok (line 12)." in capsys.readouterr().out
