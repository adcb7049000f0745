"""Clean data as arrays in date order: what checks, comparison, windows and profile work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import combinations_with_replacement
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.columns import Role, guess_roles, numbers, numeric_columns, suggest_kpi
from recast_api.clean_data.data import CleanData

Days = NDArray[np.datetime64]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]

LARGEST = 1e100
"""No real spend or sales are as large; the squares of smaller values can be summed without overflow."""
IGNORE_OVERFLOW = np.errstate(all="ignore")
"""Ignore overflow warnings; results may be inf, as the quotient of a large and a very small number is."""
BLOCK_COLUMNS, BLOCK_ROWS = 16, 1024
"""Size of the blocks that are multiplied: up to 16 * 16 * 1024 products, OpenBLAS works in one thread."""


@dataclass(frozen=True, eq=False)
class Grid:
    """The numeric columns of clean data, rows in date order."""

    columns: tuple[str, ...]
    """Names of the numeric columns, in file order."""
    values: Numbers
    """Shape (columns, rows); missing and infinite cells are NaN."""
    infinite: dict[str, NDArray[np.intp]]
    """Rows of infinite cells (and of those beyond 1e100), for the columns that have any."""
    has_missing: bool
    """Whether any cell is missing or infinite."""
    days: Days | None
    """A day per row, ascending, unreadable ones (NaT) last; None without a date column."""
    lines: NDArray[np.int64]
    """Line of the delivered file per row."""
    unsorted: NDArray[np.int64]
    """Lines of the file whose day is earlier than that of the line before."""

    @classmethod
    def of(cls, data: CleanData) -> Self:
        """Take the numeric columns out of clean data."""
        return cls(**_arrays(data))

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.values.shape[1])

    @cached_property
    def steps(self) -> NDArray[np.int64]:
        """Days from each row to the next; empty where there are no dates."""
        known = np.empty(0, "datetime64[D]") if self.days is None else self.days
        return np.diff(known).astype(np.int64)

    @cached_property
    def dated(self) -> bool:
        """Whether every row has a day."""
        return self.days is not None and self.rows > 0 and not np.isnat(self.days[-1])

    @cached_property
    def usual_step(self) -> int:
        """Median days between rows: 1 is daily, 7 weekly. 1 where there are too few rows to tell."""
        positive = self.steps[self.steps > 0] if self.dated else self.steps[:0]
        return int(np.median(positive)) if positive.size > 1 else 1

    @cached_property
    def daily(self) -> bool:
        """Whether there is one row per day, missing days allowed: what windows and weekdays need."""
        return self.dated and bool(np.all(self.steps > 0)) and self.usual_step == 1

    @cached_property
    def by_day(self) -> bool:
        """Whether rows can be taken for days: they aren't weeks or months, nor stores that share their day.

        Where nothing is known about the days, they can.
        """
        repeats = int(np.count_nonzero(self.steps == 0))
        return not self.dated or (self.usual_step == 1 and 2 * repeats < self.rows)

    @cached_property
    def weekdays(self) -> NDArray[np.int64]:
        """Weekday per row, 0 for Monday; empty where there are no dates."""
        days = self.days if self.dated and self.days is not None else np.empty(0, "datetime64[D]")
        # Day 0 of NumPy, 1 January 1970, was a Thursday.
        return np.asarray((days.astype(np.int64) + 3) % 7)

    @cached_property
    def dates_of_year(self) -> NDArray[np.int64]:
        """Month and day per row, such as 1225; empty where there are no dates."""
        days = self.days if self.dated and self.days is not None else np.empty(0, "datetime64[D]")
        months = days.astype("datetime64[M]")
        return np.asarray(100 * (months.astype(np.int64) % 12 + 1) + (days - months).astype(np.int64) + 1)

    def day(self, row: int) -> date:
        """Return the day of a row."""
        assert self.days is not None
        return as_date(self.days[row])


@dataclass(frozen=True, eq=False)
class Spread:
    """Quantiles of one column over the days that aren't zero."""

    lower: float
    """The first quartile."""
    median: float
    upper: float
    """The third quartile."""
    top: float
    """The 99th percentile."""
    lowest: float
    highest: float


