"""Checks of what the file is: a row per day, columns of numbers, and text and dates among them."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.checks.structure import Delivered, already_reported
from recast_api.clean_data.columns import looks_like_kpi
from recast_api.clean_data.daily import Numbers, Table
from recast_api.clean_data.data import CleanData, once
from recast_api.clean_data.findings import Finding, Group, Level
from recast_api.clean_data.sentences import counted, noted, percent, shorten

REPEATED_SHARE = 0.50
"""Own choice: of a file with some rows twice by mistake, far fewer rows share their day with another."""
KEY_SHARE = 0.50
"""Own choice: a store that opened halfway through is still there on half of the days."""
DATE_SHARE = 0.80
"""Own choice, the same as for the date column itself."""
SAMPLE = 200
"""Cells that are looked at to tell what a column holds."""

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_TIME = r"(?:(?:t|\s+)\d{1,2}:\d{2}.*)?"
_DATE = re.compile(
    rf"(?:\d{{4}}([-/.])\d{{1,2}}\1\d{{1,2}}|\d{{1,2}}([-/.])\d{{1,2}}\2(?:\d{{4}}|\d{{2}})"
    rf"|\d{{1,2}}[-\s.]+{_MONTH}[-\s,]+\d{{2,4}}|{_MONTH}[-\s]+\d{{1,2}}[-\s,]+\d{{2,4}}){_TIME}",
    re.I,
)


@once
def text_columns(data: CleanData) -> list[str]:
    """Return the columns that hold text rather than numbers, dates aside."""
    # Of a column of numbers, reading has reported the cells that keep it from being one.
    reported = already_reported(data, "several_date_columns") | already_reported(data, "not_a_number")
    dates = {data.date_column, *reported, *more_date_columns(data)}
    return [name for name in _texts(data) if name not in dates and data.frame[name].notna().any()]


@once
def more_date_columns(data: CleanData) -> list[str]:
    """Return the columns of dates beside the date column, such as the end of each row's period."""
    if data.date_column is None:
        return []
    return [name for name in _texts(data) if _holds_dates(data.frame[name])]


@once
def _texts(data: CleanData) -> list[str]:
    kinds = zip(data.frame.columns, data.frame.dtypes, strict=True)
    return [str(name) for name, kind in kinds if kind.kind not in "iufM" and name != data.date_column]


def _holds_dates(column: pd.Series) -> bool:
    cells = [str(cell).strip() for cell in column.dropna().head(SAMPLE)]
    return sum(_DATE.fullmatch(cell) is not None for cell in cells) >= max(DATE_SHARE * len(cells), 1)


def _repeats(table: Table) -> np.ndarray:
    """Tell for each row whether its day stands in the file more than once; rows without a day don't."""
    again = table.steps == 0
    repeated = np.zeros(table.rows, bool)
    if again.size:
        repeated[1:] |= again
        repeated[:-1] |= again
    return repeated


def days_repeat(table: Table) -> bool:
    """Tell whether days repeat by design: what follows from one day to the next can't be judged then."""
    return bool(table.rows > 1 and np.count_nonzero(_repeats(table)) >= REPEATED_SHARE * table.rows)


def _key_columns(table: Table) -> list[str]:
    """Return the columns of numbers that tell the rows of a day apart, as the number of a store does."""
    assert table.days is not None
    known = ~np.isnat(table.days)
    days = table.days[known].astype(np.int64)
    return [
        name
        for name, values in zip(table.columns, table.values[:, known], strict=True)
        if _is_key(values, days)
    ]


def _is_key(values: Numbers, days: NDArray[np.int64]) -> bool:
    if np.isnan(values).any() or np.mod(values, 1).any():
        return False
    keys, number = np.unique(values, return_inverse=True)
    cells = np.unique(days).size * keys.size
    # Each day has each value at most once, and most days have most values: a count would have many more.
    return keys.size > 1 and days.size >= KEY_SHARE * cells and _all_different(days * keys.size + number)


def _all_different(numbers: NDArray[np.int64]) -> bool:
    return np.unique(numbers).size == numbers.size


@rule(
    Level.BLOCK,
    threshold=f"{percent(REPEATED_SHARE)} of the rows share their day with another row, and a column is text "
    f"or a number that tells them apart, {percent(KEY_SHARE)} of the days having each",
    source="Robyn #418; Recast: one row per day, one column per channel",
    group=Group.FILE,
)
def long_format(delivered: Delivered) -> Iterator[Finding]:
    """A file with a row per day and channel, or per day and region, has to be pivoted to a row per day."""
    if not days_repeat(delivered.table):
        return
    texts = text_columns(delivered.data)
    names = texts or _key_columns(delivered.table)
    if names:
        kinds, name = delivered.data.frame[names[0]].nunique(), shorten(names[0])
        pivot = f"with one column for each value of {name}."
        yield Finding.of(
            Level.BLOCK,
            f"The file is in long format: days repeat for the {kinds:,} values of {name}.",
            f"Pivot it to one row per day, {pivot}"
            if texts
            else f"Make it one row per day: add up the rows of each day, or pivot the file, {pivot}",
            columns=names,
        )


def _examples(data: CleanData, names: list[str]) -> dict[str, str]:
    """Return the first cell with something in it of each of these columns."""
    return {name: shorten(str(data.frame[name].dropna().iloc[0]), 20) for name in names}


def _quoted(examples: Mapping[str, str]) -> str:
    return noted({name: f"“{example}”" for name, example in examples.items()})


def _numbers_wanted(delivered: Delivered, names: list[str]) -> bool:
    """Tell whether one of these columns has to be the KPI: no column of numbers is, or can be."""
    if delivered.kpi is not None:
        return delivered.kpi in names
    table = delivered.table
    return not table.columns or (table.kpi is None and any(looks_like_kpi(name) for name in names))


@rule(
    Level.BLOCK,
    Level.CONFIRM,
    threshold="fewer than half of the cells are numbers, in the KPI (Block) or in another column (Confirm)",
    source="Robyn stops; Recast: numbers per day; how it treats other columns isn't known",
)
def text_column(delivered: Delivered) -> Iterator[Finding]:
    """A column of text can be neither the KPI nor a channel."""
    names = text_columns(delivered.data)
    if names and not tuple(long_format(delivered)):
        cells = _examples(delivered.data, names)
        yield Finding.of(
            Level.BLOCK if _numbers_wanted(delivered, names) else Level.CONFIRM,
            f"{counted(len(names), 'column contains', 'columns contain')} text: {_quoted(cells)}.",
            "Leave text columns out of the file, or replace the text with numbers.",
            columns=names,
            values=tuple(cells.values()),
        )


@rule(
    Level.CONFIRM,
    threshold=f"{percent(DATE_SHARE)} of the cells of another column than the date's are dates",
    source="own rule: Meta's exports have Reporting starts and ends; how Recast treats them isn't known",
)
def more_dates(delivered: Delivered) -> Iterator[Finding]:
    """Dates beside the date column, as the start and end of each row's period, aren't numbers of a day."""
    names = more_date_columns(delivered.data)
    if names:
        cells = _examples(delivered.data, names)
        yield Finding.of(
            Level.CONFIRM,
            f"{counted(len(names), 'more column contains', 'more columns contain')} dates: {_quoted(cells)}.",
            f"Leave {'it' if len(names) == 1 else 'them'} out of the file: "
            f"{shorten(str(delivered.data.date_column))} has the day of each row.",
            columns=names,
            values=tuple(cells.values()),
        )


CHECKS = (long_format, text_column, more_dates)
