"""Take the column of dates; hand on findings on how it is written, and the fixes that write YYYY-MM-DD."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.reading import date_formats, date_shifts
from recast_api.clean_data.reading.date_column import DateColumn
from recast_api.clean_data.reading.date_formats import Dates, Written
from recast_api.clean_data.reading.offers import Converter, Edit, FixName, Offer
from recast_api.clean_data.reading.tidy import Table
from recast_api.clean_data.reading.tokens import Offsets
from recast_api.clean_data.sentences import on_lines, shorten, some

_FIXES = {Written.DAY_FIRST: FixName.DATES_DAY_FIRST, Written.MONTH_FIRST: FixName.DATES_MONTH_FIRST}
_ORDERS = {
    Written.DAY_FIRST: "day first",
    Written.MONTH_FIRST: "month first",
    Written.YEAR_FIRST: "year first",
}


def find(table: Table, column: DateColumn) -> tuple[list[Finding], list[Offer]]:
    """Say why there isn't one column of dates, what can't be read in it, how the rest is best written."""
    if column.dates is None:
        return [_several(column) if column.candidates else _none(table, column)], []
    findings, offers = [], list[Offer]()
    unreadable = np.setdiff1d(_rows(column.dates, Written.UNREADABLE), column.dates.contradicting)
    if len(unreadable):
        findings.append(_unreadable(table, column, unreadable))
    # One answer at a time: where rows contradict one another, asking for the order or the form leads nowhere.
    if len(column.dates.contradicting):
        findings.append(_contradicting(table, column, column.dates))
    elif column.dates.undecided:
        findings.append(_undecided(table, column, column.dates))
        offers = _answers(column, column.dates)
    elif len(column.dates.swapped):
        findings.append(_swapped(table, column, column.dates))
        offers = [_turned(table, column, column.dates)]
    elif len(column.dates.moved):
        findings.append(_moved(table, column, column.dates))
        offers = _days_meant(column, column.dates)
    elif len(rows := np.setdiff1d(np.arange(len(column.cells)), _rows(column.dates, *_NOTHING_TO_WRITE))):
        findings.append(_form(table, column, column.dates, rows))
        offers = [_plain(column, column.dates, rows, findings[-1].check)]
    return findings, offers


_NOTHING_TO_WRITE = (Written.ISO, Written.UNREADABLE)


def _rows(dates: Dates, *forms: Written) -> Offsets:
    """Return the rows written in one of these ways, ascending."""
    return np.flatnonzero([form in forms for form in dates.forms])


def _name(column: DateColumn) -> str:
    return column.names[column.candidates[0]]


def _none(table: Table, column: DateColumn) -> Finding:
    sentence = f"No column holds dates. The columns are {some([column.names[i] for i in table.columns])}."
    advice = "Add a column “date”, with one row per day, as YYYY-MM-DD."
    if sum(index in column.date_like_names for index in table.columns) * 2 > len(table.columns):
        sentence = "The days stand in the header, one column each."
        advice = "Transpose the table: one row per day, and one column per channel."
    return Finding.of(Level.BLOCK, sentence, advice, check="date_missing")


def _several(column: DateColumn) -> Finding:
    names = [column.names[index] for index in column.candidates]
    sentence = f"{len(names)} columns hold dates: {some(names)}."
    advice = "Keep the one with the day of the row, and call it date."
    return Finding.of(Level.BLOCK, sentence, advice, columns=names, check="several_date_columns")


def _unreadable(table: Table, column: DateColumn, rows: Offsets) -> Finding:
    values = list(dict.fromkeys(column.cells[row] or "(empty)" for row in rows))
    lines = table.layout.lines[rows]
    return Finding.of(
        Level.BLOCK,
        f"No date in column “{shorten(_name(column))}”, {on_lines(lines)}: {_quoted(values)}.",
        "Write every day as YYYY-MM-DD; delete lines with totals or notes.",
        columns=[_name(column)],
        lines=lines,
        values=values,
        check="date_unreadable",
    )


def _quoted(values: list[str]) -> str:
    return some([f"“{shorten(value, 40)}”" for value in values])


def _contradicting(table: Table, column: DateColumn, dates: Dates) -> Finding:
    rows = dates.contradicting
    most = _ORDERS[next(form for form in _ORDERS if len(_rows(dates, form)))]
    return _order_mixed(
        table,
        column,
        rows,
        f"Column “{shorten(_name(column))}” is written {most}, but {on_lines(table.layout.lines[rows])} "
        f"can't be: {_quoted([column.cells[row] for row in rows])}.",
        "Days and months were swapped somewhere. Export the file again, with dates as YYYY-MM-DD.",
    )


def _swapped(table: Table, column: DateColumn, dates: Dates) -> Finding:
    """Say that days and months were swapped where swapping them back puts every row in its place."""
    rows = dates.swapped
    where = f"column “{shorten(_name(column))}”, {on_lines(table.layout.lines[rows])}"
    return _order_mixed(
        table,
        column,
        rows,
        f"Day and month are swapped in {where}: “{shorten(column.cells[rows[0]])}” must be "
        f"{dates.days[rows[0]]}.",
        "Swap them back: then the rows are in order. Excel and pandas do this when they guess the form.",
    )


def _order_mixed(table: Table, column: DateColumn, rows: Offsets, sentence: str, advice: str) -> Finding:
    return Finding.of(
        Level.BLOCK,
        sentence,
        advice,
        columns=[_name(column)],
        lines=table.layout.lines[rows],
        values=[column.cells[row] for row in rows],
        check="date_order_mixed",
    )


def _turned(table: Table, column: DateColumn, dates: Dates) -> Offer:
    """Offer to swap them back, line by line: a cell may be right on one line and wrong on another."""
    index = column.candidates[0]
    edit = _written(column, partial(date_formats.write, order=dates.order))
    days = zip(table.layout.rows[dates.swapped].tolist(), dates.days[dates.swapped], strict=True)
    edit = replace(edit, replaced={record: {index: str(day)} for record, day in days})
    sentence = "Swap day and month back, and write the dates as YYYY-MM-DD."
    return Offer(FixName.DATES_SWAPPED, "date_order_mixed", sentence, edit)


def _moved(table: Table, column: DateColumn, dates: Dates) -> Finding:
    """Say that the days written are not those of the place where the rows begin at midnight."""
    row = int(dates.moved[0])
    example = column.cells[row]
    return Finding.of(
        Level.CONFIRM,
        f"Column “{shorten(_name(column))}” has midnight {_place(dates.zone)} in another zone's time: "
        f"“{shorten(example, 40)}” is {dates.days[row]} there, the next day.",
        f"Say which day is meant. Until then, the day {_place(dates.zone)} is assumed.",
        columns=[_name(column)],
        lines=table.layout.lines[dates.moved],
        values=[example],
        check="date_midnight",
    )


def _place(zone: str) -> str:
    """Return `in New York`, or `at UTC+01:00`."""
    return f"in {zone.rpartition('/')[2].replace('_', ' ')}" if "/" in zone else f"at {zone}"


def _days_meant(column: DateColumn, dates: Dates) -> list[Offer]:
    place = _place(dates.zone)
    local = partial(date_shifts.write_local, order=dates.order, zone=dates.zone)
    return [
        Offer(
            FixName.DATES_LOCAL_DAY,
            "date_midnight",
            f"Take the day {place}, which begins at the time written, and write it as YYYY-MM-DD.",
            _written(column, local),
        ),
        Offer(
            FixName.DATES_AS_WRITTEN,
            "date_midnight",
            "Take the day as written, and write it as YYYY-MM-DD.",
            _as_iso(column, dates.order),
        ),
    ]


def _undecided(table: Table, column: DateColumn, dates: Dates) -> Finding:
    rows = _rows(dates, *_ORDERS)
    example = column.cells[int(rows[0])]
    return Finding.of(
        Level.CONFIRM,
        f"The dates in column “{shorten(_name(column))}” may be day first or month first: "
        f"“{shorten(example)}” can be read both ways.",
        f"Say which comes first. Until then, {_ORDERS[dates.forms[rows[0]]]} is assumed.",
        columns=[_name(column)],
        lines=table.layout.lines[rows],
        values=[example],
        check="date_order_unknown",
    )


def _answers(column: DateColumn, dates: Dates) -> list[Offer]:
    """Offer one fix for each order that is possible."""
    return [
        Offer(
            _FIXES[order],
            "date_order_unknown",
            f"Read the dates {_ORDERS[order]}, and write them as YYYY-MM-DD.",
            _as_iso(column, order),
        )
        for order in dates.undecided
    ]


def _as_iso(column: DateColumn, order: Written | None) -> Edit:
    return _written(column, partial(date_formats.write, order=order))


def _written(column: DateColumn, writer: Converter) -> Edit:
    return Edit(cells={column.candidates[0]: writer})


def _form(table: Table, column: DateColumn, dates: Dates, rows: Offsets) -> Finding:
    """Describe the dates in those rows, which can be read, but aren't written YYYY-MM-DD."""
    forms = list(dict.fromkeys(dates.forms[rows]))
    example = column.cells[int(rows[0])]
    harmless = forms == [Written.UNPADDED]
    return Finding.of(
        Level.NOTE if harmless else Level.CONFIRM,
        f"Dates in column “{shorten(_name(column))}” are written {_in_words(forms)}: “{shorten(example)}”.",
        _advice(forms, dates.zone),
        columns=[_name(column)],
        lines=table.layout.lines[rows],
        values=[example],
        check="date_unpadded" if harmless else "date_format",
    )


def _in_words(forms: list[Written]) -> str:
    words = {Written.UNPADDED: "without leading zeros"} | {form: str(form) for form in list(Written)[2:]}
    return " and ".join(words[form] for form in forms)


def _advice(forms: list[Written], zone: str) -> str:
    if forms == [Written.UNPADDED]:
        return "Recast's documents show both ways. YYYY-MM-DD is the safe one."
    if zone:
        return f"Write them as YYYY-MM-DD. All are midnight {_place(zone)}: the day stays the one written."
    if Written.TIMED in forms:
        return "Write them as YYYY-MM-DD. The day stays the one written; no time zone is converted."
    return "Write them as YYYY-MM-DD, and look at the first and the last day."


def _plain(column: DateColumn, dates: Dates, rows: Offsets, check: str) -> Offer:
    forms = dict.fromkeys(dates.forms[rows])
    name = next((_FIXES[form] for form in forms if form in _FIXES), FixName.DATES_ISO)
    return Offer(name, check, "Write the dates as YYYY-MM-DD.", _as_iso(column, dates.order))
