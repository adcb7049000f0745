"""Checks of zeros in columns that are otherwise active: closed days, rare sales, or missing loads."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.checks.values import columns_with
from recast_api.clean_data.columns import Role
from recast_api.clean_data.daily import Mask, Numbers, Table
from recast_api.clean_data.data import once
from recast_api.clean_data.findings import Finding, Group, Level
from recast_api.clean_data.planning.newest_days import incomplete_tail
from recast_api.clean_data.sentences import counted, noted, on_lines, percent, shorten

KPI_ZEROS = 0.10
"""mmm-platform warns above it."""
BEYOND_CHANCE = 2
"""Own rule: counts scatter more than by chance alone; up to twice as many zeros aren't asked about."""
LONGEST_MISSED_LOAD, CONTEXT_DAYS, CONTEXT_SHARE = 7, 14, 0.25
"""mmm-framework: a drop to 0 where the days around are at 0.25 of the median or more; lengths are own."""
RESUMED_DAYS = 3
"""Own rule: a KPI that is back for as long had stopped."""
CLOSED_SHARE = 0.90
"""Own rule: closed on a weekday that is 0 as often."""
CLOSED_DATES = (1225, 1226, 101)
"""Christmas Day, Boxing Day and New Year's Day, as month and day: closed even where the file has one only."""
CHANCE = 0.01
"""Own rule: zeros that a Poisson count would show in more than one of a hundred such files are chance."""

Runs = tuple[NDArray[np.intp], NDArray[np.intp]]


def runs(cells: Mask) -> Runs:
    """Return where runs of True start, and where they end (exclusive)."""
    # A run starts where the difference is 1 and ends before it is -1: every other edge.
    edges = np.flatnonzero(np.diff(cells.astype(np.int8), prepend=0, append=0))
    return edges[::2], edges[1::2]


def closed_days(table: Table, index: int) -> Mask:
    """Tell on which rows a column is 0 because it always is: on that weekday, or on that day of the year."""
    zero = ~table.active[index] & ~table.missing[index]
    if not table.dated or not zero.any():
        return np.zeros(table.rows, bool)
    weekday, date = table.weekdays, table.dates_of_year
    zeros, days = np.bincount(weekday[zero], minlength=7), np.bincount(weekday, minlength=7)
    closed = zeros > CLOSED_SHARE * days
    # A column that is 0 on most weekdays is sparse rather than closed.
    closed &= np.count_nonzero(closed) <= 2
    starts, ends = runs(zero & ~closed[weekday])
    short = np.zeros(table.rows, bool)
    for start, end in zip(starts, ends, strict=True):
        short[start:end] = end - start <= len(CLOSED_DATES)
    zeros, days = np.bincount(date[short], minlength=1232), np.bincount(date, minlength=1232)
    every_year = (zeros == days) & (days > 1)
    every_year[list(CLOSED_DATES)] = True
    return np.asarray(zero & (closed[weekday] | (short & every_year[date])))


def _by_chance(table: Table, index: int, start: int, end: int) -> bool:
    """Tell whether so many days of a rare count are 0 now and then: about three leads a day, say."""
    usual = _usual_counts(table, index)
    return usual is not None and bool(table.rows * np.exp(-usual[start:end].sum()) > CHANCE)


def _usual_counts(table: Table, index: int) -> Numbers | None:
    """Return the mean of each day's weekday, or None where nothing is counted in whole numbers."""
    column = table.filled[index]
    if not table.dated or np.mod(column, 1).any():
        return None
    days = np.maximum(np.bincount(table.weekdays, minlength=7), 1)
    return np.asarray(np.bincount(table.weekdays, weights=column, minlength=7) / days)[table.weekdays]


def _missed_load_cells(table: Table, index: int, median: float) -> Mask:
    """Tell which zeros are in a run with usual values on all days around it."""
    is_kpi = table.roles[table.columns[index]] == Role.KPI
    closed = closed_days(table, index) if is_kpi else np.zeros(table.rows, bool)
    rows = np.flatnonzero(~closed)
    column = table.filled[index, rows]
    starts, ends = runs((column == 0) & ~table.missing[index, rows])
    # A channel may pause for longer; the KPI doesn't, whether it has been back for long or not.
    longest, after = (rows.size, RESUMED_DAYS) if is_kpi else (LONGEST_MISSED_LOAD, CONTEXT_DAYS)
    possible = (ends - starts <= longest) & (starts >= CONTEXT_DAYS) & (ends <= rows.size - after)
    # Sums up to each row: the difference of two tells how many days between them are at a usual level.
    running = np.concatenate([[0], np.cumsum(column >= CONTEXT_SHARE * median)])
    cells = np.zeros(table.rows, bool)
    for start, end in zip(starts[possible], ends[possible], strict=True):
        last = min(end + CONTEXT_DAYS, rows.size)
        around = running[start] - running[start - CONTEXT_DAYS] + running[last] - running[end]
        if around == CONTEXT_DAYS + last - end and not (is_kpi and _by_chance(table, index, start, end)):
            cells[rows[start:end]] = True
    return cells


