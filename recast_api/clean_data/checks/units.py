"""Checks of whether the values are plausible: actual spend, one unit and currency, enough volume."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.checks.spread import STEP_SHARE, spread_channels, spread_columns
from recast_api.clean_data.columns import Role, in_money
from recast_api.clean_data.daily import Numbers, Table
from recast_api.clean_data.data import once
from recast_api.clean_data.findings import Finding, Group, Level
from recast_api.clean_data.sentences import noted, number, percent, shorten, some

EVEN_VARIATION, EVEN_DAYS = 0.01, 28
"""Simba: below this coefficient of variation within four weeks, spend looks planned."""
ROUND_SHARE, ROUND_TO, ROUND_DAYS = 0.90, 100, 28
"""Own choice, for mixmodeler's "too-round numbers"."""
ROUND_FIRST = 100
"""Days with spend that have to be round before all the others are looked at."""
SCALE_TIMES = 10_000
"""mmm-framework: scales this far apart are a mistake of unit."""
KPI_PER_SPEND = (0.1, 100.0)
"""mmm-platform: overall return outside it."""
ENOUGH_PER_DAY = 100
"""Recast, rule of thumb: more than 100 conversions a day is probably enough."""


@rule(
    Level.NOTE,
    threshold=f"coefficient of variation under {percent(EVEN_VARIATION)} in most periods of {EVEN_DAYS} "
    f"days, or {percent(STEP_SHARE)} of the changes on one day of the week or month",
    source="Simba; days of change are own",
)
def even_spend(table: Table) -> Iterator[Finding]:
    """Spend that is almost constant for weeks looks like a budget spread over days, not like actual spend."""
    spread = spread_channels(table)
    if spread:
        yield Finding.of(
            Level.NOTE,
            f"Spend changes like a total of weeks or months divided by their days: {noted(spread)}.",
            "Use the actual spend of each day. Totals spread over days hide the effect.",
            columns=tuple(spread),
        )
    reported = spread_columns(table)
    blocks = table.rows // EVEN_DAYS
    if blocks < 2:
        return
    # Counted back from the last day, so that an incomplete block is left out at the start.
    weeks = table.filled[:, table.rows - EVEN_DAYS * blocks :].reshape(-1, blocks, EVEN_DAYS)
    mean, square = weeks.mean(axis=2), np.einsum("ijk,ijk->ij", weeks, weeks) / EVEN_DAYS
    # Variances are compared, not their roots; a block with zeros in it varies far more than 1 %.
    even = (square - mean**2 < (EVEN_VARIATION * mean) ** 2) & (mean > 0)
    mostly = 2 * np.count_nonzero(even, axis=1) > np.maximum(np.count_nonzero(square, axis=1), 2)
    channels = [p for p in table.column_indexes(Role.SPEND) if p not in reported]
    names = [table.columns[p] for p in channels if mostly[p] and table.varies[p]]
    if names:
        yield Finding.of(
            Level.NOTE,
            f"Spend is almost constant (planned rather than actual?): {some(names)}.",
            "Use the actual spend of each day. Monthly totals spread over days hide the effect.",
            columns=names,
        )


@rule(
    Level.NOTE,
    threshold=f"{percent(ROUND_SHARE)} of {ROUND_DAYS} or more days' spend, and of the first {ROUND_FIRST} "
    f"days', are multiples of {ROUND_TO}, two or more different ones",
    source="mixmodeler guide; share is own",
)
def round_numbers(table: Table) -> Iterator[Finding]:
    """Spend in round numbers on almost every day is an estimate or a plan."""
    # The first days are enough to rule out nearly every column.
    not_round = np.count_nonzero(np.mod(table.filled[:, :ROUND_FIRST], ROUND_TO), axis=1)
    possible = (table.active_days >= ROUND_DAYS) & table.varies
    possible &= not_round <= ROUND_FIRST - ROUND_SHARE * ROUND_FIRST
    names = []
    for index in [p for p in table.column_indexes(Role.SPEND) if possible[p]]:
        spent = table.filled[index][table.active[index]]
        shares = _round_share(spent[:ROUND_FIRST]), _round_share(spent)
        if min(shares) >= ROUND_SHARE and np.unique(spent).size > 1:
            names.append(table.columns[index])
    if names:
        yield Finding.of(
            Level.NOTE,
            f"Spend in round numbers on almost every day: {some(names)}.",
            "Check whether these are estimates, and replace them with actual spend.",
            columns=names,
        )


