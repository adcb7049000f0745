"""Fixes: offered, shown as a diff, made when accepted, undone when not wanted any more."""

from collections.abc import Sequence

import streamlit as st

from pages._launch.entered import Entered, FileChoices
from pages._shared.plain import escape
from recast_api.clean_data import Change, CleanData, Finding, Fix, preview

_MOST_LINES = 50
_OUT = "(taken out)"


def draw_fixes(entered: Entered, choices: FileChoices, data: CleanData, found: Sequence[Finding]) -> None:
    """What was made, with a way back, and what can be made."""
    for fix in data.fixes:
        if fix.name in data.accepted:
            _made(entered, choices, fix)
    offered = {fix.name: fix.sentence for fix in data.fixes}
    # Sorting and trimming are offered by what was found, not by how the file reads; the data may have no use
    # for them by now, and what would change nothing isn't offered.
    offered |= {
        finding.fix: finding.advice
        for finding in found
        if finding.fix and finding.fix not in offered and data.fix(finding.fix)
    }
    for name, sentence in offered.items():
        if name not in data.accepted:
            _offered(entered, choices, data, name, sentence)


def _made(entered: Entered, choices: FileChoices, fix: Fix) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge("Fixed", icon=":material/build:", color="green")
        st.markdown(escape(fix.sentence), width="content")
        st.button(
            "Undo",
            key=entered.key("undo", fix.name),
            icon=":material/undo:",
            type="tertiary",
            on_click=_set,
            args=(choices, tuple(name for name in choices.fixes if name != fix.name)),
        )


def _offered(entered: Entered, choices: FileChoices, data: CleanData, name: str, sentence: str) -> None:
    offer = st.expander(
        f"Fix: {escape(sentence)}",
        icon=":material/build:",
        key=entered.key("fix", name),
        on_change="rerun",
    )
    with offer:
        # Above the table, which takes a while to be drawn and would move it away from under the mouse.
        st.button(
            "Accept this fix",
            key=entered.key("accept", name),
            icon=":material/check:",
            on_click=_set,
            args=(choices, (*choices.fixes, name)),
        )
        # A closed one costs nothing: every rerun of the page comes by here.
        if offer.open:
            _draw_diff(preview(data, name, limit=_MOST_LINES + 1))


def _draw_diff(changes: Sequence[Change]) -> None:
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


def _set(choices: FileChoices, names: tuple[str, ...]) -> None:
    choices.fixes = names
