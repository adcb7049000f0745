"""Take rows in one piece; hand on their cells by column: numbers where every cell is one, else as they stand.

The cells of a column of plain numbers aren't kept as they stand, which would take ten times the memory. What
a later step needs of them is picked out here: cells that may be days, that may have points between thousands,
or that have an exponent.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.io.parsers import TextFileReader

from recast_api.clean_data.reading import cut
from recast_api.clean_data.reading.cut import Column
from recast_api.clean_data.reading.header import Layout
from recast_api.clean_data.reading.number_patterns import NUMBER, ONE_GROUP, PLAIN, POINT_GROUPS, Decimals
from recast_api.clean_data.reading.shapes import ALONE, Shapes
from recast_api.clean_data.reading.tokens import Offsets

CELLS_AT_A_TIME = 1_000_000
"""Bounds what pandas holds beside the result: its tokens take more memory than the file."""
BYTES_AT_A_TIME = 1 << 20
"""Searched for exponents."""
COMPACT_DAYS = (19_000_101, 21_991_231)
"""Numbers between these may be days written as YYYYMMDD."""
SAMPLE = 200
"""Rows that rule out most columns whose points might separate thousands."""
LONGEST_EXPANSION = 30
"""Digits that a number may have when it is written out."""
ENOUGH = 100
"""More cells of one reading than of the other settle what a column's comma means."""


class Evidence(NamedTuple):
    """How many cells of a column can only be read one way, and how many either way."""

    point: int = 0
    comma: int = 0
    either: int = 0
    groups: int = 0
    """Like `1.234`: plain numbers, unless the column or the file says otherwise."""


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
    texts: dict[int, Column]
    """The columns in which some cell is not a plain number; quotation marks are taken off."""
    may_be_days: dict[int, Column]
    """Columns of plain numbers that may be days, as they stand."""
    evidence: dict[int, Evidence]
    """For each column of text, whether its decimals follow a point or a comma."""
    grouped: dict[int, Column]
    """Columns of plain numbers such as 1.234, 12.500, 980, as they stand: every point may separate
    thousands."""
    decimal_points: bool
    """Whether another column of plain numbers has points, which then come before decimals."""
    exponents: dict[int, Exponents]
    """For each column with numbers in scientific notation, plain or among text."""


def parse(layout: Layout) -> Cells:
    """Parse the rows.

    pandas tells plain numbers from text; the columns of text are weighed for decimal commas. Plain numbers
    that may mean something else are taken again as they stand.
    """
    numbers, plain = _numbers(layout)
    texts = _as_they_stand(layout, [index for index in range(len(layout.names)) if index not in plain])
    evidence = {index: weigh(votes) for index, votes in cut.each(texts, vote, np.int8)}
    days = [index for index in plain if _may_be_days(layout.names[index], numbers[:, index])]
    grouped, decimal_points = _grouped(layout, numbers, plain)
    return Cells(
        numbers,
        texts,
        _as_they_stand(layout, days),
        evidence,
        grouped,
        decimal_points,
        _exponents(layout, numbers, plain, texts),
    )


