"""Journal: every launch from this desk and what became of it."""

from collections.abc import Sequence

import streamlit as st

from pages._shared import frame, keys, open_launches, page_list, problems
from pages._shared.connection import Connection
from pages._shared.downloads import digest_of, file_name
from pages._shared.journal_words import OUTCOMES, table
from recast_api.journal import Entry, State, entries_csv

connection = frame.open_page("Journal", shows_launches=False)

st.caption(
    "Every launch is written down here before it is sent. You see those made with the token that you "
    "are connected with. The data itself is not kept, only its fingerprint (SHA-256)."
)


def _filtered(connection: Connection) -> Sequence[Entry]:
    entries = connection.journal.entries(connection.owner)
    if not entries:
        return []
    recorded = [state for state in State if any(entry.state is state for entry in entries)]
    chosen = st.pills(
        "Outcome",
        recorded,
        selection_mode="multi",
        format_func=lambda state: OUTCOMES[state],
        key=keys.PARAM_OUTCOME,
        bind="query-params",
    )
    return [entry for entry in entries if not chosen or entry.state in chosen]


def _list(entries: Sequence[Entry]) -> None:
    st.dataframe(table(entries), hide_index=True, row_height=32, width="stretch", placeholder="")
    csv = entries_csv(entries).encode()
    st.download_button(
        "Download as CSV",
        csv,
        file_name=file_name("launch_journal", digest=digest_of(csv), ending="csv"),
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


with problems.shown():
    open_launches.draw_open_launches(connection)
    entries = _filtered(connection)
    if entries:
        _list(entries)
    else:
        st.info("No launches from this app yet.", icon=":material/inbox:")
        st.page_link(page_list.LAUNCH.file, label="Launch a run", icon=page_list.LAUNCH.icon)
