"""Take records; hand on which of them holds the names, below any titles, and which are ragged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from recast_api.clean_data.reading.row_patterns import is_average, is_total, may_be_day
from recast_api.clean_data.reading.tokens import Offsets, Records, unquoted

MOST_TITLES = 30
"""More lines than this above a header are no titles."""
MOST_EXTRA = 100
"""Empty cells behind the last name that a row may have; with more it counts as ragged."""

LOOKED_AT = 100
"""Rows that tell whether there is something in the last cells."""

_VALUE = re.compile(r"[-+(]?\s*[$€£¥]?\s*[0-9].*", re.S)
"""How numbers and most dates begin, and names don't."""
_ROW_NUMBER = re.compile(r"[0-9]{1,7}")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def find_header(records: Records) -> Records:
    """Find the header and what doesn't fit it. Records with a fault stay as they are."""
    if records.fault:
        return records
    header = _header(records)
    names = tuple(_cells(records, header))
    rows = records.filled[records.filled > header]
    row_names = _have_row_names(records, names, rows)
    if row_names:
        names = ("", *names)
    widest = int(records.cells[records.filled[records.filled >= header]].max())
    found = replace(records, header=header, names=names, row_names=row_names, widest=widest)
    return replace(found, ragged=_ragged(found, rows))


def _cells(records: Records, index: int) -> list[str]:
    return [unquoted(cell) for cell in records.split(index)]


def _header(records: Records) -> int:
    """Return the record with the names: usually the first that isn't empty, else one with titles above it."""
    first = int(records.filled[0])
    looked_at = records.filled[: MOST_TITLES + 3].tolist()
    if len(looked_at) < 3 or not _may_be_title(_cells(records, first), int(records.cells[looked_at].max())):
        return first
    lines = [_cells(records, index) for index in looked_at]
    for place in range(1, min(len(lines) - 1, MOST_TITLES + 1)):
        width = _width(lines[place])
        # Units may stand between the names and the first row.
        names_data = _may_name(lines[place]) and any(map(_is_data, lines[place + 1 : place + 3]))
        if names_data and all(_may_be_title(line, width) for line in lines[:place]):
            return int(looked_at[place])
    return first


def _width(cells: Sequence[str]) -> int:
    """Return the number of cells up to the last that isn't empty."""
    return max((place + 1 for place, cell in enumerate(cells) if cell.strip()), default=0)


def _may_be_title(cells: Sequence[str], width: int) -> bool:
    """Tell whether this may stand above a header of that width: a cell or two in front, or half as many."""
    filled = sum(1 for cell in cells if cell.strip())
    return 0 < _width(cells) < width and bool(cells[0].strip()) and filled <= max(2, width // 2)


def _may_name(cells: Sequence[str]) -> bool:
    """Tell whether these are names: all there but that of row numbers, different, few like values."""
    names = [cell.strip().casefold() for cell in cells[: _width(cells)]]
    if len(names) < 2 or not all(names[1:]) or len(set(names)) < len(names):
        return False
    return 2 * sum(1 for name in names if _VALUE.fullmatch(name)) < len(names)


def _is_data(cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return 2 * sum(1 for cell in filled if _VALUE.fullmatch(cell)) >= len(filled) > 1


def _have_row_names(records: Records, names: tuple[str, ...], rows: Offsets) -> bool:
    """Tell whether each row begins with a name that the header has no cell for, as R's write.table does."""
    if not len(rows) or not (records.cells[rows] == len(names) + 1).all():
        return False
    # With nothing in the last cells, it's these that are one too many.
    if not any(unquoted(records.split(index)[-1]) for index in rows[:LOOKED_AT].tolist()):
        return False
    firsts = [unquoted(records.text(index).partition(records.separator)[0]) for index in rows.tolist()]
    if len(set(firsts)) < len(firsts):
        return False
    dated = not any(name.strip().lower() == "date" for name in names)
    return all(map(_ROW_NUMBER.fullmatch, firsts)) or (dated and all(map(_ISO_DAY.fullmatch, firsts)))


def _ragged(records: Records, rows: Offsets) -> Offsets:
    """Return the records that have not as many cells as there are names, and a value too many or too few.

    Spreadsheets and scripts write empty cells behind the last name, in rows or in the header. Lines of notes
    and totals needn't have all cells either: they are no days, which is found when the days are known.
    """
    cells, names = records.cells, records.names
    differing = rows[cells[rows] != len(names)]
    named = _width(names)
    kept = [
        index
        for index in differing.tolist()
        if not (
            _ends_empty(records, index)
            if cells[index] > len(names)
            else cells[index] >= named or _is_aside(_cells(records, index))
        )
    ]
    return np.array(kept, np.int64)


def _ends_empty(records: Records, index: int) -> bool:
    width = len(records.names)
    if records.cells[index] > width + MOST_EXTRA:
        return False
    return not any(unquoted(cell).strip() for cell in records.split(index)[width:])


def _is_aside(cells: Sequence[str]) -> bool:
    """Tell whether a line that is too short is a note or a total."""
    if is_total(cells[0]) or is_average(cells[0]):
        return True
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) == 1 and not may_be_day(filled[0]) and not _VALUE.fullmatch(filled[0])