@dataclass(frozen=True, eq=False)
class Table(Grid):
    """The numbers of clean data with the KPI and the role of each column."""

    kpi: str | None
    roles: Mapping[str, Role]

    @classmethod
    def of(cls, data: CleanData, kpi: str | None = None, roles: Mapping[str, Role] | None = None) -> Self:
        """Take the numeric columns out of clean data, and guess from the names whatever isn't given."""
        numeric = numeric_columns(data)
        given = roles or {}
        chosen = kpi if kpi is not None else next((c for c, r in given.items() if r == Role.KPI), None)
        # A chosen KPI that isn't a column of numbers leaves none: guessing another would hide the mistake.
        known = suggest_kpi(data) if chosen is None else chosen if chosen in numeric else None
        all_roles = {
            # There is one KPI: a second column given that role keeps the guessed one.
            name: guessed if name == known or given.get(name, Role.KPI) == Role.KPI else given[name]
            for name, guessed in guess_roles(data, known).items()
        }
        return cls(**_arrays(data), kpi=known, roles=all_roles)

    def column_indexes(self, *roles: Role) -> list[int]:
        """Return the indexes in `values` of the columns with these roles."""
        return [index for index, name in enumerate(self.columns) if self.roles[name] in roles]

    @cached_property
    def missing(self) -> Mask:
        """Cells that hold no finite number; same shape as `values`."""
        return np.asarray(np.isnan(self.values)) if self.has_missing else np.zeros(self.values.shape, bool)

    @cached_property
    def filled(self) -> Numbers:
        """`values` with 0 for what is missing."""
        return np.where(self.missing, 0.0, self.values) if self.has_missing else self.values

    @cached_property
    def active(self) -> Mask:
        """Cells that are neither zero nor missing."""
        return np.asarray(self.filled != 0)

    @cached_property
    def active_days(self) -> NDArray[np.int64]:
        """Number of active cells per column."""
        return np.asarray(np.count_nonzero(self.active, axis=1))

    @cached_property
    def first_active(self) -> NDArray[np.intp]:
        """The first active row per column; 0 for a column without any."""
        # `argmax` of True and False is the first True.
        return np.asarray(self.active.argmax(axis=1))

    @cached_property
    def after_active(self) -> NDArray[np.intp]:
        """The row after the last active one per column; the number of rows for a column without any."""
        return np.asarray(self.rows - self.active[:, ::-1].argmax(axis=1))

    @cached_property
    def totals(self) -> Numbers:
        """Sum per column."""
        return np.asarray(self.filled.sum(axis=1))

    @cached_property
    def varies(self) -> Mask:
        """Columns that have more than one value; computing with the others divides by zero."""
        if self.rows == 0:
            return np.zeros(len(self.columns), bool)
        span = self.filled.max(axis=1) - self.filled.min(axis=1)
        return np.asarray(span > 1e-6 * np.abs(self.totals / self.rows))

    @cached_property
    def daily_spend(self) -> Numbers:
        """Spend of all channels together, per row."""
        return np.asarray(self.filled[self.column_indexes(Role.SPEND)].sum(axis=0))

    @cached_property
    def kpi_values(self) -> Numbers | None:
        """The KPI per row, None if it isn't known."""
        return None if self.kpi is None else self.values[self.columns.index(self.kpi)]

    @cached_property
    def correlation(self) -> Numbers:
        """Correlation of every two columns; 0 for a column that doesn't vary."""
        known = np.maximum(self.rows - np.count_nonzero(self.missing, axis=1), 1)
        products = _products(self.values, self.totals / known, self.has_missing)
        lengths = np.sqrt(np.diag(products))
        lengths[~self.varies | (lengths == 0)] = np.inf
        return np.clip(products / lengths[:, None] / lengths, -1.0, 1.0)

    @cached_property
    def spreads(self) -> tuple[Spread | None, ...]:
        """The spread of every column, None for one with fewer than four active days."""
        counts = self.active_days
        return tuple(
            _spread(self.filled[index] if count == self.rows else self.filled[index, self.active[index]])
            for index, count in enumerate(counts)
        )


