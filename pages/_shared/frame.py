"""The frame around every page: title, menu, connection. A page opens with one call of `open_page`."""

import streamlit as st

from pages._shared import connection as connections
from pages._shared import connection_dialog, keys, memory, open_launches, problems, queries
from pages._shared.connection import Connection
from pages._shared.page_list import PAGES
from pages._shared.plain import escape
from recast_api import (
    ConfigurationError,
    ForbiddenError,
    NotFoundError,
    RecastError,
    UnauthorizedError,
)

_LOGO = """<svg xmlns="http://www.w3.org/2000/svg" width="150" height="28" viewBox="0 0 150 28">
<g fill="none" stroke="#6171C1" stroke-width="3" stroke-linecap="round">
<path d="M3 21 L9 14 L14 18 L24 6"/><path d="M18 6 H24 V12"/></g>
<text x="34" y="20" font-family="Helvetica, Arial, sans-serif" font-size="18" font-weight="700"
 fill="#6171C1">Recast desk</text></svg>"""
_LOGO_ICON = """<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28" viewBox="0 0 28 28">
<g fill="none" stroke="#6171C1" stroke-width="3" stroke-linecap="round">
<path d="M3 21 L9 14 L14 18 L24 6"/><path d="M18 6 H24 V12"/></g></svg>"""


def open_page(title: str, *, shows_launches: bool = True) -> Connection:
    """Draw what every page has in common and return the session's connection.

    A page whose connection can't be made says so and stops here. Launches that aren't settled are shown on
    every page; one that has a place of its own for them says so by `shows_launches=False`.
    """
    # A picture of our own, sent with the page: for a Material icon the browser would ask another host.
    st.set_page_config(page_title=f"{title} · Recast desk", page_icon=_LOGO_ICON, layout="wide")
    memory.settle()
    memory.watch_session()
    st.logo(_LOGO, icon_image=_LOGO_ICON)
    with st.sidebar:
        for page in PAGES:
            if page.label:
                st.page_link(page.file, label=page.label, icon=page.icon, width="stretch")
    connection = _connect()
    with st.sidebar, st.container(key=keys.BOX_CONNECTION, border=True):
        _describe(connection)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(title, anchor=False, width="content")
        if connection.is_sandbox:
            st.badge("Sandbox: nothing here is real", icon=":material/science:", color="orange")
    _check(connection)
    if shows_launches:
        with problems.shown():
            open_launches.draw_open_launches(connection)
    return connection


def _connect() -> Connection:
    try:
        return connections.current()
    except ConfigurationError as error:
        with st.sidebar:
            connection_dialog.change_button()
        problem = f"This server's connection settings can't be used. {escape(error)}"
        st.error(problem, icon=":material/key_off:")
        st.stop()


def _check(connection: Connection) -> None:
    """One list call for each new connection: a wrong token or slug is said before anything else is.

    Anything else that fails may pass; the page's own questions will say so.
    """
    if st.session_state.get(keys.CONNECTION_CHECKED) == connection.key:
        return
    try:
        queries.latest_runs(connection)
    except (UnauthorizedError, ForbiddenError, NotFoundError) as error:
        problems.draw_problem(error)
        st.caption("Press Change in the sidebar to use another token or client slug, or the sandbox.")
        st.stop()
    except RecastError:
        return
    st.session_state[keys.CONNECTION_CHECKED] = connection.key


def _describe(connection: Connection) -> None:
    if connection.is_sandbox:
        st.markdown(f":material/science: **Sandbox** · {escape(connection.client_slug)}")
        st.caption("Nothing here is real. A run takes less than a minute.")
    else:
        st.markdown(f":material/cloud: **Recast** · {escape(connection.client_slug)}")
        st.caption(f"{escape(connection.host)} · token …{escape(connection.token_end)}")
    connection_dialog.change_button()
