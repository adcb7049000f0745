"""Cells to numbers and days, form by form."""

import numpy as np
import pytest

from recast_api.clean_data.reading import date_formats, number_formats
from recast_api.clean_data.reading.date_formats import Written
from recast_api.clean_data.reading.number_formats import Decimals, Form


@pytest.mark.parametrize(
    ("cell", "form", "written"),
    [
        ("12.5", Form.PLAIN, "12.5"),
        (" 12 ", Form.PLAIN, " 12 "),
        ("1e5", Form.PLAIN, "1e5"),
        ("inf", Form.PLAIN, "inf"),
        ("1,234", Form.FORMATTED, "1234"),
        ("1,234,567.5", Form.FORMATTED, "1234567.5"),
        ("12,34,567", Form.FORMATTED, "1234567"),
        ("1 234.5", Form.FORMATTED, "1234.5"),
        ("1\u202f234", Form.FORMATTED, "1234"),
        ("1’234.5", Form.FORMATTED, "1234.5"),
        ("$1,234.50", Form.FORMATTED, "1234.50"),
        ("-$5", Form.FORMATTED, "-5"),
        ("$-5", Form.FORMATTED, "-5"),
        ("US$ 5", Form.FORMATTED, "5"),
        ("5 kr", Form.FORMATTED, "5"),
        ("EUR 5", Form.FORMATTED, "5"),
        ("(5)", Form.FORMATTED, "-5"),
        ("($5)", Form.FORMATTED, "-5"),
        ("5-", Form.FORMATTED, "-5"),
        ("−5", Form.FORMATTED, "-5"),
        ("12.5%", Form.PERCENT, "12.5%"),
        ("(3 %)", Form.PERCENT, "-3%"),
        ("NA", Form.MISSING_WORD, ""),
        ("#N/A", Form.MISSING_WORD, ""),
        (" - ", Form.MISSING_WORD, ""),
        ("  ", Form.MISSING_WORD, ""),
        ("", Form.EMPTY, ""),
        ("False", Form.TRUTH, "0"),
        ("(-5)", Form.TEXT, "(-5)"),
        ("#DIV/0!", Form.TEXT, "#DIV/0!"),
        ("12,5", Form.TEXT, "12,5"),
        ("%", Form.TEXT, "%"),
    ],
)
def test_forms_of_numbers(cell, form, written):
    assert number_formats.plain(cell, Decimals.POINT) == (form, written)


@pytest.mark.parametrize(
    ("cell", "written"),
    [("1.234,5", "1234.5"), ("1.234", "1234"), ("12,5 €", "12.5"), ("1 234,5", "1234.5"), (",5", "0.5")],
)
def test_numbers_with_a_decimal_comma(cell, written):
    assert number_formats.plain(cell, Decimals.COMMA) == (Form.FORMATTED, written)


@pytest.mark.parametrize(
    ("cells", "decided"),
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
def test_the_whole_column_tells_the_decimals(cells, decided):
    assert number_formats.evidence(cells).decided is decided


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
    assert number_formats.expand(cell) == written


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("2025-01-31", Written.ISO),
        (" 2025-01-31", Written.UNPADDED),
        ("2025-1-31", Written.UNPADDED),
        ("2025-01-31 00:00", Written.TIMED),
        ("2025-01-31T00:00:00.000Z", Written.TIMED),
        ("2025-01-31 12:30:00 PM", Written.TIMED),
        ("2025-01-31 00:00:00+02:00", Written.TIMED),
        ("2025/1/31", Written.YEAR_FIRST),
        ("2025.01.31", Written.YEAR_FIRST),
        ("20250131", Written.YEAR_FIRST),
        ("31/01/2025", Written.DAY_FIRST),
        ("31.1.25", Written.DAY_FIRST),
        ("31-01-2025 00:00", Written.DAY_FIRST),
        ("1/31/2025", Written.MONTH_FIRST),
        ("31 Jan 2025", Written.NAMED),
        ("31-JAN-25", Written.NAMED),
        ("Jan 31, 2025", Written.NAMED),
        ("January 31st, 2025", Written.NAMED),
        ("45688", Written.SERIAL),
    ],
)
def test_forms_of_dates(cell, form):
    read = date_formats.parse([cell])
    assert (read.forms.tolist(), read.days.astype(str).tolist()) == ([form], ["2025-01-31"])


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "",
            "Total",
            "2025-02-30",
            "2025-13-01",
            "0000-01-01",
            "0025-01-31",
            "9999-12-31",
            "2025-01",
            "2025-W05",
        ),
        *("31/31/2025", "1/2-2025", "31 Jan", "31 Mai 2025", "12345", "99999", "20251301", "2025-01-31 noon"),
        *("00:00", "T00:00", "٢٠٢٥-٠١-٣١", "2025-01-31\n2025-02-01"),
    ],
)
def test_what_is_no_day(cell):
    read = date_formats.parse([cell, "2025-01-31"])
    assert read.forms.tolist() == [Written.UNREADABLE, Written.ISO]
    assert np.isnat(read.days).tolist() == [True, False]


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["1/2/2025", "13/2/2025"], ["2025-02-01", "2025-02-13"]),
        (["1/2/2025", "1/13/2025"], ["2025-01-02", "2025-01-13"]),
        (["1.1.2025", "2.2.2025"], ["2025-01-01", "2025-02-02"]),
        (["25/01/30", "25/01/31", "25/02/01"], ["2025-01-30", "2025-01-31", "2025-02-01"]),
        (["30/12/68", "31/12/69"], ["2068-12-30", "1969-12-31"]),
        (["2025-01-01", "13/1/2025"], ["2025-01-01", "2025-01-13"]),
    ],
)
def test_the_whole_column_tells_day_from_month(cells, days):
    read = date_formats.parse(cells)
    assert read.days.astype(str).tolist() == days
    assert read.undecided == ()


def test_what_the_column_does_not_tell_is_asked():
    cells = ["1/2/2025", "2/2/2025", "3/2/2025"]
    read = date_formats.parse(cells)
    assert read.undecided == (Written.DAY_FIRST, Written.MONTH_FIRST)
    assert read.days.astype(str).tolist() == ["2025-02-01", "2025-02-02", "2025-02-03"], "the closest days"
    answered = date_formats.parse(cells, Written.MONTH_FIRST)
    assert answered.undecided == ()
    assert answered.days.astype(str).tolist() == ["2025-01-02", "2025-02-02", "2025-03-02"]


def test_contradicting_rows_are_those_of_the_smaller_party():
    read = date_formats.parse(["13/1/2025", "14/1/2025", "1/15/2025", "nonsense"])
    assert read.contradicting.tolist() == [2]
    assert read.rows(Written.UNREADABLE).tolist() == [2, 3]
