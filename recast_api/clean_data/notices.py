"""How reading makes a finding, and offers what would settle it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from recast_api.clean_data.findings import MAX_LINES, Finding, Level
from recast_api.clean_data.fixes import Edit, Fix, Offer
from recast_api.clean_data.wording import SHOWN, shorten


def notice(
    check: str,
    level: Level,
    sentence: str,
    advice: str,
    *,
    columns: Iterable[str] = (),
    lines: Sequence[int] | np.ndarray = (),
    values: Sequence[str] = (),
) -> Finding:
    """Return a finding of reading. `lines` may come in any order and repeat."""
    ordered = np.unique(np.asarray(lines, np.int64))
    return Finding(
        check=check,
        level=level,
        sentence=sentence,
        advice=advice,
        columns=tuple(columns),
        lines=tuple(ordered[:MAX_LINES].tolist()),
        line_count=len(ordered),
        values=tuple(shorten(value) for value in values[:SHOWN]),
    )


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding, with the fixes that would settle it."""

    finding: Finding
    offers: tuple[Offer, ...] = ()


def remark(
    finding: Finding, answers: Mapping[str, tuple[str, Edit]], line_count: int | None = None
) -> Remark:
    """Join a finding with its fixes: by name a sentence and an edit.

    The finding names its fix where there is one; where there are several, one of them has to be chosen.
    """
    touched = finding.line_count if line_count is None else line_count
    offers = tuple(
        Offer(Fix(name=name, check=finding.check, sentence=sentence, line_count=touched), edit)
        for name, (sentence, edit) in answers.items()
    )
    only = offers[0].fix.name if len(offers) == 1 else None
    return Remark(replace(finding, fix=only), offers)
