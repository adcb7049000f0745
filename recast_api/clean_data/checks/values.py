"""Checks of the cells of one column: missing, negative, zero, constant."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.columns import Role, is_binary, words
from recast_api.clean_data.daily import Mask, Table
from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.sentences import counted, noted, number, on_lines, percent, shorten, some

Rows = NDArray[np.intp]

MOSTLY_ZERO = 0.70
"""Simba warns above it; mmm-framework at 0.60."""
KPI_ZEROS = 0.10
"""mmm-platform warns above it."""
NEW_CHANNEL_DAYS = 42
"""Recast: results of a new channel are best ignored for about six weeks."""
PRICE_JUMP = 0.20
"""Simba: a price that moves more than that from one day to the next."""


def columns_with(
    table: Table, places: list[int], cells: Mask, describe: Callable[[int, Rows], str]
) -> tuple[dict[str, str], NDArray[np.int64]]:
    """Return the columns that have such cells, each with a few words about them, and the lines.

    `cells` has the shape of `table.values`; `describe` gets a column's place and its rows.
    """
    hit = [place for place in places if cells[place].any()]
    rows = [np.flatnonzero(cells[place]) for place in hit]
    told = {table.columns[place]: describe(place, at) for place, at in zip(hit, rows, strict=True)}
    return told, table.lines[np.unique(np.concatenate(rows))] if rows else table.lines[:0]


def everything(table: Table) -> list[int]:
    """Return the places of all columns that have a value anywhere."""
    return np.flatnonzero(~table.missing.all(axis=1)).tolist() if table.rows else []


@rule(
    Level.CONFIRM,
    threshold="any below 0",
    source="Robyn, Meridian, Simba, mmm-framework refuse; refunds do happen",
)
def negative_spend(table: Table) -> Iterator[Finding]:
    """Spend below zero is a refund booked late, or a sign turned round."""
    yield from _negative(
        table, Role.SPEND, "Spend", "Book a refund on the days it belongs to, or turn the sign."
    )


@rule(Level.CONFIRM, threshold="any below 0", source="Meridian: error; mmm-platform: warning")
def negative_kpi(table: Table) -> Iterator[Finding]:
    """A KPI below zero comes from returns booked on the day they came back."""
    yield from _negative(
        table, Role.KPI, "The KPI", "Book returns on the day of the sale, or check the export."
    )


def _negative(table: Table, role: Role, what: str, advice: str) -> Iterator[Finding]:
    told, lines = columns_with(
        table,
        table.places(role),
        table.filled < 0,
        lambda place, rows: f"{number(table.values[place, rows].min())}, {on_lines(table.lines[rows])}",
    )
    if told:
        sentence = f"{what} is negative: {noted(told)}."
        yield Finding.of(Level.CONFIRM, sentence, advice, columns=tuple(told), lines=lines)


@rule(Level.CONFIRM, threshold="no value but 0", source="Robyn stops; Meridian #638 crashes")
def all_zero(table: Table) -> Iterator[Finding]:
    """A column of zeros has nothing to tell the model."""
    names = [table.columns[place] for place in everything(table) if table.active_days[place] == 0]
    if names:
        yield Finding.of(
            Level.CONFIRM,
            f"{counted(len(names), 'column')} with no value but 0: {some(names)}.",
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
    flat = [p for p in everything(table) if table.rows > 1 and not table.varies[p] and table.active_days[p]]
    if flat:
        told = {table.columns[p]: number(float(np.nanmax(table.values[p]))) for p in flat}
        yield Finding.of(
            Level.CONFIRM,
            f"{counted(len(flat), 'column')} with the same value every day: {noted(told)}.",
            "Check the export; leave the column out if the value is right.",
            columns=tuple(told),
        )


@rule(Level.CONFIRM, threshold=f"over {percent(KPI_ZEROS)} zeros", source="mmm-platform")
def kpi_zeros(table: Table) -> Iterator[Finding]:
    """A KPI that is zero on many days is too sparse, or was not loaded on them."""
    for place in table.places(Role.KPI):
        zero = ~table.active[place] & ~table.missing[place]
        if zero.sum() > KPI_ZEROS * table.rows and table.active_days[place]:
            yield Finding.of(
                Level.CONFIRM,
                f"The KPI {shorten(table.columns[place])} is 0 on {counted(int(zero.sum()), 'day')} "
                f"({percent(zero.mean())}).",
                "Check that the zeros are real; where sales are rare, an earlier step is modelled better.",
                columns=[table.columns[place]],
                lines=table.lines[zero],
            )


@rule(
    Level.NOTE,
    threshold=f"spend on fewer than {NEW_CHANNEL_DAYS} days",
    source="Recast: ignore a new channel's results for about six weeks",
)
def new_channel(table: Table) -> Iterator[Finding]:
    """A channel with few days of spend gets its result from the prior rather than from the data."""
    handed_over = {new for _, new in handovers(table)}
    few = [p for p in table.places(Role.SPEND) if 0 < table.active_days[p] < NEW_CHANNEL_DAYS]
    few = [p for p in few if p not in handed_over]
    if few:
        told = {table.columns[p]: counted(int(table.active_days[p]), "day") for p in few}
        yield Finding.of(
            Level.NOTE,
            f"Little spend yet: {noted(told)}.",
            "It needs a row in the priors sheet. Expect its result to move for about six weeks.",
            columns=tuple(told),
        )


def handovers(table: Table) -> list[tuple[int, int]]:
    """Return pairs of channels of which one spends until a day and the other exactly from there on."""
    spends = [p for p in table.places(Role.SPEND) if table.active_days[p]]
    first = {p: int(np.argmax(table.active[p])) for p in spends}
    ended: dict[int, list[int]] = {}
    for place in spends:
        ended.setdefault(table.rows - int(np.argmax(table.active[place][::-1])), []).append(place)
    return [
        (old, new)
        for new in spends
        for old in ended.get(first[new], [])
        if _both_at_work(table, old, new, first[new])
    ]


def _both_at_work(table: Table, old: int, new: int, change: int) -> bool:
    """Tell whether both spend nearly every day in the week on their side of the change."""
    before, after = table.active[old, max(change - 7, 0) : change], table.active[new, change : change + 7]
    return min(before.size, after.size) >= 3 and before.mean() > 0.7 and bool(after.mean() > 0.7)


@rule(Level.NOTE, threshold=f"over {percent(MOSTLY_ZERO)} zeros", source="Simba")
def mostly_zero(table: Table) -> Iterator[Finding]:
    """A channel that is off most of the time tells little about its effect."""
    share = 1 - table.active_days / max(table.rows, 1)
    off = [
        p
        for p in table.places(Role.SPEND)
        if share[p] > MOSTLY_ZERO and table.active_days[p] >= NEW_CHANNEL_DAYS
    ]
    if off:
        told = {table.columns[p]: percent(share[p]) for p in off}
        yield Finding.of(
            Level.NOTE,
            f"Zero on most days: {noted(told)}.",
            "Check that the zeros are real. Expect little beyond the prior.",
            columns=tuple(told),
        )


@rule(Level.NOTE, threshold=f"over {percent(PRICE_JUMP)} in a day", source="Simba")
def price_jump(table: Table) -> Iterator[Finding]:
    """A price that jumps from one day to the next may be a mistake, or another product."""
    places = [
        p for p in table.places(Role.OTHER) if not {"price", "prices"}.isdisjoint(words(table.columns[p]))
    ]
    cells = np.zeros(table.values.shape, bool)
    if places and table.rows > 1:
        before, after = table.values[places, :-1], table.values[places, 1:]
        cells[places, 1:] = np.abs(after - before) > PRICE_JUMP * np.abs(before)
    told, lines = columns_with(table, places, cells, lambda _, rows: on_lines(table.lines[rows]))
    if told:
        yield Finding.of(
            Level.NOTE,
            f"A price moved by more than {percent(PRICE_JUMP)} in a day: {noted(told)}.",
            "Check these days.",
            columns=tuple(told),
            lines=lines,
        )


@rule(Level.NOTE, threshold="a column of 0 and 1 with another value", source="mmm-platform")
def not_binary(table: Table) -> Iterator[Finding]:
    """A column that marks days with 0 and 1 shouldn't hold anything else."""
    places = [p for p in table.places(Role.OTHER) if is_binary(table.values[p])]
    other = table.active & (table.filled != 1)
    told, lines = columns_with(
        table,
        places,
        other,
        lambda p, rows: f"{number(table.values[p, rows[0]])}, {on_lines(table.lines[rows])}",
    )
    if told:
        yield Finding.of(
            Level.NOTE,
            f"Marked with 0 and 1, but for: {noted(told)}.",
            "Make it 0 or 1, or confirm for yourself that the column isn't a mark.",
            columns=tuple(told),
            lines=lines,
        )


CHECKS = (
    negative_spend,
    negative_kpi,
    all_zero,
    constant_column,
    kpi_zeros,
    new_channel,
    mostly_zero,
    price_jump,
    not_binary,
)
