"""Which column of one file is which of another's: by name, by how the name is written, by its values."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from recast_api.clean_data.comparing.equality import RELATIVE_TOLERANCE
from recast_api.clean_data.daily import Mask, Numbers

RENAMED = 0.999
"""Correlation on shared days above which a lost and an added column are the same (own choice for r ≈ 1)."""
SAME_VALUES = 0.90
"""Share of the days, without those at 0 in both, on which the same values make two columns one, whatever the
others say (own choice: revised, or with a spike that was taken out)."""
SAMPLE_DAYS = 64
"""Days that rule out nearly every pair of columns before all days are compared."""
SAME_SIZE = 0.01
"""Up to this difference in size, a column that rises and falls like another has its values; with a larger
one it may be a part of it (own choice: the size of a usual revision)."""
FEWEST_WITH_AFFIX = 2
"""Columns that have to begin or end alike before it is a way of writing names (own choice: one is chance)."""
FEWEST_DAYS = 3
"""Days that two columns have to share: any two points lie on a line."""


def written_alike(lost: Sequence[str], added: Sequence[str]) -> dict[str, str]:
    """Return the new name for each lost one that differs only in case, signs, or a common beginning or end.

    A name that could be two others is left out.
    """
    alike = _one_to_one((old, new) for old, new in _same_letters(lost, added))
    rest = [name for name in lost if name not in alike]
    free = [name for name in added if name not in alike.values()]
    affixes = [(*pair, affix) for pair, affix in _longer_by_an_affix(rest, free, removed=False)]
    affixes += [(old, new, affix) for (new, old), affix in _longer_by_an_affix(free, rest, removed=True)]
    how_often = Counter(affix for _, _, affix in affixes)
    common = ((old, new) for old, new, affix in affixes if how_often[affix] >= FEWEST_WITH_AFFIX)
    return alike | _one_to_one(common)


def _words(name: str) -> tuple[str, ...]:
    """Return the words of a name without case, invisible characters and signs."""
    visible = (char for char in unicodedata.normalize("NFKC", name) if unicodedata.category(char) != "Cf")
    return tuple(re.findall(r"[^\W_]+", "".join(visible).casefold()))


def _same_letters(lost: Sequence[str], added: Sequence[str]) -> Iterator[tuple[str, str]]:
    by_letters: dict[str, list[str]] = {}
    for name in lost:
        by_letters.setdefault("".join(_words(name)) or name, []).append(name)
    for new in added:
        yield from ((old, new) for old in by_letters.get("".join(_words(new)) or new, ()))


def _longer_by_an_affix(
    short: Sequence[str], long: Sequence[str], *, removed: bool
) -> Iterator[tuple[tuple[str, str], tuple[object, ...]]]:
    """Yield the pairs of which the second is the first with words before or after it, and with which."""
    by_words: dict[tuple[str, ...], list[str]] = {}
    for name in short:
        by_words.setdefault(_words(name), []).append(name)
    for name in long:
        words = _words(name)
        for cut in range(1, len(words)):
            start, end = words[:cut], words[cut:]
            yield from (((each, name), (removed, "before", start)) for each in by_words.get(end, ()))
            yield from (((each, name), (removed, "after", end)) for each in by_words.get(start, ()))


def _one_to_one(pairs: Iterator[tuple[str, str]]) -> dict[str, str]:
    """Return the pairs of which neither name is in another pair."""
    distinct = list(dict.fromkeys(pairs))
    olds, news = Counter(old for old, _ in distinct), Counter(new for _, new in distinct)
    return {old: new for old, new in distinct if olds[old] == news[new] == 1}


def renamed(lost: Mapping[str, Numbers], added: Mapping[str, Numbers]) -> dict[str, str]:
    """Return the new name for each lost column whose values an added one has; each is taken once.

    Values of another size are taken for the same column, rescaled, only where no other fits and no
    other has the rest: a channel split 60 to 40 isn't renamed.
    """
    lost, added = _varying(lost), _varying(added)
    if not lost or not added:
        return {}
    before, after = np.array(list(lost.values())), np.array(list(added.values()))
    alike = _same_course(before, after) | _same_values(before, after)
    size = _difference_in_size(before, after)
    found: dict[str, str] = {}
    olds, news = list(lost), list(added)
    rows, columns = np.nonzero(alike)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    # Closest in size first; among equals in the order of the files, so that both ways give the same pairs.
    for row, column in sorted(pairs, key=lambda pair: (size[pair], pair)):
        free = olds[row] not in found and news[column] not in found.values()
        if free and (size[row, column] <= SAME_SIZE or _rescaled(before, after, alike, row, column)):
            found[olds[row]] = news[column]
    return found


def _varying(columns: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Return the columns that have two values or more; one that never changes rises and falls with none."""
    return {
        name: values
        for name, values in columns.items()
        if np.count_nonzero(~np.isnan(values)) >= FEWEST_DAYS and np.nanmin(values) < np.nanmax(values)
    }


