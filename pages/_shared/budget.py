"""What is used of the API's limits: an estimate, and called one."""

import streamlit as st

from pages._shared import queries, times
from pages._shared.connection import Connection
from pages._shared.plain import escape


def draw_budget(connection: Connection) -> None:
    """Two meters, and when the next launch is possible if it isn't now."""
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
    st.caption("An estimate from the run list and the journal: Recast doesn't publish how the API counts.")
    if usage.possible_at is not None:
        st.warning(
            "The limit is used up, as far as we can tell. "
            f"Next launch possible {times.until(usage.possible_at)} ({times.local(usage.possible_at)}).",
            icon=":material/hourglass_top:",
        )
