"""Text to records: where each begins and ends, and how many cells it has. Nothing is interpreted yet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLOCK = 1 << 18
"""Bytes scanned at a time: fits the processor's cache, and bounds the memory for positions."""
SAMPLE = 1 << 16
"""Bytes from which the separator is told."""

SEPARATORS = ",;\t|"
_QUOTE, _NEWLINE = ord('"'), ord("\n")
_DIRECTIVE = re.compile(rb'"?sep=(.)"?[ \t,;]*\n', re.I)

Offsets = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Records:
    """A text cut into records, the first being the header.

    Quotation marks are those of RFC 4180: a quoted cell is quoted from end to end. Where a text breaks that,
    `stray_quote` is the offset of the first break and nothing else here can be relied on.
    """

    raw: bytes
    """The text in UTF-8, `\\n` line ends."""
    separator: str
    start: int
    """Offset of the header: behind a `sep=;` line where there is one."""
    ends: Offsets
    """Offset of the end of each record, its line end excluded."""
    cells: Offsets
    """Number of cells of each record."""
    lines: Offsets
    """Line of the text on which each record begins, counted from 1."""
    line_count: int
    """Lines of the whole text."""
    stray_quote: int | None

    def __len__(self) -> int:
        return len(self.ends)

    def text(self, index: int) -> str:
        """Return a record as it stands, without its line end."""
        start = self.start if index == 0 else int(self.ends[index - 1]) + 1
        return self.raw[start : int(self.ends[index])].decode()

    def split(self, index: int) -> list[str]:
        """Return the cells of a record as they stand, quotation marks included."""
        return split(self.text(index), self.separator)


def records(raw: bytes) -> Records:
    """Find the separator and cut the text."""
    directive = _DIRECTIVE.match(raw)
    if directive and directive[1].decode("latin-1") in SEPARATORS and directive.end() < len(raw):
        return cut(raw, directive[1].decode(), directive.end())
    return cut(raw, _separator(raw[:SAMPLE]))


def cut(raw: bytes, separator: str, start: int = 0) -> Records:
    """Cut `raw` from `start` into records, in blocks."""
    scan = _Scan(raw, ord(separator), start)
    for offset in range(start, len(raw), BLOCK):
        scan.block(offset)
    ends, separators, newlines = scan.finished()
    above = raw.count(b"\n", 0, start)
    return Records(
        raw=raw,
        separator=separator,
        start=start,
        ends=ends,
        cells=np.diff(separators, prepend=0) + 1,
        lines=np.concatenate([[0], newlines[:-1]]) + 1 + above,
        line_count=above + scan.newlines + (not raw.endswith(b"\n")),
        stray_quote=scan.stray_quote,
    )


class _Scan:
    """Positions of record ends, with the separators and line ends counted up to each of them."""

    def __init__(self, raw: bytes, separator: int, start: int) -> None:
        self.whole = np.frombuffer(raw, np.uint8)
        self.start = start
        self.separator = separator
        self.quoted = b'"' in raw
        self.open = False
        self.opened_at = 0
        self.stray_quote: int | None = None
        self.separators = self.newlines = 0
        self.found: list[tuple[Offsets, Offsets, Offsets]] = []

    def block(self, offset: int) -> None:
        bytes_ = self.whole[offset : offset + BLOCK]
        ends_line, separates = bytes_ == _NEWLINE, bytes_ == self.separator
        newlines = np.flatnonzero(ends_line)
        ends = newlines
        if self.quoted:
            outside = ~self._inside(bytes_ == _QUOTE, offset)
            ends, separates = np.flatnonzero(ends_line & outside), separates & outside
        positions = np.flatnonzero(separates)
        self.found.append(
            (
                ends + offset,
                np.searchsorted(positions, ends) + self.separators,
                np.searchsorted(newlines, ends, side="right") + self.newlines,
            )
        )
        self.separators += len(positions)
        self.newlines += len(newlines)

    def _inside(self, quotes: NDArray[np.bool_], offset: int) -> NDArray[np.bool_]:
        """Tell which bytes stand inside quotation marks: those behind an odd number of marks."""
        inside = np.logical_xor.accumulate(quotes) ^ self.open
        places = np.flatnonzero(quotes)
        opens = inside[places]
        places = places + offset
        if opens.any():
            self.opened_at = int(places[opens][-1])
        self.open = bool(inside[-1])
        if self.stray_quote is None:
            self._look_for_stray(places, opens)
        return inside

    def _look_for_stray(self, places: Offsets, opens: NDArray[np.bool_]) -> None:
        edges = np.array([self.separator, _NEWLINE, _QUOTE], np.uint8)
        last = len(self.whole) - 1
        before = np.where(places > self.start, self.whole[np.maximum(places - 1, 0)], _NEWLINE)
        after = np.where(places < last, self.whole[np.minimum(places + 1, last)], _NEWLINE)
        stray = ~np.isin(np.where(opens, before, after), edges)
        if stray.any():
            self.stray_quote = int(places[stray][0])

    def finished(self) -> tuple[Offsets, Offsets, Offsets]:
        """Return ends, separators and line ends; a last record needs no line end."""
        if self.open and self.stray_quote is None:
            self.stray_quote = self.opened_at
        ends, separators, newlines = (
            np.concatenate([*parts, np.empty(0, np.int64)]).astype(np.int64)
            for parts in zip(*self.found, strict=True)
        )
        if not len(ends) or ends[-1] != len(self.whole) - 1:
            ends = np.append(ends, len(self.whole))
            separators = np.append(separators, self.separators)
            newlines = np.append(newlines, self.newlines + 1)
        return ends, separators, newlines


def _separator(sample: bytes) -> str:
    """Return the separator that cuts the most lines alike, then the one that cuts them finer."""
    best, chosen = (0.0, 0), ","
    complete = sample[: sample.rfind(b"\n") + 1] or sample
    for candidate in SEPARATORS:
        cells, count = Counter(cut(complete, candidate).cells.tolist()).most_common(1)[0]
        if cells > 1 and (count, cells) > best:
            best, chosen = (count, cells), candidate
    return chosen


def split(record: str, separator: str) -> list[str]:
    """Cut one record into its cells as they stand, quotation marks included."""
    if '"' not in record:
        return record.split(separator)
    return [cell[0] for cell in _cells(record, separator)]


def _cells(record: str, separator: str) -> Iterator[re.Match[str]]:
    pattern = re.compile(f'"[^"]*(?:""[^"]*)*"|[^{separator}]*')
    position = 0
    while position <= len(record):
        cell = pattern.match(record, position)
        assert cell is not None
        yield cell
        position = cell.end() + 1


def unquoted(cell: str) -> str:
    """Return what a cell says: without quotation marks around it."""
    if len(cell) >= 2 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def quoted(value: str, separator: str) -> str:
    """Return the cell that says `value`, in quotation marks where it needs them."""
    if separator in value or '"' in value or "\n" in value:
        return '"' + value.replace('"', '""') + '"'
    return value
