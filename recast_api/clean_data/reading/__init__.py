"""Take the bytes of a file; hand on its text, frame, findings and fixes.

    data = read(path.read_bytes())
    data.findings                            # what is wrong, worst first
    preview(data, "separator")               # what a fix would change
    data = read(path.read_bytes(), fixes=["separator", "dates_day_first"])
    data.text                                # what is sent

Nothing about the text changes unasked but line ends, byte order mark and encoding. The frame always holds the
best understanding of it: a date or number that only a fix would write plainly is one there already.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from recast_api.clean_data.data import CleanData
from recast_api.clean_data.findings import Change, Finding, Fix, worst_first
from recast_api.clean_data.reading.code_pages import PAGES
from recast_api.clean_data.reading.encoding import Decoded, decode
from recast_api.clean_data.reading.fixes import join
from recast_api.clean_data.reading.rules import READING_RULES
from recast_api.clean_data.reading.tokens import Offsets
from recast_api.clean_data.reading.understanding import Understanding, understand
from recast_api.clean_data.reading.workbook import Workbook, as_text

_GROUPS = {rule.name: rule.group for rule in READING_RULES}


def read(data: bytes | str, *, fixes: Collection[str] = (), sheet: str | None = None) -> CleanData:
    """Read a CSV file, or a sheet of a workbook (by default the first with values), and make the fixes named.

    Never raises for anything that `data` may hold: what is wrong with it is in the findings. A fix that
    doesn't apply is passed over, so the fixes accepted for one delivery can be tried on the next. To undo a
    fix, read again without it.
    """
    book = as_text(data, sheet)
    decoded = decode(data) if book.text is None else _of_workbook(book, book.text)
    if not decoded.text:
        none = np.empty(0, np.int64)
        findings = worst_first(_grouped(decoded.findings))
        return CleanData(
            *("", pd.DataFrame(), None, none, findings, (), (), decoded.encoding, ""),
            sheet=book.sheet,
            sheets=book.sheets,
        )
    found = _understood(decoded, decoded.text, decoded.raw, book.origin, {})
    made: dict[str, Fix] = {}
    # One fix may bring to light what another is for: an exponent behind a decimal comma, say.
    for _ in fixes:
        ready = found.fixable.ready(fixes)
        if not ready:
            break
        text, origin = found.fixable.fixed(ready)
        del found  # its frame, before there is another
        made = {fixing.fix.name: fixing.fix for fixing in ready} | made
        found = _understood(decoded, text, text.encode(), origin, made)
    fixable = found.fixable
    offered = [fixing.fix for fixing in fixable.offered if fixing.fix.name not in made]
    return CleanData(
        text=fixable.text,
        frame=fixable.frame,
        date_column=fixable.date_column,
        lines=found.lines,
        findings=worst_first(_grouped(found.findings)),
        fixes=(*made.values(), *offered),
        accepted=tuple(made),
        encoding=next((page.codec for page in PAGES if page.fix in made), decoded.encoding),
        separator=fixable.records.separator,
        text_lines=fixable.records.origin,
        fixable=fixable,
        sheet=book.sheet,
        sheets=book.sheets,
    )


def _understood(
    decoded: Decoded, text: str, raw: bytes, origin: Offsets | None, made: Mapping[str, Fix]
) -> Understanding:
    """Understand a text, with what is said of the bytes that it came from and isn't answered yet."""
    answered = {fix.check for fix in made.values()}
    found = understand(text, raw, origin)
    findings, offered = join(
        [finding for finding in decoded.findings if finding.check not in answered],
        [offer for offer in decoded.offers if offer.check not in answered],
    )
    return replace(
        found,
        findings=(*findings, *found.findings),
        fixable=replace(found.fixable, offered=(*offered, *found.fixable.offered)),
    )


def preview(data: CleanData, fix: str, limit: int = 50) -> list[Change]:
    """Return the first lines that a fix would change, on top of those already made.

    Nothing is read again: `data` keeps where its records are, and how each fix is made.
    """
    return list(itertools.islice(data.fixable.changes(fix), limit)) if data.fixable else []


def _of_workbook(book: Workbook, text: str) -> Decoded:
    """Go on with the text of a sheet; without one there is only to say why."""
    decoded = decode(text) if text else Decoded("", b"", "")
    return replace(decoded, findings=(*book.findings, *decoded.findings))


def _grouped(findings: Iterable[Finding]) -> list[Finding]:
    """Put the group of its rule on each finding."""
    return [replace(finding, group=_GROUPS[finding.check]) for finding in findings]
