"""Step 1: the data, uploaded or taken from an earlier run."""

import streamlit as st

from pages._launch.entered import EARLIER, UPLOAD, Entered, widget
from pages._shared import data_preview, keys, problems, queries, times, uploads
from pages._shared.connection import Connection
from pages._shared.plain import escape
from pages._shared.run_words import run_type_word
from pages._shared.source import Source
from recast_api.clean_data import CleanData


def choose(connection: Connection, entered: Entered) -> Source | None:
    """What the analyst chose, shown, or None while there is nothing."""
    _follow_link(entered)
    with st.container(border=True, key=keys.BOX_DATA):
        st.subheader("1 · Data", anchor=False)
        way = st.segmented_control(
            "Where the data comes from",
            [UPLOAD, EARLIER],
            default=entered.way,
            required=True,
            label_visibility="collapsed",
            **widget(entered, "way", entered.key("way")),
        )
        source = _uploaded(entered) if way == UPLOAD else _earlier(connection, entered)
        if source:
            st.markdown(f"**{escape(source.name)}**")
            data = read(entered, source)
            _ask_sheet(entered, source, data)
            data_preview.draw_data_preview(data)
        return source


def read(entered: Entered, source: Source) -> CleanData:
    """The data with the fixes that were accepted for it; of a workbook, the sheet that was chosen."""
    choices = entered.choices_for(source)
    return queries.clean_data(source, choices.fixes, choices.sheet)


def _ask_sheet(entered: Entered, source: Source, data: CleanData) -> None:
    if len(data.sheets) > 1:
        st.selectbox(
            "Sheet of the workbook",
            data.sheets,
            index=data.sheets.index(data.sheet),
            **widget(entered.choices_for(source), "sheet", entered.key("sheet", source.sha256)),
        )


def _follow_link(entered: Entered) -> None:
    """`?data_of=2786` chooses that run's data, once: what the analyst chooses afterwards stands."""
    linked = st.query_params.pop(keys.PARAM_DATA_OF, "").strip()
    if linked:
        entered.change(way=EARLIER, run=linked)


def _uploaded(entered: Entered) -> Source | None:
    file = st.file_uploader(
        "Clean data (CSV or Excel)",
        type=["csv", "tsv", "txt", "xlsx", "xlsm"],
        max_upload_size=uploads.largest_mb(),
        key=entered.key("file", entered.uploads_taken),
    )
    st.caption("One row per day; a date column, a KPI column, and a column for each channel.")
    if file is not None:
        entered.take_upload(uploads.take(file))
        st.rerun()  # with an empty uploader: the file is held by the page now
    _in_use(entered)
    return entered.upload


def _in_use(entered: Entered) -> None:
    if entered.let_go:
        st.info(
            f"{escape(entered.let_go)} had to make room for the files of other clients. Upload it again.",
            icon=":material/upload_file:",
        )
    if entered.upload:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"In use: {escape(entered.upload.name)}. Another upload replaces it.")
            st.button(
                "Remove",
                icon=":material/close:",
                type="tertiary",
                key=entered.key("remove_upload"),
                on_click=entered.take_upload,
                args=(None,),
            )


def _earlier(connection: Connection, entered: Entered) -> Source | None:
    with problems.shown():
        runs = {str(run.id): run for run in queries.latest_runs(connection).items}
        known = list(runs) if entered.run in runs or not entered.run else [entered.run, *runs]

        def words(run_id: str) -> str:
            run = runs.get(run_id)
            if run is None:
                return run_id
            return f"{run_id} · {run_type_word(run.run_type)} · {times.local(run.created_at)}"

        run_id = st.selectbox(
            "Run",
            known,
            index=known.index(entered.run) if entered.run else None,
            format_func=words,
            placeholder="Which run's data?",
            **widget(entered, "run", entered.key("run")),
        )
        return queries.clean_data_of(connection, run_id) if run_id else None
    return None
