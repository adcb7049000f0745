"""The last days against the same weekdays of the weeks before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from recast_api.clean_data.columns import Role
from recast_api.clean_data.daily import IGNORE_OVERFLOW, Mask, Numbers, Table
from recast_api.clean_data.data import CleanData

RECENT_DAYS = 14
"""Most days at the end that can be incomplete (own rule: data is up to two weeks late)."""
WEEKS = 8
"""Weeks from which the usual values are taken (own rule)."""
LOW, HIGH = 0.60, 1.60
"""Shares of the usual value below and above which new days are unusual (own rule)."""


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
    # The median of a weekday without any value would warn; it stays NaN.
    known = ~np.isnan(before).all(axis=0)
    weekdays = np.full(7, np.nan)
    weekdays[known] = np.nanmedian(before[:, known], axis=0)
    # The first of the last rows is seven days after the first of the last full week: the same weekday.
    return weekdays[np.arange(count) % 7]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _low(series: Numbers) -> Mask:
    """Tell which of the last 14 rows are far below the usual and lower than any of the weeks before."""
    recent, weeks = series[-RECENT_DAYS:], series[:-RECENT_DAYS][-7 * WEEKS :].reshape(WEEKS, 7)
    level = usual(series, RECENT_DAYS)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Each day of these weeks as a share of its weekday's usual value, so that weekdays can be compared.
        shares = np.abs(weeks) / np.abs(level[:7])
        lowest = np.nanmin(shares) if np.isfinite(shares).any() else 0.0
        return np.asarray((recent / level < min(LOW, lowest)) | np.isnan(recent))


def incomplete_tail(table: Table) -> tuple[int, list[str]]:
    """Return how many of the last 1 to 14 days look incomplete, and of what: the KPI, spend or both.

    A day is incomplete when it is under 60 % of the usual and lower than every day of the eight weeks
    before: in data that varies a lot, a low day is nothing special.
    """
    series = {"spend": table.daily_spend}
    if table.kpi is not None and table.kpi_values is not None:
        series = {table.kpi: table.kpi_values, **series}
    if not long_enough(table, RECENT_DAYS):
        return 0, []
    low = {name: _low(values) for name, values in series.items()}
    tails = {name: _trailing(mask) for name, mask in low.items()}
    longest = max(tails.values())
    # Fourteen low days are a new level rather than data still to come.
    if longest in (0, RECENT_DAYS):
        return 0, []
    return longest, [name for name, length in tails.items() if length]


def _trailing(mask: Mask) -> int:
    """Return how many True there are at the end."""
    return int(np.argmin(mask[::-1])) if not mask.all() else mask.size


def change_of_level(table: Table, first: int, last: int) -> dict[str, float]:
    """Return the KPI and spend of rows `first` to `last` (exclusive) as a share of their usual sum."""
    count = last - first
    series = {"spend": table.daily_spend[:last]}
    if table.kpi is not None and table.kpi_values is not None:
        series = {table.kpi: table.kpi_values[:last], **series}
    expected = {name: float(np.nansum(usual(values, count))) for name, values in series.items()}
    return {
        name: float(np.nansum(values[-count:])) / expected[name]
        for name, values in series.items()
        if expected[name] > 0
    }
