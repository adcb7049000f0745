"""Why the past values of a column changed, where the changed cells themselves show it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from recast_api.clean_data.comparing.equality import equal
from recast_api.clean_data.comparing.result import LATE_DAYS, LATE_SHARE, Cause, Kind
from recast_api.clean_data.comparing.rounding import decimals
from recast_api.clean_data.daily import Days, Mask, Numbers

EXPLAINED = 0.95
"""Share of a column's changed cells that a cause explains; the rest was revised besides (own choice)."""
FEWEST_CELLS = 7
"""Changed cells, a week of them, from which a constant factor or a shift isn't chance (own choice)."""
FEWEST_SWAPPED = 3
"""Days from which two columns that hold each other's values aren't chance (own choice)."""
FACTOR_SPREAD = 0.001
"""Peers: a ratio of new to old that differs by less than 0.1 % from day to day is one factor."""
FACTOR_NOISE = 0.2
"""Share of the change that rounding may make up: of 3 and 4 any factor from 1.0 to 1.8 is possible
(own choice)."""
LONGEST_SHIFT = 7
"""Days by which a column may be moved: a time zone moves it by one, a calendar of weeks by up to seven."""
_SHIFTS = tuple(sign * distance for distance in range(1, LONGEST_SHIFT + 1) for sign in (1, -1))

Indexes = NDArray[np.intp]


class Causes:
    """The values of two files on the days and in the columns that both have, and which cells changed."""

    def __init__(
        self,
        new: Numbers,
        old: Numbers,
        changed: tuple[Indexes, Indexes],
        days: Days,
        columns: tuple[str, ...],
    ) -> None:
        self._new, self._old = new, old
        self._days, self._columns = days, columns
        of_column, of_day = changed
        self._changed = np.flatnonzero(np.bincount(of_column))
        # Changed cells are ordered by column: one piece each.
        self._of_day = np.split(of_day, np.flatnonzero(np.diff(of_column)) + 1) if of_day.size else []
        self._recent = days > days[-1] - np.timedelta64(LATE_DAYS, "D")
        self._sources = {shift: _days_before(days, shift) for shift in _SHIFTS} if of_day.size else {}

    def find(self, *, appended: bool) -> dict[int, Cause]:
        """Return the cause for each column (its index) that has one; late values only if days were added."""
        causes = {}
        for column, days in zip(self._changed.tolist(), self._of_day, strict=True):
            # The last days are revised each week besides, whatever happened to those before.
            possible = chain(
                self._causes(column, days, appended=appended),
                self._causes(column, days[~self._recent[days]], appended=False),
            )
            cause = next(possible, None)
            if cause is not None:
                causes[column] = cause
        return causes

    def _causes(self, column: int, days: Indexes, *, appended: bool) -> Iterator[Cause]:
        if days.size:
            yield from self._emptied_or_filled(column, days)
        if days.size >= FEWEST_SWAPPED:
            yield from self._swapped(column, days)
        if days.size >= FEWEST_CELLS:
            yield from self._shifted(column, days)
        if appended:
            yield from self._late(column, days)
        if days.size >= FEWEST_CELLS:
            yield from self._scaled(column, days)

    def _emptied_or_filled(self, column: int, days: Indexes) -> Iterator[Cause]:
        new, old = self._new[column, days], self._old[column, days]
        for kind, fit in (
            (Kind.BLANKS_TO_ZEROS, np.isnan(old) & (new == 0)),
            (Kind.ZEROS_TO_BLANKS, np.isnan(new) & (old == 0)),
        ):
            if _most(fit):
                yield Cause(kind, int(np.count_nonzero(fit)))

    def _swapped(self, column: int, days: Indexes) -> Iterator[Cause]:
        others = self._changed[self._changed != column]
        # On one day nearly all columns are ruled out; that day may be one of the few that changed besides.
        day = days[days.size // 2]
        possible = others[equal(self._old[others, day], self._new[column, day])]
        for other in possible.tolist():
            there = equal(self._new[column, days], self._old[other, days])
            back = equal(self._new[other, days], self._old[column, days])
            if _most(there & back):
                pair = sorted((column, other))
                names = tuple(self._columns[index] for index in pair)
                yield Cause(Kind.SWAPPED, int(np.count_nonzero(there & back)), swapped=names)

    def _shifted(self, column: int, days: Indexes) -> Iterator[Cause]:
        """Yield by how many days later (earlier, if negative) the column's values stand now."""
        new = self._new[column, days]
        # Cells that were filled with the value of the day before weren't moved.
        if not _most(~np.isnan(self._old[column, days])) or np.ptp(new) == 0:
            return
        # A few days rule out nearly all shifts, at a fraction of the cost.
        probes = np.arange(0, days.size, days.size // FEWEST_CELLS)
        for shift, (source, in_file) in self._sources.items():
            before = self._old[column, source[days]]
            if equal(new[probes], before[probes]).any():
                known = in_file[days]
                moved = equal(new, before) & known
                if np.count_nonzero(known) >= FEWEST_CELLS and _most(moved[known]):
                    yield Cause(Kind.SHIFTED, int(np.count_nonzero(moved)), days=shift)

    def _late(self, column: int, days: Indexes) -> Iterator[Cause]:
        if not self._recent[days].all():
            return
        new = np.nan_to_num(self._new[column, self._recent])
        old = np.nan_to_num(self._old[column, self._recent])
        moved, usual = np.abs(new - old).sum(), np.abs(old).sum()
        if usual and moved <= LATE_SHARE * usual:
            yield Cause(Kind.LATE, days.size, share=float((new - old).sum() / usual))

    def _scaled(self, column: int, days: Indexes) -> Iterator[Cause]:
        new, old = self._new[column, days], self._old[column, days]
        if not _most((old != 0) & ~np.isnan(new) & ~np.isnan(old)):
            return
        factor = float(np.nanmedian(new / old))
        # What rounding may have added to either, and how far the factor may differ from day to day.
        noise = (_unit(new) + abs(factor) * _unit(old)) / 2 + FACTOR_SPREAD / 2 * np.abs(new)
        fit = np.abs(new - factor * old) <= noise
        if _most(fit) and noise[fit].sum() <= FACTOR_NOISE * np.abs(new - old)[fit].sum():
            # Long columns know the factor more exactly than any of their cells.
            exact = float((new[fit] * old[fit]).sum() / (old[fit] ** 2).sum())
            yield Cause(Kind.SCALED, int(np.count_nonzero(fit)), factor=float(f"{exact:.4g}"))


def _days_before(days: Days, distance: int) -> tuple[Indexes, Mask]:
    """Return the index of the day so many days before each, and whether there is one."""
    wanted = days - np.timedelta64(distance, "D")
    place = np.minimum(np.searchsorted(days, wanted), days.size - 1)
    return place, days[place] == wanted


def _unit(values: Numbers) -> float:
    """Return the unit to which values are rounded; whole hundreds may well be exact."""
    return 10.0 ** -max(decimals(values), 0)


def _most(fit: Mask) -> bool:
    return bool(np.count_nonzero(fit) >= EXPLAINED * fit.size)
