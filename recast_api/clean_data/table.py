"""Clean data as arrays in date order: what checks, comparison, windows and profile work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.roles import Role, guess_roles, numeric_columns, suggest_kpi

if TYPE_CHECKING:
    from recast_api.clean_data.reading import CleanData

Days = NDArray[np.datetime64]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Grid:
    """The numbers of clean data, rows in date order."""

    columns: tuple[str, ...]
    """Names of the numeric columns, in file order."""
    values: Numbers
    """Shape (columns, rows); missing and infinite cells are NaN."""
    infinite: dict[str, NDArray[np.intp]]
    """Rows of infinite cells, for the columns that have any."""
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
    highest: float
    deviation: float
    """Median absolute deviation from the median."""


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
        return np.asarray(np.isnan(self.values))

    @cached_property
    def filled(self) -> Numbers:
        """`values` with 0 for what is missing."""
        return np.where(self.missing, 0.0, self.values) if self.missing.any() else self.values

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
        centre, width = self.filled.mean(axis=1), self.filled.std(axis=1)
        return np.asarray(width > 1e-6 * np.abs(centre))

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
        scaled = self.filled - self.filled.mean(axis=1, keepdims=True) if self.rows else self.filled.copy()
        # A missing cell counts as the column's mean: it says nothing about any other column.
        if self.missing.any():
            present = np.maximum(self.rows - self.missing.sum(axis=1, keepdims=True), 1)
            scaled = np.where(self.missing, 0.0, self.values - self.totals[:, None] / present)
        lengths = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))
        scaled /= np.where(self.varies & (lengths > 0), lengths, np.inf)[:, None]
        return np.clip(scaled @ scaled.T, -1.0, 1.0)

    @cached_property
    def spreads(self) -> tuple[Spread | None, ...]:
        """The spread of every column, None for one with fewer than four active days."""
        return tuple(_spread(row[mask]) for row, mask in zip(self.filled, self.active, strict=True))


def as_date(day: np.datetime64) -> date:
    """Return a NumPy day as a Python date."""
    return date.fromisoformat(str(day.astype("datetime64[D]")))


def _spread(values: Numbers) -> Spread | None:
    if values.size < 4:
        return None
    ordered = np.sort(values)
    quarter, half, three, top = ordered[(np.array([0.25, 0.5, 0.75, 0.99]) * (ordered.size - 1)).astype(int)]
    deviation = np.median(np.abs(ordered - half))
    return Spread(float(quarter), float(half), float(three), float(top), float(ordered[-1]), float(deviation))


def _arrays(data: CleanData) -> dict[str, Any]:
    frame, columns = data.frame, numeric_columns(data)
    values = np.empty((len(columns), len(frame)))
    infinite: dict[str, NDArray[np.intp]] = {}
    days, order, unsorted = _days(data)
    for place, name in enumerate(columns):
        column = frame[name].to_numpy(np.float64)
        values[place] = column if order is None else column[order]
        if np.isinf(values[place]).any():
            infinite[name] = np.flatnonzero(np.isinf(values[place]))
            values[place, infinite[name]] = np.nan
    lines = np.asarray(data.lines, np.int64)
    return {
        "columns": columns,
        "values": values,
        "infinite": infinite,
        "days": days,
        "lines": lines if order is None else lines[order],
        "unsorted": unsorted,
    }


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
