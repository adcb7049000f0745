"""Take records; hand on where the table is in them: its names and its rows, still in one piece."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.reading.offers import Edit, FixName, Offer
from recast_api.clean_data.reading.tokens import Offsets, Records
from recast_api.clean_data.sentences import counted, on_lines, shorten

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
    """The rows as they stand, one after another."""
    row_ends: Offsets
    """Offset in the body of the end of each row."""
    widest: int
    """Cells of the longest row; those behind the last name are empty."""
    record_count: int
    findings: tuple[Finding, ...] = ()
    offers: tuple[Offer, ...] = ()


def fault(records: Records) -> Finding | None:
    """Return the finding that makes parsing impossible, if any."""
    if records.fault:
        return records.fault
    width, line = len(records.names), int(records.lines[records.filled[0]])
    if width > MOST_COLUMNS:
        sentence = f"The header has {width:,} columns."
        advice = "One column for each channel, and the date."
        return Finding.of(Level.BLOCK, sentence, advice, check="too_many_columns")
    if records.widest == 1:
        sentence = f"The file has one column only, which begins with “{shorten(records.names[0])}”."
        advice = "Export it as CSV: a row for each day, its cells separated by commas."
        return Finding.of(Level.BLOCK, sentence, advice, lines=[line], check="one_column")
    if len(records.filled) == 1:
        sentence = "The file has a header, but no rows."
        return Finding.of(Level.BLOCK, sentence, "Export it again with its data.", check="header_only")
    return _ragged(records)


def _ragged(records: Records) -> Finding | None:
    width, filled = len(records.names), records.filled
    ragged = filled[records.cells[filled] != width]
    if not len(ragged):
        return None
    lines = records.lines[ragged]
    advice = "Give every line as many cells as the header. Often a number or name holds a comma, unquoted."
    if len(ragged) > len(filled) / 2:
        advice = "Begin the file with the header: take out titles and notes above it."
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
    header, rows = int(records.filled[0]), records.filled[1:]
    starts, ends = records.ends[rows - 1] + 1, records.ends[rows]
    # Usually nothing but the header has to go, and the rest stays in one piece: joining rows takes a while.
    if len(rows) == len(records.ends) - 1:
        body = records.raw[int(records.ends[0]) + 1 :]
    else:
        body = b"\n".join(records.raw[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True))
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
        row_ends=np.cumsum(ends - starts + 1) - 1,
        widest=records.widest,
        record_count=len(records.ends),
        findings=tuple(findings),
        offers=tuple(offers),
    )


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
    if len(records.filled) < len(records.ends):
        empty = np.setdiff1d(np.arange(len(records.ends)), records.filled)
        findings.append(_empty_rows(records, empty))
        edit = Edit(drop_records=empty)
        sentence = "Take out the rows without any value."
        offers.append(Offer(FixName.DROP_EMPTY_ROWS, "empty_rows", sentence, edit))
    return findings, offers


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
