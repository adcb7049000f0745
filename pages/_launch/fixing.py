"""Fixes: offered, shown as a diff, made when accepted, undone when not wanted any more."""

from collections.abc import Sequence
from typing import cast

import streamlit as st

from pages._shared.plain import escape
from pages._shared.source import Source
from recast_api.clean_data import CleanData, Finding, Fix, preview

_ACCEPTED = "launch_fixes"
_MOST_LINES = 50
_OUT = "(taken out)"


def accepted(source: Source) -> tuple[str, ...]:
    """The names of the fixes accepted for this very file."""
    return _all().get(source.sha256, ())


def draw(source: Source, data: CleanData, found: Sequence[Finding]) -> None:
    """What was made, with a way back, and what can be made."""
    for fix in data.fixes:
        if fix.name in data.accepted:
            _made(source, fix)
    offered = {fix.name: fix.sentence for fix in data.fixes}
    # Sorting and trimming are offered by what was found, not by how the file reads.
    offered |= {
        finding.fix: finding.advice for finding in found if finding.fix and finding.fix not in offered
    }
    for name, sentence in offered.items():
        if name not in data.accepted:
            _offered(source, data, name, sentence)


def _made(source: Source, fix: Fix) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge("Fixed", icon=":material/build:", color="green")
        st.markdown(escape(fix.sentence), width="content")
        st.button(
            "Undo",
            key=f"undo_{fix.name}",
            icon=":material/undo:",
            type="tertiary",
            on_click=_set,
            args=(source, tuple(name for name in accepted(source) if name != fix.name)),
        )


def _offered(source: Source, data: CleanData, name: str, sentence: str) -> None:
    changes = preview(data, name, limit=_MOST_LINES + 1)
    if not changes:
        return
    with st.expander(f"Fix: {escape(sentence)}", icon=":material/build:"):
        st.dataframe(
            [
                {
                    "line": change.line,
                    "as delivered": change.before,
                    "as it would be sent": _OUT if change.after is None else change.after,
                }
                for change in changes[:_MOST_LINES]
            ],
            hide_index=True,
            row_height=28,
        )
        if len(changes) > _MOST_LINES:
            st.caption(f"The first {_MOST_LINES} lines that it changes.")
        st.button(
            "Accept this fix",
            key=f"accept_{name}",
            icon=":material/check:",
            on_click=_set,
            args=(source, (*accepted(source), name)),
        )


def _all() -> dict[str, tuple[str, ...]]:
    return cast("dict[str, tuple[str, ...]]", st.session_state.setdefault(_ACCEPTED, {}))


def _set(source: Source, names: tuple[str, ...]) -> None:
    _all()[source.sha256] = names
