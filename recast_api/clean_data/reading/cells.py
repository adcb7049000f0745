"""Records to columns: numbers where every cell is one, else the cells as they stand."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.io.parsers import TextFileReader

CELLS_AT_A_TIME = 1_000_000
"""Bounds what pandas holds beside the result: its tokens take more memory than the file."""


@dataclass(frozen=True, eq=False, slots=True)
class Columns:
    """The cells below the header, by column."""

    numbers: NDArray[np.float64]
    """Rows × columns, column by column in memory; NaN where a cell is empty or its column is text."""
    texts: dict[int, list[str]]
    """The columns in which some cell is not a plain number."""


def columns(body: bytes, separator: str, rows: int, cells: int, width: int) -> Columns:
    """Parse the first `width` cells of each of `rows` records; none has more than `cells`."""
    numbers = np.full((rows, width), np.nan, order="F")
    parts: dict[int, list[list[str] | None]] = {}
    filled = 0
    with _reader(body, separator, cells, range(width), chunksize=max(1, CELLS_AT_A_TIME // cells)) as chunks:
        for chunk in chunks:
            end = filled + len(chunk)
            for place in range(width):
                column = chunk[place]
                if column.dtype.kind in "iuf":
                    numbers[filled:end, place] = column.to_numpy()
                else:
                    told = column.fillna("").tolist()
                    # Truth values and numbers of more than 19 digits don't come as they stand in the file.
                    as_they_stand = all(type(cell) is str for cell in told)
                    parts.setdefault(place, []).append(told if as_they_stand else None)
            filled = end
    return Columns(numbers, dict(_texts(body, separator, cells, numbers, parts)))


def texts(body: bytes, separator: str, cells: int, places: Sequence[int]) -> dict[int, list[str]]:
    """Return the cells of the columns at `places` as they stand, quotation marks taken off."""
    if not places:
        return {}
    options = {"dtype": object, "na_filter": False}
    with _reader(body, separator, cells, places, **options) as reader:
        frame = reader.read()
    return {place: frame[place].tolist() for place in places}


def _reader(body: bytes, separator: str, cells: int, places: Sequence[int], **options: Any) -> TextFileReader:
    reader: TextFileReader = pd.read_csv(
        io.BytesIO(body),
        **{"chunksize": None, "iterator": True, "na_values": [""], **options},
        sep=separator,
        header=None,
        names=range(cells),
        usecols=list(places),
        index_col=False,
        keep_default_na=False,
        skip_blank_lines=False,
        low_memory=False,
        engine="c",
    )
    return reader


def _texts(
    body: bytes,
    separator: str,
    cells: int,
    numbers: NDArray[np.float64],
    parts: dict[int, list[list[str] | None]],
) -> Iterator[tuple[int, list[str]]]:
    """Yield the text columns, reading those again that looked like numbers in some chunk."""
    again = []
    for place, lists in parts.items():
        numbers[:, place] = np.nan
        if None not in lists and sum(len(told or ()) for told in lists) == len(numbers):
            yield place, [cell for told in lists for cell in told or ()]
        else:
            again.append(place)
    yield from texts(body, separator, cells, again).items()
