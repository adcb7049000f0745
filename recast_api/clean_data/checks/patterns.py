"""Checks of how a column behaves over time: outliers, incomplete days, changes of level."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recast_api.clean_data.checks.interruptions import unexplained_stretches
from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.checks.spread import spread_columns
from recast_api.clean_data.checks.values import columns_with
from recast_api.clean_data.columns import Role
from recast_api.clean_data.daily import Mask, Table
from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.planning.levels import level_changes
from recast_api.clean_data.planning.newest_days import LOW, RECENT_DAYS, WEEKS, incomplete_tail
from recast_api.clean_data.sentences import counted, day_span, noted, number, on_lines, percent, some

IQR_TIMES = 3.0
"""Simba and mmm-platform: outside the quartiles by 3 times the interquartile range."""
ROBUST_Z = 3.5
"""mmm-framework: 0.6745 times the distance from the median, divided by the median absolute deviation."""
HIGHEST_TO_P99 = 3.0
"""mmm-framework: one day at three times the 99th percentile spoils the scaling."""
HALF_MEANS = 0.50
"""Simba: the means of the two halves differ by more."""
HALF_ACTIVE, HALF_DAYS = 0.90, 28
"""Own rule: the average of a channel that pauses depends on its pauses, that of a few weeks on chance."""


def _of_one_level(table: Table) -> list[int]:
    """Return the KPI and the channels, but for those whose change of level is reported."""
    changed = {change.index for change in level_changes(table)}
    return [p for p in table.column_indexes(Role.KPI, Role.SPEND) if p not in changed]


def outlier_cells(table: Table) -> Mask:
    """Return the cells above zero that lie outside what is usual for their column, by both rules."""
    cells = np.zeros(table.values.shape, bool)
    for index in _of_one_level(table):
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
    indexes = _of_one_level(table)
    spreads = {p: table.spreads[p] for p in indexes}
    return [p for p, s in spreads.items() if s is not None and 0 < HIGHEST_TO_P99 * s.top < s.highest]


@rule(
    Level.NOTE,
    threshold=f"outside {IQR_TIMES:g} × IQR and a robust z-score of {ROBUST_Z:g}, zeros left out",
    source="Simba, mmm-platform: 3 × IQR; mmm-framework: 3.5",
)
def outliers(table: Table) -> Iterator[Finding]:
    """Values far outside the usual range come from a promotion, or from a mistake."""
    extreme, cells = set(_extreme_columns(table)), outlier_cells(table)
    # The days of a month's budget are all alike: what is far from the others is the month.
    spread = spread_columns(table) if cells.any() else {}
    # Incomplete days are reported by a check of their own, with the fix that trims them; so are low weeks.
    cells[:, table.rows - incomplete_tail(table)[0] :] = False
    of_kpi = np.array([name == table.kpi for name in table.columns], bool)
    for low in unexplained_stretches(table) if cells[of_kpi].any() else ():
        cells[of_kpi, low.start : low.end] = False
    notes, lines = columns_with(
        table,
        [p for p in table.column_indexes(Role.KPI, Role.SPEND) if p not in {*extreme, *spread}],
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


@rule(
    Level.NOTE,
    threshold=f"highest value over {HIGHEST_TO_P99:g} × the 99th percentile",
    source="mmm-framework",
)
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


@rule(
    Level.CONFIRM,
    threshold=f"last days under {percent(LOW)} of the median of the same weekday, and lower than in any of "
    f"the {WEEKS} weeks before: spend for up to {RECENT_DAYS - 1} days, the KPI for up to {7 * WEEKS}, or "
    "for as long as it is 0",
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
    threshold=f"averages of the halves, of {HALF_DAYS} or more days, differ by over "
    f"{percent(HALF_MEANS)} of the lower one, {percent(HALF_ACTIVE)} of the days not 0",
    source="Simba",
)
def level_shift(table: Table) -> Iterator[Finding]:
    """A lasting change of level comes from a new budget, or from a new definition."""
    half = table.rows // 2
    if half < HALF_DAYS:
        return
    parts = slice(None, half), slice(half, None)
    # The average of a channel that pauses depends on its pauses.
    steady = np.min([table.active[:, rows].mean(axis=1) for rows in parts], axis=0) >= HALF_ACTIVE
    means = np.array([table.filled[:, rows].mean(axis=1) for rows in parts])
    lower, higher = means.min(axis=0), means.max(axis=0)
    shifted = steady & (lower > 0) & (higher > (1 + HALF_MEANS) * lower)
    notes = {
        table.columns[p]: f"from {number(float(means[0, p]))} to {number(float(means[1, p]))} a day"
        for p in _of_one_level(table)
        if shifted[p]
    }
    if notes:
        yield Finding.of(
            Level.NOTE,
            f"The average changed by more than {percent(HALF_MEANS)} between the halves: {noted(notes)}.",
            "Check that definition and currency are the same throughout.",
            columns=tuple(notes),
        )


CHECKS = (outliers, extreme_maximum, incomplete_days, level_shift)
