"""Checks of what the columns contain, before anything is computed from them."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.checks.values import columns_with
from recast_api.clean_data.columns import looks_like_kpi
from recast_api.clean_data.daily import Table
from recast_api.clean_data.data import CleanData
from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.sentences import counted, noted, on_lines, shorten, some


@dataclass(frozen=True)
class Delivered:
    """Clean data, its numbers, and the KPI that was chosen."""

    data: CleanData
    table: Table
    kpi: str | None


def already_reported(data: CleanData, check: str) -> set[str]:
    """Return the columns that reading has reported under this name already."""
    return {name for finding in data.findings if finding.check == check for name in finding.columns}


def text_columns(data: CleanData) -> list[str]:
    """Return the columns that hold no number at all though they aren't empty, rival dates aside."""
    frame, dates = data.frame, already_reported(data, "several_date_columns")
    return [
        str(name)
        for name, kind in zip(frame.columns, frame.dtypes, strict=True)
        if kind.kind not in "iufM" and name not in {data.date_column, *dates} and _only_text(frame[name])
    ]


def _only_text(column: pd.Series) -> bool:
    present = column.dropna()
    return len(present) > 0 and bool(pd.to_numeric(present.astype(str), errors="coerce").isna().all())


def _repeats(table: Table) -> np.ndarray:
    """Tell for each row whether its day stands in the file more than once."""
    again = table.steps == 0
    repeated = np.zeros(table.rows, bool)
    repeated[1:] |= again
    repeated[:-1] |= again
    return repeated


@rule(
    Level.BLOCK,
    threshold="half the rows share their day with another row, and a column is text",
    source="Robyn #418; Recast: one row per day, one column per channel",
)
def long_format(delivered: Delivered) -> Iterator[Finding]:
    """A file with a row per day and channel, or per day and region, has to be pivoted to a row per day."""
    names = text_columns(delivered.data)
    table = delivered.table
    if names and table.dated and np.count_nonzero(_repeats(table)) * 2 >= table.rows > 1:
        kinds = delivered.data.frame[names[0]].nunique()
        yield Finding.of(
            Level.BLOCK,
            f"The file is in long format: days repeat for the {kinds:,} values of {shorten(names[0])}.",
            f"Pivot it to one row per day, with one column for each value of {shorten(names[0])}.",
            columns=names,
        )


def _numbers_wanted(delivered: Delivered, names: list[str]) -> bool:
    """Tell whether one of these columns has to be the KPI: no column of numbers is, or can be."""
    if delivered.kpi is not None:
        return delivered.kpi in names
    table = delivered.table
    return not table.columns or (table.kpi is None and any(looks_like_kpi(name) for name in names))


@rule(
    Level.BLOCK,
    Level.CONFIRM,
    threshold="no cell is a number, in the KPI (Block) or in another column (Confirm)",
    source="Robyn stops; Recast: numbers per day; how it treats other columns isn't known",
)
def text_column(delivered: Delivered) -> Iterator[Finding]:
    """A column without any numbers can be neither the KPI nor a channel."""
    names = text_columns(delivered.data)
    if names and not tuple(long_format(delivered)):
        examples = [shorten(str(delivered.data.frame[name].dropna().iloc[0]), 20) for name in names]
        notes = {name: f"“{example}”" for name, example in zip(names, examples, strict=True)}
        yield Finding.of(
            Level.BLOCK if _numbers_wanted(delivered, names) else Level.CONFIRM,
            f"{counted(len(names), 'column contains', 'columns contain')} only text: {noted(notes)}.",
            "Leave text columns out of the file, or replace the text with numbers.",
            columns=names,
            values=examples,
        )


@rule(
    Level.CONFIRM,
    threshold="no cell has a value",
    source="Robyn, Meridian: missing values stop",
)
def empty_column(delivered: Delivered) -> Iterator[Finding]:
    """A named column without any values is a channel whose data never arrived, or a leftover."""
    frame, table = delivered.data.frame, delivered.table
    names = [name for index, name in enumerate(table.columns) if table.missing[index].all()]
    others = set(frame.columns) - {*table.columns, delivered.data.date_column}
    names += [str(name) for name in frame.columns if name in others and frame[name].isna().all()]
    names = [
        name
        for name in names
        if name not in {*table.infinite, *already_reported(delivered.data, "missing_words")}
    ]
    if names and len(frame):
        yield Finding.of(
            Level.CONFIRM,
            f"{counted(len(names), 'column has', 'columns have')} no values: {some(names)}.",
            "Add the values, or leave the column out together with its row in the priors sheet.",
            columns=names,
        )


@rule(
    Level.BLOCK,
    Level.NOTE,
    threshold="the chosen KPI isn't a column (Block); no column is named like a KPI (Note)",
    source="Recast, prior settings sheet: DepvarName is a column of the clean data",
)
def kpi_column(delivered: Delivered) -> Iterator[Finding]:
    """The priors sheet names the KPI's column, and the file has to contain it."""
    if delivered.kpi is not None and delivered.kpi not in delivered.data.frame.columns:
        yield Finding.of(
            Level.BLOCK,
            f"The file has no column {shorten(delivered.kpi)}, which was chosen as the KPI.",
            "Choose the column that the priors sheet names as DepvarName, or add it to the file.",
            values=[delivered.kpi],
        )
    elif delivered.kpi is None and not any(
        looks_like_kpi(str(name)) for name in delivered.data.frame.columns
    ):
        yield Finding.of(
            Level.NOTE,
            "No column is named like a KPI, so nothing about the KPI was checked.",
            "Choose the KPI's column: the one that the priors sheet names as DepvarName.",
        )


@rule(Level.BLOCK, threshold="any cell infinite or beyond 1e100", source="Robyn stops")
def infinite_values(delivered: Delivered) -> Iterator[Finding]:
    """Infinity comes from a division by zero upstream, and no model can use it."""
    table = delivered.table
    for_each = {name: table.lines[rows] for name, rows in table.infinite.items()}
    if for_each:
        yield Finding.of(
            Level.BLOCK,
            f"Infinite values in {noted({name: on_lines(lines) for name, lines in for_each.items()})}.",
            "Find the division by zero that caused them, and enter the true values.",
            columns=tuple(for_each),
            lines=np.concatenate(list(for_each.values())),
        )


@rule(
    Level.CONFIRM,
    threshold="any missing cell",
    source="Robyn, Meridian stop at any; other Recast tools read a missing value as 0",
)
def missing_values(delivered: Delivered) -> Iterator[Finding]:
    """A missing value isn't zero, but may be read as zero."""
    table = delivered.table
    if not table.has_missing:
        return
    cells = table.missing.copy()
    for name, rows in table.infinite.items():
        cells[table.columns.index(name), rows] = False
    # Reading has reported cells that say NA; once its fix is accepted they are empty, and reported here.
    worded = already_reported(delivered.data, "missing_words")
    indexes = [p for p, name in enumerate(table.columns) if name not in worded and not table.missing[p].all()]
    notes, lines = columns_with(table, indexes, cells, lambda _, rows: on_lines(table.lines[rows]))
    if notes:
        yield Finding.of(
            Level.CONFIRM,
            f"{counted(int(cells[indexes].sum()), 'missing value')}: {noted(notes)}.",
            "Enter 0 where nothing was spent, and the true value elsewhere. "
            "How Recast reads a missing value here isn't documented; elsewhere it reads it as 0.",
            columns=tuple(notes),
            lines=lines,
        )


CHECKS = (long_format, text_column, empty_column, kpi_column, infinite_values, missing_values)
