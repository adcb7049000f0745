"""Step 4: exactly what goes, what speaks against it, and what became of it."""

from functools import partial

import streamlit as st

from pages._launch import guards, job, request_preview
from pages._launch.draft import Draft
from pages._launch.guards import Verdict
from pages._launch.job import Job, Step
from pages._shared import budget, problems, queries, run_settings, unknown_launch
from pages._shared.connection import Connection
from pages._shared.plain import escape
from recast_api.journal import Entry, State


def draw(connection: Connection, draft: Draft) -> None:
    """Preview, guards, button, outcome; a launched run's own page comes next."""
    with st.container(border=True, key="step_send"):
        st.subheader("4 · Send", anchor=False)
        if draft.form is None:
            _say_what_is_missing(draft)
        else:
            request_preview.draw(connection, draft.form)
        _button(draft, _ask(connection, draft))
        if (now := job.current()) is not None:
            _carry_on(connection, draft, now)


def _say_what_is_missing(draft: Draft) -> None:
    if draft.waits_for:
        st.caption(f"Waits for {' and '.join(draft.waits_for)}.")
    elif draft.problems:
        st.caption("Waits for the settings above to be put right.")


def _ask(connection: Connection, draft: Draft) -> Verdict:
    """What is known of other launches, and what this one needs. What can't be asked stops the launch."""
    with problems.shown():
        unknown_launch.draw(connection, partial(guards.offer_resend, draft.form))
        if draft.form is not None:
            budget.draw(connection)
            return guards.ask(connection, draft)
    return Verdict(may_go=False)


def _button(draft: Draft, verdict: Verdict) -> None:
    now = job.current()
    note = None
    if draft.form is not None:
        note = st.text_input("Note for the journal", key="launch_note", placeholder="optional")
    st.button(
        "Launch run",
        type="primary",
        icon=":material/rocket_launch:",
        disabled=not verdict.may_go or (now is not None and now.is_open),
        on_click=job.claim,
        args=(draft.form, verdict.reasons),
        kwargs={"note": (note or "").strip()},
    )


def _carry_on(connection: Connection, draft: Draft, now: Job) -> None:
    match now.step:
        case Step.CLAIMED:
            job.send(connection, draft, now)
            st.rerun()
        case Step.SENT:
            _wait(now)
        case Step.CHANGED:
            st.warning(
                "The settings changed while you pressed the button, so nothing was sent. "
                "This is what would go now; press Launch run again.",
                icon=":material/edit_note:",
            )
        case Step.BROKEN_OFF:
            st.error(
                "This program failed while it was sending. The journal says what became of the launch.",
                icon=":material/error:",
            )
        case Step.REFUSED if now.error is not None and now.form == draft.form:
            st.markdown("Nothing was sent.")
            problems.draw(now.error)
        case Step.DONE if now.entry is not None:
            _outcome(connection, draft, now.entry)


def _outcome(connection: Connection, draft: Draft, sent: Entry) -> None:
    # It may have been found, or given up, since it was sent.
    entry = connection.journal.entry(connection.owner, sent.id) or sent
    if entry.run_id is not None:
        job.forget()
        queries.forget_estimates()
        st.switch_page("pages/run.py", query_params={"run": str(entry.run_id)})
    elif (now := job.current()) is not None and now.form == draft.form and not entry.state.is_open:
        _refused(entry)


def _refused(entry: Entry) -> None:
    said = {
        State.REJECTED: "The API did not take this launch: there is no run",
        State.NOT_SENT: "This launch was not sent: there is no run",
        State.GIVEN_UP: "You stopped looking for this launch",
    }
    with st.container(border=True, key="launch_refused"):
        st.badge(said.get(entry.state, "Not launched"), icon=":material/block:", color="red")
        st.markdown(escape(entry.message))
        for name, messages in entry.details.items():
            st.markdown(f"{run_settings.label(name)}: {escape(' '.join(messages))}")
        st.caption("Your data and settings are still here.")


def _wait(now: Job) -> None:
    """What a rerun shows that interrupted the call: the call goes on in the run it interrupted."""
    st.info("Sending. This can take a minute for a large file.", icon=":material/send:")

    @st.fragment(run_every=0.5)
    def look() -> None:
        if now.step is not Step.SENT:
            st.rerun()

    look()
