"""Checks of past values that changed since an earlier run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.comparing.result import Comparison, is_small_revision
from recast_api.clean_data.daily import Mask, Table, as_date
from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.sentences import counted, day_span, noted, number, percent, shorten

INTERCEPT_DAYS = 30
"""Recast, configuration options: the intercept prior is a share of the median KPI of the 30 days before the
As-of Date."""


@dataclass(frozen=True)
class Against:
    """The data, what differs from an earlier run, and the day on which the priors were set."""

    table: Table
    comparison: Comparison | None
    as_of: date | None

    @property
    def compared(self) -> Comparison | None:
        """The comparison, if one could be made."""
        return self.comparison if self.comparison and not self.comparison.reason else None


@rule(
    Level.CONFIRM,
    Level.NOTE,
    threshold="changes of over 1 % of a column's total, or of a day over 60 days old (Confirm); less (Note)",
    source="own rule; Recast: small revisions are expected between weekly refreshes",
)
def revised_columns(against: Against) -> Iterator[Finding]:
    """Past values that changed since the earlier run change what the model learns."""
    compared = against.compared
    if compared is None:
        return
    last = as_date(compared.days[-1])
    changes = [change for change in compared.by_column if change.column != against.table.kpi]
    for level, group in (
        (Level.CONFIRM, [change for change in changes if not is_small_revision(change, last)]),
        (Level.NOTE, [change for change in changes if is_small_revision(change, last)]),
    ):
        if group:
            notes = {c.column: f"{counted(c.cells, 'day')}, {_moved(c.moved_share)}" for c in group}
            yield Finding.of(
                level,
                f"Past values changed since the earlier run: {noted(notes)}.",
                "Small revisions are usual between weekly refreshes." if level is Level.NOTE else _VERSION,
                columns=tuple(notes),
                lines=_lines(against, set(notes)),
            )


_VERSION = (
    "Check why. If a large mistake was corrected, raise Version in the priors sheet, or the backtests of "
    "earlier models mislead."
)


def _moved(share: float) -> str:
    return f"{percent(share)} of the total" if np.isfinite(share) else "more than the total"


def _lines(against: Against, columns: set[str], only: Mask | None = None) -> NDArray[np.int64]:
    """Return the lines of the changed cells of these columns, or of those that the mask `only` picks."""
    compared = against.compared
    assert compared is not None
    of_column, of_day = compared.changed_at
    wanted = np.isin(of_column, [index for index, name in enumerate(compared.columns) if name in columns])
    # A changed cell knows its day, not its line: the lines are those of the rows with that day.
    days = compared.days[np.unique(of_day[wanted if only is None else wanted & only])]
    assert against.table.days is not None
    return against.table.lines[np.isin(against.table.days, days)]


def _kpi_changes(against: Against) -> tuple[Mask, Mask]:
    """Tell for each changed cell whether it is of the KPI, and whether its day sets the intercept prior."""
    compared = against.compared
    assert compared is not None
    of_column, of_day = compared.changed_at
    of_kpi = np.array([name == against.table.kpi for name in compared.columns], bool)[of_column]
    if against.as_of is None:
        return of_kpi, np.zeros(of_kpi.size, bool)
    days = compared.days[of_day]
    end = np.datetime64(against.as_of)
    return of_kpi, (days >= end - np.timedelta64(INTERCEPT_DAYS, "D")) & (days < end)


@rule(
    Level.CONFIRM,
    threshold="any changed day",
    source="Recast, data concerns: past KPI differs",
)
def revised_kpi(against: Against) -> Iterator[Finding]:
    """Past KPI values that changed (returns, late orders, a new definition) change what the model learns."""
    if against.compared is None:
        return
    of_kpi, deciding = _kpi_changes(against)
    # The days that set the intercept prior are reported by the next check.
    if (of_kpi & ~deciding).any():
        cells = of_kpi & ~deciding
        yield _kpi_finding(against, cells, counted(int(np.count_nonzero(cells)), "past day"), _VERSION)


@rule(
    Level.CONFIRM,
    threshold=f"any changed day in the {INTERCEPT_DAYS} days before the As-of Date",
    source="Recast, configuration options: the median KPI of these days scales the intercept prior",
)
def revised_intercept_days(against: Against) -> Iterator[Finding]:
    """KPI values that changed in the 30 days before the As-of Date move the intercept prior itself."""
    if against.compared is None:
        return
    of_kpi, deciding = _kpi_changes(against)
    if (of_kpi & deciding).any():
        cells = of_kpi & deciding
        days = f"{np.count_nonzero(cells)} of the {INTERCEPT_DAYS} days before the As-of Date {against.as_of}"
        advice = "Check the change, and the intercept in the priors sheet: its prior moves with these days."
        yield _kpi_finding(against, cells, days, advice)


def _kpi_finding(against: Against, cells: Mask, changed_days: str, advice: str) -> Finding:
    compared, kpi = against.compared, against.table.kpi
    assert compared is not None
    assert kpi is not None
    change = float(np.nansum(compared.new[cells]) - np.nansum(compared.old[cells]))
    days = compared.days[compared.changed_at[1][cells]]
    span = day_span(as_date(days.min()), as_date(days.max()))
    sign = "+" if change > 0 else ""
    return Finding.of(
        Level.CONFIRM,
        f"{shorten(kpi)} changed on {changed_days} ({span}), by {sign}{number(change)} in total.",
        advice,
        columns=[kpi],
        lines=_lines(against, {kpi}, cells),
    )


CHECKS = (revised_columns, revised_kpi, revised_intercept_days)
