"""Checks of the level of a column: another unit for a month, the KPI at half for some weeks."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.daily import Table
from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.planning.levels import KPI_TIMES, SPEND_TIMES, LevelChange, level_changes
from recast_api.clean_data.planning.newest_days import WEEKS
from recast_api.clean_data.sentences import noted, number

SPEND_CONFIRM = 6.0
"""Own rule: a budget may be tripled; six times as much is next to a tenth or ten times."""


@rule(
    Level.CONFIRM,
    Level.NOTE,
    threshold=f"median of two weeks against the two before: KPI under 1/{KPI_TIMES:g} (Confirm) or over "
    f"{KPI_TIMES:g} × (Note), spend under 1/{SPEND_TIMES:g} or over {SPEND_TIMES:g} × (Note; Confirm from "
    f"{SPEND_CONFIRM:g} ×); of one week near 10, 100, 1,000 × or a part of that (Confirm)",
    source="mmm-framework: level shifts; limits calibrated on Recast's open data",
)
def changed_level(table: Table) -> Iterator[Finding]:
    """A column that is many times higher or lower from one day to the next may be in another unit."""
    changes = [change for change in level_changes(table) if not _low_for_a_while(change, table)]
    for level in (Level.CONFIRM, Level.NOTE):
        group = [change for change in changes if _level_of(change, table) is level]
        if group:
            units = [f"{number(max(c.unit, 1 / c.unit))}" for c in group if c.unit]
            notes = {table.columns[change.index]: _described(change, table) for change in reversed(group)}
            yield Finding.of(
                level,
                f"The level changes from one day to the next: {noted(dict(reversed(notes.items())))}.",
                "Check currency, unit and definition on these days."
                + (f" A factor of {units[0]} usually means another unit." if units else ""),
                columns=tuple(dict.fromkeys(table.columns[change.index] for change in group)),
                lines=np.concatenate([table.lines[change.start : change.end] for change in group]),
            )


def _level_of(change: LevelChange, table: Table) -> Level:
    large = max(change.factor, 1 / change.factor) >= SPEND_CONFIRM
    fallen = table.columns[change.index] == table.kpi and change.factor < 1
    return Level.CONFIRM if large or fallen else Level.NOTE


def _low_for_a_while(change: LevelChange, table: Table) -> bool:
    """Tell whether the KPI is only low for some weeks: that is incomplete, or reported as such."""
    is_kpi = table.columns[change.index] == table.kpi
    return is_kpi and change.factor < 1 and not change.unit and change.days <= 7 * WEEKS


def _described(change: LevelChange, table: Table) -> str:
    factor = change.unit or change.factor
    times = f"× {number(factor)}" if factor > 1 else f"÷ {number(1 / factor)}"
    if change.end == table.rows:
        return f"{times} from {table.day(change.start)} on"
    return f"{times} from {table.day(change.start)} to {table.day(change.end - 1)}"


CHECKS = (changed_level,)
