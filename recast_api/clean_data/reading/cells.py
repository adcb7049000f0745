"""Take rows in one piece; hand on their cells by column: numbers where every cell is one, else as they stand.

The cells of a column of plain numbers aren't kept as they stand, which would take ten times the memory. What
a later step needs of them is picked out here: cells that may be days, that may have points between thousands,
or that have an exponent.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.io.parsers import TextFileReader

from recast_api.clean_data.reading.header import Layout
from recast_api.clean_data.reading.number_patterns import NUMBER, ONE_GROUP, PLAIN, POINT_GROUPS, Decimals
from recast_api.clean_data.reading.tokens import Offsets

CELLS_AT_A_TIME = 1_000_000
"""Bounds what pandas holds beside the result: its tokens take more memory than the file."""
COMPACT_DAYS = (19_000_101, 21_991_231)
"""Numbers between these may be days written as YYYYMMDD."""
LONGEST_EXPANSION = 30
"""Digits that a number may have when it is written out."""
ENOUGH = 100
"""More cells of one reading than of the other settle what a column's comma means."""

_EXPONENT = re.compile(rb"[0-9.][eE][-+]?[0-9]")


class Evidence(NamedTuple):
    """How many cells of a column can only be read one way, and how many either way."""

    point: int = 0
    comma: int = 0
    either: int = 0


class Exponents(NamedTuple):
    """The numbers in scientific notation in a column."""

    rows: Offsets
    first: str
    """The first of them as it stands."""


@dataclass(frozen=True, eq=False, slots=True)
class Cells:
    """The cells below the header, by index of their column."""

    numbers: NDArray[np.float64]
    """Rows × columns, column by column in memory; NaN where a cell is empty or its column is text."""
    texts: dict[int, list[str]]
    """The columns in which some cell is not a plain number; quotation marks are taken off."""
    may_be_days: dict[int, list[str]]
    """Columns of plain numbers that may be days, as they stand."""
    evidence: dict[int, Evidence]
    """For each column of text, whether its decimals follow a point or a comma."""
    grouped: dict[int, list[str]]
    """Columns of numbers such as 1.234, 12.500, 980, as they stand: thousands, if the file has decimal
    commas. Looked for only where it seems to."""
    exponents: dict[int, Exponents]
    """For each column with numbers in scientific notation, plain or among text."""


def parse(layout: Layout) -> Cells:
    """Parse the rows.

    pandas tells plain numbers from text; the columns of text are weighed for decimal commas. Only then can be
    told which plain numbers may mean something else, and these are taken again as they stand.
    """
    numbers, texts = _columns(layout)
    plain = [index for index in range(len(layout.names)) if index not in texts]
    evidence = {index: weigh(column) for index, column in texts.items()}
    commas = sum(found.comma for found in evidence.values()) > sum(found.point for found in evidence.values())
    days = [index for index in plain if _may_be_days(layout.names[index], numbers[:, index])]
    fractions = [index for index in plain if commas and _may_be_grouped(numbers[:, index])]
    return Cells(
        numbers,
        texts,
        dict(_as_they_stand(layout, days)),
        evidence,
        {index: column for index, column in _as_they_stand(layout, fractions) if _grouped_by_points(column)},
        _exponents(layout),
    )


