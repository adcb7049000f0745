"""What the cells of the columns of numbers come to, with decimals behind a point or a comma."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recast_api.clean_data.reading import number_formats
from recast_api.clean_data.reading.header import Layout
from recast_api.clean_data.reading.number_formats import Decimals, Evidence, Form, Numbers
from recast_api.clean_data.reading.tokens import Offsets


@dataclass(frozen=True, eq=False, slots=True)
class NumberColumns:
    """The columns whose cells aren't all plain numbers, the dates left out."""

    texts: dict[int, list[str]]
    """Their cells as they stand."""
    parsed: dict[int, Numbers]
    """What the cells of each come to."""
    undecided: frozenset[int]
    """Columns in which a comma may separate decimals or thousands; `parsed` then holds a guess."""

    def numeric(self, place: int) -> bool:
        """Tell whether a column is one of numbers, whatever else is in it."""
        forms = self.parsed[place].forms
        return self.parsed[place].numeric or not (forms == Form.TEXT).any()

    def clean(self, place: int) -> bool:
        """Tell whether every cell of a column is a number or missing."""
        return not (self.parsed[place].forms == Form.TEXT).any()

    def having(self, form: Form, decimals: Decimals | None = None) -> dict[int, Offsets]:
        """Return the numeric columns with cells of that form, and their rows."""
        found = {
            place: parsed.rows(form)
            for place, parsed in self.parsed.items()
            if self.numeric(place) and decimals in (None, parsed.decimals)
        }
        return {place: rows for place, rows in found.items() if len(rows)}


def parse(layout: Layout, date_place: int | None) -> NumberColumns:
    """Read the columns that aren't plain numbers throughout."""
    others = [place for place in layout.places if place in layout.columns.texts and place != date_place]
    texts = {place: layout.columns.texts[place] for place in others}
    told = {place: number_formats.evidence(cells) for place, cells in texts.items()}
    usual = sum(told.values(), Evidence()).decided
    # Among commas, a comma within a number was quoted by a program that thinks in decimal points.
    open_question = usual is None and layout.source.records.separator != ","
    if usual is Decimals.COMMA:
        for place in _grouped_by_points(layout, date_place):
            texts[place] = layout.texts(place)
    usual = usual or (Decimals.COMMA if open_question else Decimals.POINT)
    decimals = {place: (told[place].decided if place in told else None) or usual for place in texts}
    undecided = {p for p, found in told.items() if open_question and found.decided is None and found.either}
    parsed = {place: number_formats.parse(cells, decimals[place]) for place, cells in texts.items()}
    # A column that is mostly text has commas too, and asking what they mean in it would lead nowhere.
    in_numbers = NumberColumns(texts, parsed, frozenset()).having(Form.FORMATTED, Decimals.COMMA)
    return NumberColumns(texts, parsed, frozenset(undecided & in_numbers.keys()))


def _grouped_by_points(layout: Layout, date_place: int | None) -> Iterator[int]:
    """Yield plain columns such as 1.234, 12.500, 980 which in a file with decimal commas are thousands."""
    for place in layout.places:
        if place == date_place or place in layout.columns.texts:
            continue
        values = layout.columns.numbers[:, place]
        fractions = np.isfinite(values) & (values != np.floor(values))
        if fractions.any() and number_formats.grouped_by_points(layout.texts(place)):
            yield place