def as_date(day: np.datetime64) -> date:
    """Return a NumPy day as a Python date."""
    return date.fromisoformat(str(day.astype("datetime64[D]")))


def _spread(values: Numbers) -> Spread | None:
    if values.size < 4:
        return None
    ordered = np.sort(values)
    # Without interpolation, so that each is a value of the column: good enough for limits, and fast.
    positions = (np.array([0.25, 0.5, 0.75, 0.99]) * (ordered.size - 1)).astype(int)
    return Spread(*map(float, (*ordered[positions], ordered[0], ordered[-1])))


def _products(values: Numbers, centres: Numbers, has_missing: bool) -> Numbers:
    """Return the sum of products of every two columns around their centres; a missing cell counts as 0.

    Multiplied block by block, each so small that the library does it in one thread: on a busy machine,
    several threads wait for each other for longer than the whole product takes.
    """
    columns, rows = values.shape
    products = np.zeros((columns, columns))
    starts = range(0, columns, BLOCK_COLUMNS)
    for start in range(0, rows, BLOCK_ROWS):
        centred = values[:, start : start + BLOCK_ROWS] - centres[:, None]
        if has_missing:
            np.nan_to_num(centred, copy=False)
        # The matrix is symmetric: only the blocks on and below the diagonal are computed.
        for left, top in combinations_with_replacement(starts, 2):
            one, other = slice(top, top + BLOCK_COLUMNS), slice(left, left + BLOCK_COLUMNS)
            products[one, other] += centred[one] @ centred[other].T
    return np.tril(products) + np.tril(products, -1).T


def _arrays(data: CleanData) -> dict[str, Any]:
    frame, columns = data.frame, numeric_columns(data)
    infinite: dict[str, NDArray[np.intp]] = {}
    days, order, unsorted = _days(data)
    values = numbers(data)
    if order is not None:
        values = values[:, order]
    # The lowest and the highest value decide for all cells at a fraction of the cost: with a missing cell
    # both are NaN, and no comparison with NaN is true.
    lowest, highest = values.min(axis=1, initial=np.inf), values.max(axis=1, initial=-np.inf)
    usual = (lowest > -LARGEST) & (highest < LARGEST)
    for index in np.flatnonzero(~usual).tolist():
        name = columns[index]
        beyond = np.flatnonzero(np.abs(values[index]) >= LARGEST)
        if beyond.size:
            # The frame belongs to the caller: write into a copy.
            values = values.copy() if np.shares_memory(values, frame[name].to_numpy()) else values
            infinite[name], values[index, beyond] = beyond, np.nan
    lines = np.asarray(data.lines, np.int64)
    return {
        "columns": columns,
        "values": values,
        "infinite": infinite,
        "has_missing": not usual.all(),
        "days": days,
        "lines": lines if order is None else lines[order],
        "unsorted": unsorted,
    }


def _days(data: CleanData) -> tuple[Days | None, NDArray[np.intp] | None, NDArray[np.int64]]:
    """Return the days in date order, the order of rows (None if sorted already), the lines out of order."""
    none = np.empty(0, np.int64)
    if data.date_column is None:
        return None, None, none
    days = data.frame[data.date_column].to_numpy().astype("datetime64[D]")
    earlier = np.flatnonzero(np.diff(days).astype(np.int64) < 0) + 1 if not np.isnat(days).any() else none
    if earlier.size == 0 and not np.isnat(days).any():
        return days, None, none
    order = np.argsort(days, kind="stable")
    return days[order], order, np.asarray(data.lines, np.int64)[earlier]
