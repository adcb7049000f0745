"""Take the cells of a column of numbers; hand on their values and forms, and how each is written plainly."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.reading.number_patterns import (
    INFINITE,
    MISSING_WORDS,
    NUMBER,
    PLAIN,
    TRUTH,
    USUAL,
    USUAL_COLUMN,
    Decimals,
)


class Form(IntEnum):
    """What a cell of a column of numbers can be."""

    EMPTY = 0
    PLAIN = 1
    """A number as every program reads it."""
    FORMATTED = 2
    """A number with currency sign, thousands separators, decimal comma, or brackets for minus."""
    PERCENT = 3
    TRUTH = 4
    """TRUE or FALSE."""
    MISSING_WORD = 5
    TEXT = 6


def _usual_written(text: str, decimals: Decimals) -> str:
    return text.replace("," if decimals is Decimals.POINT else ".", "").replace(",", ".")


def plain(cell: str, decimals: Decimals) -> tuple[Form, str]:
    """Return the form of a cell, and how its value is written plainly; a percentage keeps its sign."""
    if PLAIN.fullmatch(cell) and (decimals is Decimals.POINT or "." not in cell):
        return Form.PLAIN, cell
    if USUAL[decimals].fullmatch(cell):
        return Form.FORMATTED, _usual_written(cell, decimals)
    # What matches neither is rare: from here on it may take longer.
    words = cell.strip().lower()
    if not words:
        return (Form.MISSING_WORD, "") if cell else (Form.EMPTY, "")
    if words in MISSING_WORDS:
        return Form.MISSING_WORD, ""
    if words in TRUTH:
        return Form.TRUTH, TRUTH[words]
    if INFINITE.fullmatch(cell):
        return Form.PLAIN, cell
    found = NUMBER[decimals].fullmatch(cell)
    return _written(found) if found else (Form.TEXT, cell)


def _written(found: re.Match[str]) -> tuple[Form, str]:
    """Put the parts of a number together plainly. At most one of them may say minus, brackets included."""
    whole = re.sub("[^0-9]", "", found["whole"])
    minus = [
        found["open"] is not None,
        found["sign"] not in ("", "+"),
        found["inner"] != "",
        found["after"] != "",
    ]
    brackets_match = (found["open"] is None) == (found["close"] is None)
    if not (whole or found["part"]) or sum(minus) > 1 or not brackets_match:
        return Form.TEXT, found[0]
    part = f".{found['part']}" if found["part"] else ""
    written = ("-" if any(minus) else "") + (whole or "0") + part + (found["power"] or "")
    return (Form.PERCENT, written + "%") if found["percent"] else (Form.FORMATTED, written)


def fraction(percentage: str) -> str:
    """Return `0.125` for `12.5%`: the value as spreadsheets hold it."""
    return f"{Decimal(percentage[:-1]).scaleb(-2):f}"


@dataclass(frozen=True, eq=False, slots=True)
class Numbers:
    """A column of numbers that weren't all plain."""

    values: NDArray[np.float64]
    """NaN where a cell is empty, stands for "missing", or is text."""
    forms: NDArray[np.int8]
    decimals: Decimals


def parse_columns(
    columns: Mapping[int, Sequence[str]], decimals: Mapping[int, Decimals]
) -> dict[int, Numbers]:
    """Read columns, each with its own character before the decimals."""
    return {index: parse(cells, decimals[index]) for index, cells in columns.items()}


def numbers_among(names: Sequence[str]) -> frozenset[int]:
    """Return the indexes of names that are numbers."""
    forms = [plain(name, Decimals.POINT)[0] for name in names]
    return frozenset(index for index, form in enumerate(forms) if form in (Form.PLAIN, Form.FORMATTED))


def parse(cells: Sequence[str], decimals: Decimals) -> Numbers:
    """Read a column, whose decimals come behind the given character."""
    # The whole column in one match: most columns that aren't plain hold nothing but the commonest forms. A
    # cell with a line end in it would shift the rows, and goes the long way.
    column = "\n".join(cells) + "\n"
    if column.count("\n") == len(cells) and USUAL_COLUMN[decimals].fullmatch(column):
        return _usual(cells, _usual_written(column, decimals).split("\n")[:-1], decimals)
    forms = np.empty(len(cells), np.int8)
    values = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        form, written = plain(cell, decimals)
        forms[row] = form
        if form is Form.PERCENT:
            values[row] = float(fraction(written))
        elif written and form is not Form.TEXT:
            values[row] = float(written)
    return Numbers(values, forms, decimals)


def _usual(cells: Sequence[str], written: list[str], decimals: Decimals) -> Numbers:
    """Return a column that holds only empty cells and numbers of the commonest forms."""
    changed = [number != cell for number, cell in zip(written, cells, strict=True)]
    forms = np.where(changed, np.int8(Form.FORMATTED), np.int8(Form.PLAIN))
    forms[[not cell for cell in cells]] = Form.EMPTY
    return Numbers(np.array([number or "nan" for number in written], np.float64), forms, decimals)


def write(cell: str, *, decimals: Decimals, forms: tuple[Form, ...]) -> str:
    """Return a cell of one of these forms as a plain number, any other as it is."""
    form, written = plain(cell, decimals)
    return written if form in forms else cell


def write_fraction(cell: str, *, decimals: Decimals) -> str:
    """Return a percentage as a fraction, any other cell as it is."""
    form, written = plain(cell, decimals)
    return fraction(written) if form is Form.PERCENT else cell
