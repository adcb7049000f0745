"""Step 3: the run type and the fields that it needs, each with what is wrong about it right below."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._launch import fields, held_out
from pages._launch.entered import Entered, widget
from pages._shared import analysis, keys
from pages._shared.plain import escape
from pages._shared.run_words import RUN_TYPES, SENTENCES
from recast_api.clean_data import Settings
from recast_api.preparing import Checked, Draft, Problems, draw_up
from recast_api.sheets import LONGEST_URL, SheetForm, plain_address, sheet_form


def ask(checked: Checked | None, entered: Entered) -> Draft:
    """The form that the fields and the data make, and what is found for its settings."""
    slots: dict[str, DeltaGenerator] = {}
    with st.container(border=True, key=keys.BOX_SETTINGS):
        st.subheader("3 · Settings", anchor=False)
        run_type = _run_type(entered)
        slots["run_type"] = st.container()
        values, problems = fields.ask(entered, run_type)
        slots |= dict.fromkeys(values, st.container())
        priors_url = _priors_url(entered, slots)
        settings = Settings(run_type, **values)
        draft = draw_up(checked, settings, priors_url, problems=problems, analysis=analysis.CACHED)
        _show_problems(slots, draft.problems)
        _show_problems(slots, _problems_by_the_api(entered, draft))
        held_out.draw_held_out(checked, draft)
    return draft


def _show_problems(slots: dict[str, DeltaGenerator], problems: Problems) -> None:
    for name, messages in problems.items():
        for message in messages if name in slots else ():
            slots[name].error(escape(message), icon=":material/error:")


def _problems_by_the_api(entered: Entered, draft: Draft) -> Problems:
    """What the API said about the fields of this very form when it was sent last."""
    last = entered.job
    if last is None or last.entry is None or last.form != draft.form:
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
