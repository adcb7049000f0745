"""Take the cells of a column of dates; hand on its days, and how they are written.

Whether the day or the month comes first is decided for the whole column: one date rarely says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.reading.date_patterns import (
    CLOCK_BEFORE_YEAR,
    ISO,
    ISO_WEEK,
    LONGEST,
    MONTHS,
    NAMED,
    SERIAL,
    THREE,
    TIME,
    WEEKDAY_AFTER,
    WEEKDAY_BEFORE,
    WEEKDAYS,
    YEAR_FIRST,
    plain_word,
)

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
"""A day outside of these is a typing error; nobody has daily media data from then."""
SERIALS = (36_526, 73_051)
"""Day numbers of spreadsheets that are taken for dates: those of 2000 to 2100."""
_SERIAL_ZERO = date(1899, 12, 30)  # of Excel on Windows, from March 1900 on
_PIVOT = 69  # two-digit years from here on are of the 1900s, as in POSIX strptime

Days = NDArray[np.datetime64]


class Written(StrEnum):
    """How a date is written, the best form first."""

    ISO = "2025-01-31"
    UNPADDED = "2025-1-31"
    TIMED = "with a time of day or a time zone"
    YEAR_FIRST = "year first, but not as YYYY-MM-DD"
    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    NAMED = "with the month in letters"
    WEEKDAY = "with the day of the week"
    ISO_WEEK = "as a week of the year and a day of the week"
    SERIAL = "as the day numbers of a spreadsheet"
    UNREADABLE = "not a date"


ORDERS = {Written.DAY_FIRST: (2, 1, 0), Written.MONTH_FIRST: (2, 0, 1), Written.YEAR_FIRST: (0, 1, 2)}
"""Where year, month and day stand among the three numbers of a date that doesn't say."""

_ALL_ISO = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}\n)*")


class Clock(NamedTuple):
    """A time of day as written."""

    minutes: float
    """Since midnight."""
    offset: float
    """Minutes east of UTC; NaN where no time zone is named."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A date as written. `numbers` are kept where the order of day and month is still open."""

    form: Written
    day: date | None = None
    numbers: tuple[int, int, int] | None = None
    short_year: bool = False
    clock: Clock | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Dates:
    """A column of dates."""

    days: Days
    """One per row, NaT where the cell is no date."""
    forms: NDArray[np.object_]
    """A `Written` for each row."""
    order: Written | None = None
    """Whether day, month or year comes first, in dates that don't say so themselves."""
    undecided: tuple[Written, ...] = ()
    """The orders that are possible, where the column doesn't tell; `order` and `days` then are a guess."""
    contradicting: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """Rows that need the other order than most rows do."""
    clocks: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    """The `Clock` of each row, NaN where it has none; empty where no row has one."""
    swapped: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """Rows written with day and month swapped; `days` has them put right."""
    zone: str = ""
    """The place where every row is midnight, though not written as midnight; `days` are the days there."""
    moved: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """Rows that are another day there than the one written."""


def parse(cells: Sequence[str]) -> Dates:
    """Read a column of dates."""
    # Nearly every file is written so, and numpy reads it a hundred times as fast as cell by cell.
    if _ALL_ISO.fullmatch("\n".join(cells) + "\n"):
        try:
            days = np.array(cells, "datetime64[D]")
        except ValueError:
            days = np.empty(0, "datetime64[D]")
        if len(days) and days.min() >= np.datetime64(EARLIEST) and days.max() <= np.datetime64(LATEST):
            return Dates(days, np.full(len(cells), Written.ISO, object))
    read = {cell: cell_of(cell) for cell in dict.fromkeys(cells)}
    return _decided([read[cell] for cell in cells])


def write(cell: str, *, order: Written | None) -> str:
    """Return a date as YYYY-MM-DD, read in `order` where it doesn't say; what is no date as it is."""
    day = day_of(cell, order)
    return str(day) if day else cell


def day_of(cell: str, order: Written | None) -> date | None:
    """Return the day of a cell as written, read in `order` where it doesn't say; None where it is no date."""
    read = cell_of(cell)
    return _ordered(read, order) if read.numbers and order else read.day


