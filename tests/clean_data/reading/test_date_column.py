"""Which column holds the days."""

import pytest

from recast_api.clean_data import read


@pytest.mark.parametrize(
    ("header", "row", "column"),
    [
        ("start,date", "2025-01-01,2025-01-02", "date"),
        ("Date,date,a", "2025-01-01,2025-01-02,1", "date"),
        ("start,week,a", "2025-01-01,2025-01-02,1", "week"),
        ("start,end,a", "2025-01-01,2025-01-02,1", None),
        (",a", "2025-01-01,1", "date"),
        (",Date", "2025-01-01,2025-01-02", None),
        ("day,a", "20250101,1", "day"),
        ("a,day", "1,20250101", None),
        ("a,date", "1,20250101", "date"),
        ("date,a", "45658,1", "date"),
        ("date\u200b,a", "45658,1", None),
        ("date\u200b,a", "2025-01-01,1", "date\u200b"),
        ("Week,Day,a", "2025-01-01,2025-01-02,1", "Day"),
        ("Reporting starts,Reporting ends,a", "2025-01-01,2025-01-01,1", "Reporting starts"),
    ],
)
def test_the_column_of_days_is_found_by_name_or_cells(header: str, row: str, column: str | None) -> None:
    assert read(f"{header}\n{row}\n").date_column == column


@pytest.mark.parametrize(("words", "column"), [(1, "ds"), (2, None)])
def test_four_of_five_cells_have_to_be_dates(words: int, column: str | None) -> None:
    cells = ["2025-01-01"] * 4 + ["x"] * words
    assert read("ds,a\n" + "".join(f"{cell},1\n" for cell in cells)).date_column == column


def test_days_in_the_header_are_explained():
    (finding,) = read("channel,2025-01-01,2025-01-02\ntv,1,2\n").findings
    assert "days stand in the header" in finding.sentence


def test_the_one_column_that_differs_on_every_row_has_the_days() -> None:
    table = "month,ordered,a\n2025-01-01,2025-01-01,1\n2025-01-01,2025-01-02,2\n"
    assert read(table).date_column == "ordered"
    assert read(table + "2025-02-01,2025-01-02,3\n").date_column is None
