"""Runs: the list, a page at a time, as the API serves it."""

import streamlit as st

from pages._shared import frame, keys, page_list, problems, queries, run_list
from pages._shared.connection import Connection
from recast_api import RunPage

connection = frame.open_page("Runs")


def _list(connection: Connection) -> None:
    # The widget stands below the list it pages; its value is known before it is drawn.
    number = int(st.session_state.get(keys.PARAM_PAGE) or 1)
    page = queries.runs_page(connection, number)
    if page.items:
        st.caption(_extent(page))
        run_list.draw_run_list(page.items)
    elif number > 1:
        st.info("There are no runs on this page any more.", icon=":material/inbox:")
    else:
        st.info("No runs yet. The first one you launch appears here.", icon=":material/inbox:")
        st.page_link(page_list.LAUNCH.file, label="Launch a run", icon=page_list.LAUNCH.icon)
    if (page.total_pages or 1) > 1:
        st.pagination(page.total_pages or 1, key=keys.PARAM_PAGE, bind="query-params")


def _extent(page: RunPage) -> str:
    if page.total_count is None or page.page is None or not page.per_page:
        return f"{len(page.items)} runs on this page, in the order served."
    first = (page.page - 1) * page.per_page + 1
    last = first + len(page.items) - 1
    return f"Runs {first:,} to {last:,} of {page.total_count:,}, newest first as served."


with problems.shown():
    _list(connection)
