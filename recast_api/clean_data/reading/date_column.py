"""Take a table; hand on the column that holds its days, read, and the columns' names with that column's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from recast_api.clean_data.invisible import INVISIBLE
from recast_api.clean_data.reading import date_formats, date_shifts
from recast_api.clean_data.reading.date_formats import Dates
from recast_api.clean_data.reading.tidy import Table

OTHER_NAMES = ("day", "dates", "ds", "datum", "fecha", "week", "time", "timestamp")
"""What a column of days is called, where it isn't called date; of several, the first in this order."""
SAMPLE = 200
"""Cells that tell whether a column holds dates."""


@dataclass(frozen=True, eq=False, slots=True)
class DateColumn:
    """Which column holds the days, and what they are."""

    names: tuple[str, ...]
    """Of all columns; a nameless one that holds the days is called date here."""
    date_like_names: frozenset[int]
    """Columns whose names are dates themselves: a transposed table, or no header."""
    candidates: tuple[int, ...]
    """The columns that may be it: the one it is, none, or several that nothing tells apart."""
    index: int | None = None
    """Index of the column that holds the days, if there is just one."""
    was_nameless: bool = False
    cells: Sequence[str] = ()
    """The cells of the one column as they stand."""
    dates: Dates | None = None
    """What they say; None if there isn't just one column."""


def find(table: Table) -> DateColumn:
    """Find the column that holds the days, by its name or else by its cells, and read it."""
    names, nameless = table.layout.names, _nameless_dates(table)
    if nameless is not None:
        names = (*names[:nameless], "date", *names[nameless + 1 :])
    candidates = _candidates(table, names)
    looked_at = names if table.layout.names_may_be_data or not candidates else ()
    date_like = [index for index, name in enumerate(looked_at) if date_formats.looks_like_dates([name])]
    column = DateColumn(names, frozenset(date_like), candidates, was_nameless=nameless is not None)
    if len(candidates) != 1:
        return column
    index = candidates[0]
    cells = _cells_of(table, index)
    return replace(column, index=index, cells=cells, dates=date_shifts.settle(date_formats.parse(cells)))


def _nameless_dates(table: Table) -> int | None:
    """Return the one column without a name, if it holds the dates: then it can be given one."""
    nameless = [index for index in table.columns if not table.layout.names[index].strip()]
    taken = any(name.strip().lower() == "date" for name in table.layout.names)
    if len(nameless) != 1 or taken or nameless[0] not in table.cells.texts:
        return None
    holds_dates = date_formats.looks_like_dates(table.cells.texts[nameless[0]][:SAMPLE])
    return nameless[0] if holds_dates else None


def _candidates(table: Table, names: tuple[str, ...]) -> tuple[int, ...]:
    """Return the columns that may hold the days.

    One called date is taken at its word, whatever is in it. Else cells decide, and among several columns with
    dates (`start` and `week`, say) the name again, and then the cells of all rows. `date` goes before `Date`.
    """
    called = {index: INVISIBLE.sub("", names[index]).strip().lower() for index in table.columns}
    found = [index for index, name in called.items() if name == "date" and _has_cells(table, index)]
    if not found:
        found = [index for index in table.columns if _holds_dates(table, index)]
        ranks = [OTHER_NAMES.index(called[index]) for index in found if called[index] in OTHER_NAMES]
        found = [index for index in found if not ranks or called[index] == OTHER_NAMES[min(ranks)]]
    found = [index for index in found if names[index] == "date"] or found
    return _told_by_rows(table, found) if len(found) > 1 else tuple(found)


def _told_by_rows(table: Table, columns: list[int]) -> tuple[int, ...]:
    """Return the columns that rows don't rule out: two may be the same, and only one differ on every row.

    Meta's exports have the first and the last day that a row is about, which are one in daily data.
    """
    different = {tuple(_cells_of(table, index)): index for index in reversed(columns)}
    left = sorted(different.values())
    unique = [index for index in left if len(set(_cells_of(table, index))) == len(table.layout.rows)]
    return tuple(unique if len(unique) == 1 else left)


def _has_cells(table: Table, index: int) -> bool:
    return index in table.cells.texts or index in table.cells.may_be_days


def _cells_of(table: Table, index: int) -> Sequence[str]:
    """Return the cells as they stand of a column that may hold the days."""
    return table.cells.texts[index] if index in table.cells.texts else table.cells.may_be_days[index]


def _holds_dates(table: Table, index: int) -> bool:
    if index in table.cells.texts:
        return date_formats.looks_like_dates(table.cells.texts[index][:SAMPLE])
    # Numbers such as 20250131 are days in the first column; in another one they may well be money.
    cells: Sequence[str] = table.cells.may_be_days.get(index, []) if index == table.columns[0] else []
    return date_formats.looks_like_dates(cells[:SAMPLE])
