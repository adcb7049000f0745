"""A report on clean data as one HTML page, fit to send to a client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np

from recast_api.clean_data.columns import Role
from recast_api.clean_data.comparing.result import Comparison
from recast_api.clean_data.daily import IGNORE_OVERFLOW
from recast_api.clean_data.data import CleanData
from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.planning.windows import Window
from recast_api.clean_data.reporting.profile import Profile, profile
from recast_api.clean_data.reporting.svg import (
    correlation_map,
    escaped,
    heat_map,
    sparkline,
    stacked,
    timeline,
)
from recast_api.clean_data.sentences import counted, day_span, number, on_lines, percent, shorten

MARKS = {Level.BLOCK: "■ Block", Level.CONFIRM: "▲ Confirm", Level.NOTE: "● Note"}
"""Level as a word and a shape: nothing is only colour."""

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The page may load nothing and run nothing, whatever might have got past the escaping."""

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --faint: #667085; --paper: #fff; --rule: #d9dee5;
  --line: #2f5fd0; --window: #f0b42955; --up: #b5532a; --down: #2a6fb5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --faint: #9aa4b2; --paper: #14171c;
  --rule: #313843; --line: #8fb0ff; --window: #f0b42940; --up: #e88d62; --down: #73b3ee; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: break-word; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--rule);
  vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td:first-child, .whole { white-space: nowrap; }
