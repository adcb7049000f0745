"""Records to a table: which rows and columns it has, what they are called, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.reading import cells, date_formats, number_formats
from recast_api.clean_data.reading.tokens import Offsets, Records, unquoted
from recast_api.clean_data.sentences import counted, on_lines, shorten, some

MOST_COLUMNS = 16_384
"""Spreadsheets end here; a file with more is not a table of channels."""
MOST_EXTRA = 100
"""Empty cells behind the last column that a row may have; with more it counts as ragged."""


@dataclass(frozen=True, eq=False, slots=True)
class Source:
    """Records, and the line of the delivered file that each line of their text came from."""

    records: Records
    origin: Offsets

    def lines(self, at: Offsets | list[int]) -> Offsets:
        """Return the lines of the delivered file on which these records begin."""
        return self.origin[self.records.lines[at] - 1]


@dataclass(frozen=True, eq=False, slots=True)
class Layout:
    """The table in the records: its rows are those that aren't empty."""

    source: Source
    header: int
    """Index of the record with the names."""
    rows: Offsets
    """Index of the record of each row."""
    body: bytes
    """The rows as they stand, header left out."""
    names: tuple[str, ...]
    """Of all columns in file order, as in the file."""
    columns: cells.Columns
    widest: int
    """Cells of the longest row; those behind the last name are empty."""
    places: tuple[int, ...]
    """The columns that belong to the table."""

    def texts(self, place: int) -> list[str]:
        """Return the cells of a column as they stand, without quotation marks."""
        if place in self.columns.texts:
            return self.columns.texts[place]
        return cells.texts(self.body, self.source.records.separator, self.widest, [place])[place]

    def lines(self, rows: Offsets) -> Offsets:
        """Return the lines of the delivered file on which these rows begin."""
        return self.source.lines(self.rows[rows])


def fault(source: Source, filled: Offsets) -> Finding | None:
    """Return what keeps the records from being a table at all; `filled` are those that aren't empty."""
    records = source.records
    if records.stray_quote is not None:
        return _stray_quote(source, records.stray_quote)
    top = int(filled[0])
    if records.cells[top] > MOST_COLUMNS:
        sentence = f"The header has {records.cells[top]:,} columns."
        return Finding.of(
            Level.BLOCK, sentence, "One column for each channel, and the date.", check="too_many_columns"
        )
    header = [unquoted(cell) for cell in records.split(top)]
    if records.cells[filled].max() == 1:
        sentence = f"The file has one column only, which begins with “{shorten(header[0])}”."
        advice = "Export it as CSV: a row for each day, its cells separated by commas."
        return Finding.of(Level.BLOCK, sentence, advice, lines=source.lines([top]), check="one_column")
    if len(filled) == 1:
        sentence = "The file has a header, but no rows."
        return Finding.of(Level.BLOCK, sentence, "Export it again with its data.", check="header_only")
    return _ragged(source, len(header), filled) or _no_header(header, int(source.lines([top])[0]))


def _stray_quote(source: Source, offset: int) -> Finding:
    line = int(source.origin[source.records.raw.count(b"\n", 0, offset)])
    sentence = f"A quotation mark in line {line} is in the middle of a cell, or is never closed."
    advice = "Quote a cell from end to end and write a mark inside it twice, or take the mark out."
    return Finding.of(Level.BLOCK, sentence, advice, lines=[line], check="stray_quote")


def _ragged(source: Source, width: int, filled: Offsets) -> Finding | None:
    records = source.records
    wrong = filled[records.cells[filled] != width]
    ragged = [int(index) for index in wrong if not _only_empty_behind(records, int(index), width)]
    if not ragged:
        return None
    lines = source.lines(ragged)
    advice = "Give every line as many cells as the header. Often a number or name holds a comma, unquoted."
    if len(ragged) > len(filled) / 2:
        advice = "Begin the file with the header: take out titles and notes above it."
    sentence = f"The header has {counted(width, 'column')}, but {_by_count(records.cells[ragged], lines)}."
    return Finding.of(Level.BLOCK, sentence, advice, lines=lines, check="ragged_rows")


def _by_count(counts: Offsets, lines: Offsets) -> str:
    """Return `lines 2 and 6 have 2; line 5 has 4`."""
    told, different = [], list(dict.fromkeys(counts.tolist()))
    for count in different[:3]:
        those = lines[counts == count]
        told.append(f"{on_lines(those)} {'has' if len(those) == 1 else 'have'} {count:,}")
    return "; ".join(told) + (f"; {len(different) - 3:,} more counts" if len(different) > 3 else "")


def _only_empty_behind(records: Records, index: int, width: int) -> bool:
    if not width < records.cells[index] <= width + MOST_EXTRA:
        return False
    return not any(unquoted(cell).strip() for cell in records.split(index)[width:])


def _no_header(header: list[str], line: int) -> Finding | None:
    def is_value(cell: str) -> bool:
        form = number_formats.plain(cell, number_formats.Decimals.POINT)[0]
        is_number = form in (number_formats.Form.PLAIN, number_formats.Form.FORMATTED)
        return is_number or date_formats.looks_like_dates([cell])

    if not is_value(header[0]):
        return None
    values = [cell for cell in header if is_value(cell)]
    if len(values) * 2 <= len(header):
        return None
    sentence = f"The file has no header: its first line is data already ({some(values)})."
    advice = "Put a line with the names of the columns on top, the first being date."
    return Finding.of(Level.BLOCK, sentence, advice, lines=[line], check="header_missing")


def filled_records(records: Records) -> Offsets:
    """Return the records in which some cell isn't empty."""
    starts = np.concatenate([[records.start], records.ends[:-1] + 1])
    lengths = records.ends - starts
    blank = lengths == 0
    for index in np.flatnonzero(~blank & (lengths <= 3 * records.cells)):
        blank[index] = not records.text(int(index)).strip(records.separator + '" \t')
    return np.flatnonzero(~blank)


def lay_out(source: Source, filled: Offsets) -> Layout:
    """Parse the rows. Nothing may be at fault with them."""
    records = source.records
    names = tuple(unquoted(cell) for cell in records.split(int(filled[0])))
    rows = filled[1:]
    if len(rows) == len(records) - 1:
        body = records.raw[int(records.ends[0]) + 1 :]
    else:
        starts, ends = records.ends[rows - 1] + 1, records.ends[rows]
        body = b"\n".join(records.raw[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True))
    widest = int(records.cells[filled].max())
    columns = cells.columns(body, records.separator, len(rows), widest, len(names))
    places = tuple(range(len(names)))
    return Layout(source, int(filled[0]), rows, body, names, columns, widest, places)
