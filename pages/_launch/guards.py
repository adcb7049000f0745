"""What is asked before a launch goes: whether the same was launched already."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from pages._launch import job
from pages._launch.draft import Draft
from pages._shared import problems, queries, run_list, times, unknown_launch
from pages._shared.connection import Connection
from pages._shared.plain import escape
from pages._shared.run_words import run_type_word
from recast_api import Run, RunForm
from recast_api.journal import Entry

_SAME = "same_launch"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether the button may be pressed, and the reasons that go into the journal."""

    may_go: bool = True
    reasons: Mapping[str, str] = field(default_factory=dict)


def ask(connection: Connection, draft: Draft) -> Verdict:
    """Ask for what the launch needs before it may go."""
    if draft.form is None:
        return Verdict(may_go=False)
    with problems.shown():
        earlier = connection.launcher.duplicates(draft.form)
        if any(entry.state.is_open for entry in earlier):
            st.caption("This very launch was sent and its outcome is unknown: settle that one first.")
            unknown_launch.draw(connection, partial(_offer_resend, draft.form))
            return Verdict(may_go=False)
        if earlier:
            when = times.ago(earlier[0].started_at)
            return _confirm(f"The same settings and data were launched {when}", str(earlier[0].run_id))
        same = _same_among_others(connection, draft.form)
        if same:
            return _confirm("The same data is in a run launched elsewhere", str(same[0].id))
        return Verdict()
    return Verdict(may_go=False)


def _offer_resend(form: RunForm, entry: Entry) -> None:
    if hashlib.sha256(form.json_bytes()).hexdigest() != entry.body_sha256:
        return
    st.warning(
        "If the first one did arrive after all, there will be two runs, and two of the day's 100 are used.",
        icon=":material/warning:",
    )
    st.button(
        "Send again",
        key=f"resend_{entry.id}",
        icon=":material/replay:",
        on_click=job.claim,
        args=(form, {}, entry),
    )


def _confirm(what: str, run_id: str) -> Verdict:
    with st.container(border=True, key="same_launch"):
        st.badge("Confirm", icon=":material/help:", color="orange")
        st.markdown(f"{what}: run {escape(run_id)}. The sheet behind the link may have changed since.")
        run_list.open_link_to(run_id, f"Open run {escape(run_id)}")
        sure = st.checkbox("Launch it all the same", key="launch_same_tick")
        reason = st.text_input("Reason", key="launch_same_reason", placeholder="goes into the journal")
    if sure and reason and reason.strip():
        return Verdict(reasons={_SAME: reason.strip()})
    return Verdict(may_go=False)


def _same_among_others(connection: Connection, form: RunForm) -> list[Run]:
    """Runs that the journal knows nothing about: whether their data is the same costs a download each,
    so it is looked at when asked for."""
    similar = queries.similar_runs(connection, form)
    if not similar:
        return []
    asked = st.session_state.setdefault("launch_compared", {})
    names = ", ".join(f"{run.id} ({run_type_word(run.run_type)})" for run in similar[:5])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Launched elsewhere in the last 14 days: {escape(names)}.", width="content")
        if st.button("Compare their data with this", icon=":material/difference:", type="tertiary"):
            asked[form] = [run for run in similar if connection.launcher.has_same_data(run.id, form)]
            if not asked[form]:
                st.toast("None of them has the same data.")
    return list(asked.get(form, []))
