"""Checks of totals of a week or a month that were divided by their days."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.columns import Role
from recast_api.clean_data.daily import Mask, Numbers, Table
from recast_api.clean_data.data import once
from recast_api.clean_data.findings import Finding, Group, Level
from recast_api.clean_data.sentences import counted, percent, shorten

SAME = 0.005
"""Own rule: rounding to cents, and what is left over on the last day, change less than that."""
STEP_SHARE = 0.80
"""Own rule: of the changes that are on one day of the week or month, and of the weeks that have one."""
LEAST_DAYS, LEAST_STEPS = 56, 2
"""Own rule: eight weeks of daily data, and two changes, show a pattern."""
FIRST_DAYS, FIRST_STEPS = 100, 0.30
"""Own rule: a column that changes on more of the first hundred days isn't looked at any further."""
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@once
def spread_columns(table: Table) -> dict[int, str]:
    """Return the KPI and the channels that change on one day of the week or month only, with that day."""
    if not table.daily or table.rows < LEAST_DAYS:
        return {}
    first = _changed(table.filled[:, :FIRST_DAYS])
    possible = np.count_nonzero(first, axis=1) <= FIRST_STEPS * FIRST_DAYS
    indexes = [p for p in table.column_indexes(Role.KPI, Role.SPEND) if possible[p]]
    columns = {p: _step(table, table.filled[p]) for p in indexes}
    return {index: step for index, step in columns.items() if step}


def spread_channels(table: Table) -> dict[str, str]:
    """Return the channels that are spread, without those that are spread as the KPI is: it is reported."""
    spread = spread_columns(table)
    of_kpi = {step for index, step in spread.items() if table.columns[index] == table.kpi}
    return {table.columns[index]: f"only on {step}" for index, step in spread.items() if step not in of_kpi}


def _changed(values: Numbers) -> Mask:
    """Tell which days, but for the first, haven't the value of the day before."""
    larger = np.maximum(np.abs(values[..., 1:]), np.abs(values[..., :-1]))
    return np.asarray(np.abs(np.diff(values)) > SAME * larger)


def _step(table: Table, column: Numbers) -> str | None:
    """Return the day on which nearly all changes are: `the 1st of the month`, `Mondays`; None without one."""
    steps = np.flatnonzero(_changed(column)) + 1
    if steps.size < LEAST_STEPS:
        return None
    if np.mean(table.dates_of_year[steps] % 100 == 1) >= STEP_SHARE:
        return "the 1st of the month"
    weekdays = np.bincount(table.weekdays[steps], minlength=7)
    most = int(weekdays.max())
    weekly = most >= STEP_SHARE * steps.size and most >= STEP_SHARE * (table.rows // 7 - 1)
    return WEEKDAYS[int(np.argmax(weekdays))] if weekly else None


@rule(
    Level.CONFIRM,
    threshold=f"{percent(STEP_SHARE)} of {LEAST_STEPS} or more changes in {LEAST_DAYS} or more days are on "
    "one day of the week or month",
    source="Recast, data guide: one row per day; own rule",
    group=Group.KPI,
)
def spread_kpi(table: Table) -> Iterator[Finding]:
    """A KPI that changes once a week or month is a total divided by its days: the daily data isn't there."""
    spread = spread_columns(table)
    for index in table.column_indexes(Role.KPI):
        step = spread.get(index)
        if step:
            alike = [table.columns[p] for p, other in spread.items() if other == step and p != index]
            channels = f", and so {'does' if len(alike) == 1 else 'do'} {counted(len(alike), 'channel')}"
            yield Finding.of(
                Level.CONFIRM,
                f"{shorten(table.columns[index])} changes only on {step}{channels if alike else ''}: totals "
                "divided by their days.",
                "Export the KPI and spend of each day: spread totals hide how one follows from the other.",
                columns=[table.columns[index], *alike],
            )


CHECKS = (spread_kpi,)