@once
def missed_loads(table: Table) -> Mask:
    """Return the cells that are 0 because a load failed, as it seems."""
    cells = np.zeros(table.values.shape, bool)
    if not table.by_day:
        return cells
    for index in table.column_indexes(Role.KPI, Role.SPEND):
        spread = table.spreads[index]
        if spread is not None and table.active_days[index] < table.rows:
            cells[index] = _missed_load_cells(table, index, spread.median)
    return cells


def _drop(roles: set[Role], longest: int) -> str:
    long = " for a few days" if longest <= LONGEST_MISSED_LOAD else f" for up to {longest:,} days"
    if len(roles) > 1:
        return f"The KPI and spend drop to 0{long}, then resume"
    return f"{'Spend' if Role.SPEND in roles else 'The KPI'} drops to 0{long}, then resumes"


@rule(
    Level.CONFIRM,
    threshold=f"spend at 0 for up to {LONGEST_MISSED_LOAD} days, the KPI for any number of them, with "
    f"{CONTEXT_DAYS} days of at least {CONTEXT_SHARE} × median before and after (KPI: {RESUMED_DAYS} after); "
    f"not where it is closed, nor by chance (Poisson, {CHANCE})",
    source="mmm-framework; lengths are own",
)
def missed_load(table: Table) -> Iterator[Finding]:
    """A few days of zeros in a column that is active before and after usually mean that a load failed."""
    indexes = table.column_indexes(Role.KPI, Role.SPEND)
    cells = missed_loads(table)
    notes, lines = columns_with(table, indexes, cells, lambda _, rows: on_lines(table.lines[rows]))
    if notes:
        starts, ends = runs(np.asarray(cells.any(axis=0)))
        roles = {table.roles[name] for name in notes}
        yield Finding.of(
            Level.CONFIRM,
            f"{_drop(roles, int((ends - starts).max()))}: {noted(notes)}.",
            "Load these days again, or confirm that the zeros are real.",
            columns=tuple(notes),
            lines=lines,
        )


@rule(
    Level.CONFIRM,
    threshold=f"over {percent(KPI_ZEROS)} zeros, and over {BEYOND_CHANCE} × those of a rare count by chance "
    "(Poisson), closed days and missed loads left out",
    source="mmm-platform",
    group=Group.KPI,
)
def kpi_zeros(table: Table) -> Iterator[Finding]:
    """A KPI that is 0 on many days is too sparse to model well, or wasn't loaded on these days."""
    if table.kpi is None or not table.by_day:
        return
    index = table.columns.index(table.kpi)
    zero = ~table.active[index] & ~table.missing[index]
    if not zero.any() or not table.active_days[index]:
        return
    # What is reported as closed, missed or incomplete has its cause already.
    zero &= ~missed_loads(table)[index]
    zero[table.rows - incomplete_tail(table)[0] :] = False
    closed = closed_days(table, index)
    count = np.count_nonzero(zero & ~closed)
    usual = _usual_counts(table, index)
    # Of a rare count, so many days are 0 by chance (Poisson), which `low_volume` says.
    by_chance = 0.0 if usual is None else float(np.exp(-usual[~closed]).sum())
    if count > max(KPI_ZEROS * np.count_nonzero(~closed), BEYOND_CHANCE * by_chance):
        yield Finding.of(
            Level.CONFIRM,
            f"The KPI {shorten(table.kpi)} is 0 on {counted(int(zero.sum()), 'day')} "
            f"({percent(zero.mean())} of all).",
            "Check that the zeros are real. If sales are rare, model an earlier step of the funnel.",
            columns=[table.kpi],
            lines=table.lines[zero],
        )


CHECKS = (kpi_zeros, missed_load)
