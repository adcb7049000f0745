"""Step 3: the run type and the fields that it needs, each with what is wrong about it right below."""

import re
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._launch import held_out
from pages._launch.checked import Checked
from pages._launch.draft import Draft, Problems, draft
from pages._launch.entered import Entered, widget
from pages._shared import keys
from pages._shared.plain import escape
from pages._shared.run_words import RUN_TYPES, SENTENCES
from recast_api import RunType
from recast_api.sheets import LONGEST_URL, SheetForm, plain_address, sheet_form

# No history has a million days, and Python refuses to read numbers of thousands of digits.
_NUMBER = re.compile("[0-9]{1,6}")
_LONGEST_LIST = 800
"""Characters: a hundred numbers of six digits, parted by two."""


def ask(checked: Checked | None, entered: Entered) -> Draft:
    """The form that the fields and the data make, and what is found for its run type."""
    slots: dict[str, DeltaGenerator] = {}
    with st.container(border=True, key=keys.BOX_SETTINGS):
        st.subheader("3 · Settings", anchor=False)
        fields: dict[str, Any] = {"run_type": _run_type(entered)}
        slots["run_type"] = st.container()
        problems: Problems = {}
        if fields["run_type"] == RunType.STABILITY_LOOP:
            fields |= _stability_loop(entered, slots)
        elif fields["run_type"] == RunType.HOLDOUT:
            fields["holdout_days"], problems = _holdout_days(entered, slots)
        fields["google_sheet_priors_url"] = _priors_url(entered, slots)
        result = draft(checked, fields, problems)
        _say(slots, result.problems)
        _say(slots, _said_by_the_api(entered, result))
        held_out.draw_held_out(checked, result)
    return result


def _say(slots: dict[str, DeltaGenerator], problems: Problems) -> None:
    for name, messages in problems.items():
        for message in messages if name in slots else ():
            slots[name].error(escape(message), icon=":material/error:")


def _said_by_the_api(entered: Entered, result: Draft) -> Problems:
    """What the API said about the fields of this very form when it was sent last."""
    last = entered.job
    if last is None or last.entry is None or last.form != result.form:
        return {}
    return last.entry.details


def _run_type(entered: Entered) -> str:
    run_type: str = st.radio(
        "Run type",
        list(RUN_TYPES),
        index=list(RUN_TYPES).index(entered.run_type),
        format_func=RUN_TYPES.__getitem__,
        captions=[SENTENCES[name] for name in RUN_TYPES],
        **widget(entered, "run_type", entered.key("run_type")),
    )
    return run_type


def _priors_url(entered: Entered, slots: dict[str, DeltaGenerator]) -> str:
    url = st.text_input(
        "Prior settings Google Sheet URL",
        entered.priors_url,
        placeholder="https://docs.google.com/spreadsheets/d/…/edit",
        max_chars=LONGEST_URL,
        **widget(entered, "priors_url", entered.key("priors_url")),
    )
    slots["google_sheet_priors_url"] = st.container()
    _offer_plain_address(entered, url or "")
    return url or ""


def _offer_plain_address(entered: Entered, url: str) -> None:
    """What a browser shows to somebody with several accounts isn't the form that the API's makers show."""
    plain = plain_address(url)
    if plain is None or sheet_form(url) in (None, SheetForm.PLAIN):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"The sheet's plain address is {escape(plain)}", width="content")
        st.button(
            "Use the plain address",
            icon=":material/link:",
            type="tertiary",
            key=entered.key("plain_address"),
            on_click=entered.change,
            kwargs={"priors_url": plain},
        )


def _stability_loop(entered: Entered, slots: dict[str, DeltaGenerator]) -> dict[str, int]:
    with st.container(horizontal=True):
        periods = st.number_input(
            "Stability loop periods",
            1,
            None,
            entered.n_holdout,
            **widget(entered, "n_holdout", entered.key("n_holdout")),
        )
        days = st.number_input(
            "Days per period",
            1,
            None,
            entered.days_per_holdout,
            **widget(entered, "days_per_holdout", entered.key("days_per_holdout")),
        )
    slots["n_holdout"] = slots["days_per_holdout"] = st.container()
    return {"n_holdout": periods, "days_per_holdout": days}


def _holdout_days(entered: Entered, slots: dict[str, DeltaGenerator]) -> tuple[list[int], Problems]:
    text = st.text_input(
        "Holdout days",
        entered.holdout_days,
        max_chars=_LONGEST_LIST,
        **widget(entered, "holdout_days", entered.key("holdout_days")),
    )
    st.caption(
        "Parted by commas, semicolons or blanks; each number is one test that leaves out that many "
        "of the last days."
    )
    slots["holdout_days"] = st.container()
    parts = [part for part in re.split(r"[\s,;]+", text or "") if part]
    wrong = [part for part in parts if not _NUMBER.fullmatch(part)]
    if parts and not wrong:
        return [int(part) for part in parts], {}
    what = f"“{', '.join(wrong)[:60]}” is not" if wrong else "there is nothing in the field, which takes"
    return [], {"holdout_days": (f"Holdout days: {what} a list of whole numbers such as 14, 28, 42.",)}
