"""Take a table and its dates; hand on both with the rows that are days, and what the other rows are.

Totals, units, notes and headers among the days would otherwise be read as days, and distort all that is said
of the columns.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.reading import cut
from recast_api.clean_data.reading.cells import Cells
from recast_api.clean_data.reading.date_column import DateColumn
from recast_api.clean_data.reading.date_formats import Written
from recast_api.clean_data.reading.number_patterns import (
    INFINITE,
    MISSING_WORDS,
    NUMBER,
    PLAIN,
    TRUTH,
)
from recast_api.clean_data.reading.offers import Edit, FixName, Offer
from recast_api.clean_data.reading.row_patterns import is_average, is_total, may_be_day
from recast_api.clean_data.reading.tidy import Table
from recast_api.clean_data.reading.tokens import Offsets
from recast_api.clean_data.sentences import on_lines, shorten, some

MOST_LEFT_OUT = 1000
"""With more rows than this that have no day, it's the column of dates that is broken."""
SUMMED = 20
"""Columns that tell whether a row without a day and without a word is their sum."""
ROUNDING = 0.001
"""By how much a total may differ from the sum, as share of it."""


class Kind(StrEnum):
    """What a row is that is no day."""

    HEADER = "header"
    TOTAL = "total"
    AVERAGE = "average"
    UNITS = "units"
    NOTE = "note"
    EMPTY = "empty"


_ONE = {
    Kind.HEADER: "the header again",
    Kind.TOTAL: "a total",
    Kind.AVERAGE: "an average",
    Kind.UNITS: "units or descriptions",
    Kind.NOTE: "a note",
    Kind.EMPTY: "neither day nor value",
}
_SEVERAL = _ONE | {Kind.TOTAL: "totals", Kind.AVERAGE: "averages", Kind.NOTE: "notes"}
_LEFT_OUT = {
    Kind.HEADER: "the second header",
    Kind.TOTAL: "the total",
    Kind.AVERAGE: "the average",
    Kind.UNITS: "the units",
    Kind.NOTE: "the note",
    Kind.EMPTY: "the empty row",
}


Kinds = dict[int, tuple[Kind, str]]
"""By row, what it is and the cell that says so."""


@dataclass(frozen=True, eq=False, slots=True)
class DayRows:
    """The table and its dates without the rows that are no days."""

    table: Table
    dates: DateColumn
    findings: tuple[Finding, ...] = ()
    offers: tuple[Offer, ...] = ()


def find(table: Table, column: DateColumn) -> DayRows:
    """Leave out the rows that surely are no days. One whose day may be mistyped stays."""
    if column.dates is None:
        return DayRows(table, column)
    rows = np.flatnonzero(np.isnat(column.dates.days))
    # A row that asks for another order of day and month is a day.
    unreadable = np.setdiff1d(
        rows[column.dates.forms[rows] == Written.UNREADABLE], column.dates.contradicting
    )
    if not 0 < len(unreadable) <= min(MOST_LEFT_OUT, len(table.layout.rows) - 1):
        return DayRows(table, column)
    kinds = dict(sorted(_kinds(table, column, unreadable).items()))
    if not kinds:
        return DayRows(table, column)
    kept = np.ones(len(table.layout.rows), bool)
    kept[list(kinds)] = False
    finding = _finding(table, column, kinds)
    offer = _offer(table, kinds)
    return DayRows(_of_table(table, kept), _of_column(column, kept), (finding,), (offer,))


def _kinds(table: Table, column: DateColumn, unreadable: Offsets) -> Kinds:
    """Say what each row is, as far as it can be told.

    What is left out may make a sum of what was none, as a sum ends where the last row without a day stands.
    """
    kinds: Kinds = {}
    first_day = int(np.flatnonzero(~np.isnat(column.dates.days))[0]) if column.dates else 0
    sums = _Sums(table, column)
    while True:
        rest = [row for row in unreadable.tolist() if row not in kinds]
        told = {row: _kind(table, column, row, first_day) for row in rest}
        found = {row: kind for row, kind in told.items() if kind}
        found |= {row: (Kind.TOTAL, "") for row in rest if row not in found and sums.at(row, rest)}
        if not found:
            return kinds
        kinds |= found


