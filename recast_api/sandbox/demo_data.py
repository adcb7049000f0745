"""The demo client's daily data: spend that causes revenue, generated from a fixed seed.

Refresh 0 to 25 are weekly deliveries of one growing history. Refresh 17 restates six weeks of the past, and
refresh 21 comes without the podcast.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

REFRESHES = 26
FIRST_SPAN = 822
"""Days in the first refresh: 27 months."""

RESTATED_IN = 17
LOST_IN, LOST_CHANNEL = 21, "podcast"

_SEED = 2786
_DAYS = FIRST_SPAN + 7 * (REFRESHES - 1)

_RESTATED_DAYS = slice(FIRST_SPAN + 7 * RESTATED_IN - 70, FIRST_SPAN + 7 * RESTATED_IN - 28)
_RESTATED_BY = {"revenue": 0.97, "affiliates": 1.14, "influencers": 0.91}
"""Returns reclassified in the KPI, late affiliate invoices, an influencer refund."""


class _Channel(NamedTuple):
    """Spend a day, what a unit of it returns, carry-over, weekend and season effect, days on and off air."""

    spend: float
    returns: float
    carry_over: float
    weekend: float = 1.0
    season: float = 0.0
    flight: tuple[int, int] | None = None


_CHANNELS = {
    "meta_prospecting": _Channel(9200, 1.6, 0.45, weekend=1.10, season=0.15),
    "meta_retargeting": _Channel(2100, 1.1, 0.20, weekend=1.05, season=0.10),
    "google_search_branded": _Channel(2600, 1.4, 0.10, weekend=0.85, season=0.12),
    "google_search_nonbrand": _Channel(6400, 2.0, 0.20, weekend=0.80, season=0.08),
    "youtube": _Channel(3900, 1.5, 0.60, season=0.05),
    "tiktok": _Channel(3100, 1.3, 0.40, weekend=1.20),
    "linear_tv": _Channel(11500, 1.8, 0.75, weekend=1.15, season=0.20, flight=(49, 21)),
    "ctv": _Channel(3400, 1.7, 0.65, weekend=1.10, season=0.05),
    "podcast": _Channel(1500, 2.1, 0.70, weekend=0.60, flight=(84, 14)),
    "influencers": _Channel(1900, 1.2, 0.50, flight=(28, 35)),
    "affiliates": _Channel(1700, 2.4, 0.10, weekend=0.90, season=0.15),
    "direct_mail": _Channel(5200, 1.9, 0.80, weekend=0.50, flight=(10, 46)),
    "pinterest": _Channel(1100, 1.0, 0.35, weekend=1.15, season=-0.10),
    "radio": _Channel(2300, 1.4, 0.55, weekend=0.70, flight=(35, 56)),
    "out_of_home": _Channel(2800, 1.2, 0.85, flight=(42, 70)),
}

CHANNELS = tuple(_CHANNELS)
COLUMNS = ("revenue", *CHANNELS)

_PROMOTIONS = ((2, 10, 5, 1.25), (5, 20, 7, 1.30), (7, 3, 4, 1.20), (9, 1, 5, 1.25), (11, 24, 7, 1.85))
"""Month, day, length in days, and what revenue is multiplied by."""

_Floats = npt.NDArray[np.float64]


def length(refresh: int) -> int:
    """Return the number of days in a refresh."""
    return FIRST_SPAN + 7 * refresh


# A refresh is some 150 kB; the limit holds all of them for two dates, should the clock cross a week.
@lru_cache(maxsize=2 * REFRESHES)
def clean_data(last_day: date, refresh: int) -> bytes:
    """Return the CSV of one refresh, where the newest refresh of all ends on `last_day`, a Sunday."""
    first_day = last_day - timedelta(days=_DAYS - 1)
    columns = [name for name in COLUMNS if refresh != LOST_IN or name != LOST_CHANNEL]
    series = _restated(last_day) if refresh >= RESTATED_IN else _original(last_day)
    lines = [",".join(("date", *columns))]
    for day in range(length(refresh)):
        cells = (f"{series[name][day]:.2f}" for name in columns)
        lines.append(",".join((str(first_day + timedelta(days=day)), *cells)))
    return ("\n".join(lines) + "\n").encode()


def _restated(last_day: date) -> dict[str, _Floats]:
    series = {name: values.copy() for name, values in _original(last_day).items()}
    for name, factor in _RESTATED_BY.items():
        series[name][_RESTATED_DAYS] *= factor
    return series


@lru_cache(maxsize=2)
def _original(last_day: date) -> dict[str, _Floats]:
    rng = np.random.default_rng(_SEED)
    days = [last_day - timedelta(days=back) for back in range(_DAYS - 1, -1, -1)]
    spend = {name: _spend(channel, days, rng) for name, channel in _CHANNELS.items()}
    caused = sum(
        channel.returns * _carried_over(spend[name], channel.carry_over)
        for name, channel in _CHANNELS.items()
    )
    organic = 62_000 * (1 + 0.12 * _season(days)) * np.linspace(1, 1.15, _DAYS)
    noise = np.exp(0.04 * rng.standard_normal(_DAYS))
    revenue = (organic + caused) * _weekend(days, 1.08) * _promotions(days) * noise
    return {"revenue": revenue, **spend}


def _spend(channel: _Channel, days: Sequence[date], rng: np.random.Generator) -> _Floats:
    # Budgets are set anew every four weeks or so; that, rather than the season, is most of the variation.
    budgets = np.repeat(np.exp(0.28 * rng.standard_normal(_DAYS // 28 + 1)), 28)[:_DAYS]
    daily = np.exp(0.12 * rng.standard_normal(_DAYS))
    start = int(rng.integers(0, 60))
    season = 1 + channel.season * _season(days)
    return (
        channel.spend * budgets * daily * season * _weekend(days, channel.weekend) * _on_air(channel, start)
    )


def _season(days: Sequence[date]) -> _Floats:
    """Return a year's wave from -1 to 1, highest in early December."""
    day_of_year = np.array([day.timetuple().tm_yday for day in days])
    return np.cos(2 * np.pi * (day_of_year - 340) / 365.25)


def _weekend(days: Sequence[date], factor: float) -> _Floats:
    return np.array([factor if day.weekday() >= 5 else 1.0 for day in days])


def _on_air(channel: _Channel, start: int) -> _Floats:
    if channel.flight is None:
        return np.ones(_DAYS)
    on, off = channel.flight
    return ((np.arange(_DAYS) + start) % (on + off) < on).astype(np.float64)


def _promotions(days: Sequence[date]) -> _Floats:
    lift = np.ones(len(days))
    for month, first, span, factor in _PROMOTIONS:
        for index, day in enumerate(days):
            if 0 <= (day - date(day.year, month, first)).days < span:
                lift[index] = factor
    return lift


def _carried_over(spend: _Floats, share: float) -> _Floats:
    """Spread each day's spend over the days after it, `share` of what is left going on to the next."""
    effect = np.empty_like(spend)
    carried = spend[0]
    for day, amount in enumerate(spend):
        carried = share * carried + (1 - share) * amount
        effect[day] = carried
    return effect
