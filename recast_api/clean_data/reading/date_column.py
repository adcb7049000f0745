"""Which column holds the days, and how they are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.reading import date_formats
from recast_api.clean_data.reading.date_formats import Dates, Written
from recast_api.clean_data.reading.fixes import Edit, Remark, remark
from recast_api.clean_data.reading.header import Layout
from recast_api.clean_data.reading.tidy import SAMPLE
from recast_api.clean_data.sentences import on_lines, shorten, some

OTHER_NAMES = ("day", "dates", "ds", "datum", "fecha", "week", "time", "timestamp")
"""What a column of days is called, where it isn't called date."""

_FIXES = {Written.DAY_FIRST: "dates_day_first", Written.MONTH_FIRST: "dates_month_first"}
_ORDERS = {
    Written.DAY_FIRST: "day first",
    Written.MONTH_FIRST: "month first",
    Written.YEAR_FIRST: "year first",
}


def find(layout: Layout) -> tuple[int | None, list[Remark]]:
    """Return the place of the column that holds the days, or what keeps from telling it."""
    called = {place: layout.names[place].strip().lower() for place in layout.places}
    found = [place for place, name in called.items() if name == "date"]
    if not found:
        found = [place for place in layout.places if _holds_dates(layout, place)]
        found = [place for place in found if called[place] in OTHER_NAMES] or found
    exact = [place for place in found if layout.names[place] == "date"] or found
    if len(exact) == 1:
        return exact[0], list(_name(layout, exact[0]))
    return None, [_several(layout, exact) if exact else _none(layout)]


def _holds_dates(layout: Layout, place: int) -> bool:
    if place in layout.columns.texts:
        return date_formats.looks_like_dates(layout.columns.texts[place][:SAMPLE])
    values = layout.columns.numbers[:, place]
    compact = place == layout.places[0] and bool(((values >= 19_000_101) & (values <= 21_991_231)).all())
    return compact and date_formats.looks_like_dates(layout.texts(place)[:SAMPLE])


def _none(layout: Layout) -> Remark:
    names = [layout.names[place] for place in layout.places]
    sentence = f"No column holds dates. The columns are {some(names)}."
    advice = "Add a column “date”, with one row per day, as YYYY-MM-DD."
    if sum(date_formats.looks_like_dates([name]) for name in names) * 2 > len(names):
        sentence = "The days stand in the header, one column each."
        advice = "Turn the table: one row per day, and one column per channel."
    return Remark(Finding.of(Level.BLOCK, sentence, advice, check="date_missing"))


def _several(layout: Layout, places: list[int]) -> Remark:
    names = [layout.names[place] for place in places]
    sentence = f"{len(names)} columns hold dates: {some(names)}."
    advice = "Keep the one with the day of the row, and call it date."
    return Remark(Finding.of(Level.BLOCK, sentence, advice, columns=names, check="several_date_columns"))


def _name(layout: Layout, place: int) -> Iterator[Remark]:
    name = layout.names[place]
    if name == "date":
        return
    finding = Finding.of(
        Level.NOTE,
        f"The column of dates is called “{shorten(name)}”.",
        "Recast's examples call it date.",
        columns=[name],
        lines=layout.source.lines([layout.header]),
        check="date_name",
    )
    rename = Edit(header={place: "date"})
    yield remark(finding, {"rename_date_column": (f"Call “{shorten(name)}” date.", rename)})


def remarks(layout: Layout, place: int, cells: list[str], days: Dates) -> Iterator[Remark]:
    """Remark on how the days are written: on what can't be read, and on the best way to write the rest."""
    name = layout.names[place]
    unreadable = np.setdiff1d(days.rows(Written.UNREADABLE), days.contradicting)
    if len(unreadable):
        values = list(dict.fromkeys(cells[row] or "(empty)" for row in unreadable))
        where = on_lines(layout.lines(unreadable))
        finding = Finding.of(
            Level.BLOCK,
            f"No date in column “{shorten(name)}”, {where}: {_quoted(values)}.",
            "Write every day as YYYY-MM-DD; delete lines with totals or notes.",
            columns=[name],
            lines=layout.lines(unreadable),
            values=values,
            check="date_unreadable",
        )
        yield Remark(finding)
    if len(days.contradicting):
        yield _contradicting(layout, name, cells, days)
    elif days.undecided:
        yield _undecided(layout, place, cells, days)
    else:
        yield from _form(layout, place, cells, days)


