"""Checks of the dates: one row per day, in order, up to date, and enough of them."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.daily import Days, Table, as_date
from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.sentences import counted, day_span, day_spans, on_lines, some

STALE_DAYS = 10
"""A weekly refresh and a few days of slack (other tools call it a stale file)."""
SHORT_HISTORY_DAYS = 365
"""Simba: under 52 weeks is an error. At Recast short data isn't in itself one."""
RECOMMENDED_DAYS = 822
"""27 months of 30.44 days: Recast, "why does Recast ask for 27 months of data"."""


@dataclass(frozen=True)
class Calendar:
    """The table, and the day that counts as today."""

    table: Table
    today: date

    @property
    def days(self) -> Days:
        """The day of each row, ascending; there is one for every row."""
        assert self.table.days is not None
        return self.table.days

    @property
    def past(self) -> Days:
        """The days that aren't in the future: one mistyped year mustn't look like a gap of decades."""
        return self.days[self.days <= np.datetime64(self.today)]


@rule(Level.BLOCK, threshold="any day twice", source="Robyn stops; Meridian, mmm-platform: error")
def duplicate_dates(calendar: Calendar) -> Iterator[Finding]:
    """Each day may have one row only, with one value of the KPI and of each channel's spend."""
    table = calendar.table
    again = np.flatnonzero(table.steps == 0)
    # Weekly data can't be used whatever is wrong with its days: `not_daily` says so.
    if again.size and table.usual_step == 1:
        twice = np.unique(calendar.days[again])
        lines = table.lines[np.unique(np.concatenate([again, again + 1]))]
        yield Finding.of(
            Level.BLOCK,
            f"{counted(twice.size, 'day appears', 'days appear')} in more than one row: "
            f"{some([str(day) for day in twice])} ({on_lines(lines)}).",
            "Keep one row per day: sum the rows if each holds a part of the day, delete one if it is a copy.",
            lines=lines,
            values=[str(day) for day in twice[:3]],
        )


@rule(
    Level.BLOCK,
    threshold="most dates 2 or more days apart",
    source="Recast, data guide: one row per day",
)
def not_daily(calendar: Calendar) -> Iterator[Finding]:
    """Weekly or monthly data can't be used: Recast models daily data."""
    step = calendar.table.usual_step
    if step > 1:
        rhythm = "weekly" if step == 7 else "monthly" if 28 <= step <= 31 else ""
        first, last = as_date(calendar.days[0]), as_date(calendar.days[-1])
        head = f"The data is {rhythm}: most" if rhythm else "Most"
        yield Finding.of(
            Level.BLOCK,
            f"{head} dates are {step} days apart, from {first} to {last}.",
            "Export daily data. Spreading weekly or monthly totals over the days would invent data.",
            values=[str(step)],
        )


@rule(Level.CONFIRM, threshold="any day missing", source="Robyn, Meridian, mmm-framework")
def gaps(calendar: Calendar) -> Iterator[Finding]:
    """Every day between the first and the last should have a row."""
    days = calendar.past
    after = np.flatnonzero(np.diff(days).astype(np.int64) > 1)
    if after.size and calendar.table.usual_step == 1:
        one = np.timedelta64(1, "D")
        spans = [day_span(as_date(days[i] + one), as_date(days[i + 1] - one)) for i in after[:3]]
        count = int((np.diff(days).astype(np.int64)[after] - 1).sum())
        lines = calendar.table.lines[after + 1]
        more = f" and {counted(after.size - 3, 'more gap')}" if after.size > 3 else ""
        where = f"{', '.join(spans)}{more} (before {on_lines(lines)})"
        yield Finding.of(
            Level.CONFIRM,
            f"{counted(count, 'day has', 'days have')} no row: {where}.",
            "Add the missing days. How Recast treats a missing day isn't documented.",
            lines=lines,
            values=spans,
        )


@rule(Level.NOTE, threshold="any row earlier than the one above it", source="Robyn #448")
def unsorted_dates(calendar: Calendar) -> Iterator[Finding]:
    """Rows are expected in date order, from the oldest day to the latest."""
    lines = calendar.table.unsorted
    if lines.size:
        yield Finding.of(
            Level.NOTE,
            f"The rows aren't in date order: {counted(lines.size, 'row is', 'rows are')} earlier than "
            f"the row above ({on_lines(lines)}).",
            "Sort by date: the fix does this and changes nothing else.",
            lines=lines,
            fix="sort_by_date",
        )


@rule(Level.CONFIRM, threshold="any day after today", source="own rule")
def future_dates(calendar: Calendar) -> Iterator[Finding]:
    """Days in the future hold planned values, or have a mistyped year."""
    ahead = np.flatnonzero(calendar.days > np.datetime64(calendar.today))
    if ahead.size:
        lines = calendar.table.lines[ahead]
        spans = day_spans(as_date(day) for day in np.unique(calendar.days[ahead])[:1000])
        yield Finding.of(
            Level.CONFIRM,
            f"{counted(ahead.size, 'row is', 'rows are')} dated in the future: {some(spans)} "
            f"({on_lines(lines)}).",
            "Check the year, and leave out days that are planned rather than actual.",
            lines=lines,
            values=spans[:3],
        )


@rule(
    Level.NOTE,
    threshold=f"last day more than {STALE_DAYS} days before today",
    source="getprova: stale file; weekly refresh with slack",
)
def stale(calendar: Calendar) -> Iterator[Finding]:
    """A file whose last day is weeks ago may be an old export."""
    days = calendar.past
    if days.size and (calendar.today - as_date(days[-1])).days > STALE_DAYS:
        last = as_date(days[-1])
        yield Finding.of(
            Level.NOTE,
            f"The last day is {last}, {counted((calendar.today - last).days, 'day')} ago.",
            "Check that this is the latest export.",
            values=[str(last)],
        )


@rule(
    Level.CONFIRM,
    Level.NOTE,
    threshold=f"under {SHORT_HISTORY_DAYS} days (Confirm), under 27 months or {RECOMMENDED_DAYS} days (Note)",
    source="Recast recommends 27 months; Simba: under 52 weeks is an error",
)
def short_history(calendar: Calendar) -> Iterator[Finding]:
    """Recast recommends 27 months of data: the first months only feed carryover into the later ones."""
    count = np.unique(calendar.days).size
    if count < RECOMMENDED_DAYS and calendar.table.usual_step == 1:
        short = count < SHORT_HISTORY_DAYS
        yield Finding.of(
            Level.CONFIRM if short else Level.NOTE,
            f"{counted(count, 'day')} of history; Recast recommends 27 months "
            f"(about {RECOMMENDED_DAYS} days).",
            "Add earlier days if there are any."
            + (" In less than a year the model doesn't see every season." if short else ""),
            values=[str(count)],
        )


CHECKS = (duplicate_dates, not_daily, gaps, unsorted_dates, future_dates, stale, short_history)
