"""What is to be said of cells that aren't plain numbers, and of the separator that goes with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.reading import number_formats
from recast_api.clean_data.reading.fixes import Edit, Remark, remark
from recast_api.clean_data.reading.header import Layout
from recast_api.clean_data.reading.number_columns import NumberColumns
from recast_api.clean_data.reading.number_formats import Converter, Decimals, Form
from recast_api.clean_data.reading.tokens import Offsets, unquoted
from recast_api.clean_data.sentences import counted, on_lines, shorten, some

LONGEST_NAME = 24
"""Characters of a column's name in a sentence that may list several."""

_EXPONENT = re.compile(rb"[0-9.][eE][-+]?[0-9]")
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def remarks(layout: Layout, columns: NumberColumns) -> Iterator[Remark]:
    """Remark on all that isn't a plain number."""
    yield from _separator(layout, columns)
    yield from _not_numbers(layout, columns)
    if columns.undecided:
        yield _undecided(layout, columns)
    elif layout.source.records.separator == ",":
        yield from _written(layout, columns, _DECIMAL_COMMA, Form.FORMATTED, Decimals.COMMA)
    yield from _written(layout, columns, _FORMATTED, Form.FORMATTED, Decimals.POINT)
    yield from _written(layout, columns, _PERCENT, Form.PERCENT, Decimals.POINT)
    yield from _written(layout, columns, _MISSING, Form.MISSING_WORD)
    yield from _written(layout, columns, _TRUTH, Form.TRUTH)
    yield from _scientific(layout, columns)


@dataclass(frozen=True, slots=True)
class _Rule:
    check: str
    says: str
    advice: str
    fix: str
    sentence: str
    writer: Callable[[Decimals], Converter]


_DECIMAL_COMMA = _Rule(
    "decimal_comma",
    "with a decimal comma",
    "Write them with a decimal point and without thousands separators.",
    "decimal_comma",
    "Write the numbers with a decimal point.",
    lambda decimals: number_formats.writer(decimals, Form.FORMATTED, Form.PERCENT),
)
_FORMATTED = _Rule(
    "number_format",
    "with currency signs, thousands separators or the like",
    "Write plain numbers, such as 1234.50.",
    "number_format",
    "Write the numbers plainly, such as 1234.50.",
    lambda decimals: number_formats.writer(decimals, Form.FORMATTED),
)
_PERCENT = _Rule(
    "percent",
    "with percent signs",
    "Write them as fractions: 12.5% is 0.125.",
    "percent",
    "Write percentages as fractions: 12.5% becomes 0.125.",
    number_formats.percent_writer,
)
_MISSING = _Rule(
    "missing_words",
    "with a word or sign in place of a number",
    "Leave the cells empty, or better fill them: 0 where nothing was spent.",
    "missing_words",
    "Leave these cells empty.",
    lambda decimals: number_formats.writer(decimals, Form.MISSING_WORD),
)
_TRUTH = _Rule(
    "true_false",
    "with TRUE and FALSE",
    "Write them as 1 and 0.",
    "true_false",
    "Write TRUE as 1 and FALSE as 0.",
    lambda decimals: number_formats.writer(decimals, Form.TRUTH),
)


def _written(
    layout: Layout, columns: NumberColumns, rule: _Rule, form: Form, decimals: Decimals | None = None
) -> Iterator[Remark]:
    """Remark on the cells of one form, in all columns together."""
    found = columns.having(form, decimals)
    if not found:
        return
    cells = {place: _writer_of(columns, place, rule) for place in found}
    if form is Form.FORMATTED and decimals is Decimals.COMMA:
        cells |= {p: _writer_of(columns, p, rule) for p in columns.having(Form.PERCENT, decimals)}
    finding = _finding(layout, columns, found, rule.check, Level.CONFIRM, rule.says, rule.advice)
    yield remark(finding, {rule.fix: (rule.sentence, Edit(cells=cells))})


def _writer_of(columns: NumberColumns, place: int, rule: _Rule) -> Converter:
    return rule.writer(columns.parsed[place].decimals)


def _finding(
    layout: Layout,
    columns: NumberColumns,
    found: Mapping[int, Offsets],
    check: str,
    level: Level,
    says: str,
    advice: str,
) -> Finding:
    names = [layout.names[place] for place in found]
    values = list(
        dict.fromkeys(columns.texts[place][row] for place, rows in found.items() for row in rows[:3])
    )
    lines = layout.lines(np.unique(np.concatenate(list(found.values()))))
    count = sum(len(rows) for rows in found.values())
    shown = some([f"“{shorten(value, 20)}”" for value in values[:2]])
    return Finding.of(
        level,
        f"{counted(count, 'cell')} {says} ({shown}) in {_columns(names)}, {on_lines(lines)}.",
        advice,
        columns=names,
        lines=lines,
        values=values,
        check=check,
    )