def _kind(table: Table, column: DateColumn, row: int, first_day: int) -> tuple[Kind, str] | None:
    """Say what a row is by its words."""
    texts, day = table.cells.texts, column.cells[row].strip()
    cells = {index: column[row].strip() for index, column in texts.items()}
    if all(cell.casefold() == table.layout.names[index].strip().casefold() for index, cell in cells.items()):
        return Kind.HEADER, ""
    words = [
        cell for cell in cells.values() if cell and cell.lower() not in MISSING_WORDS and not _is_value(cell)
    ]
    if _has_values(table, column, row, cells):
        kinds = ((Kind.TOTAL, is_total), (Kind.AVERAGE, is_average))
        return next(((kind, word) for kind, is_kind in kinds for word in words if is_kind(word)), None)
    if may_be_day(day):
        return None
    if not words:
        return Kind.EMPTY, ""
    return (Kind.UNITS if row < first_day else Kind.NOTE), words[0]


def _has_values(table: Table, column: DateColumn, row: int, cells: Mapping[int, str]) -> bool:
    others = [index for index in table.columns if index != column.index]
    plain = [index for index in others if index not in cells]
    numbers = table.cells.numbers[row, plain]
    return bool((~np.isnan(numbers)).any()) or any(
        _is_value(cells[index]) for index in others if index in cells
    )


def _is_value(cell: str) -> bool:
    if cell.lower() in TRUTH or INFINITE.fullmatch(cell):
        return True
    # A currency's sign alone is a unit.
    return any(map(str.isdigit, cell)) and any(pattern.fullmatch(cell) for pattern in NUMBER.values())


class _Sums:
    """Tells whether a row without a day and a word is the sum of days."""

    def __init__(self, table: Table, column: DateColumn) -> None:
        self.table, self.column = table, column
        self.numbers: NDArray[np.float64] | None = None

    def at(self, row: int, without_day: list[int]) -> bool:
        """Tell whether most numbers of a row are sums: of all days, or of those since the last such row."""
        if self.column.cells[row].strip() or self.column.dates is None:
            return False
        if self.numbers is None:
            # Only a file with such a row is worth the time.
            self.numbers = _numbers(self.table, self.column)
        days = ~np.isnat(self.column.dates.days)
        since = max((other for other in without_day if other < row), default=-1) + 1
        return any(_is_sum(self.numbers[row], part) for part in (self.numbers[days], self.numbers[since:row]))


def _is_sum(totals: NDArray[np.float64], part: NDArray[np.float64]) -> bool:
    """Tell whether most of the totals that aren't 0 are sums of two rows or more."""
    if len(part) < 2:
        return False
    given = np.isfinite(totals) & (totals != 0)
    # Numbers that are too large for a sum make it infinite, which is no total.
    with np.errstate(over="ignore", invalid="ignore"):
        sums = np.nansum(part[:, given], axis=0)
    alike = np.isfinite(sums) & (np.abs(sums - totals[given]) <= ROUNDING * np.abs(sums))
    return bool(given.any()) and 2 * int(alike.sum()) > int(given.sum())


def _numbers(table: Table, column: DateColumn) -> NDArray[np.float64]:
    """Return some columns as numbers, NaN where a cell is none; currency signs are left out."""
    indexes = [index for index in table.columns if index != column.index][:SUMMED]
    return np.column_stack([_column(table.cells, index) for index in indexes])


def _column(cells: Cells, index: int) -> NDArray[np.float64]:
    if index not in cells.texts:
        return cells.numbers[:, index]
    evidence = cells.evidence[index]
    decimals_after_comma = evidence.comma > evidence.point
    plain = [_plain(cell, decimals_after_comma) for cell in cells.texts[index]]
    return np.array([float(cell) if PLAIN.fullmatch(cell) else np.nan for cell in plain])


