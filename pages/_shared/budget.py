"""What is used of the API's limits: an estimate, and called one."""

import streamlit as st

from pages._shared import queries, times
from pages._shared.connection import Connection
from pages._shared.plain import escape


def draw_budget(connection: Connection) -> None:
    """Two meters, and when the next launch can go if it can't now."""
    usage = queries.usage(connection)
    meters = (
        (usage.day_used, usage.day_limit, "24 hours"),
        (usage.minute_used, usage.minute_limit, "minute"),
    )
    with st.container(horizontal=True, gap="medium"):
        for used, limit, window in meters:
            with st.container(width=260):
                text = escape(f"{used} of {limit} launches in the last {window}")
                st.progress(min(used / limit, 1.0), text=text)
    st.caption("An estimate from the run list and the journal: how the API counts is not published.")
    if usage.possible_at is not None:
        when = times.local(usage.possible_at)
        st.warning(
            f"The limit is used up, as far as we can tell. The next launch can go {when}.",
            icon=":material/hourglass_top:",
        )
