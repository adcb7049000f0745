"""What stands in a file beside the table: empty rows and columns, row numbers; and names that can't stay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.reading import date_formats
from recast_api.clean_data.reading.fixes import Edit, Remark, remark
from recast_api.clean_data.reading.header import Layout, Source
from recast_api.clean_data.reading.tokens import Offsets
from recast_api.clean_data.sentences import counted, on_lines, some

SAMPLE = 200
"""Cells that are looked at to tell what a column holds."""

_INDEX_NAME = re.compile(r"|Unnamed: 0|\.\.\.1")
"""What pandas and R call row numbers that were written without a name."""


def outside(source: Source, filled: Offsets) -> Iterator[Remark]:
    """Remark on lines that aren't rows of the table: a `sep=,` line, empty rows."""
    if source.records.start and source.records.separator == ",":
        finding = Finding.of(
            Level.CONFIRM,
            "Line 1 says “sep=,”: that is for Excel alone, and other programs take it for the header.",
            "Take the line out.",
            lines=[1],
            check="separator_line",
        )
        yield remark(finding, {"drop_separator_line": ("Take out line 1.", Edit(as_commas=True))})
    if len(filled) < len(source.records):
        yield _empty_rows(source, np.setdiff1d(np.arange(len(source.records)), filled))


def _empty_rows(source: Source, empty: Offsets) -> Remark:
    lines = source.lines(empty)
    blank = all(not source.records.text(int(index)) for index in empty)
    finding = Finding.of(
        Level.NOTE if blank else Level.CONFIRM,
        f"{counted(len(empty), 'row')} without any value: {on_lines(lines)}.",
        "Take them out. Excel writes such rows where cells were cleared, not deleted.",
        lines=lines,
        check="empty_rows",
    )
    drop = Edit(drop_records=frozenset(empty.tolist()))
    return remark(finding, {"drop_empty_rows": ("Take out the rows without any value.", drop)})


def named(layout: Layout) -> tuple[Layout, list[Remark]]:
    """Keep the columns that belong to the table, and remark on the others and on names.

    A remark that blocks, other than on a name that can be supplied, leaves nothing to check.
    """
    remarks = []
    nameless = [place for place in layout.places if not layout.names[place].strip()]
    empty = [place for place in nameless if _is_empty(layout, place)]
    beyond = range(len(layout.names), layout.widest)
    if empty or beyond:
        remarks.append(_empty_columns(layout, [*empty, *beyond]))
    index = [0] if _INDEX_NAME.fullmatch(layout.names[0].strip()) and _counts_rows(layout) else []
    if index:
        remarks.append(_index_column(layout))
    kept = tuple(place for place in layout.places if place not in {*empty, *index})
    layout = replace(layout, places=kept)
    nameless = [place for place in nameless if place in kept]
    if nameless:
        layout, told = _nameless(layout, nameless)
        remarks.append(told)
    return layout, [*remarks, *_names(layout)]


def _is_empty(layout: Layout, place: int) -> bool:
    if place in layout.columns.texts:
        return not any(cell.strip() for cell in layout.columns.texts[place])
    return bool(np.isnan(layout.columns.numbers[:, place]).all())


def _counts_rows(layout: Layout) -> bool:
    """Tell whether the first column holds ascending whole numbers, as row numbers do."""
    values = layout.columns.numbers[:, 0]
    return bool(
        (values >= 0).all() and (values == np.floor(values)).all() and (values[1:] > values[:-1]).all()
    )


def _empty_columns(layout: Layout, places: list[int]) -> Remark:
    positions = [str(place + 1) for place in places]
    finding = Finding.of(
        Level.CONFIRM,
        f"{counted(len(places), 'column')} without name and values, at position {some(positions)}.",
        "Take them out: sent as they are, they would be columns without a name.",
        check="empty_columns",
    )
    drop = Edit(drop_columns=frozenset(places))
    return remark(
        finding, {"drop_empty_columns": ("Take out the empty columns.", drop)}, len(layout.rows) + 1
    )


def _index_column(layout: Layout) -> Remark:
    numbers = layout.columns.numbers[:, 0]
    finding = Finding.of(
        Level.CONFIRM,
        f"The first column has no name and numbers the rows from {numbers[0]:,.0f} to {numbers[-1]:,.0f}.",
        "Take it out: it would be read as a channel. In pandas, write with index=False.",
        columns=[name for name in layout.names[:1] if name.strip()],
        check="index_column",
    )
    drop = Edit(drop_columns=frozenset([0]))
    return remark(finding, {"drop_index_column": ("Take out the row numbers.", drop)}, len(layout.rows) + 1)


def _nameless(layout: Layout, nameless: list[int]) -> tuple[Layout, Remark]:
    place = nameless[0]
    taken = any(name.strip().lower() == "date" for name in layout.names)
    dated = date_formats.looks_like_dates(layout.columns.texts.get(place, [])[:SAMPLE])
    header = layout.source.lines([layout.header])
    if len(nameless) > 1 or taken or not dated:
        positions = [str(place + 1) for place in nameless]
        finding = Finding.of(
            Level.BLOCK,
            f"{counted(len(nameless), 'column')} with values but no name, at position {some(positions)}.",
            "Give every column its name in the first line, or delete it.",
            lines=header,
            check="blank_headers",
        )
        return layout, Remark(finding)
    finding = Finding.of(
        Level.BLOCK,
        f"The column at position {place + 1} holds the dates, but has no name.",
        "Call it date.",
        lines=header,
        check="blank_headers",
    )
    names = (*layout.names[:place], "date", *layout.names[place + 1 :])
    rename = Edit(header={place: "date"})
    told = remark(finding, {"rename_date_column": ("Call the column of dates “date”.", rename)})
    return replace(layout, names=names), told


def _names(layout: Layout) -> Iterator[Remark]:
    names = [layout.names[place] for place in layout.places]
    header = layout.source.lines([layout.header])
    twice = [name for name, count in Counter(names).items() if count > 1 and name.strip()]
    if twice:
        verb = "stands" if len(twice) == 1 else "stand"
        sentence = f"{some(twice)} {verb} more than once in the header."
        advice = "Give every column a name of its own, or add up columns that are parts of one."
        yield Remark(
            Finding.of(
                Level.BLOCK,
                sentence,
                advice,
                columns=twice,
                lines=header,
                values=twice,
                check="duplicate_headers",
            )
        )
    spaced = [name for name in names if name.strip() and any(character.isspace() for character in name)]
    if spaced:
        sentence = f"{counted(len(spaced), 'column name')} with spaces: {some(spaced)}."
        advice = "The priors sheet must spell them alike. Recast's examples use lower_snake_case."
        yield Remark(
            Finding.of(Level.NOTE, sentence, advice, columns=spaced, lines=header, check="header_spaces")
        )
