"""Take a table; parse its columns that aren't plain numbers, and decide between point and comma decimals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from recast_api.clean_data.reading import cut, number_formats
from recast_api.clean_data.reading.cells import Evidence
from recast_api.clean_data.reading.cut import Column
from recast_api.clean_data.reading.date_column import DateColumn
from recast_api.clean_data.reading.number_formats import Form, Numbers
from recast_api.clean_data.reading.number_patterns import FORMULA_ERROR, OUT_OF_LINE, Decimals
from recast_api.clean_data.reading.tidy import Table
from recast_api.clean_data.reading.tokens import Offsets

_VALUES = (Form.PLAIN, Form.FORMATTED, Form.PERCENT)
_NOT_PLAIN = (Form.FORMATTED, Form.PERCENT, Form.TRUTH, Form.MISSING_WORD, Form.TEXT)


@dataclass(frozen=True, eq=False, slots=True)
class NumberColumns:
    """The columns whose cells aren't all plain numbers, the dates left out, by index."""

    texts: dict[int, Column]
    """Their cells as they stand."""
    parsed: dict[int, Numbers]
    """The values and forms of their cells."""
    clean: frozenset[int]
    """Those in which every cell is a number or missing."""
    numeric: frozenset[int]
    """Those that are about numbers: at least half of what their cells say, failed formulas aside."""
    rows: dict[Form, dict[int, Offsets]]
    """Of the numeric ones, the rows whose cells have a form that something is to be said of, ascending."""
    undecided: frozenset[int]
    """Those in which a comma may separate decimals or thousands; `parsed` then holds a guess."""
    points: dict[int, Offsets]
    """The same for a point, with the rows that have one."""
    number_like_names: frozenset[int]
    """Columns whose names are numbers themselves, looked for where the names may be data."""


def parse(table: Table, dates: DateColumn) -> NumberColumns:
    """Decide between decimal points and decimal commas, for the file and each column, and read the cells."""
    columns = [index for index in table.columns if index != dates.index]
    texts = {index: table.cells.texts[index] for index in columns if index in table.cells.texts}
    evidence = {index: table.cells.evidence[index] for index in texts}
    # What stands among notes says nothing of how the file's numbers are written.
    of_text = {index for index, balance in cut.each(texts, _balance, np.int8) if balance.sum(dtype=int) < 0}
    usual = decided(_total(evidence[index] for index in evidence if index not in of_text))
    # In a comma-separated file, a comma within a number had to be quoted. Programs that do so write decimal
    # points, so there it separates thousands. In other files it may be either, and decimals are the guess.
    ambiguous = usual is None and table.layout.separator != ","
    grouped = {index: table.cells.grouped[index] for index in columns if index in table.cells.grouped}
    pointed = {index: texts[index] for index in texts if _says_groups_only(evidence[index])}
    points: dict[int, Offsets] = {}
    by_column: dict[int, Decimals] = {}
    if usual is Decimals.COMMA:
        texts |= grouped
    else:
        points_decide = usual is Decimals.POINT or table.cells.decimal_points
        points = dict(_in_question(grouped | pointed, ambiguous and not points_decide))
        texts |= {index: grouped[index] for index in points if index in grouped}
        by_column = dict.fromkeys(pointed, Decimals.POINT)
        by_column |= dict.fromkeys(points, Decimals.POINT if points_decide else Decimals.COMMA)
    usual = usual or (Decimals.COMMA if ambiguous else Decimals.POINT)
    parsed = number_formats.parse_columns(texts, _of_each(texts, evidence, usual) | by_column)
    undecided = _open_questions(evidence) if ambiguous else []
    found = _sorted_by_form(texts, parsed, of_text, undecided, _number_like_names(table))
    return replace(found, points={index: rows for index, rows in points.items() if index in found.numeric})


def _total(evidence: Iterable[Evidence]) -> Evidence:
    return Evidence(*(sum(counts) for counts in zip(*evidence, strict=True)))


def decided(evidence: Evidence) -> Decimals | None:
    """Return the character before the decimals, where the cells tell."""
    if evidence.point == evidence.comma:
        return None
    return Decimals.POINT if evidence.point > evidence.comma else Decimals.COMMA


def _of_each(columns: Iterable[int], evidence: dict[int, Evidence], usual: Decimals) -> dict[int, Decimals]:
    """Return the character before the decimals of each column: the usual one where its cells don't tell."""
    return {index: decided(evidence.get(index, Evidence())) or usual for index in columns}


def _says_groups_only(evidence: Evidence) -> bool:
    """Tell whether cells of a column of text have points as in `1.234`, and none says what these are."""
    return bool(evidence.groups) and not (evidence.point or evidence.comma or evidence.either)


def _in_question(columns: Mapping[int, Column], any_may: bool) -> Iterator[tuple[int, Offsets]]:
    """Yield the columns in which points may separate thousands, and the rows with a point.

    All of them, if the file may well have decimal commas. Else those that look like thousands: money with
    three decimals, or whole numbers without a point that are much larger.
    """
    pointed = dict(cut.each(columns, lambda cell: "." in cell, np.bool_))
    parsed = number_formats.parse_columns(columns, dict.fromkeys(columns, Decimals.POINT))
    for index, numbers in parsed.items():
        values, with_point = np.abs(numbers.values), pointed[index] & np.isfinite(numbers.values)
        if with_point.any():
            others = values[~pointed[index] & (values > 0)]
            money = (numbers.forms[with_point] == Form.FORMATTED).any()
            larger = len(others) and np.median(others) >= OUT_OF_LINE * np.median(values[with_point])
            if any_may or money or larger:
                yield index, np.flatnonzero(with_point)


def _open_questions(evidence: dict[int, Evidence]) -> list[int]:
    return [index for index, found in evidence.items() if found.either and decided(found) is None]


def _sorted_by_form(
    texts: dict[int, Column],
    parsed: dict[int, Numbers],
    of_text: set[int],
    undecided: list[int],
    number_like_names: frozenset[int],
) -> NumberColumns:
    forms = {index: set(np.flatnonzero(np.bincount(parsed[index].forms)).tolist()) for index in parsed}
    clean = frozenset(index for index in parsed if Form.TEXT not in forms[index])
    # A column without any number isn't about numbers, unless its cells are all missing or TRUE and FALSE.
    numeric = clean | {i for i in parsed if i not in of_text and not forms[i].isdisjoint(_VALUES)}
    about_numbers = [index for index in parsed if index in numeric]
    rows = {
        form: {i: np.flatnonzero(parsed[i].forms == form) for i in about_numbers if form in forms[i]}
        for form in _NOT_PLAIN
    }
    # A column that is mostly text has commas too, and asking what they mean in it would lead nowhere.
    asked = {i for i in undecided if i in rows[Form.FORMATTED] and parsed[i].decimals is Decimals.COMMA}
    return NumberColumns(texts, parsed, clean, numeric, rows, frozenset(asked), {}, number_like_names)


def _balance(cell: str) -> int:
    """Count a cell for or against its column being one of numbers: a number, however written, or else text.

    Failed formulas say neither: they are exceptions in any column.
    """
    forms = {number_formats.plain(cell, decimals)[0] for decimals in Decimals}
    if not forms.isdisjoint(_VALUES):
        return 1
    return -1 if Form.TEXT in forms and not FORMULA_ERROR.fullmatch(cell) else 0


def _number_like_names(table: Table) -> frozenset[int]:
    names = table.layout.names
    return number_formats.numbers_among(names) if table.layout.names_may_be_data else frozenset()
