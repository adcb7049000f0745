"""Clean data against that of another run, matched by day and column."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.comparing.causes import Causes, Indexes
from recast_api.clean_data.comparing.equality import equal
from recast_api.clean_data.comparing.matching import renamed, written_alike
from recast_api.clean_data.comparing.result import Comparison, DayChange, Rounded
from recast_api.clean_data.comparing.rounding import differ_by_rounding
from recast_api.clean_data.daily import IGNORE_OVERFLOW, Days, Grid, Numbers
from recast_api.clean_data.data import CleanData

SHARED_COLUMNS = 0.5
"""Files that share fewer of their columns are of different models; a list of changed cells would hide that
(own choice)."""


@IGNORE_OVERFLOW
def compare(new: CleanData, old: CleanData) -> Comparison:
    """Compare clean data with that of another run, matched by day and column.

    The order of rows and columns doesn't matter. A number that is the same up to rounding in the ninth
    digit hasn't changed, nor has one that agrees to the precision of the file with fewer decimals. Columns
    whose names are only written differently, or that have the same values under another name, are one.
    Where days or columns can't be matched (no dates, a day twice, little in common), the verdict is "not
    comparable" and `reason` says why. `compare(b, a)` is the mirror image.
    """
    now, then = Grid.of(new), Grid.of(old)
    same_text = new.text == old.text
    reason = _unusable(now, "this file") or _unusable(then, "the other file") or _no_shared_day(now, then)
    if reason:
        return _empty(reason, same_text)
    days, rows_now, rows_then = _shared_days(now, then)
    added, lost = _only_in(new, old), _only_in(old, new)
    respelled = written_alike(lost, added)
    added = [name for name in added if name not in respelled.values()]
    lost = [name for name in lost if name not in respelled]
    found = renamed(_columns_at(then, lost, rows_then), _columns_at(now, added, rows_now))
    earlier_names = _earlier_names(now, then, respelled | found)
    columns = tuple(earlier_names)
    reason = _little_shared(len(columns), max(len(now.columns), len(then.columns)))
    if reason:
        return _empty(reason, same_text)
    after, before = _values(now, columns, rows_now), _values(then, tuple(earlier_names.values()), rows_then)
    changed, rounded = _without_rounding(columns, after, before, _changed_cells(after, before))
    days_added = _days_only_in(now, then)
    return Comparison(
        reason="",
        added=days_added,
        gone=_days_only_in(then, now),
        columns_added=tuple(name for name in added if name not in found.values()),
        columns_lost=tuple(name for name in lost if name not in found),
        renamed=tuple(found.items()),
        respelled=tuple(respelled.items()),
        not_compared=_not_compared(new, old, columns, respelled),
        columns=columns,
        days=days,
        changed_at=changed,
        old=before[changed],
        new=after[changed],
        totals_old=_totals(before),
        totals_new=_totals(after),
        same_text=same_text,
        causes=Causes(after, before, changed, days, columns).find(appended=bool(days_added.after.size)),
        rounded=rounded,
    )


def _empty(reason: str, same_text: bool) -> Comparison:
    """Return the comparison of files that can't be compared: a reason, and no changes."""
    none = np.empty(0, "datetime64[D]")
    days = DayChange(none, none, none)
    numbers, indexes = np.empty(0), np.empty(0, np.intp)
    return Comparison(
        reason=reason,
        added=days,
        gone=days,
        columns_added=(),
        columns_lost=(),
        renamed=(),
        respelled=(),
        not_compared=(),
        columns=(),
        days=none,
        changed_at=(indexes, indexes),
        old=numbers,
        new=numbers,
        totals_old=numbers,
        totals_new=numbers,
        same_text=same_text,
        causes={},
        rounded=(),
    )


def _unusable(grid: Grid, which: str) -> str:
    """Return why the days of a file can't be matched with another's; empty if they can."""
    if not grid.rows:
        return f"{which} has no rows"
    if grid.days is None:
        return f"{which} has no date column"
    if not grid.dated:
        return f"{which} has dates that can't be read"
    if np.any(grid.steps == 0):
        return f"{which} has more than one row for the same day"
    return ""


