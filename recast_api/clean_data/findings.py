"""What is said about clean data: findings, their levels, and the fixes they offer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.sentences import SHOWN, shorten

MAX_LINES = 1000
"""More line numbers than this are of no use to a reader, and cost memory on a file that is all wrong."""


class Level(StrEnum):
    """How much a finding weighs, worst first."""

    BLOCK = "block"
    """Cannot be right; the data can't be launched."""
    CONFIRM = "confirm"
    """May be wrong; a launch needs a tick and a reason."""
    NOTE = "note"
    """Worth knowing."""


class Group(StrEnum):
    """What a rule is about, in the order in which a person goes through it. Each rule is in one group."""

    FILE = "file"
    """Whether the file can be read as a table."""
    DATES = "dates"
    COLUMNS = "columns"
    """Names, cells, and columns that are neither the KPI nor spend."""
    KPI = "kpi"
    SPEND = "spend"
    """The values of channels."""
    EARLIER_RUN = "earlier run"
    """What changed since the run that the data is compared with."""
    RUN_TYPE = "run type"
    """What the settings of a run ask of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sentence about the data.

    All texts are plain: they may quote a file's own words, so whoever draws them as Markdown or HTML
    escapes them first.
    """

    check: str
    """Stable name of the rule that found it, such as `duplicate_dates`."""
    level: Level
    sentence: str
    """What is wrong, where, with the value: readable on its own."""
    advice: str
    """What to do about it."""
    columns: tuple[str, ...] = ()
    """The columns it is about, as named in the file."""
    lines: tuple[int, ...] = ()
    """Lines of the file as delivered, the header being line 1; at most `MAX_LINES` of them, ascending."""
    line_count: int = 0
    """How many lines it is about in all."""
    values: tuple[str, ...] = ()
    """Example values, as they stand in the file."""
    fix: str | None = None
    """Name of the fix that `read(data, fixes=[…])` would apply, where there is one."""
    group: Group = Group.FILE
    """Where it counts in a summary: the group of its rule, which puts it on what it finds."""

    @classmethod
    def of(
        cls,
        level: Level,
        sentence: str,
        advice: str,
        *,
        check: str = "",
        columns: Iterable[str] = (),
        lines: Sequence[int] | NDArray[np.int64] = (),
        values: Sequence[str] = (),
        fix: str | None = None,
    ) -> Self:
        """Make a finding that keeps the first lines and values. `lines` may come in any order and repeat.

        `check` is left out within a check, which puts its own name on what it finds.
        """
        ordered = np.unique(np.asarray(lines, np.int64))
        return cls(
            check=check,
            level=level,
            sentence=sentence,
            advice=advice,
            columns=tuple(columns),
            lines=tuple(ordered[:MAX_LINES].tolist()),
            line_count=len(ordered),
            values=tuple(shorten(value) for value in values[:SHOWN]),
            fix=fix,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A change that `read(data, fixes=[name])` makes to the text."""

    name: str
    """What to pass to `read`; the same name means the same thing for every file."""
    check: str
    """The rule whose finding it answers. Where a question has two answers, two fixes name one rule."""
    sentence: str
    """What accepting it does."""
    line_count: int
    """How many lines of the text it touches."""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a diff."""

    line: int
    """Line of the delivered file."""
    before: str
    after: str | None
    """None where the line is taken out."""


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings by level, those of one level in the order given."""
    order = list(Level)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.level)))
