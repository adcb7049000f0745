"""Exactly what a launch sends: the request, the size and hash of the data, the same in code."""

import hashlib
import json

import streamlit as st

from pages._shared.connection import Connection
from pages._shared.downloads import digest_of, file_name
from recast_api import RunForm
from recast_api.preparing import code

_LINES = 4
"""Lines of the data shown in the request: the header and a few days."""


def draw_request(connection: Connection, form: RunForm) -> None:
    body = form.json_bytes()
    data = form.clean_data.encode()
    name = file_name("launch_request", connection.client_slug, digest=digest_of(body), ending="json")
    st.code(_request(connection, form), language="http", wrap_lines=True)
    st.caption(
        f"The clean data has {form.clean_data.count(chr(10)):,} lines, {len(data):,} bytes and the SHA-256 "
        f"{hashlib.sha256(data).hexdigest()[:16]}…; the whole request has {len(body):,} bytes. "
        "A launch uses one of 100 a day and one of 20 a minute, and a run can't be cancelled from here."
    )
    with st.container(horizontal=True):
        st.download_button(
            "Download request body",
            form.json_bytes,
            file_name=name,
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
        )
    with st.expander("This launch as code", icon=":material/code:"):
        python, curl = st.tabs(["Python", "curl"])
        there = {"base_url": connection.client.base_url, "client_slug": connection.client_slug}
        python.code(code.python(form, **there), language="python")
        curl.code(code.curl(name, **there), language="bash")


def _request(connection: Connection, form: RunForm) -> str:
    """The request as it goes, but for the token and the length of the data."""
    fields = dict(form.body()["form"])
    lines = form.clean_data.split("\n")
    more = len(lines) - 1 - _LINES
    if more > 0:
        fields["clean_data"] = "\n".join([*lines[:_LINES], f"… {more} more lines"])
    return "\n".join(
        [
            f"POST {connection.client.base_url}/v1/clients/{connection.client_slug}/runs",
            "Authorization: Bearer …",
            "Content-Type: application/json",
            "",
            json.dumps({"form": fields}, indent=2, ensure_ascii=False),
        ]
    )
