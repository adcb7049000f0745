"""Which column is the KPI, which are spend: guessed from names, corrected by whoever knows."""

from __future__ import annotations

import re
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.data import CleanData


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
    "price", "prices", "temperature", "temp", "weather", "rain", "snow", "sunshine", "holiday",
    "holidays", "promo", "promos", "promotion", "discount", "discounts", "index", "cpi", "gdp",
    "unemployment", "flag", "dummy", "stock", "inventory", "rate", "competitor", "competitors",
    "sentiment", "weekday", "month", "year", "trend", "season", "seasonality", "covid", "impressions",
    "clicks", "views", "grp", "grps", "visits", "sessions", "reach", "traffic",
})  # fmt: skip
"""Words for context variables and exposure counts, which aren't spend."""
BINARY_SHARE = 0.95
"""A column is meant to be 0/1 where this share of its cells is 0 or 1 (own choice: one slip in twenty)."""


def words(name: str) -> list[str]:
    """Return the lower-case words in a column name: `TotalSales_usd` is total, sales, usd."""
    return re.findall(r"[a-z]+|\d+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name[:200]).lower())


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
    frame = data.frame
    return tuple(
        str(name)
        for name, kind in zip(frame.columns, frame.dtypes, strict=True)
        if kind.kind in "iuf" and name != data.date_column
    )


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


def guess_roles(data: CleanData, kpi: str | None) -> dict[str, Role]:
    """Return a role for every numeric column: `kpi` is the KPI, the others are guessed by name and values."""
    return {
        name: Role.KPI if name == kpi else _guess(name, data.frame[name].to_numpy(np.float64))
        for name in numeric_columns(data)
    }


def _guess(name: str, values: NDArray[np.float64]) -> Role:
    not_spend = looks_like_kpi(name) or not CONTEXT.isdisjoint(words(name)) or is_binary(values)
    return Role.OTHER if not_spend else Role.SPEND
