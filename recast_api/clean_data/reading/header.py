"""Take records; hand on where the table is in them: its names and its rows, still in one piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.reading.offers import Edit, FixName, Offer
from recast_api.clean_data.reading.tokens import Offsets, Records, unquoted
from recast_api.clean_data.sentences import counted, on_lines, shorten, some

MOST_COLUMNS = 16_384
"""Spreadsheets end here; a file with more is not a table of channels."""


@dataclass(frozen=True, eq=False, slots=True)
class Layout:
    """Where the table is in a text. Its rows are the records below the header that aren't empty."""

    separator: str
    names: tuple[str, ...]
    """Of all columns in file order, as in the file."""
    names_may_be_data: bool
    """Whether the first name may be a value. Usually not, and then names needn't be looked at."""
    header: int
    """Index of the record with the names."""
    header_line: int
    """Line of the delivered file on which the header begins."""
    rows: Offsets
    """Index of the record of each row."""
    lines: Offsets
    """Line of the delivered file on which each row begins."""
    body: bytes
    """The rows as they stand, one after another, none with fewer cells than there are names."""
    row_ends: Offsets
    """Offset in the body of the end of each row."""
    widest: int
    """Cells of the longest row; those behind the last name are empty."""
    record_count: int
    header_cells: int
    """Cells of the header as it stands."""
    row_cells: Offsets
    """Cells of each row as it stands."""
    row_names: bool = False
    """Whether the header has no cell for the first column; its name is empty here."""
    findings: tuple[Finding, ...] = ()
    offers: tuple[Offer, ...] = ()


def fault(records: Records) -> Finding | None:
    """Return the finding that makes parsing impossible, if any."""
    if records.fault:
        return records.fault
    width, line = len(records.names), int(records.lines[records.header])
    if width > MOST_COLUMNS:
        sentence = f"The header has {width:,} columns."
        advice = "One column for each channel, and the date."
        return Finding.of(Level.BLOCK, sentence, advice, check="too_many_columns")
    if records.widest == 1:
        sentence = f"The file has one column only, which begins with “{shorten(records.names[0])}”."
        advice = "Export it as CSV: a row for each day, its cells separated by commas."
        return Finding.of(Level.BLOCK, sentence, advice, lines=[line], check="one_column")
    if records.filled[-1] == records.header:
        sentence = "The file has a header, but no rows."
        return Finding.of(Level.BLOCK, sentence, "Export it again with its data.", check="header_only")
    return _ragged(records)


def _ragged(records: Records) -> Finding | None:
    ragged = records.ragged
    if not len(ragged):
        return None
    width, lines = len(records.names), records.lines[ragged]
    advice = "Give every line as many cells as the header. Often a number or name holds a comma, unquoted."
    if len(ragged) > len(records.filled) / 2:
        advice = "Begin the file with the header: take out titles and notes above it."
    if len(ragged) == len(records.filled) - 1 and (records.cells[ragged] == width + 1).all():
        advice = "Name every column. A first one with names of rows, which R writes without a name, can go."
    sentence = f"The header has {counted(width, 'column')}, but {_by_count(records.cells[ragged], lines)}."
    return Finding.of(Level.BLOCK, sentence, advice, lines=lines, check="ragged_rows")


def _by_count(counts: Offsets, lines: Offsets) -> str:
    """Return `lines 2 and 6 have 2; line 5 has 4`."""
    phrases, different = [], list(dict.fromkeys(counts.tolist()))
    for count in different[:3]:
        those = lines[counts == count]
        phrases.append(f"{on_lines(those)} {'has' if len(those) == 1 else 'have'} {count:,}")
    return "; ".join(phrases) + (f"; {len(different) - 3:,} more counts" if len(different) > 3 else "")


