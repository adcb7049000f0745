"""Columns of numbers: point or comma decimals, decided for the file and for each column."""

import numpy as np
import pytest

from recast_api.clean_data import CleanData, read
from recast_api.clean_data.reading.cells import weigh
from recast_api.clean_data.reading.number_columns import decided
from recast_api.clean_data.reading.number_patterns import Decimals
from tests.clean_data.make import csv_rows

DAYS = ["2025-01-01", "2025-01-02", "2025-01-03"]


def numbers_of(data: CleanData, column: str) -> list[float]:
    return data.frame[column].tolist()


@pytest.mark.parametrize(
    ("cells", "character"),
    [
        (["1,234", "1,234.5"], Decimals.POINT),
        (["1,234", "1.234,5"], Decimals.COMMA),
        (["1,234", "12,5"], Decimals.COMMA),
        (["1,234", "0,123"], Decimals.COMMA),
        (["1,234", "1,234,567"], Decimals.POINT),
        (["1.234", "1.234.567"], Decimals.COMMA),
        (["1,234", "980"], None),
        (["12,5", "12.5"], None),
        (["1.234", "980"], None),
        (["word, word"], None),
    ],
)
def test_the_whole_column_tells_the_decimals(cells, character):
    assert decided(weigh(cells)) is character


def test_points_are_thousands_where_the_other_columns_have_decimal_commas():
    data = read("date;a;b;c\n2025-01-01;0,5;1.234;1.234\n2025-01-02;12,5;980;1.5\n")
    assert numbers_of(data, "a") == [0.5, 12.5]
    assert numbers_of(data, "b") == [1234, 980]
    assert numbers_of(data, "c") == [1.234, 1.5]


@pytest.mark.parametrize(
    "cell", ["0.999", "1000.5", "1.2345", "1234.567", "1.2"], ids=lambda cell: f"not grouped: {cell}"
)
def test_other_points_stay_decimals_beside_decimal_commas(cell):
    data = read(f"date;a;b\n2025-01-01;0,5;{cell}\n2025-01-02;12,5;1.234\n")
    assert numbers_of(data, "b") == [float(cell), 1.234]


@pytest.mark.parametrize("cell", ["1.001", "999.999", "-12.500", "12.000"])
def test_any_number_with_three_decimals_may_be_thousands(cell):
    data = read(f"date;a;b\n2025-01-01;0,5;{cell}\n2025-01-02;12,5;1.234\n")
    assert numbers_of(data, "b") == [float(cell.replace(".", "")), 1234]


def test_a_column_of_words_stays_and_is_left_to_the_checks():
    data = read(csv_rows(["date", "geo"], [DAYS[0], "north"], [DAYS[1], ""], [DAYS[2], "NA"]))
    assert data.frame["geo"].isna().tolist() == [False, True, False]
    assert data.findings == ()


def test_infinite_numbers_are_numbers():
    data = read(csv_rows(["date", "a", "b"], [DAYS[0], "inf", "1"], [DAYS[1], "-Infinity", "NA"]))
    assert numbers_of(data, "a") == [np.inf, -np.inf]
