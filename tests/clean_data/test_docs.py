from __future__ import annotations

import re
from pathlib import Path

import pytest

from recast_api.clean_data import checks_table
from tests.clean_data.make import csv_text, daily_frame
from tests.clean_data.planted import put

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
EXAMPLE = next(
    code for code in re.findall(r"```python\n(.*?)```", README, re.S) if "clean_data import" in code
)


def test_the_table_of_checks_in_the_readme_is_the_codes() -> None:
    found = re.search(r"<!-- checks:begin -->\n(.*)\n<!-- checks:end -->", README, re.S)
    assert found
    assert found[1].strip() == checks_table()


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
