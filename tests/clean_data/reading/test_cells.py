"""Cells by column: what speaks for a decimal comma, exponents, and what comes far down in a file."""

from random import Random

import numpy as np
import pytest

from recast_api.clean_data import read
from recast_api.clean_data.reading import cells
from recast_api.clean_data.reading.cells import Evidence
from tests.clean_data.make import csv_rows


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("1.2e5", "120000"),
        ("-5E-3", "-0.005"),
        ("1e999", "1e999"),
        ("12", "12"),
        ("meta", "meta"),
        ("1e0", "1"),
    ],
)
def test_exponents_are_written_out_within_reason(cell, written):
    assert cells.expand(cell) == written


def test_exponents_are_found_as_each_by_itself() -> None:
    chance = Random(3)
    column = [
        f"{chance.choice('0001')}.{chance.randrange(100)}E{chance.randrange(-33, 34)}" for _ in range(400)
    ]
    column += [
        "0.00E+00",
        "0E+31",
        "1e0005",
        " 1e+005 ",
        "1e30",
        "9.99e30",
        "1e31",
        "1e-30",
        "1e-31",
        "2",
        "",
    ] * 20
    data = read(csv_rows(["date", "a"], *(["2025-01-01", cell] for cell in column)))
    (finding,) = (finding for finding in data.findings if finding.check == "scientific_notation")
    expected = [line for line, cell in enumerate(column, 2) if cells.expand(cell) != cell]
    assert list(finding.lines) == expected


def weighed(column: list[str]) -> Evidence:
    return cells.weigh(np.array([cells.vote(cell) for cell in column], np.int8))


def test_the_cells_of_a_column_are_weighed_until_enough_agree():
    assert weighed(["1,5"] * 250) == Evidence(comma=cells.ENOUGH)
    assert weighed(["1,5"] * 99 + ["1,234"]) == Evidence(comma=99, either=1)
    assert weighed(["1,5", "1.5"] * 150) == Evidence(point=150, comma=150)
    assert weighed(["1,5"] * 100 + ["1.5"] * 250) == Evidence(comma=cells.ENOUGH)


def test_exponents_are_found_on_their_lines_between_quoted_cells_and_empty_rows():
    data = read('date,"a",b\n\n2025-01-01,"x\ny",1\n2025-01-02,"at 1e5","2E-3"\n\n2025-01-03,z,1e5\n')
    found = {finding.check: finding for finding in data.findings}["scientific_notation"]
    assert (found.lines, found.columns, found.values) == ((5, 7), ("b",), ("2E-3",))


def test_exponents_that_cannot_be_written_out_are_left_alone():
    data = read(csv_rows(["date", "a"], ["2025-01-01", "1e31"], ["2025-01-02", "1e-31"]))
    assert data.findings == ()
    assert read("date,a\n2025-01-01,1e30\n").findings[0].check == "scientific_notation"


def test_exponents_in_rows_narrower_than_the_widest_are_found():
    data = read("date,a\n2025-01-01,1e5\n2025-01-02,2,,,\n")
    assert "scientific_notation" in [finding.check for finding in data.findings]


def test_a_longer_row_far_down_is_read():
    rows = cells.CELLS_AT_A_TIME // 2 + 1
    data = read("date,a\n" + "2025-01-01,1\n" * rows + "2025-01-02,2,\n")
    assert data.frame["a"].iloc[-1] == 2.0
    assert len(data.frame) == rows + 1


def test_numbers_too_long_for_the_parser_are_numbers():
    data = read(csv_rows(["date", "a"], ["2025-01-01", "9" * 30], ["2025-01-02", "1"]))
    assert data.frame["a"].tolist() == [1e30, 1.0]
    assert data.findings == ()


def test_a_column_that_changes_its_kind_far_down_is_read_again():
    rows = 1_100_000 // 2
    text = "date,a\n" + "2025-01-01,007\n" * rows + "2025-01-01,x\n"
    data = read(text)
    assert data.frame["a"].iloc[0] == "007"
    assert data.findings[0].lines == (rows + 2,)