.faint { color: var(--faint); }
svg { max-width: 100%; height: auto; margin: .5rem 0; } svg.spark { width: 120px; margin: 0; }
svg text { font: 11px system-ui, sans-serif; fill: var(--ink); }
svg text.end { text-anchor: end; } svg text.mid { text-anchor: middle; }
.line { fill: none; stroke: var(--line); stroke-width: 1.2; }
.window { fill: var(--window); } .ground { fill: var(--rule); fill-opacity: .4; }
.up { fill: var(--up); } .down { fill: var(--down); }
.c0 { fill: #2f5fd0; background: #2f5fd0; } .c1 { fill: #f0b429; background: #f0b429; }
.c2 { fill: #2e9e7a; background: #2e9e7a; } .c3 { fill: #b5532a; background: #b5532a; }
.c4 { fill: #8467c7; background: #8467c7; } .c5 { fill: #3aa6c9; background: #3aa6c9; }
.c6 { fill: #d06fa0; background: #d06fa0; } .c7 { fill: #7f9d2e; background: #7f9d2e; }
.c8 { fill: #a0703c; background: #a0703c; } .c9 { fill: #5b6ea8; background: #5b6ea8; }
.c10 { fill: #8b95a3; background: #8b95a3; }
.layer { stroke: var(--paper); stroke-width: .6; }
.keys { columns: 3; font-size: .87rem; }
.key { display: inline-block; width: .8em; height: .8em; margin-right: .4em; }
@media print { body { margin: 0; max-width: none; } tr, svg { break-inside: avoid; } }
"""


@IGNORE_OVERFLOW
def html_report(
    data: CleanData,
    findings: Iterable[Finding] = (),
    *,
    kpi: str | None = None,
    roles: Mapping[str, Role] | None = None,
    comparison: Comparison | None = None,
    windows: Sequence[Window] = (),
    title: str = "Clean data",
    made_on: date | None = None,
) -> str:
    """Return the report: profile, findings, comparison and held-out windows, as far as they are given.

    One self-contained page, readable in light and dark and on paper. It loads nothing and runs nothing,
    and every text that comes from the file or the caller is escaped.
    """
    seen = profile(data, roles, kpi=kpi)
    parts = [
        f"<h1>{escaped(shorten(title, 120))}</h1>",
        _summary(data, seen, made_on),
        _findings(tuple(findings)),
        *([_comparison(comparison)] if comparison else []),
        *([_windows(windows)] if windows else []),
        _profile(seen, windows),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{escaped(shorten(title, 120))}</title><style>{STYLE}</style></head><body>\n"
        + "\n".join(part for part in parts if part)
        + "\n</body></html>\n"
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = ()) -> str:
    """Return a table; cells are HTML already, columns in `numbers` are aligned to the right."""
    right = set(numbers)
    kind = [' class="n"' if place in right else "" for place in range(len(head))]
    top = "".join(f"<th{k}>{cell}</th>" for k, cell in zip(kind, head, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{k}>{cell}</td>" for k, cell in zip(kind, row, strict=True)) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _summary(data: CleanData, seen: Profile, made_on: date | None) -> str:
    told = [counted(seen.rows, "row"), counted(len(seen.columns), "column")]
    if seen.first_day and seen.last_day:
        told.insert(0, day_span(seen.first_day, seen.last_day))
    if seen.kpi:
        told.append(f"KPI {escaped(shorten(seen.kpi))}")
    told.append(f"SHA-256 {data.sha256[:12]}")
    if made_on:
        told.append(f"report of {made_on}")
    return f'<p class="faint">{" · ".join(told)}</p>'


def _findings(findings: tuple[Finding, ...]) -> str:
    if not findings:
        return "<h2>Findings</h2><p>None.</p>"
    rows = [
        (
            MARKS[finding.level],
            f"{escaped(finding.sentence)}<br><span class='faint'>{escaped(finding.advice)}</span>",
            _lines(finding),
        )
        for finding in findings
    ]
    return "<h2>Findings</h2>" + _table(("Level", "What was found", "In the file"), rows)


def _lines(finding: Finding) -> str:
    if finding.line_count > len(finding.lines):
        return counted(finding.line_count, "line")
    return on_lines(finding.lines) if finding.lines else ""


def _days(first: date, last: date) -> str:
    return f'<span class="whole">{day_span(first, last)}</span>'


def _share(share: float) -> str:
    return percent(share) if np.isfinite(share) else "from 0"


def _comparison(comparison: Comparison) -> str:
    rows = [
        (
            escaped(shorten(change.column, 40)),
            f"{change.cells:,}",
            number(change.total_old),
            number(change.total_new),
            _share(change.change_share),
            _days(change.first, change.last),
        )
        for change in comparison.by_column
    ]
    head = ("Column", "Days changed", "Total before", "Total now", "Change", "From, to")
    table = _table(head, rows, numbers=(1, 2, 3, 4)) if rows else ""
    return (
        f"<h2>Against an earlier run</h2><p>{escaped(comparison.sentence)}</p>{heat_map(comparison)}{table}"
    )


def _windows(windows: Sequence[Window]) -> str:
    rows = [
        (
            escaped(window.label),
            _days(window.first, window.last),
            f"{window.training_days_left:,}",
            f"{window.fitted_days_left:,}",
        )
        for window in windows
    ]
    told = "The exact days are inferred: Recast doesn't publish them. The fit leaves out the first 60 days."
    head = ("Test", "Days held out", "Training days left", "Fitted days left")
    return f"<h2>Held-out days</h2><p>{told}</p>{_table(head, rows, numbers=(2, 3))}"


def _profile(seen: Profile, windows: Sequence[Window]) -> str:
    rows = [
        (
            escaped(shorten(column.name, 40)),
            column.role.value,
            sparkline(column.weekly),
            number(column.total),
            "" if column.spend_share is None else percent(column.spend_share),
            percent(column.zero_share),
            f"{column.missing:,}",
            f"{column.outliers:,}",
            _days(column.first_active, column.last_active)
            if column.first_active and column.last_active
            else "",
        )
        for column in seen.columns
    ]
    head = (
        "Column",
        "Role",
        "Course",
        "Total",
        "Share of spend",
        "Zeros",
        "Missing",
        "Unusual days",
        "Active",
    )
    return (
        f"<h2>Over time</h2>{timeline(seen, windows)}{stacked(seen)}"
        f"<h2>Columns</h2>{_table(head, rows, numbers=(3, 4, 5, 6, 7))}"
        f"<h2>Correlation</h2>{correlation_map(seen)}"
    )
