"""Checks of what the columns of numbers contain, before anything is computed from them."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.checks.values import columns_with
from recast_api.clean_data.columns import (
    CALENDAR_ROWS,
    COUNTS,
    Role,
    calendar_columns,
    in_money,
    looks_like_kpi,
    words,
)
from recast_api.clean_data.daily import LARGEST, Table
from recast_api.clean_data.data import CleanData
from recast_api.clean_data.findings import Finding, Group, Level
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
    group=Group.KPI,
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


@rule(Level.BLOCK, threshold=f"any cell infinite or beyond {LARGEST:g}", source="Robyn stops")
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


@rule(
    Level.NOTE,
    threshold=f"weekday, week, month, quarter, year or a running number, on all {CALENDAR_ROWS} or more days",
    source="mmm-framework, PyMC samples have such columns",
)
def calendar_column(delivered: Delivered) -> Iterator[Finding]:
    """A column that is computed from the date says nothing that the date doesn't say."""
    found = calendar_columns(delivered.data)
    if found:
        yield Finding.of(
            Level.NOTE,
            f"Computed from the date: {noted(found)}.",
            f"Leave {'it' if len(found) == 1 else 'them'} out, unless the priors sheet names "
            f"{'it' if len(found) == 1 else 'them'} as a context variable.",
            columns=tuple(found),
        )


@rule(
    Level.NOTE,
    threshold="any fraction in an outcome that is counted, such as orders",
    source="own rule: attribution, averages and spread totals leave fractions",
)
def fractional_counts(delivered: Delivered) -> Iterator[Finding]:
    """What is counted, as orders are, has whole numbers; fractions come from attribution or averages."""
    table = delivered.table
    # Whether a point or comma separates decimals is asked where reading couldn't tell.
    asked = {name for one in delivered.data.findings if one.level is not Level.NOTE for name in one.columns}
    indexes = [p for p, name in enumerate(table.columns) if name not in asked and _is_count(table, name)]
    cells = np.zeros(table.values.shape, bool)
    cells[indexes] = np.mod(table.filled[indexes], 1) != 0
    notes, lines = columns_with(
        table,
        indexes,
        cells,
        lambda p, rows: f"{table.values[p, rows[0]]:,.2f} on {on_lines(table.lines[rows[:1]])}",
    )
    if notes:
        yield Finding.of(
            Level.NOTE,
            f"Counts with fractions, on {counted(len(lines), 'day')}: {noted(notes)}.",
            "Check whether they are attributed conversions, averages, or totals spread over days.",
            columns=tuple(notes),
            lines=lines,
        )


def _is_count(table: Table, name: str) -> bool:
    if table.roles[name] == Role.KPI:
        return not set(words(name)).isdisjoint(COUNTS) and not in_money(name)
    return looks_like_kpi(name) and not in_money(name)


CHECKS = (
    empty_column,
    kpi_column,
    calendar_column,
    fractional_counts,
    infinite_values,
    missing_values,
)
