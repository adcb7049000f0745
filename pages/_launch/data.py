"""Step 1: the data, uploaded or taken from an earlier run."""

from typing import cast

import streamlit as st

from pages._launch import fixing
from pages._shared import data_preview, problems, queries, times
from pages._shared.connection import Connection
from pages._shared.plain import escape
from pages._shared.run_words import run_type_word
from pages._shared.source import Source
from recast_api.clean_data import CleanData

_UPLOAD, _EARLIER = "Upload a CSV", "Data of an earlier run"
_WAY, _FILE, _RUN = "launch_way", "launch_file", "launch_data_of"
_KEPT = "launch_upload"


def choose(connection: Connection) -> Source | None:
    """What the analyst chose, shown, or None while there is nothing."""
    _follow_link()
    with st.container(border=True, key="step_data"):
        st.subheader("1 · Data", anchor=False)
        way = st.segmented_control(
            "Where the data comes from",
            [_UPLOAD, _EARLIER],
            default=_UPLOAD,
            required=True,
            key=_WAY,
            persist_state="session",
            label_visibility="collapsed",
        )
        source = _uploaded() if way == _UPLOAD else _earlier(connection)
        if source:
            st.markdown(f"**{escape(source.name)}**")
            data_preview.draw(read(source))
        return source


def read(source: Source) -> CleanData:
    """The data with the fixes that were accepted for it."""
    return queries.clean_data(source, fixing.accepted(source))


def _follow_link() -> None:
    """`?data_of=2786` chooses that run's data, once: what the analyst chooses afterwards stands."""
    linked = st.query_params.pop("data_of", "").strip()
    if linked:
        st.session_state[_WAY] = _EARLIER
        st.session_state[_RUN] = linked


def _uploaded() -> Source | None:
    st.file_uploader(
        "Clean data (CSV)",
        type=["csv", "tsv", "txt"],
        key=_FILE,
        on_change=_keep_upload,
    )
    st.caption("A row for each day; a column for the date, one for the KPI and one for each channel.")
    kept = cast("Source | None", st.session_state.get(_KEPT))
    if kept and st.session_state.get(_FILE) is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Still here: {escape(kept.name)}")
            st.button("Remove", icon=":material/close:", type="tertiary", on_click=_forget_upload)
    return kept


def _keep_upload() -> None:
    """Keep the bytes, not the widget's file: that one is gone after a visit to another page."""
    file = st.session_state[_FILE]
    st.session_state[_KEPT] = Source(file.name, file.getvalue()) if file else None


def _forget_upload() -> None:
    st.session_state[_KEPT] = None


def _earlier(connection: Connection) -> Source | None:
    with problems.shown():
        runs = {str(run.id): run for run in queries.latest_runs(connection).items}
        chosen = st.session_state.get(_RUN)
        known = list(runs) if chosen in runs or not chosen else [chosen, *runs]

        def words(run_id: str) -> str:
            run = runs.get(run_id)
            if run is None:
                return run_id
            return f"{run_id} · {run_type_word(run.run_type)} · {times.local(run.created_at)}"

        run_id = st.selectbox("Run", known, format_func=words, key=_RUN, persist_state="session", index=None)
        if run_id is None:
            return None
        return queries.clean_data_of(connection, run_id)
    return None
