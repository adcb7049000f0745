"""What CONTRIBUTING names is there: files, tests and functions."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
MADE_UP = {"pages/calendar.py", "pages/_calendar/", "tests/app/test_calendar.py"}


def named(pattern: str) -> list[str]:
    return sorted(set(re.findall(rf"`({pattern})`", TEXT)) - MADE_UP)


@pytest.mark.parametrize("path", named(r"(?:recast_api|pages|tests)/[\w/.]+"))
def test_every_path_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("test", named(r"test_\w+"))
def test_every_test_is_there(test: str) -> None:
    assert any(f"def {test}(" in file.read_text(encoding="utf-8") for file in ROOT.glob("tests/**/*.py"))
