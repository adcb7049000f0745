"""Cells that aren't plain numbers, in sentences."""

import pytest

from recast_api.clean_data import read
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
    rows = "".join(f"2025-01-{day:02},x\n" for day in range(1, 31))
    (finding,) = read("date,a\n2024-12-31,1\n" + rows).findings
    assert finding.line_count == 30
    assert finding.lines == tuple(range(3, 33))
    assert "lines 3–32" in finding.sentence
