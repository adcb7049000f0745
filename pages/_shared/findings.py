"""Findings as a list, worst first: a badge, the sentence, what to do."""

import re
from collections.abc import Sequence

import streamlit as st

from pages._shared.plain import escape
from pages._shared.run_words import Look
from recast_api.clean_data import Finding, Level
from recast_api.clean_data.sentences import counted, line_ranges

_LEVELS = {
    Level.BLOCK: Look("Block", ":material/block:", "red"),
    Level.CONFIRM: Look("Confirm", ":material/help:", "orange"),
    Level.NOTE: Look("Note", ":material/info:", "blue"),
}

_COUNTED = {
    Level.BLOCK: ("to fix", "to fix"),
    Level.CONFIRM: ("to confirm", "to confirm"),
    Level.NOTE: ("note", "notes"),
}
"""What a number of them is called: of one, and of more."""

_MOST_RANGES = 6
"""Ranges of lines shown; all lines are in the CSV to take away."""


def badge(level: Level, count: int | None = None) -> None:
    """A level, or how many findings have it: `1 to confirm`, `4 notes`."""
    look = _LEVELS[level]
    words = look.word if count is None else counted(count, *_COUNTED[level])
    st.badge(escape(words), icon=look.icon, color=look.colour)


def draw_findings(findings: Sequence[Finding]) -> None:
    """The list. What is quoted in it is foreign, so all of it is escaped."""
    if not findings:
        st.markdown(":material/check_circle: Nothing found.")
    for finding in findings:
        with st.container(horizontal=True, vertical_alignment="top", gap="small"):
            with st.container(width=100):
                badge(finding.level)
            with st.container(gap="xxsmall", width="stretch"):
                st.markdown(escape(finding.sentence))
                st.caption(escape(f"{finding.advice} {_lines(finding)}"))


def _lines(finding: Finding) -> str:
    """The lines, where the sentence doesn't name them itself."""
    lines = line_ranges(finding.lines, finding.line_count, _MOST_RANGES)
    is_named = re.search(rf"\b{re.escape(lines)}\b", finding.sentence, re.IGNORECASE)
    return "" if not lines or is_named else f"{lines}."