def _quoted(values: list[str]) -> str:
    return some([f"“{shorten(value, 40)}”" for value in values])


def _contradicting(layout: Layout, name: str, cells: list[str], days: Dates) -> Remark:
    values = [cells[row] for row in days.contradicting]
    most = _ORDERS[next(form for form in _ORDERS if len(days.rows(form)))]
    finding = Finding.of(
        Level.BLOCK,
        f"Column “{shorten(name)}” is written {most}, but {on_lines(layout.lines(days.contradicting))} "
        f"can't be: {_quoted(values)}.",
        "Days and months were swapped somewhere. Export the file again, with dates as YYYY-MM-DD.",
        columns=[name],
        lines=layout.lines(days.contradicting),
        values=values,
        check="date_order_mixed",
    )
    return Remark(finding)


def _undecided(layout: Layout, place: int, cells: list[str], days: Dates) -> Remark:
    name, rows = layout.names[place], days.rows(*_ORDERS)
    example = cells[int(rows[0])]
    finding = Finding.of(
        Level.CONFIRM,
        f"Column “{shorten(name)}” doesn't tell day from month: “{shorten(example)}” can be read both ways.",
        f"Say which comes first. Until then they are taken {_ORDERS[days.forms[rows[0]]]}.",
        columns=[name],
        lines=layout.lines(rows),
        values=[example],
        check="date_order_unknown",
    )
    answers = {}
    for order in days.undecided:
        edit = Edit(cells={place: _writer(cells, date_formats.parse(cells, order))})
        answers[_FIXES[order]] = (f"Read the dates {_ORDERS[order]}, and write them as YYYY-MM-DD.", edit)
    return remark(finding, answers)


def _form(layout: Layout, place: int, cells: list[str], days: Dates) -> Iterator[Remark]:
    rows = np.setdiff1d(np.arange(len(cells)), days.rows(Written.ISO, Written.UNREADABLE))
    if not len(rows):
        return
    name, forms = layout.names[place], {days.forms[row]: None for row in rows}
    example = cells[int(rows[0])]
    harmless = list(forms) == [Written.UNPADDED]
    finding = Finding.of(
        Level.NOTE if harmless else Level.CONFIRM,
        f"Dates in column “{shorten(name)}” are written {_told(list(forms))}: “{shorten(example)}”.",
        _advice(list(forms)),
        columns=[name],
        lines=layout.lines(rows),
        values=[example],
        check="date_unpadded" if harmless else "date_format",
    )
    fix = next((_FIXES[form] for form in forms if form in _FIXES), "dates_iso")
    edit = Edit(cells={place: _writer(cells, days)})
    yield remark(finding, {fix: ("Write the dates as YYYY-MM-DD.", edit)})


def _told(forms: list[Written]) -> str:
    words = {Written.UNPADDED: "without leading zeros"} | {form: str(form) for form in list(Written)[2:]}
    return " and ".join(words[form] for form in forms)


def _advice(forms: list[Written]) -> str:
    if forms == [Written.UNPADDED]:
        return "Recast's documents show both ways. YYYY-MM-DD is the safe one."
    if Written.TIMED in forms:
        return "Write them as YYYY-MM-DD. The day stays the one written; no time zone is converted."
    return "Write them as YYYY-MM-DD, and look at the first and the last day."


def _writer(cells: list[str], days: Dates) -> Callable[[str], str]:
    written = {cell: str(day) for cell, day in zip(cells, days.days, strict=True) if not np.isnat(day)}
    return lambda cell: written.get(cell, cell)
