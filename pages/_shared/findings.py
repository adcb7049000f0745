"""Findings as a list, worst first: a badge, the sentence, what to do, and the lines."""

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


def draw(findings: Sequence[Finding]) -> None:
    if not findings:
        st.caption("Nothing found.")
    for finding in findings:
        _draw_one(finding)


def _draw_one(finding: Finding) -> None:
    look = _LEVELS[finding.level]
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        with st.container(width=100):
            st.badge(look.word, icon=look.icon, color=look.colour)
        with st.container(gap="xxsmall", width="stretch"):
            st.markdown(escape(finding.sentence))
            st.caption(escape(finding.advice))
