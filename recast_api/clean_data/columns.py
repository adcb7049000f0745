"""Which column is the KPI, which are spend: guessed from names, corrected by whoever knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recast_api.clean_data.data import CleanData, once


class Role(StrEnum):
    """What a column is to the model."""

    KPI = "kpi"
    """The outcome that is modelled: revenue, conversions, orders."""
    SPEND = "spend"
    """Money spent on a channel, per day."""
    OTHER = "other"
    """Neither: a price, temperature, a 0/1 flag, an exposure count, a second outcome."""

    @property
    def word(self) -> str:
        """What a table for people calls it."""
        return "KPI" if self is Role.KPI else self.value


MONEY = ("revenue", "sales", "profit", "turnover", "gmv", "bookings", "income", "margin")
"""Words for a KPI counted in money."""
COUNTS = (
    "conversions", "orders", "acquisitions", "acquisition", "customers", "purchases", "transactions",
    "subscriptions", "signups", "registrations", "leads", "installs", "units", "bookings", "kpi",
)  # fmt: skip
"""Words for a KPI that is counted."""
QUALIFIERS = frozenset({
    "total", "net", "gross", "new", "daily", "all", "online", "offline", "store", "shop", "web", "app",
    "retail", "dtc", "number", "count", "num", "of", "qualified", "first", "time", "paid", "sum", "usd",
    "eur", "gbp",
})  # fmt: skip
"""Words that a KPI's name may also contain: `total_sales` is one, `meta_sales` is a campaign."""
CONTEXT = frozenset({
    "price", "prices", "temperature", "temp", "weather", "rain", "rainfall", "snow", "sunshine", "wind",
    "humidity", "precipitation", "holiday", "holidays", "promo", "promos", "promotion", "promotions",
    "discount", "discounts", "index", "cpi", "gdp", "unemployment", "inflation", "confidence", "flag",
    "dummy", "stock", "inventory", "availability", "rate", "rates", "per", "share", "sov",
    "competitor", "competitors", "control", "controls", "ctrl", "sentiment", "score", "scores", "rating",
    "ratings", "reviews", "nps", "population", "weekday", "month", "year", "trend", "trends", "season",
    "seasonality", "covid", "lockdown", "mobility", "cpm", "cpc", "cpv", "cpp", "cpa", "cpl", "ctr", "cvr",
    "roas", "roi", "aov",
})  # fmt: skip
"""Words for context variables, rates and controls, which aren't spend."""
EXPOSURES = frozenset({
    "impression", "impressions", "impr", "imprs", "imp", "imps", "click", "clicks", "clk", "clks", "view",
    "views", "pageview", "pageviews", "grp", "grps", "trp", "trps", "tvr", "tvrs", "visit", "visits",
    "visitor", "visitors", "session", "sessions", "reach", "frequency", "traffic", "hits", "users",
    "followers", "likes", "engagement", "engagements", "opens", "sends", "emails", "spots", "airings",
    "circulation", "plays", "listens", "streams", "downloads", "searches", "queries", "gqv", "exposure",
    "exposures", "impressionen", "klicks", "besuche", "reichweite", "impresiones", "clics", "visitas", "num",
    "number", "count", "counts", "quantity", "qty",
})  # fmt: skip
"""Words for what is counted rather than paid: exposures by their trade names, visits, anything numbered."""
AMOUNTS = frozenset({"spend", "spends", "spent", "cost", "costs", "investment", "expenditure", "budget"})
"""Words for money paid: `youtube_views_spend` is spend all the same."""
_GLUED = ("impression", "impressions", "clicks", "pageviews", "sessions", "grps", "trps")
"""Exposures that names such as `FBIMPRESSIONS` end in."""
BINARY_SHARE = 0.95
"""A column is meant to be 0/1 where this share of its cells is 0 or 1 (own choice: one slip in twenty)."""

CALENDAR_ROWS = 28
"""Over fewer rows than four weeks, numbers may follow the date by chance (own choice)."""
ROUNDED_STEP = 0.5
"""A running number that was rounded stays within half a step of the even one (own choice)."""
LARGEST_NUMBER = 9e18
"""Nanoseconds since 1970, the largest count of time there is, stay below it until the year 2255."""

Days = NDArray[np.datetime64]


