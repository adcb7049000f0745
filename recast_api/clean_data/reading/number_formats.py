"""Cells to numbers: the forms in which people and programs write them, and how each is written plainly."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

MISSING_WORDS = frozenset(
    ["na", "n/a", "#n/a", "#na", "nan", "null", "(null)", "none", "nil", "missing", "-", "--", "–", "—", "."]
)
"""What stands for "no value", in lower case: what R, Python, SQL, Excel and people write."""
LONGEST_EXPANSION = 30
"""Digits that a number may have when it is written out."""
ENOUGH = 100
"""More cells of one reading than of the other settle what a column's comma means."""
TRUTH = {"true": "1", "false": "0"}

_GAPS = " '’\u00a0\u2009\u202f"
"""Thousands separators beside comma and point: space, apostrophes, and the spaces that don't break."""
_CURRENCY = (
    r"(?:(?:US|CA|AU|NZ|HK|R|C|A)?\$|[€£¥₹₩₽₺₫฿₪]|"
    r"(?:USD|EUR|GBP|CAD|AUD|NZD|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|BRL|MXN|ZAR|SGD|HKD|CZK|HUF|kr|zł|Fr)\.?)"
)
_INFINITE = re.compile(r"\s*[-+]?inf(?:inity)?\s*", re.I)
_PLAIN = re.compile(r"\s*[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?\s*")
_ONE_GROUP = re.compile(r"[^0-9]*[1-9][0-9]{0,2},[0-9]{3}[^0-9]*")
_POINT_GROUPS = re.compile(r"[^0-9]*[1-9][0-9]{0,2}(?:\.[0-9]{3})+[^0-9]*")


class Decimals(StrEnum):
    """The character before the decimals."""

    POINT = "."
    COMMA = ","


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


def _number(decimals: Decimals) -> re.Pattern[str]:
    """Return the pattern of a number that isn't plain; groups of thousands are of one kind throughout."""
    comma, point = (",", r"\.") if decimals is Decimals.POINT else (r"\.", ",")
    # Two digits between separators are lakh and crore: 12,34,567.
    grouped = rf"[1-9][0-9]{{0,2}}(?:{comma}[0-9]{{2,3}})*{comma}[0-9]{{3}}"
    spaced = rf"[0-9]{{1,3}}(?P<gap>[{_GAPS}])[0-9]{{3}}(?:(?P=gap)[0-9]{{3}})*"
    # Possessive: a cell may hold a million spaces, and they mustn't be shared out in every way.
    return re.compile(
        rf"\s*+(?P<open>\()?\s*+(?P<sign>[-+−–]?)\s*+{_CURRENCY}?\s*+(?P<inner>[-−]?)"
        rf"(?P<whole>{grouped}|{spaced}|[0-9]*)(?:{point}(?P<part>[0-9]*))?(?P<power>[eE][-+]?[0-9]{{1,3}})?"
        rf"\s*+(?P<percent>%)?\s*+{_CURRENCY}?\s*+(?P<after>[-−]?)\s*+(?P<close>\))?\s*+"
    )


_NUMBER = {decimals: _number(decimals) for decimals in Decimals}
_USUAL_CELLS = {
    Decimals.POINT: r"-?(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?",
    Decimals.COMMA: r"-?(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,[0-9]+)?",
}
"""The commonest forms, told ten times as fast."""
_USUAL = {decimals: re.compile(cell) for decimals, cell in _USUAL_CELLS.items()}
_USUAL_COLUMN = {decimals: re.compile(rf"(?:(?:{cell})?\n)*") for decimals, cell in _USUAL_CELLS.items()}


def _usual_written(text: str, decimals: Decimals) -> str:
    return text.replace("," if decimals is Decimals.POINT else ".", "").replace(",", ".")


