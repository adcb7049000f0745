"""Take parsed cells; hand on the columns that belong to the table: not the empty ones, not row numbers."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.reading.cells import Cells
from recast_api.clean_data.reading.header import Layout
from recast_api.clean_data.reading.number_patterns import PLAIN
from recast_api.clean_data.reading.offers import Edit, FixName, Offer
from recast_api.clean_data.sentences import counted, some

_INDEX_NAME = re.compile(
    r"|unnamed: [0-9]+(?:\.[0-9]+)?|\.\.\.[0-9]+|x(?:\.[0-9]+)?|index|level_0|"
    r"#|nr\.?|no\.?|row(?:[ _.]?(?:names?|numbers?|num|no|nr|id|index))?s?",
    re.I,
)
"""What pandas, R and people call row numbers, written with or without a name."""
FEWEST_PER_START = 4
"""Rows that are numbered from the start again, at least, on average: 0 and 1 alone mark days."""
MOST_OTHERS = 0.2
"""Share of the cells among row numbers that may be no numbers: those of totals and notes."""


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """The table in a file. Columns are known by their index in the file until there is a frame."""

    layout: Layout
    cells: Cells
    columns: tuple[int, ...]
    """Indexes of the columns that belong to the table, ascending."""
    findings: tuple[Finding, ...] = ()
    offers: tuple[Offer, ...] = ()


def tidy(layout: Layout, cells: Cells) -> Table:
    """Leave out the columns that aren't data."""
    nameless = [index for index, name in enumerate(layout.names) if not name.strip()]
    empty = [index for index in nameless if _is_empty(cells, index)]
    # Cells behind the last name are empty, or their rows would have been ragged.
    dropped = [*empty, *range(len(layout.names), layout.widest)]
    numbering = _numbering(layout, cells)
    findings, offers = [], []
    if dropped:
        findings.append(_empty_columns(dropped))
        offers.append(_drop(layout, FixName.DROP_EMPTY_COLUMNS, "Take out the empty columns.", dropped))
    if numbering:
        findings.append(_index_column(layout, cells, numbering))
        offers.append(_drop(layout, FixName.DROP_INDEX_COLUMN, "Take out the row numbers.", numbering))
    left_out = {*empty, *numbering}
    columns = tuple(index for index in range(len(layout.names)) if index not in left_out)
    return Table(layout, cells, columns, tuple(findings), tuple(offers))


def _numbering(layout: Layout, cells: Cells) -> list[int]:
    """Return the columns in front that number the rows. A file that was written twice may have two."""

    def numbers_rows(index: int) -> bool:
        return bool(_INDEX_NAME.fullmatch(layout.names[index].strip())) and _counts_rows(
            _numbers(cells, index)
        )

    in_front = itertools.takewhile(numbers_rows, range(len(layout.names) - 1))
    return list(in_front)


def _numbers(cells: Cells, index: int) -> NDArray[np.float64]:
    """Return the numbers of a column, without the cells of a few totals and notes; none if there are more."""
    numbers = cells.numbers[:, index]
    if index in cells.texts:
        numbers = np.array([float(cell) if PLAIN.fullmatch(cell) else np.nan for cell in cells.texts[index]])
    given = numbers[~np.isnan(numbers)]
    return given if len(numbers) - len(given) <= MOST_OTHERS * len(numbers) else given[:0]


def _is_empty(cells: Cells, index: int) -> bool:
    if index in cells.texts:
        return not any(cell.strip() for cell in cells.texts[index])
    return bool(np.isnan(cells.numbers[:, index]).all())


def _counts_rows(values: NDArray[np.float64]) -> bool:
    """Tell whether these are row numbers: ascending, or from the start again, or in another order."""
    whole = np.isfinite(values) & (values >= 0) & (values == np.floor(values))
    if not len(values) or not whole.all():
        return False
    starts = np.flatnonzero(np.diff(values) <= 0) + 1
    again = set(values[starts].tolist())
    if len(starts) * FEWEST_PER_START <= len(values) and (not again or again <= {values[0]} <= {0.0, 1.0}):
        return True
    ordered = np.sort(values)
    return ordered[0] <= 1 and bool((np.diff(ordered) == 1).all())


def _empty_columns(dropped: list[int]) -> Finding:
    positions = [str(index + 1) for index in dropped]
    return Finding.of(
        Level.CONFIRM,
        f"{counted(len(dropped), 'column')} without name and values, at position {some(positions)}.",
        "Take them out: sent as they are, they would be columns without a name.",
        check="empty_columns",
    )


def _index_column(layout: Layout, cells: Cells, numbering: list[int]) -> Finding:
    names = [layout.names[index] for index in numbering if layout.names[index].strip()]
    numbers = _numbers(cells, numbering[0])
    span = f"from {min(numbers):,.0f} to {max(numbers):,.0f}"
    called = f" ({some([f'“{name}”' for name in names])})" if names else ""
    sentence = f"The first column{called} numbers the rows {span}."
    advice = "Take it out: it would be read as a channel. In pandas, write with index=False."
    if len(numbering) > 1:
        sentence = f"The first {len(numbering)} columns{called} number the rows {span}."
        advice = "Take them out: they would be read as channels. In pandas, write with index=False."
    if layout.row_names:
        sentence = f"Each row begins with its number, {span}, but the header has no cell for it."
        advice = "R writes row names so, and not every program knows it. In R, write with row.names=FALSE."
    return Finding.of(Level.CONFIRM, sentence, advice, columns=names, check="index_column")


def _drop(layout: Layout, name: FixName, sentence: str, columns: list[int]) -> Offer:
    """Offer to take out columns, which touches the header and every row that has a cell there."""
    check = "empty_columns" if name is FixName.DROP_EMPTY_COLUMNS else "index_column"
    in_header = any(0 <= index - layout.row_names < layout.header_cells for index in columns)
    line_count = int(in_header) + int((layout.row_cells > columns[0]).sum())
    return Offer(name, check, sentence, Edit(drop_columns=frozenset(columns)), line_count)
