"""What clean data looks like: one line per column, and spend over time."""

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
"""More points than this can't be told apart in a table cell."""
STACKED_CHANNELS = 10
"""More layers than this can't be told apart; the smallest channels become one."""


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column in a line of a table."""

    name: str
    role: Role
    missing: int
    """Cells without a value."""
    zero_share: float
    """Share of all rows that are zero."""
    active_days: int
    """Rows that are neither zero nor missing."""
    first_active: date | None
    last_active: date | None
    total: float
    spend_share: float | None
    """Share of all spend; None for columns that aren't spend, and where nothing was spent."""
    outliers: int
    """Days far outside the usual, by the rule of the check `outliers`."""
    weekly: tuple[float, ...]
    """At most 60 means per day over equal stretches of whole weeks, oldest first."""


@dataclass(frozen=True, eq=False)
class Profile:
    """What clean data looks like."""

    table: Table
    columns: tuple[ColumnProfile, ...]
    """The KPI first, then spend from the largest channel down, then the rest in file order."""

    @property
    def kpi(self) -> str | None:
        """The column taken as the KPI."""
        return self.table.kpi

    @property
    def first_day(self) -> date | None:
        """The first day, None without usable dates."""
        return self.table.day(0) if self.table.dated else None

    @property
    def last_day(self) -> date | None:
        """The last day, None without usable dates."""
        return self.table.day(-1) if self.table.dated else None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.table.rows

    @cached_property
    def correlation(self) -> pd.DataFrame:
        """Correlation of every two columns, in the order of `columns`; 0 where one doesn't vary."""
        names = [column.name for column in self.columns]
        whole = pd.DataFrame(self.table.correlation, list(self.table.columns), list(self.table.columns))
        return whole.loc[names, names]

    @cached_property
    def daily(self) -> pd.DataFrame:
        """Per row: date, kpi (missing where it isn't known), spend of all channels together."""
        kpi = np.full(self.rows, np.nan) if self.table.kpi_values is None else self.table.kpi_values
        return pd.DataFrame({"date": self._dates(), "kpi": kpi, "spend": self.table.daily_spend})

    @cached_property
    def spend_over_time(self) -> pd.DataFrame:
        """Spend per week (Monday first) and channel, in long form: week, channel, spend.

        The ten largest channels by name, all others as one, which is called `12 others`. A first or last
        week that isn't whole is in it as it is.
        """
        if not self.table.dated:
            return pd.DataFrame(
                {"week": self._dates()[:0], "channel": np.empty(0, object), "spend": np.empty(0)}
            )
        spending = [column.name for column in self.columns if column.role == Role.SPEND and column.total != 0]
        named, others = spending[:STACKED_CHANNELS], spending[STACKED_CHANNELS:]
        rows = {name: self.table.filled[self.table.columns.index(name)] for name in named}
        if others:
            places = [self.table.columns.index(name) for name in others]
            rows[f"{len(others)} others"] = self.table.filled[places].sum(axis=0)
        return self._weekly(rows)

    def _weekly(self, rows: Mapping[str, Numbers]) -> pd.DataFrame:
        assert self.table.days is not None
        # The epoch was a Thursday: three days later the days since then divide into weeks from Monday.
        number = (self.table.days.astype(np.int64) + 3) // 7
        weeks, of_row = np.unique(number, return_inverse=True)
        starts = (weeks * 7 - 3).astype("datetime64[D]").astype("datetime64[s]")
        sums = [np.bincount(of_row, values, weeks.size) for values in rows.values()]
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
    """Return what clean data looks like. KPI and roles that aren't given are guessed from the names."""
    table = Table.of(data, kpi, roles)
    spend = float(table.totals[table.column_indexes(Role.SPEND)].sum())
    unusual = np.count_nonzero(outlier_cells(table), axis=1)
    columns = [_column(table, place, spend, int(unusual[place])) for place in range(len(table.columns))]
    rank = {Role.KPI: 0, Role.SPEND: 1, Role.OTHER: 2}
    largest_first = sorted(columns, key=lambda c: (rank[c.role], -c.total if c.role == Role.SPEND else 0.0))
    return Profile(table, tuple(largest_first))


def _column(table: Table, place: int, spend: float, unusual: int) -> ColumnProfile:
    on = np.flatnonzero(table.active[place])
    missing = int(np.count_nonzero(table.missing[place]))
    role, total = table.roles[table.columns[place]], float(table.totals[place])
    return ColumnProfile(
        name=table.columns[place],
        role=role,
        missing=missing,
        zero_share=(table.rows - on.size - missing) / table.rows if table.rows else 0.0,
        active_days=on.size,
        first_active=table.day(on[0]) if on.size and table.dated else None,
        last_active=table.day(on[-1]) if on.size and table.dated else None,
        total=total,
        spend_share=total / spend if role == Role.SPEND and spend > 0 else None,
        outliers=unusual,
        weekly=_sparkline(table.filled[place]),
    )


def _sparkline(values: Numbers) -> tuple[float, ...]:
    """Return means over equal stretches of whole weeks, counted back from the end."""
    length = 7 * max(-(-values.size // (7 * SPARKLINE_POINTS)), 1)
    whole = values.size // length
    if whole < 2:
        return tuple(values[-SPARKLINE_POINTS:].tolist())
    return tuple(values[values.size - whole * length :].reshape(whole, length).mean(axis=1).tolist())
