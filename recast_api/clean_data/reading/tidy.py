"""Take parsed cells; hand on the columns that belong to the table: not the empty ones, not row numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.reading.cells import Cells
from recast_api.clean_data.reading.header import Layout
from recast_api.clean_data.reading.offers import Edit, FixName, Offer
from recast_api.clean_data.sentences import counted, some

_INDEX_NAME = re.compile(r"|Unnamed: 0|\.\.\.1")
"""What pandas and R call row numbers that were written without a name."""


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
    numbered = bool(_INDEX_NAME.fullmatch(layout.names[0].strip())) and _counts_rows(cells)
    findings, offers = [], []
    if dropped:
        findings.append(_empty_columns(dropped))
        offers.append(_drop(layout, FixName.DROP_EMPTY_COLUMNS, "Take out the empty columns.", dropped))
    if numbered:
        findings.append(_index_column(layout, cells))
        offers.append(_drop(layout, FixName.DROP_INDEX_COLUMN, "Take out the row numbers.", [0]))
    left_out = {*empty, *([0] if numbered else [])}
    columns = tuple(index for index in range(len(layout.names)) if index not in left_out)
    return Table(layout, cells, columns, tuple(findings), tuple(offers))


def _is_empty(cells: Cells, index: int) -> bool:
    if index in cells.texts:
        return not any(cell.strip() for cell in cells.texts[index])
    return bool(np.isnan(cells.numbers[:, index]).all())


def _counts_rows(cells: Cells) -> bool:
    """Tell whether the first column holds ascending whole numbers, as row numbers do."""
    values = cells.numbers[:, 0]
    return bool(
        (values >= 0).all() and (values == np.floor(values)).all() and (values[1:] > values[:-1]).all()
    )


def _empty_columns(dropped: list[int]) -> Finding:
    positions = [str(index + 1) for index in dropped]
    return Finding.of(
        Level.CONFIRM,
        f"{counted(len(dropped), 'column')} without name and values, at position {some(positions)}.",
        "Take them out: sent as they are, they would be columns without a name.",
        check="empty_columns",
    )


def _index_column(layout: Layout, cells: Cells) -> Finding:
    numbers = cells.numbers[:, 0]
    return Finding.of(
        Level.CONFIRM,
        f"The first column has no name and numbers the rows from {numbers[0]:,.0f} to {numbers[-1]:,.0f}.",
        "Take it out: it would be read as a channel. In pandas, write with index=False.",
        columns=[name for name in layout.names[:1] if name.strip()],
        check="index_column",
    )


def _drop(layout: Layout, name: FixName, sentence: str, columns: list[int]) -> Offer:
    """Offer to take out columns, which touches the header and every row."""
    check = "empty_columns" if name is FixName.DROP_EMPTY_COLUMNS else "index_column"
    return Offer(name, check, sentence, Edit(drop_columns=frozenset(columns)), len(layout.rows) + 1)