def words(name: str) -> list[str]:
    """Return the lower-case words in a column name: `TotalSales_usd` is total, sales, usd."""
    return list(_words(name[:200]))


@lru_cache(maxsize=2048)
def _words(name: str) -> tuple[str, ...]:
    # Every check that goes by names asks again.
    return tuple(re.findall(r"[a-z]+|\d+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower()))


def in_money(name: str) -> bool:
    """Tell whether a KPI of that name is an amount of money."""
    return not set(words(name)).isdisjoint(MONEY)


def looks_like_kpi(name: str) -> bool:
    """Tell whether a name consists of words for an outcome and their qualifiers, as `new_customers` does."""
    parts = words(name)
    rest = set(parts) - QUALIFIERS
    return bool(rest) and rest <= {*MONEY, *COUNTS}


def numeric_columns(data: CleanData) -> tuple[str, ...]:
    """Return the columns, except for the date, in which every cell is a number or missing."""
    return tuple(_numeric(data))


def numbers(data: CleanData) -> NDArray[np.float64]:
    """Return these columns × rows: a view of the frame's memory where the columns are side by side in it."""
    positions = list(_numeric(data).values())
    first, last = (positions[0], positions[-1]) if positions else (0, -1)
    together = last - first + 1 == len(positions)
    numeric = data.frame.iloc[:, slice(first, last + 1) if together else positions]
    return np.ascontiguousarray(numeric.to_numpy(np.float64).T)


@once
def _numeric(data: CleanData) -> Mapping[str, int]:
    """Return the position of each numeric column in the frame."""
    kinds = zip(data.frame.columns, data.frame.dtypes, strict=True)
    return {
        str(name): position
        for position, (name, kind) in enumerate(kinds)
        if kind.kind in "iuf" and name != data.date_column
    }


def suggest_kpi(data: CleanData) -> str | None:
    """Return the column that is most likely the KPI by its name, or None if no name looks like a KPI.

    The name with the fewest words is taken; among these, money goes before counts.
    """
    candidates = [
        (len(words(name)), (*MONEY, *COUNTS).index(word), position, name)
        for position, name in enumerate(numeric_columns(data))
        if looks_like_kpi(name)
        for word in words(name)
        if word in {*MONEY, *COUNTS}
    ]
    return min(candidates)[-1] if candidates else None


def is_binary(values: NDArray[np.float64]) -> bool:
    """Tell whether a column is meant to be 0/1, even if a few cells are neither."""
    ones = np.count_nonzero(values == 1)
    if not ones:
        return False
    zeros = np.count_nonzero(values == 0)
    present = values.size - np.count_nonzero(np.isnan(values))
    # A channel that seldom spends is nearly all zeros too: at least half of the other cells have to be 1.
    return bool(ones + zeros >= BINARY_SHARE * present and 2 * ones >= present - zeros)


@once
def calendar_columns(data: CleanData) -> Mapping[str, str]:
    """Return the columns that are computed from the date, each with what it is: `month`, `running number`."""
    if data.date_column is None:
        return {}
    days = data.frame[data.date_column].to_numpy().astype("datetime64[D]")
    known = np.flatnonzero(~np.isnat(days))
    if known.size < CALENDAR_ROWS:
        return {}
    values = numbers(data)
    # Some weeks in a row and some rows throughout rule out nearly every column at a fraction of the cost.
    throughout = np.linspace(0, known.size - 1, CALENDAR_ROWS).astype(int)
    some = known[np.union1d(np.arange(CALENDAR_ROWS), throughout)]
    sample, names = values[:, some], numeric_columns(data)
    possible = [p for p in _may_follow(sample, days[some], some) if _follows(sample[p], days[some], some)]
    found = {names[p]: _follows(values[p, known], days[known], known) for p in possible}
    return {name: what for name, what in found.items() if what}


def _may_follow(values: NDArray[np.float64], days: Days, rows: NDArray[np.intp]) -> list[int]:
    """Return which columns vary, and are whole numbers or rise evenly: no others say anything of the date."""
    lowest, highest = values.min(axis=1), values.max(axis=1)
    vary = np.flatnonzero((lowest > -LARGEST_NUMBER) & (lowest < highest) & (highest < LARGEST_NUMBER))
    values = values[vary]
    whole = (values == np.floor(values)).all(axis=1)
    even = np.any([_even_steps(values, along) for along in (rows, days.astype(np.int64))], axis=0)
    return [int(index) for index in vary[whole | even]]


def _follows(values: NDArray[np.float64], days: Days, rows: NDArray[np.intp]) -> str:
    """Return what of the date the numbers of some rows say, or nothing."""
    # A column that doesn't vary, lacks a value or has an infinite one follows nothing.
    if not -LARGEST_NUMBER < values.min() < values.max() < LARGEST_NUMBER:
        return ""
    if any(_even_steps(values, along) for along in (rows, days.astype(np.int64))):
        return "running number"
    whole = values.astype(np.int64)
    return _part_of_date(whole, days) if (whole == values).all() else ""


def _even_steps(values: NDArray[np.float64], along: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell whether every value is where even steps from the first to the last put it, as near as rounding.

    Of each column if there are several.
    """
    span = int(along[-1] - along[0])
    first = values[..., :1]
    step = (values[..., -1:] - first) / span if span else np.zeros_like(first)
    distance = np.abs(values - first - step * (along - along[0])).max(axis=-1)
    return np.asarray(distance < ROUNDED_STEP * np.abs(step[..., 0]))


def _part_of_date(values: NDArray[np.int64], days: Days) -> str:
    weekday = (days.astype(np.int64) + 3) % 7  # 1 January 1970 was a Thursday
    on_weekday = np.zeros(7, np.int64)
    on_weekday[weekday] = values
    if values.min() >= 0 and values.max() <= 7 and (on_weekday[weekday] == values).all():
        return "day of the week"
    return next((what for what, part in _parts(days, weekday) if _same(values, part)), "")


def _same(values: NDArray[np.int64], part: NDArray[np.int64]) -> bool:
    """Tell whether values are a part of the date, counted from it or from anywhere else."""
    distance = values - part
    # A 0/1 mark that begins with a year, month or week says when something began.
    return bool((distance == distance[0]).all() and (distance[0] == 0 or np.ptp(values) > 1))


def _parts(days: Days, weekday: NDArray[np.int64]) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Yield what can be computed from a date, and its values for these days."""
    numbers = days.astype(np.int64)
    year, month = (days.astype(f"datetime64[{unit}]").astype(np.int64) for unit in "YM")
    of_year = numbers - days.astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    of_month = numbers - days.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    iso_week = pd.DatetimeIndex(days).isocalendar().week.to_numpy(np.int64)
    yield "day of the month", of_month
    yield "day of the year", of_year
    for week in (
        iso_week,
        of_year // 7,
        (of_year + 7 - weekday) // 7,
        (of_year + 7 - (weekday + 1) % 7) // 7,
    ):
        yield "week of the year", week
    for shift in range(7):
        yield "running week", (numbers + shift) // 7
    yield "month", month % 12
    yield "quarter", month % 12 // 3
    yield "year", year + 1970
    yield "running month", month
    yield "running quarter", month // 3
    yield "year and month", 100 * (year + 1970) + month % 12 + 1
    yield "date as a number", 10_000 * (year + 1970) + 100 * (month % 12 + 1) + of_month + 1


def guess_roles(data: CleanData, kpi: str | None) -> dict[str, Role]:
    """Return a role for every numeric column: `kpi` is the KPI, the others are guessed by name and values."""
    dated = calendar_columns(data)
    guessed = {
        name: Role.OTHER if name in dated else _guess(name, values)
        for name, values in zip(numeric_columns(data), numbers(data), strict=True)
    }
    return guessed | ({kpi: Role.KPI} if kpi in guessed else {})


def _guess(name: str, values: NDArray[np.float64]) -> Role:
    not_spend = looks_like_kpi(name) or _named_otherwise(set(words(name))) or is_binary(values)
    return Role.OTHER if not_spend else Role.SPEND


def _named_otherwise(parts: set[str]) -> bool:
    """Tell whether the words of a name are those of something other than spend."""
    if not CONTEXT.isdisjoint(parts):
        return True
    counted = not EXPOSURES.isdisjoint(parts) or any(word.endswith(_GLUED) for word in parts)
    return counted and AMOUNTS.isdisjoint(parts)
