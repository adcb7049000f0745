"""Checks of the cells of one column: missing, negative, zero, constant."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.columns import Role, is_binary, words
from recast_api.clean_data.daily import Mask, Table
from recast_api.clean_data.data import once
from recast_api.clean_data.findings import Finding, Group, Level
from recast_api.clean_data.sentences import counted, noted, number, on_lines, percent, some

Rows = NDArray[np.intp]

MOSTLY_ZERO = 0.70
"""Simba warns above it; mmm-framework at 0.60."""
NEW_CHANNEL_DAYS = 42
"""Recast: results of a new channel are best ignored for about six weeks."""
NEW_SINCE_DAYS = 2 * NEW_CHANNEL_DAYS
"""Own rule: a new channel may spend on every other day."""
PRICE_JUMP = 0.20
"""Simba: a price that moves more than that from one day to the next."""


def columns_with(
    table: Table, indexes: list[int], cells: Mask, describe: Callable[[int, Rows], str]
) -> tuple[dict[str, str], NDArray[np.int64]]:
    """Return the columns that have such cells, each with a note about them, and the lines.

    `cells` has the shape of `table.values`; `describe` gets a column's index and its rows.
    """
    affected = [index for index in indexes if cells[index].any()]
    rows = [np.flatnonzero(cells[index]) for index in affected]
    notes = {table.columns[index]: describe(index, at) for index, at in zip(affected, rows, strict=True)}
    return notes, table.lines[np.unique(np.concatenate(rows))] if rows else table.lines[:0]


def columns_with_values(table: Table) -> list[int]:
    """Return the indexes of all columns that have a value anywhere."""
    return np.flatnonzero(~table.missing.all(axis=1)).tolist() if table.rows else []


@rule(
    Level.CONFIRM,
    threshold="any below 0",
    source="Robyn, Meridian, Simba, mmm-framework refuse; refunds do happen",
)
def negative_spend(table: Table) -> Iterator[Finding]:
    """Negative spend is a refund booked late, or a reversed sign."""
    yield from _negative(
        table, Role.SPEND, "Spend", "Book refunds on the days they belong to, or reverse the sign."
    )


@rule(
    Level.CONFIRM,
    threshold="any below 0",
    source="Meridian: error; mmm-platform: warning",
    group=Group.KPI,
)
def negative_kpi(table: Table) -> Iterator[Finding]:
    """A negative KPI comes from returns booked on the day they came back."""
    yield from _negative(
        table, Role.KPI, "The KPI", "Book returns on the day of the sale, or check the export."
    )


def _negative(table: Table, role: Role, what: str, advice: str) -> Iterator[Finding]:
    notes, lines = columns_with(
        table,
        table.column_indexes(role),
        table.filled < 0,
        lambda index, rows: (
            f"{'' if rows.size == 1 else 'down to '}{number(table.values[index, rows].min())} on "
            f"{on_lines(table.lines[rows])}"
        ),
    )
    if notes:
        sentence = f"{what} is negative: {noted(notes)}."
        yield Finding.of(Level.CONFIRM, sentence, advice, columns=tuple(notes), lines=lines)


@rule(Level.CONFIRM, threshold="only zeros", source="Robyn stops; Meridian #638 crashes")
def all_zero(table: Table) -> Iterator[Finding]:
    """A column of zeros tells the model nothing."""
    names = [table.columns[index] for index in columns_with_values(table) if table.active_days[index] == 0]
    if names:
        yield Finding.of(
            Level.CONFIRM,
            f"{counted(len(names), 'column contains', 'columns contain')} only zeros: {some(names)}.",
            "Check the export; a channel that isn't used needs no column.",
            columns=names,
        )


@rule(
    Level.CONFIRM,
    threshold="one value throughout, up to a millionth of the mean",
    source="Robyn stops; Simba: error; mmm-framework: 1e-6",
)
def constant_column(table: Table) -> Iterator[Finding]:
    """A column that never changes can't explain anything that does."""
    # A column of zeros has a check of its own, and a single row says nothing about change.
    filled = [p for p in columns_with_values(table) if table.active_days[p] and table.rows > 1]
    constant = [p for p in filled if not table.varies[p]]
    if constant:
        notes = {table.columns[p]: number(float(np.nanmax(table.values[p]))) for p in constant}
        yield Finding.of(
            Level.CONFIRM,
            f"{counted(len(constant), 'column has', 'columns have')} the same value every day: "
            f"{noted(notes)}.",
            "Check the export; leave the column out if the value is right.",
            columns=tuple(notes),
        )


@rule(
    Level.NOTE,
    threshold=f"spend on fewer than {NEW_CHANNEL_DAYS} days, all of them in the last {NEW_SINCE_DAYS}",
    source="Recast: ignore a new channel's results for about six weeks",
)
def new_channel(table: Table) -> Iterator[Finding]:
    """A channel with few days of spend gets its result from the prior rather than from the data."""
    new = _new_channels(table)
    if new:
        days = {table.columns[p]: counted(int(table.active_days[p]), "day") for p in new}
        notes = {name: f"only {spent} of spend so far" for name, spent in days.items()}
        yield Finding.of(
            Level.NOTE,
            f"New channel{'s' if len(new) > 1 else ''}: {noted(notes)}.",
            "Give it a row in the priors sheet. Expect its result to change for about six weeks.",
            columns=tuple(notes),
        )


