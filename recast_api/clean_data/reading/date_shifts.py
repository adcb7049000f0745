"""Take the days of a column as written; hand on the days that are meant.

Two things move them: a program that took the day for the month, and a midnight that is written in the time of
another place.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recast_api.clean_data.reading.date_formats import Dates, Days, Written, cell_of, day_of
from recast_api.clean_data.reading.tokens import Offsets

LAST_MONTH = 12
"""A day of the month over this can't be a month: such dates stand as they were, among those swapped."""
COVERED = 5 / 7
"""Share of the days from first to last that have a row at least: shops may close at weekends."""
NOON = 12 * 60
"""Programs write noon for a day so that no time zone moves it."""
ZONES = (
    *("UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Chicago", "America/Denver"),
    *("America/Los_Angeles", "Europe/Helsinki", "Australia/Sydney", "Pacific/Auckland", "America/Halifax"),
    *("Europe/Istanbul", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "America/Sao_Paulo"),
)
"""Places whose midnight is looked for, one for each that keeps the same time; others are named as UTC+4."""

Mask = NDArray[np.bool_]


def settle(dates: Dates) -> Dates:
    """Return the days that are meant, where the column shows that those written aren't."""
    if dates.undecided or len(dates.contradicting):
        return dates
    zone = _zone(dates)
    if zone:
        days = _local_days(dates, zone)
        moved = np.flatnonzero((days != dates.days) & ~np.isnat(days))
        return replace(dates, days=days, zone=zone, moved=moved)
    rows = _swapped(dates.days)
    if not len(rows):
        return dates
    days = dates.days.copy()
    days[rows] = _turned(days[rows])
    return replace(dates, days=days, swapped=rows)


# ---- Day and month swapped


def _swapped(days: Days) -> Offsets:
    """Return the rows whose day and month are swapped, if swapping them back puts every row in its place.

    Rows that can only be read one way show where the others belong, so there have to be some.
    """
    known = np.flatnonzero(~np.isnat(days))
    written = days[known]
    if not len(known) or (_in_order(written) and _whole(written)):
        return known[:0]
    open_rows, fixed = _open(written)
    if not open_rows.any() or not fixed.any():
        return known[:0]
    turned = written.copy()
    turned[open_rows] = _turned(written[open_rows])
    return known[_one_by_one(written, turned, fixed) | _all_at_once(written, turned, open_rows)]


def _open(days: Days) -> tuple[Mask, Mask]:
    """Return which days would be another day with day and month swapped, and which would be none."""
    months, numbers = _months(days), _days_of_month(days)
    return (numbers <= LAST_MONTH) & (numbers != months), numbers > LAST_MONTH


def _months(days: Days) -> Offsets:
    return np.asarray(days.astype("datetime64[M]").astype(np.int64) % 12 + 1)


def _days_of_month(days: Days) -> Offsets:
    return np.asarray((days - days.astype("datetime64[M]")).astype(np.int64) + 1)


def _turned(days: Days) -> Days:
    """Return the days with day and month swapped. The day of the month may not be over 12."""
    january = days.astype("datetime64[Y]").astype("datetime64[M]")
    first: Days = (january + (_days_of_month(days) - 1)).astype("datetime64[D]")
    turned: Days = first + (_months(days) - 1).astype("timedelta64[D]")
    return turned


def _one_by_one(written: Days, turned: Days, fixed: Mask) -> Mask:
    """Return the rows that have to be swapped for each row to be a day later, or earlier, than the one above.

    There are none where some row is of neither day: then this isn't what happened.
    """
    rows = np.arange(len(written))
    for step in (1, -1):
        first = np.median((written - step * rows)[fixed].astype(np.int64)).astype("datetime64[D]")
        due = first + step * rows
        fits = written == due
        if (fits | (turned == due)).all():
            return np.asarray(~fits)
    return np.zeros(len(written), bool)