def _columns(names: list[str]) -> str:
    return f"column{'s' if len(names) > 1 else ''} {some([shorten(name, LONGEST_NAME) for name in names])}"


def _not_numbers(layout: Layout, columns: NumberColumns) -> Iterator[Remark]:
    found = columns.having(Form.TEXT)
    if found:
        says = "that is no number" if sum(map(len, found.values())) == 1 else "that are no numbers"
        advice = "Write a number, or leave the cell empty if the value is unknown."
        yield Remark(_finding(layout, columns, found, "not_a_number", Level.BLOCK, says, advice))


def _undecided(layout: Layout, columns: NumberColumns) -> Remark:
    found = {
        place: rows
        for place, rows in columns.having(Form.FORMATTED, Decimals.COMMA).items()
        if place in columns.undecided
    }
    says = "whose comma may separate decimals or thousands"
    advice = "Say which; until then decimals are assumed. The numbers are then written plainly."
    finding = _finding(layout, columns, found, "comma_unknown", Level.CONFIRM, says, advice)
    decimals, thousands = (
        Edit(cells={place: number_formats.writer(read, Form.FORMATTED) for place in found})
        for read in (Decimals.COMMA, Decimals.POINT)
    )
    return remark(
        finding,
        {
            "commas_are_decimals": ("Read the commas as decimal commas: 1,234 is 1.234.", decimals),
            "commas_are_thousands": ("Read the commas as thousands separators: 1,234 is 1234.", thousands),
        },
    )


def _separator(layout: Layout, columns: NumberColumns) -> Iterator[Remark]:
    separator = layout.source.records.separator
    if separator == ",":
        return
    found = columns.having(Form.FORMATTED, Decimals.COMMA)
    with_comma = bool(found) and not columns.undecided
    also = ", and decimals by a comma" if with_comma else ""
    wanted = "commas and decimal points" if with_comma else "commas"
    finding = Finding.of(
        Level.CONFIRM,
        f"Cells are separated by {_SEPARATORS[separator]}{also}; Recast's CSV has {wanted}.",
        "First say what the commas in the numbers are." if columns.undecided else "Convert the file.",
        check="separator",
    )
    if columns.undecided:
        yield Remark(finding)
        return
    found |= columns.having(Form.PERCENT, Decimals.COMMA)
    cells = {place: _writer_of(columns, place, _DECIMAL_COMMA) for place in found}
    sentence = "Separate cells by commas" + (
        " and write numbers with a decimal point." if with_comma else "."
    )
    yield remark(
        finding, {"separator": (sentence, Edit(cells=cells, as_commas=True))}, len(layout.source.records)
    )


def _scientific(layout: Layout, columns: NumberColumns) -> Iterator[Remark]:
    plain = [place for place in layout.places if place not in layout.columns.texts]
    plain += [place for place in columns.parsed if columns.numeric(place)]
    found = dict(_exponents(layout, plain)) if b"e" in layout.body or b"E" in layout.body else {}
    if not found:
        return
    rows, hits = np.array(list(found), np.int64), list(found.values())
    places = sorted({place for hit in hits for place in hit})
    names = [layout.names[place] for place in places]
    value = layout.source.records.split(int(layout.rows[rows[0]]))[hits[0][0]]
    finding = Finding.of(
        Level.NOTE,
        f"Numbers in scientific notation (“{shorten(unquoted(value), 20)}”) in {_columns(names)}, "
        f"{on_lines(layout.lines(rows))}.",
        "Look whether digits got lost: Excel writes 1.23E+05 for 123456.",
        columns=names,
        lines=layout.lines(rows),
        values=[unquoted(value)],
        check="scientific_notation",
    )
    edit = Edit(cells=dict.fromkeys(places, number_formats.expand))
    yield remark(finding, {"scientific_notation": ("Write these numbers out.", edit)})


def _exponents(layout: Layout, places: list[int]) -> Iterator[tuple[int, list[int]]]:
    """Yield the rows with numbers in scientific notation, and where in the row."""
    records = layout.source.records
    index_of = {int(index): row for row, index in enumerate(layout.rows)}
    position = int(records.ends[layout.header])
    while match := _EXPONENT.search(records.raw, position):
        index = int(np.searchsorted(records.ends, match.start()))
        cells = records.split(index)
        hit = [place for place in places if number_formats.is_scientific(unquoted(cells[place]))]
        if hit and index in index_of:
            yield index_of[index], hit
        position = int(records.ends[index])
