"""Fixes: changes to a file that a finding offers, shown as a diff, and made only when accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from recast_api.clean_data.findings import Change, Finding, Fix
from recast_api.clean_data.reading.tokens import Offsets, Records, quoted, unquoted

ORDER = (
    "commas_are_decimals",
    "commas_are_thousands",
    "drop_separator_line",
    "separator",
    "drop_empty_rows",
    "drop_empty_columns",
    "drop_index_column",
    "rename_date_column",
    "dates_iso",
    "dates_day_first",
    "dates_month_first",
    "missing_words",
    "true_false",
    "decimal_comma",
    "number_format",
    "percent",
    "scientific_notation",
    "sort_by_date",
)
"""All fixes, in the order in which they are made; `trim_after:YYYY-MM-DD` comes last."""

TRIM = "trim_after:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What to do to the records of a text. Edits can be joined; they are carried out at once."""

    cells: Mapping[int, Callable[[str], str]] = field(default_factory=dict)
    """By column: what turns a cell's value into the new one."""
    header: Mapping[int, str] = field(default_factory=dict)
    """New names, by column."""
    drop_columns: frozenset[int] = frozenset()
    drop_records: frozenset[int] = frozenset()
    order: Sequence[int] | None = None
    """The records below the header in their new order."""
    as_commas: bool = False
    """Separate by commas, and take out a `sep=` line."""

    def __or__(self, other: Edit) -> Edit:
        """Return an edit that does both; where both change a cell, the later one does."""
        cells = dict(self.cells)
        for place, convert in other.cells.items():
            cells[place] = _both(cells[place], convert) if place in cells else convert
        return Edit(
            cells=cells,
            header={**self.header, **other.header},
            drop_columns=self.drop_columns | other.drop_columns,
            drop_records=self.drop_records | other.drop_records,
            order=other.order if other.order is not None else self.order,
            as_commas=self.as_commas or other.as_commas,
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """A fix, and how it is made."""

    fix: Fix
    edit: Edit


def _both(first: Callable[[str], str], second: Callable[[str], str]) -> Callable[[str], str]:
    def convert(cell: str) -> str:
        later = second(cell)
        return later if later != cell else first(cell)

    return convert


def edited(records: Records, header: int, edit: Edit) -> Iterator[tuple[int, str | None]]:
    """Yield the index of each record in its new order, and its new text; None where it is taken out."""
    separator = "," if edit.as_commas else records.separator
    below = edit.order if edit.order is not None else range(header + 1, len(records))
    for index in (*range(header + 1), *below):
        if index in edit.drop_records:
            yield index, None
            continue
        cells = records.split(index)
        convert = {place: (lambda _, name=name: name) for place, name in edit.header.items()}
        for place, change in (convert if index == header else edit.cells).items():
            if place < len(cells):
                cells[place] = _changed(cells[place], change, separator)
        if separator != records.separator:
            cells = [cell if cell.startswith('"') else quoted(cell, separator) for cell in cells]
        yield (
            index,
            separator.join(cell for place, cell in enumerate(cells) if place not in edit.drop_columns),
        )


def _changed(cell: str, change: Callable[[str], str], separator: str) -> str:
    value = unquoted(cell)
    new = change(value)
    return cell if new == value else quoted(new, separator)


def apply(records: Records, header: int, origin: Offsets, edit: Edit) -> tuple[str, Offsets]:
    """Carry out an edit; return the new text, and for each of its lines the line it came from."""
    texts, lines = [], []
    if records.start and not edit.as_commas:
        texts.append(records.raw[: records.start - 1].decode())
        lines.append(origin[: records.lines[0] - 1])
    for index, text in edited(records, header, edit):
        if text is not None:
            first = int(records.lines[index]) - 1
            texts.append(text)
            lines.append(origin[first : first + text.count("\n") + 1])
    ending = "\n" if records.raw.endswith(b"\n") else ""
    return "\n".join(texts) + ending, np.concatenate(lines)


def diff(records: Records, header: int, origin: Offsets, edit: Edit) -> Iterator[Change]:
    """Yield the records that an edit changes, as they stand and as they would."""
    if records.start and edit.as_commas:
        yield Change(int(origin[0]), records.raw[: records.start - 1].decode(), None)
    for place, (index, text) in enumerate(edited(records, header, edit)):
        old = index if text is None else place
        before = records.text(old)
        if text != before:
            yield Change(int(origin[records.lines[old] - 1]), before, text)


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding, with the fixes that would settle it."""

    finding: Finding
    offers: tuple[Offer, ...] = ()


def remark(
    finding: Finding, answers: Mapping[str, tuple[str, Edit]], line_count: int | None = None
) -> Remark:
    """Join a finding with its fixes: by name a sentence and an edit.

    The finding names its fix where there is one; where there are several, one of them has to be chosen.
    """
    touched = finding.line_count if line_count is None else line_count
    offers = tuple(
        Offer(Fix(name=name, check=finding.check, sentence=sentence, line_count=touched), edit)
        for name, (sentence, edit) in answers.items()
    )
    only = offers[0].fix.name if len(offers) == 1 else None
    return Remark(replace(finding, fix=only), offers)
