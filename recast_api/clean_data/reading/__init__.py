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
from collections.abc import Collection

import numpy as np
import pandas as pd

from recast_api.clean_data.data import CleanData
from recast_api.clean_data.findings import Change, Fix, worst_first
from recast_api.clean_data.reading.encoding import decode
from recast_api.clean_data.reading.understanding import understand


def read(data: bytes | str, *, fixes: Collection[str] = ()) -> CleanData:
    """Read a CSV file, and make the fixes named.

    Never raises for anything that `data` may hold: what is wrong with it is in the findings. A fix that
    doesn't apply is passed over, so the fixes accepted for one delivery can be tried on the next. To undo a
    fix, read again without it.
    """
    decoded = decode(data)
    if not decoded.text:
        none = np.empty(0, np.int64)
        findings = worst_first(decoded.findings)
        return CleanData("", pd.DataFrame(), None, none, findings, (), (), decoded.encoding, "")
    found = understand(decoded.text, decoded.raw)
    made: dict[str, Fix] = {}
    # One fix may bring to light what another is for: an exponent behind a decimal comma, say.
    for _ in fixes:
        ready = found.fixable.ready(fixes)
        if not ready:
            break
        text, origin = found.fixable.fixed(ready)
        found = understand(text, text.encode(), origin)
        made = {fixing.fix.name: fixing.fix for fixing in ready} | made
    fixable = found.fixable
    offered = [fixing.fix for fixing in fixable.offered if fixing.fix.name not in made]
    return CleanData(
        text=fixable.text,
        frame=fixable.frame,
        date_column=fixable.date_column,
        lines=found.lines,
        findings=worst_first([*decoded.findings, *found.findings]),
        fixes=(*made.values(), *offered),
        accepted=tuple(made),
        encoding=decoded.encoding,
        separator=fixable.records.separator,
        text_lines=fixable.records.origin,
        fixable=fixable,
    )


def preview(data: CleanData, fix: str, limit: int = 50) -> list[Change]:
    """Return the first lines that a fix would change, on top of those already made.

    Nothing is read again: `data` keeps where its records are, and how each fix is made.
    """
    return list(itertools.islice(data.fixable.changes(fix), limit)) if data.fixable else []