def _columns(layout: Layout) -> tuple[NDArray[np.float64], dict[int, list[str]]]:
    """Return the numbers and the columns of text. None of the rows has more than `layout.widest` cells."""
    width = len(layout.names)
    numbers = np.full((len(layout.rows), width), np.nan, order="F")
    parts: dict[int, list[list[str] | None]] = {}
    filled = 0
    # pandas takes the number of columns from the rows it reads first: where some are longer, it reads all.
    chunk_size = max(1, CELLS_AT_A_TIME // width) if layout.widest == width else len(layout.rows)
    with _reader(layout.body, layout, range(width), chunksize=chunk_size) as chunks:
        for chunk in chunks:
            end = filled + len(chunk)
            for index in range(width):
                column = chunk[index]
                if column.dtype.kind in "iuf":
                    numbers[filled:end, index] = column.to_numpy()
                else:
                    values = column.fillna("").tolist()
                    # Truth values and numbers of more than 19 digits don't come as they stand in the file.
                    as_they_stand = all(type(cell) is str for cell in values)
                    parts.setdefault(index, []).append(values if as_they_stand else None)
            filled = end
    return numbers, dict(_texts(layout, numbers, parts))


def _texts(
    layout: Layout, numbers: NDArray[np.float64], parts: dict[int, list[list[str] | None]]
) -> Iterator[tuple[int, list[str]]]:
    """Yield the columns of text, reading those again that looked like numbers in some chunk."""
    again = []
    for index, lists in parts.items():
        numbers[:, index] = np.nan
        if None not in lists and sum(len(values or ()) for values in lists) == len(numbers):
            yield index, [cell for values in lists for cell in values or ()]
        else:
            again.append(index)
    yield from _as_they_stand(layout, again)


def _as_they_stand(layout: Layout, columns: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of some columns as they stand, quotation marks taken off."""
    at_a_time = max(1, CELLS_AT_A_TIME // len(layout.rows))
    for first in range(0, len(columns), at_a_time):
        batch = columns[first : first + at_a_time]
        with _reader(layout.body, layout, batch, dtype=object, na_filter=False) as reader:
            frame = reader.read()
        for index in batch:
            yield index, frame[index].tolist()


def _reader(body: bytes, layout: Layout, columns: Iterable[int], **options: Any) -> TextFileReader:
    reader: TextFileReader = pd.read_csv(
        io.BytesIO(body),
        **{"chunksize": None, "iterator": True, "na_values": [""], **options},
        sep=layout.separator,
        header=None,
        names=range(layout.widest),
        usecols=list(columns),
        index_col=False,
        keep_default_na=False,
        skip_blank_lines=False,
        low_memory=False,
        engine="c",
    )
    return reader


def _may_be_days(name: str, values: NDArray[np.float64]) -> bool:
    first, last = COMPACT_DAYS
    return name.strip().lower() == "date" or bool(((values >= first) & (values <= last)).all())


def weigh(cells: Sequence[str]) -> Evidence:
    """Weigh the cells of a column: `1.234,5` has a decimal comma, `1,234.5` hasn't, `1,234` doesn't say.

    Stops where `ENOUGH` cells agree, as millions may follow.
    """
    point = comma = either = 0
    for cell in cells:
        if "," not in cell and "." not in cell:
            continue
        if ONE_GROUP.fullmatch(cell):
            either += 1
        elif cell.count(".") != 1 or not POINT_GROUPS.fullmatch(cell):
            # 1.234 is a plain number, unless its column or its file says otherwise.
            as_point, as_comma = (NUMBER[decimals].fullmatch(cell) is not None for decimals in Decimals)
            point += as_point and not as_comma
            comma += as_comma and not as_point
            if abs(point - comma) >= ENOUGH:
                break
    return Evidence(point, comma, either)


def _may_be_grouped(values: NDArray[np.float64]) -> bool:
    """Tell whether every fraction may have been written as `1.234`: three decimals, up to 3 digits before.

    What the numbers rule out needn't be looked at as it stands, which takes a hundred times as long.
    """
    finite = np.abs(values[np.isfinite(values)])
    fractions = finite[finite != np.floor(finite)]
    thousandths = fractions * 1000
    whole = np.abs(thousandths - np.round(thousandths)) < 1e-6
    return bool(len(fractions)) and bool((whole & (fractions > 1) & (fractions < 1000)).all())


def _grouped_by_points(cells: Sequence[str]) -> bool:
    """Tell whether every point in these numbers may separate thousands: `1.234`, but not `12.5`."""
    return all(POINT_GROUPS.fullmatch(cell) for cell in cells if "." in cell)


def _exponents(layout: Layout) -> dict[int, Exponents]:
    """Find the numbers in scientific notation, by column."""
    parts: dict[int, list[Offsets]] = {}
    firsts: dict[int, str] = {}
    for rows, frame in _rows_with_exponents(layout):
        for index in range(len(layout.names)):
            cells = frame[index].tolist()
            # Most of these cells have no exponent either, and are passed over without a call.
            hits = [
                i for i, cell in enumerate(cells) if ("e" in cell or "E" in cell) and expand(cell) != cell
            ]
            if hits:
                firsts.setdefault(index, cells[hits[0]])
                parts.setdefault(index, []).append(rows[hits])
    return {index: Exponents(np.concatenate(parts[index]), firsts[index]) for index in sorted(parts)}


def _rows_with_exponents(layout: Layout) -> Iterator[tuple[Offsets, pd.DataFrame]]:
    """Yield rows that may hold an exponent, some at a time, and their cells as they stand."""
    found = np.array(list(_exponent_rows(layout.body, layout.row_ends)), np.int64)
    at_a_time = max(1, CELLS_AT_A_TIME // layout.widest)
    for first in range(0, len(found), at_a_time):
        rows = found[first : first + at_a_time]
        ends = layout.row_ends[rows]
        starts = np.where(rows > 0, layout.row_ends[rows - 1] + 1, 0)
        # pandas takes the number of columns from the rows themselves: the first one is made as wide as any.
        parts = [layout.separator.encode() * (layout.widest - 1)]
        parts += [layout.body[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
        columns = range(len(layout.names))
        with _reader(b"\n".join(parts), layout, columns, dtype=object, na_filter=False) as reader:
            yield rows, reader.read().iloc[1:]


def _exponent_rows(body: bytes, row_ends: Offsets) -> Iterator[int]:
    # Searching for one byte is much faster than for a pattern, and most files have neither.
    if b"e" not in body and b"E" not in body:
        return
    position = 0
    while match := _EXPONENT.search(body, position):
        row = int(np.searchsorted(row_ends, match.start()))
        yield row
        position = int(row_ends[row])


def expand(cell: str) -> str:
    """Return `120000` for `1.2e5`; other cells, and numbers beyond 30 digits, as they are."""
    if not ("e" in cell or "E" in cell) or not PLAIN.fullmatch(cell):
        return cell
    value = Decimal(cell.strip())
    return f"{value:f}" if abs(value.adjusted()) <= LONGEST_EXPANSION else cell
