"""The settings step: the run type and the fields that it needs."""

from typing import Any

import streamlit as st

from pages._launch.draft import Draft, draft
from pages._shared.plain import escape
from pages._shared.run_words import RUN_TYPES, SENTENCES
from recast_api import RunType
from recast_api.clean_data import CleanData

# The values of the API's own example.
_PERIODS, _DAYS_PER_PERIOD, _HOLDOUT_DAYS = 6, 30, "14, 28, 42"


def ask(data: CleanData | None) -> Draft:
    """The fields, each with what is wrong about it right below."""
    with st.container(border=True, key="step_settings"):
        st.subheader("3 · Settings", anchor=False)
        fields: dict[str, Any] = {"run_type": _run_type(), "clean_data": data.text if data else ""}
        unreadable: dict[str, tuple[str, ...]] = {}
        extra = st.container()
        fields["google_sheet_priors_url"] = st.text_input(
            "Prior settings Google Sheet URL",
            key="launch_priors_url",
            placeholder="https://docs.google.com/spreadsheets/d/…/edit",
            persist_state="session",
        )
        with extra:
            if fields["run_type"] == RunType.STABILITY_LOOP:
                fields |= _stability_loop()
            elif fields["run_type"] == RunType.HOLDOUT:
                fields["holdout_days"], unreadable = _holdout_days()
        result = draft(fields, unreadable)
        for messages in result.problems.values():
            for message in messages:
                st.error(escape(message), icon=":material/error:")
    return result


def _run_type() -> str:
    return st.radio(
        "Run type",
        list(RUN_TYPES),
        format_func=RUN_TYPES.__getitem__,
        captions=[SENTENCES[name] for name in RUN_TYPES],
        key="launch_run_type",
        persist_state="session",
    )


def _stability_loop() -> dict[str, int]:
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
    return {"n_holdout": periods, "days_per_holdout": days}


def _holdout_days() -> tuple[list[int], dict[str, tuple[str, ...]]]:
    text = st.text_input(
        "Holdout days",
        _HOLDOUT_DAYS,
        key="launch_holdout_days",
        persist_state="session",
    )
    st.caption("Comma-separated; each number is one test that leaves out that many of the last days.")
    parts = [part.strip() for part in (text or "").split(",") if part.strip()]
    wrong = [part for part in parts if not part.isascii() or not part.isdigit()]
    if not parts or wrong:
        what = f"“{', '.join(wrong)}” is not" if wrong else "There is nothing in it: it takes"
        return [], {"holdout_days": (f"Holdout days: {what} a list of whole numbers such as 14, 28, 42.",)}
    return [int(part) for part in parts], {}
