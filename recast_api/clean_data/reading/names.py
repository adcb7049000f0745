"""Take a table and what is known of its columns; hand on whether the header's names can name them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.invisible import cleaned, visible
from recast_api.clean_data.reading.date_column import DateColumn
from recast_api.clean_data.reading.name_patterns import NOT_OF_R, START_OF_R, WORDS_OF_R
from recast_api.clean_data.reading.number_columns import NumberColumns
from recast_api.clean_data.reading.offers import Edit, FixName, Offer
from recast_api.clean_data.reading.tidy import Table
from recast_api.clean_data.sentences import counted, shorten, some

LONGEST_NAME = 24
"""Characters of a name in a sentence that may list several."""


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
    usable = len(set(names)) == len(names) and all(map(cleaned, names))
    alike = _groups(names)
    parts = [
        _missing(table, dates),
        _repeated(table, names),
        _invisible(table, dates, set().union(*alike)),
        *(_alike(table, group) for group in alike),
        _spaced(table, names),
        _rewritten_by_r(table, dates),
    ]
    if usable:
        parts.append(_other_date_name(table, dates))
    found = [part for part in parts if part]
    offers = tuple(offer for _, offer in found if offer)
    return Names(usable, tuple(finding for finding, _ in found), offers)


Found = tuple[Finding, Offer | None] | None


def _groups(names: list[str]) -> list[list[str]]:
    """Return the names that differ only in case, or in what can't be seen."""
    by_look: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        by_look.setdefault(cleaned(name).casefold(), []).append(name)
    return [group for look, group in by_look.items() if look and len(group) > 1]


def _rename(check: str, index: int, sentence: str) -> Offer:
    return Offer(FixName.RENAME_DATE_COLUMN, check, sentence, Edit(header={index: "date"}))


def _missing(table: Table, dates: DateColumn) -> Found:
    """Find columns without a name. The column of dates can be given one."""
    nameless = [index for index in table.columns if not cleaned(table.layout.names[index])]
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


def _invisible(table: Table, dates: DateColumn, alike: Collection[str]) -> Found:
    """Find names that aren't what they look like, but for those that would then be there twice."""
    looks = {index: cleaned(dates.names[index]) for index in table.columns}
    found = {
        index: look
        for index, look in looks.items()
        if look and look != dates.names[index] and dates.names[index] not in alike
    }
    if not found:
        return None
    names = [dates.names[index] for index in found]
    finding = Finding.of(
        Level.CONFIRM,
        f"{counted(len(found), 'column name')} with a space at the end or other invisible characters: "
        f"{_quoted(names)}.",
        "Take them out: the name in the priors sheet has to be the same, character by character.",
        columns=names,
        lines=[table.layout.header_line],
        values=[visible(name) for name in names],
        check="invisible_in_name",
    )
    sentence = "Take spaces at the ends and invisible characters out of the names."
    return finding, Offer(FixName.CLEAN_NAMES, "invisible_in_name", sentence, Edit(header=found))


def _alike(table: Table, names: list[str]) -> Found:
    invisibly = len({cleaned(name) for name in names}) < len(names)
    difference = "or in characters that can't be seen" if invisibly else "of letters"
    finding = Finding.of(
        Level.CONFIRM,
        f"Column names that differ only in case {difference}: {_quoted(names)}.",
        "Rename one of them, or leave it out: two spellings of one channel are easily mixed up.",
        columns=names,
        lines=[table.layout.header_line],
        values=[visible(name) for name in names],
        check="names_alike",
    )
    return finding, None


def _quoted(names: list[str]) -> str:
    return some([f"“{shorten(visible(name), LONGEST_NAME)}”" for name in names])


def _rewritten_by_r(table: Table, dates: DateColumn) -> Found:
    """Find names that R changes when it reads the file; those with spaces are named already."""
    names = [dates.names[index] for index in table.columns if index not in dates.date_like_names]
    looks = [look for look in map(cleaned, names) if look and " " not in look]
    changed = {look: new for look in looks if (new := _in_r(look)) != look}
    if not changed:
        return None
    pairs = [f"{shorten(old, LONGEST_NAME)} ({shorten(new, LONGEST_NAME)})" for old, new in changed.items()]
    finding = Finding.of(
        Level.NOTE,
        f"R would rewrite {counted(len(changed), 'column name')}: {some(pairs)}.",
        "Letters, digits and underscores are safe, with a letter first. Recast's models are written in R.",
        columns=[name for name in names if cleaned(name) in changed],
        lines=[table.layout.header_line],
        check="names_in_r",
    )
    return finding, None


def _in_r(name: str) -> str:
    """Return what R's make.names makes of a name."""
    name = name if START_OF_R.match(name) else f"X{name}"
    name = NOT_OF_R.sub(".", name)
    return f"{name}." if name in WORDS_OF_R else name


def _spaced(table: Table, names: list[str]) -> Found:
    spaced = [name for name in names if " " in name.strip() and cleaned(name)]
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
    if dates.index is None or cleaned(dates.names[dates.index]) == "date":
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
