"""Cells of one shape together, compared with each by itself: the same, whatever the cells hold."""

from collections.abc import Callable
from functools import partial
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recast_api.clean_data.reading import cells, cut, number_formats, shapes
from recast_api.clean_data.reading.number_formats import Form
from recast_api.clean_data.reading.number_patterns import Decimals
from recast_api.clean_data.reading.offers import Converter, Edit
from recast_api.clean_data.reading.rewriting import Rewriting, either, rewritten
from recast_api.clean_data.reading.shapes import LONGEST, Template
from recast_api.clean_data.reading.title_lines import find_header
from recast_api.clean_data.reading.tokens import quoted, tokenise

PARTS = [
    *(
        "0",
        "1",
        "9",
        "12",
        "00",
        "007",
        "123",
        "1234",
        "000",
        ".",
        ",",
        "-",
        "+",
        "−",
        "(",
        ")",
        "%",
        "e",
        "E",
    ),
    *(
        " ",
        "'",
        "’",
        "\u00a0",
        "\u202f",
        "$",
        "€",
        "kr",
        "US$",
        "NA",
        "#N/A",
        "null",
        "\\N",
        "TRUE",
        "inf",
        "x",
    ),
    *("1,234.50", "1.234,50", "1.2E+05", "12e-3", "123456789012345678", '"', "\n", "é", "𝟙", "1" * LONGEST),
]
NUMBERS = st.builds(
    lambda number, pattern: pattern.format(number),
    st.floats(-1e7, 1e7, allow_nan=False),
    st.sampled_from(
        ["{:.2f}", "${:,.2f}", "{:,.0f}", "{:.5E}", "({:.1f})", "{:.1f}%", "{}", "{:.3f} €", "{:08.1f}"]
    ),
)
CELLS = st.one_of(
    NUMBERS,
    NUMBERS.map(lambda cell: cell.translate(str.maketrans(".,", ",."))),
    st.lists(st.sampled_from(PARTS), max_size=5).map("".join),
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=30),
)
DECIMALS = st.sampled_from(list(Decimals))
FORMS = (Form.FORMATTED, Form.PERCENT, Form.TRUTH, Form.MISSING_WORD)


@st.composite
def columns(draw: st.DrawFn) -> list[str]:
    """Cells of a few kinds, each kind often enough for its cells to be looked at together."""
    column = []
    for cell in draw(st.lists(CELLS, min_size=1, max_size=4)):
        chance = Random(draw(st.integers(0, 1 << 32)))
        digit = draw(st.sampled_from(["0123456789", "01", "123456789"]))
        column += [
            "".join(chance.choice(digit) if one in "0123456789" else one for one in cell) for _ in range(30)
        ]
        column += [cell] * shapes.RARE
    return column


def column_of(values: list[str]) -> cut.Column:
    """Return the column of these cells, as it is cut from a file."""
    rows = [quoted(value, ",").encode() for value in values]
    ends = np.cumsum([len(row) + 1 for row in rows]) - 1
    return cut.columns(b"\n".join(rows), ends, ",", 1, [0])[0]


@given(columns(), DECIMALS)
@settings(deadline=None)
def test_cells_are_read_as_each_by_itself(values: list[str], decimals: Decimals) -> None:
    column = column_of(values)
    assert list(column) == values
    found = number_formats.parse_columns({0: column}, {0: decimals})[0]
    one_by_one = [number_formats.parse(value, decimals) for value in values]
    assert found.forms.tolist() == [form for form, _ in one_by_one]
    assert found.values.tobytes() == np.array([float(number or "nan") for _, number in one_by_one]).tobytes()


@given(columns())
@settings(deadline=None)
def test_cells_are_looked_at_as_each_by_itself(values: list[str]) -> None:
    looks: list[Callable[[str], int]] = [cells.vote, lambda cell: cells.expand(cell) != cell]
    for look in looks:
        ((_, found),) = cut.each({0: column_of(values)}, look, np.int8)
        assert found.tolist() == [look(value) for value in values]


CONVERTERS = [
    cells.expand,
    *(partial(number_formats.write, decimals=decimals, forms=FORMS) for decimals in Decimals),
    *(partial(number_formats.write_fraction, decimals=decimals) for decimals in Decimals),
]


@given(columns(), st.sampled_from(CONVERTERS), st.sampled_from(CONVERTERS), st.booleans())
@settings(deadline=None)
def test_cells_are_rewritten_as_each_by_itself(
    values: list[str], first: Converter, second: Converter, as_commas: bool
) -> None:
    # Rows of any length: the last ones have no third cell, or a fourth.
    ends = [f";{quoted(value, ';')}" for value in values[:-2]] + ["", ";;x,y"]
    text = "a;b;c\n" + "".join(
        f"{quoted(value, ';')};1{end}\n" for value, end in zip(values, ends, strict=True)
    )
    records = find_header(tokenise(("sep=;\n" + text).encode()))
    converters: dict[int, Converter] = {0: partial(either, first, second), 2: first}
    edit = Edit(cells=converters, as_commas=as_commas, drop_columns=frozenset([1]))
    rows = np.arange(1, len(values) + 1)
    rewriting = Rewriting(records, rows, edit)
    for row in rows.tolist():
        assert rewriting.text(row) == rewritten(records.split(row), ";", converters, edit)


def test_two_shapes_that_come_to_one_number_stay_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "_MULTIPLIERS", np.zeros(3, np.uint64))
    column = column_of(["1,5", "x", "1,234.5", "(5)"] * 50)
    found = number_formats.parse_columns({0: column}, {0: Decimals.POINT})[0]
    assert found.values[:4].tolist() == pytest.approx([np.nan, np.nan, 1234.5, -5], nan_ok=True)


def test_what_depends_on_digits_has_no_template() -> None:
    assert shapes.template(b"11", lambda cell: "a" if cell == "11" else "bb") is None
    assert shapes.template(b"11", lambda cell: str(int(cell) % 7)) is None
    assert shapes.template(b"(11", lambda cell: cell[1:] + "0") == Template(b"110", {0: 1, 1: 2})
