"""Clean data as arrays in date order: what checks, comparison, windows and profile work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recast_api.clean_data.columns import Role, guess_roles, numeric_columns, suggest_kpi
from recast_api.clean_data.data import CleanData

Days = NDArray[np.datetime64]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]

LARGEST = 1e100
"""Nothing that is spent or sold is as much; squares of what is below can be added up without overflow."""
CALM = np.errstate(all="ignore")
"""Quotients of very small numbers overflow; what comes of it is infinite, and no warning."""
PIECE = (16, 1024)
"""Columns and rows multiplied at a time: 16 * 16 * 1024 is OpenBLAS's limit for working in one thread."""


@dataclass(frozen=True, eq=False)
class Grid:
    """The numbers of clean data, rows in date order."""

    columns: tuple[str, ...]
    """Names of the numeric columns, in file order."""
    values: Numbers
    """Shape (columns, rows); missing and infinite cells are NaN."""
    infinite: dict[str, NDArray[np.intp]]
    """Rows of cells that are infinite or as good as (1e100), for the columns that have any."""
    holes: bool
    """Whether any cell is missing or infinite."""
    days: Days | None
    """A day per row, ascending, unreadable ones (NaT) last; None without a date column."""
    lines: NDArray[np.int64]
    """Line of the delivered file per row."""
    unsorted: NDArray[np.int64]
    """Lines of the file whose day is earlier than that of the line before."""

    @classmethod
    def of(cls, data: CleanData) -> Self:
        """Take the numbers out of clean data."""
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
        """Days between rows, as a rule: 1 is daily, 7 weekly. 1 where there are too few rows to tell."""
        apart = self.steps[self.steps > 0] if self.dated else self.steps[:0]
        return int(np.median(apart)) if apart.size > 1 else 1

    @cached_property
    def daily(self) -> bool:
        """Whether there is one row per day, gaps aside: what windows and weekdays need."""
        return self.dated and bool(np.all(self.steps > 0)) and self.usual_step == 1

    def day(self, row: int) -> date:
        """Return the day of a row."""
        assert self.days is not None
        return as_date(self.days[row])


@dataclass(frozen=True, eq=False)
class Spread:
    """How the values of one column lie on the days that aren't zero."""

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
        """Take the numbers out of clean data; whatever isn't given is guessed from the names."""
        numeric = numeric_columns(data)
        wanted = (
            kpi if kpi is not None else next((c for c, r in (roles or {}).items() if r == Role.KPI), None)
        )
        known = wanted if wanted in numeric else None
        known = suggest_kpi(data) if wanted is None else known
        given = {name: role for name, role in (roles or {}).items() if role != Role.KPI}
        guessed = {name: given.get(name, role) for name, role in guess_roles(data, known).items()}
        if known is not None:
            guessed[known] = Role.KPI
        return cls(**_arrays(data), kpi=known, roles=guessed)

    def places(self, *roles: Role) -> list[int]:
        """Return where the columns of these roles stand in `values`."""
        return [place for place, name in enumerate(self.columns) if self.roles[name] in roles]

    @cached_property
    def missing(self) -> Mask:
        """Cells that hold no finite number; same shape as `values`."""
        return np.asarray(np.isnan(self.values)) if self.holes else np.zeros(self.values.shape, bool)

    @cached_property
    def filled(self) -> Numbers:
        """`values` with 0 for what is missing."""
        return np.where(self.missing, 0.0, self.values) if self.holes else self.values

    @cached_property
    def active(self) -> Mask:
        """Cells that are neither zero nor missing."""
        return np.asarray(self.filled != 0)

    @cached_property
    def active_days(self) -> NDArray[np.int64]:
        """Number of active cells per column."""
        return np.asarray(np.count_nonzero(self.active, axis=1))

    @cached_property
    def totals(self) -> Numbers:
        """Sum per column."""
        return np.asarray(self.filled.sum(axis=1))

    @cached_property
    def varies(self) -> Mask:
        """Columns that have more than one value; computing with the others divides by zero."""
        if self.rows == 0:
            return np.zeros(len(self.columns), bool)
        width = self.filled.max(axis=1) - self.filled.min(axis=1)
        return np.asarray(width > 1e-6 * np.abs(self.totals / self.rows))

    @cached_property
    def daily_spend(self) -> Numbers:
        """Spend of all channels together, per row."""
        return np.asarray(self.filled[self.places(Role.SPEND)].sum(axis=0))

    @cached_property
    def kpi_values(self) -> Numbers | None:
        """The KPI per row, None if it isn't known."""
        return None if self.kpi is None else self.values[self.columns.index(self.kpi)]

    @cached_property
    def correlation(self) -> Numbers:
        """Correlation of every two columns; 0 for a column that doesn't vary."""
        known = np.maximum(self.rows - np.count_nonzero(self.missing, axis=1), 1)
        products = _products(self.values, self.totals / known, self.holes)
        lengths = np.sqrt(np.diag(products))
        lengths[~self.varies | (lengths == 0)] = np.inf
        return np.clip(products / lengths[:, None] / lengths, -1.0, 1.0)

    @cached_property
    def spreads(self) -> tuple[Spread | None, ...]:
        """The spread of every column, None for one with fewer than four active days."""
        counts = self.active_days
        return tuple(
            _spread(self.filled[place] if count == self.rows else self.filled[place, self.active[place]])
            for place, count in enumerate(counts)
        )


