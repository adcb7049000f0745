"""When two cells hold the same number."""

from __future__ import annotations

import numpy as np

from recast_api.clean_data.daily import Mask, Numbers

RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE = 1e-9, 1e-9
"""Cells closer than this are the same number written differently, as 0.1 + 0.2 and 0.3 are."""


def equal(one: Numbers, other: Numbers, allowed: Numbers | float = 0.0) -> Mask:
    """Tell which cells are the same number, both empty, or no further apart than is allowed."""
    tolerance = ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * np.maximum(np.abs(one), np.abs(other))
    return np.asarray((np.abs(one - other) <= allowed + tolerance) | (np.isnan(one) & np.isnan(other)))
