"""Checks of past values that changed since an earlier run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.comparing.result import (
    LATE_DAYS,
    LATE_SHARE,
    RECENT_REVISION_DAYS,
    SMALL_REVISION,
    ColumnChange,
    Comparison,
    Kind,
    by_cause,
    is_small_revision,
)
from recast_api.clean_data.daily import Mask, Table, as_date
from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.sentences import LONGEST, counted, day_span, noted, number, percent, shorten, some

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


_VERSION = (
    "Check why. If a large mistake was corrected, raise Version in the priors sheet, or the backtests of "
    "earlier models mislead."
)


@rule(
    Level.NOTE,
    threshold="cells that agree to the precision of the file with fewer decimals",
    source="own rule: rounding isn't rewriting",
)
def rounded_values(against: Against) -> Iterator[Finding]:
    """Values that were only rounded differently since the earlier run count as unchanged."""
    compared = against.compared
    if compared is None:
        return
    for in_new, what, when in ((True, "Fewer", "now"), (False, "More", "then")):
        columns: dict[str, list[str]] = {}
        for each in compared.rounded:
            if each.in_new == in_new:
                columns.setdefault(f"{_precision(each.decimals)} {when}", []).append(each.column)
        parts = [some(names, 25) + f" ({words})" for words, names in columns.items()]
        if parts:
            yield Finding.of(
                Level.NOTE,
                f"{what} decimals than in the earlier run's data, and otherwise the same: "
                f"{some(parts, 2 * LONGEST)}.",
                "Keep to one precision, so that real changes stand out.",
                columns=[name for names in columns.values() for name in names],
            )


def _precision(decimals: int) -> str:
    if decimals > 0:
        return counted(decimals, "decimal")
    return f"whole {('numbers', 'tens', 'hundreds', 'thousands')[-decimals]}"


@rule(
    Level.CONFIRM,
    Level.NOTE,
    threshold=(
        f"changes of over {percent(SMALL_REVISION)} of a column's total, or of a day over "
        f"{RECENT_REVISION_DAYS} days old (Confirm); less, or only in the last {LATE_DAYS} days before new "
        f"ones, by up to {percent(LATE_SHARE)} of their total (Note)"
    ),
    source="own rule; Recast: small revisions are expected between weekly refreshes",
)
def revised_columns(against: Against) -> Iterator[Finding]:
    """Past values that changed since the earlier run change what the model learns."""
    compared = against.compared
    if compared is None:
        return
    last = as_date(compared.days[-1])
    changes = [change for change in compared.by_column if change.column != against.table.kpi]
    for group in by_cause(changes).values():
        small = [change for change in group if is_small_revision(change, last)]
        large = [change for change in group if not is_small_revision(change, last)]
        for level, some_changes in ((Level.CONFIRM, large), (Level.NOTE, small)):
            if some_changes:
                yield _columns_finding(against, level, some_changes)


def _columns_finding(against: Against, level: Level, changes: Sequence[ColumnChange]) -> Finding:
    """Return the finding about columns to which the same happened."""
    cause = changes[0].cause
    notes = {change.column: _extent(change) for change in changes}
    advice = "Small revisions are usual between weekly refreshes." if level is Level.NOTE else _VERSION
    return Finding.of(
        level,
        f"Past values changed since the earlier run{f', {cause.words}' if cause else ''}: {noted(notes)}.",
        f"{_ADVICE[cause.kind]} {advice}" if cause and cause.kind in _ADVICE else advice,
        columns=tuple(notes),
        lines=_lines(against, set(notes)),
    )


_ADVICE = {
    Kind.SCALED: "A factor comes from tax, a fee, a currency or another unit.",
    Kind.SHIFTED: "A shift comes from another time zone, or from dates that mark the end of a day or a week.",
    Kind.SWAPPED: "Find out which of the two files has them right.",
    Kind.BLANKS_TO_ZEROS: "Make sure that they are really 0, not missing.",
    Kind.ZEROS_TO_BLANKS: "Write 0 where it was 0: an empty cell may be read as missing.",
}


def _extent(change: ColumnChange) -> str:
    """Return on how many days and by how much a column changed: `12 of 14 days, 1.2 % of the total`."""
    cause, days = change.cause, counted(change.cells, "day")
    if cause and cause.cells < change.cells:
        days = f"{cause.cells:,} of {days}"
    if cause and cause.kind is Kind.LATE:
        return f"{days}, {_signed(cause.share)}"
    return f"{days}, {_moved(change.moved_share)}" if change.moved else days


def _signed(share: float) -> str:
    """Return by how much the last days changed: `+2.1 %`."""
    return f"{'+' if share > 0 else ''}{percent(share)} of these {LATE_DAYS} days"


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
    Level.NOTE,
    threshold=(
        f"any changed day (Confirm); only the last {LATE_DAYS} days before new ones, by up to "
        f"{percent(LATE_SHARE)} of their total (Note)"
    ),
    source="Recast, data concerns: past KPI differs; own rule: orders are up to two weeks late",
)
def revised_kpi(against: Against) -> Iterator[Finding]:
    """Past KPI values that changed (returns, late orders, a new definition) change what the model learns."""
    if against.compared is None:
        return
    of_kpi, deciding = _kpi_changes(against)
    # The days that set the intercept prior are reported by the next check.
    cells = of_kpi & ~deciding
    if not cells.any():
        return
    cause = _kpi_change(against).cause
    days = counted(int(np.count_nonzero(cells)), "past day")
    if cause and cause.kind is Kind.LATE:
        advice = "Late orders are usual. If they aren't, hold the newest days back until they are complete."
        yield _kpi_finding(against, cells, days, advice, f" ({_signed(cause.share)})", Level.NOTE)
    elif cause:
        advice = f"{_ADVICE[cause.kind]} {_VERSION}"
        yield _kpi_finding(against, cells, days, advice, f": {cause.words}")
    else:
        yield _kpi_finding(against, cells, days, _VERSION)


def _kpi_change(against: Against) -> ColumnChange:
    assert against.compared is not None
    return next(change for change in against.compared.by_column if change.column == against.table.kpi)


@rule(
    Level.CONFIRM,
    Level.NOTE,
    threshold=(
        f"any changed day in the {INTERCEPT_DAYS} days before the As-of Date (Confirm); only the last "
        f"{LATE_DAYS} days before new ones, if the median moves by up to {percent(SMALL_REVISION)} (Note)"
    ),
    source="Recast, configuration options: the median KPI of these days scales the intercept prior",
)
def revised_intercept_days(against: Against) -> Iterator[Finding]:
    """KPI values that changed in the 30 days before the As-of Date move the intercept prior itself."""
    if against.compared is None:
        return
    of_kpi, deciding = _kpi_changes(against)
    cells = of_kpi & deciding
    if not cells.any():
        return
    days = f"{np.count_nonzero(cells)} of the {INTERCEPT_DAYS} days before the As-of Date {against.as_of}"
    cause, moved = _kpi_change(against).cause, _change_of_median(against, cells)
    if cause and cause.kind is Kind.LATE and abs(moved) <= SMALL_REVISION:
        advice = (
            "Late orders are usual, and their median, which sets the intercept prior, is nearly the same."
        )
        yield _kpi_finding(against, cells, days, advice, level=Level.NOTE)
    else:
        advice = "Check the change, and the intercept in the priors sheet: its prior moves with these days."
        yield _kpi_finding(against, cells, days, advice)


def _change_of_median(against: Against, cells: Mask) -> float:
    """Return by what share the median KPI of the days before the As-of Date changed by these cells."""
    compared, table = against.compared, against.table
    assert compared is not None
    assert table.days is not None
    assert table.kpi_values is not None
    end = int(np.searchsorted(table.days, np.datetime64(against.as_of)))
    days, now = table.days[:end][-INTERCEPT_DAYS:], table.kpi_values[:end][-INTERCEPT_DAYS:]
    then = now.copy()
    changed = compared.days[compared.changed_at[1][cells]]
    then[np.isin(days, changed)] = compared.old[cells]
    before = float(np.median(np.nan_to_num(then)))
    return (float(np.median(np.nan_to_num(now))) - before) / before if before else np.inf


def _kpi_finding(
    against: Against,
    cells: Mask,
    changed_days: str,
    advice: str,
    why: str = "",
    level: Level = Level.CONFIRM,
) -> Finding:
    compared, kpi = against.compared, against.table.kpi
    assert compared is not None
    assert kpi is not None
    change = float(np.nansum(compared.new[cells]) - np.nansum(compared.old[cells]))
    days = compared.days[compared.changed_at[1][cells]]
    span = day_span(as_date(days.min()), as_date(days.max()))
    sign = "+" if change > 0 else ""
    return Finding.of(
        level,
        f"{shorten(kpi)} changed on {changed_days} ({span}), by {sign}{number(change)} in total{why}.",
        advice,
        columns=[kpi],
        lines=_lines(against, {kpi}, cells),
    )


CHECKS = (rounded_values, revised_columns, revised_kpi, revised_intercept_days)
