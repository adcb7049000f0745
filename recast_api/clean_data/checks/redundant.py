"""Checks of columns that others make redundant: copies, and exact sums and differences."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.columns import Role
from recast_api.clean_data.daily import Numbers, Table
from recast_api.clean_data.data import once
from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.sentences import LONGEST, counted, shorten, some

ROUNDED = 0.005
"""Each column may have been rounded to the cent by itself: half a cent for every one of them."""
UNEXPLAINED = 1e-6
"""Own choice: share of a column's variance that rounding may leave, where the others explain the rest."""
SUM_ROWS = 28
"""Own choice: over fewer rows than four weeks, any column may be a combination of others."""


@once
def identical_groups(table: Table) -> list[list[int]]:
    """Return columns that are equal in every cell, in groups of two or more."""
    # Equal columns have equal totals, so that only few have to be compared cell by cell.
    candidates: dict[float, list[int]] = {}
    for index in np.flatnonzero(table.varies).tolist():
        candidates.setdefault(float(table.totals[index]), []).append(index)
    groups: dict[bytes, list[int]] = {}
    for index in chain.from_iterable(indexes for indexes in candidates.values() if len(indexes) > 1):
        # Bytes are compared, as missing cells (NaN) in the same rows are equal that way.
        groups.setdefault(table.values[index].tobytes(), []).append(index)
    return [group for group in groups.values() if len(group) > 1]


@dataclass(frozen=True)
class ExactSum:
    """A column that equals others added up, to the cent on every day."""

    total: int
    added: tuple[int, ...]
    subtracted: tuple[int, ...]

    @property
    def columns(self) -> tuple[int, ...]:
        """All its columns, the total first."""
        return (self.total, *self.added, *self.subtracted)

    @classmethod
    def of(cls, explained: int, plus: list[int], minus: list[int]) -> ExactSum:
        """Write `explained = plus - minus` as a sum if it is one: `a = b - c` says that b is the sum."""
        if len(plus) == 1:
            return cls(plus[0], tuple(sorted([explained, *minus])), ())
        return cls(explained, tuple(sorted(plus)), tuple(sorted(minus)))


@once
def exact_sums(table: Table) -> list[ExactSum]:
    """Return the columns that are exact sums or differences of others, a copy of a column left out."""
    copies = {index for group in identical_groups(table) for index in group[1:]}
    order = [p for role in (Role.SPEND, Role.OTHER, Role.KPI) for p in table.column_indexes(role)]
    order = [p for p in order if table.varies[p] and p not in copies]
    enough = max(SUM_ROWS, len(order) + 2)
    if table.rows < enough:
        return []
    known = _without_missing(table, order, enough) if table.has_missing else table
    correlation = known.correlation[np.ix_(order, order)]
    found: list[ExactSum] = []
    for explained, by in _explained(correlation):
        weights = np.linalg.solve(correlation[np.ix_(by, by)], correlation[by, explained])
        deviations = known.values[[order[p] for p in (*by, explained)]].std(axis=1)
        # Each has to count once or not at all.
        times = np.rint(np.clip(weights * deviations[-1] / deviations[:-1], -2, 2))
        if np.abs(times).max() == 1:
            plus, minus = ([order[by[p]] for p in np.flatnonzero(times == sign)] for sign in (1, -1))
            found += _sum_of(table, order[explained], plus, minus)
    return found


def _without_missing(table: Table, indexes: list[int], enough: int) -> Table:
    """Return the rows in which no value is missing, or all with 0 for what is missing if these are few."""
    complete = ~table.missing[indexes].any(axis=0)
    rows = complete if np.count_nonzero(complete) >= enough else slice(None)
    return replace(table, values=table.filled[:, rows], has_missing=False)


def _explained(correlation: Numbers) -> Iterator[tuple[int, list[int]]]:
    """Yield columns that columns before them explain, with those.

    Columns are eliminated one after another, until the diagonal has what is left of each one's variance.
    """
    left, independent = correlation.copy(), list[int]()
    for index in range(len(left)):
        if left[index, index] > UNEXPLAINED:
            independent.append(index)
            after = left[index, index + 1 :]
            left[index + 1 :, index + 1 :] -= after[:, None] * (after / left[index, index])
        elif len(independent) > 1:
            yield index, independent.copy()


def _sum_of(table: Table, explained: int, plus: list[int], minus: list[int]) -> Iterator[ExactSum]:
    """Yield the sum if a column is these others added up and subtracted on every day."""
    indexes = [explained, *plus, *minus]
    distance = np.abs(table.filled[plus].sum(axis=0) - table.filled[[explained, *minus]].sum(axis=0))
    equal = distance <= (ROUNDED + np.spacing(np.abs(table.filled[indexes]).max())) * len(indexes)
    # A missing value may be zero or not. A mirror image isn't a sum.
    holds = (equal | table.missing[indexes].any(axis=0)).all() and np.count_nonzero(equal) >= SUM_ROWS
    if holds and len(indexes) > 2:
        yield ExactSum.of(explained, plus, minus)


def _in_words(table: Table, one: ExactSum) -> str:
    """Return `social = meta + tiktok`."""
    names = [shorten(table.columns[p], 25) for p in one.columns]
    signs = ["=", *["+"] * (len(one.added) - 1), *["−"] * len(one.subtracted)]
    words = [names[0], *(f"{sign} {name}" for sign, name in zip(signs, names[1:], strict=True))]
    return " ".join(words[:4]) + (f" and {len(words) - 4:,} more" if len(words) > 4 else "")


@rule(Level.CONFIRM, threshold="equal in every cell", source="Simba: error")
def identical_columns(table: Table) -> Iterator[Finding]:
    """Two columns with the same numbers are one channel counted twice, or a copying mistake."""
    groups = identical_groups(table)
    if groups:
        equations = [" = ".join(shorten(table.columns[index], 25) for index in group[:4]) for group in groups]
        yield Finding.of(
            Level.CONFIRM,
            f"Identical columns, the same in every row: {some(equations)}.",
            "Keep only one: the model can't tell them apart and would count the spend twice.",
            columns=[table.columns[index] for group in groups for index in group],
        )


@rule(
    Level.CONFIRM,
    threshold=f"equal on every day, within {100 * ROUNDED:g} cents for each column",
    source="Recast's demo leaves out total_sales; Simba: exact multicollinearity is an error",
)
def sum_of_others(table: Table) -> Iterator[Finding]:
    """A column that is the exact sum or difference of others counts the same money twice."""
    sums = exact_sums(table)
    if sums:
        equations = [_in_words(table, one) for one in sums]
        yield Finding.of(
            Level.CONFIRM,
            f"{counted(len(sums), 'column is', 'columns are')} the exact sum or difference of others: "
            f"{some(equations, 2 * LONGEST)}.",
            "Keep either the sum or its parts: together they count the same money twice.",
            columns=list(dict.fromkeys(table.columns[p] for one in sums for p in one.columns)),
        )


CHECKS = (identical_columns, sum_of_others)
