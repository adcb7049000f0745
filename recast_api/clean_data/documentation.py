"""The table of all rules, for the room's README."""

from __future__ import annotations

from typing import Any

from recast_api.clean_data.checks import CHECKS, Check
from recast_api.clean_data.groups import GROUP_NAMES
from recast_api.clean_data.reading.rules import READING_RULES, ReadingRule


def checks_table() -> str:
    """Return the table of all rules, those of reading first, as Markdown for the documentation."""
    rows = ["| Check | What it says | Group | Level | Threshold | Source |", "|---|---|---|---|---|---|"]
    rules: tuple[ReadingRule | Check[Any], ...] = (*READING_RULES, *CHECKS)
    for one in rules:
        levels = ", ".join(level.value.capitalize() for level in one.levels)
        cells = (f"`{one.name}`", one.what, GROUP_NAMES[one.group], levels, one.threshold, one.source)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)
