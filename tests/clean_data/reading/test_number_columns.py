"""Columns of numbers: point or comma decimals, decided for the file and for each column."""

import numpy as np
import pytest

from recast_api.clean_data import CleanData, read
from recast_api.clean_data.reading import cells as reading_cells
from recast_api.clean_data.reading.cells import vote, weigh
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
    assert decided(weigh(np.array([vote(cell) for cell in cells], np.int8))) is character


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


def asked(data: CleanData) -> tuple[str, ...]:
    """The columns of which is asked what their points are."""
    return next((finding.columns for finding in data.findings if finding.check == "point_unknown"), ())


def columns_of(separator: str, **columns: list[str]) -> CleanData:
    rows = zip(DAYS, *columns.values(), strict=False)
    return read(csv_rows(["date", *columns], *rows, separator=separator))


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_points_are_asked_about_where_commas_do_not_separate_cells(separator: str) -> None:
    data = columns_of(separator, a=["1.234", "814"], b=["12.000", "7.500"], c=["1", "2"], d=["€ 1.500", "NA"])
    assert asked(data) == ("a", "b", "d")
    assert numbers_of(data, "a") == [1234, 814]
    assert numbers_of(data, "b") == [12000, 7500]
    finding = next(finding for finding in data.findings if finding.check == "point_unknown")
    assert "until then, thousands are assumed, as" in finding.advice
    assert {fix.name for fix in data.fixes} == {
        *("points_are_decimals", "points_are_thousands"),
        "missing_words",
    }
    (separated,) = (finding for finding in data.findings if finding.check == "separator")
    assert separated.advice == "First say what the points in the numbers are."


@pytest.mark.parametrize("fix", ["points_are_decimals", "points_are_thousands"])
def test_once_answered_points_are_not_asked_about_again(fix: str) -> None:
    text = "date;a;b\n2025-01-01;1.234;€ 1.500\n2025-01-02;814;€ 12\n"
    data = read(text, fixes=[fix, "separator"])
    assert set(data.accepted) == {fix, "separator"}
    assert asked(data) == ()
    by = 1 if fix == "points_are_thousands" else 1000
    assert numbers_of(data, "a") == [1234 / by, 814]
    assert numbers_of(data, "b") == [1500 / by, 12]
    assert read(data.text).frame.equals(data.frame)


def test_other_points_say_what_points_are() -> None:
    assert asked(columns_of(";", a=["1.234", "814"], b=["0.25", "7.5"])) == ("a",)
    assert asked(columns_of(";", a=["1.234", "8.14"], b=["1.234", "2.345"])) == ()
    assert asked(columns_of(";", a=["1.234", "NA"], b=["1,5", "2"])) == ()
    data = columns_of(";", a=["1.234", "NA"], b=["0.25", "7.5"], c=["v1.234", "v2.345"])
    assert (asked(data), numbers_of(data, "a")[0]) == ((), 1.234)
    data = columns_of(",", a=["1.234", "814"], b=["0.25", "7.5"])
    assert (asked(data), numbers_of(data, "a")) == (("a",), [1.234, 814])
    finding = next(finding for finding in data.findings if finding.check == "point_unknown")
    assert "decimals are assumed, as other numbers have decimal points" in finding.advice


@pytest.mark.parametrize(
    ("cells", "asks"),
    [
        (["1.234", "12", "12"], False),  # 9.7 times as large
        (["1.234", "13", "12.999"], False),  # of about one size
        (["1.234", "13", "13"], True),  # 10.5 times as large
        (["1.234", "-13", ""], True),
        (["1.234", "0", "0"], False),
        (["1.234", "814", "12.5"], False),
        (["$1.234", "5", "2"], True),
        (["1.234%", "814%", "0"], False),
        (["1.234", "2.000", "3.456"], False),
    ],
)
def test_in_a_comma_file_points_are_asked_about_where_they_look_like_thousands(cells, asks):
    assert bool(asked(columns_of(",", a=cells))) is asks


def test_rows_far_down_tell_what_points_are() -> None:
    rows = reading_cells.SAMPLE
    head = "".join(f"2025-01-01;1.{number};814;3;1.500\n" for number in range(100, 100 + rows))
    data = read("date;a;b;c;d\n" + head + "2025-01-02;1.25;1.234;4.5;1.50\n")
    assert asked(data) == ("b",)


def test_numbers_in_a_column_of_notes_say_nothing_of_the_other_columns() -> None:
    data = columns_of(",", a=['"1,234"', '"2,345"', "5"], note=['"12,5"', "a", "b"])
    assert numbers_of(data, "a") == [1234, 2345, 5]
    assert [finding.check for finding in data.findings] == ["number_format"]


def test_a_column_of_words_stays_and_is_left_to_the_checks():
    data = read(csv_rows(["date", "geo"], [DAYS[0], "north"], [DAYS[1], ""], [DAYS[2], "NA"]))
    assert data.frame["geo"].isna().tolist() == [False, True, False]
    assert data.findings == ()


def test_infinite_numbers_are_numbers():
    data = read(csv_rows(["date", "a", "b"], [DAYS[0], "inf", "1"], [DAYS[1], "-Infinity", "NA"]))
    assert numbers_of(data, "a") == [np.inf, -np.inf]
