"""Clean data against that of another run, matched by day and column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.comparing.result import Comparison, DayChange
from recast_api.clean_data.daily import IGNORE_OVERFLOW, Days, Grid, Numbers
from recast_api.clean_data.data import CleanData

RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE = 1e-9, 1e-9
"""Cells closer than this are the same number written differently, as 0.1 + 0.2 and 0.3 are."""
RENAMED = 0.999
"""Correlation on shared days above which a lost and an added column are the same (own choice for r ≈ 1)."""
SHARED_COLUMNS = 0.5
"""Files that share fewer of their columns are of different models; a list of changed cells would hide that
(own choice)."""


@IGNORE_OVERFLOW
def compare(new: CleanData, old: CleanData) -> Comparison:
    """Compare clean data with that of another run, matched by day and column.

    The order of rows and columns doesn't matter. A number that is the same up to rounding in the ninth
    digit hasn't changed. Where days or columns can't be matched (no dates, a day twice, little in
    common), the verdict is "not comparable" and `reason` says why. `compare(b, a)` is the mirror image.
    """
    now, then = Grid.of(new), Grid.of(old)
    same_text = new.text == old.text
    reason = _unusable(now, "this file") or _unusable(then, "the other file") or _nothing_shared(now, then)
    if reason:
        return _empty(reason, same_text)
    days, rows_now, rows_then = _shared_days(now, then)
    columns = _shared_columns(now, then)
    added, lost = _only_in(new, old), _only_in(old, new)
    renamed = _renamed(_columns_at(then, lost, rows_then), _columns_at(now, added, rows_now))
    # A column known under both its names is in both files.
    matched, most = len(columns) + len(renamed), max(len(now.columns), len(then.columns))
    if matched < SHARED_COLUMNS * most:
        return _empty(f"only {matched} of {most} columns are in both files", same_text)
    after, before = _values(now, columns, rows_now), _values(then, columns, rows_then)
    changed = _changed_cells(after, before)
    return Comparison(
        reason="",
        added=_days_only_in(now, then),
        gone=_days_only_in(then, now),
        columns_added=tuple(name for name in added if name not in renamed.values()),
        columns_lost=tuple(name for name in lost if name not in renamed),
        renamed=tuple(renamed.items()),
        not_compared=_not_compared(new, old, columns),
        columns=columns,
        days=days,
        changed_at=changed,
        old=before[changed],
        new=after[changed],
        totals_old=_totals(before),
        totals_new=_totals(after),
        same_text=same_text,
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
        not_compared=(),
        columns=(),
        days=none,
        changed_at=(indexes, indexes),
        old=numbers,
        new=numbers,
        totals_old=numbers,
        totals_new=numbers,
        same_text=same_text,
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


def _nothing_shared(now: Grid, then: Grid) -> str:
    """Return what two files lack for a comparison; empty if they share days and columns."""
    if not _shared_days(now, then)[0].size:
        return "the two files have no day in common"
    return "" if _shared_columns(now, then) else "the two files have no column in common"


def _shared_days(now: Grid, then: Grid) -> tuple[Days, NDArray[np.intp], NDArray[np.intp]]:
    """Return the days that both have, ascending, and their rows in each."""
    assert now.days is not None
    assert then.days is not None
    return np.intersect1d(now.days, then.days, assume_unique=True, return_indices=True)


def _shared_columns(now: Grid, then: Grid) -> tuple[str, ...]:
    """Return the numeric columns that both have, in the order of the first."""
    names = set(then.columns)
    return tuple(name for name in now.columns if name in names)


def _values(grid: Grid, columns: tuple[str, ...], rows: NDArray[np.intp]) -> Numbers:
    """Return the values of these columns and rows, shape (columns, rows)."""
    # Usually all columns are shared and the shared days are adjacent: a slice copies nothing.
    if rows.size == rows[-1] - rows[0] + 1 and columns == grid.columns:
        return grid.values[:, rows[0] : rows[-1] + 1]
    index_of = {name: index for index, name in enumerate(grid.columns)}
    return grid.values[np.ix_(np.array([index_of[name] for name in columns], np.intp), rows)]


def _changed_cells(new: Numbers, old: Numbers) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the indexes (column, day) at which two arrays differ by more than the tolerance."""
    # Nearly all cells are equal, so that the tolerance is computed for few.
    column, day = np.nonzero(new != old)
    one, other = new[column, day], old[column, day]
    allowed = ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * np.maximum(np.abs(one), np.abs(other))
    same = (np.abs(one - other) <= allowed) | (np.isnan(one) & np.isnan(other))
    return column[~same], day[~same]


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


def _not_compared(new: CleanData, old: CleanData, compared: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns, the date aside, that both have but that aren't numbers in both."""
    shared = set(map(str, new.frame.columns)) & set(map(str, old.frame.columns))
    return tuple(sorted(shared - {new.date_column, *compared}))


def _columns_at(grid: Grid, names: list[str], rows: NDArray[np.intp]) -> dict[str, Numbers]:
    """Return the values at these rows of the columns that are numeric."""
    return {name: grid.values[grid.columns.index(name), rows] for name in names if name in grid.columns}


def _renamed(lost: dict[str, Numbers], added: dict[str, Numbers]) -> dict[str, str]:
    """Return the new name for each lost column whose values an added one has; each is taken once."""
    renamed: dict[str, str] = {}
    for old_name, before in lost.items():
        candidates = (name for name in added if name not in renamed.values())
        match = next((name for name in candidates if _same_course(before, added[name])), None)
        if match is not None:
            renamed[old_name] = match
    return renamed


def _same_course(one: Numbers, other: Numbers) -> bool:
    """Tell whether two columns rise and fall together; one that never changes does so with none."""
    known = ~np.isnan(one) & ~np.isnan(other)
    if np.count_nonzero(known) < 3 or np.ptp(one[known]) == 0 or np.ptp(other[known]) == 0:
        return False
    return bool(np.corrcoef(one[known], other[known])[0, 1] > RENAMED)
