"""Records with their cells changed, many rows at once. No step: fixes are made and shown by it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import cache, partial

import numpy as np

from recast_api.clean_data.reading import cells, cut, number_formats
from recast_api.clean_data.reading.offers import Converter, Edit
from recast_api.clean_data.reading.shapes import ALONE, Shapes, Template, template
from recast_api.clean_data.reading.tokens import Offsets, Records, quoted, unquoted

_BY_SHAPE = (
    number_formats.write,
    number_formats.write_with_decimals,
    number_formats.write_fraction,
    cells.expand,
)
"""Converters that write digit for digit: what they make of one cell holds for its shape."""


def either(first: Converter, second: Converter, cell: str) -> str:
    """Return what the second makes of a cell, or the first where that leaves it as it is."""
    # The first would not know what the second has written: both see the cell as it stands.
    later = second(cell)
    return later if later != cell else first(cell)


def instead(new: str, _: str) -> str:
    """Return the new value, whatever the cell was."""
    return new


class Rewriting:
    """The records of a text as an edit leaves them, those that it takes out aside."""

    def __init__(self, records: Records, rows: Offsets, edit: Edit) -> None:
        """`rows` are the indexes of the records that are rows of the table, ascending."""
        self.records, self.rows, self.edit = records, rows, edit
        width = len(records.names)
        self.kept = [index for index in range(width) if index not in edit.drop_columns]
        self.separator = "," if edit.as_commas else records.separator
        self.blocks = list(cut.row_blocks(len(rows), width))
        self.written: dict[int, list[str]] = {}
        self.shapes = Shapes()
        self.columns: dict[Hashable, list[int]] = {}
        self.converters: dict[Hashable, Converter] = {}
        for index in edit.cells.keys() & set(self.kept):
            same = _same(edit.cells[index])
            self.converters[same] = edit.cells[index]
            self.columns.setdefault(same, []).append(index)
        self.template = cache(self._template)
        self.replaced = np.array(sorted(edit.replaced), np.int64)

    def text(self, index: int) -> str:
        """Return a record below the header as the edit leaves it."""
        row = int(np.searchsorted(self.rows, index))
        if row == len(self.rows) or self.rows[row] != index or not self.kept:
            return self._by_itself(index)
        number = row // self.blocks[0].stop
        if number not in self.written:
            if self.edit.order is None:
                self.written.clear()
            self.written[number] = self._block(self.blocks[number])
        return self.written[number][int(row - self.blocks[number].start)]

    def _block(self, rows: slice) -> list[str]:
        """Return rows as the edit leaves them. Changed cells are put behind all others, and taken there."""
        records, indexes = self.records, self.rows[rows]
        width = len(records.names)
        block = cut.block(
            records.raw, records.ends[indexes - 1] + 1, records.ends[indexes], records.separator, width
        )
        starts, ends = block.starts.ravel(), block.ends.ravel()
        changed = _Changed(len(block.raw))
        for same, columns in self.columns.items():
            first, last = (part.ravel() for part in block.values(columns))
            places = (np.arange(len(indexes))[:, None] * width + columns).ravel()
            self._convert(same, block.raw, first, last, places, changed)
        if self.separator != records.separator:
            self._quote(block, changed)
        for where, begin, length in changed.places:
            starts[where] = begin
            ends[where] = begin + length
        shape = len(indexes), width
        starts, ends = (part.reshape(shape)[:, self.kept].ravel() for part in (starts, ends))
        source = np.frombuffer(block.raw + b"".join(changed.texts), np.uint8)
        texts = _put_together(source, starts, ends, len(self.kept), self.separator)
        for row in np.flatnonzero((block.counts != width) | np.isin(indexes, self.replaced)).tolist():
            texts[row] = self._by_itself(int(indexes[row]))
        return texts

    def _by_itself(self, index: int) -> str:
        converters: dict[int, Converter] = dict(self.edit.cells)
        for column, value in self.edit.replaced.get(index, {}).items():
            converters[column] = partial(instead, value)
        return rewritten(self.records.split(index), self.records.separator, converters, self.edit)

    def _convert(
        self, same: Hashable, raw: bytes, starts: Offsets, ends: Offsets, places: Offsets, changed: _Changed
    ) -> None:
        """Convert cells of columns with one converter, those of one shape at once where that can be."""
        convert = self.converters[same]
        codes = (
            self.shapes.codes(raw, starts, ends) if _by_shape(convert) else np.zeros(len(starts), np.uint16)
        )
        data = np.frombuffer(raw, np.uint8)
        for code, of_shape in cut.by_code(codes):
            written = self.template(code, same) if code != ALONE else None
            if written is None:
                for cell in of_shape.tolist():
                    value = cut.said(raw[starts[cell] : ends[cell]])
                    new = convert(value)
                    if new != value:
                        changed.one(int(places[cell]), quoted(new, self.separator))
            elif written.text != self.shapes.keys[code]:
                changed.many(places[of_shape], written.fill(data, starts[of_shape]))

    def _template(self, code: int, same: Hashable) -> Template | None:
        found = template(self.shapes.keys[code], self.converters[same])
        plain = found and quoted(text := found.text.decode(), self.separator) == text
        return found if plain else None

    def _quote(self, block: cut.Block, changed: _Changed) -> None:
        """Quote the cells that hold the new separator, but for those that are quoted already, or changed."""
        data = np.frombuffer(block.raw, np.uint8)
        starts, ends = block.starts.ravel(), block.ends.ravel()
        holding = np.searchsorted(starts, np.flatnonzero(data == ord(self.separator)), side="right") - 1
        done = np.zeros(len(starts), bool)
        for places, _, _ in changed.places:
            done[places] = True
        for place in np.unique(holding[~done[holding]]).tolist():
            cell = block.raw[starts[place] : ends[place]].decode()
            if not cell.startswith('"'):
                changed.one(place, quoted(cell, self.separator))


class _Changed:
    """New texts of cells, one behind another, and for which cells they are."""

    def __init__(self, offset: int) -> None:
        self.end = offset
        self.texts: list[bytes] = []
        self.places: list[tuple[Offsets | int, Offsets | int, int]] = []

    def one(self, place: int, text: str) -> None:
        encoded = text.encode()
        self.places.append((place, self.end, len(encoded)))
        self._add(encoded)

    def many(self, places: Offsets, texts: np.ndarray) -> None:
        count, length = texts.shape
        self.places.append((places, self.end + length * np.arange(count), length))
        self._add(texts.tobytes())

    def _add(self, text: bytes) -> None:
        self.texts.append(text)
        self.end += len(text)


def _put_together(
    source: np.ndarray, starts: Offsets, ends: Offsets, width: int, separator: str
) -> list[str]:
    """Return rows of so many cells, each to be taken from somewhere in `source`."""
    lengths = ends - starts + 1  # with what follows the cell
    after = np.cumsum(lengths)
    taken = np.repeat(starts - (after - lengths), lengths) + np.arange(after[-1])
    text = source[np.minimum(taken, len(source) - 1)]
    text[after - 1] = ord(separator)
    row_ends = after[width - 1 :: width].tolist()
    row_starts = [0, *row_ends[:-1]]
    whole = text.tobytes()
    return [whole[a : b - 1].decode() for a, b in zip(row_starts, row_ends, strict=True)]


def rewritten(cells: list[str], separator: str, converters: Mapping[int, Converter], edit: Edit) -> str:
    """Return one record with its cells changed. Quotation marks stay where nothing changes."""
    new_separator = "," if edit.as_commas else separator
    for index, convert in converters.items():
        if index < len(cells):
            value = unquoted(cells[index])
            new = convert(value)
            cells[index] = cells[index] if new == value else quoted(new, new_separator)
    if new_separator != separator:
        cells = [cell if cell.startswith('"') else quoted(cell, new_separator) for cell in cells]
    return new_separator.join(cell for index, cell in enumerate(cells) if index not in edit.drop_columns)


def _same(convert: Converter) -> Hashable:
    """Return what is equal for converters that do the same."""
    if not isinstance(convert, partial):
        return convert
    return convert.func, tuple(map(_same, convert.args)), tuple(sorted(convert.keywords.items()))


def _by_shape(convert: Converter) -> bool:
    if isinstance(convert, partial):
        return all(map(_by_shape, convert.args)) if convert.func is either else convert.func in _BY_SHAPE
    return convert in _BY_SHAPE
