"""A report on clean data as one HTML page, fit to send to a client.

What is said in it is made here, as plain values; `templates/report.html.jinja` makes the page of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from recast_api.clean_data.columns import Role
from recast_api.clean_data.comparing.result import ColumnChange, Comparison
from recast_api.clean_data.daily import IGNORE_OVERFLOW
from recast_api.clean_data.data import CleanData
from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.groups import GroupState, State, summary
from recast_api.clean_data.planning.windows import BURN_IN_DAYS, Window
from recast_api.clean_data.reporting.profile import ColumnProfile, Profile, profile
from recast_api.clean_data.reporting.svg import (
    MOST_SQUARES,
    Figure,
    Layers,
    correlation_map,
    heat_map,
    sparkline,
    stacked,
    timeline,
)
from recast_api.clean_data.sentences import counted, day_span, number, on_lines, percent, shorten

MARKS = {Level.BLOCK: "■ Block", Level.CONFIRM: "▲ Confirm", Level.NOTE: "● Note"}
"""Level as a word and a shape: nothing is only colour."""
STATES = {
    State.BLOCKED: "■ blocked",
    State.TO_CONFIRM: "▲ to confirm",
    State.NOT_CHECKED: "○ not checked",
    State.FINE: "✓ fine",
}


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One group of findings in a line of a table."""

    name: str
    state: str
    next_step: str


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding in a line of a table."""

    level: str
    sentence: str
    advice: str
    lines: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One column that changed since the earlier run."""

    column: str
    days: str
    total_before: str
    total_now: str
    change: str
    span: str


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One test and the days it holds out."""

    label: str
    days: str
    training_days: str
    fitted_days: str


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column of the data."""

    name: str
    role: str
    sparkline: str
    total: str
    spend_share: str
    zeros: str
    missing: str
    unusual_days: str
    active: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that the page shows, in words and coordinates. Its texts are plain: the template escapes them."""

    title: str
    facts: tuple[str, ...]
    summary: tuple[SummaryRow, ...]
    findings: tuple[FindingRow, ...]
    comparison: str
    """In a sentence; empty without an earlier run."""
    heat_map: Figure | None
    changes: tuple[ChangeRow, ...]
    windows: tuple[WindowRow, ...]
    burn_in_days: int
    timeline: Figure | None
    layers: Layers | None
    columns: tuple[ColumnRow, ...]
    correlation: Figure | None
    correlated_columns: int
    """How many columns there is room for in it."""


@IGNORE_OVERFLOW
def html_report(
    data: CleanData,
    findings: Iterable[Finding] = (),
    *,
    kpi: str | None = None,
    roles: Mapping[str, Role] | None = None,
    comparison: Comparison | None = None,
    windows: Sequence[Window] = (),
    earlier_run: str | None = None,
    run_type: str | None = None,
    title: str = "Clean data",
    made_on: date | None = None,
) -> str:
    """Return the report: profile, findings, comparison and held-out windows, as far as they are given.

    `earlier_run` is the id of the run compared with, `run_type` that of the settings: both for the summary.

    One self-contained page, readable in light and dark and on paper. It loads nothing and runs nothing,
    and every text that comes from the file or the caller is escaped. May be called from any thread.
    """
    shape = profile(data, roles, kpi=kpi)
    found = tuple(findings)
    compared_with = earlier_run or ("" if comparison else None)
    # What reading found counts even where it wasn't given: a file that can't be read has nothing fine.
    lines = summary(dict.fromkeys([*found, *data.findings]), earlier_run=compared_with, run_type=run_type)
    report = Report(
        title=shorten(title, 120),
        facts=_facts(data, shape, made_on),
        summary=tuple(map(_summary_row, lines)),
        findings=tuple(map(_finding_row, found)),
        comparison=comparison.sentence if comparison else "",
        heat_map=heat_map(comparison) if comparison else None,
        changes=tuple(map(_change_row, comparison.by_column)) if comparison else (),
        windows=tuple(map(_window_row, windows)),
        burn_in_days=BURN_IN_DAYS,
        timeline=timeline(shape, windows),
        layers=stacked(shape),
        columns=tuple(map(_column_row, shape.columns)),
        correlation=correlation_map(shape),
        correlated_columns=MOST_SQUARES,
    )
    return _TEMPLATES.get_template("report.html.jinja").render(report=report)


def _shown(value: object) -> object:
    """Return what an expression of a template comes to; what HTML can't hold becomes a replacement mark."""
    if hasattr(value, "__html__"):  # the markup that a macro made
        return value
    text = str(value)
    if text.isprintable():  # nearly always, and the points of a chart are long
        return text
    return "".join(char if char.isprintable() or char in "\n\t" else "\ufffd" for char in text)


# Safe to share between threads once it is set up. Escapes whatever a template puts in, and stops at a
# name that isn't there.
_TEMPLATES = Environment(
    loader=PackageLoader("recast_api.clean_data.reporting"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_shown,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    auto_reload=False,
)


def _facts(data: CleanData, shape: Profile, made_on: date | None) -> tuple[str, ...]:
    facts = (
        day_span(shape.first_day, shape.last_day) if shape.first_day and shape.last_day else "",
        counted(shape.rows, "row"),
        counted(len(shape.columns), "column of numbers", "columns of numbers"),
        f"KPI {shorten(shape.kpi)}" if shape.kpi else "",
        f"SHA-256 {data.sha256[:12]}",
        f"report made on {made_on}" if made_on else "",
    )
    return tuple(filter(None, facts))


def _summary_row(line: GroupState) -> SummaryRow:
    return SummaryRow(line.name, STATES[line.state], line.next_step)


def _finding_row(finding: Finding) -> FindingRow:
    lines = ""
    if finding.line_count > len(finding.lines):
        lines = counted(finding.line_count, "line")
    elif finding.lines:
        lines = on_lines(finding.lines)
    return FindingRow(MARKS[finding.level], finding.sentence, finding.advice, lines)


def _change_row(change: ColumnChange) -> ChangeRow:
    return ChangeRow(
        column=shorten(change.column, 40),
        days=f"{change.cells:,}",
        total_before=number(change.total_old),
        total_now=number(change.total_new),
        change=percent(change.change_share) if np.isfinite(change.change_share) else "from 0",
        span=day_span(change.first, change.last),
    )


def _window_row(window: Window) -> WindowRow:
    return WindowRow(
        label=shorten(window.label),
        days=day_span(window.first, window.last),
        training_days=f"{window.training_days_left:,}",
        fitted_days=f"{window.fitted_days_left:,}",
    )


def _column_row(column: ColumnProfile) -> ColumnRow:
    first, last = column.first_active, column.last_active
    return ColumnRow(
        name=shorten(column.name, 40),
        role=column.role.word,
        sparkline=sparkline(column.weekly),
        total=number(column.total),
        spend_share="" if column.spend_share is None else percent(column.spend_share),
        zeros=percent(column.zero_share),
        missing=f"{column.missing:,}",
        unusual_days=f"{column.outliers:,}",
        active=day_span(first, last) if first and last else "",
    )
