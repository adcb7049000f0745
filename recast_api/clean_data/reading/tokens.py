"""Take a text; hand on its records: where each begins and ends, how many cells it has, which are empty.

Nothing is interpreted yet: which record holds the names is found in the next step.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.findings import Finding, Level

BLOCK = 1 << 18
"""Bytes scanned at a time: fits the processor's cache, and bounds the memory for positions."""
SAMPLE = 1 << 16
"""Bytes that decide which character separates the cells."""

SEPARATORS = ",;\t|"
_BLANKS = re.compile(rb'"[^"\n]*"(?: "[^"\n]*")+\r?\n')
"""A header as R's write.table writes it, with blanks between the quoted names, unless told otherwise."""
_QUOTE, _NEWLINE = ord('"'), ord("\n")
_DIRECTIVE = re.compile(rb'"?sep=(.)"?[ \t,;]*\n', re.I)

Offsets = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Records:
    """A text cut into records.

    Quotation marks are those of RFC 4180: a quoted cell is quoted from end to end.
    """

    raw: bytes
    """The text in UTF-8, `\\n` line ends."""
    separator: str
    start: int
    """Offset of the first record: behind a `sep=;` line where there is one."""
    ends: Offsets
    """Offset of the end of each record, its line end excluded."""
    text_lines: Offsets
    """Index of the text's line on which each record begins."""
    origin: Offsets
    """Line of the delivered file that each line of the text came from."""
    lines: Offsets
    """Line of the delivered file on which each record begins."""
    filled: Offsets
    """Indexes of the records in which some cell isn't empty."""
    cells: Offsets
    """Number of cells of each record."""
    fault: Finding | None = None
    """What makes it impossible to cut the text; there are no names then."""
    header: int = 0
    """Index of the record with the names, as the next step finds it; what follows is found there too."""
    names: tuple[str, ...] = ()
    """The header's cells, without quotation marks."""
    row_names: bool = False
    """Whether each row begins with a name, and the header lacks a cell; `names` begins with an empty one."""
    widest: int = 0
    """Number of cells of the longest record from the header on."""
    ragged: Offsets = field(default_factory=lambda: np.empty(0, np.int64))
    """Indexes of the records below the header that have not as many cells as there are names."""

    def text(self, index: int) -> str:
        """Return a record as it stands, without its line end."""
        return _text(self.raw, self.start, self.ends, index)

    def split(self, index: int) -> list[str]:
        """Return the cells of a record as they stand, quotation marks included."""
        return split(self.text(index), self.separator)


def tokenise(raw: bytes, origin: Offsets | None = None) -> Records:
    """Find the separator and cut the text.

    `origin` is the line of the delivered file that each line of the text came from; without it the text is
    the delivered one.
    """
    separator, start = _separator_and_start(raw)
    cut = _cut(raw, separator, start)
    if origin is None:
        origin = np.arange(1, cut.line_count + 1)
    lines, filled = origin[cut.text_lines], _filled(raw, separator, start, cut)
    fault = _fault(raw, origin, filled, cut.stray_quote)
    return Records(raw, separator, start, cut.ends, cut.text_lines, origin, lines, filled, cut.cells, fault)


def _fault(raw: bytes, origin: Offsets, filled: Offsets, stray_quote: int | None) -> Finding | None:
    if not len(filled):
        sentence = "No cell of the file holds anything."
        return Finding.of(Level.BLOCK, sentence, "Export it again.", check="empty_file")
    if stray_quote is None:
        return None
    line = int(origin[raw.count(b"\n", 0, stray_quote)])
    sentence = f"A quotation mark in line {line} is in the middle of a cell, or is never closed."
    advice = "Quote a cell from end to end and write a mark inside it twice, or take the mark out."
    return Finding.of(Level.BLOCK, sentence, advice, lines=[line], check="stray_quote")


def _text(raw: bytes, start: int, ends: Offsets, index: int) -> str:
    begin = start if index == 0 else int(ends[index - 1]) + 1
    return raw[begin : int(ends[index])].decode()


class _Cut(NamedTuple):
    """Records as they were scanned. After a `stray_quote`, the rest of it can't be relied on."""

    ends: Offsets
    cells: Offsets
    text_lines: Offsets
    line_count: int
    stray_quote: int | None
    """Offset of the first mark that breaks the rule for quoted cells."""


def _cut(raw: bytes, separator: str, start: int = 0) -> _Cut:
    """Cut `raw` from `start` into records, in blocks."""
    scan = _Scan(raw, ord(separator), start)
    for offset in range(start, len(raw), BLOCK):
        scan.block(offset)
    ends, separators, newlines = scan.finished()
    above = raw.count(b"\n", 0, start)
    return _Cut(
        ends=ends,
        cells=np.diff(separators, prepend=0) + 1,
        text_lines=np.concatenate([[0], newlines[:-1]]) + above,
        line_count=above + scan.newlines + (not raw.endswith(b"\n")),
        stray_quote=scan.stray_quote,
    )


def _filled(raw: bytes, separator: str, start: int, cut: _Cut) -> Offsets:
    """Return the indexes of the records in which some cell isn't empty."""
    lengths = cut.ends - np.concatenate([[start], cut.ends[:-1] + 1])
    blank = lengths == 0
    # Only a record of hardly more than separators and quotation marks may be empty: few are looked into.
    for index in np.flatnonzero(~blank & (lengths <= 3 * cut.cells)):
        blank[index] = not _text(raw, start, cut.ends, int(index)).strip(separator + '" \t')
    return np.flatnonzero(~blank)


class _Scan:
    """Positions of record ends, with the separators and line ends counted up to each of them.

    The text is scanned in blocks, with numpy: a quotation mark turns "inside a quoted cell" on or off, so a
    byte stands inside where the number of marks before it is odd. What a block leaves open stays open in the
    next.
    """

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
        # Telling inside from outside takes most of the time, and most files have no quotation mark.
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
        marks = np.flatnonzero(quotes)
        opens = inside[marks]
        marks = marks + offset
        if opens.any():
            self.opened_at = int(marks[opens][-1])
        self.open = bool(inside[-1])
        if self.stray_quote is None:
            self._look_for_stray(marks, opens)
        return inside

    def _look_for_stray(self, marks: Offsets, opens: NDArray[np.bool_]) -> None:
        """Note the first mark that opens a cell after its beginning, or closes one before its end."""
        edges = np.array([self.separator, _NEWLINE, _QUOTE], np.uint8)
        last = len(self.whole) - 1
        before = np.where(marks > self.start, self.whole[np.maximum(marks - 1, 0)], _NEWLINE)
        after = np.where(marks < last, self.whole[np.minimum(marks + 1, last)], _NEWLINE)
        stray = ~np.isin(np.where(opens, before, after), edges)
        if stray.any():
            self.stray_quote = int(marks[stray][0])

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


def _separator_and_start(raw: bytes) -> tuple[str, int]:
    """Return what separates the cells, and where the first record begins: behind a `sep=` line."""
    directive = _DIRECTIVE.match(raw)
    if directive and directive[1].decode("latin-1") in SEPARATORS and directive.end() < len(raw):
        return directive[1].decode(), directive.end()
    return _separator(raw[:SAMPLE]), 0


def _separator(sample: bytes) -> str:
    """Return the separator that cuts the most lines alike, then the one that cuts them finer."""
    best, chosen = (0.0, 0), ","
    complete = sample[: sample.rfind(b"\n") + 1] or sample
    if _BLANKS.match(complete):
        return " "
    for candidate in SEPARATORS:
        cells, count = Counter(_cut(complete, candidate).cells.tolist()).most_common(1)[0]
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
