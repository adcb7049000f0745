"""Cells that aren't plain numbers, in sentences."""

import pytest

from recast_api.clean_data import CleanData, check_data, read
from tests.clean_data.make import csv_rows

DAYS = ["2025-01-01", "2025-01-02", "2025-01-03"]


@pytest.mark.parametrize(
    "cell", ["1_000", "0x1F", "١٢", "1 2", "5..", "1e", "=1", "--1", "1,2,3", "$", "()", "(5"]
)
def test_what_only_some_programs_read_as_a_number_is_none(cell):
    data = read(csv_rows(["date", "a"], [DAYS[0], "1"], [DAYS[1], f'"{cell}"']))
    (finding,) = data.findings
    assert (finding.check, finding.lines, finding.values) == ("not_a_number", (3,), (cell,))


def test_numbers_among_text_leave_the_column_as_it_stands():
    data = read(csv_rows(["date", "a"], [DAYS[0], "1"], [DAYS[1], "two"], [DAYS[2], "3"]))
    assert data.frame["a"].tolist() == ["1", "two", "3"]


def test_many_lines_are_counted_and_the_first_named():
    rows = [
        f"2025-{month:02}-{day:02},{'x' if month == 1 else 1}\n" for month in (1, 2) for day in range(1, 29)
    ]
    (finding,) = read("date,a\n2024-12-31,1\n" + "".join(rows)).findings
    assert finding.line_count == 28
    assert finding.lines == tuple(range(3, 31))
    assert "lines 3–30" in finding.sentence


def column_of(*cells: str) -> CleanData:
    return read("date,a\n" + "".join(f'2025-01-{day:02},"{cell}"\n' for day, cell in enumerate(cells, 1)))


def test_a_column_is_one_of_numbers_if_half_of_its_cells_are() -> None:
    half, fewer = column_of("1", "$2", "x", "y"), column_of("1", "x", "y", "z")
    assert [finding.check for finding in half.findings] == ["not_a_number", "number_format"]
    assert fewer.findings == ()
    assert [finding.check for finding in check_data(fewer) if finding.columns == ("a",)] == ["text_column"]
    assert [finding.check for finding in check_data(half) if finding.columns == ("a",)] == [
        "not_a_number",
        "number_format",
    ]


@pytest.mark.parametrize("error", ["#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#WERT!", "Err:502"])
def test_failed_formulas_are_named_and_leave_a_column_one_of_numbers(error: str) -> None:
    data = column_of("$1,000.50", error, "$2,000.50", error, error)
    finding = data.findings[0]
    assert (finding.check, finding.lines, finding.values) == ("not_a_number", (3, 5, 6), (error,))
    assert finding.advice.startswith("A formula failed there")
    assert "text_column" not in [finding.check for finding in check_data(data)]
    assert column_of("$1,000.50", error, "x").findings[0].advice.startswith("Write a number")


def test_a_dash_in_the_format_called_accounting_is_a_zero() -> None:
    data = column_of(*[" $ -   "] * 20, "$1,234.50", " $(2.00)")
    assert data.frame["a"].tolist() == [0.0] * 20 + [1234.5, -2.0]
    assert [(finding.check, finding.line_count) for finding in data.findings] == [("number_format", 22)]
