"""Take a text through the steps of reading, one after another; hand on what it came to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from recast_api.clean_data.findings import Finding
from recast_api.clean_data.reading import (
    cells,
    date_column,
    date_findings,
    day_rows,
    fixes,
    frame,
    header,
    names,
    number_columns,
    number_findings,
)
from recast_api.clean_data.reading.fixes import FixableText
from recast_api.clean_data.reading.offers import Offer
from recast_api.clean_data.reading.tidy import tidy
from recast_api.clean_data.reading.title_lines import find_header
from recast_api.clean_data.reading.tokens import Offsets, Records, tokenise


@dataclass(frozen=True, eq=False, slots=True)
class Understanding:
    """What a text came to: the frame, and what can be done to the text."""

    findings: tuple[Finding, ...]
    fixable: FixableText
    lines: Offsets
    """Line of the delivered file on which each row of the frame begins."""


def understand(text: str, raw: bytes, origin: Offsets | None = None) -> Understanding:
    """Find out as much as the text lets; `raw` is the same in UTF-8.

    `origin` is the line of the delivered file that each line of the text came from; without it the text is
    the delivered one.
    """
    records = find_header(tokenise(raw, origin))
    fault = header.fault(records)
    if fault:
        return _unreadable(text, records, (fault,))
    layout = header.lay_out(records)
    table = tidy(layout, cells.parse(layout))
    days = day_rows.find(table, date_column.find(table))
    table, dates = days.table, days.dates
    numbers = number_columns.parse(table, dates)
    # That the first line is data is known only now that values are told from names. Nothing that was found
    # until then is worth saying: it took a row for the names.
    fault = names.missing_header(table, dates, numbers)
    if fault:
        return _unreadable(text, records, (fault,))
    named = names.judge(table, dates)
    findings = [*layout.findings, *table.findings, *days.findings, *named.findings]
    offers = [*layout.offers, *table.offers, *days.offers, *named.offers]
    if not named.usable:
        return _unreadable(text, records, tuple(findings), offers)
    data = frame.build(table, dates, numbers)
    for found, offered in (date_findings.find(table, dates), number_findings.find(table, numbers)):
        findings += found
        offers += offered
    date_name = None if dates.index is None else dates.names[dates.index]
    joined, fixings = fixes.join(findings, offers)
    kept = _without_text(records)
    fixable = FixableText(text, kept, layout.header, table.layout.rows, data, date_name, fixings)
    return Understanding(joined, fixable, table.layout.lines)


def _unreadable(
    text: str, records: Records, findings: tuple[Finding, ...], offers: list[Offer] | None = None
) -> Understanding:
    """Return what a text came to of which there is no frame; its names may still be put right by a fix."""
    none = np.empty(0, np.int64)
    joined, fixings = fixes.join(findings, offers or [])
    kept = _without_text(records)
    return Understanding(
        joined, FixableText(text, kept, records.header, none, pd.DataFrame(), None, fixings), none
    )


def _without_text(records: Records) -> Records:
    none = np.empty(0, np.int64)
    return replace(records, raw=b"", filled=none, cells=none, ragged=none)