def looks_like_dates(cells: Sequence[str]) -> bool:
    """Tell whether most of these cells that aren't empty are dates in some form other than a bare number."""
    filled = [cell for cell in cells if cell.strip()]
    good = sum(cell_of(cell).form not in (Written.UNREADABLE, Written.SERIAL) for cell in filled)
    return bool(filled) and good >= 0.8 * len(filled)


def cell_of(cell: str) -> Cell:
    """Read one cell, as far as it says by itself.

    The forms exclude one another but for time of day and day of the week, which may be beside any of them and
    are cut off first.
    """
    text = cell.strip()[:LONGEST]
    iso = ISO.fullmatch(text)
    if iso:
        day = _day(*map(int, iso.groups()))
        form = Written.ISO if len(cell) == 10 else Written.UNPADDED
        return Cell(form, day) if day else Cell(Written.UNREADABLE)
    unix = CLOCK_BEFORE_YEAR.fullmatch(text)
    if unix:
        text = f"{unix[1]} {unix[3]}{unix[2]}"
    time = TIME.search(text)
    if time and time.start():
        return _timed(cell_of(text[: time.start()]), time)
    return _dated(text) or _on_weekday(text) or Cell(Written.UNREADABLE)


def _timed(untimed: Cell, time: re.Match[str]) -> Cell:
    """Return a cell with the time of day that stands behind it."""
    hours, minutes, seconds = int(time[1]), int(time[2]), int(time[3] or 0)
    if time[4]:
        hours = hours % 12 + 12 * (time[4].lower() == "p")
    offset = 0.0 if time[5] else math.nan
    if time[6]:
        offset = (-1 if time[6] == "-" else 1) * (60 * int(time[7]) + float(time[8] or 0))
    timed = untimed.form in (Written.ISO, Written.UNPADDED)
    form = Written.TIMED if timed else untimed.form
    return replace(untimed, form=form, clock=Clock(60 * hours + minutes + seconds / 60, offset))


def _dated(text: str) -> Cell | None:
    return _year_first(text) or _three(text) or _named(text) or _serial(text) or _iso_week(text)


def _on_weekday(text: str) -> Cell | None:
    """Read a date with the day of the week before or behind it."""
    before, after = WEEKDAY_BEFORE.match(text), WEEKDAY_AFTER.search(text)
    for found, rest in (
        (before, text[before.end() :] if before else ""),
        (after, text[: after.start()] if after else ""),
    ):
        if found and rest and plain_word(found[1]) in WEEKDAYS:
            dated = cell_of(rest)
            bare = dated.form in (Written.ISO, Written.UNPADDED, Written.TIMED)
            return replace(dated, form=Written.WEEKDAY) if bare else dated
    return None


def _year_first(text: str) -> Cell | None:
    found = YEAR_FIRST.fullmatch(text)
    if not found:
        return None
    day = _day(int(found[1]), int(found[3] or found[5] or found[7]), int(found[4] or found[6] or found[8]))
    return Cell(Written.YEAR_FIRST, day) if day else None


def _three(text: str) -> Cell | None:
    found = THREE.fullmatch(text)
    if not found:
        return None
    short = len(found[4]) == 2
    return Cell(Written.DAY_FIRST, None, (int(found[1]), int(found[3]), int(found[4])), short)


def _named(text: str) -> Cell | None:
    found = NAMED.fullmatch(text)
    month = found and MONTHS.get(plain_word(found["month"] or found["month2"] or found["month3"]))
    if not found or not month:
        return None
    year, day_number = (found[part] or found[f"{part}2"] or found[f"{part}3"] for part in ("year", "day"))
    day = _day(_full_year(int(year), len(year) == 2), month, int(re.sub(r"\D", "", day_number)))
    return Cell(Written.NAMED, day) if day else None


