"""Checks of how a column behaves over time: unusual days, missed loads, shifts."""

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
from recast_api.clean_data.sentences import counted, noted, number, on_lines, some

IQR_TIMES = 3.0
"""Simba and mmm-platform: outside the quartiles by 3 times their distance."""
ROBUST_Z = 3.5
"""mmm-framework: 0.6745 times the distance from the median, in median absolute deviations."""
HIGHEST_TO_P99 = 3.0
"""mmm-framework: one day at three times the 99th percentile spoils the scaling."""
HALF_MEANS = 0.50
"""Simba: the means of the two halves differ by more."""
LONGEST_MISSED_LOAD, CONTEXT_DAYS, CONTEXT_SHARE = 7, 14, 0.25
"""mmm-framework: a drop to 0 where the days around are at 0.25 of the median or more; lengths are own."""


def outlying(table: Table) -> Mask:
    """Return the cells above zero that lie outside what is usual for their column, by both rules."""
    cells = np.zeros(table.values.shape, bool)
    for place in table.places(Role.KPI, Role.SPEND):
        spread = table.spreads[place]
        if spread is None:
            continue
        reach = IQR_TIMES * (spread.upper - spread.lower)
        # Most columns have no such cell, and are done with here.
        if spread.lower - reach <= spread.lowest and spread.highest <= spread.upper + reach:
            continue
        column, active = table.filled[place], table.active[place]
        far = ROBUST_Z / 0.6745 * float(np.median(np.abs(column[active] - spread.median)))
        low = min(spread.lower - reach, spread.median - far)
        high = max(spread.upper + reach, spread.median + far)
        cells[place] = ((column < low) | (column > high)) & (column > 0) & (far > 0)
    return cells


def _spoilt_scale(table: Table) -> list[int]:
    places = table.places(Role.KPI, Role.SPEND)
    spreads = {p: table.spreads[p] for p in places}
    return [p for p, s in spreads.items() if s is not None and 0 < HIGHEST_TO_P99 * s.top < s.highest]


@rule(
    Level.NOTE,
    threshold="outside 3 × IQR and a robust z of 3.5, zeros left out",
    source="Simba, mmm-platform: 3 × IQR; mmm-framework: 3.5",
)
def outliers(table: Table) -> Iterator[Finding]:
    """Days far outside the usual, which a promotion or a mistake may explain."""
    spoilt, cells = set(_spoilt_scale(table)), outlying(table)
    # Days that are still to be completed are said to be so, with the fix that trims them.
    cells[:, table.rows - incomplete_tail(table)[0] :] = False
    told, lines = columns_with(
        table,
        [p for p in table.places(Role.KPI, Role.SPEND) if p not in spoilt],
        cells,
        lambda p, rows: (
            f"{counted(rows.size, 'day')}, as {number(table.values[p, rows[0]])} on "
            f"{on_lines(table.lines[rows[:1]])}"
        ),
    )
    if told:
        yield Finding.of(
            Level.NOTE,
            f"Unusual values: {noted(told)}.",
            "Check these days; if they are real, the priors sheet can hold a spike for them.",
            columns=tuple(told),
            lines=lines,
        )


@rule(Level.NOTE, threshold="highest day over 3 × the 99th percentile", source="mmm-framework")
def extreme_maximum(table: Table) -> Iterator[Finding]:
    """One day so far above all others that it dominates the column."""
    places = _spoilt_scale(table)
    if places:
        rows = [int(np.argmax(table.filled[p])) for p in places]
        told = {
            table.columns[p]: f"{number(table.filled[p, row])}, {on_lines(table.lines[[row]])}"
            for p, row in zip(places, rows, strict=True)
        }
        yield Finding.of(
            Level.NOTE,
            f"One day far above all others: {noted(told)}.",
            "Check for a slipped decimal point or a whole month booked on a day.",
            columns=tuple(told),
            lines=table.lines[rows],
        )


