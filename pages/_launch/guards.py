"""What is asked before a launch goes: the findings, and whether the same was launched already."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from pages._launch import job
from pages._launch.draft import Draft
from pages._shared import findings, queries, run_list, times
from pages._shared.connection import Connection
from pages._shared.plain import escape
from pages._shared.run_words import run_type_word
from recast_api import RunForm
from recast_api.clean_data import Level
from recast_api.journal import Entry


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether the button may be pressed, and the reasons that go into the journal."""

    may_go: bool = True
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """Something that a launch needs a tick for."""

    check: str
    sentence: str
    run_id: str | None = None
    """The run that it is about, for a link."""


def ask(connection: Connection, draft: Draft) -> Verdict:
    """Ask for what the launch needs before it may go. Raises `RecastError` where that can't be known."""
    if draft.form is None or _is_blocked(draft):
        return Verdict(may_go=False)
    earlier = connection.launcher.duplicates(draft.form)
    if any(entry.state.is_open for entry in earlier):
        st.caption("This very launch was sent and its outcome is unknown: settle that one first.")
        return Verdict(may_go=False)
    questions = [
        Question(finding.check, finding.sentence)
        for finding in draft.findings
        if finding.level is Level.CONFIRM
    ]
    if earlier:
        what = f"The same settings and data were launched {times.ago(earlier[0].started_at)}"
        questions.append(_same_launch(what, str(earlier[0].run_id)))
    else:
        questions += _same_data_elsewhere(connection, draft.form)
    return _confirmed(questions)


def _is_blocked(draft: Draft) -> bool:
    blocked = sum(finding.level is Level.BLOCK for finding in draft.findings)
    if blocked:
        what = "a finding" if blocked == 1 else f"{blocked} findings"
        st.caption(f"Waits for {what} marked Block to be put right: this data can't be launched as it is.")
    return blocked > 0


def _confirmed(questions: Sequence[Question]) -> Verdict:
    """A tick for each question, and one reason for all of them."""
    if not questions:
        return Verdict()
    with st.container(border=True, key="confirm"):
        findings.badge(Level.CONFIRM, len(questions))
        ticks = [_tick(question) for question in questions]
        reason = st.text_input(
            "Reason for launching all the same", key="launch_reason", placeholder="goes into the journal"
        )
    if all(ticks) and reason and reason.strip():
        return Verdict(reasons={question.check: reason.strip() for question in questions})
    return Verdict(may_go=False)


def _tick(question: Question) -> bool:
    # Another sentence is another question: its tick starts empty.
    key = hashlib.sha256(f"{question.check} {question.sentence}".encode()).hexdigest()[:16]
    ticked = st.checkbox(escape(question.sentence), key=f"confirm_{question.check}_{key}")
    if question.run_id:
        run_list.open_link_to(question.run_id, f"Open run {escape(question.run_id)}")
    return ticked


def _same_launch(what: str, run_id: str) -> Question:
    sentence = f"{what}: run {run_id}. The sheet behind the link may have changed since."
    return Question("same_launch", sentence, run_id)


def _same_data_elsewhere(connection: Connection, form: RunForm) -> list[Question]:
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
    same = asked.get(form, [])
    return [_same_launch("The same data is in a run launched elsewhere", str(same[0].id))] if same else []


def offer_resend(form: RunForm | None, entry: Entry) -> None:
    """The way to send a missing launch again, where the form at hand is the very same."""
    if form is None or hashlib.sha256(form.json_bytes()).hexdigest() != entry.body_sha256:
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
        args=(form, {}),
        kwargs={"resend_of": entry},
    )
