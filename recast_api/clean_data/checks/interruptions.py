"""Checks of columns that stop, or are low for a while: a broken connection, a load that is missing."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.checks.values import handovers
from recast_api.clean_data.checks.zeros import missed_loads, runs
from recast_api.clean_data.daily import Mask, Numbers, Table
from recast_api.clean_data.data import once
from recast_api.clean_data.findings import Finding, Group, Level
from recast_api.clean_data.planning.levels import level_changes
from recast_api.clean_data.planning.newest_days import LOW, WEEKS, incomplete_tail
from recast_api.clean_data.planning.stopped import LONGEST_STOP, NEARLY_EVERY_DAY, Stopped, stopped_channels
from recast_api.clean_data.sentences import day_span, noted, percent, shorten

STOPPED_SHARE, STOPPED_DAYS = 0.05, 14
"""Own rule: a larger channel than that, or one that stopped since, has to be confirmed."""
LOW_NOTE, LOW_CONFIRM = 7, 14
"""Own rule: a week may be a holiday, two weeks are to be confirmed."""
NEW_YEAR = (1231, 101)
"""As month and day: many businesses are quiet around it."""
SAME_SEASON_DAYS = 14
"""Own rule: holidays that move with the calendar."""
FEWEST_A_WEEK = 50
"""Own rule: of fewer orders a week, 60 % may be chance."""


def _stopped(table: Table) -> list[Stopped]:
    """Return the channels that stopped, but for those whose end is reported as something else."""
    days, names = incomplete_tail(table)
    reported = table.rows - days if "spend" in names else table.rows
    handed_over = {old for old, _ in handovers(table)}
    return [one for one in stopped_channels(table) if one.row < reported and one.index not in handed_over]


@rule(
    Level.CONFIRM,
    Level.NOTE,
    threshold=f"spend on {percent(NEARLY_EVERY_DAY)} of the days, then 0 on the last 1 to {LONGEST_STOP}, "
    f"longer than ever before: over {percent(STOPPED_SHARE)} of spend or at most {STOPPED_DAYS} days "
    "(Confirm); less (Note)",
    source="own rule; Recast, completeness: a channel's spend missing for a quarter",
)
def channel_stopped(table: Table) -> Iterator[Finding]:
    """A channel on nearly every day that has no more spend was paused, or its data no longer arrives."""
    stopped = _stopped(table)
    for level in (Level.CONFIRM, Level.NOTE):
        group = [one for one in stopped if _level_of(one, table) is level]
        if group:
            notes = {table.columns[one.index]: _last_spend(one, table) for one in group}
            yield Finding.of(
                level,
                f"Spend stopped before the end of the data: {noted(notes)}.",
                "Check that the data still arrives, and load the missing days; or confirm that the channel "
                "was paused.",
                columns=tuple(notes),
                lines=table.lines[min(one.row for one in group) :],
            )


def _level_of(one: Stopped, table: Table) -> Level:
    recent = table.rows - one.row <= STOPPED_DAYS
    return Level.CONFIRM if recent or one.share > STOPPED_SHARE else Level.NOTE


def _last_spend(one: Stopped, table: Table) -> str:
    return f"last on {table.day(one.row - 1)}, before that {percent(one.share)} of all spend"


@dataclass(frozen=True, slots=True)
class LowStretch:
    """Days on which the KPI is far below the usual, with usual days on both sides."""

    start: int
    end: int
    share: float
    """What there is of the usual."""


def low_stretches(table: Table) -> list[LowStretch]:
    """Return where the KPI is low for a week or more, from one day to the next, and comes back.

    Sums of seven days contain each weekday once; the usual is their median over eight weeks on both sides.
    """
    around = 2 * 7 * WEEKS + 7
    if table.kpi is None or not table.daily or table.rows < around + 7:
        return []
    column = table.filled[table.columns.index(table.kpi)]
    weeks = sliding_window_view(column, 7).sum(axis=1)
    # pandas goes on from one window to the next, where NumPy would begin each median afresh.
    medians = pd.Series(weeks).rolling(around).median().to_numpy()[around - 1 :]
    usual = medians[np.clip(np.arange(weeks.size) - around // 2, 0, medians.size - 1)]
    if usual.min() < FEWEST_A_WEEK and not np.mod(column, 1).any():
        return []
    starts, ends = runs((weeks < LOW * usual) & (weeks > 0))
    low_days = column < (1 + LOW) / 2 * _usual_days(column)
    found = [_stretch(weeks, usual, low_days, rows) for rows in zip(starts, ends, strict=True)]
    return [stretch for stretch in found if stretch]


def _usual_days(column: Numbers) -> Numbers:
    """Return the median of the same weekday over eight weeks on both sides, for each row."""
    medians = np.median(sliding_window_view(column, 2 * 7 * WEEKS + 1)[:, ::7], axis=1)
    # Near the ends, those of the nearest week that has eight weeks on both sides.
    rows, last = np.arange(column.size) - 7 * WEEKS, medians.size - 1
    rows = np.where(rows < 0, rows % 7, rows)
    return np.asarray(medians[np.where(rows > last, last - (last - rows) % 7, rows)])


def _stretch(weeks: Numbers, usual: Numbers, low_days: Mask, rows: tuple[int, int]) -> LowStretch | None:
    """Return the stretch that a run of low weeks belongs to; its ends are where the weeks change most."""
    (start, end), change = rows, weeks[7:] - weeks[:-7]
    if start < 7 or end + 7 > weeks.size:
        return None
    first = start + int(np.argmin(change[start - 7 : start]))
    last = end + int(np.argmax(change[end - 7 : end]))
    lowest = min(weeks[max(first - 7 * WEEKS, 0) : first - 6].min(), weeks[last : last + 7 * WEEKS - 6].min())
    sudden = weeks[first] < LOW * weeks[first - 7] and weeks[last - 7] < LOW * weeks[last]
    if not sudden or last - first > 7 * WEEKS or np.count_nonzero(low_days[first:last]) < LOW_NOTE:
        return None
    low, shares = weeks[first : last - 6], weeks[first : last - 6] / usual[first : last - 6]
    return LowStretch(first, last, float(shares.mean())) if low.max() < lowest else None


@rule(
    Level.CONFIRM,
    Level.NOTE,
    threshold=f"each week under {percent(LOW)} of the median of {WEEKS} weeks before and after, lower than "
    f"any of these: {LOW_CONFIRM} to {7 * WEEKS} days (Confirm), {LOW_NOTE} or more (Note); not around New "
    "Year, nor where another year is low too",
    source="own rule; mmm-framework: residuals of the season",
    group=Group.KPI,
)
def low_kpi(table: Table) -> Iterator[Finding]:
    """A KPI that is far lower for some weeks, then back, often lacks a shop or a country."""
    stretches = unexplained_stretches(table)
    for level in (Level.CONFIRM, Level.NOTE):
        group = [one for one in stretches if (one.end - one.start >= LOW_CONFIRM) == (level is Level.CONFIRM)]
        if group:
            spans = {
                day_span(table.day(one.start), table.day(one.end - 1)): f"{percent(one.share)} of the usual"
                for one in group
            }
            yield Finding.of(
                level,
                f"{shorten(str(table.kpi))} drops from one day to the next, then recovers: {noted(spans)}.",
                "Check that nothing is missing on these days, or confirm that the drop is real.",
                columns=[str(table.kpi)],
                lines=np.concatenate([table.lines[one.start : one.end] for one in group]),
            )


@once
def unexplained_stretches(table: Table) -> list[LowStretch]:
    """Return the low stretches that are neither of the season nor reported as something else."""
    stretches = low_stretches(table)
    missed = missed_loads(table) if stretches else np.zeros((0, table.rows), bool)
    units = [
        change for change in level_changes(table) if table.columns[change.index] == table.kpi and change.unit
    ]
    return [
        one
        for one in stretches
        if not missed[:, one.start : one.end].any()
        and not any(unit.start < one.end and one.start < unit.end for unit in units)
        and not _of_the_season(table, one, stretches)
    ]


def _of_the_season(table: Table, one: LowStretch, stretches: list[LowStretch]) -> bool:
    """Tell whether the days are those around New Year, or about as low in another year."""
    years = {round((other.start - one.start) / 365) for other in stretches if _same_season(one, other)}
    new_year = np.isin(table.dates_of_year[one.start : one.end], NEW_YEAR)
    return bool(new_year.any()) or bool(years - {0})


def _same_season(one: LowStretch, other: LowStretch) -> bool:
    return abs((other.start - one.start + 182) % 365 - 182) < SAME_SEASON_DAYS


CHECKS = (channel_stopped, low_kpi)
