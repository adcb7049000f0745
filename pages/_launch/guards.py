"""What is asked before a launch goes: the findings, and whether the same was launched already.

It is asked again in the very run of the script that sends, with the ticks and the reason as they are then;
and what was launched in the meantime, in another tab or by somebody else, the journal refuses itself.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from pages._launch.draft import Draft
from pages._launch.entered import Approval, Entered, widget
from pages._launch.job import Job
from pages._shared import findings, keys, queries, run_list, times
from pages._shared.connection import Connection
from pages._shared.plain import escape
from pages._shared.run_words import run_type_word
from recast_api import RunForm
from recast_api.clean_data import Level
from recast_api.journal import Earlier, Entry
from recast_api.sheets import SheetForm, sheet_form

_LONGEST_REASON = 500
_OVER_BUDGET = "budget"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a launch may go as things stand, and what was approved of it."""

    may_go: bool = True
    reasons: Mapping[str, str] = field(default_factory=dict)
    """For the journal, by the name of the check."""
    confirmed: frozenset[int] = frozenset()
    """Earlier launches of the same that the person knows of."""
    over_budget: bool = False
    """Whether the person knows that the limit may be used up."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something that a launch needs a tick for."""

    check: str
    sentence: str
    about: str
    """What a tick is given for, to the letter: another of these is another question."""
    run_id: str | None = None
    """The run that it is about, for a link."""
    launches: frozenset[int] = frozenset()


def ask(connection: Connection, entered: Entered, draft: Draft) -> Verdict:
    """Ask for what the launch needs before it may go. Raises `RecastError` where that can't be known."""
    if draft.form is None or _is_blocked(draft):
        return Verdict(may_go=False)
    earlier = connection.launcher.earlier(draft.form)
    if any(launch.mine and launch.state.is_open for launch in earlier):
        st.caption("The same launch is still unresolved: see its card.")
        return Verdict(may_go=False)
    questions = [
        *_of_findings(draft),
        *_of_sheet(draft.form),
        *(_of_launches(earlier) or _of_runs_elsewhere(connection, entered, draft.form, draft.data_sha256)),
        *_of_budget(connection),
    ]
    return _confirmed(entered, draft.data_sha256, questions)


def _is_blocked(draft: Draft) -> bool:
    blocked = sum(finding.level is Level.BLOCK for finding in draft.findings)
    if blocked:
        what = "a finding" if blocked == 1 else f"{blocked} findings"
        st.caption(f"Waits for {what} marked Block to be put right: this data can't be launched as it is.")
    return blocked > 0


def _confirmed(entered: Entered, data_sha256: str, questions: Sequence[Question]) -> Verdict:
    """A tick for each question, and one reason for all of them: both for this data alone."""
    if not questions:
        return Verdict()
    approval = entered.approval(data_sha256)
    with st.container(border=True, key=keys.BOX_CONFIRM):
        findings.badge(Level.CONFIRM, len(questions))
        ticks = [_tick(entered, approval, data_sha256, question) for question in questions]
        reason = st.text_input(
            "Reason for launching all the same",
            approval.reason,
            placeholder="goes into the journal",
            max_chars=_LONGEST_REASON,
            **widget(approval, "reason", entered.key("reason", data_sha256)),
        )
    if not all(ticks) or not reason or not reason.strip():
        return Verdict(may_go=False)
    return Verdict(
        reasons={question.check: reason.strip() for question in questions},
        confirmed=frozenset().union(*(question.launches for question in questions)),
        over_budget=any(question.check == _OVER_BUDGET for question in questions),
    )


def _tick(entered: Entered, approval: Approval, data_sha256: str, question: Question) -> bool:
    answer = approval.answer(f"{question.check} {question.about}")
    key = entered.key("tick", data_sha256, question.check, question.about)
    ticked = st.checkbox(escape(question.sentence), answer.ticked, **widget(answer, "ticked", key))
    if question.run_id:
        run_list.open_link_to(question.run_id, f"Open run {escape(question.run_id)}")
    return ticked


def _of_findings(draft: Draft) -> Iterator[Question]:
    for finding in draft.findings:
        if finding.level is Level.CONFIRM:
            yield Question(check=finding.check, sentence=finding.sentence, about=finding.sentence)


def _of_sheet(form: RunForm) -> Iterator[Question]:
    """Which addresses the API takes isn't published."""
    url = form.google_sheet_priors_url
    if sheet_form(url) is SheetForm.UNCLEAR:
        sentence = "It isn't known whether Recast takes this kind of link to the priors sheet."
        yield Question(check="priors_sheet", sentence=sentence, about=url)


def _of_launches(earlier: Collection[Earlier]) -> list[Question]:
    """Launches of the same from this desk: one's own in full, of others' only that and when."""
    own = [launch for launch in earlier if launch.mine]
    others = [launch for launch in earlier if not launch.mine]
    questions = []
    if own:
        when, run_id = times.ago(own[0].started_at), str(own[0].run_id)
        sentence = (
            f"The same settings and data were launched {when}: run {run_id}. "
            "The sheet behind the link may have changed since."
        )
        questions.append(_same_launch(sentence, own, run_id))
    if others:
        sentence = f"A run of this client has this data: it was launched {times.ago(others[0].started_at)}."
        questions.append(_same_launch(sentence, others))
    return questions


def _same_launch(sentence: str, launches: Sequence[Earlier], run_id: str | None = None) -> Question:
    ids = frozenset(launch.id for launch in launches)
    return Question(
        check="same_launch", sentence=sentence, about=f"launches {sorted(ids)}", run_id=run_id, launches=ids
    )


def _of_runs_elsewhere(
    connection: Connection, entered: Entered, form: RunForm, data_sha256: str
) -> list[Question]:
    """Runs that the journal knows nothing about: whether their data is the same costs a download each,
    so it is looked at when asked for."""
    similar = queries.similar_runs(connection, form)
    if not similar:
        return []
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
    return [
        Question(
            check="same_launch",
            sentence=f"The same data is in a run launched elsewhere: run {run_id}.",
            about=f"run {run_id}",
            run_id=run_id,
        )
        for run_id in entered.compared.used(data_sha256, ())[:1]
    ]


def _of_budget(connection: Connection) -> Iterator[Question]:
    """Our count may be wrong, and a refusal costs nothing: so it asks."""
    possible_at = queries.usage(connection).possible_at
    if possible_at is not None:
        sentence = (
            "By our count the limit is used up, so the API will probably refuse this launch until "
            f"{times.local(possible_at)}. A refused launch costs nothing."
        )
        yield Question(check=_OVER_BUDGET, sentence=sentence, about="limit used up")


def offer_resend(entered: Entered, form: RunForm | None, entry: Entry) -> None:
    """The way to send a missing launch again, where the form at hand is the very same."""
    if form is None or hashlib.sha256(form.json_bytes()).hexdigest() != entry.body_sha256:
        return
    st.warning(
        "If the first one did arrive after all, there will be two runs, and two of the day's 100 are used.",
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
