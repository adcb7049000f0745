"""The shape of clean data, for tables and charts: a summary of each column, KPI and spend over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from recast_api.clean_data.checks.patterns import outlier_cells
from recast_api.clean_data.columns import Role
from recast_api.clean_data.daily import IGNORE_OVERFLOW, Days, Numbers, Table
from recast_api.clean_data.data import CleanData

SPARKLINE_POINTS = 60
"""More points than this can't be made out in a table cell."""
STACKED_CHANNELS = 10
"""More layers than this can't be made out; the smallest channels are added up into one."""


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """Summary of one column: a line of the table of columns."""

    name: str
    role: Role
    missing: int
    """Cells without a value."""
    zero_share: float
    """Share of all rows that are zero."""
    active_days: int
    """Rows whose value is neither zero nor missing."""
    first_active: date | None
    last_active: date | None
    total: float
    spend_share: float | None
    """Share of all spend; None for columns that aren't spend, and where nothing was spent."""
    outliers: int
    """How many values the check `outliers` finds unusual."""
    weekly: tuple[float, ...]
    """At most 60 means per day over equal stretches of whole weeks, oldest first."""


@dataclass(frozen=True, eq=False)
class Profile:
    """The summary of every column, and the series that the charts draw."""

    table: Table
    columns: tuple[ColumnProfile, ...]
    """The KPI first, then spend from the largest channel down, then the rest in file order."""

    @property
    def kpi(self) -> str | None:
        """The column that is the KPI, as given or guessed; None where neither is known."""
        return self.table.kpi

    @property
    def first_day(self) -> date | None:
        """The first day; None unless every row has a day."""
        return self.table.day(0) if self.table.dated else None

    @property
    def last_day(self) -> date | None:
        """The last day; None unless every row has a day."""
        return self.table.day(-1) if self.table.dated else None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.table.rows

    @cached_property
    def correlation(self) -> pd.DataFrame:
        """Correlation of every two columns, in the order of `columns`; 0 where one doesn't vary."""
        names = [column.name for column in self.columns]
        in_file_order = list(self.table.columns)
        return pd.DataFrame(self.table.correlation, in_file_order, in_file_order).loc[names, names]

    @cached_property
    def daily(self) -> pd.DataFrame:
        """Per row: date, kpi (missing where it isn't known), spend of all channels together."""
        kpi = np.full(self.rows, np.nan) if self.table.kpi_values is None else self.table.kpi_values
        return pd.DataFrame({"date": self._dates(), "kpi": kpi, "spend": self.table.daily_spend})

    @cached_property
    def spend_over_time(self) -> pd.DataFrame:
        """Spend per week (Monday first) and channel, in long form: week, channel, spend.

        The ten largest channels have their names, the rest is added up and called `12 others`. The first
        and the last week hold the days there are, which may be fewer than seven. Empty without usable dates.
        """
        if not self.table.dated:
            return pd.DataFrame(
                {"week": self._dates()[:0], "channel": np.empty(0, object), "spend": np.empty(0)}
            )
        spending = [column.name for column in self.columns if column.role == Role.SPEND and column.total != 0]
        named, others = spending[:STACKED_CHANNELS], spending[STACKED_CHANNELS:]
        rows = {name: self.table.filled[self.table.columns.index(name)] for name in named}
        if others:
            indices = [self.table.columns.index(name) for name in others]
            rows[f"{len(others)} others"] = self.table.filled[indices].sum(axis=0)
        return self._weekly(rows)

    def _weekly(self, rows: Mapping[str, Numbers]) -> pd.DataFrame:
        assert self.table.days is not None
        # Day 0 is Thursday, 1970-01-01, in a week that began three days before.
        week_numbers = (self.table.days.astype(np.int64) + 3) // 7
        weeks, week_of_row = np.unique(week_numbers, return_inverse=True)
        starts = (weeks * 7 - 3).astype("datetime64[D]").astype("datetime64[s]")
        sums = [np.bincount(week_of_row, values, weeks.size) for values in rows.values()]
        return pd.DataFrame(
            {
                "week": np.tile(starts, len(rows)),
                "channel": np.repeat(np.array(list(rows), object), weeks.size),
                "spend": np.concatenate(sums) if sums else np.empty(0),
            }
        )

    def _dates(self) -> Days:
        days = self.table.days
        return np.asarray(
            (np.full(self.rows, "NaT", "datetime64[D]") if days is None else days).astype("M8[s]")
        )


@IGNORE_OVERFLOW
def profile(data: CleanData, roles: Mapping[str, Role] | None = None, *, kpi: str | None = None) -> Profile:
    """Summarise clean data. A KPI and roles that aren't given are guessed from the columns' names."""
    table = Table.of(data, kpi, roles)
    spend = float(table.totals[table.column_indexes(Role.SPEND)].sum())
    outliers = np.count_nonzero(outlier_cells(table), axis=1)
    columns = [_column(table, index, spend, int(count)) for index, count in enumerate(outliers)]
    rank = {Role.KPI: 0, Role.SPEND: 1, Role.OTHER: 2}
    largest_first = sorted(columns, key=lambda c: (rank[c.role], -c.total if c.role == Role.SPEND else 0.0))
    return Profile(table, tuple(largest_first))


def _column(table: Table, index: int, all_spend: float, outliers: int) -> ColumnProfile:
    active_rows = np.flatnonzero(table.active[index])
    missing = int(np.count_nonzero(table.missing[index]))
    role, total = table.roles[table.columns[index]], float(table.totals[index])
    has_active_days = active_rows.size > 0 and table.dated
    return ColumnProfile(
        name=table.columns[index],
        role=role,
        missing=missing,
        zero_share=(table.rows - active_rows.size - missing) / table.rows if table.rows else 0.0,
        active_days=active_rows.size,
        first_active=table.day(active_rows[0]) if has_active_days else None,
        last_active=table.day(active_rows[-1]) if has_active_days else None,
        total=total,
        spend_share=total / all_spend if role == Role.SPEND and all_spend > 0 else None,
        outliers=outliers,
        weekly=_sparkline(table.filled[index]),
    )


def _sparkline(values: Numbers) -> tuple[float, ...]:
    """Return means over equal stretches of whole weeks, counted back from the end; days where it is short."""
    length = 7 * max(-(-values.size // (7 * SPARKLINE_POINTS)), 1)
    count = values.size // length
    if count < 2:
        return tuple(values[-SPARKLINE_POINTS:].tolist())
    return tuple(values[values.size - count * length :].reshape(count, length).mean(axis=1).tolist())
