"""Take a table with its dates and numbers; hand on the DataFrame."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from recast_api.clean_data.reading.date_column import DateColumn
from recast_api.clean_data.reading.number_columns import NumberColumns
from recast_api.clean_data.reading.tidy import Table

MANY_TEXTS = 50
"""With more columns of text than this a frame is put together at once: pandas slows down insert by insert."""


def build(table: Table, dates: DateColumn, numbers: NumberColumns) -> pd.DataFrame:
    """Return one column per column of the table, in its order. Every column must have a name of its own.

    The numbers are those of `table.cells`, filled in and used without a copy: the frame is what memory is
    spent on.
    """
    values = table.cells.numbers
    # The columns of text are NaN there so far.
    for index, parsed in numbers.parsed.items():
        values[:, index] = parsed.values
    others = _not_numbers(dates, numbers)
    if len(others) > MANY_TEXTS:
        return pd.DataFrame({dates.names[i]: others.get(i, values[:, i]) for i in table.columns})
    numeric = [index for index in table.columns if index not in others]
    frame = pd.DataFrame(
        _block(values, numeric), columns=[dates.names[index] for index in numeric], copy=False
    )
    for position, index in enumerate(table.columns):
        if index in others:
            frame.insert(position, dates.names[index], others[index])
    return frame


def _not_numbers(dates: DateColumn, numbers: NumberColumns) -> Mapping[int, np.ndarray]:
    """Return the dates, and the columns in which some cell is neither a number nor missing, as they stand."""
    others: dict[int, np.ndarray] = {
        index: np.array([cell or None for cell in cells], object)
        for index, cells in numbers.texts.items()
        if index not in numbers.clean
    }
    if dates.index is not None and dates.dates is not None:
        others[dates.index] = dates.dates.days.astype("datetime64[us]")
    return others


def _block(values: np.ndarray, numeric: list[int]) -> np.ndarray:
    """Return these columns of the numbers: without a copy where they are the last ones, as in most files."""
    if numeric and len(numeric) == values.shape[1] - numeric[0]:
        return values[:, numeric[0] :]
    return values[:, numeric]
