"""Take the columns of numbers; hand on findings on cells that aren't plain numbers and on the separator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.reading import cells, number_formats
from recast_api.clean_data.reading.number_columns import NumberColumns
from recast_api.clean_data.reading.number_formats import Form
from recast_api.clean_data.reading.number_patterns import FORMULA_ERROR, Decimals
from recast_api.clean_data.reading.offers import Converter, Edit, FixName, Offer
from recast_api.clean_data.reading.tidy import Table
from recast_api.clean_data.reading.tokens import Offsets
from recast_api.clean_data.sentences import counted, on_lines, shorten, some

LONGEST_NAME = 24
"""Characters of a column's name in a sentence that may list several."""

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars", " ": "blanks"}

Found = tuple[list[Finding], list[Offer]]


def find(table: Table, columns: NumberColumns) -> Found:
    """Find all that isn't a plain number, one finding for each kind, in all columns together."""
    comma, point = (_formatted(columns, decimals) for decimals in (Decimals.COMMA, Decimals.POINT))
    parts = [_separator(table, columns, comma), _not_numbers(table, columns)]
    if columns.undecided:
        parts.append(_undecided(table, columns, comma))
    elif table.layout.separator == ",":
        # Where something else separates the cells, the fix for the separator writes decimal points as well.
        parts.append(_written(table, columns, _DECIMAL_COMMA, comma))
    percent = _with(columns, Form.PERCENT, Decimals.POINT)
    parts += [
        _written(table, columns, _FORMATTED, point),
        _written(table, columns, _PERCENT, percent),
        _written(table, columns, _MISSING, columns.rows[Form.MISSING_WORD]),
        _written(table, columns, _TRUTH, columns.rows[Form.TRUTH]),
        _scientific(table, columns),
    ]
    if columns.points:
        parts.append(_points(table, columns))
    return [finding for part in parts for finding in part[0]], [offer for part in parts for offer in part[1]]


def _with(columns: NumberColumns, form: Form, decimals: Decimals) -> dict[int, Offsets]:
    """Return the rows with cells of that form in the columns whose decimals follow that character.

    But for columns of which is asked what points are: the answer writes them plainly.
    """
    by_column = columns.rows[form]
    return {
        index: by_column[index]
        for index in by_column
        if columns.parsed[index].decimals is decimals and index not in columns.points
    }


def _formatted(columns: NumberColumns, decimals: Decimals) -> dict[int, Offsets]:
    return _with(columns, Form.FORMATTED, decimals)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """Cells that are numbers, but not plain ones, and what writes them plainly."""

    check: str
    fix: FixName
    words: str
    advice: str
    sentence: str
    forms: tuple[Form, ...]


_DECIMAL_COMMA = _Kind(
    check="decimal_comma",
    fix=FixName.DECIMAL_COMMA,
    words="with a decimal comma",
    advice="Write them with a decimal point and without thousands separators.",
    sentence="Write the numbers with a decimal point.",
    forms=(Form.FORMATTED, Form.PERCENT),
)
_FORMATTED = _Kind(
    check="number_format",
    fix=FixName.NUMBER_FORMAT,
    words="with currency signs, thousands separators or the like",
    advice="Write plain numbers, such as 1234.50.",
    sentence="Write the numbers plainly, such as 1234.50.",
    forms=(Form.FORMATTED,),
)
_PERCENT = _Kind(
    check="percent",
    fix=FixName.PERCENT,
    words="with percent signs",
    advice="Write them as fractions: 12.5% is 0.125.",
    sentence="Write percentages as fractions: 12.5% becomes 0.125.",
    forms=(),
)
_MISSING = _Kind(
    check="missing_words",
    fix=FixName.MISSING_WORDS,
    words="with a word or symbol in place of a number",
    advice="Leave the cells empty, or better fill them: 0 where nothing was spent.",
    sentence="Leave these cells empty.",
    forms=(Form.MISSING_WORD,),
)
_TRUTH = _Kind(
    check="true_false",
    fix=FixName.TRUE_FALSE,
    words="with TRUE and FALSE",
    advice="Write them as 1 and 0.",
    sentence="Write TRUE as 1 and FALSE as 0.",
    forms=(Form.TRUTH,),
)