def lay_out(records: Records) -> Layout:
    """Tell the rows from the other lines. There may be no `fault` in the records."""
    header, rows = records.header, records.filled[records.filled > records.header]
    ends, missing = records.ends[rows], np.maximum(len(records.names) - records.cells[rows], 0)
    starts = records.ends[rows - 1] + 1
    # Usually nothing but the header has to go, and the rest stays in one piece: joining rows takes a while.
    if len(rows) == len(records.ends) - header - 1 and not missing.any():
        body = records.raw[int(records.ends[header]) + 1 :]
    else:
        body = b"\n".join(_padded(records, starts, ends, missing))
    findings, offers = _other_lines(records)
    return Layout(
        separator=records.separator,
        names=records.names,
        names_may_be_data=_may_be_value(records.names[0]),
        header=header,
        header_line=int(records.lines[header]),
        rows=rows,
        lines=records.lines[rows],
        body=body,
        row_ends=np.cumsum(ends - starts + missing + 1) - 1,
        widest=records.widest,
        record_count=len(records.ends),
        header_cells=int(records.cells[header]),
        row_cells=records.cells[rows],
        row_names=records.row_names,
        findings=tuple(findings),
        offers=tuple(offers),
    )


def _padded(records: Records, starts: Offsets, ends: Offsets, missing: Offsets) -> Iterator[bytes]:
    """Yield rows as they stand, with empty cells behind those that have fewer cells than there are names."""
    separator = records.separator.encode()
    for start, end, count in zip(starts.tolist(), ends.tolist(), missing.tolist(), strict=True):
        yield records.raw[start:end] + separator * count


def _may_be_value(name: str) -> bool:
    # Every form of a date or number has a digit but infinity.
    return any(map(str.isdigit, name)) or "inf" in name.lower()


def _other_lines(records: Records) -> tuple[list[Finding], list[Offer]]:
    """Find lines that aren't rows of the table: a `sep=,` line, empty rows."""
    findings, offers = [], []
    # A `sep=;` line goes with the separator that it names: that fix takes it out.
    if records.start and records.separator == ",":
        findings.append(
            Finding.of(
                Level.CONFIRM,
                "Line 1 says “sep=,”: that is for Excel alone, and other programs take it for the header.",
                "Take the line out.",
                lines=[1],
                check="separator_line",
            )
        )
        edit = Edit(as_commas=True)
        offers.append(Offer(FixName.DROP_SEPARATOR_LINE, "separator_line", "Take out line 1.", edit))
    is_empty = np.ones(len(records.ends), bool)
    is_empty[records.filled] = False
    empty = np.flatnonzero(is_empty)
    if records.filled[0] < records.header:
        findings.append(_titles(records))
        offers.append(_begin_at_header(records))
        empty = empty[empty > records.header]
    if len(empty):
        findings.append(_empty_rows(records, empty))
        edit = Edit(drop_records=empty)
        sentence = "Take out the rows without any value."
        offers.append(Offer(FixName.DROP_EMPTY_ROWS, "empty_rows", sentence, edit))
    return findings, offers


def _titles(records: Records) -> Finding:
    titles = records.filled[records.filled < records.header]
    line, lines = int(records.lines[records.header]), records.lines[titles]
    values = [unquoted(records.split(index)[0]) for index in titles.tolist()]
    above = "is a title" if len(lines) == 1 else "are titles or notes"
    shown = some([f"“{shorten(value, 36)}”" for value in values])
    return Finding.of(
        Level.BLOCK,
        f"The header is on line {line:,}; above it {above}: {shown}.",
        f"Begin the file at line {line:,}: other programs take the first line for the header.",
        lines=lines,
        values=values,
        check="lines_above_header",
    )


def _begin_at_header(records: Records) -> Offer:
    edit = Edit(drop_records=np.arange(records.header))
    sentence = f"Begin at line {int(records.lines[records.header]):,}."
    return Offer(FixName.BEGIN_AT_HEADER, "lines_above_header", sentence, edit, records.header)


def _empty_rows(records: Records, empty: Offsets) -> Finding:
    lines = records.lines[empty]
    starts = np.where(empty > 0, records.ends[empty - 1] + 1, records.start)
    wholly_blank = bool((starts == records.ends[empty]).all())
    return Finding.of(
        Level.NOTE if wholly_blank else Level.CONFIRM,
        f"{counted(len(empty), 'row')} without any value: {on_lines(lines)}.",
        "Take them out. Excel writes such rows where cells were cleared, not deleted.",
        lines=lines,
        check="empty_rows",
    )