def _numbers(layout: Layout) -> tuple[NDArray[np.float64], list[int]]:
    """Return the numbers, and which columns hold nothing else."""
    width = len(layout.names)
    numbers = np.full((len(layout.rows), width), np.nan, order="F")
    plain = dict.fromkeys(range(width))
    filled = 0
    # pandas takes the number of columns from the rows it reads first: where some are longer, it reads all.
    chunk_size = max(1, CELLS_AT_A_TIME // width) if layout.widest == width else len(layout.rows)
    with _reader(layout, chunk_size) as chunks:
        for chunk in chunks:
            end = filled + len(chunk)
            # All columns at once: taking them out of the frame one by one is slow.
            is_number = np.array([kind.kind in "iuf" for kind in chunk.dtypes])
            numeric = [index for index in plain if is_number[index]]
            numbers[filled:end, numeric] = chunk.iloc[:, numeric].to_numpy(np.float64)
            for index in plain.keys() - set(numeric):
                numbers[:, index] = np.nan
                del plain[index]
            filled = end
    return numbers, list(plain)


def _as_they_stand(layout: Layout, columns: Sequence[int]) -> dict[int, Column]:
    """Return the cells of some columns as they stand, quotation marks taken off."""
    return cut.columns(layout.body, layout.row_ends, layout.separator, len(layout.names), columns)


def _reader(layout: Layout, chunk_size: int) -> TextFileReader:
    reader: TextFileReader = pd.read_csv(
        io.BytesIO(layout.body),
        chunksize=chunk_size,
        na_values=[""],
        sep=layout.separator,
        header=None,
        names=range(layout.widest),
        usecols=range(len(layout.names)),
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


class Vote(IntEnum):
    """What a cell says of the character before its decimals."""

    NONE = 0
    POINT = 1
    COMMA = 2
    EITHER = 3
    GROUPS = 4


_WEIGHTS = np.array([{Vote.POINT: 1, Vote.COMMA: -1}.get(said, 0) for said in Vote], np.int8)


def vote(cell: str) -> Vote:
    """Tell what a cell says: `1.234,5` has a decimal comma, `1,234.5` hasn't, `1,234` doesn't say."""
    if "," not in cell and "." not in cell:
        return Vote.NONE
    if ONE_GROUP.fullmatch(cell):
        return Vote.EITHER
    if cell.count(".") == 1 and POINT_GROUPS.fullmatch(cell):
        return Vote.NONE if "%" in cell else Vote.GROUPS
    as_point, as_comma = (NUMBER[decimals].fullmatch(cell) is not None for decimals in Decimals)
    if as_point is as_comma:
        return Vote.NONE
    return Vote.POINT if as_point else Vote.COMMA


def weigh(votes: NDArray[np.int8]) -> Evidence:
    """Count what the cells of a column say, up to the first row by which `ENOUGH` more agree than not."""
    counts = np.bincount(votes, minlength=len(Vote))
    if max(counts[[Vote.POINT, Vote.COMMA]]) >= ENOUGH:
        balance = np.cumsum(_WEIGHTS[votes], dtype=np.int32)
        settled = int(np.argmax(np.abs(balance) >= ENOUGH))
        if settled:
            counts = np.bincount(votes[: settled + 1], minlength=len(Vote))
    return Evidence(*counts[1:].tolist())


class _Point(IntEnum):
    """What a plain number has a point for."""

    NONE = 0
    PERHAPS_THOUSANDS = 1
    DECIMALS = 2


def _point(cell: str) -> _Point:
    if "." not in cell:
        return _Point.NONE
    return _Point.PERHAPS_THOUSANDS if POINT_GROUPS.fullmatch(cell) else _Point.DECIMALS


def _grouped(
    layout: Layout, numbers: NDArray[np.float64], plain: Sequence[int]
) -> tuple[dict[int, Column], bool]:
    """Return the plain columns whose points may all separate thousands, and whether others have points.

    What the numbers or some rows rule out needn't be looked at as it stands, which takes longer by far.
    """
    grouped_first = _may_be_grouped(numbers[:SAMPLE, plain]).tolist()
    possible = list(itertools.compress(plain, grouped_first))
    first_rows = cut.columns(
        layout.body, layout.row_ends[:SAMPLE], layout.separator, len(layout.names), possible
    )
    most = {index: points.max() for index, points in cut.each(first_rows, _point, np.int8)}
    possible = [i for i in possible if most[i] < _Point.DECIMALS and _may_be_grouped(numbers[:, [i]])[0]]
    pointed = [i for i in possible if most[i] or _has_fractions(numbers[:, i])]
    columns = _as_they_stand(layout, pointed)
    most = {index: points.max() for index, points in cut.each(columns, _point, np.int8)}
    grouped = {index: columns[index] for index in columns if most[index] < _Point.DECIMALS}
    return grouped, len(grouped) + len(possible) - len(pointed) < len(plain)


def _has_fractions(values: NDArray[np.float64]) -> bool:
    finite = values[np.isfinite(values)]
    return bool((finite != np.floor(finite)).any())


def _may_be_grouped(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell of each column whether its fractions may all have been written as `1.234`.

    They have up to three decimals, and up to three digits before these.
    """
    is_fraction = np.isfinite(values) & (values != np.floor(values))
    fractions = np.where(is_fraction, np.abs(values), 0.0)
    thousandths = fractions * 1000
    whole = np.abs(thousandths - np.round(thousandths)) < 1e-6
    return np.asarray((~is_fraction | (whole & (fractions > 1) & (fractions < 1000))).all(axis=0))


def _exponents(
    layout: Layout, numbers: NDArray[np.float64], plain: Sequence[int], texts: Mapping[int, Column]
) -> dict[int, Exponents]:
    """Find the numbers in scientific notation, by column."""
    parts: dict[int, list[Offsets]] = {}
    firsts: dict[int, str] = {}
    rows = _exponent_rows(layout.body, layout.row_ends)
    if len(rows):
        for index, found in cut.each(texts, _has_exponent, np.bool_):
            if found.any():
                parts[index] = [np.flatnonzero(found)]
                firsts[index] = texts[index][int(parts[index][0][0])]
    for some_rows, block in _blocks(layout, rows if plain else rows[:0]):
        starts, ends = block.values(plain)
        found = _with_exponent(block.raw, starts, ends, numbers[some_rows][:, plain])
        by_column = np.ascontiguousarray(found.T)
        for position in np.flatnonzero(by_column.any(axis=1)).tolist():
            hits, index = np.flatnonzero(by_column[position]), plain[position]
            parts.setdefault(index, []).append(some_rows[hits])
            first = slice(starts[hits[0], position], ends[hits[0], position])
            firsts.setdefault(index, cut.said(block.raw[first]))
    return {index: Exponents(np.concatenate(parts[index]), firsts[index]) for index in sorted(parts)}


def _blocks(layout: Layout, rows: Offsets) -> Iterator[tuple[Offsets, cut.Block]]:
    """Cut some of the rows, those near one another at a time."""
    width = len(layout.names)
    for block in cut.row_blocks(len(layout.rows), width):
        some = rows[np.searchsorted(rows, block.start) : np.searchsorted(rows, block.stop)]
        if len(some):
            ends = layout.row_ends[some]
            starts = np.where(some > 0, layout.row_ends[some - 1] + 1, 0)
            yield some, cut.block(layout.body, starts, ends, layout.separator, width)


def _with_exponent(
    raw: bytes, starts: Offsets, ends: Offsets, values: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Tell which plain numbers have an exponent that can be written out."""
    found = np.zeros(starts.shape, np.bool_)
    flat, ends = found.reshape(-1), ends.ravel()
    # The cells stand in the order of the text, so that a letter is in the last one that begins before it.
    letters = np.flatnonzero(np.frombuffer(raw, np.uint8) | 0x20 == ord("e"))
    cells = np.searchsorted(starts.ravel(), letters, side="right") - 1
    within = (cells >= 0) & (letters < ends[cells])
    cells, letters = cells[within], letters[within]
    flat[cells] = True
    # The value tells, but at the limits, for zeros, and for exponents that may be too long.
    magnitude = np.abs(values.ravel()[cells])
    low, high = 10.0 ** (1 - LONGEST_EXPANSION), 10.0**LONGEST_EXPANSION
    unsure = cells[~((magnitude > low) & (magnitude < high) & (ends[cells] - letters <= 4))]
    if len(unsure):
        shapes, starts, ends = Shapes(), starts.ravel()[unsure], ends[unsure]
        for code, of_shape in cut.by_code(shapes.codes(raw, starts, ends)):
            if code != ALONE:
                flat[unsure[of_shape]] = _has_exponent(cut.said(shapes.keys[code]))
                continue
            for cell in of_shape.tolist():
                flat[unsure[cell]] = _has_exponent(cut.said(raw[starts[cell] : ends[cell]]))
    return found


def _has_exponent(cell: str) -> bool:
    return expand(cell) != cell


def _exponent_rows(body: bytes, row_ends: Offsets) -> Offsets:
    """Return the rows in which an E follows a digit or a point."""
    positions = [np.empty(0, np.int64)]
    # Most files have none, and searching for one byte is much faster than for a pattern.
    if b"e" in body or b"E" in body:
        data = np.frombuffer(body, np.uint8)
        for first in range(0, len(data), BYTES_AT_A_TIME):
            part = data[max(0, first - 1) : first + BYTES_AT_A_TIME]
            before = (part[:-1] - ord("0") < 10) | (part[:-1] == ord("."))
            positions.append(max(0, first - 1) + 1 + np.flatnonzero(before & (part[1:] | 0x20 == ord("e"))))
    # Marked rather than sorted: a file may have an exponent in every cell.
    found = np.zeros(len(row_ends), bool)
    found[np.searchsorted(row_ends, np.concatenate(positions))] = True
    return np.flatnonzero(found)


def expand(cell: str) -> str:
    """Return `120000` for `1.2e5`; other cells, and numbers beyond 30 digits, as they are."""
    if not ("e" in cell or "E" in cell) or not PLAIN.fullmatch(cell):
        return cell
    value = Decimal(cell.strip())
    return f"{value:f}" if abs(value.adjusted()) <= LONGEST_EXPANSION else cell
