"""Which days a holdout or a stability loop leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Unpack

import numpy as np

from recast_api.clean_data.daily import Days, as_date
from recast_api.clean_data.data import CleanData
from recast_api.clean_data.planning.settings import OptionalFields, Settings, is_count

BURN_IN_DAYS = 60
"""Recast (https://getrecast.com/burn-in/): the fit to the first 60 days doesn't shape the estimates."""


@dataclass(frozen=True, slots=True)
class Window:
    """Days at the end of the data that one test leaves out."""

    first: date
    """First day left out; the first day of the data where more is left out than there is."""
    last: date
    """Last day left out, which is the last day of the data."""
    days: int
    """How many days the settings ask to leave out."""
    training_days_left: int
    """Days in the data before `first`."""
    fitted_days_left: int
    """The same less the burn-in of 60 days; below zero where the burn-in isn't even filled."""
    label: str
    """A few words, such as `Last 28 days`."""


def held_out_windows(
    data: CleanData | Sequence[date] | Days,
    settings: Settings | None = None,
    *,
    run_type: str | None = None,
    **fields: Unpack[OptionalFields],
) -> tuple[Window, ...]:
    """Return the days that a run leaves out, the smallest window first.

    Inferred: Recast doesn't publish the exact windows. For `holdout` each number is taken as a test
    that leaves out that many days at the end. For `stability_loop`, period k is taken to leave out the
    last k * `days_per_holdout` days. Other run types have no windows.

    `data` is clean data or its days in any order; the settings are one value, or a run type with its fields.
    Numbers that can't be right (zero, negative, no integers) have no window: `check` says so. Windows that
    reach beyond the data are drawn once.
    """
    days = _days(data)
    asked = Settings.of(settings or run_type, **fields)
    if asked is None or days.size == 0:
        return ()
    if asked.run_type == "holdout":
        counts = sorted({count for count in asked.holdout_days if is_count(count)})
        return tuple(_window(days, count, f"Last {count} days") for count in counts)
    if asked.run_type == "stability_loop":
        return _periods(days, asked.n_holdout, asked.days_per_holdout)
    return ()


def _periods(days: Days, periods: int | None, length: int | None) -> tuple[Window, ...]:
    if not is_count(periods) or not is_count(length):
        return ()
    # A million periods would leave out the same days over and over: stop at the first that takes all.
    longest = -(-_span(days) // length)
    return tuple(
        _window(days, k * length, f"Period {k}: last {k * length} days")
        for k in range(1, min(periods, longest) + 1)
    )


def _days(data: CleanData | Sequence[date] | Days) -> Days:
    """Return the distinct days, ascending."""
    frame = getattr(data, "frame", None)
    if frame is not None:
        column = getattr(data, "date_column", None)
        days = np.empty(0, "datetime64[D]") if column is None else frame[column].to_numpy()
    else:
        days = np.asarray(data)
    days = np.unique(days.astype("datetime64[D]"))
    return np.asarray(days[~np.isnat(days)])


def _window(days: Days, count: int, label: str) -> Window:
    last = days[-1]
    first = last - np.timedelta64(min(count, _span(days)) - 1, "D")
    left = int(np.searchsorted(days, first))
    return Window(as_date(first), as_date(last), count, left, left - BURN_IN_DAYS, label)


def _span(days: Days) -> int:
    return int((days[-1] - days[0]).astype(int)) + 1
