"""Run types and statuses in words, each status with a shape of its own: nothing is only colour."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from pages._shared.plain import escape
from recast_api import Run, RunStatus, RunType

Colour = Literal["blue", "green", "red", "orange", "gray"]


@dataclass(frozen=True)
class Look:
    word: str
    icon: str
    colour: Colour


STATUSES: dict[str, Look] = {
    RunStatus.LAUNCHING: Look("Launching", ":material/rocket_launch:", "blue"),
    RunStatus.WAITING: Look("Waiting", ":material/hourglass_top:", "blue"),
    RunStatus.RUNNING: Look("Running", ":material/play_circle:", "blue"),
    RunStatus.PROCESSING: Look("Processing", ":material/settings:", "blue"),
    RunStatus.SUCCESS: Look("Success", ":material/check_circle:", "green"),
    RunStatus.ERROR: Look("Error", ":material/error:", "red"),
    RunStatus.ABORTED: Look("Aborted", ":material/cancel:", "gray"),
    RunStatus.SYNCING_FAILED: Look("Syncing failed", ":material/sync_problem:", "orange"),
}

RUN_TYPES: dict[str, str] = {
    RunType.MODEL_RUN: "Model run",
    RunType.PARAMETER_RECOVERY: "Parameter recovery",
    RunType.STABILITY_LOOP: "Stability loop",
    RunType.HOLDOUT: "Holdout",
}

SENTENCES: dict[str, str] = {
    RunType.MODEL_RUN: "A standard model run on all of the data.",
    RunType.PARAMETER_RECOVERY: "Simulates a KPI from the priors and tests whether the model recovers them.",
    RunType.STABILITY_LOOP: "Runs the model over consecutive periods to see whether its results stay stable.",
    RunType.HOLDOUT: "Holds out the last days and tests how well the model forecasts them.",
}


def run_type_word(run_type: str | None) -> str:
    """The run type in words; one that isn't known, as it came."""
    return "Type unknown" if run_type is None else RUN_TYPES.get(run_type, str(run_type))


def status_look(status: str) -> Look:
    """How a status looks; one that isn't known keeps its own name."""
    return STATUSES.get(status, Look(str(status) or "No status", ":material/help:", "gray"))


def status_badge(run: Run) -> None:
    look = status_look(run.status)
    st.badge(escape(look.word), icon=look.icon, color=look.colour)
