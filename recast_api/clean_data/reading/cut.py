"""Where the cells are in the bytes of rows, many rows at once. No step: reading and fixing cut alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.reading.shapes import ALONE, LONGEST, Shapes
from recast_api.clean_data.reading.tokens import Offsets

CELLS_OF_A_BLOCK = 100_000
"""Cut at a time: bounds what is held beside the result, and fits the processor's cache."""

_QUOTE = ord('"')
_Scalar = TypeVar("_Scalar", bound=np.generic)


class Block(NamedTuple):
    """Some rows of a text and where their cells are, by row and column; offsets are those of `raw`."""

    raw: bytes
    """The rows as they stand, padded so that `LONGEST` bytes can be taken from anywhere in them."""
    starts: Offsets
    ends: Offsets
    counts: Offsets
    """Cells of each row: where there are fewer than columns, the last ones are empty here."""
    offset: int
    """Where the block is in the text."""

    def values(self, columns: Sequence[int]) -> tuple[Offsets, Offsets]:
        """Return where the cells of these columns begin and end, quotation marks around them left out."""
        starts, ends = self.starts[:, columns], self.ends[:, columns]
        if b'"' in self.raw:
            quoted = np.frombuffer(self.raw, np.uint8)[starts] == _QUOTE
            starts, ends = starts + quoted, ends - quoted
        return starts, ends


def row_blocks(rows: int, width: int) -> Iterator[slice]:
    """Yield some rows at a time of a table of so many cells in a row."""
    at_a_time = max(1, CELLS_OF_A_BLOCK // max(1, width))
    for first in range(0, rows, at_a_time):
        yield slice(first, min(first + at_a_time, rows))


def by_code(codes: NDArray[np.uint16]) -> Iterator[tuple[int, Offsets]]:
    """Yield each code that cells have, and the cells."""
    counts = np.bincount(codes)
    groups = np.split(np.argsort(codes, kind="stable"), np.cumsum(counts)[:-1])
    for code in np.flatnonzero(counts).tolist():
        yield code, groups[code]


def block(body: bytes, starts: Offsets, ends: Offsets, separator: str, width: int) -> Block:
    """Cut the rows of one block."""
    offset = int(starts[0])
    raw = body[offset : int(ends[-1])] + bytes(LONGEST)
    starts, ends = starts - offset, ends - offset
    data = np.frombuffer(raw, np.uint8)
    separates = data == ord(separator)
    if b'"' in raw:
        separates &= ~np.logical_xor.accumulate(data == _QUOTE)
    # The end stands for the separators that the last row hasn't got.
    positions = np.append(np.flatnonzero(separates), len(raw))
    first = np.searchsorted(positions, starts)
    counts = np.searchsorted(positions, ends) - first + 1
    cells = positions[np.minimum(first[:, None] + np.arange(width), len(positions) - 1)]
    cells = np.minimum(cells, ends[:, None])
    begins = np.minimum(np.column_stack([starts, cells[:, :-1] + 1]), ends[:, None])
    return Block(raw, begins, cells, counts, offset)


@dataclass(frozen=True, eq=False, slots=True)
class Columns:
    """Columns of a text, their cells left where they are."""

    body: bytes
    starts: Offsets
    """Rows × columns, column by column in memory."""
    ends: Offsets
    shapes: Shapes
    codes: NDArray[np.uint16]
    """The shape of each cell."""

    @property
    def data(self) -> NDArray[np.uint8]:
        """The bytes of the text."""
        return np.frombuffer(self.body, np.uint8)

    def cell(self, start: int, end: int) -> str:
        """Return what a cell says."""
        return said(self.body[start:end])


@dataclass(frozen=True, eq=False, slots=True)
class Column(Sequence[str]):
    """One of them: its cells as they stand, quotation marks taken off."""

    columns: Columns
    position: int

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> list[str]: ...
    def __getitem__(self, row: int | slice) -> str | list[str]:
        starts, ends = self.columns.starts[row, self.position], self.columns.ends[row, self.position]
        if not isinstance(row, slice):
            return self.columns.cell(int(starts), int(ends))
        body = self.columns.body
        return [said(body[a:b]) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]

    def __len__(self) -> int:
        return len(self.columns.starts)

    def __iter__(self) -> Iterator[str]:
        return iter(self[:])

    @property
    def codes(self) -> NDArray[np.uint16]:
        """The shape of each cell."""
        return self.columns.codes[:, self.position]


def said(cell: bytes) -> str:
    """Return what a cell says whose outer quotation marks are taken off."""
    return (cell.replace(b'""', b'"') if b'"' in cell else cell).decode()


def columns(
    body: bytes, row_ends: Offsets, separator: str, width: int, wanted: Sequence[int]
) -> dict[int, Column]:
    """Find the cells of the wanted columns, by index."""
    if not wanted:
        return {}
    kind = np.int32 if len(body) < np.iinfo(np.int32).max else np.int64
    starts, ends = (np.empty((len(row_ends), len(wanted)), kind, order="F") for _ in range(2))
    codes = np.empty(starts.shape, np.uint16, order="F")
    shapes = Shapes()
    row_starts = np.append(0, row_ends[:-1] + 1)
    for rows in row_blocks(len(row_ends), width):
        part = block(body, row_starts[rows], row_ends[rows], separator, width)
        first, last = part.values(wanted)
        codes[rows] = shapes.codes(part.raw, first.ravel(), last.ravel()).reshape(first.shape)
        starts[rows], ends[rows] = first + part.offset, last + part.offset
    found = Columns(body, starts, ends, shapes, codes)
    return {index: Column(found, position) for position, index in enumerate(wanted)}


def each(
    found: Mapping[int, Column], look: Callable[[str], Any], kind: type[np.generic]
) -> Iterator[tuple[int, NDArray[Any]]]:
    """Yield what `look` says of the cells of each column. It is asked once for all of a shape."""
    looked: dict[int, NDArray[Any]] = {}
    for index, column in found.items():
        text = column.columns
        if id(text) not in looked:
            looked[id(text)] = np.array([look(said(key)) for key in text.shapes.keys], kind)[text.codes]
        values = looked[id(text)][:, column.position]
        if ALONE in column.codes:
            alone = np.flatnonzero(column.codes == ALONE)
            values[alone] = [look(column[row]) for row in alone.tolist()]
        yield index, values


def kept_cells(found: Mapping[int, Column], kept: NDArray[np.bool_]) -> dict[int, Column]:
    """Return columns without the rows that aren't kept."""
    texts = {id(column.columns): column.columns for column in found.values()}
    shorter = {
        key: replace(
            text,
            starts=kept_rows(text.starts, kept),
            ends=kept_rows(text.ends, kept),
            codes=kept_rows(text.codes, kept),
        )
        for key, text in texts.items()
    }
    return {index: Column(shorter[id(column.columns)], column.position) for index, column in found.items()}


def kept_rows(values: NDArray[_Scalar], kept: NDArray[np.bool_]) -> NDArray[_Scalar]:
    """Return rows × columns, column by column in memory, without the rows that aren't kept."""
    first, last = (int(row) for row in np.flatnonzero(kept)[[0, -1]])
    # Rows are left out at the ends mostly, and then nothing needs to be copied.
    if kept[first:last].all():
        return values[first : last + 1]
    return np.asfortranarray(values[kept])
