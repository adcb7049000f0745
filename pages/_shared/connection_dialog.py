"""The dialog in which an analyst changes the connection of this browser session."""

import streamlit as st

from pages._shared import connection as connections
from pages._shared.plain import escape

_TOKEN = "connection_dialog_token"
_SLUG = "connection_dialog_slug"
_PROBLEM = "connection_dialog_problem"
_DONE = "connection_dialog_done"


def change_button() -> None:
    """The button that opens the dialog."""
    if st.button("Change", icon=":material/swap_horiz:", key="change_connection", width="stretch"):
        st.session_state.pop(_PROBLEM, None)
        _dialog()


@st.dialog("Connection", icon=":material/key:")
def _dialog() -> None:
    if st.session_state.pop(_DONE, False):
        st.rerun()
    host = escape(connections.configured_base_url().removeprefix("https://"))
    st.caption(
        f"The token goes to {host}, and stays in this browser session: it is gone when you reload the page."
    )
    with st.form("connection_form", border=False):
        st.text_input("API token", type="password", key=_TOKEN, placeholder="gr_…", autocomplete="off")
        st.text_input("Client slug", key=_SLUG, placeholder="in the app's URL, after /clients/")
        st.form_submit_button("Connect", type="primary", on_click=_use_token, width="stretch")
    if problem := st.session_state.get(_PROBLEM):
        st.error(escape(problem), icon=":material/error:")
    with st.container(horizontal=True):
        if connections.configured():
            st.button("Use this server's connection", icon=":material/dns:", on_click=_use_configured)
        st.button("Use the sandbox", icon=":material/science:", on_click=_use_sandbox)


def _use_token() -> None:
    token, slug = st.session_state[_TOKEN], st.session_state[_SLUG]
    st.session_state[_PROBLEM] = connections.use_token(token, slug)
    if st.session_state[_PROBLEM] is None:
        _finish()


def _use_sandbox() -> None:
    connections.use_sandbox()
    _finish()


def _use_configured() -> None:
    connections.use_configured()
    _finish()


def _finish() -> None:
    st.session_state[_TOKEN] = ""  # the session's client is the only one to keep it
    st.session_state[_DONE] = True
