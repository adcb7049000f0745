"""Checks of columns against each other: identical, correlated, collinear, too many, very small."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.checks.units import out_of_scale
from recast_api.clean_data.checks.values import NEW_CHANNEL_DAYS, handovers
from recast_api.clean_data.columns import Role
from recast_api.clean_data.daily import Numbers, Table
from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.sentences import LONGEST, SHOWN, counted, noted, number, percent, shorten, some

ALIKE_NOTE, ALIKE_CONFIRM = 0.80, 0.95
"""mmm-framework 0.8; Simba warns above 0.9. Recast's own collinearity example reaches 0.97."""
VIF_NOTE, VIF_CONFIRM = 5.0, 10.0
"""Cassandra 5 / 10; Simba, mmm-framework 10. Recast's own collinearity example reaches 18."""
FOLLOWS_KPI = 0.95
"""Simba: leakage."""
ROWS_PER_COLUMN = 10
"""Robyn warns below it."""
TINY_SHARE = 0.01
"""Own rule, after Mortar (channels above 2 % must be in)."""

Pair = tuple[int, int]


def identical_groups(table: Table) -> list[list[int]]:
    """Return columns that are equal in every cell, in groups of two or more."""
    # Equal columns have equal totals, so that only few have to be compared cell by cell.
    candidates: dict[float, list[int]] = {}
    for place in np.flatnonzero(table.varies).tolist():
        candidates.setdefault(float(table.totals[place]), []).append(place)
    groups: dict[bytes, list[int]] = {}
    for place in chain.from_iterable(places for places in candidates.values() if len(places) > 1):
        groups.setdefault(table.values[place].tobytes(), []).append(place)
    return [group for group in groups.values() if len(group) > 1]


def alike_pairs(table: Table) -> list[Pair]:
    """Return pairs of channels above the lower limit, the most alike first.

    Copies of a column are left out, and channels that took over from each other: these are said apart.
    """
    copies = {place for group in identical_groups(table) for place in group[1:]}
    places = np.array([p for p in table.places(Role.SPEND) if p not in copies], int)
    among = np.triu(np.abs(table.correlation[np.ix_(places, places)]), 1)
    one, other = np.nonzero(among > ALIKE_NOTE)
    ranked = np.argsort(-among[one, other], kind="stable")
    pairs = [(int(places[one[k]]), int(places[other[k]])) for k in ranked]
    relays = {tuple(sorted(pair)) for pair in handovers(table)} if pairs else set()
    return [pair for pair in pairs if pair not in relays]


def _named(table: Table, pairs: list[Pair]) -> str:
    """Return `a and b (0.97); c and d (0.96)`: commas and another "and" would run the pairs together."""
    named = []
    for pair in pairs[:SHOWN]:
        one, other = (shorten(table.columns[place], 25) for place in pair)
        named.append(f"{one} and {other} ({table.correlation[pair]:.2f})")
    if len(pairs) > SHOWN:
        named.append(f"{len(pairs) - SHOWN:,} more")
    return "; ".join(named)


@rule(Level.CONFIRM, threshold="equal in every cell", source="Simba: error")
def identical_columns(table: Table) -> Iterator[Finding]:
    """Two columns with the same numbers are one channel counted twice, or a copying mistake."""
    groups = identical_groups(table)
    if groups:
        equations = [" = ".join(shorten(table.columns[place], 25) for place in group[:4]) for group in groups]
        yield Finding.of(
            Level.CONFIRM,
            f"Identical columns, the same in every row: {some(equations)}.",
            "Keep only one: the model can't tell them apart and would count the spend twice.",
            columns=[table.columns[place] for group in groups for place in group],
        )


@rule(
    Level.CONFIRM,
    Level.NOTE,
    threshold=f"|r| over {ALIKE_CONFIRM} (Confirm), over {ALIKE_NOTE} (Note)",
    source="mmm-framework 0.8; Simba 0.9; calibrated on Recast's open data",
)
def correlated_channels(table: Table) -> Iterator[Finding]:
    """Channels whose spend always moves together can't be told apart by any model."""
    pairs = alike_pairs(table)
    for level, head, chosen in (
        (Level.CONFIRM, "Highly correlated", [p for p in pairs if abs(table.correlation[p]) > ALIKE_CONFIRM]),
        (Level.NOTE, "Correlated", [p for p in pairs if abs(table.correlation[p]) <= ALIKE_CONFIRM]),
    ):
        if chosen:
            yield Finding.of(
                level,
                f"{head} channels: {_named(table, chosen)}.",
                "Consider combining them. A parameter recovery first shows whether they can be told apart.",
                columns=list(dict.fromkeys(table.columns[place] for pair in chosen for place in pair)),
            )


def inflation(table: Table) -> dict[int, float]:
    """Return the variance inflation factor of the channels, without one of each pair reported elsewhere.

    With one of each pair left out, a high factor means that several other channels together explain it.
    """
    left_out = {max(pair) for pair in (*alike_pairs(table), *handovers(table))}
    left_out |= {place for group in identical_groups(table) for place in group[1:]}
    places = [p for p in table.places(Role.SPEND) if table.varies[p] and p not in left_out]
    if len(places) < 2 or table.rows < len(places) + 2:
        return {}
    # The tiny ridge keeps an exact combination invertible; its factor comes out as millions.
    ridged = table.correlation[np.ix_(places, places)] + 1e-10 * np.eye(len(places))
    return {place: float(factor) for place, factor in zip(places, _inverse_diagonal(ridged), strict=True)}


