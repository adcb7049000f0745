"""Runs as a list: one line each, which opens the run."""

from collections.abc import Iterable

import streamlit as st

from pages._shared import keys, page_list, times
from pages._shared.plain import escape
from pages._shared.run_words import run_type_word, status_badge
from recast_api import Run


def draw_run_list(runs: Iterable[Run]) -> None:
    """One line a run, in the order given. Fixed widths keep the columns straight, and let a line
    wrap instead of shrinking on a phone."""
    with st.container(border=True, gap="xsmall"):
        for run in runs:
            _line(run)


def open_link(run: Run) -> None:
    """A link to the run's page that says its type."""
    open_link_to(str(run.id), f"**{escape(run.id)}** · {escape(run_type_word(run.run_type))}")


def open_link_to(run_id: str, label: str) -> None:
    """A link to a run's page that stays in this browser session, unlike a bare URL."""
    st.page_link(
        page_list.RUN.file,
        label=label,
        query_params={keys.PARAM_RUN: run_id},
        help=f"Open run {escape(run_id)}",
    )


def _line(run: Run) -> None:
    """Two lines on a phone, one elsewhere: what it is and how it stands, then when."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall"):
        with st.container(width=120):
            status_badge(run)
        with st.container(width=195):
            open_link(run)
        with st.container(width=320):
            st.caption(f"{times.local(run.created_at)}{_length(run)}")


def _length(run: Run) -> str:
    if run.created_at is None:
        return ""
    if run.is_finished and run.updated_at is not None:
        return f" · took {times.duration(run.updated_at - run.created_at)}"
    return f" · {times.ago(run.created_at)}"
