"""Checks of whether a column is what it says: spend as it was, in one unit, enough of it."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.columns import Role, in_money
from recast_api.clean_data.daily import Numbers, Table
from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.sentences import noted, number, percent, shorten, some

EVEN_VARIATION = 0.01
"""Simba: variation coefficient within four weeks below which spend looks like a plan."""
ROUND_SHARE = 0.90
"""Own choice, for mixmodeler's "too-round numbers"."""
SCALE_TIMES = 10_000
"""mmm-framework: scales this far apart are a mistake of unit."""
KPI_PER_SPEND = (0.1, 100.0)
"""mmm-platform: overall return outside it."""
ENOUGH_PER_DAY = 100
"""Recast, rule of thumb: more than 100 conversions a day is probably enough."""


@rule(
    Level.NOTE,
    threshold=f"variation under {percent(EVEN_VARIATION)} in most four-week stretches",
    source="Simba",
)
def even_spend(table: Table) -> Iterator[Finding]:
    """Spend that hardly moves for weeks looks like a plan spread over days, not like what was spent."""
    blocks = table.rows // 28
    if blocks < 2:
        return
    names = []
    for place in table.places(Role.SPEND):
        weeks = table.filled[place, table.rows - 28 * blocks :].reshape(blocks, 28)
        mean, square = weeks.mean(axis=1), np.einsum("ij,ij->i", weeks, weeks) / 28
        # The square of the variation coefficient; a block with zeros in it varies far more than 1 %.
        even = (square - mean**2 < (EVEN_VARIATION * mean) ** 2) & (mean > 0)
        if table.varies[place] and 2 * int(np.count_nonzero(even)) > max(int(np.count_nonzero(square)), 2):
            names.append(table.columns[place])
    if names:
        yield Finding.of(
            Level.NOTE,
            f"Even spend, like a plan: {some(names)}.",
            "Use what was spent each day. Monthly sums spread over days hide the effect.",
            columns=names,
        )


@rule(
    Level.NOTE,
    threshold=f"{percent(ROUND_SHARE)} of the days are multiples of 100, two or more different ones",
    source="mixmodeler guide; share is own",
)
def round_numbers(table: Table) -> Iterator[Finding]:
    """Round numbers day after day are estimates or plans."""
    names = []
    for place in table.places(Role.SPEND):
        spent = table.filled[place][table.active[place]]
        # A look at the first days settles it for nearly every column.
        enough = spent.size >= 28 and table.varies[place] and _round_share(spent[:100]) >= ROUND_SHARE
        if enough and _round_share(spent) >= ROUND_SHARE and np.unique(spent).size > 1:
            names.append(table.columns[place])
    if names:
        yield Finding.of(
            Level.NOTE,
            f"Round numbers on nearly every day: {some(names)}.",
            "Check whether these are estimates, and replace them by actuals.",
            columns=names,
        )


def _round_share(spent: Numbers) -> float:
    return float(np.mean(np.mod(spent, 100) == 0))


def out_of_scale(table: Table) -> list[int]:
    """Return the channels whose usual day is 10,000 times above or below that of the middle channel."""
    spreads = {p: s for p in table.places(Role.SPEND) if (s := table.spreads[p]) is not None and s.median > 0}
    if len(spreads) < 3:
        return []
    middle = float(np.median([s.median for s in spreads.values()]))
    return [p for p, s in spreads.items() if max(s.median / middle, middle / s.median) > SCALE_TIMES]


@rule(
    Level.NOTE,
    threshold="usual day 10,000 × above or below the other channels",
    source="mmm-framework",
)
def scale_mismatch(table: Table) -> Iterator[Finding]:
    """A channel of quite another size may be in cents, in thousands, or in another currency."""
    places = out_of_scale(table)
    if places:
        told = {table.columns[p]: f"{number(_median(table, p))} a day" for p in places}
        yield Finding.of(
            Level.NOTE,
            f"Of quite another size than the other channels: {noted(told)}.",
            "Check unit and currency; the column may not be spend at all.",
            columns=tuple(told),
        )


def _median(table: Table, place: int) -> float:
    spread = table.spreads[place]
    return spread.median if spread else 0.0


@rule(
    Level.NOTE,
    threshold="KPI in money: under 0.1 or over 100 per unit of spend",
    source="mmm-platform",
)
def kpi_per_spend(table: Table) -> Iterator[Finding]:
    """Revenue per unit of spend that is out of the ordinary points to another unit or currency."""
    if table.kpi is None or not in_money(table.kpi):
        return
    odd = set(out_of_scale(table))
    spend = float(sum(table.totals[p] for p in table.places(Role.SPEND) if p not in odd))
    earned = float(table.totals[table.columns.index(table.kpi)])
    low, high = KPI_PER_SPEND
    if spend > 0 and earned > 0 and not low <= earned / spend <= high:
        yield Finding.of(
            Level.NOTE,
            f"{shorten(table.kpi)} is {number(earned / spend)} per unit of spend in all.",
            "Check that KPI and spend are in the same currency and unit.",
            columns=[table.kpi],
            values=[number(earned / spend)],
        )


@rule(
    Level.NOTE,
    threshold=f"KPI not in money: usual day under {ENOUGH_PER_DAY}",
    source="Recast: more than 100 conversions a day is probably enough",
)
def low_volume(table: Table) -> Iterator[Finding]:
    """A counted KPI with few events a day carries little signal."""
    if table.kpi is None or table.kpi_values is None or in_money(table.kpi):
        return
    known = table.kpi_values[~np.isnan(table.kpi_values)]
    if known.any() and 0 <= np.median(known) < ENOUGH_PER_DAY:
        yield Finding.of(
            Level.NOTE,
            f"{shorten(table.kpi)} is {number(float(np.median(known)))} on a usual day.",
            "Expect wide intervals; over 100 a day is probably enough.",
            columns=[table.kpi],
        )


CHECKS = (even_spend, round_numbers, scale_mismatch, kpi_per_spend, low_volume)
