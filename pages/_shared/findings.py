"""Findings: in a line for each group, and as a list, worst first: a badge, the sentence, what to do."""

import re
from collections.abc import Sequence

import streamlit as st

from pages._shared.plain import escape
from pages._shared.run_words import Look
from recast_api.clean_data import Finding, GroupState, Level, State
from recast_api.clean_data.sentences import counted, line_ranges

_LEVELS = {
    Level.BLOCK: Look("Block", ":material/block:", "red"),
    Level.CONFIRM: Look("Confirm", ":material/help:", "orange"),
    Level.NOTE: Look("Note", ":material/info:", "blue"),
}

_STATES = {
    State.BLOCKED: Look("blocked", ":material/block:", "red"),
    State.TO_CONFIRM: Look("to confirm", ":material/help:", "orange"),
    State.NOT_CHECKED: Look("not checked", ":material/hourglass_empty:", "gray"),
    State.FINE: Look("fine", ":material/check_circle:", "green"),
}

_COUNTED = {
    Level.BLOCK: ("to fix", "to fix"),
    Level.CONFIRM: ("to confirm", "to confirm"),
    Level.NOTE: ("note", "notes"),
}
"""What a number of them is called: of one, and of more."""

_NAME_WIDTH, _STATE_WIDTH = 140, 125
"""Of the columns of the summary, in pixels."""

_MOST_RANGES = 6
"""Ranges of lines shown; all lines are in the CSV to take away."""


def badge(level: Level, count: int | None = None) -> None:
    """A level, or how many findings have it: `1 to confirm`, `4 notes`."""
    look = _LEVELS[level]
    words = look.word if count is None else counted(count, *_COUNTED[level])
    st.badge(escape(words), icon=look.icon, color=look.colour)


def draw_summary(lines: Sequence[GroupState]) -> None:
    """A line for each group: its name, how it stands, what to do next."""
    for line in lines:
        look = _STATES[line.state]
        # On a phone the next step wraps below its group, and has to stay nearer to it than to the next one.
        with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall"):
            st.markdown(f"**{escape(line.name)}**", width=_NAME_WIDTH)
            with st.container(width=_STATE_WIDTH):
                st.badge(look.word, icon=look.icon, color=look.colour)
            with st.container(width="stretch"):
                st.caption(escape(line.next_step))


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
