"""The last step: exactly what goes, and sending it once.

The button's callback claims the job before the page runs again, and the job is a plain dict that
nothing of Streamlit's touches between the claim and the stored outcome. So a second click finds the
job taken, and a rerun that interrupts the call can't lose its answer.
"""

from typing import Any
from uuid import uuid4

import streamlit as st

from pages._launch import request_preview
from pages._launch.draft import Draft
from pages._shared import problems
from pages._shared.connection import Connection
from recast_api import RecastError, RunForm

_JOB = "launch_job"
_OPEN = ("claimed", "sent")


def draw(connection: Connection, draft: Draft) -> None:
    """Preview, button, and the outcome; a launched run's own page comes next."""
    with st.container(border=True, key="step_send"):
        st.subheader("4 · Send", anchor=False)
        job: dict[str, Any] = st.session_state.get(_JOB) or {}
        if draft.form is None:
            _say_what_is_missing(draft)
        else:
            request_preview.draw(connection, draft.form)
        st.button(
            "Launch run",
            type="primary",
            icon=":material/rocket_launch:",
            disabled=draft.form is None or job.get("state") in _OPEN,
            on_click=_claim,
            args=(draft.form,),
        )
        _carry_on(connection, draft, job)


def _say_what_is_missing(draft: Draft) -> None:
    if draft.waits_for:
        st.caption(f"Waits for {' and '.join(draft.waits_for)}.")
    elif draft.problems:
        st.caption("Waits for the settings above to be put right.")


def _claim(form: RunForm) -> None:
    """Take the job, with the form as it was shown when the button was pressed."""
    if (st.session_state.get(_JOB) or {}).get("state") not in _OPEN:
        st.session_state[_JOB] = {"id": uuid4().hex, "state": "claimed", "form": form}


def _carry_on(connection: Connection, draft: Draft, job: dict[str, Any]) -> None:
    match job.get("state"):
        case "claimed":
            job["state"] = "sent"  # by exactly one run of the script
            _send(connection, draft, job)
            st.rerun()
        case "sent":
            _wait(job)
        case "launched":
            st.session_state[_JOB] = None
            st.switch_page("pages/run.py", query_params={"run": str(job["run_id"])})
        case "changed":
            st.warning(
                "The settings changed while you pressed the button, so nothing was sent. "
                "This is what would go now; press Launch run again.",
                icon=":material/edit_note:",
            )
        case "failed":
            problems.draw(job["error"])


def _send(connection: Connection, draft: Draft, job: dict[str, Any]) -> None:
    """POST once. Until the outcome is stored nothing of Streamlit's is called: it could interrupt."""
    if draft.form is None or draft.form != job["form"]:
        job["state"] = "changed"
        return
    try:
        job["run_id"] = connection.client.runs.launch(job["form"])
        job["state"] = "launched"
    except RecastError as error:
        job["error"] = error
        job["state"] = "failed"


def _wait(job: dict[str, Any]) -> None:
    """What a rerun shows that interrupted the call: the call goes on in the run it interrupted."""
    st.info("Sending. This can take a minute for a large file.", icon=":material/send:")

    @st.fragment(run_every=0.5)
    def look() -> None:
        if job["state"] != "sent":
            st.rerun()

    look()
