"""One run, `?run=2786`: its status while it runs, its settings, the data it was trained on."""

from typing import Any

import streamlit as st

from pages._shared import data_preview, frame, keys, page_list, problems, queries, run_settings, run_status
from pages._shared.connection import Connection
from pages._shared.downloads import file_name
from pages._shared.plain import escape
from pages._shared.run_words import run_type_word
from recast_api import NotFoundError, Run

connection = frame.open_page("Run")


def _asked_for() -> str:
    run_id = st.query_params.get(keys.PARAM_RUN, "").strip()
    if not run_id:
        st.info("Which run? Choose one from the list.", icon=":material/search:")
        st.page_link(page_list.RUNS.file, label="Runs", icon=page_list.RUNS.icon)
        st.stop()
    return run_id


def _fetch(run_id: str) -> Run:
    try:
        return queries.run(connection, run_id)
    except NotFoundError:
        st.warning(
            f"There is no run {escape(run_id)} at client {escape(connection.client_slug)}.",
            icon=":material/search_off:",
        )
        st.page_link(page_list.RUNS.file, label="Runs", icon=page_list.RUNS.icon)
        st.stop()


def _status(connection: Connection, run: Run) -> None:
    """Live while the run is in progress; at a terminal status the page is drawn once more, and the
    fragment no longer ticks."""

    def panel() -> None:
        with problems.shown():
            now = run if run.is_finished else queries.run(connection, str(run.id))
            run_status.draw_run_status(now, queries.latest_runs(connection).items)
            if now.is_finished and not run.is_finished:
                st.rerun()

    st.fragment(panel, run_every=None if run.is_finished else connection.poll_seconds)()


def _data(connection: Connection, run: Run) -> None:
    st.subheader("Clean data", anchor=False)
    source = queries.clean_data_of(connection, str(run.id))
    with st.container(horizontal=True):
        st.download_button(
            "Download clean data",
            lambda: source.data,
            file_name=file_name(
                "clean_data", connection.client_slug, run.id, digest=source.sha256, ending="csv"
            ),
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        if st.button("Use this data in a new run", icon=":material/replay:"):
            st.switch_page(page_list.LAUNCH.file, query_params={keys.PARAM_DATA_OF: str(run.id)})
    data_preview.draw_data_preview(queries.clean_data(source))


def _metadata(run: Run) -> dict[str, Any]:
    """All that was served, but for the data, should the form echo it."""
    if not run.form or "clean_data" not in run.form:
        return dict(run.raw)
    return {**run.raw, "form": {**run.form, "clean_data": "… see Clean data above"}}


with problems.shown():
    run = _fetch(_asked_for())
    st.subheader(f"{escape(run.id)} · {escape(run_type_word(run.run_type))}", anchor=False)
    _status(connection, run)
    run_settings.draw_run_settings(run)
    with problems.shown():
        _data(connection, run)
    with st.expander("Metadata from the API", icon=":material/data_object:"):
        st.json(_metadata(run))