def _same_course(one: Numbers, other: Numbers) -> Mask:
    """Tell which rows of the first rise and fall with which of the second, shape (rows, rows)."""
    missing, missing_too = np.isnan(one), np.isnan(other)
    x, y = one - np.nanmean(one, axis=1)[:, None], other - np.nanmean(other, axis=1)[:, None]
    if not (missing.any() or missing_too.any()):
        return np.asarray(_cosine(x @ y.T, (x * x).sum(axis=1)[:, None], (y * y).sum(axis=1)) > RENAMED)
    # Over the days that both have: all sums for every two columns at once.
    x[missing], y[missing_too] = 0, 0
    known, known_too = (~missing).astype(float), (~missing_too).astype(float)
    days = known @ known_too.T
    sum_x, sum_y = x @ known_too.T, known @ y.T
    squares = _varied((x * x) @ known_too.T, sum_x**2 / days)
    squares_too = _varied(known @ (y * y).T, sum_y**2 / days)
    together = _cosine(x @ y.T - sum_x * sum_y / days, squares, squares_too)
    return np.asarray((days >= FEWEST_DAYS) & (together > RENAMED))


def _same_values(one: Numbers, other: Numbers) -> Mask:
    """Tell which rows of the first have the values of which of the second on most days."""
    days = np.linspace(0, one.shape[1] - 1, min(SAMPLE_DAYS, one.shape[1])).astype(int)
    x, y = one[:, None, days], other[None, :, days]
    # Where nine days in ten are equal, one in five of the sample is.
    likely = ((x == y) & (x != 0)).sum(axis=2) > SAME_VALUES / 5 * ((x != 0) | (y != 0)).sum(axis=2)
    found = np.zeros(likely.shape, bool)
    for row, column in np.argwhere(likely).tolist():
        counted = ((one[row] != 0) | (other[column] != 0)) & ~np.isnan(one[row] + other[column])
        same = counted & (one[row] == other[column])
        varied = np.unique(one[row, same]).size > 1
        found[row, column] = varied and FEWEST_DAYS <= counted.sum() < same.sum() / SAME_VALUES
    return found


def _varied(squares: Numbers, of_mean: Numbers) -> Numbers:
    """Return the squares around the mean, NaN where they are only errors of the arithmetic."""
    return np.where(squares - of_mean > RELATIVE_TOLERANCE * squares, squares - of_mean, np.nan)


def _cosine(products: Numbers, squares: Numbers, squares_too: Numbers) -> Numbers:
    return np.asarray(products / np.sqrt(squares) / np.sqrt(squares_too))


def _difference_in_size(before: Numbers, after: Numbers) -> Numbers:
    """Return by what share the larger of every two columns is larger, shape (columns, columns)."""
    sizes = np.nanmean(np.abs(before), axis=1)[:, None], np.nanmean(np.abs(after), axis=1)[None, :]
    return np.asarray(1 - np.minimum(*sizes) / np.maximum(*sizes))


def _rescaled(before: Numbers, after: Numbers, alike: Mask, row: int, column: int) -> bool:
    """Tell whether a pair of another size is one column, rescaled, rather than a part and its whole."""
    if alike[row].sum() > 1 or alike[:, column].sum() > 1:
        return False
    old, new = before[row], after[column]
    split = np.nanmean(np.abs(old)) > np.nanmean(np.abs(new))
    # Of the side with the parts, those that are no column of the other side under a new name.
    parts = after[~alike.any(axis=0)] if split else before[~alike.any(axis=1)]
    if not len(parts):
        return True
    rest = np.nan_to_num(old - new if split else new - old)
    candidates = np.vstack([np.nan_to_num(parts), np.nan_to_num(parts).sum(axis=0)])
    whole = np.nansum(np.abs(old if split else new))
    return bool(np.abs(candidates - rest).sum(axis=1).min() > SAME_SIZE * whole)
