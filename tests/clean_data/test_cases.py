"""The command that tries cases says which of them hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clean_data.cases import main
from tests.clean_data.make import csv_text, daily_frame
from tests.clean_data.planted import put


def tried(folder: Path, *cases: dict[str, Any]) -> int:
    """The exit code for cases about one file: `tiktok` is all zero, and 7 days older in the earlier run's."""
    frame = put("tiktok", slice(None), 0)(daily_frame())
    (folder / "now.csv").write_text(csv_text(frame))
    (folder / "then.csv").write_text(csv_text(frame.iloc[:-7]))
    both = {"file": "now.csv", "earlier": "then.csv", "what": "no tiktok"}
    (folder / "cases.json").write_text(json.dumps([both | case for case in cases]))
    return main([str(folder), "--brief"])


@pytest.mark.parametrize(
    ("holds", "fails"),
    [
        ({"must": [{"check": "empty|all_zero", "column": "tiktok"}]}, {"must": [{"column": "podcasts"}]}),
        (
            {"must": [{"level": "confirm", "not_check": ["x"]}]},
            {"must": [{"column": "tiktok", "not_check": ["all_zero"]}]},
        ),
        ({"never": ["gaps"]}, {"never": ["all_zero"]}),
        ({"never_level": ["block"]}, {"never_level": ["confirm"]}),
        ({"never_above_note": ["gaps"]}, {"never_above_note": ["all_zero"]}),
        ({"only_above_note": ["all_zero"]}, {"only_above_note": ["gaps"]}),
        ({"max_level": {"all_zero": "confirm"}}, {"max_level": {"all_zero": "note"}}),
        ({"never_text": ["podcasts"]}, {"never_text": ["tiktok"]}),
        ({"numeric": ["tiktok"]}, {"numeric": ["date"]}),
        ({"thousands_not_lost": "tiktok"}, {"thousands_not_lost": "revenue"}),
        ({"first_day_or_says": ["2023-11-03", "x"]}, {"first_day_or_says": ["2023-11-04", "midnight"]}),
        ({"verdict_not": ["history rewritten"]}, {"verdict_not": ["pure append"]}),
        ({"reason_not": ["no column"]}, {"reason_not": [""]}),
        ({"comparison_says": ["at the end"]}, {"comparison_says": ["at the start"]}),
        ({"no_rename": True}, {"says_change_of": "tiktok"}),
        ({"never": []}, {"says_any": ["above"]}),
        ({"never": []}, {"shows_invisible": "tiktok"}),
    ],
    ids=str,
)
def test_an_expectation_is_met_or_not(tmp_path: Path, holds: dict[str, Any], fails: dict[str, Any]) -> None:
    assert tried(tmp_path, {"expect": holds}) == 0
    assert tried(tmp_path, {"expect": fails}) == 1


def test_a_wish_that_is_open_does_not_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tried(tmp_path, {"expect": {"never": ["all_zero"]}, "wish": True}, {"expect": {}}) == 0
    assert "1 hold, 0 fail, 1 wishes are open" in capsys.readouterr().out


def test_an_expectation_that_is_not_known_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="unheard_of"):
        tried(tmp_path, {"expect": {"unheard_of": 1}})
