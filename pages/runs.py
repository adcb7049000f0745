"""Runs: the list, a page at a time, as the API serves it."""

import streamlit as st

from pages._shared import frame, keys, page_list, problems, queries, run_list
from pages._shared.connection import Connection
from pages._shared.plain import escape
from recast_api import RunPage
from recast_api.clean_data.sentences import counted

connection = frame.open_page("Runs")


def _list(connection: Connection) -> None:
    # The widget stands below the list it pages; its value is known before it is drawn.
    number = int(st.session_state.get(keys.PARAM_PAGE) or 1)
    page = queries.runs_page(connection, number)
    if page.items:
        st.caption(_extent(page))
        run_list.draw_run_list(page.items)
    elif number > 1:
        st.info("This page of the list is empty now: go back to an earlier one.", icon=":material/inbox:")
    else:
        st.info("No runs yet. The first one you launch appears here.", icon=":material/inbox:")
        st.page_link(page_list.LAUNCH.file, label="Launch a run", icon=page_list.LAUNCH.icon)
    if (page.total_pages or 1) > 1:
        st.pagination(page.total_pages or 1, key=keys.PARAM_PAGE, bind="query-params")


def _extent(page: RunPage) -> str:
    if page.total_count is None or page.page is None or not page.per_page:
        return f"{escape(counted(len(page.items), 'run'))} on this page, as the API lists them."
    first = (page.page - 1) * page.per_page + 1
    last = first + len(page.items) - 1
    return f"Runs {first:,}–{last:,} of {page.total_count:,}, as the API lists them."


with problems.shown():
    _list(connection)