def _iso_week(text: str) -> Cell | None:
    found = ISO_WEEK.fullmatch(text)
    if not found:
        return None
    try:
        day = date.fromisocalendar(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return Cell(Written.ISO_WEEK, day) if EARLIEST <= day <= LATEST else None


def _serial(text: str) -> Cell | None:
    if SERIAL.fullmatch(text) and SERIALS[0] <= int(text[:5]) < SERIALS[1]:
        return Cell(Written.SERIAL, _SERIAL_ZERO + timedelta(days=int(text[:5])))
    return None


def _full_year(year: int, short: bool) -> int:
    return year + (1900 if year >= _PIVOT else 2000) if short else year


def _day(year: int, month: int, day: int) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None


def _ordered(cell: Cell, order: Written) -> date | None:
    """Return the day of a cell that doesn't say its order, read in the given one."""
    assert cell.numbers is not None
    year, month, day = (cell.numbers[position] for position in ORDERS[order])
    return _day(_full_year(year, cell.short_year), month, day)


def _orders(cells: Sequence[Cell]) -> tuple[Written, ...]:
    """Return the orders to try. Of three short numbers, the year is the one that changes least."""
    if all(cell.short_year for cell in cells):
        first, last = ({cell.numbers[i] for cell in cells if cell.numbers} for i in (0, 2))
        if len(first) < len(last):
            return (Written.YEAR_FIRST,)
    return (Written.DAY_FIRST, Written.MONTH_FIRST)


Readings = dict[Written, dict[Cell, date | None]]
"""By order, the day that each cell is if read in it; None where it can't be."""


def _decided(cells: list[Cell]) -> Dates:
    """Read the cells whose order is open as the whole column allows."""
    open_cells = list(dict.fromkeys(cell for cell in cells if cell.numbers))
    orders = _orders(open_cells) if open_cells else ()
    readings: Readings = {order: {cell: _ordered(cell, order) for cell in open_cells} for order in orders}
    # A cell that is no day in any order, such as 31/31/2025, says nothing about the others.
    sane = [cell for cell in open_cells if any(reading[cell] for reading in readings.values())]
    possible = _possible(readings, sane)
    order = _closest(possible, readings, sane) if possible else _least_contradicted(readings, sane)
    return _column(cells, readings, order, possible)


def _possible(readings: Readings, cells: list[Cell]) -> tuple[Written, ...]:
    """Return the orders in which every cell is a day; just one of them where all give the same days."""
    possible = tuple(order for order, reading in readings.items() if all(reading[cell] for cell in cells))
    # In 1/1/2025, 2/2/2025 there is nothing to ask.
    alike = all(len({readings[order][cell] for order in possible}) == 1 for cell in cells)
    return possible[:1] if alike else possible


def _closest(possible: tuple[Written, ...], readings: Readings, cells: list[Cell]) -> Written:
    """Return the order in which the days are closest together, as rows are usually days in a row."""

    def span(order: Written) -> int:
        days = [day for cell in cells if (day := readings[order][cell])]
        return (max(days) - min(days)).days if days else 0

    return min(possible, key=span)


def _least_contradicted(readings: Readings, cells: list[Cell]) -> Written | None:
    """Return the order that the fewest cells contradict."""
    wrong = {order: sum(reading[cell] is None for cell in cells) for order, reading in readings.items()}
    return min(wrong, key=wrong.__getitem__, default=None)


def _column(
    cells: list[Cell], readings: Readings, order: Written | None, possible: tuple[Written, ...]
) -> Dates:
    """Return all cells with those that were open read in `order`."""
    days, forms, contradicting = [], [], []
    for row, cell in enumerate(cells):
        day, form = cell.day, cell.form
        if cell.numbers and order:
            day = readings[order][cell]
            form = order if day else Written.UNREADABLE
            if not day and any(reading[cell] for reading in readings.values()):
                contradicting.append(row)
        days.append(day)
        forms.append(form)
    return Dates(
        np.array(days, "datetime64[D]"),
        np.array(forms, object),
        order,
        possible if len(possible) > 1 else (),
        np.array(contradicting, np.int64),
        _clocks(cells),
    )


def _clocks(cells: list[Cell]) -> NDArray[np.float64]:
    if not any(cell.clock for cell in cells):
        return np.empty((0, 2))
    return np.array([cell.clock or (np.nan, np.nan) for cell in cells])
