"""The last days against the same weekdays of the weeks before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from recast_api.clean_data.columns import Role
from recast_api.clean_data.daily import IGNORE_OVERFLOW, Mask, Numbers, Table
from recast_api.clean_data.data import CleanData, once
from recast_api.clean_data.planning.levels import level_changes
from recast_api.clean_data.planning.stopped import NEARLY_EVERY_DAY, stopped_channels

RECENT_DAYS = 14
"""Days at the end within which spend can be incomplete (own rule: data is up to two weeks late)."""
WEEKS = 8
"""Weeks from which the usual values are taken (own rule)."""
LOW, HIGH = 0.60, 1.60
"""Shares of the usual value below and above which new days are unusual (own rule)."""
SPANS = range(35, 7 * WEEKS + 35, 14)
"""Spans of which the last 14 to 27 days may be low, the last 28 to 41, and so on: each begins with weeks that
aren't, to compare the first low week with."""


@dataclass(frozen=True, slots=True)
class NewDay:
    """One of the last days. The usual value is the median of the same weekday in the eight weeks before."""

    day: date
    kpi: float | None
    """None where the KPI isn't known or its cell is missing."""
    usual_kpi: float | None
    spend: float
    """Spend of all channels together."""
    usual_spend: float | None


@IGNORE_OVERFLOW
def new_days(
    data: CleanData,
    *,
    kpi: str | None = None,
    roles: Mapping[str, Role] | None = None,
    days: int = RECENT_DAYS,
) -> tuple[NewDay, ...]:
    """Return the last `days` rows (1 to 14) with the usual values of their weekdays.

    Empty without eight weeks of daily data before them.
    """
    table = Table.of(data, kpi, roles)
    count = min(max(days, 1), RECENT_DAYS)
    if not long_enough(table, count):
        return ()
    usual_spend = usual(table.daily_spend, count)
    kpi_values = table.kpi_values
    usual_kpi = None if kpi_values is None else usual(kpi_values, count)
    return tuple(
        NewDay(
            table.day(row),
            None if kpi_values is None else _known(kpi_values[row]),
            None if usual_kpi is None else _known(usual_kpi[row - table.rows]),
            float(table.daily_spend[row]),
            _known(usual_spend[row - table.rows]),
        )
        for row in range(table.rows - count, table.rows)
    )


def long_enough(table: Table, count: int) -> bool:
    """Tell whether there are eight weeks without a gap before the last `count` rows."""
    needed = count + 7 * WEEKS
    return table.daily and table.rows >= needed and bool(np.all(table.steps[1 - needed :] == 1))


def usual(series: Numbers, count: int) -> Numbers:
    """Return the usual value for each of the last `count` rows, shape (count,).

    The eight weeks end before the first of these rows: incomplete days mustn't count as usual.
    """
    before = series[: series.size - count][-7 * WEEKS :].reshape(WEEKS, 7)
    # Missing values come last in order, so that the middle of the others is known by their number: quicker
    # than `nanmedian`. A weekday without any value stays NaN.
    ordered, known = np.sort(before, axis=0), np.count_nonzero(~np.isnan(before), axis=0)
    lower, upper = np.maximum(known - 1, 0) // 2, np.minimum(known // 2, WEEKS - 1)
    weekdays = (ordered[lower, np.arange(7)] + ordered[upper, np.arange(7)]) / 2
    # The first of the last rows is seven days after the first of the last full week: the same weekday.
    return np.asarray(weekdays[np.arange(count) % 7])


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


@once
def incomplete_tail(table: Table) -> tuple[int, list[str]]:
    """Return how many of the last days look incomplete, and of what: the KPI, spend or both.

    A day is incomplete when it is under 60 % of the usual and lower than every day of the eight weeks
    before: in data that varies a lot, a low day is nothing special. Spend counts for up to 13 days, as a
    budget may be cut for longer; the KPI for up to eight weeks, and for as long as it is 0.
    """
    tails = {"spend": _low_days(comparable_spend(table), table)}
    if table.kpi is not None and table.kpi_values is not None and not kpi_in_another_unit(table):
        tails = {
            table.kpi: _low_weeks(table.kpi_values, table) or _low_days(table.kpi_values, table),
            **tails,
        }
    return max(tails.values()), [name for name, length in tails.items() if length]


