"""Cells to days, form by form."""

import numpy as np
import pytest

from recast_api.clean_data.reading import date_formats
from recast_api.clean_data.reading.date_formats import Written


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
        ("2025年1月31日", Written.YEAR_FIRST),
        ("2025-W05-5", Written.ISO_WEEK),
        ("2025W055", Written.ISO_WEEK),
        ("Fri 2025-01-31", Written.WEEKDAY),
        ("2025-01-31 (Freitag)", Written.WEEKDAY),
        ("Fr., 31.01.2025", Written.DAY_FIRST),
        ("2025/1/31(金)", Written.YEAR_FIRST),
        ("Friday, January 31, 2025", Written.NAMED),
        ("Freitag, 31. Januar 2025", Written.NAMED),
        ("vendredi 31 janvier 2025", Written.NAMED),
        ("viernes, 31 de enero de 2025", Written.NAMED),
        ("sexta-feira, 31 de janeiro de 2025", Written.NAMED),
        ("2025-Jan-31", Written.NAMED),
        ("31JAN2025:00:00:00", Written.NAMED),
        ("Jan 31 2025 12:00AM", Written.NAMED),
        ("Fri, 31 Jan 2025 00:00:00 GMT", Written.NAMED),
        ("Fri Jan 31 00:00:00 UTC 2025", Written.NAMED),
        ("Fri Jan 31 2025 00:00:00 GMT+0100 (Central European Standard Time)", Written.NAMED),
        ("2025-01-31T00:00:00+01:00[Europe/Berlin]", Written.TIMED),
        ("2025-01-31 00:00:00 +0000 UTC", Written.TIMED),
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
        *(
            "31/31/2025",
            "1/2-2025",
            "31 Jan",
            "31 Mei 2025 x",
            "31 Jui 2025",
            "12345",
            "99999",
            "20251301",
            "2025-01-31 noon",
        ),
        *("2025-W54-1", "9999-W01-1", "Fri", "Fri 31", "Sun 2025-02-30", "xyz 2025-01-31", "31 Feb 2025"),
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
    answered = [date_formats.write(cell, order=Written.MONTH_FIRST) for cell in cells]
    assert answered == ["2025-01-02", "2025-02-02", "2025-03-02"]
    assert date_formats.parse(answered).undecided == ()


def test_contradicting_rows_are_those_of_the_smaller_party():
    read = date_formats.parse(["13/1/2025", "14/1/2025", "1/15/2025", "nonsense"])
    assert read.contradicting.tolist() == [2]
    assert read.forms.tolist() == [
        Written.DAY_FIRST,
        Written.DAY_FIRST,
        Written.UNREADABLE,
        Written.UNREADABLE,
    ]


@pytest.mark.parametrize(
    ("cell", "clock"),
    [
        ("2025-01-31", None),
        ("2025-01-31 13:30", (810, None)),
        ("2025-01-31 12:30:00 AM", (30, None)),
        ("2025-01-31 1:30 p.m.", (810, None)),
        ("31.01.2025 00:00:30Z", (0.5, 0)),
        ("2025-01-31T05:00:00-05:30", (300, -330)),
        ("2025-01-31T05:00:00+02", (300, 120)),
    ],
)
def test_the_time_of_day_is_kept(cell: str, clock: tuple[float, float | None] | None) -> None:
    read = date_formats.cell_of(cell).clock
    assert clock == (read and (read.minutes, None if np.isnan(read.offset) else read.offset))
