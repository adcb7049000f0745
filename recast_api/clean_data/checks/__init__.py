"""All checks, asked in an order that gives one cause one finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol, Unpack

from recast_api.clean_data.checks import (
    calendar,
    collinearity,
    copies,
    interruptions,
    levels,
    patterns,
    redundant,
    revisions,
    since_last_run,
    spread,
    structure,
    text,
    units,
    values,
    zeros,
)
from recast_api.clean_data.checks import (
    run_type as run_type_checks,
)
from recast_api.clean_data.checks.rule import Check, by_role
from recast_api.clean_data.columns import Role
from recast_api.clean_data.comparing.compare import compare
from recast_api.clean_data.daily import IGNORE_OVERFLOW, Table
from recast_api.clean_data.data import CleanData
from recast_api.clean_data.findings import Finding, Level, worst_first
from recast_api.clean_data.planning.settings import OptionalFields, Settings
from recast_api.clean_data.planning.windows import held_out_windows

__all__ = [
    "CHECKS",
    "Check",
    "check",
    "check_against",
    "check_data",
    "check_run_type",
]

_OF_COLUMNS: tuple[Check[Any], ...] = (
    *values.CHECKS,
    *zeros.CHECKS,
    *interruptions.CHECKS,
    *levels.CHECKS,
    *patterns.CHECKS,
    *copies.CHECKS,
    *spread.CHECKS,
    *units.CHECKS,
    *redundant.CHECKS,
    *collinearity.CHECKS,
)
CHECKS: tuple[Check[Any], ...] = (
    *text.CHECKS,
    *structure.CHECKS,
    *calendar.CHECKS,
    *_OF_COLUMNS,
    *revisions.CHECKS,
    *since_last_run.CHECKS,
    *run_type_checks.CHECKS,
)
"""All checks in the order in which they are asked; what reading finds comes before."""


@IGNORE_OVERFLOW
def check(
    data: CleanData,
    *,
    kpi: str | None = None,
    roles: Mapping[str, Role] | None = None,
    settings: Settings | None = None,
    run_type: str | None = None,
    earlier: CleanData | None = None,
    as_of: date | None = None,
    today: date | None = None,
    **fields: Unpack[OptionalFields],
) -> tuple[Finding, ...]:
    """Return everything there is to say about clean data before a run, worst first.

    What reading found is part of it. KPI and roles are guessed from the names where they aren't given;
    the settings are one value, or a run type with its fields; `earlier` is the clean data of the run to
    compare with, `as_of` the As-of Date of the priors sheet.
    Never raises for what is in the file. The same as `check_data`, `check_against` and `check_run_type`
    together, which an app calls one by one so as to compute only what a changed setting touches.
    """
    if not data.readable:
        return worst_first(data.findings)
    table = Table.of(data, kpi, roles)
    found = [*_of_data(data, table, kpi, today), *_against(data, table, earlier, as_of)]
    asked = Settings.of(settings or run_type, **fields)
    if asked is not None:
        found += _of_run_type(data, table, asked)
    return worst_first(found)


@IGNORE_OVERFLOW
def check_data(
    data: CleanData,
    *,
    kpi: str | None = None,
    roles: Mapping[str, Role] | None = None,
    today: date | None = None,
) -> tuple[Finding, ...]:
    """Return what reading found and what can be said of the data by itself, worst first."""
    if not data.readable:
        return worst_first(data.findings)
    return worst_first(_of_data(data, Table.of(data, kpi, roles), kpi, today))


@IGNORE_OVERFLOW
def check_against(
    data: CleanData,
    earlier: CleanData | None,
    *,
    kpi: str | None = None,
    roles: Mapping[str, Role] | None = None,
    as_of: date | None = None,
) -> tuple[Finding, ...]:
    """Return what can be said of the data against an earlier run's and the As-of Date, worst first."""
    if not data.readable or (earlier is None and as_of is None):
        return ()
    return worst_first(_against(data, Table.of(data, kpi, roles), earlier, as_of))


@IGNORE_OVERFLOW
def check_run_type(
    data: CleanData,
    settings: Settings | str | None = None,
    *,
    run_type: str | None = None,
    kpi: str | None = None,
    roles: Mapping[str, Role] | None = None,
    **fields: Unpack[OptionalFields],
) -> tuple[Finding, ...]:
    """Return what can be said of the data for the settings of a run, worst first.

    They are one value, or a run type with its fields; without a run type there is nothing to say.
    """
    asked = Settings.of(settings or run_type, **fields)
    if not data.readable or asked is None:
        return ()
    return worst_first(_of_run_type(data, Table.of(data, kpi, roles), asked))


def _of_data(data: CleanData, table: Table, kpi: str | None, today: date | None) -> list[Finding]:
    found = [*data.findings, *_run((*text.CHECKS, *structure.CHECKS), structure.Delivered(data, table, kpi))]
    # Every other rule would stumble over days that repeat by design.
    if any(finding.check == text.long_format.name for finding in found):
        return found
    if table.dated and not _dates_blocked(data):
        found += _run(calendar.CHECKS, calendar.Calendar(table, today or latest_today()))
    if text.days_repeat(table):
        return found
    found += _run(_OF_COLUMNS, table)
    return found


def _against(data: CleanData, table: Table, earlier: CleanData | None, as_of: date | None) -> list[Finding]:
    if _dates_blocked(data):
        return []
    comparison = None if earlier is None else compare(data, earlier)
    return _run((*revisions.CHECKS, *since_last_run.CHECKS), revisions.Against(table, comparison, as_of))


def _of_run_type(data: CleanData, table: Table, settings: Settings) -> list[Finding]:
    dated = data if table.daily and not _dates_blocked(data) else ()
    plan = run_type_checks.Plan(table, settings, held_out_windows(dated, settings))
    return _run(run_type_checks.CHECKS, plan)


def latest_today() -> date:
    """Return today's date where on Earth it is latest, so that no analyst's today is in the future."""
    return (datetime.now(UTC) + timedelta(hours=14)).date()


def _dates_blocked(data: CleanData) -> bool:
    """Tell whether reading found the dates unusable: what follows from that needn't be said again."""
    blocked = (finding for finding in data.findings if finding.level is Level.BLOCK)
    return data.date_column is None or any(data.date_column in finding.columns for finding in blocked)


class _OfTable(Protocol):
    @property
    def table(self) -> Table: ...


def _run(checks: Iterable[Check[Any]], subject: Table | _OfTable) -> list[Finding]:
    table = subject if isinstance(subject, Table) else subject.table
    return [by_role(finding, table.roles) for one in checks for finding in one(subject)]
