"""The numbers of reading, each from both sides: as documented in words, not as the code has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest

from recast_api.clean_data import CleanData, preview, read
from recast_api.clean_data.reading import date_formats
from recast_api.clean_data.reading.date_patterns import begins_like_month_or_weekday
from recast_api.clean_data.reading.encoding import decode
from recast_api.clean_data.reading.tokens import unquoted
from tests.clean_data.make import csv_rows


def found(data: CleanData | str | bytes) -> set[str]:
    read_data = data if isinstance(data, CleanData) else read(data)
    return {finding.check for finding in read_data.findings}


def days(count: int) -> list[str]:
    return [(date(2024, 1, 1) + timedelta(days=day)).isoformat() for day in range(count)]


def dated(name: str, cells: Sequence[object]) -> CleanData:
    """A file with that column of days, and one of numbers."""
    return read(csv_rows([name, "tv"], *((cell, 5) for cell in cells)))


@pytest.mark.parametrize(("size", "large"), [(5_000_000, False), (5_000_001, True)])
def test_a_text_over_5_mb_is_large(size: int, large: bool) -> None:
    row = b"2025-01-01,5\n"
    data = (b"date,tv\n" + row * (size // len(row) + 1))[: size - 1] + b"\n"
    findings = decode(data).findings
    assert [finding.check for finding in findings] == ["large_file"] * large
    assert all("5.0 MB" in finding.sentence for finding in findings)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("a" * 3891 + "\x01" * 205, True),  # 5.005 % of 4,096 characters
        ("a" * 3891 + "\x01" * 204 + "a", False),  # 4.98 %
        ("a" * 3892 + "\x01" * 205, False),  # the last one lies beyond the characters that are looked at
    ],
)
def test_text_with_over_5_percent_control_characters_in_its_first_4096_is_none(
    text: str, refused: bool
) -> None:
    assert ("not_text" in {finding.check for finding in decode(text).findings}) == refused


# In UTF-16, an ASCII letter has a zero for its second byte, “一” for its first, and “中” none.
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("a" * 10 + "中" * 10, "utf-16-le"),  # zeros are a quarter of the bytes
        ("a" * 9 + "中" * 11, ""),
        ("a" * 10 + "一", "utf-16-le"),  # ten times as many second bytes as first ones are zero
        ("a" * 9 + "一", ""),
    ],
)
def test_utf_16_without_a_mark_is_known_by_its_zeros(text: str, encoding: str) -> None:
    decoded = decode(text.encode("utf-16-le"))
    assert (decoded.text == text) == bool(encoding)
    assert not encoding or decoded.encoding == encoding


def test_a_word_is_shown_with_25_characters_on_either_side_of_the_foreign_one() -> None:
    (finding,) = decode(("date\n" + "a" * 30 + "é" + "b" * 30).encode("cp1252")).findings
    assert f"“{'a' * 25}é{'b' * 24}”" in finding.sentence


@pytest.mark.parametrize(("columns", "too_many"), [(16_384, False), (16_385, True)])
def test_a_header_may_have_as_many_columns_as_a_spreadsheet(columns: int, too_many: bool) -> None:
    text = csv_rows([f"c{column}" for column in range(columns)], [1] * columns)
    assert ("too_many_columns" in found(text)) == too_many


@pytest.mark.parametrize(("extra", "rule"), [(100, "empty_columns"), (101, "ragged_rows")])
def test_up_to_a_hundred_empty_cells_may_follow_a_row(extra: int, rule: str) -> None:
    assert rule in found(csv_rows(["date", "tv"], ["2025-01-01", 5], ["2025-01-02", 6, *[""] * extra]))


@pytest.mark.parametrize(("counts", "ends"), [(3, "line 7 has 6."), (4, "line 7 has 6; 1 more counts.")])
def test_three_counts_of_cells_are_named(counts: int, ends: str) -> None:
    rows = [["2025-01-01", 5, 6]] * 3 + [["x"] * count for count in range(4, 4 + counts)]
    (finding,) = read(csv_rows(["date", "tv", "radio"], *rows)).findings
    assert finding.sentence.endswith(ends)


@pytest.mark.parametrize(
    ("day", "readable"),
    [("1899-12-31", False), ("1900-01-01", True), ("2199-12-31", True), ("2200-01-01", False)],
)
def test_days_of_three_centuries_are_dates(day: str, readable: bool) -> None:
    assert ("date_unreadable" not in found(dated("date", [day]))) == readable
    # The same beside a date in another form, where each cell is read by itself.
    assert ("date_unreadable" not in found(dated("date", [day, "2025-1-31"]))) == readable


@pytest.mark.parametrize(
    ("serial", "day"),
    [
        ("36525", None),
        ("36526", "2000-01-01"),
        ("73050", "2099-12-31"),
        ("73051", None),
        ("36526.0", "2000-01-01"),
    ],
)
def test_numbers_of_spreadsheets_are_the_days_of_this_century(serial: str, day: str | None) -> None:
    (read_day,) = date_formats.parse([serial]).days
    assert str(read_day) == (day or "NaT")


@pytest.mark.parametrize(("year", "day"), [("68", "2068-01-31"), ("69", "1969-01-31"), ("00", "2000-01-31")])
def test_two_digit_years_are_those_of_posix(year: str, day: str) -> None:
    assert str(date_formats.parse([f"31 Jan {year}"]).days[0]) == day


@pytest.mark.parametrize(("dates", "others", "are_dates"), [(8, 2, True), (79, 21, False)])
def test_a_column_with_80_percent_dates_is_one_of_dates(dates: int, others: int, are_dates: bool) -> None:
    assert date_formats.looks_like_dates(["2025-01-31"] * dates + ["Total"] * others + [""] * 50) == are_dates


@pytest.mark.parametrize(("length", "readable"), [(100, True), (101, False)])
def test_no_more_than_100_characters_of_a_date_are_read(length: int, readable: bool) -> None:
    cell = "2025-01-31" + " " * (length - 15) + "12:30"
    assert np.isnat(date_formats.parse([cell]).days[0]) != readable


@pytest.mark.parametrize(
    ("cell", "readable"),
    [("1 Ja 2025", False), ("1 Jan 2025", True), ("1 Janvier 2025", True), ("1 Janx 2025", False)],
)
def test_a_month_is_known_by_three_letters_of_its_name(cell: str, readable: bool) -> None:
    assert np.isnat(date_formats.parse([cell]).days[0]) != readable


def test_the_dutch_abbreviation_of_march_has_no_vowel() -> None:
    assert str(date_formats.parse(["1 mrt 2025"]).days[0]) == "2025-03-01"


@pytest.mark.parametrize(("weekday", "readable"), [("M", False), ("Mo", True), ("Mon", True)])
def test_a_weekday_is_known_by_two_letters_of_its_name(weekday: str, readable: bool) -> None:
    assert np.isnat(date_formats.parse([f"2025-01-06 ({weekday})"]).days[0]) != readable


@pytest.mark.parametrize(("word", "begins"), [("Ja", False), ("Janary", True), ("Jn", False), ("Mx", False)])
def test_a_mistyped_month_begins_with_three_letters_of_one(word: str, begins: bool) -> None:
    assert begins_like_month_or_weekday(word) is begins


@pytest.mark.parametrize(
    ("days_as_numbers", "are_dates"),
    [
        (range(19000101, 19000111), True),
        ([19000100, *range(19000101, 19000110)], False),
        (range(21991222, 21991232), True),
        ([*range(21991223, 21991232), 21991232], False),
    ],
)
def test_eight_digits_are_days_if_all_lie_in_three_centuries(
    days_as_numbers: Sequence[int], are_dates: bool
) -> None:
    assert (dated("when", days_as_numbers).date_column == "when") == are_dates


@pytest.mark.parametrize(
    ("others", "dates", "later", "are_dates"), [(40, 160, "Total", True), (41, 159, "2025-01-31", False)]
)
def test_200_cells_tell_what_a_column_holds(others: int, dates: int, later: str, are_dates: bool) -> None:
    cells = ["Total"] * others + ["2025-01-31"] * dates + [later] * 300
    assert (dated("when", cells).date_column == "when") == are_dates


@pytest.mark.parametrize(("cell", "text"), [('"', '"'), ('""', ""), ('"a"', "a"), ('"a""b"', 'a"b')])
def test_a_quoted_cell_begins_and_ends_with_a_mark_of_its_own(cell: str, text: str) -> None:
    assert unquoted(cell) == text


def test_a_row_of_blanks_is_a_row_without_any_value() -> None:
    assert "empty_rows" in found("date,tv\n2025-01-01,5\n   ,  \n2025-01-02,6\n")


@pytest.mark.parametrize(("exponent", "said"), [(30, True), (31, False)])
def test_numbers_of_up_to_30_digits_after_the_first_are_written_out(exponent: int, said: bool) -> None:
    data = read(csv_rows(["date", "tv"], ["2025-01-01", f"1e{exponent}"], ["2025-01-02", 5]))
    assert ("scientific_notation" in found(data)) == said


@pytest.mark.parametrize(("points", "decimals_by_comma"), [(99, True), (100, False)])
def test_a_hundred_cells_settle_what_a_comma_means(points: int, decimals_by_comma: bool) -> None:
    cells = ["1.25"] * points + ["1,5"] * 300
    rows = zip(days(len(cells)), cells, strict=True)
    (finding,) = [
        f for f in read(csv_rows(["date", "tv"], *rows, separator=";")).findings if f.level == "block"
    ]
    assert finding.values == (("1.25",) if decimals_by_comma else ("1,5",))


@pytest.mark.parametrize(("length", "shown"), [(24, "x" * 24), (25, "x" * 23 + "…")])
def test_names_of_up_to_24_characters_are_quoted_whole(length: int, shown: str) -> None:
    (finding,) = read(csv_rows(["date", "x" * length], ["2025-01-01", "NA"], ["2025-01-02", 5])).findings
    assert f"in column {shown}, line 2" in finding.sentence


def test_a_preview_shows_fifty_lines_unless_told_otherwise() -> None:
    data = read(csv_rows(["date", "tv"], *((day, "NA" if day > "2024-01-01" else 5) for day in days(90))))
    assert len(preview(data, "missing_words")) == 50
    assert len(preview(data, "missing_words", limit=89)) == 89


@pytest.mark.parametrize("digits", [15, 16, 17])
def test_formatted_numbers_of_any_length_are_the_nearest_there_are(digits: int) -> None:
    whole = np.random.default_rng(3).integers(10 ** (digits - 1), 10**digits, 40, dtype=np.int64)
    rows = [
        (day, f"${number // 1000}.{number % 1000:03}") for day, number in zip(days(40), whole, strict=True)
    ]
    values = read(csv_rows(["date", "tv"], *rows)).frame["tv"].tolist()
    assert values == [float(cell[1:]) for _, cell in rows]


@pytest.mark.parametrize(("largest", "asked"), [("999.999", True), ("1000.999", False)])
def test_points_may_separate_thousands_where_three_digits_follow_up_to_three(
    largest: str, asked: bool
) -> None:
    cells = ["1.234", "814", *["12.345"] * 20, largest]
    checks = found(read(csv_rows(["date", "tv"], *zip(days(23), cells, strict=True), separator=";")))
    assert ("point_unknown" in checks) is asked
