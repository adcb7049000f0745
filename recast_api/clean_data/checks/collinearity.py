"""Checks of columns against each other: correlated, collinear, too many, very small, split unevenly."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recast_api.clean_data.checks.redundant import exact_sums, identical_groups
from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.checks.units import out_of_scale
from recast_api.clean_data.checks.values import NEW_CHANNEL_DAYS, handovers
from recast_api.clean_data.columns import AMOUNTS, Role, words
from recast_api.clean_data.daily import Numbers, Table
from recast_api.clean_data.data import once
from recast_api.clean_data.findings import Finding, Group, Level
from recast_api.clean_data.sentences import LONGEST, SHOWN, counted, noted, number, percent, shorten, some

CORRELATION_NOTE, CORRELATION_CONFIRM = 0.80, 0.95
"""mmm-framework 0.8; Simba warns above 0.9. Recast's own collinearity example reaches 0.97."""
VIF_NOTE, VIF_CONFIRM = 5.0, 10.0
"""Cassandra 5 / 10; Simba, mmm-framework 10. Recast's own collinearity example reaches 18."""
FOLLOWS_KPI = 0.95
"""Simba: leakage."""
ROWS_PER_COLUMN = 10
"""Robyn warns below it."""
TINY_SHARE = 0.01
"""Own rule, after Mortar (channels above 2 % must be in)."""
UNEVEN_SHARE = 0.80
"""Recast: splits of a channel more lopsided than 80/20 are discouraged."""
NOT_A_CHANNEL = frozenset({
    "paid", "organic", "owned", "earned", "digital", "online", "offline", "channel", "brand", "branded",
    "non", "nonbrand", "nonbranded", "other", "others", "new", "total", "local", "national", "social",
    "performance", "direct", "traditional", "upper", "lower", "mid",
})  # fmt: skip
"""First words that different channels share: `paid_search` and `paid_social` aren't parts of one."""
PREFIXES = AMOUNTS | {"media", "ad", "ads", "adv", "mkt", "marketing"}
"""Words before the name of a channel, as in `spend_meta_prospecting`."""

Pair = tuple[int, int]


@once
def correlated_pairs(table: Table) -> list[Pair]:
    """Return pairs of channels above the lower limit, the most correlated first.

    Copies and sums of columns, channels that took over from each other and uneven splits are left out: other
    checks report them.
    """
    copies = {index for group in identical_groups(table) for index in group[1:]}
    indexes = np.array([p for p in table.column_indexes(Role.SPEND) if p not in copies], int)
    correlations = np.triu(np.abs(table.correlation[np.ix_(indexes, indexes)]), 1)
    one, other = np.nonzero(correlations > CORRELATION_NOTE)
    strongest_first = np.argsort(-correlations[one, other], kind="stable")
    pairs = [(int(indexes[one[k]]), int(indexes[other[k]])) for k in strongest_first]
    if not pairs:
        return []
    # Of two channels that took over from each other, one is 0 where the other is not: they correlate.
    reported = {tuple(sorted(pair)) for pair in (*handovers(table), *uneven_splits(table))}
    totals = {one.total for one in exact_sums(table)}
    return [pair for pair in pairs if pair not in reported and totals.isdisjoint(pair)]


def _pairs_in_words(table: Table, pairs: list[Pair]) -> str:
    """Return `a and b (0.97); c and d (0.96)`: commas and another "and" would run the pairs together."""
    named = []
    for pair in pairs[:SHOWN]:
        one, other = (shorten(table.columns[index], 25) for index in pair)
        named.append(f"{one} and {other} ({table.correlation[pair]:.2f})")
    if len(pairs) > SHOWN:
        named.append(f"{len(pairs) - SHOWN:,} more")
    return "; ".join(named)


@rule(
    Level.CONFIRM,
    Level.NOTE,
    threshold=f"|r| over {CORRELATION_CONFIRM} (Confirm), over {CORRELATION_NOTE} (Note)",
    source="mmm-framework 0.8; Simba 0.9; calibrated on Recast's open data",
)
def correlated_channels(table: Table) -> Iterator[Finding]:
    """Channels whose spend always moves together can't be told apart by any model."""
    pairs = correlated_pairs(table)
    # The pairs come strongest first, so that those for a note are the rest.
    high = [pair for pair in pairs if abs(table.correlation[pair]) > CORRELATION_CONFIRM]
    for level, head, chosen in (
        (Level.CONFIRM, "Highly correlated", high),
        (Level.NOTE, "Correlated", pairs[len(high) :]),
    ):
        if chosen:
            yield Finding.of(
                level,
                f"{head} channels: {_pairs_in_words(table, chosen)}.",
                "Consider combining them. A parameter recovery first shows whether they can be told apart.",
                columns=list(dict.fromkeys(table.columns[index] for pair in chosen for index in pair)),
            )


def inflation(table: Table) -> dict[int, float]:
    """Return the variance inflation factor of the channels, without one of each pair reported elsewhere.

    With one of each pair left out, a high factor means that several other channels together explain it.
    """
    left_out = {max(pair) for pair in (*correlated_pairs(table), *handovers(table), *uneven_splits(table))}
    left_out |= {index for group in identical_groups(table) for index in group[1:]}
    factors = _factors(table, left_out)
    if all(factor <= VIF_NOTE for factor in factors.values()):
        return factors
    totals = {one.total for one in exact_sums(table)}
    return _factors(table, left_out | totals) if totals else factors