def _new_channels(table: Table) -> list[int]:
    """Return the channels that began to spend not long ago; one with few days all along is only sparse."""
    # A channel that took over from another has that one's history.
    handed_over = {new for _, new in handovers(table)}
    return [
        p
        for p in table.column_indexes(Role.SPEND)
        if table.by_day
        and 0 < table.active_days[p] < NEW_CHANNEL_DAYS
        and p not in handed_over
        and table.first_active[p] >= table.rows - NEW_SINCE_DAYS
    ]


@once
def handovers(table: Table) -> list[tuple[int, int]]:
    """Return pairs of channels of which the second starts on the day after the first ends."""
    spends = [p for p in table.column_indexes(Role.SPEND) if table.active_days[p]]
    first, after = table.first_active.tolist(), table.after_active.tolist()
    ended: dict[int, list[int]] = {}
    for index in spends:
        ended.setdefault(after[index], []).append(index)
    return [
        (old, new)
        for new in spends
        for old in ended.get(first[new], [])
        if _both_active(table, old, new, first[new])
    ]


def _both_active(table: Table, old: int, new: int, change: int) -> bool:
    """Tell whether both spend on nearly every day of the week before and after the change."""
    before, after = table.active[old, max(change - 7, 0) : change], table.active[new, change : change + 7]
    # Two sparse channels end and start somewhere too; that these days meet is chance.
    return min(before.size, after.size) >= 3 and before.mean() > 0.7 and bool(after.mean() > 0.7)


@rule(Level.NOTE, threshold=f"over {percent(MOSTLY_ZERO)} zeros", source="Simba")
def mostly_zero(table: Table) -> Iterator[Finding]:
    """A channel without spend on most days gives the model little to learn from."""
    share = 1 - table.active_days / max(table.rows, 1)
    new = {*_new_channels(table), *(new for _, new in handovers(table))}
    mostly_off = [
        p
        for p in table.column_indexes(Role.SPEND)
        if table.by_day and share[p] > MOSTLY_ZERO and table.active_days[p] and p not in new
    ]
    if mostly_off:
        notes = {table.columns[p]: f"{percent(share[p])} of the days" for p in mostly_off}
        yield Finding.of(
            Level.NOTE,
            f"No spend on most days: {noted(notes)}.",
            "Check that the zeros are real. Expect a result close to the prior.",
            columns=tuple(notes),
        )


@rule(
    Level.NOTE,
    threshold=f"over {percent(PRICE_JUMP)} from one day to the next",
    source="Simba",
    group=Group.COLUMNS,
)
def price_jump(table: Table) -> Iterator[Finding]:
    """A price that jumps from one day to the next may be a mistake, or another product."""
    others = table.column_indexes(Role.OTHER)
    indexes = [p for p in others if not {"price", "prices"}.isdisjoint(words(table.columns[p]))]
    cells = np.zeros(table.values.shape, bool)
    if indexes and table.rows > 1 and table.by_day:
        before, after = table.values[indexes, :-1], table.values[indexes, 1:]
        cells[indexes, 1:] = np.abs(after - before) > PRICE_JUMP * np.abs(before)
    notes, lines = columns_with(table, indexes, cells, lambda _, rows: on_lines(table.lines[rows]))
    if notes:
        yield Finding.of(
            Level.NOTE,
            f"A price changed by more than {percent(PRICE_JUMP)} from one day to the next: {noted(notes)}.",
            "Check that the price is right, and of the same product throughout.",
            columns=tuple(notes),
            lines=lines,
        )


@rule(
    Level.NOTE,
    threshold="a column of 0 and 1 with another value",
    source="mmm-platform",
    group=Group.COLUMNS,
)
def not_binary(table: Table) -> Iterator[Finding]:
    """A 0/1 column that marks days shouldn't contain other values."""
    indexes = [p for p in table.column_indexes(Role.OTHER) if is_binary(table.values[p])]
    other = table.active & (table.filled != 1)
    notes, lines = columns_with(
        table,
        indexes,
        other,
        lambda p, rows: (
            f"{'' if rows.size == 1 else 'such as '}{number(table.values[p, rows[0]])} on "
            f"{on_lines(table.lines[rows])}"
        ),
    )
    if notes:
        yield Finding.of(
            Level.NOTE,
            f"A 0/1 column with other values in it: {noted(notes)}.",
            "Change these values to 0 or 1, unless the column isn't meant to be 0/1.",
            columns=tuple(notes),
            lines=lines,
        )


CHECKS = (
    negative_spend,
    negative_kpi,
    all_zero,
    constant_column,
    new_channel,
    mostly_zero,
    price_jump,
    not_binary,
)
