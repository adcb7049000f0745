"""Cells that differ only because one of two files has fewer decimals."""

from __future__ import annotations

import numpy as np

from recast_api.clean_data.comparing.equality import equal
from recast_api.clean_data.comparing.result import SMALL_REVISION, Rounded
from recast_api.clean_data.daily import Mask, Numbers

COARSEST, FINEST = -3, 9
"""Whole thousands, the coarsest that is asked for; and where decimals are noise of the arithmetic."""
MOSTLY = 0.95
"""Share of the cells that have a column's precision: a few may have been added by hand (own choice)."""
ENOUGH_CELLS = 20
"""Changed cells from which the precision shows in them alone; of fewer, several may end in 0 by chance
(own choice)."""


def differ_by_rounding(column: str, new: Numbers, old: Numbers, changed: Mask) -> tuple[Mask, Rounded | None]:
    """Tell which changed cells of one column agree to the coarser file's precision.

    Rounding that moves more than a small revision does isn't harmless: 0.4 and 0 are not the same.
    """
    # Where only a part of the history is rounded, that part shows it.
    measured = changed if np.count_nonzero(changed) >= ENOUGH_CELLS else np.ones(changed.size, bool)
    now, then = decimals(new[measured]), decimals(old[measured])
    if now == then:
        return np.zeros(changed.size, bool), None
    coarse, fine = (new, old) if now < then else (old, new)
    same = changed & _agree(coarse, fine, 10.0 ** -min(now, then), changed)
    moved, total = np.abs(new - old)[same].sum(), max(np.nansum(np.abs(new)), np.nansum(np.abs(old)))
    if not same.any() or moved > SMALL_REVISION * total:
        return np.zeros(changed.size, bool), None
    return same, Rounded(column, int(np.count_nonzero(same)), min(now, then), in_new=now < then)


def decimals(values: Numbers) -> int:
    """Return how many decimals nearly all values have, the zeros aside; -2 for whole hundreds."""
    values = values[np.isfinite(values) & (values != 0)]
    for places in range(COARSEST, FINEST):
        # A few cells rule out most precisions, at a fraction of the cost.
        if _fit(values[:ENOUGH_CELLS], places) and _fit(values, places):
            return places
    return FINEST


def _fit(values: Numbers, places: int) -> bool:
    """Tell whether nearly all values have no more decimals than that."""
    return bool(np.count_nonzero(np.round(values, places) == values) >= MOSTLY * values.size)


def _agree(coarse: Numbers, fine: Numbers, unit: float, changed: Mask) -> Mask:
    """Tell which cells are the finer ones rounded, or cut off, or rounded up where the whole column is."""
    rounded, within_a_unit = equal(coarse, fine, unit / 2), equal(coarse, fine, unit)
    for one_way in (np.abs(coarse) <= np.abs(fine), np.abs(coarse) >= np.abs(fine)):
        agrees = rounded | (within_a_unit & one_way)
        if np.count_nonzero(agrees & changed) >= MOSTLY * np.count_nonzero(changed):
            return agrees
    return rounded
