"""Take the cells of a column of numbers; hand on their values and forms, and how each is written plainly."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.reading import cut
from recast_api.clean_data.reading.cut import Column, Columns
from recast_api.clean_data.reading.number_patterns import (
    ACCOUNTING_ZERO,
    INFINITE,
    MISSING_WORDS,
    NUMBER,
    PLAIN,
    POINT_GROUPS,
    TRUTH,
    USUAL,
    Decimals,
)
from recast_api.clean_data.reading.shapes import ALONE, Template, template
from recast_api.clean_data.reading.tokens import Offsets

EXACT = 15
"""Digits that a float64 holds whatever they are."""

_ZERO = ord("0")


class Form(IntEnum):
    """What a cell of a column of numbers can be."""

    EMPTY = 0
    PLAIN = 1
    """A number as every program reads it."""
    FORMATTED = 2
    """A number with currency sign, thousands separators, decimal comma, brackets for minus, `$ -` for 0."""
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
    if ACCOUNTING_ZERO.fullmatch(cell):
        return Form.FORMATTED, "0"
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


def parse_columns(columns: Mapping[int, Column], decimals: Mapping[int, Decimals]) -> dict[int, Numbers]:
    """Read columns, each with its own character before the decimals."""
    alike: dict[tuple[int, Decimals], list[int]] = {}
    for index, column in columns.items():
        alike.setdefault((id(column.columns), decimals[index]), []).append(index)
    parsed: dict[int, Numbers] = {}
    for (_, one), indexes in alike.items():
        positions = [columns[index].position for index in indexes]
        values, forms = _parse(columns[indexes[0]].columns, positions, one)
        parsed |= {i: Numbers(values[:, at], forms[:, at], one) for at, i in enumerate(indexes)}
    return {index: parsed[index] for index in columns}


def numbers_among(names: Sequence[str]) -> frozenset[int]:
    """Return the indexes of names that are numbers."""
    forms = [plain(name, Decimals.POINT)[0] for name in names]
    return frozenset(index for index, form in enumerate(forms) if form in (Form.PLAIN, Form.FORMATTED))


def parse(cell: str, decimals: Decimals) -> tuple[Form, str]:
    """Return the form of a cell, and its value as every program reads it; empty where it has none."""
    form, written = plain(cell, decimals)
    if form is Form.PERCENT:
        return form, fraction(written)
    return form, "" if form is Form.TEXT else written.strip()


def _parse(
    columns: Columns, positions: Sequence[int], decimals: Decimals
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Read columns, all cells of one shape at once."""
    size = len(columns.starts), len(positions)
    values, forms = np.empty(size, order="F"), np.empty(size, np.int8, order="F")
    read_shape = cache(partial(_shape, decimals=decimals))
    # Some rows at a time: their cells are near one another in memory.
    for rows in cut.row_blocks(*size):
        starts = columns.starts[rows][:, positions].ravel()
        codes = columns.codes[rows][:, positions].ravel()
        block_values, block_forms = np.empty(len(codes)), np.empty(len(codes), np.int8)
        for code, cells in cut.by_code(codes):
            shape = read_shape(columns.shapes.keys[code]) if code != ALONE else None
            if shape:
                block_forms[cells] = shape.form
                block_values[cells] = shape.values(columns.data, starts[cells])
                continue
            ends = columns.ends[rows][:, positions].ravel()
            for cell in cells.tolist():
                form, number = parse(columns.cell(int(starts[cell]), int(ends[cell])), decimals)
                block_forms[cell] = form
                block_values[cell] = float(number or "nan")
        values[rows], forms[rows] = (
            block.reshape(-1, len(positions)) for block in (block_values, block_forms)
        )
    return values, forms


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the cells of one shape are."""

    form: Form
    number: Template
    """Their values as every program reads them."""

    def values(self, data: NDArray[np.uint8], starts: Offsets) -> NDArray[np.float64] | float:
        text = self.number.text.decode()
        if not self.number.digits:
            return float(text or "nan")
        whole, _, part = text.lstrip("+-").partition(".")
        if not (whole + part).isdecimal() or len(whole + part) > EXACT:
            return self.number.fill(data, starts).view(f"S{len(text)}")[:, 0].astype(np.float64)
        total = np.zeros(len(starts), np.int64)
        for position, digit in enumerate(self.number.text):
            source = self.number.digits.get(position)
            if source is not None:
                total = total * 10 + (data[starts + source] - _ZERO)
            elif chr(digit).isdecimal():
                total = total * 10 + (digit - _ZERO)
        # Both are whole numbers that a float64 holds exactly, so that the quotient is rounded just once.
        values = total / 10.0 ** len(part)
        return -values if text.startswith("-") else values


def _shape(key: bytes, decimals: Decimals) -> _Shape | None:
    """Find out what the cells of a shape are, or None where they have to be read one by one."""
    # A form takes one character, which a template keeps only where it doesn't depend on digits.
    both = template(key, lambda cell: "{:d}{}".format(*parse(cell, decimals)))
    return _split(both) if both and 0 not in both.digits else None


def _split(both: Template) -> _Shape:
    digits = {position - 1: source for position, source in both.digits.items()}
    return _Shape(Form(int(both.text[:1])), Template(both.text[1:], digits))


def write(cell: str, *, decimals: Decimals, forms: tuple[Form, ...]) -> str:
    """Return a cell of one of these forms as a plain number, any other as it is."""
    form, written = plain(cell, decimals)
    return written if form in forms else cell


def write_with_decimals(cell: str, *, decimals: Decimals) -> str:
    """Return `1.2340` for `1.234`, which nothing takes for thousands, and other numbers plainly."""
    form, written = plain(cell, decimals)
    if form is Form.FORMATTED or (form is Form.PLAIN and POINT_GROUPS.fullmatch(cell)):
        return f"{written.strip()}0" if "." in written else written
    return cell


def write_fraction(cell: str, *, decimals: Decimals) -> str:
    """Return a percentage as a fraction, any other cell as it is."""
    form, written = plain(cell, decimals)
    return fraction(written) if form is Form.PERCENT else cell
