"""What is running now: a card for each run in progress, kept up to date while there is one."""

from collections.abc import Sequence

import streamlit as st

from pages._shared import keys, problems, queries, run_list, times, usual
from pages._shared.connection import Connection
from pages._shared.run_words import status_badge
from recast_api import Run


def draw_running(connection: Connection) -> None:
    """The cards. The list is asked for again every `poll_seconds`, for all of them with one call."""
    st.subheader("Running now", anchor=False)
    st.fragment(_cards, run_every=connection.poll_seconds)(connection)


def _cards(connection: Connection) -> None:
    with problems.shown():
        runs = queries.latest_runs(connection).items
        in_progress = [run for run in runs if not run.is_finished]
        _rerun_when_one_has_finished(in_progress)
        if not in_progress:
            st.caption("Nothing is running.")
            return
        with st.container(horizontal=True):
            for run in in_progress:
                _card(run, runs)


def _rerun_when_one_has_finished(in_progress: Sequence[Run]) -> None:
    """The rest of the page shows the runs too, so it is drawn again when one of them ends."""
    ids = {run.id for run in in_progress}
    before = st.session_state.get(keys.RUNNING_IDS, set())
    st.session_state[keys.RUNNING_IDS] = ids
    if before - ids:
        st.rerun()


def _card(run: Run, runs: Sequence[Run]) -> None:
    with st.container(border=True, width=300, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            run_list.open_link(run)
            status_badge(run)
        st.caption(f"Started {times.ago(run.created_at)}; {usual.sentence(runs, run.run_type)}.")
