"""The settings a run was launched with, field by field, as the API serves its form."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages._shared.plain import escape
from pages._shared.run_words import RUN_TYPES
from recast_api import Run, RunForm

_TITLES = RunForm.titles()


def draw_run_settings(run: Run) -> None:
    st.subheader("Settings", anchor=False)
    if not run.form:
        st.caption("The API served no form for this run.")
        return
    settings(run.form)


def settings(form: Mapping[str, Any]) -> None:
    """The fields of `form` but the data, one below the other. The values are foreign: text, not Markdown."""
    with st.container(border=True, gap="xsmall"):
        for name in [*_TITLES, *(name for name in form if name not in _TITLES)]:
            if name == "clean_data" or (value := form.get(name)) is None:
                continue
            with st.container(horizontal=True, vertical_alignment="center"):
                with st.container(width=150):
                    st.caption(label(name))
                st.text(_words(name, value), width="stretch")


def label(name: str) -> str:
    """A field of the form in people's words, as Markdown; one that isn't known, by its own name."""
    return escape(_TITLES.get(name, name))


def _words(name: str, value: object) -> str:
    if name == "run_type":
        return RUN_TYPES.get(str(value), str(value))
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return str(value)