def as_date(day: np.datetime64) -> date:
    """Return a NumPy day as a Python date."""
    return date.fromisoformat(str(day.astype("datetime64[D]")))


def _spread(values: Numbers) -> Spread | None:
    if values.size < 4:
        return None
    ordered = np.sort(values)
    quarter, half, three, top = ordered[(np.array([0.25, 0.5, 0.75, 0.99]) * (ordered.size - 1)).astype(int)]
    return Spread(*map(float, (quarter, half, three, top, ordered[0], ordered[-1])))


def _products(values: Numbers, centres: Numbers, holes: bool) -> Numbers:
    """Return the sum of products of every two columns, each taken from its centre; a hole counts as 0.

    In pieces so small that the library doesn't share one out among threads: on a busy machine these
    wait for each other for longer than the whole takes.
    """
    columns, rows = values.shape
    products = np.zeros((columns, columns))
    for start in range(0, rows, PIECE[1]):
        block = values[:, start : start + PIECE[1]] - centres[:, None]
        if holes:
            np.nan_to_num(block, copy=False)
        for top in range(0, columns, PIECE[0]):
            for left in range(0, top + 1, PIECE[0]):
                piece = block[top : top + PIECE[0]] @ block[left : left + PIECE[0]].T
                products[top : top + PIECE[0], left : left + PIECE[0]] += piece
    return np.tril(products) + np.tril(products, -1).T


def _arrays(data: CleanData) -> dict[str, Any]:
    frame, columns = data.frame, numeric_columns(data)
    infinite: dict[str, NDArray[np.intp]] = {}
    holes = False
    days, order, unsorted = _days(data)
    values = _numbers(frame, columns)
    if order is not None:
        values = values[:, order]
    for place, name in enumerate(columns):
        # Lowest and highest tell of every cell at a fraction of the cost; a missing one makes both NaN.
        if not (len(frame) and -LARGEST < values[place].min() <= values[place].max() < LARGEST):
            holes = True
            beyond = np.flatnonzero(np.abs(values[place]) >= LARGEST)
            if beyond.size:
                values = values.copy() if np.shares_memory(values, frame[name].to_numpy()) else values
                infinite[name], values[place, beyond] = beyond, np.nan
    lines = np.asarray(data.lines, np.int64)
    return {
        "columns": columns,
        "values": values,
        "infinite": infinite,
        "holes": holes,
        "days": days,
        "lines": lines if order is None else lines[order],
        "unsorted": unsorted,
    }


def _numbers(frame: pd.DataFrame, columns: tuple[str, ...]) -> Numbers:
    """Columns × rows of the frame's numbers: its own memory where they stand side by side there."""
    places = frame.columns.get_indexer(pd.Index(columns, dtype=frame.columns.dtype))
    if len(places) and (np.diff(places) == 1).all():
        side_by_side = frame.iloc[:, places[0] : places[-1] + 1]
    else:
        side_by_side = frame[list(columns)]
    return np.ascontiguousarray(side_by_side.to_numpy(np.float64).T)


def _days(data: CleanData) -> tuple[Days | None, NDArray[np.intp] | None, NDArray[np.int64]]:
    """Return the days in order, the order (None if the file has it already), the lines out of order."""
    none = np.empty(0, np.int64)
    if data.date_column is None:
        return None, None, none
    days = data.frame[data.date_column].to_numpy().astype("datetime64[D]")
    earlier = np.flatnonzero(np.diff(days).astype(np.int64) < 0) + 1 if not np.isnat(days).any() else none
    if earlier.size == 0 and not np.isnat(days).any():
        return days, None, none
    order = np.argsort(days, kind="stable")
    return days[order], order, np.asarray(data.lines, np.int64)[earlier]