def _missed(column: Numbers, missing: Mask, median: float) -> Mask:
    """Tell which zeros stand in short runs with full spend all around."""
    cells = np.zeros(column.size, bool)
    zero = (column == 0) & ~missing
    edges = np.flatnonzero(np.diff(zero.astype(np.int8), prepend=0, append=0))
    starts, ends = edges[::2], edges[1::2]
    short = (
        (ends - starts <= LONGEST_MISSED_LOAD)
        & (starts >= CONTEXT_DAYS)
        & (ends <= column.size - CONTEXT_DAYS)
    )
    running = np.concatenate([[0], np.cumsum(column >= CONTEXT_SHARE * median)])
    for start, end in zip(starts[short], ends[short], strict=True):
        around = running[start] - running[start - CONTEXT_DAYS] + running[end + CONTEXT_DAYS] - running[end]
        cells[start:end] = around == 2 * CONTEXT_DAYS
    return cells


@rule(
    Level.CONFIRM,
    threshold=f"0 for up to {LONGEST_MISSED_LOAD} days, {CONTEXT_DAYS} days of at least "
    f"{CONTEXT_SHARE} × median on either side",
    source="mmm-framework",
)
def missed_load(table: Table) -> Iterator[Finding]:
    """A few zeros in the middle of a running channel usually mean that a load failed."""
    cells = np.zeros(table.values.shape, bool)
    places = table.places(Role.KPI, Role.SPEND)
    for place in places:
        spread = table.spreads[place]
        if spread is not None and table.active_days[place] < table.rows:
            cells[place] = _missed(table.filled[place], table.missing[place], spread.median)
    told, lines = columns_with(table, places, cells, lambda _, rows: on_lines(table.lines[rows]))
    if told:
        yield Finding.of(
            Level.CONFIRM,
            f"Drops to 0 while running: {noted(told)}.",
            "Load these days again, or confirm that nothing ran.",
            columns=tuple(told),
            lines=lines,
        )


@rule(
    Level.CONFIRM,
    threshold="last 1 to 13 days under 60 % of the same weekdays' median and under all of eight weeks",
    source="own rule: deliveries trickle in",
)
def incomplete_days(table: Table) -> Iterator[Finding]:
    """The latest days often arrive in part: orders or spend are still to be booked."""
    count, names = incomplete_tail(table)
    if count:
        row = table.rows - count
        yield Finding.of(
            Level.CONFIRM,
            f"{counted(count, 'day')} at the end, from {table.day(row)}, look incomplete: {some(names)} "
            f"far below the same weekdays of the last eight weeks.",
            f"Trim to the last complete day, {table.day(row - 1)}, or confirm that the drop is real.",
            columns=[name for name in names if name in table.columns],
            lines=table.lines[row:],
            fix=f"trim_after:{table.day(row - 1)}",
        )


@rule(
    Level.NOTE,
    threshold="half-means differ by over 50 %, columns nearly always on",
    source="Simba",
)
def level_shift(table: Table) -> Iterator[Finding]:
    """A column whose level changed for good: a new budget, or a new definition."""
    half = table.rows // 2
    places = table.places(Role.KPI, Role.SPEND)
    if half < 28:
        return
    told: dict[str, str] = {}
    for place in places:
        on = table.active[place]
        if min(on[:half].mean(), on[half:].mean()) < 0.9:
            continue
        before, after = float(table.filled[place, :half].mean()), float(table.filled[place, half:].mean())
        if min(before, after) > 0 and max(before, after) > (1 + HALF_MEANS) * min(before, after):
            told[table.columns[place]] = f"{number(before)} to {number(after)} a day"
    if told:
        yield Finding.of(
            Level.NOTE,
            f"Another level in the second half: {noted(told)}.",
            "Check that definition and currency are the same throughout.",
            columns=tuple(told),
        )


CHECKS = (outliers, extreme_maximum, missed_load, incomplete_days, level_shift)