def _factors(table: Table, left_out: set[int]) -> dict[int, float]:
    indexes = [p for p in table.column_indexes(Role.SPEND) if table.varies[p] and p not in left_out]
    if len(indexes) < 2 or table.rows < len(indexes) + 2:
        return {}
    # The tiny ridge keeps an exact combination invertible; its factor comes out as millions.
    ridged = table.correlation[np.ix_(indexes, indexes)] + 1e-10 * np.eye(len(indexes))
    return {index: float(factor) for index, factor in zip(indexes, _inverse_diagonal(ridged), strict=True)}


def _inverse_diagonal(matrix: Numbers) -> Numbers:
    """Return the diagonal of the inverse of a correlation matrix, by sweeping one column after another.

    `np.linalg.inv` starts threads for this, and takes ten times as long on a busy machine.
    """
    swept = matrix.copy()
    for index in range(len(swept)):
        # Gauss-Jordan elimination in place: after the last column, `swept` is the inverse.
        pivot = swept[index, index]
        row, column = swept[index] / pivot, swept[:, index].copy()
        swept -= column[:, None] * row
        swept[index], swept[:, index], swept[index, index] = row, -column / pivot, 1 / pivot
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
    copies = {index for group in identical_groups(table) if own in group for index in group}
    correlated = {
        table.columns[p]: f"{r:.2f}"
        for p, r in enumerate(table.correlation[own])
        if abs(r) > FOLLOWS_KPI and p != own and p not in copies
    }
    # Of a KPI that is a sum, the parts follow it.
    sums = [one for one in exact_sums(table) if own in one.columns] if correlated else []
    for index in {index for one in sums for index in one.columns}:
        correlated.pop(table.columns[index], None)
    if correlated:
        yield Finding.of(
            Level.NOTE,
            f"Almost perfectly correlated with the KPI: {noted(correlated)}.",
            "Check that it isn't computed from the KPI, and leave it out if it is an outcome too.",
            columns=tuple(correlated),
        )


@rule(
    Level.NOTE, threshold=f"fewer than {ROWS_PER_COLUMN} rows per column", source="Robyn", group=Group.COLUMNS
)
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
    # A channel counted in cents or impressions would make every other one look tiny.
    other_scale = out_of_scale(table)
    indexes = [p for p in table.column_indexes(Role.SPEND) if p not in other_scale]
    spend = float(sum(table.totals[p] for p in indexes))
    small = {
        table.columns[p]: f"{percent(table.totals[p] / spend)} of the total"
        for p in indexes
        if 0 < table.totals[p] < TINY_SHARE * spend and table.active_days[p] >= NEW_CHANNEL_DAYS
    }
    if small:
        yield Finding.of(
            Level.NOTE,
            f"Very little spend: {noted(small)}.",
            "Keep it, as Recast advises, but expect a result close to the prior.",
            columns=tuple(small),
        )


def _siblings(table: Table) -> list[list[int]]:
    """Return channels that are parts of one: their names begin with the same word, as `meta_retargeting`."""
    other_scale = out_of_scale(table)
    spend = float(sum(table.totals[p] for p in table.column_indexes(Role.SPEND) if p not in other_scale))
    families: dict[str, list[int]] = {}
    for index in table.column_indexes(Role.SPEND):
        first = next((word for word in words(table.columns[index]) if word not in PREFIXES), "")
        # Channels that are new or tiny are reported as such.
        enough = table.active_days[index] >= NEW_CHANNEL_DAYS and table.totals[index] >= TINY_SHARE * spend
        if enough and first not in {"", *NOT_A_CHANNEL} and index not in other_scale:
            families.setdefault(first, []).append(index)
    return [family for family in families.values() if len(family) > 1]


@once
def uneven_splits(table: Table) -> dict[Pair, float]:
    """Return pairs of a small part of a channel and its largest, with the small one's share of the channel.

    Days on which not all parts spend are left out: a part that began later isn't small for that.
    """
    found: dict[Pair, float] = {}
    for family in _siblings(table):
        together = table.active[family].all(axis=0)
        spent = table.filled[family][:, together].sum(axis=1)
        largest = int(np.argmax(spent))
        if np.count_nonzero(together) >= NEW_CHANNEL_DAYS and spent[largest] > UNEVEN_SHARE * spent.sum():
            shares = zip(family, spent / spent.sum(), strict=True)
            found |= {(p, family[largest]): float(share) for p, share in shares if p != family[largest]}
    return found


@rule(
    Level.NOTE,
    threshold=f"one of the channels whose names begin alike has over {percent(UNEVEN_SHARE)} of their spend",
    source="Recast: splits more lopsided than 80/20 are discouraged",
)
def uneven_split(table: Table) -> Iterator[Finding]:
    """A small part of a channel, set apart from a much larger one, is hard to tell from it."""
    notes = {
        table.columns[small]: f"{percent(share)} beside {shorten(table.columns[large], 25)}"
        for (small, large), share in uneven_splits(table).items()
    }
    if notes:
        yield Finding.of(
            Level.NOTE,
            f"Split more unevenly than 80 : 20: {noted(notes)}.",
            "Consider combining the parts: Recast discourages splits as uneven as that.",
            columns=tuple(notes),
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
            columns=list(dict.fromkeys(table.columns[index] for pair in pairs for index in pair)),
        )


CHECKS = (
    correlated_channels,
    collinear_channels,
    follows_kpi,
    few_rows,
    tiny_channel,
    uneven_split,
    handed_over,
)
