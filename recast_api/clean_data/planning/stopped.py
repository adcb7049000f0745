"""Channels on nearly every day whose spend stops before the data ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recast_api.clean_data.columns import Role
from recast_api.clean_data.daily import Mask, Table
from recast_api.clean_data.data import once

NEARLY_EVERY_DAY = 0.80
"""Share of days with spend from which a break is unusual (own rule)."""
LONGEST_STOP = 40
"""Days after which a channel counts as given up rather than stopped (own rule)."""
ENOUGH_DAYS = 28
"""Days since the first spend that show what is usual for a channel (own rule)."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A channel without spend on the last days, which had no break as long before."""

    index: int
    """Index in `Table.columns`."""
    row: int
    """The first row without spend."""
    share: float
    """Its share of all spend in the four weeks before."""


@once
def stopped_channels(table: Table) -> tuple[Stopped, ...]:
    """Return the channels that spend on nearly every day and then no more, up to the last day."""
    if not table.daily:
        return ()
    silent = [p for p in table.column_indexes(Role.SPEND) if table.active_days[p] and not table.active[p, -1]]
    found = []
    for index in silent:
        row = int(table.after_active[index])
        # What is missing rather than 0 is reported as such.
        if not table.missing[index, row:].any() and _stopped(table.active[index], row):
            four_weeks = slice(row - ENOUGH_DAYS, row)
            spent = float(table.daily_spend[four_weeks].sum())
            share = float(table.filled[index, four_weeks].sum()) / spent if spent > 0 else 0.0
            found.append(Stopped(index, row, share))
    return tuple(found)


def _stopped(active: Mask, row: int) -> bool:
    """Tell whether the days from `row` on are a break longer than any since the first spend."""
    before = active[int(np.argmax(active)) : row]
    pause = active.size - row
    return (
        pause <= LONGEST_STOP
        and before.size >= ENOUGH_DAYS
        and before.mean() >= NEARLY_EVERY_DAY
        and _longest_break(before) < pause
    )


def _longest_break(active: Mask) -> int:
    """Return the most days without spend in a row between two days with spend."""
    return int(np.diff(np.flatnonzero(active)).max()) - 1