def _inverse_diagonal(matrix: Numbers) -> Numbers:
    """Return the diagonal of the inverse of a correlation matrix, by sweeping one column after another.

    `np.linalg.inv` starts threads for this, and takes ten times as long on a busy machine.
    """
    swept = matrix.copy()
    for place in range(len(swept)):
        pivot = swept[place, place]
        row, column = swept[place] / pivot, swept[:, place].copy()
        swept -= column[:, None] * row
        swept[place], swept[:, place], swept[place, place] = row, -column / pivot, 1 / pivot
    return np.asarray(np.diag(swept))


@rule(
    Level.CONFIRM,
    Level.NOTE,
    threshold=f"VIF over {VIF_CONFIRM:.0f} (Confirm), over {VIF_NOTE:.0f} (Note)",
    source="Cassandra 5 / 10; Simba, mmm-framework 10",
)
def collinear_channels(table: Table) -> Iterator[Finding]:
    """A channel whose spend is a combination of several others' tells the model nothing new."""
    factors = inflation(table)
    high = sorted((p for p in factors if factors[p] > VIF_NOTE), key=lambda p: -factors[p])
    if high:
        notes = {table.columns[p]: f"VIF {number(min(factors[p], 1e6))}" for p in high}
        yield Finding.of(
            Level.CONFIRM if factors[high[0]] > VIF_CONFIRM else Level.NOTE,
            f"Collinear with several other channels together: {noted(notes)}.",
            "Check whether one column is the sum of others. If not, run a parameter recovery first.",
            columns=tuple(notes),
        )


@rule(Level.NOTE, threshold=f"|r| with the KPI over {FOLLOWS_KPI}", source="Simba: leakage")
def follows_kpi(table: Table) -> Iterator[Finding]:
    """A column that is almost perfectly correlated with the KPI may be computed from it."""
    if table.kpi is None:
        return
    own = table.columns.index(table.kpi)
    copies = {place for group in identical_groups(table) if own in group for place in group}
    near = {
        table.columns[p]: f"{r:.2f}"
        for p, r in enumerate(table.correlation[own])
        if abs(r) > FOLLOWS_KPI and p != own and p not in copies
    }
    if near:
        yield Finding.of(
            Level.NOTE,
            f"Almost perfectly correlated with the KPI: {noted(near)}.",
            "Check that it isn't computed from the KPI, and leave it out if it is an outcome too.",
            columns=tuple(near),
        )


@rule(Level.NOTE, threshold=f"fewer than {ROWS_PER_COLUMN} rows per column", source="Robyn")
def few_rows(table: Table) -> Iterator[Finding]:
    """With many columns and few days, there is little data to estimate each column's effect from."""
    if 0 < table.rows < ROWS_PER_COLUMN * len(table.columns):
        yield Finding.of(
            Level.NOTE,
            f"There are only {counted(table.rows, 'row')} for {counted(len(table.columns), 'column')}.",
            "Add earlier days, or combine channels that are planned together.",
        )


@rule(
    Level.NOTE,
    threshold=f"under {percent(TINY_SHARE)} of all spend",
    source="Meridian: info; Recast: don't drop small channels",
)
def tiny_channel(table: Table) -> Iterator[Finding]:
    """A channel with very little spend gets its result mostly from the prior."""
    odd = set(out_of_scale(table))
    places = [p for p in table.places(Role.SPEND) if p not in odd]
    spend = float(sum(table.totals[p] for p in places))
    small = {
        table.columns[p]: f"{percent(table.totals[p] / spend)} of the total"
        for p in places
        if 0 < table.totals[p] < TINY_SHARE * spend and table.active_days[p] >= NEW_CHANNEL_DAYS
    }
    if small:
        yield Finding.of(
            Level.NOTE,
            f"Very little spend: {noted(small)}.",
            "Keep it, as Recast advises, but expect a result close to the prior.",
            columns=tuple(small),
        )


@rule(
    Level.NOTE,
    threshold="one channel ends on the day before another starts",
    source="own rule",
)
def handed_over(table: Table) -> Iterator[Finding]:
    """A channel that ends on the day before another starts may have been renamed or split."""
    pairs = handovers(table)
    if pairs:
        names = [shorten(name, 25) for name in table.columns]
        renamed = [f"{names[new]} starts on the day after {names[old]} ends" for old, new in pairs]
        yield Finding.of(
            Level.NOTE,
            f"Possibly renamed: {some(renamed, 2 * LONGEST)}.",
            "If they are one channel, combine them into one column, named as in the priors sheet.",
            columns=list(dict.fromkeys(table.columns[place] for pair in pairs for place in pair)),
        )


CHECKS = (
    identical_columns,
    correlated_channels,
    collinear_channels,
    follows_kpi,
    few_rows,
    tiny_channel,
    handed_over,
)
