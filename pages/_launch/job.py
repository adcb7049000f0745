"""The launch under way in this browser session: claimed by a click, sent by one run of the script.

The job is a plain object that nothing of Streamlit's touches between the claim and the stored outcome.
So a second click finds the job taken, and a rerun that interrupts the call can't lose its answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import cast
from uuid import uuid4

import streamlit as st

from pages._launch.draft import Draft
from pages._shared.connection import Connection
from recast_api import RecastError, RunForm
from recast_api.journal import Entry

_JOB = "launch_job"


class Step(Enum):
    CLAIMED = auto()
    SENT = auto()
    DONE = auto()
    REFUSED = auto()
    """Nothing was sent, and `Job.error` says why."""
    CHANGED = auto()
    """Nothing was sent, because the form was no longer the one that was shown."""
    BROKEN_OFF = auto()
    """This program failed; the journal says how far it got."""


@dataclass
class Job:
    """One press of the button."""

    form: RunForm
    reasons: Mapping[str, str]
    note: str = ""
    resend_of: Entry | None = None
    """The unknown launch that this one replaces, where a person said so."""
    ticket: str = field(default_factory=lambda: uuid4().hex)
    """The journal takes a ticket once, whatever happens to this session."""
    step: Step = Step.CLAIMED
    entry: Entry | None = None
    error: RecastError | None = None

    @property
    def is_open(self) -> bool:
        return self.step in (Step.CLAIMED, Step.SENT)


def current() -> Job | None:
    return cast("Job | None", st.session_state.get(_JOB))


def claim(
    form: RunForm, reasons: Mapping[str, str], *, note: str = "", resend_of: Entry | None = None
) -> None:
    """Take the job, with the form as it was shown when the button was pressed."""
    job = current()
    if job is None or not job.is_open:
        st.session_state[_JOB] = Job(form, dict(reasons), note=note, resend_of=resend_of)


def forget() -> None:
    st.session_state[_JOB] = None


def send(connection: Connection, draft: Draft, job: Job) -> None:
    """Send once. Until the outcome is stored nothing of Streamlit's is called: it could interrupt."""
    job.step = Step.SENT  # by exactly one run of the script
    if draft.form != job.form:
        job.step = Step.CHANGED
        return
    try:
        job.entry = _launch(connection, draft, job)
        job.step = Step.DONE
    except RecastError as error:
        job.error = error
        job.step = Step.REFUSED
    except BaseException:  # else the page would say "sending" for ever
        job.step = Step.BROKEN_OFF
        raise


def _launch(connection: Connection, draft: Draft, job: Job) -> Entry:
    if job.resend_of is not None:
        return connection.launcher.resend(job.resend_of, job.form)
    return connection.launcher.launch(
        job.form, ticket=job.ticket, facts=draft.facts, note=job.note, reasons=job.reasons
    )