def _no_shared_day(now: Grid, then: Grid) -> str:
    return "" if _shared_days(now, then)[0].size else "the two files have no day in common"


def _little_shared(matched: int, most: int) -> str:
    """Return why columns can't be compared; empty if enough of them are in both files."""
    if not matched:
        return "the two files have no column in common"
    return f"only {matched} of {most} columns are in both files" if matched < SHARED_COLUMNS * most else ""


def _shared_days(now: Grid, then: Grid) -> tuple[Days, NDArray[np.intp], NDArray[np.intp]]:
    """Return the days that both have, ascending, and their rows in each."""
    assert now.days is not None
    assert then.days is not None
    return np.intersect1d(now.days, then.days, assume_unique=True, return_indices=True)


def _earlier_names(now: Grid, then: Grid, new_names: Mapping[str, str]) -> dict[str, str]:
    """Return the earlier name for each numeric column that both have, in the order of the first."""
    names = {name: name for name in then.columns} | {new: old for old, new in new_names.items()}
    in_both = set(then.columns)
    return {name: names[name] for name in now.columns if names.get(name) in in_both}


def _values(grid: Grid, columns: tuple[str, ...], rows: NDArray[np.intp]) -> Numbers:
    """Return the values of these columns and rows, shape (columns, rows)."""
    # Usually all columns are shared and the shared days are adjacent: a slice copies nothing.
    if rows.size == rows[-1] - rows[0] + 1 and columns == grid.columns:
        return grid.values[:, rows[0] : rows[-1] + 1]
    index_of = {name: index for index, name in enumerate(grid.columns)}
    return grid.values[np.ix_(np.array([index_of[name] for name in columns], np.intp), rows)]


def _changed_cells(new: Numbers, old: Numbers) -> tuple[Indexes, Indexes]:
    """Return the indexes (column, day) at which two arrays differ by more than the tolerance."""
    # Nearly all cells are equal, so that the tolerance is computed for few.
    column, day = np.nonzero(new != old)
    same = equal(new[column, day], old[column, day])
    return column[~same], day[~same]


def _without_rounding(
    columns: tuple[str, ...], new: Numbers, old: Numbers, changed: tuple[Indexes, Indexes]
) -> tuple[tuple[Indexes, Indexes], tuple[Rounded, ...]]:
    """Return the changed cells without those that were only rounded, and which columns have such cells."""
    of_column, of_day = changed
    is_changed = np.zeros(new.shape, bool)
    is_changed[changed] = True
    found = []
    for index in np.flatnonzero(np.bincount(of_column)).tolist():
        same, rounded = differ_by_rounding(columns[index], new[index], old[index], is_changed[index])
        if rounded is not None:
            is_changed[index, same] = False
            found.append(rounded)
    if found:
        kept = is_changed[of_column, of_day]
        of_column, of_day = of_column[kept], of_day[kept]
    return (of_column, of_day), tuple(found)


def _totals(values: Numbers) -> Numbers:
    totals = values.sum(axis=1)
    return np.asarray(totals if np.isfinite(totals).all() else np.nansum(values, axis=1))


def _days_only_in(here: Grid, there: Grid) -> DayChange:
    assert here.days is not None
    assert there.days is not None
    only = np.setdiff1d(here.days, there.days, assume_unique=True)
    before, after = only < there.days[0], only > there.days[-1]
    return DayChange(only[before], only[~before & ~after], only[after])


def _only_in(here: CleanData, there: CleanData) -> list[str]:
    """Return the columns, the date aside, that only the first has."""
    names = map(str, here.frame.columns)
    return [name for name in names if name != here.date_column and name not in there.frame.columns]


def _not_compared(
    new: CleanData, old: CleanData, compared: tuple[str, ...], respelled: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the columns, the date aside, that both have but that aren't numbers in both."""
    shared = (set(map(str, new.frame.columns)) & set(map(str, old.frame.columns))) | set(respelled.values())
    return tuple(sorted(shared - {new.date_column, *compared}))


def _columns_at(grid: Grid, names: list[str], rows: NDArray[np.intp]) -> dict[str, Numbers]:
    """Return the values at these rows of the columns that are numeric."""
    return {name: grid.values[grid.columns.index(name), rows] for name in names if name in grid.columns}
