"""Take a table; parse its columns that aren't plain numbers, and decide between point and comma decimals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from recast_api.clean_data.reading import number_formats
from recast_api.clean_data.reading.cells import Evidence
from recast_api.clean_data.reading.date_column import DateColumn
from recast_api.clean_data.reading.number_formats import Form, Numbers
from recast_api.clean_data.reading.number_patterns import Decimals
from recast_api.clean_data.reading.tidy import Table
from recast_api.clean_data.reading.tokens import Offsets

_VALUES = (Form.PLAIN, Form.FORMATTED, Form.PERCENT)
_NOT_PLAIN = (Form.FORMATTED, Form.PERCENT, Form.TRUTH, Form.MISSING_WORD, Form.TEXT)


@dataclass(frozen=True, eq=False, slots=True)
class NumberColumns:
    """The columns whose cells aren't all plain numbers, the dates left out, by index."""

    texts: dict[int, list[str]]
    """Their cells as they stand."""
    parsed: dict[int, Numbers]
    """The values and forms of their cells."""
    clean: frozenset[int]
    """Those in which every cell is a number or missing."""
    numeric: frozenset[int]
    """Those that are about numbers, whatever else is in them."""
    rows: dict[Form, dict[int, Offsets]]
    """Of the numeric ones, the rows whose cells have a form that something is to be said of, ascending."""
    undecided: frozenset[int]
    """Those in which a comma may separate decimals or thousands; `parsed` then holds a guess."""
    number_like_names: frozenset[int]
    """Columns whose names are numbers themselves, looked for where the names may be data."""


def parse(table: Table, dates: DateColumn) -> NumberColumns:
    """Decide between decimal points and decimal commas, for the file and each column, and read the cells."""
    columns = [index for index in table.columns if index != dates.index]
    texts = {index: table.cells.texts[index] for index in columns if index in table.cells.texts}
    evidence = {index: table.cells.evidence[index] for index in texts}
    usual = decided(_total(evidence))
    # In a comma-separated file, a comma within a number had to be quoted. Programs that do so write decimal
    # points, so there it separates thousands. In other files it may be either, and decimals are the guess.
    ambiguous = usual is None and table.layout.separator != ","
    if usual is Decimals.COMMA:
        texts |= {index: table.cells.grouped[index] for index in columns if index in table.cells.grouped}
    usual = usual or (Decimals.COMMA if ambiguous else Decimals.POINT)
    parsed = number_formats.parse_columns(texts, _of_each(texts, evidence, usual))
    undecided = _open_questions(evidence) if ambiguous else []
    return _sorted_by_form(texts, parsed, undecided, _number_like_names(table))


def _total(evidence: dict[int, Evidence]) -> Evidence:
    return Evidence(*(sum(counts) for counts in zip(*evidence.values(), strict=True)))


def decided(evidence: Evidence) -> Decimals | None:
    """Return the character before the decimals, where the cells tell."""
    if evidence.point == evidence.comma:
        return None
    return Decimals.POINT if evidence.point > evidence.comma else Decimals.COMMA


def _of_each(columns: Iterable[int], evidence: dict[int, Evidence], usual: Decimals) -> dict[int, Decimals]:
    """Return the character before the decimals of each column: the usual one where its cells don't tell."""
    return {index: decided(evidence.get(index, Evidence())) or usual for index in columns}


def _open_questions(evidence: dict[int, Evidence]) -> list[int]:
    return [index for index, found in evidence.items() if found.either and decided(found) is None]


def _sorted_by_form(
    texts: dict[int, list[str]],
    parsed: dict[int, Numbers],
    undecided: list[int],
    number_like_names: frozenset[int],
) -> NumberColumns:
    forms = {index: set(np.unique(numbers.forms).tolist()) for index, numbers in parsed.items()}
    clean = frozenset(index for index in parsed if Form.TEXT not in forms[index])
    # A column without any number isn't about numbers, unless its cells are all missing or TRUE and FALSE.
    numeric = clean | {index for index in parsed if not forms[index].isdisjoint(_VALUES)}
    about_numbers = [index for index in parsed if index in numeric]
    rows = {
        form: {i: np.flatnonzero(parsed[i].forms == form) for i in about_numbers if form in forms[i]}
        for form in _NOT_PLAIN
    }
    # A column that is mostly text has commas too, and asking what they mean in it would lead nowhere.
    asked = {i for i in undecided if i in rows[Form.FORMATTED] and parsed[i].decimals is Decimals.COMMA}
    return NumberColumns(texts, parsed, clean, numeric, rows, frozenset(asked), number_like_names)


def _number_like_names(table: Table) -> frozenset[int]:
    names = table.layout.names
    return number_formats.numbers_among(names) if table.layout.names_may_be_data else frozenset()
