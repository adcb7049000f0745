"""Findings as a CSV file to take away."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from recast_api.clean_data.findings import Finding

COLUMNS = ("level", "check", "sentence", "advice", "columns", "lines", "line_count", "values", "fix")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Spreadsheets take a cell that starts so for a formula, and run it."""


def findings_csv(findings: Iterable[Finding]) -> str:
    """Return findings as CSV with a header; lines are those of the delivered file, the header being 1.

    Several columns, lines or values are set apart by `; `. A cell that a spreadsheet would take for a
    formula has an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for finding in findings:
        cells = (
            finding.level.value,
            finding.check,
            finding.sentence,
            finding.advice,
            "; ".join(finding.columns),
            "; ".join(map(str, finding.lines)),
            str(finding.line_count),
            "; ".join(finding.values),
            finding.fix or "",
        )
        writer.writerow([_inert(cell) for cell in cells])
    return out.getvalue()


def _inert(cell: str) -> str:
    # Some programs skip leading blanks and NULs before they look for a formula.
    told = cell.replace("\0", "")
    return f"'{told}" if told.lstrip(" \u00a0\ufeff").startswith(FORMULA_STARTS) else told
