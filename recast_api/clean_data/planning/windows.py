"""Which days a holdout or a stability loop leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from recast_api.clean_data.daily import Days, as_date
from recast_api.clean_data.data import CleanData

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
    *,
    run_type: str,
    holdout_days: Sequence[int] = (),
    n_holdout: int | None = None,
    days_per_holdout: int | None = None,
) -> tuple[Window, ...]:
    """Return the days that a run leaves out, the smallest window first.

    Inferred: Recast doesn't publish the exact windows. For `holdout` each number is taken as a test
    that leaves out that many days at the end. For `stability_loop`, period k is taken to leave out the
    last k * `days_per_holdout` days. Other run types have no windows.

    `data` is clean data or its days in any order. Numbers that can't be right (zero, negative, no
    integers) have no window: `check` says so. Windows that reach beyond the data are drawn once.
    """
    days = _days(data)
    if days.size == 0:
        return ()
    if run_type == "holdout":
        return tuple(
            _window(days, n, f"Last {n} days") for n in sorted({n for n in holdout_days if is_count(n)})
        )
    if run_type == "stability_loop" and is_count(n_holdout) and is_count(days_per_holdout):
        assert n_holdout is not None
        assert days_per_holdout is not None
        span = int((days[-1] - days[0]).astype(int)) + 1
        # A million periods would leave out the same days over and over: stop at the first that takes all.
        periods = min(n_holdout, -(-span // days_per_holdout))
        return tuple(
            _window(days, k * days_per_holdout, f"Period {k}: last {k * days_per_holdout} days")
            for k in range(1, periods + 1)
        )
    return ()


def is_count(value: object) -> bool:
    """Tell whether a setting is a whole number above zero."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and int(value) > 0


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
    span = int((last - days[0]).astype(int)) + 1
    first = last - np.timedelta64(min(count, span) - 1, "D")
    left = int(np.searchsorted(days, first))
    return Window(as_date(first), as_date(last), count, left, left - BURN_IN_DAYS, label)
