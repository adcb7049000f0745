"""Step 3: the run type and the fields that it needs, each with what is wrong about it right below."""

import re
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._launch import held_out, job
from pages._launch.checked import Checked
from pages._launch.draft import Draft, Problems, draft
from pages._shared.plain import escape
from pages._shared.run_words import RUN_TYPES, SENTENCES
from recast_api import RunType

# The values of the API's own example.
_PERIODS, _DAYS_PER_PERIOD, _HOLDOUT_DAYS = 6, 30, "14, 28, 42"

# No history has a million days, and Python refuses to read numbers of thousands of digits.
_NUMBER = re.compile("[0-9]{1,6}")


def ask(checked: Checked | None) -> Draft:
    """The form that the fields and the data make, and what is found for its run type."""
    slots: dict[str, DeltaGenerator] = {}
    with st.container(border=True, key="step_settings"):
        st.subheader("3 · Settings", anchor=False)
        fields: dict[str, Any] = {"run_type": _run_type()}
        slots["run_type"] = st.container()
        problems: Problems = {}
        if fields["run_type"] == RunType.STABILITY_LOOP:
            fields |= _stability_loop(slots)
        elif fields["run_type"] == RunType.HOLDOUT:
            fields["holdout_days"], problems = _holdout_days(slots)
        fields["google_sheet_priors_url"] = _priors_url(slots)
        result = draft(checked, fields, problems)
        _say(slots, result.problems)
        _say(slots, _said_by_the_api(result))
        held_out.draw(checked, result)
    return result


def _say(slots: dict[str, DeltaGenerator], problems: Problems) -> None:
    for name, messages in problems.items():
        for message in messages if name in slots else ():
            slots[name].error(escape(message), icon=":material/error:")


def _said_by_the_api(result: Draft) -> Problems:
    """What the API said about the fields of this very form when it was sent last."""
    last = job.current()
    if last is None or last.entry is None or last.form != result.form:
        return {}
    return last.entry.details


def _run_type() -> str:
    return st.radio(
        "Run type",
        list(RUN_TYPES),
        format_func=RUN_TYPES.__getitem__,
        captions=[SENTENCES[name] for name in RUN_TYPES],
        key="launch_run_type",
        persist_state="session",
    )


def _priors_url(slots: dict[str, DeltaGenerator]) -> str:
    url = st.text_input(
        "Prior settings Google Sheet URL",
        key="launch_priors_url",
        placeholder="https://docs.google.com/spreadsheets/d/…/edit",
        persist_state="session",
    )
    slots["google_sheet_priors_url"] = st.container()
    return url or ""


def _stability_loop(slots: dict[str, DeltaGenerator]) -> dict[str, int]:
    with st.container(horizontal=True):
        periods = st.number_input(
            "Stability loop periods", 1, None, _PERIODS, key="launch_n_holdout", persist_state="session"
        )
        days = st.number_input(
            "Days per period",
            1,
            None,
            _DAYS_PER_PERIOD,
            key="launch_days_per_holdout",
            persist_state="session",
        )
    slots["n_holdout"] = slots["days_per_holdout"] = st.container()
    return {"n_holdout": periods, "days_per_holdout": days}


def _holdout_days(slots: dict[str, DeltaGenerator]) -> tuple[list[int], Problems]:
    text = st.text_input("Holdout days", _HOLDOUT_DAYS, key="launch_holdout_days", persist_state="session")
    st.caption("Comma-separated; each number is one test that leaves out that many of the last days.")
    slots["holdout_days"] = st.container()
    parts = [part.strip() for part in (text or "").split(",") if part.strip()]
    wrong = [part for part in parts if not _NUMBER.fullmatch(part)]
    if parts and not wrong:
        return [int(part) for part in parts], {}
    what = f"“{', '.join(wrong)[:60]}” is not" if wrong else "there is nothing in the field, which takes"
    return [], {"holdout_days": (f"Holdout days: {what} a list of whole numbers such as 14, 28, 42.",)}
