"""Clean data against that of another run, matched by day and column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.comparing.result import Comparison, DayChange
from recast_api.clean_data.daily import CALM, Days, Grid, Numbers
from recast_api.clean_data.data import CleanData

RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE = 1e-9, 1e-9
"""Cells closer than this are the same number written another way, as 0.1 + 0.2 and 0.3 are."""
RENAMED = 0.999
"""Correlation on shared days from which on a lost and an added column are the same (own choice for r ≈ 1)."""
SHARED_COLUMNS = 0.5
"""Files with fewer of their columns in common are of different models, and listing every cell as changed
would bury that (own choice)."""


@CALM
def compare(new: CleanData, old: CleanData) -> Comparison:
    """Compare clean data with that of another run, matched by day and column.

    The order of rows and columns doesn't matter. A number that is the same up to rounding in the ninth
    digit hasn't changed. Where it can't be said what belongs to what (no dates, a day twice, little in
    common), the verdict is "not comparable" and `reason` says why. `compare(b, a)` is the mirror image.
    """
    now, then = Grid.of(new), Grid.of(old)
    same_text = new.text == old.text
    reason = _why_not(now, "this file") or _why_not(then, "the other file")
    if reason:
        return _empty(reason, same_text)
    assert now.days is not None
    assert then.days is not None
    days, at_now, at_then = np.intersect1d(now.days, then.days, assume_unique=True, return_indices=True)
    places_then = {name: place for place, name in enumerate(then.columns)}
    pairs = [(place, places_then[name]) for place, name in enumerate(now.columns) if name in places_then]
    if not days.size or not pairs:
        return _empty(
            "the two files have no day in common"
            if not days.size
            else "the two files have no column in common",
            same_text,
        )
    of_now, of_then = np.array(pairs).T
    after, before = _part(now, of_now, at_now), _part(then, of_then, at_then)
    where = _differ(after, before)
    added, lost, renamed = _columns(new, old, now, then, (at_now, at_then))
    matched, most = len(pairs) + len(renamed), max(len(now.columns), len(then.columns))
    if matched < SHARED_COLUMNS * most:
        return _empty(f"only {matched} of {most} columns are in both files", same_text)
    both = set(map(str, new.frame.columns)) & set(map(str, old.frame.columns)) - {new.date_column}
    columns = tuple(now.columns[place] for place in of_now)
    return Comparison(
        reason="",
        added=_only(now.days, then.days),
        gone=_only(then.days, now.days),
        columns_added=added,
        columns_lost=lost,
        renamed=renamed,
        not_compared=tuple(sorted(both - set(columns))),
        columns=columns,
        days=days,
        places=where,
        old=before[where],
        new=after[where],
        totals_old=_totals(before),
        totals_new=_totals(after),
        same_text=same_text,
    )


def _empty(reason: str, same_text: bool) -> Comparison:
    none = np.empty(0, "datetime64[D]")
    days = DayChange(none, none, none)
    numbers, places = np.empty(0), np.empty(0, np.intp)
    return Comparison(
        reason,
        days,
        days,
        (),
        (),
        (),
        (),
        (),
        none,
        (places, places),
        numbers,
        numbers,
        numbers,
        numbers,
        same_text,
    )


def _why_not(grid: Grid, which: str) -> str:
    if not grid.rows:
        return f"{which} has no rows"
    if grid.days is None:
        return f"{which} has no date column"
    if not grid.dated:
        return f"{which} has dates that can't be read"
    if np.any(grid.steps == 0):
        return f"{which} has more than one row for the same day"
    return ""


def _part(grid: Grid, places: NDArray[np.intp], rows: NDArray[np.intp]) -> Numbers:
    """Return columns × shared days, without copying where all is shared."""
    if rows.size == rows[-1] - rows[0] + 1 and np.array_equal(places, np.arange(len(grid.columns))):
        return grid.values[:, rows[0] : rows[-1] + 1]
    return grid.values[np.ix_(places, rows)]


def _differ(new: Numbers, old: Numbers) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where two arrays differ; the tolerance is looked at only where they aren't equal."""
    column, day = np.nonzero(new != old)
    one, other = new[column, day], old[column, day]
    allowed = ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * np.maximum(np.abs(one), np.abs(other))
    same = (np.abs(one - other) <= allowed) | (np.isnan(one) & np.isnan(other))
    return column[~same], day[~same]


def _totals(values: Numbers) -> Numbers:
    totals = values.sum(axis=1)
    return np.asarray(totals if np.isfinite(totals).all() else np.nansum(values, axis=1))


def _only(here: Days, there: Days) -> DayChange:
    only = np.setdiff1d(here, there, assume_unique=True)
    before, after = only < there[0], only > there[-1]
    return DayChange(only[before], only[~before & ~after], only[after])


def _columns(
    new: CleanData, old: CleanData, now: Grid, then: Grid, rows: tuple[NDArray[np.intp], NDArray[np.intp]]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the columns added, lost and likely renamed."""
    names_new, names_old = map(str, new.frame.columns), map(str, old.frame.columns)
    added = [c for c in names_new if c != new.date_column and c not in old.frame.columns]
    lost = [c for c in names_old if c != old.date_column and c not in new.frame.columns]
    renamed = []
    for before in [name for name in lost if name in then.columns]:
        gone = then.values[then.columns.index(before), rows[1]]
        for after in [name for name in added if name in now.columns]:
            if _same_course(gone, now.values[now.columns.index(after), rows[0]]):
                renamed.append((before, after))
                added.remove(after)
                lost.remove(before)
                break
    return tuple(added), tuple(lost), tuple(renamed)


def _same_course(one: Numbers, other: Numbers) -> bool:
    known = ~np.isnan(one) & ~np.isnan(other)
    if np.count_nonzero(known) < 3 or np.ptp(one[known]) == 0 or np.ptp(other[known]) == 0:
        return False
    return bool(np.corrcoef(one[known], other[known])[0, 1] > RENAMED)