def plain(cell: str, decimals: Decimals) -> tuple[Form, str]:
    """Return the form of a cell, and how its value is written plainly; a percentage keeps its sign."""
    if _PLAIN.fullmatch(cell) and (decimals is Decimals.POINT or "." not in cell):
        return Form.PLAIN, cell
    if _USUAL[decimals].fullmatch(cell):
        return Form.FORMATTED, _usual_written(cell, decimals)
    words = cell.strip().lower()
    if not words:
        return (Form.MISSING_WORD, "") if cell else (Form.EMPTY, "")
    if words in MISSING_WORDS:
        return Form.MISSING_WORD, ""
    if words in TRUTH:
        return Form.TRUTH, TRUTH[words]
    if _INFINITE.fullmatch(cell):
        return Form.PLAIN, cell
    found = _NUMBER[decimals].fullmatch(cell)
    return _written(found) if found else (Form.TEXT, cell)


def _written(found: re.Match[str]) -> tuple[Form, str]:
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


def is_scientific(cell: str) -> bool:
    """Tell whether a cell is a plain number with an exponent that can be written out in 30 digits."""
    return expand(cell) != cell


def expand(cell: str) -> str:
    """Return `120000` for `1.2e5`; other cells, and numbers beyond 30 digits, as they are."""
    if not ("e" in cell or "E" in cell) or not _PLAIN.fullmatch(cell):
        return cell
    value = Decimal(cell.strip())
    return f"{value:f}" if abs(value.adjusted()) <= LONGEST_EXPANSION else cell


def grouped_by_points(cells: Sequence[str]) -> bool:
    """Tell whether every point in these numbers may separate thousands: `1.234`, but not `12.5`."""
    return all(_POINT_GROUPS.fullmatch(cell) for cell in cells if "." in cell)


@dataclass(frozen=True, eq=False, slots=True)
class Numbers:
    """A column of numbers that weren't all plain."""

    values: NDArray[np.float64]
    """NaN where a cell is empty, stands for "missing", or is text."""
    forms: NDArray[np.int8]
    decimals: Decimals

    def rows(self, form: Form) -> NDArray[np.int64]:
        """Return the rows whose cells have that form, ascending."""
        return np.flatnonzero(self.forms == form)

    @property
    def numeric(self) -> bool:
        """Whether any cell is a number; a column without one isn't about numbers at all."""
        return bool(np.isin(self.forms, (Form.PLAIN, Form.FORMATTED, Form.PERCENT)).any())


def parse(cells: Sequence[str], decimals: Decimals) -> Numbers:
    """Read a column, whose decimals come behind the given character."""
    column = "\n".join(cells) + "\n"
    if column.count("\n") == len(cells) and _USUAL_COLUMN[decimals].fullmatch(column):
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many cells of a column can only be read one way, and how many either way."""

    point: int = 0
    comma: int = 0
    either: int = 0

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(self.point + other.point, self.comma + other.comma, self.either + other.either)

    @property
    def decided(self) -> Decimals | None:
        """The character before the decimals, where the cells tell."""
        if self.point == self.comma:
            return None
        return Decimals.POINT if self.point > self.comma else Decimals.COMMA


def evidence(cells: Sequence[str]) -> Evidence:
    """Weigh the cells of a column: `1.234,5` has a decimal comma, `1,234.5` hasn't, `1,234` doesn't say.

    Stops where `ENOUGH` cells agree, as millions may follow.
    """
    point = comma = either = 0
    for cell in cells:
        if "," not in cell and "." not in cell:
            continue
        if _ONE_GROUP.fullmatch(cell):
            either += 1
        elif cell.count(".") != 1 or not _POINT_GROUPS.fullmatch(cell):
            # 1.234 is a plain number, unless its column or its file says otherwise.
            as_point, as_comma = (_NUMBER[decimals].fullmatch(cell) is not None for decimals in Decimals)
            point += as_point and not as_comma
            comma += as_comma and not as_point
            if abs(point - comma) >= ENOUGH:
                break
    return Evidence(point, comma, either)


Converter = Callable[[str], str]


def writer(decimals: Decimals, *forms: Form) -> Converter:
    """Return what writes cells of these forms plainly, and leaves all others as they are."""

    def write(cell: str) -> str:
        form, written = plain(cell, decimals)
        return written if form in forms else cell

    return write


def percent_writer(decimals: Decimals) -> Converter:
    """Return what writes percentages as fractions, and leaves all other cells as they are."""

    def write(cell: str) -> str:
        form, written = plain(cell, decimals)
        return fraction(written) if form is Form.PERCENT else cell

    return write
