"""Take the cells of a column of dates; hand on its days, and how they are written.

Whether the day or the month comes first is decided for the whole column: one date rarely says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

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
    SERIAL = "as the day numbers of a spreadsheet"
    UNREADABLE = "not a date"


ORDERS = {Written.DAY_FIRST: (2, 1, 0), Written.MONTH_FIRST: (2, 0, 1), Written.YEAR_FIRST: (0, 1, 2)}
"""Where year, month and day stand among the three numbers of a date that doesn't say."""

_ALL_ISO = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}\n)*")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_YEAR_FIRST = re.compile(r"([0-9]{4})(?:([/.])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{2})([0-9]{2}))")
_THREE = re.compile(r"([0-9]{1,2})([/.\-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_SERIAL = re.compile(r"[0-9]{5}(?:\.0+)?")
_NAMED = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th)?[ \-/.]{0,2}([a-z]{3,9})[ \-/.,]{1,2}([0-9]{4}|[0-9]{2})|"
    r"([a-z]{3,9})[ \-/.]{1,2}([0-9]{1,2})(?:st|nd|rd|th)?[ \-/,]{1,2}([0-9]{4}|[0-9]{2})",
    re.I,
)
_TIME = re.compile(
    r"(?:T|\s+)([0-9]{1,2}):[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?\s*(?:[ap]\.?m\.?)?"
    r"\s*(?:Z|UTC|GMT|[+-][0-9]{2}:?(?:[0-9]{2})?)?",
    re.I,
)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A date as written. `numbers` are kept where the order of day and month is still open."""

    form: Written
    day: date | None = None
    numbers: tuple[int, int, int] | None = None
    short_year: bool = False


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
    read = {cell: _cell(cell) for cell in dict.fromkeys(cells)}
    return _decided([read[cell] for cell in cells])


def write(cell: str, *, order: Written | None) -> str:
    """Return a date as YYYY-MM-DD, read in `order` where it doesn't say; what is no date as it is."""
    read = _cell(cell)
    day = _ordered(read, order) if read.numbers and order else read.day
    return str(day) if day else cell


def looks_like_dates(cells: Sequence[str]) -> bool:
    """Tell whether most of these cells that aren't empty are dates in some form other than a bare number."""
    filled = [cell for cell in cells if cell.strip()]
    good = sum(_cell(cell).form not in (Written.UNREADABLE, Written.SERIAL) for cell in filled)
    return bool(filled) and good >= 0.8 * len(filled)


def _cell(cell: str) -> Cell:
    """Read one cell, as far as it says by itself.

    The forms exclude one another but for the time of day, which may follow any of them and is cut off first.
    """
    text = cell.strip()[:64]
    iso = _ISO.fullmatch(text)
    if iso:
        day = _day(*map(int, iso.groups()))
        form = Written.ISO if len(cell) == 10 else Written.UNPADDED
        return Cell(form, day) if day else Cell(Written.UNREADABLE)
    time = next((found for found in _TIME.finditer(text) if found.end() == len(text)), None)
    if time and time.start():
        untimed = _cell(text[: time.start()])
        timed = untimed.form in (Written.ISO, Written.UNPADDED)
        return Cell(Written.TIMED, untimed.day) if timed else untimed
    return _year_first(text) or _three(text) or _named(text) or _serial(text) or Cell(Written.UNREADABLE)


def _year_first(text: str) -> Cell | None:
    found = _YEAR_FIRST.fullmatch(text)
    if not found:
        return None
    day = _day(int(found[1]), int(found[3] or found[5]), int(found[4] or found[6]))
    return Cell(Written.YEAR_FIRST, day) if day else None


def _three(text: str) -> Cell | None:
    found = _THREE.fullmatch(text)
    if not found:
        return None
    short = len(found[4]) == 2
    return Cell(Written.DAY_FIRST, None, (int(found[1]), int(found[3]), int(found[4])), short)


def _named(text: str) -> Cell | None:
    found = _NAMED.fullmatch(text)
    if not found:
        return None
    day_number, name, year = found.groups()[:3] if found[1] else (found[5], found[4], found[6])
    months = [number for number, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:4])]
    if len(months) != 1:
        return None
    day = _day(_full_year(int(year), len(year) == 2), months[0], int(day_number))
    return Cell(Written.NAMED, day) if day else None


def _serial(text: str) -> Cell | None:
    if _SERIAL.fullmatch(text) and SERIALS[0] <= int(text[:5]) < SERIALS[1]:
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
    )
