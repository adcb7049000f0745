"""Take a table and what is known of its columns; hand on whether the header's names can name them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.reading.date_column import DateColumn
from recast_api.clean_data.reading.number_columns import NumberColumns
from recast_api.clean_data.reading.offers import Edit, FixName, Offer
from recast_api.clean_data.reading.tidy import Table
from recast_api.clean_data.sentences import counted, shorten, some


@dataclass(frozen=True, eq=False, slots=True)
class Names:
    """What was found about the names."""

    usable: bool
    """Whether every column has a name of its own."""
    findings: tuple[Finding, ...]
    offers: tuple[Offer, ...] = ()


def missing_header(table: Table, dates: DateColumn, numbers: NumberColumns) -> Finding | None:
    """Return the finding that the first line is data, if more than half of its cells are values."""
    names = table.layout.names
    values = sorted(dates.date_like_names | numbers.number_like_names)
    # The first name has to be one of them: years and campaign numbers may be names of the other columns.
    if not values or values[0] != 0 or len(values) * 2 <= len(names):
        return None
    sentence = f"The file has no header: its first line is data already ({some([names[i] for i in values])})."
    advice = "Put a line with the names of the columns on top, the first being date."
    line = table.layout.header_line
    return Finding.of(Level.BLOCK, sentence, advice, lines=[line], check="header_missing")


def judge(table: Table, dates: DateColumn) -> Names:
    """Find names that are missing, there twice, or unusual."""
    names = [dates.names[index] for index in table.columns]
    usable = len(set(names)) == len(names) and all(name.strip() for name in names)
    parts = [_missing(table, dates), _repeated(table, names), _spaced(table, names)]
    if usable:
        parts.append(_other_date_name(table, dates))
    found = [part for part in parts if part]
    offers = tuple(offer for _, offer in found if offer)
    return Names(usable, tuple(finding for finding, _ in found), offers)


Found = tuple[Finding, Offer | None] | None


def _rename(check: str, index: int, sentence: str) -> Offer:
    return Offer(FixName.RENAME_DATE_COLUMN, check, sentence, Edit(header={index: "date"}))


def _missing(table: Table, dates: DateColumn) -> Found:
    """Find columns without a name. The column of dates can be given one."""
    nameless = [index for index in table.columns if not table.layout.names[index].strip()]
    if not nameless:
        return None
    positions = [str(index + 1) for index in nameless]
    sentence = f"{counted(len(nameless), 'column')} with values but no name, at position {some(positions)}."
    advice, offer = "Give every column its name in the first line, or delete it.", None
    if dates.was_nameless:
        sentence = f"The column at position {positions[0]} holds the dates, but has no name."
        advice = "Call it date."
        offer = _rename("blank_headers", nameless[0], "Call the column of dates “date”.")
    lines = [table.layout.header_line]
    return Finding.of(Level.BLOCK, sentence, advice, lines=lines, check="blank_headers"), offer


def _repeated(table: Table, names: list[str]) -> Found:
    repeated = [name for name, count in Counter(names).items() if count > 1 and name.strip()]
    if not repeated:
        return None
    finding = Finding.of(
        Level.BLOCK,
        f"{some(repeated)} {'appears' if len(repeated) == 1 else 'appear'} more than once in the header.",
        "Give every column a name of its own, or add up columns that are parts of one.",
        columns=repeated,
        lines=[table.layout.header_line],
        values=repeated,
        check="duplicate_headers",
    )
    return finding, None


def _spaced(table: Table, names: list[str]) -> Found:
    spaced = [name for name in names if name.strip() and any(map(str.isspace, name))]
    if not spaced:
        return None
    finding = Finding.of(
        Level.NOTE,
        f"{counted(len(spaced), 'column name')} with spaces: {some(spaced)}.",
        "The priors sheet must spell them alike. Recast's examples use lower_snake_case.",
        columns=spaced,
        lines=[table.layout.header_line],
        check="header_spaces",
    )
    return finding, None


def _other_date_name(table: Table, dates: DateColumn) -> Found:
    if dates.index is None or dates.names[dates.index] == "date":
        return None
    name = dates.names[dates.index]
    finding = Finding.of(
        Level.NOTE,
        f"The column of dates is called “{shorten(name)}”.",
        "Recast's examples call it date.",
        columns=[name],
        lines=[table.layout.header_line],
        check="date_name",
    )
    return finding, _rename("date_name", dates.index, f"Call “{shorten(name)}” date.")
