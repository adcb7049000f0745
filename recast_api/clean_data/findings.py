"""What is said about clean data: findings, their levels, and the fixes they offer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding weighs, worst first."""

    BLOCK = "block"
    """Cannot be right; the data can't be launched."""
    CONFIRM = "confirm"
    """May be wrong; a launch needs a tick and a reason."""
    NOTE = "note"
    """Worth knowing."""


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


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings by level, those of one level in the order given."""
    order = list(Level)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.level)))


MAX_LINES = 1000
"""More line numbers than this are of no use to a reader, and cost memory on a file that is all wrong."""
