"""Overview: what is running, the latest runs, the next action."""

from collections.abc import Sequence

import streamlit as st

from pages._shared import budget, frame, open_launches, page_list, problems, queries, run_list, running
from recast_api import Run

_LATEST = 8
"""One screen's worth below what is running."""

connection = frame.open_page("Overview", shows_launches=False)

if st.button("Launch a run", type="primary", icon=page_list.LAUNCH.icon):
    st.switch_page(page_list.LAUNCH.file)


def _latest(runs: Sequence[Run]) -> None:
    st.subheader("Latest runs", anchor=False)
    if not runs:
        st.info("No runs yet. The first one you launch appears here.", icon=":material/inbox:")
        return
    run_list.draw_run_list(runs[:_LATEST])
    st.page_link(page_list.RUNS.file, label="All runs", icon=page_list.RUNS.icon)


journal_works = False
with problems.shown():
    open_launches.draw_open_launches(connection)
    journal_works = True
with problems.shown():
    runs = queries.latest_runs(connection).items
    running.draw_running(connection)
    if journal_works:
        st.subheader("Budget", anchor=False)
        with problems.shown():  # an estimate that can't be made must not hide the runs
            budget.draw_budget(connection)
    _latest(runs)