@once
def comparable_spend(table: Table) -> Numbers:
    """Return the daily spend of the channels on nearly every day: in flights, spend ends and begins.

    Channels that stopped or changed their level are left out, as they are reported one by one.
    """
    odd = {*(one.index for one in stopped_channels(table)), *(one.index for one in level_changes(table))}
    eight_weeks = table.active[:, :-RECENT_DAYS][:, -7 * WEEKS :]
    steady = [
        p
        for p in table.column_indexes(Role.SPEND)
        if p not in odd and eight_weeks[p].sum() >= NEARLY_EVERY_DAY * 7 * WEEKS
    ]
    # Where all of them stop, it is the spend as a whole that is missing.
    if not steady:
        return table.daily_spend
    spend = np.zeros(table.rows)
    for index in steady:
        spend += table.filled[index]
    return spend


def kpi_in_another_unit(table: Table) -> bool:
    """Tell whether the last days of the KPI are ten, a hundred … times what they were, or a part of it."""
    changes = (c for c in level_changes(table) if table.columns[c.index] == table.kpi)
    return any(change.end == table.rows and change.unit for change in changes)


def _low_days(series: Numbers, table: Table) -> int:
    """Return how many days at the end are far below the usual, and lower than any of the weeks before.

    Days on which there is usually nothing, such as closed Sundays, count with the low days around them.
    """
    if not long_enough(table, RECENT_DAYS):
        return 0
    recent, weeks = series[-RECENT_DAYS:], series[:-RECENT_DAYS][-7 * WEEKS :].reshape(WEEKS, 7)
    level = usual(series, RECENT_DAYS)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Each day of these weeks as a share of its weekday's usual value, so that weekdays can be compared.
        shares = np.abs(weeks) / np.abs(level[:7])
        lowest = np.nanmin(shares) if np.isfinite(shares).any() else 0.0
        low = np.asarray((recent / level < min(LOW, lowest)) | np.isnan(recent))
    # Fourteen low days have an edge that can't be seen from here.
    tail = low[RECENT_DAYS - _trailing(low | ((level == 0) & (recent == 0))) :]
    return tail.size - int(np.argmax(tail)) if tail.any() and not low.all() else 0


def _low_weeks(series: Numbers, table: Table) -> int:
    """Return how many days at the end are low week after week: two to eight weeks, or as long as they are 0.

    Weeks vary less than days: a KPI at 55 % is seen though some of its days are above 60 %.
    """
    zeros = _trailing(series == 0)
    # Low days among the eight weeks that are compared with would hide others: the longest tail is tried
    # first, and each against the weeks right before it.
    for span in sorted({*SPANS, max(zeros + 14, SPANS[0])}, reverse=True):
        length = _low_weeks_within(series, span) if long_enough(table, span) else 0
        if 0 < length <= max(7 * WEEKS, zeros):
            return length
    return 0


def _low_weeks_within(series: Numbers, span: int) -> int:
    """Return how many of the last `span` days are low, if these are all but its first 8 to 21 days."""
    normal = float(np.nansum(usual(series, span)[:7]))
    # The sum of every seven days in a row, those of the eight weeks before and those of the span.
    running = np.cumsum(np.nan_to_num(series[-span - 7 * WEEKS :]))
    weeks = np.append(running[6], running[7:] - running[:-7])
    earlier, recent = weeks[: 7 * WEEKS - 6], weeks[7 * WEEKS :]
    # The first low week begins where it differs most from the week right before it: a season changes
    # slowly, data goes missing from one day to the next.
    starts = np.arange(7, 23)
    start = int(starts[np.argmin(recent[starts] - recent[starts - 7])])
    sudden = 8 <= start <= 21 and recent[start] < LOW * recent[start - 7]
    return span - start if sudden and recent[start:].max() < min(LOW * normal, earlier.min()) else 0


def _trailing(mask: Mask) -> int:
    """Return how many True there are at the end."""
    return int(np.argmin(mask[::-1])) if not mask.all() else mask.size


def change_of_level(table: Table, first: int, last: int) -> dict[str, float]:
    """Return the KPI and spend of rows `first` to `last` (exclusive) as a share of their usual sum."""
    count = last - first
    series = {"spend": comparable_spend(table)[:last]}
    if table.kpi is not None and table.kpi_values is not None and not kpi_in_another_unit(table):
        series = {table.kpi: table.kpi_values[:last], **series}
    expected = {name: float(np.nansum(usual(values, count))) for name, values in series.items()}
    return {
        name: float(np.nansum(values[-count:])) / expected[name]
        for name, values in series.items()
        if expected[name] > 0
    }
