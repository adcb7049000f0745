"""What is asked before a launch goes: the findings, and whether the same was launched already.

It is asked again in the very run of the script that sends, with the ticks and the reason as they are then;
and what was launched in the meantime, in another tab or by somebody else, the journal refuses itself.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from pages._launch.entered import Approval, Entered, widget
from pages._launch.job import Job
from pages._shared import findings, keys, queries, run_list, times
from pages._shared.connection import Connection
from pages._shared.plain import escape
from pages._shared.run_words import run_type_word
from recast_api import RunForm
from recast_api.clean_data import Level
from recast_api.journal import Entry
from recast_api.preparing import (
    Draft,
    Known,
    Moments,
    Question,
    Verdict,
    approve,
    obstacles,
    questions,
)

_LONGEST_REASON = 500
_MOMENTS = Moments(past=times.ago, future=times.local)


def ask(connection: Connection, entered: Entered, draft: Draft) -> Verdict:
    """Ask for what the launch needs before it may go. Raises `RecastError` where that can't be known."""
    # What the data itself rules out is said first: then the journal and the run list needn't be asked.
    if draft.form is None or _are_in_the_way(obstacles(draft)):
        return Verdict(may_go=False)
    known = Known(
        earlier=tuple(connection.launcher.earlier(draft.form)),
        possible_at=queries.usage(connection).possible_at,
    )
    if _are_in_the_way(obstacles(draft, known)):
        return Verdict(may_go=False)
    if not known.earlier:
        known = replace(known, same_data=_runs_elsewhere(connection, entered, draft.form, draft.data_sha256))
    return _confirmed(entered, draft.data_sha256, questions(draft, known, _MOMENTS))


def _are_in_the_way(sentences: Sequence[str]) -> bool:
    for sentence in sentences:
        st.caption(escape(sentence))
    return bool(sentences)


def _confirmed(entered: Entered, data_sha256: str, asked: Sequence[Question]) -> Verdict:
    """A tick for each question, and one reason for all of them: both for this data alone."""
    if not asked:
        return approve(asked, (), "")
    approval = entered.approval(data_sha256)
    with st.container(border=True, key=keys.BOX_CONFIRM):
        findings.badge(Level.CONFIRM, len(asked))
        ticked = [question for question in asked if _tick(entered, approval, data_sha256, question)]
        # Checks outside of this repository find it as the only text field in this container.
        reason = st.text_input(
            "Reason for launching anyway",
            approval.reason,
            placeholder="goes into the journal",
            max_chars=_LONGEST_REASON,
            **widget(approval, "reason", entered.key("reason", data_sha256)),
        )
    return approve(asked, ticked, reason or "")


def _tick(entered: Entered, approval: Approval, data_sha256: str, question: Question) -> bool:
    answer = approval.answer(f"{question.check} {question.about}")
    key = entered.key("tick", data_sha256, question.check, question.about)
    ticked = st.checkbox(escape(question.sentence), answer.ticked, **widget(answer, "ticked", key))
    if question.run_id:
        run_list.open_link_to(question.run_id, f"Open run {escape(question.run_id)}")
    return ticked


def _runs_elsewhere(
    connection: Connection, entered: Entered, form: RunForm, data_sha256: str
) -> tuple[str, ...]:
    """The runs, of those that the journal knows nothing about, that were found to have the same data.

    Finding out costs a download each, so it is done when asked for.
    """
    similar = queries.similar_runs(connection, form)
    if not similar:
        return ()
    names = ", ".join(f"{run.id} ({run_type_word(run.run_type)})" for run in similar[:5])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Launched elsewhere in the last 14 days: {escape(names)}.", width="content")
        compare = st.button(
            "Compare their data with this",
            icon=":material/difference:",
            type="tertiary",
            key=entered.key("compare"),
        )
    if compare:
        same = [str(run.id) for run in similar if connection.launcher.has_same_data(run.id, form)]
        entered.compared[data_sha256] = tuple(same)
        if not same:
            st.toast("None of them has the same data.")
    return entered.compared.used(data_sha256, ())


def offer_resend(entered: Entered, form: RunForm | None, entry: Entry) -> None:
    """The way to send a missing launch again, where the form at hand is the very same."""
    if form is None or hashlib.sha256(form.json_bytes()).hexdigest() != entry.body_sha256:
        return
    st.warning(
        "If the first launch did arrive, there will be two runs, and two of the day's 100 launches are used.",
        icon=":material/warning:",
    )
    st.button(
        "Send again",
        key=entered.key("resend", entry.id),
        icon=":material/replay:",
        on_click=claim,
        args=(entered, form, entry),
    )


def claim(entered: Entered, form: RunForm, resend_of: Entry | None = None) -> None:
    """Take the job, with the form as it was shown when the button was pressed."""
    if entered.job is None or not entered.job.is_open:
        entered.job = Job(form, resend_of)