def _plain(cell: str, decimals_after_comma: bool) -> str:
    digits = re.sub(r"[^0-9.,-]", "", cell)
    return digits.replace(".", "").replace(",", ".") if decimals_after_comma else digits.replace(",", "")


def _finding(table: Table, column: DateColumn, kinds: Kinds) -> Finding:
    advice = "Leave it out: other programs take it for a day."
    if len(kinds) > 1:
        advice = "Leave them out: other programs take them for days."
    if any(kind is Kind.HEADER for kind, _ in kinds.values()):
        advice = "Leave the header out that is pasted in, and look for days that are there twice."
    return Finding.of(
        Level.BLOCK,
        _sentence(table, kinds),
        advice,
        columns=[column.names[column.candidates[0]]],
        lines=table.layout.lines[list(kinds)],
        values=list(dict.fromkeys(word for _, word in kinds.values() if word)),
        check="date_unreadable",
        fix=FixName.LEAVE_OUT_ROWS.value,
    )


def _sentence(table: Table, kinds: Kinds) -> str:
    """Return `Line 9 holds a total, not a day: “Total”.`, or what each line holds where they differ."""
    by_kind = {kind: [row for row in kinds if kinds[row][0] is kind] for kind, _ in kinds.values()}
    parts = []
    for kind, rows in by_kind.items():
        what = f"hold {_SEVERAL[kind]}" if len(rows) > 1 else f"holds {_ONE[kind]}"
        parts.append(f"{on_lines(table.layout.lines[rows])} {what}")
    sentence = "; ".join(parts)
    if len(parts) == 1:
        words = [
            f"“{shorten(word, 40)}”" for word in dict.fromkeys(word for _, word in kinds.values()) if word
        ]
        end = "" if Kind.EMPTY in by_kind else ", not days" if len(kinds) > 1 else ", not a day"
        sentence += end + (f": {some(words)}" if words else "")
    return f"{sentence[0].upper()}{sentence[1:]}."


def _offer(table: Table, kinds: Kinds) -> Offer:
    what = _LEFT_OUT[next(iter(kinds.values()))[0]] if len(kinds) == 1 else "these lines"
    sentence = f"Leave {what} out: {on_lines(table.layout.lines[list(kinds)])}."
    edit = Edit(drop_records=table.layout.rows[list(kinds)])
    return Offer(FixName.LEAVE_OUT_ROWS, "date_unreadable", sentence, edit, len(kinds))


def _of_table(table: Table, kept: NDArray[np.bool_]) -> Table:
    layout, cells = table.layout, table.cells
    return replace(
        table,
        layout=replace(layout, rows=layout.rows[kept], lines=layout.lines[kept]),
        cells=replace(
            cells,
            numbers=cut.kept_rows(cells.numbers, kept),
            texts=cut.kept_cells(cells.texts, kept),
            may_be_days=cut.kept_cells(cells.may_be_days, kept),
            grouped=cut.kept_cells(cells.grouped, kept),
            exponents={
                index: found._replace(rows=_of_rows(found.rows, kept))
                for index, found in cells.exponents.items()
                if kept[found.rows].any()
            },
        ),
    )


def _of_column(column: DateColumn, kept: NDArray[np.bool_]) -> DateColumn:
    dates = column.dates
    assert dates is not None
    return replace(
        column,
        cells=list(itertools.compress(column.cells, kept)),
        dates=replace(
            dates,
            days=dates.days[kept],
            forms=dates.forms[kept],
            clocks=dates.clocks[kept] if len(dates.clocks) else dates.clocks,
            contradicting=_of_rows(dates.contradicting, kept),
            swapped=_of_rows(dates.swapped, kept),
            moved=_of_rows(dates.moved, kept),
        ),
    )


def _of_rows(rows: Offsets, kept: NDArray[np.bool_]) -> Offsets:
    """Return the rows that are kept, by their new numbers."""
    return (np.cumsum(kept) - 1)[rows[kept[rows]]]