def _written(table: Table, columns: NumberColumns, kind: _Kind, found: Mapping[int, Offsets]) -> Found:
    """Name the cells of one kind, by column, and offer to write them plainly."""
    if not found:
        return [], []
    converted = list(found)
    if kind is _DECIMAL_COMMA:
        # A percentage loses its comma here, but keeps its sign, which is a question of its own.
        converted += _with(columns, Form.PERCENT, Decimals.COMMA)
    finding = _finding(table, columns, found, kind.words, kind.advice, check=kind.check)
    edit = Edit(cells={index: _converter(columns, index, kind) for index in converted})
    return [finding], [Offer(kind.fix, kind.check, kind.sentence, edit)]


def _converter(columns: NumberColumns, index: int, kind: _Kind) -> Converter:
    decimals = columns.parsed[index].decimals
    if kind is _PERCENT:
        return partial(number_formats.write_fraction, decimals=decimals)
    return partial(number_formats.write, decimals=decimals, forms=kind.forms)


def _finding(
    table: Table,
    columns: NumberColumns,
    found: Mapping[int, Offsets],
    words: str,
    advice: str,
    *,
    check: str,
    level: Level = Level.CONFIRM,
) -> Finding:
    names = [table.layout.names[index] for index in found]
    values = _examples(columns, found)
    lines = table.layout.lines[_by_rows(table, found, found)]
    count = sum(len(rows) for rows in found.values())
    shown = some([f"“{shorten(value, 20)}”" for value in values[:2]])
    return Finding.of(
        level,
        f"{counted(count, 'cell')} {words} ({shown}) in {_columns(names)}, {on_lines(lines)}.",
        advice,
        columns=names,
        lines=lines,
        values=values,
        check=check,
    )


def _by_rows(table: Table, found: Mapping[int, Offsets], of_columns: Iterable[int]) -> NDArray[np.bool_]:
    """Tell for each row whether something was found in it, in these columns."""
    marked = np.zeros(len(table.layout.lines), bool)
    for index in of_columns:
        marked[found.get(index, ())] = True
    return marked


def _examples(columns: NumberColumns, found: Mapping[int, Offsets]) -> list[str]:
    return list(dict.fromkeys(columns.texts[index][row] for index, rows in found.items() for row in rows[:3]))


def _columns(names: list[str]) -> str:
    return f"column{'s' if len(names) > 1 else ''} {some([shorten(name, LONGEST_NAME) for name in names])}"


def _not_numbers(table: Table, columns: NumberColumns) -> Found:
    found = columns.rows[Form.TEXT]
    if not found:
        return [], []
    words = "that is not a number" if sum(map(len, found.values())) == 1 else "that are not numbers"
    advice = "Write a number, or leave the cell empty if the value is unknown."
    if all(FORMULA_ERROR.fullmatch(cell) for cell in _examples(columns, found)):
        advice = "A formula failed there: put it right in the spreadsheet, and export the file again."
    return [_finding(table, columns, found, words, advice, check="not_a_number", level=Level.BLOCK)], []


def _undecided(table: Table, columns: NumberColumns, comma: Mapping[int, Offsets]) -> Found:
    found = {index: rows for index, rows in comma.items() if index in columns.undecided}
    words = "whose comma may separate decimals or thousands"
    advice = "Say which; until then, decimals are assumed. The numbers are then written plainly."
    finding = _finding(table, columns, found, words, advice, check="comma_unknown")
    as_decimals, as_thousands = (
        partial(number_formats.write, decimals=decimals, forms=(Form.FORMATTED,))
        for decimals in (Decimals.COMMA, Decimals.POINT)
    )
    offers = [
        Offer(
            FixName.COMMAS_ARE_DECIMALS,
            "comma_unknown",
            "Read the commas as decimal commas: 1,234 is 1.234.",
            Edit(cells=dict.fromkeys(found, as_decimals)),
        ),
        Offer(
            FixName.COMMAS_ARE_THOUSANDS,
            "comma_unknown",
            "Read the commas as thousands separators: 1,234 is 1234.",
            Edit(cells=dict.fromkeys(found, as_thousands)),
        ),
    ]
    return [finding], offers


