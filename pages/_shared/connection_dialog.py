"""The dialog in which an analyst changes the connection of this browser session."""

import streamlit as st

from pages._shared import connection as connections
from pages._shared import keys
from pages._shared.plain import escape

_LONGEST = 1_000
"""Characters of a token, or of the app's address that a slug is found in."""


def change_button() -> None:
    """The button that opens the dialog."""
    if st.button("Change", icon=":material/swap_horiz:", key=keys.CHANGE_CONNECTION, width="stretch"):
        st.session_state.pop(keys.DIALOG_PROBLEM, None)
        _dialog()


@st.dialog("Connection", icon=":material/key:")
def _dialog() -> None:
    if st.session_state.pop(keys.DIALOG_DONE, False):
        st.rerun()
    host = escape(connections.configured_base_url().removeprefix("https://"))
    st.caption(
        f"The token is sent to {host} alone. It is kept for this browser session: "
        "reload the page and it is forgotten."
    )
    with st.form(keys.CONNECTION_FORM, border=False):
        st.text_input(
            "API token",
            type="password",
            key=keys.DIALOG_TOKEN,
            placeholder="gr_…",
            autocomplete="off",
            max_chars=_LONGEST,
        )
        st.text_input(
            "Client slug",
            key=keys.DIALOG_SLUG,
            placeholder="in the URL of the Recast app, after /clients/",
            max_chars=_LONGEST,
        )
        st.form_submit_button("Connect", type="primary", on_click=_use_token, width="stretch")
    if problem := st.session_state.get(keys.DIALOG_PROBLEM):
        st.error(escape(problem), icon=":material/error:")
    with st.container(horizontal=True):
        if connections.configured():
            st.button("Use this server's connection", icon=":material/dns:", on_click=_use_configured)
        st.button("Use the sandbox", icon=":material/science:", on_click=_use_sandbox)


def _use_token() -> None:
    token, slug = st.session_state[keys.DIALOG_TOKEN], st.session_state[keys.DIALOG_SLUG]
    st.session_state[keys.DIALOG_PROBLEM] = connections.use_token(token, slug)
    if st.session_state[keys.DIALOG_PROBLEM] is None:
        _finish()


def _use_sandbox() -> None:
    connections.use_sandbox()
    _finish()


def _use_configured() -> None:
    connections.use_configured()
    _finish()


def _finish() -> None:
    st.session_state[keys.DIALOG_TOKEN] = ""  # the session's client is the only one to keep it
    st.session_state[keys.DIALOG_DONE] = True
