"""The status of one run: where it stands on its way, and since when."""

from collections.abc import Sequence

import streamlit as st

from pages._shared import times, usual
from pages._shared.plain import escape
from pages._shared.run_words import status_badge, status_look
from recast_api import Run, RunStatus

_WAY = (RunStatus.LAUNCHING, RunStatus.WAITING, RunStatus.RUNNING, RunStatus.PROCESSING)


def draw_run_status(run: Run, runs: Sequence[Run]) -> None:
    """Badge, steps and times of `run`; `runs` are the ones to estimate the usual duration from."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            status_badge(run)
            st.markdown(_steps(run))
        with st.container(horizontal=True):
            st.metric("Started", times.local(run.created_at), width="content")
            st.metric(*_length(run), width="content")
        st.caption(f"Runs of this type: {usual.sentence(runs, run.run_type)}. {_times_note(run)}")


def _steps(run: Run) -> str:
    """`✓ launching › ● running › success`: five coarse states show as steps, never as a percentage."""
    last = escape(status_look(run.status if run.is_finished else RunStatus.SUCCESS).word.lower())
    steps = [_step(step, run) for step in _WAY]
    return " › ".join([*steps, f"**{last}**" if run.is_finished else f":gray[{last}]"])


def _step(step: RunStatus, run: Run) -> str:
    word = escape(status_look(step).word.lower())
    if run.is_finished:
        return f":gray[{word}]"
    if run.status == step:
        return f"**{word}**"
    reached = run.status in _WAY and _WAY.index(step) < _WAY.index(RunStatus(run.status))
    return f":gray[:material/check: {word}]" if reached else f":gray[{word}]"


def _length(run: Run) -> tuple[str, str]:
    if run.created_at is None:
        return "Elapsed", "–"
    if run.is_finished:
        return "Took", times.duration(run.updated_at - run.created_at) if run.updated_at else "–"
    return "Elapsed", times.duration(times.now() - run.created_at)


def _times_note(run: Run) -> str:
    if run.is_finished:
        return f"Last updated {times.local(run.updated_at)}."
    if run.is_in_progress:
        return "A run can't be cancelled from here."
    return "Recast doesn't document this status: the run may or may not be finished."