def _points(table: Table, columns: NumberColumns) -> Found:
    words = "whose point may separate decimals or thousands"
    advice = f"Say which; until then, {_guess(table, columns)}. The numbers are then written plainly."
    finding = _finding(table, columns, columns.points, words, advice, check="point_unknown")
    also = _by_rows(table, columns.rows[Form.FORMATTED], columns.points)
    line_count = int((_by_rows(table, columns.points, columns.points) | also).sum())
    as_decimals = partial(number_formats.write_with_decimals, decimals=Decimals.POINT)
    as_thousands = partial(number_formats.write, decimals=Decimals.COMMA, forms=(Form.FORMATTED,))
    offers = [
        Offer(
            FixName.POINTS_ARE_DECIMALS,
            "point_unknown",
            "Read the points as decimal points, and write 1.234 as 1.2340: no thousands end in 4 digits.",
            Edit(cells=dict.fromkeys(columns.points, as_decimals)),
            line_count,
        ),
        Offer(
            FixName.POINTS_ARE_THOUSANDS,
            "point_unknown",
            "Read the points as thousands separators: 1.234 is 1234.",
            Edit(cells=dict.fromkeys(columns.points, as_thousands)),
            line_count,
        ),
    ]
    return [finding], offers


def _guess(table: Table, columns: NumberColumns) -> str:
    """Return what points are taken for, and which signs speak for it."""
    if any(columns.parsed[index].decimals is Decimals.POINT for index in columns.points):
        return "decimals are assumed, as other numbers have decimal points"
    if table.layout.separator == ",":
        return "thousands are assumed, as no other number has decimals"
    separators = _SEPARATORS[table.layout.separator]
    return f"thousands are assumed, as {separators} separate the cells where commas separate decimals"


def _separator(table: Table, columns: NumberColumns, comma: Mapping[int, Offsets]) -> Found:
    separator = table.layout.separator
    if separator == ",":
        return [], []
    questions = {"commas": columns.undecided, "points": columns.points}
    asked = [what for what, of_columns in questions.items() if of_columns]
    with_comma = bool(comma) and not columns.undecided
    also = ", and numbers have a decimal comma" if with_comma else ""
    wanted = "commas and decimal points" if with_comma else "commas"
    finding = Finding.of(
        Level.CONFIRM,
        f"Cells are separated by {_SEPARATORS[separator]}{also}; Recast's CSV has {wanted}.",
        f"First say what the {' and '.join(asked)} in the numbers are." if asked else "Convert the file.",
        check="separator",
    )
    if asked:
        return [finding], []
    converted = [*comma, *_with(columns, Form.PERCENT, Decimals.COMMA)]
    cells = {index: _converter(columns, index, _DECIMAL_COMMA) for index in converted}
    sentence = f"Separate cells by commas{' and write numbers with a decimal point' if with_comma else ''}."
    edit = Edit(cells=cells, as_commas=True)
    return [finding], [Offer(FixName.SEPARATOR, "separator", sentence, edit, table.layout.record_count)]


def _scientific(table: Table, columns: NumberColumns) -> Found:
    # Exponents in a column of text, such as part numbers like 12E4, are no numbers.
    plain = [index for index in table.columns if index not in table.cells.texts]
    about_numbers = [*plain, *(index for index in columns.parsed if index in columns.numeric)]
    found = {i: table.cells.exponents[i] for i in about_numbers if i in table.cells.exponents}
    if not found:
        return [], []
    rows = np.flatnonzero(_by_rows(table, {index: found[index].rows for index in found}, found))
    example = next(exponents.first for exponents in found.values() if exponents.rows[0] == rows[0])
    names, lines = [table.layout.names[index] for index in sorted(found)], table.layout.lines[rows]
    finding = Finding.of(
        Level.NOTE,
        f"Numbers in scientific notation (“{shorten(example, 20)}”) in {_columns(names)}, {on_lines(lines)}.",
        "Check whether digits were lost: Excel writes 1.23E+05 for 123456.",
        columns=names,
        lines=lines,
        values=[example],
        check="scientific_notation",
    )
    edit = Edit(cells=dict.fromkeys(sorted(found), cells.expand))
    return [finding], [
        Offer(FixName.SCIENTIFIC_NOTATION, "scientific_notation", "Write these numbers out.", edit)
    ]