def _all_at_once(written: Days, turned: Days, open_rows: Mask) -> Mask:
    """Return all rows that can be swapped, if that makes daily rows of what wasn't."""
    ordered = _in_order(turned) and not _in_order(written) and _covered(turned) >= COVERED
    complete = _whole(turned) and not _whole(written)
    return open_rows & (ordered or complete)


def _in_order(days: Days) -> bool:
    steps = np.diff(days).astype(np.int64)
    return bool((steps >= 0).all() or (steps <= 0).all())


def _covered(days: Days) -> float:
    return float(len(np.unique(days)) / ((days.max() - days.min()).astype(np.int64) + 1))


def _whole(days: Days) -> bool:
    return _covered(days) == 1.0


# ---- Midnight in the time of another place


def _zone(dates: Dates) -> str:
    """Return the place where every row is midnight, if it isn't written as midnight."""
    known = ~np.isnat(dates.days)
    clocks = dates.clocks[known] if len(dates.clocks) else dates.clocks
    if not len(clocks) or np.isnan(clocks[:, 0]).any() or not clocks[:, 0].any():
        return ""
    unnamed = np.isnan(clocks[:, 1])
    hours = np.unique(_utc_minutes(clocks) % (24 * 60))
    # A constant hour without a time zone is a time of day; the change to summer time shows that it isn't.
    if unnamed.any() and (not unnamed.all() or len(hours) == 1):
        return ""
    if len(hours) > 2 or (hours % 15).any() or hours.tolist() == [NOON]:
        return ""
    instants = _instants(dates.days[known], clocks)
    places = (*ZONES, _as_offset(hours[0])) if len(hours) == 1 else ZONES
    return next((place for place in places if _is_midnight(instants, place)), "")


def _utc_minutes(clocks: NDArray[np.float64]) -> NDArray[np.float64]:
    return clocks[:, 0] - np.nan_to_num(clocks[:, 1])


def _instants(days: Days, clocks: NDArray[np.float64]) -> pd.DatetimeIndex:
    minutes = np.round(_utc_minutes(clocks)).astype("timedelta64[m]")
    return pd.DatetimeIndex(days.astype("datetime64[m]") + minutes, tz="UTC")


def _as_offset(utc_minutes: float) -> str:
    """Return the offset of the time zone whose midnight is then: UTC+1 for 23:00, UTC-5 for 5:00."""
    offset = int(-utc_minutes if utc_minutes < NOON else 24 * 60 - utc_minutes)
    hours, minutes = divmod(abs(offset), 60)
    return f"UTC{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"


def _zone_info(place: str) -> tzinfo:
    if place.startswith(("UTC+", "UTC-")):
        hours, minutes = map(int, place[4:].split(":"))
        return timezone((-1 if place[3] == "-" else 1) * timedelta(hours=hours, minutes=minutes))
    return ZoneInfo(place)


def _is_midnight(instants: pd.DatetimeIndex, place: str) -> bool:
    local = instants.tz_convert(_zone_info(place))
    return bool(((local.hour == 0) & (local.minute == 0)).all())


def _local_days(dates: Dates, place: str) -> Days:
    days = dates.days.copy()
    known = ~np.isnat(days)
    local = _instants(days[known], dates.clocks[known]).tz_convert(_zone_info(place))
    days[known] = local.tz_localize(None).to_numpy("datetime64[D]")
    return days


# ---- Written plainly


def write_local(cell: str, *, order: Written | None, zone: str) -> str:
    """Return a date as YYYY-MM-DD: the day that it is in a place, at the time that the cell names."""
    day, clock = day_of(cell, order), cell_of(cell).clock
    if not day or not clock:
        return cell
    written = datetime.combine(day, time(), UTC)
    offset = 0.0 if np.isnan(clock.offset) else clock.offset
    instant = written + timedelta(minutes=round(clock.minutes - offset))
    return str(instant.astimezone(_zone_info(zone)).date())
