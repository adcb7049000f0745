"""Bytes to text to frame, or the findings that say why not.

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
from collections.abc import Collection
from functools import reduce
from operator import or_

import numpy as np
import pandas as pd

from recast_api.clean_data.data import CleanData
from recast_api.clean_data.findings import Change, Finding, Fix, worst_first
from recast_api.clean_data.reading import fixes as making
from recast_api.clean_data.reading.encoding import Decoded, decode
from recast_api.clean_data.reading.fixes import Offer
from recast_api.clean_data.reading.frame import Understanding, understand
from recast_api.clean_data.reading.header import Source
from recast_api.clean_data.reading.tokens import records


def read(data: bytes | str, *, fixes: Collection[str] = ()) -> CleanData:
    """Read a CSV file, and make the fixes named.

    Never raises for anything that `data` may hold: what is wrong with it is in the findings. A fix that
    doesn't apply is passed over, so the fixes accepted for one delivery can be tried on the next. To undo a
    fix, read again without it.
    """
    decoded = decode(data)
    if not decoded.text:
        return _unreadable(decoded.encoding, decoded.findings)
    delivered = records(decoded.raw)
    found = understand(Source(delivered, np.arange(1, delivered.line_count + 1)))
    made: dict[str, Fix] = {}
    # One fix may bring to light what another is for: an exponent behind a decimal comma, say.
    for _ in fixes:
        ready = _ready(found, fixes)
        if not ready:
            break
        found = _made(found, ready)
        made = {offer.fix.name: offer.fix for offer in ready} | made
    return _clean_data(decoded, found, made)


def preview(data: CleanData, fix: str, limit: int = 50) -> list[Change]:
    """Return the first lines that a fix would change, on top of those already made."""
    if not data.text:
        return []
    found = understand(Source(records(data.text.encode()), data.text_lines))
    changes = (
        change
        for offer in _ready(found, [fix])
        for change in making.diff(found.source.records, found.header, found.source.origin, offer.edit)
    )
    return list(itertools.islice(changes, limit))


def _ready(found: Understanding, wanted: Collection[str]) -> list[Offer]:
    """Return the fixes that are wanted and offered, in the order to make them: one for each question."""
    offered = [offer for remark in found.remarks for offer in remark.offers if offer.fix.name in wanted]
    offered += [offer for name in sorted(set(wanted)) if (offer := found.on_request(name))]
    by_question = {offer.fix.check: offer for offer in sorted(offered, key=_turn, reverse=True)}
    return sorted(by_question.values(), key=_turn)


def _turn(offer: Offer) -> tuple[int, str]:
    name = offer.fix.name
    return (making.ORDER.index(name) if name in making.ORDER else len(making.ORDER), name)


def _made(found: Understanding, ready: list[Offer]) -> Understanding:
    edit = reduce(or_, (offer.edit for offer in ready))
    text, origin = making.apply(found.source.records, found.header, found.source.origin, edit)
    # A mark within the file may have come to its beginning, where it would be taken for a byte order mark.
    return understand(Source(records(text.lstrip("\ufeff").encode()), origin))


def _clean_data(decoded: Decoded, found: Understanding, made: dict[str, Fix]) -> CleanData:
    offered = [offer.fix for remark in found.remarks for offer in remark.offers if offer.fix.name not in made]
    return CleanData(
        text=found.source.records.raw.decode() if made else decoded.text,
        frame=found.frame,
        date_column=found.date_column,
        lines=found.lines,
        findings=worst_first([*decoded.findings, *(remark.finding for remark in found.remarks)]),
        fixes=(*made.values(), *offered),
        accepted=tuple(made),
        encoding=decoded.encoding,
        separator=found.source.records.separator,
        text_lines=found.source.origin,
    )


def _unreadable(encoding: str, findings: tuple[Finding, ...]) -> CleanData:
    none = np.empty(0, np.int64)
    return CleanData("", pd.DataFrame(), None, none, worst_first(findings), (), (), encoding, "")
