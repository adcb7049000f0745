"""Findings as a CSV file to take away."""

from __future__ import annotations

from collections.abc import Iterable

from recast_api.clean_data.findings import Finding
from recast_api.inert_csv import inert_csv

COLUMNS = ("level", "check", "sentence", "advice", "columns", "lines", "line_count", "values", "fix")


def findings_csv(findings: Iterable[Finding]) -> str:
    """Return findings as CSV with a header; lines are those of the delivered file, the header being 1.

    Several columns, lines or values are separated by `; `. A cell that a spreadsheet would take for a
    formula has an apostrophe before it.
    """
    return inert_csv(
        COLUMNS,
        (
            (
                finding.level.value,
                finding.check,
                finding.sentence,
                finding.advice,
                "; ".join(finding.columns),
                "; ".join(map(str, finding.lines)),
                finding.line_count,
                "; ".join(finding.values),
                finding.fix,
            )
            for finding in findings
        ),
    )
