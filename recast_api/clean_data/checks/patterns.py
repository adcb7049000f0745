"""Checks of how a column behaves over time: outliers, missed loads, incomplete days, changes of level."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.checks.values import columns_with
from recast_api.clean_data.columns import Role
from recast_api.clean_data.daily import Mask, Numbers, Table
from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.planning.newest_days import incomplete_tail
from recast_api.clean_data.sentences import counted, day_span, noted, number, on_lines, percent, some

IQR_TIMES = 3.0
"""Simba and mmm-platform: outside the quartiles by 3 times the interquartile range."""
ROBUST_Z = 3.5
"""mmm-framework: 0.6745 times the distance from the median, divided by the median absolute deviation."""
HIGHEST_TO_P99 = 3.0
"""mmm-framework: one day at three times the 99th percentile spoils the scaling."""
HALF_MEANS = 0.50
"""Simba: the means of the two halves differ by more."""
LONGEST_MISSED_LOAD, CONTEXT_DAYS, CONTEXT_SHARE = 7, 14, 0.25
"""mmm-framework: a drop to 0 where the days around are at 0.25 of the median or more; lengths are own."""


def outlier_cells(table: Table) -> Mask:
    """Return the cells above zero that lie outside what is usual for their column, by both rules."""
    cells = np.zeros(table.values.shape, bool)
    for index in table.column_indexes(Role.KPI, Role.SPEND):
        spread = table.spreads[index]
        if spread is None:
            continue
        reach = IQR_TIMES * (spread.upper - spread.lower)
        # Most columns have no such cell, and are done with here.
        if spread.lower - reach <= spread.lowest and spread.highest <= spread.upper + reach:
            continue
        # Both rules have to be broken: the wider of the two ranges counts.
        column, active = table.filled[index], table.active[index]
        far = ROBUST_Z / 0.6745 * float(np.median(np.abs(column[active] - spread.median)))
        low = min(spread.lower - reach, spread.median - far)
        high = max(spread.upper + reach, spread.median + far)
        # Without any spread around the median (`far` is 0), every other value would be an outlier.
        cells[index] = ((column < low) | (column > high)) & (column > 0) & (far > 0)
    return cells


def _extreme_columns(table: Table) -> list[int]:
    indexes = table.column_indexes(Role.KPI, Role.SPEND)
    spreads = {p: table.spreads[p] for p in indexes}
    return [p for p, s in spreads.items() if s is not None and 0 < HIGHEST_TO_P99 * s.top < s.highest]


@rule(
    Level.NOTE,
    threshold="outside 3 × IQR and a robust z-score of 3.5, zeros left out",
    source="Simba, mmm-platform: 3 × IQR; mmm-framework: 3.5",
)
def outliers(table: Table) -> Iterator[Finding]:
    """Values far outside the usual range come from a promotion, or from a mistake."""
    extreme, cells = set(_extreme_columns(table)), outlier_cells(table)
    # Incomplete days are reported by a check of their own, with the fix that trims them.
    cells[:, table.rows - incomplete_tail(table)[0] :] = False
    notes, lines = columns_with(
        table,
        [p for p in table.column_indexes(Role.KPI, Role.SPEND) if p not in extreme],
        cells,
        lambda p, rows: (
            f"{counted(rows.size, 'day')}{': ' if rows.size == 1 else ', such as '}"
            f"{number(table.values[p, rows[0]])} on {on_lines(table.lines[rows[:1]])}"
        ),
    )
    if notes:
        yield Finding.of(
            Level.NOTE,
            f"Outliers: {noted(notes)}.",
            "Check these days. If the values are real, the priors sheet can have a spike for them.",
            columns=tuple(notes),
            lines=lines,
        )


@rule(Level.NOTE, threshold="highest value over 3 × the 99th percentile", source="mmm-framework")
def extreme_maximum(table: Table) -> Iterator[Finding]:
    """A single value far above all others dominates the column."""
    indexes = _extreme_columns(table)
    if indexes:
        rows = [int(np.argmax(table.filled[p])) for p in indexes]
        notes = {
            table.columns[p]: f"{number(table.filled[p, row])} on {on_lines(table.lines[[row]])}"
            for p, row in zip(indexes, rows, strict=True)
        }
        yield Finding.of(
            Level.NOTE,
            f"The highest value is over {HIGHEST_TO_P99:.0f} times the 99th percentile: {noted(notes)}.",
            "Check for a misplaced decimal point, or a whole month booked on one day.",
            columns=tuple(notes),
            lines=table.lines[rows],
        )


def _missed_load_cells(column: Numbers, missing: Mask, median: float) -> Mask:
    """Tell which zeros are in a short run with usual values on all days around it."""
    cells = np.zeros(column.size, bool)
    zero = (column == 0) & ~missing
    # A run of zeros starts where the difference is 1 and ends before it is -1: every other edge.
    edges = np.flatnonzero(np.diff(zero.astype(np.int8), prepend=0, append=0))
    starts, ends = edges[::2], edges[1::2]
    short = (
        (ends - starts <= LONGEST_MISSED_LOAD)
        & (starts >= CONTEXT_DAYS)
        & (ends <= column.size - CONTEXT_DAYS)
    )
    # Sums up to each row: the difference of two tells how many days between them are at a usual level.
    running = np.concatenate([[0], np.cumsum(column >= CONTEXT_SHARE * median)])
    for start, end in zip(starts[short], ends[short], strict=True):
        around = running[start] - running[start - CONTEXT_DAYS] + running[end + CONTEXT_DAYS] - running[end]
        cells[start:end] = around == 2 * CONTEXT_DAYS
    return cells


def _drop(roles: set[Role]) -> str:
    if len(roles) > 1:
        return "The KPI and spend drop to 0 for a few days, then resume"
    return f"{'Spend' if Role.SPEND in roles else 'The KPI'} drops to 0 for a few days, then resumes"


@rule(
    Level.CONFIRM,
    threshold=f"0 for up to {LONGEST_MISSED_LOAD} days, {CONTEXT_DAYS} days of at least "
    f"{CONTEXT_SHARE} × median on either side",
    source="mmm-framework",
)
def missed_load(table: Table) -> Iterator[Finding]:
    """A few days of zeros in a column that is active before and after usually mean that a load failed."""
    cells = np.zeros(table.values.shape, bool)
    indexes = table.column_indexes(Role.KPI, Role.SPEND)
    for index in indexes:
        spread = table.spreads[index]
        if spread is not None and table.active_days[index] < table.rows:
            cells[index] = _missed_load_cells(table.filled[index], table.missing[index], spread.median)
    notes, lines = columns_with(table, indexes, cells, lambda _, rows: on_lines(table.lines[rows]))
    if notes:
        roles = {table.roles[name] for name in notes}
        yield Finding.of(
            Level.CONFIRM,
            f"{_drop(roles)}: {noted(notes)}.",
            "Load these days again, or confirm that the zeros are real.",
            columns=tuple(notes),
            lines=lines,
        )


@rule(
    Level.CONFIRM,
    threshold="last 1 to 13 days under 60 % of the median of the same weekday, "
    "and lower than in any of the eight weeks before",
    source="own rule: late orders and spend are still to be booked",
)
def incomplete_days(table: Table) -> Iterator[Finding]:
    """The latest days are often incomplete: some orders or spend are still to be booked."""
    count, names = incomplete_tail(table)
    if count:
        row = table.rows - count
        span = day_span(table.day(row), table.day(-1))
        days = f"last day ({span}) looks" if count == 1 else f"last {count} days ({span}) look"
        series = f"{some(names)} {'is' if len(names) == 1 else 'are'}"
        yield Finding.of(
            Level.CONFIRM,
            f"The {days} incomplete: {series} far below the same weekdays of the eight weeks before.",
            f"Trim to the last complete day ({table.day(row - 1)}), or confirm that the drop is real.",
            columns=[name for name in names if name in table.columns],
            lines=table.lines[row:],
            fix=f"trim_after:{table.day(row - 1)}",
        )


@rule(
    Level.NOTE,
    threshold="averages of the halves differ by over 50 % of the lower one, 90 % of the days not 0",
    source="Simba",
)
def level_shift(table: Table) -> Iterator[Finding]:
    """A lasting change of level comes from a new budget, or from a new definition."""
    half = table.rows // 2
    indexes = table.column_indexes(Role.KPI, Role.SPEND)
    if half < 28:
        return
    notes: dict[str, str] = {}
    for index in indexes:
        active = table.active[index]
        # The average of a channel that pauses depends on its pauses.
        if min(active[:half].mean(), active[half:].mean()) < 0.9:
            continue
        before, after = float(table.filled[index, :half].mean()), float(table.filled[index, half:].mean())
        if min(before, after) > 0 and max(before, after) > (1 + HALF_MEANS) * min(before, after):
            notes[table.columns[index]] = f"from {number(before)} to {number(after)} a day"
    if notes:
        yield Finding.of(
            Level.NOTE,
            f"The average changed by more than {percent(HALF_MEANS)} between the halves: {noted(notes)}.",
            "Check that definition and currency are the same throughout.",
            columns=tuple(notes),
        )


CHECKS = (outliers, extreme_maximum, missed_load, incomplete_days, level_shift)
