"""Step 4: exactly what goes, what speaks against it, and what became of it."""

from dataclasses import replace
from functools import partial

import streamlit as st

from pages._launch import guards, request_preview
from pages._launch.entered import Entered, widget
from pages._launch.job import Job, Step
from pages._shared import budget, keys, open_launches, page_list, problems, queries, run_list, run_settings
from pages._shared.connection import Connection
from pages._shared.plain import escape
from recast_api.journal import Entry, JournalError, SameLaunchError, State
from recast_api.preparing import Draft, Verdict, obstacles

_LONGEST_NOTE = 500
_TRY_AGAIN_SECONDS = 3.0


def draw_sending(connection: Connection, entered: Entered, draft: Draft) -> None:
    """Preview, guards, button, outcome; a launched run's own page comes next."""
    with st.container(border=True, key=keys.BOX_SEND):
        st.subheader("4 · Send", anchor=False)
        # What comes and goes above the button is in containers, so that the button keeps its place: one that
        # moves is on the page twice for as long as the script runs.
        with st.container():
            if draft.form is None:
                _say_what_is_missing(draft)
            else:
                request_preview.draw_request(connection, draft.form)
        with st.container():
            verdict = _ask(connection, entered, draft)
        with st.container():
            if draft.form is not None:
                _note(entered)
        _button(entered, draft, verdict)
        if entered.job is not None:
            _carry_on(connection, entered, draft, verdict, entered.job)


def _say_what_is_missing(draft: Draft) -> None:
    for sentence in obstacles(replace(draft, problems={})):
        st.caption(escape(sentence))
    if draft.problems:  # each is shown below its field
        st.caption("Fix the settings above first.")


def _ask(connection: Connection, entered: Entered, draft: Draft) -> Verdict:
    """What is known of other launches, and what this one needs. What can't be asked stops the launch."""
    with problems.shown():
        open_launches.draw_open_launches(connection, partial(guards.offer_resend, entered, draft.form))
        if draft.form is not None:
            budget.draw_budget(connection)
            return guards.ask(connection, entered, draft)
    return Verdict(may_go=False)


def _note(entered: Entered) -> None:
    st.text_input(
        "Note for the journal",
        entered.note,
        placeholder="optional",
        max_chars=_LONGEST_NOTE,
        **widget(entered, "note", entered.key("note")),
    )


def _button(entered: Entered, draft: Draft, verdict: Verdict) -> None:
    st.button(
        "Launch run",
        type="primary",
        icon=":material/rocket_launch:",
        key=entered.key("launch"),
        disabled=not verdict.may_go or (entered.job is not None and entered.job.is_open),
        on_click=guards.claim,
        args=(entered, draft.form),
    )


def _carry_on(connection: Connection, entered: Entered, draft: Draft, verdict: Verdict, job: Job) -> None:
    match job.step:
        case Step.CLAIMED:
            _send(connection, entered, draft, verdict, job)
            st.rerun()
        case Step.SENT:
            _wait(job)
        case Step.CHANGED:
            st.warning(
                "Something changed while you pressed the button, so nothing was sent. "
                "This is what would go now; press Launch run again.",
                icon=":material/edit_note:",
            )
        case Step.BROKEN_OFF:
            st.error(
                "This program failed while it was sending. The journal says what became of the launch.",
                icon=":material/error:",
            )
        case Step.REFUSED if job.error is not None and job.form == draft.form:
            _not_sent(job)
        case Step.DONE if job.entry is not None:
            _outcome(connection, entered, draft, job, job.entry)


def _send(connection: Connection, entered: Entered, draft: Draft, verdict: Verdict, job: Job) -> None:
    launcher = connection.launcher
    if job.resend_of is not None:
        # What is sent again was approved when it was sent first; the launcher looks a last time.
        job.send(partial(launcher.resend, job.resend_of, job.form), is_approved=draft.form == job.form)
    else:
        launch = partial(
            launcher.launch,
            job.form,
            ticket=job.ticket,
            facts=draft.facts,
            note=entered.note.strip(),
            reasons=verdict.reasons,
            confirmed=verdict.confirmed,
            over_budget=verdict.over_budget,
        )
        job.send(launch, is_approved=draft.form == job.form and verdict.may_go)
    queries.forget_estimates()


def _not_sent(job: Job) -> None:
    assert job.error is not None
    st.markdown("Nothing was sent.")
    problems.draw_problem(job.error)
    if isinstance(job.error, SameLaunchError) and job.error.earlier.run_id is not None:
        run_id = str(job.error.earlier.run_id)
        run_list.open_link_to(run_id, f"Open run {escape(run_id)}")


def _outcome(connection: Connection, entered: Entered, draft: Draft, job: Job, sent: Entry) -> None:
    # It may have been found, or given up, since it was sent.
    entry = _written_down(connection, sent)
    if entry is None:
        st.fragment(_not_written_down, run_every=_TRY_AGAIN_SECONDS)(connection, sent)
    elif (run_id := sent.run_id if entry.run_id is None else entry.run_id) is not None:
        entered.job = None
        open_launches.close_card(entry)
        st.switch_page(page_list.RUN.file, query_params={keys.PARAM_RUN: str(run_id)})
    elif job.form == draft.form and not entry.state.is_open:
        _refused(entry)


def _written_down(connection: Connection, sent: Entry) -> Entry | None:
    """The entry as the journal has it; None while what became of the launch can't be written there."""
    try:
        return connection.journal.entry(connection.owner, sent.id)
    except JournalError:
        return None


def _not_written_down(connection: Connection, sent: Entry) -> None:
    """What is known of the launch anyway, until the journal has it."""
    if _written_down(connection, sent) is not None:
        st.rerun()
    word = "Launched" if sent.run_id is not None else "Sent"
    with st.container(border=True, key=keys.BOX_UNWRITTEN):
        st.badge(f"{word}, not written down yet", icon=":material/edit_off:", color="orange")
        st.markdown(escape(sent.message))
        if sent.run_id is not None:
            run_list.open_link_to(str(sent.run_id), f"Open run {escape(sent.run_id)}")
        st.caption("It will be written down as soon as the journal can be written, and is not sent again.")


def _refused(entry: Entry) -> None:
    words = {
        State.REJECTED: "The API rejected this launch: there is no run",
        State.NOT_SENT: "This launch was not sent: there is no run",
        State.GIVEN_UP: "You stopped looking for this launch",
    }
    with st.container(border=True, key=keys.BOX_REFUSED):
        st.badge(words.get(entry.state, "Not launched"), icon=":material/block:", color="red")
        st.markdown(escape(entry.message))
        for name, messages in entry.details.items():
            st.markdown(f"{run_settings.label(name)}: {escape(' '.join(messages))}")
        st.caption("Your data and settings are still here.")


def _wait(job: Job) -> None:
    """What a rerun shows that interrupted the call: the call goes on in the run it interrupted."""
    st.info("Sending. This can take a minute for a large file.", icon=":material/send:")

    @st.fragment(run_every=0.5)
    def look() -> None:
        if job.step is not Step.SENT:
            st.rerun()

    look()