def _round_share(spent: Numbers) -> float:
    return float(np.mean(np.mod(spent, ROUND_TO) == 0))


@once
def out_of_scale(table: Table) -> dict[int, float]:
    """Return channels far larger or smaller than the middle one: their median day as a multiple of its."""
    spreads = {p: table.spreads[p] for p in table.column_indexes(Role.SPEND)}
    medians = {p: spread.median for p, spread in spreads.items() if spread is not None and spread.median > 0}
    # Of two channels it can't be said which is the odd one.
    if len(medians) < 3:
        return {}
    middle = float(np.median(list(medians.values())))
    multiples = {p: median / middle for p, median in medians.items()}
    return {p: times for p, times in multiples.items() if not 1 / SCALE_TIMES <= times <= SCALE_TIMES}


@rule(
    Level.NOTE,
    threshold=f"median day over {SCALE_TIMES:,} × or under 1/{SCALE_TIMES:,} of the middle channel's",
    source="mmm-framework",
)
def scale_mismatch(table: Table) -> Iterator[Finding]:
    """A channel much larger or smaller than the others may be in cents, thousands or another currency."""
    multiples = out_of_scale(table)
    if multiples:
        notes = {table.columns[p]: f"{number(_median(table, p))} a day" for p in multiples}
        sizes = [*["larger"] * (max(multiples.values()) > 1), *["smaller"] * (min(multiples.values()) < 1)]
        yield Finding.of(
            Level.NOTE,
            f"Much {' or '.join(sizes)} than the other channels: {noted(notes)}.",
            "Check unit and currency; the column may not be spend at all.",
            columns=tuple(notes),
        )


def _median(table: Table, index: int) -> float:
    spread = table.spreads[index]
    return spread.median if spread else 0.0


@rule(
    Level.NOTE,
    threshold=f"KPI in money: under {KPI_PER_SPEND[0]:g} or over {KPI_PER_SPEND[1]:g} per unit of spend",
    source="mmm-platform",
    group=Group.KPI,
)
def kpi_per_spend(table: Table) -> Iterator[Finding]:
    """Revenue per unit of spend that is far from the usual suggests a different unit or currency."""
    if table.kpi is None or not in_money(table.kpi):
        return
    other_scale = out_of_scale(table)
    spend = float(sum(table.totals[p] for p in table.column_indexes(Role.SPEND) if p not in other_scale))
    earned = float(table.totals[table.columns.index(table.kpi)])
    low, high = KPI_PER_SPEND
    if spend > 0 and earned > 0 and not low <= earned / spend <= high:
        yield Finding.of(
            Level.NOTE,
            f"Over all channels, {shorten(table.kpi)} is {number(earned / spend)} per unit of spend.",
            "Check that KPI and spend are in the same currency and unit.",
            columns=[table.kpi],
            values=[number(earned / spend)],
        )


@rule(
    Level.NOTE,
    threshold=f"KPI not in money: median day under {ENOUGH_PER_DAY}",
    source="Recast: more than 100 conversions a day is probably enough",
    group=Group.KPI,
)
def low_volume(table: Table) -> Iterator[Finding]:
    """A KPI of few conversions a day carries little signal."""
    if table.kpi is None or table.kpi_values is None or in_money(table.kpi):
        return
    known = table.kpi_values[~np.isnan(table.kpi_values)]
    if known.any() and 0 <= np.median(known) < ENOUGH_PER_DAY:
        yield Finding.of(
            Level.NOTE,
            f"The median of {shorten(table.kpi)} is only {number(float(np.median(known)))} a day.",
            f"Expect wide uncertainty intervals; more than {ENOUGH_PER_DAY} a day is probably enough.",
            columns=[table.kpi],
        )


CHECKS = (even_spend, round_numbers, scale_mismatch, kpi_per_spend, low_volume)
