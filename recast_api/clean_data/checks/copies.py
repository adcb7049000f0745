"""Checks of days that were copied: rows pasted twice, a column filled forward."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.checks.spread import spread_columns
from recast_api.clean_data.checks.zeros import runs
from recast_api.clean_data.columns import Role
from recast_api.clean_data.daily import Mask, Table
from recast_api.clean_data.data import once
from recast_api.clean_data.findings import Finding, Group, Level
from recast_api.clean_data.sentences import counted, day_span, noted

DISTINCT_SHARE, DISTINCT_COLUMNS = 0.50, 2
"""Own rule: where so many columns have different values on half of their days, equal rows are no chance."""
CHANCE = 0.001
"""Own rule: of such a run, given how often two days in a row are equal elsewhere; two alone never are it."""
UNSEEN = 0.25
"""Pairs of equal days that are assumed where there are none elsewhere (own rule)."""
BUDGET = 5
"""Own rule: a multiple of it may be a daily budget that was spent to the last cent."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Rows that are equal to as many others."""

    start: int
    end: int
    lag: int
    """How many rows further up the others are."""


@once
def copied_rows(table: Table) -> list[Copy]:
    """Return rows that repeat the row above, and two or more that repeat as many further up."""
    spread = spread_columns(table)
    indexes = [p for p in table.column_indexes(Role.KPI, Role.SPEND) if p not in spread]
    if not table.daily or len(indexes) < DISTINCT_COLUMNS:
        return []
    above = _equal_above(table, indexes)
    lags = np.where(above >= 0, np.arange(table.rows) - above, 0)
    edges = np.flatnonzero(np.diff(lags, prepend=0, append=0))
    copies = [Copy(int(a), int(b), int(lags[a])) for a, b in pairwise(edges)]
    # A row whose day isn't the next one has a mistaken date.
    copies = [copy for copy in copies if copy.lag and table.steps[copy.start - 1] == 1]
    return [copy for copy in copies if copy.lag == 1 or copy.end - copy.start > 1]


def _equal_above(table: Table, indexes: list[int]) -> NDArray[np.intp]:
    """Return for each row the nearest row above that is equal in all of these columns, -1 if none is."""
    # Equal rows have equal sums of their cells, each with a weight of its own: few have to be compared.
    weights, sums = np.random.default_rng(0).random(len(indexes)), np.zeros(table.rows)
    for weight, index in zip(weights, indexes, strict=True):
        sums += weight * table.filled[index]
    order = np.argsort(sums, kind="stable")
    pairs = np.flatnonzero(np.diff(sums[order]) == 0)
    above = np.full(table.rows, -1, np.intp)
    distinct = _distinct(table, indexes) if pairs.size else []
    for before, row in zip(order[pairs], order[pairs + 1], strict=True):
        enough = np.count_nonzero(table.active[distinct, row]) >= DISTINCT_COLUMNS
        if enough and (table.filled[indexes, row] == table.filled[indexes, before]).all():
            above[row] = before
    return above


def _distinct(table: Table, indexes: list[int]) -> list[int]:
    """Return the columns that seldom have the same value twice."""
    values = {p: table.filled[p][table.active[p]] for p in indexes}
    return [p for p, column in values.items() if np.unique(column).size > DISTINCT_SHARE * column.size]


@rule(
    Level.CONFIRM,
    threshold=f"a row like the one above, or two like as many others, in the KPI and all spend, of which "
    f"{DISTINCT_COLUMNS} or more seldom repeat",
    source="ydata: duplicate rows; own rule",
    group=Group.DATES,
)
def copied_days(table: Table) -> Iterator[Finding]:
    """Days that are equal to other days in every column were pasted twice, or filled forward."""
    copies = copied_rows(table)
    if copies:
        notes = {
            _days(table, copy.start, copy.end): (
                f"as {_days(table, copy.start - copy.lag, copy.end - copy.lag)}"
                if copy.lag > 1
                else f"as {table.day(copy.start - 1)}"
            )
            for copy in copies
        }
        yield Finding.of(
            Level.CONFIRM,
            f"Days repeat other days in every column: {noted(notes)}.",
            "Load the true values of these days.",
            lines=np.concatenate([table.lines[copy.start : copy.end] for copy in copies]),
        )


def _days(table: Table, start: int, end: int) -> str:
    return day_span(table.day(start), table.day(end - 1))


@rule(
    Level.CONFIRM,
    threshold=f"days in a row with the same value, less likely than {CHANCE} given how often two days are "
    f"equal elsewhere; spend: not a multiple of {BUDGET}",
    source="own rule; Recast's open data has no two such days",
)
def filled_forward(table: Table) -> Iterator[Finding]:
    """The same value day after day, in a column that otherwise never repeats, was filled in."""
    equal = _equal_days(table)
    notes = {}
    lines = [table.lines[:0]]
    for index, days in equal.items():
        found = _unlikely_runs(table, index, days)
        if found:
            start, end = found[0]
            more = f" and {counted(len(found) - 1, 'more time')}" if len(found) > 1 else ""
            notes[table.columns[index]] = f"{_days(table, start, end)}{more}"
            lines += [table.lines[a:b] for a, b in found]
    if notes:
        yield Finding.of(
            Level.CONFIRM,
            f"The same value day after day: {noted(notes)}.",
            "Load the true values of these days; if it is a daily budget, confirm that it was spent.",
            columns=tuple(notes),
            lines=np.concatenate(lines),
        )


def _equal_days(table: Table) -> dict[int, Mask]:
    """Tell which rows have the value of the day before and nothing else explains it, column by column."""
    if not table.daily:
        return {}
    equal = table.filled[:, 1:] == table.filled[:, :-1]
    often = (equal[:, 1:] & equal[:, :-1]).any(axis=1)
    columns = [p for p in table.column_indexes(Role.KPI, Role.SPEND) if often[p] and table.varies[p]]
    spread, copies = (spread_columns(table), copied_rows(table)) if columns else ({}, [])
    days = {}
    for index in columns:
        if index not in spread:
            days[index] = np.concatenate([[False], equal[index]]) & table.active[index]
            for copy in copies:
                days[index][copy.start : copy.end] = False
    return days


def _unlikely_runs(table: Table, index: int, equal: Mask) -> list[tuple[int, int]]:
    """Return runs of equal days that are too long for chance, from the first row to after the last."""
    column, days = table.filled[index], int(table.active_days[index])
    starts, ends = runs(equal)
    found = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        pairs = end - start
        elsewhere = max(np.count_nonzero(equal) - pairs, UNSEEN) / days
        budget = table.columns[index] != table.kpi and column[start] % BUDGET == 0
        if days * elsewhere**pairs < CHANCE and not budget:
            found.append((start - 1, end))
    return found


CHECKS = (copied_days, filled_forward)
