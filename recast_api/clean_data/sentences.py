"""How findings put names, numbers and line numbers into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

SHOWN = 3
"""More examples than this make a sentence unreadable; the rest is counted."""
LONGEST = 60
"""Characters of one quoted cell or name."""


def shorten(text: str, longest: int = LONGEST) -> str:
    """Return `text` on one line, at most `longest` characters long, ending in … where it was cut."""
    # A cell can be megabytes long: cut before the words are taken apart.
    line = " ".join(text[: 4 * longest].split())
    return line if len(line) <= longest and len(text) <= 4 * longest else line[: longest - 1] + "…"


def some(items: Sequence[str], longest: int = LONGEST) -> str:
    """Return `a`, `a and b`, `a, b and c`, or `a, b, c and 12 more`."""
    return _listed([shorten(item, longest) for item in items[:SHOWN]], len(items) - SHOWN)


def _listed(parts: Sequence[str], more: int) -> str:
    if more > 0:
        return f"{', '.join(parts)} and {more:,} more"
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def noted(notes: Mapping[str, str]) -> str:
    """Return names with a few words about each: `tv (line 4), radio (2 days) and 12 more`."""
    return some([f"{shorten(name, 30)} ({note})" for name, note in notes.items()], 2 * LONGEST)


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return `1 day` or `1,200 days`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def number(value: float) -> str:
    """Return a number as a person writes it: `1,234,568`, `12.5`, `0.00012`."""
    if not np.isfinite(value):
        return str(value)
    if abs(value) >= 1000 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def percent(share: float) -> str:
    """Return a share as `12 %`, `0.4 %` or, where it is less than that shows, `< 0.1 %`."""
    if 0 < abs(share) < 0.001:
        return "< 0.1 %"
    return f"{100 * share:.1f} %" if abs(share) < 0.0995 else f"{100 * share:.0f} %"


def on_lines(lines: Sequence[int] | NDArray[np.int64]) -> str:
    """Return `line 4`, `lines 4 and 9`, `lines 602–632`, or `lines 3, 7–9, 12 and 4 more`, for a sentence."""
    ordered = np.unique(np.asarray(lines, np.int64))
    return _ranges(ordered, ordered.size, SHOWN)


def line_ranges(lines: Sequence[int], count: int, shown: int = SHOWN) -> str:
    """Return `Line 4`, `Lines 602–632` or `Lines 2, 5–9 and 312 more`, to stand by itself; `` without lines.

    `lines` are ascending, as in `Finding.lines`, `count` is how many there are in all, as in
    `Finding.line_count`, and `shown` the number of ranges after which the rest is only counted.
    """
    return _ranges(np.asarray(lines, np.int64), count, shown).capitalize() if lines else ""


def _ranges(ascending: NDArray[np.int64], count: int, shown: int) -> str:
    # A file that is all wrong has as many ranges as lines: only those shown are taken apart.
    starts = np.flatnonzero(np.diff(ascending) > 1) + 1
    ranges = np.split(ascending, starts[:shown])[:shown]
    parts = [f"{each[0]}" if each.size == 1 else f"{each[0]}–{each[-1]}" for each in ranges]
    more = count - sum(each.size for each in ranges)
    return f"{'line' if count == 1 else 'lines'} {_listed(parts, more)}"


def day_span(first: date, last: date) -> str:
    """Return `2025-01-03`, or `2025-01-03 to 2025-01-09`."""
    return f"{first}" if first == last else f"{first} to {last}"


def day_spans(days: Iterable[date]) -> list[str]:
    """Return ascending days as spans: those that follow one another become one."""
    spans: list[tuple[date, date]] = []
    for day in days:
        if spans and (day - spans[-1][1]).days == 1:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return [day_span(*span) for span in spans]
