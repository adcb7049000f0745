"""Findings as a list, worst first: a badge, the sentence, what to do."""

from collections.abc import Sequence

import streamlit as st

from pages._shared.plain import escape
from pages._shared.run_words import Look
from recast_api.clean_data import Finding, Level

_LEVELS = {
    Level.BLOCK: Look("Block", ":material/block:", "red"),
    Level.CONFIRM: Look("Confirm", ":material/help:", "orange"),
    Level.NOTE: Look("Note", ":material/info:", "blue"),
}

_LINES = 12
"""Line numbers shown; all of them are in the CSV to take away."""


def badge(level: Level, count: int | None = None) -> None:
    look = _LEVELS[level]
    st.badge(look.word if count is None else f"{count} {look.word}", icon=look.icon, color=look.colour)


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
    if not finding.lines:
        return ""
    shown = ", ".join(str(line) for line in finding.lines[:_LINES])
    more = finding.line_count - min(len(finding.lines), _LINES)
    return f"Line {shown}{f' and {more:,} more' if more > 0 else ''}."
