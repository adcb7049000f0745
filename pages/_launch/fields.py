"""The form's optional fields: how each is asked for, and what is in it to begin with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import streamlit as st

from pages._launch.entered import Entered, widget
from pages._shared.plain import escape
from recast_api import RunForm
from recast_api.preparing import Problems

_TITLES = RunForm.titles()

# No history has a million days, and Python refuses to read numbers of thousands of digits.
_NUMBER = re.compile("[0-9]{1,6}")
_LONGEST_LIST = 800
"""Characters: a hundred numbers of six digits, each with a comma and a space."""


class Field(Protocol):
    """One way to ask for a value."""

    @property
    def hint(self) -> str:
        """A line below the field; empty for none."""

    def ask(self, entered: Entered, name: str) -> tuple[Any, str]:
        """The value as the form takes it, and a sentence where it isn't one."""


@dataclass(frozen=True)
class WholeNumber:
    """A whole number from 1 on."""

    first: int | None
    """What is in the field to begin with; None for nothing, and then it is sent only when filled in."""
    hint: str = ""

    def ask(self, entered: Entered, name: str) -> tuple[int | None, str]:
        value: int | None = st.number_input(
            escape(_TITLES[name]),
            1,
            None,
            entered.optional.setdefault(name, self.first),
            **widget(entered.optional, name, entered.key(name)),
        )
        return value, ""


@dataclass(frozen=True)
class WholeNumbers:
    """A list of whole numbers, typed as people do."""

    first: str
    """What is in the field to begin with; an example too."""
    hint: str = ""

    def ask(self, entered: Entered, name: str) -> tuple[list[int], str]:
        text = st.text_input(
            escape(_TITLES[name]),
            entered.optional.setdefault(name, self.first),
            max_chars=_LONGEST_LIST,
            **widget(entered.optional, name, entered.key(name)),
        )
        parts = [part for part in re.split(r"[\s,;]+", text or "") if part]
        wrong = [part for part in parts if not _NUMBER.fullmatch(part)]
        if parts and not wrong:
            return [int(part) for part in parts], ""
        what = f"“{', '.join(wrong)[:60]}” is not" if wrong else "there is nothing in the field, which takes"
        return [], f"{_TITLES[name]}: {what} a list of whole numbers such as {self.first}."


# What is in them to begin with are the values of the API document's own example.
FIELDS: Mapping[str, Field] = {
    "n_holdout": WholeNumber(6),
    "days_per_holdout": WholeNumber(30),
    "holdout_days": WholeNumbers(
        "14, 28, 42",
        "Separate the numbers with commas, semicolons or spaces. Each is one test that leaves out that many "
        "of the last days.",
    ),
}
"""By the API's name."""


def ask(entered: Entered, run_type: str) -> tuple[dict[str, Any], Problems]:
    """The values of the optional fields that the run type uses, and what is wrong with those typed."""
    names = RunForm.optional_fields(run_type)
    values: dict[str, Any] = {}
    problems: dict[str, tuple[str, ...]] = {}
    with st.container(horizontal=True):
        for name in names:
            values[name], wrong = FIELDS[name].ask(entered, name)
            if wrong:
                problems[name] = (wrong,)
    for name in names:
        if FIELDS[name].hint:
            st.caption(escape(FIELDS[name].hint))
    return values, problems
