"""CSV that is taken away: a spreadsheet shows every cell and runs none."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recast_api.inert_csv import inert_csv
from tests.formula_starts import FORMULA_STARTS

SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫"
BLANK = " \t\r\n\0\u00a0\ufeff\u200b"


def cells_of(text: str, separator: str = ",") -> list[str]:
    """The cells below the header, as a program reads them that takes `separator` to lie between them."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [cell for row in list(rows)[1:] for cell in row]


def is_formula(cell: str) -> bool:
    return cell.startswith(("\t", "\r", "\n")) or cell.lstrip(BLANK).startswith(tuple(SIGNS))


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_cell_that_could_be_a_formula_has_an_apostrophe_before_it(start: str) -> None:
    text = f"{start}cmd|' /C calc'!A0"
    (cell,) = cells_of(inert_csv(["a"], [[text]]))
    assert cell == "'" + text.replace("\0", "")


@pytest.mark.parametrize(
    "text",
    [
        *("a=b", "1-2", "ana@example.com", "a\t", "2026-01-31", "'=1", '"=1"', "a,=1", "a, -1", " a", "%1"),
        *("a\nb", "a\rb", "a; b", "lines 4; 5", "linear_tv", "–5", "&=", "\u00a0a", "\ufeffa", "é", "数=1"),
    ],
)
def test_any_other_cell_is_as_it_was(text: str) -> None:
    assert cells_of(inert_csv(["a", "b"], [["", text]])) == ["", text]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a;=1", "a;'=1"),
        ("a; =1", "a;' =1"),
        (";=1", ";'=1"),
        ("-5; -3", "'-5;' -3"),
        ("a\n=1", "a\n'=1"),
        ("a\r\n\n =1", "a\r\n\n' =1"),
        ("a\t\u00a0@b", "a\t'\u00a0@b"),
        ("\n;=1", "'\n;'=1"),
        ('a";=1', "a\";'=1"),
    ],
)
def test_what_a_semicolon_or_a_line_end_in_a_cell_sets_free_is_no_formula_either(
    text: str, written: str
) -> None:
    file = inert_csv(["a", "b"], [["x", text]])
    assert cells_of(file) == ["x", written]
    assert not [cell for cell in cells_of(file, ";") if is_formula(cell)]


@given(st.lists(st.text(st.sampled_from(f"{SIGNS}{BLANK};,'\"ab1")), min_size=1))
def test_whatever_is_written_no_cell_is_a_formula(texts: list[str]) -> None:
    written = cells_of(inert_csv(texts, [texts]))
    assert len(written) == len(texts)
    assert not [cell for cell in written if is_formula(cell)]
    assert [cell.replace("'", "") for cell in written] == [
        text.replace("\0", "").replace("'", "") for text in texts
    ]


def test_numbers_dates_and_nothing_are_cells() -> None:
    assert inert_csv(["a", "=b"], [[1, None], [-2.5, "x,y"], ["a\rb", '"']]) == (
        'a,\'=b\r\n1,\r\n\'-2.5,"x,y"\r\n"a\rb",""""\r\n'
    )
