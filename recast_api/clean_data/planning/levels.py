"""Where the level of a column changes from one day to the next: a unit, a currency, a definition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from recast_api.clean_data.columns import Role
from recast_api.clean_data.daily import Mask, Numbers, Table
from recast_api.clean_data.data import once

SPEND_TIMES, KPI_TIMES = 3.0, 2.0
"""Two weeks against the two before (own rule; Recast's own files reach 2.94 and 1.8)."""
UNIT_EXPONENT = 0.2
"""How far from 10, 100 or 1,000 a factor may be as a power of ten: 10 is 6.3 to 15.8 (own rule)."""
ACTIVE_DAYS = 6
"""Days of a week that have to be active for a level to be taken from it (own rule)."""
LAUNCH_DAYS = 42
"""Recast: results of a new channel are best ignored for about six weeks; its budget is still found, too."""
MOST_CHANGES = 4
"""A column whose level changes more often is like that (own rule)."""
SPREAD_TIMES = 1.5
"""A change of unit leaves the spread of the days as it was: more than that is late data (own rule)."""
APART = 2.5
"""Two weeks that differ by more have no level in common: a change lies between them (own rule)."""
FEWEST = 20
"""A count that never has more on a day changes by chance (own rule)."""
WEEK, FORTNIGHT = 7, 14
"""Both contain each weekday equally often."""


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A column at another level than on the days before."""

    index: int
    """Index in `Table.columns`."""
    start: int
    """The first row at the other level."""
    end: int
    """The row after the last one; the number of rows if it stays there."""
    factor: float
    """The other level as a multiple of the level before."""

    @property
    def days(self) -> int:
        """How long it lasts."""
        return self.end - self.start

    @property
    def unit(self) -> float | None:
        """10, 100, 1,000 …, or one divided by it, where the factor is near one of them."""
        exponent = float(np.log10(self.factor))
        near = round(exponent)
        return 10.0**near if near and abs(exponent - near) <= UNIT_EXPONENT else None


@once
def level_changes(table: Table) -> tuple[LevelChange, ...]:
    """Return where the KPI and channels change their level, by the medians of two weeks or of one."""
    return tuple(change for index in _candidates(table) for change in _changes(table, index))


def _candidates(table: Table) -> list[int]:
    """Return the columns of which a week or two are far from those before: few need a closer look."""
    if not table.daily or table.rows < 2 * FORTNIGHT:
        return []
    indexes = np.array(table.column_indexes(Role.KPI, Role.SPEND), int)
    sums = np.add.reduceat(table.filled, np.arange(table.rows % WEEK, table.rows, WEEK), axis=1)[indexes]
    two = sums[:, 1:] + sums[:, :-1]
    # A change within the second week of four is whole between the first two and the last two.
    far = _far(sums[:, 1:], sums[:, :-1]) | _far(two[:, 3:], two[:, :-3]) | _far(two[:, 2:], two[:, :-2])
    return [int(index) for index in indexes[far]]


def _far(after: Numbers, before: Numbers) -> Mask:
    """Tell which columns have two sums, one of which is under 60 % of the other (well within all limits)."""
    low, high = np.minimum(after, before), np.maximum(after, before)
    return np.asarray((low < 0.6 * high).any(axis=1))


def _changes(table: Table, index: int) -> list[LevelChange]:
    edges = _edges(table, index)
    if len(edges) > MOST_CHANGES:
        return []
    changes = []
    while edges:
        start, change = edges.pop(0)
        # A change that is undone is one.
        undone = bool(edges) and abs(change + edges[0][1]) < np.log(2)
        end = edges.pop(0)[0] if undone else table.rows
        if _stands_out(table, index, (start, end), change, undone):
            changes.append(LevelChange(index, start, end, float(np.exp(change))))
    return changes


def _stands_out(table: Table, index: int, rows: tuple[int, int], change: float, undone: bool) -> bool:
    """Tell whether a change is more than the end of a peak, a lively week, or chance among few."""
    column, (start, end) = table.filled[index], rows
    if column.max() < FEWEST and not np.mod(column, 1).any():
        return False
    if end - start < FORTNIGHT:
        return _as_even(column, start, end)
    eight_weeks = column[max(start - 4 * FORTNIGHT, 0) : start]
    usual, now = float(np.median(eight_weeks)), float(np.median(column[start : start + FORTNIGHT]))
    limit = KPI_TIMES if table.columns[index] == table.kpi else SPEND_TIMES
    # What falls from a peak, or recovers, is back where it was before.
    return undone or (now > limit * usual if change > 0 else limit * now < usual)


def _as_even(column: Numbers, start: int, end: int) -> bool:
    """Tell whether a few days are beyond all of the four weeks before, and vary no more than these.

    A change of unit does that; of late data each day has less than the one before.
    """
    now, before = column[start:end], column[max(start - 2 * FORTNIGHT, 0) : start]
    now, before = np.log(now[now > 0]), np.log(before[before > 0])
    beyond = now.min() > before.max() or now.max() < before.min()
    return bool(beyond and np.ptp(now) <= SPREAD_TIMES * np.ptp(before))


def _edges(table: Table, index: int) -> list[tuple[int, float]]:
    """Return the rows where the level changes, each with the logarithm of the factor."""
    column, active = table.filled[index], table.active[index]
    weeks = _levels(column, active)
    fortnights = _of_two(weeks)
    times = KPI_TIMES if table.columns[index] == table.kpi else SPEND_TIMES
    unit = 10 ** (1 - UNIT_EXPONENT)
    changes = np.zeros(table.rows)
    # Each row's level from there on against the level before, the next two weeks' first.
    for before, after, limit in (
        (fortnights, fortnights[FORTNIGHT:], times),
        (fortnights, weeks[FORTNIGHT:], unit),
        (weeks[FORTNIGHT - WEEK :], weeks[FORTNIGHT:], unit),
    ):
        change = after - before[: after.size]
        rows = changes[FORTNIGHT : FORTNIGHT + change.size]
        rows[:] = np.where((rows == 0) & (np.abs(change) > np.log(limit)), change, rows)
    first = int(np.argmax(active))
    # The budget of a channel that begins within the file is found step by step.
    return [edge for edge in _sharpest(changes, column) if first == 0 or edge[0] >= first + LAUNCH_DAYS]


def _levels(column: Numbers, active: Mask) -> Numbers:
    """Return the logarithm of the median of every seven days in a row, NaN where too few are active."""
    medians = np.median(sliding_window_view(column, WEEK), axis=1)
    enough = sliding_window_view(active, WEEK).sum(axis=1) >= ACTIVE_DAYS
    return np.asarray(np.log(np.where(enough & (medians > 0), medians, np.nan)))


def _of_two(weeks: Numbers) -> Numbers:
    """Return the level of every two weeks in a row, NaN where they are too far apart to have one."""
    first, second = weeks[:-WEEK], weeks[WEEK:]
    return np.where(np.abs(second - first) < np.log(APART), (first + second) / 2, np.nan)


def _sharpest(changes: Numbers, column: Numbers) -> list[tuple[int, float]]:
    """Return one row per run of rows with the same change: where the weeks on both sides differ most."""
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.where(column > 0, column, 1.0)))])
    at = np.flatnonzero(changes)
    runs = np.split(at, np.flatnonzero((np.diff(at) > 1) | (np.diff(np.sign(changes[at])) != 0)) + 1)
    edges = []
    for run in runs:
        if run.size:
            contrast = logs[run + WEEK] - 2 * logs[run] + logs[run - WEEK]
            row = int(run[np.argmax(np.sign(changes[run]) * contrast)])
            edges.append((row, float(changes[row])))
    return edges
