"""What is computed from clean data, each part once: after an edit, only what depends on it is made again.

All of it is pure, and cached for one browser session beside the data that it is about.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from recast_api import RunForm
from recast_api.clean_data import (
    CleanData,
    Comparison,
    Finding,
    NewDay,
    Profile,
    Role,
    Window,
    check_against,
    check_data,
    check_run_type,
    compare,
    held_out_windows,
    new_days,
    profile,
)


@dataclass(frozen=True)
class Roles:
    """Which column is what, as guessed or as the analyst said."""

    kpi: str | None
    of: tuple[tuple[str, Role], ...]


@dataclass(frozen=True)
class Plan:
    """The part of the settings that decides what is held out."""

    run_type: str
    holdout_days: tuple[int, ...] = ()
    n_holdout: int | None = None
    days_per_holdout: int | None = None

    @classmethod
    def of(cls, form: RunForm) -> "Plan":
        return cls(form.run_type, form.holdout_days or (), form.n_holdout, form.days_per_holdout)


def _data_key(data: CleanData) -> tuple[object, ...]:
    # Two files may be sent as the same text and still differ in what reading found, a BOM say.
    return data.sha256, data.accepted, data.encoding, tuple(finding.sentence for finding in data.findings)


_KEYS: dict[str | type[Any], Callable[[Any], Any]] = {CleanData: _data_key}
_ENTRIES = 8
_LARGE_ENTRIES = 2
"""Of what holds tables as large as the data: the data at hand, and that of a run that is looked at."""


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False, hash_funcs=_KEYS)
def findings_of_data(data: CleanData, roles: Roles) -> tuple[Finding, ...]:
    return check_data(data, kpi=roles.kpi, roles=dict(roles.of))


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False, hash_funcs=_KEYS)
def findings_against(
    data: CleanData, earlier: CleanData | None, roles: Roles, as_of: date | None
) -> tuple[Finding, ...]:
    return check_against(data, earlier, kpi=roles.kpi, roles=dict(roles.of), as_of=as_of)


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False, hash_funcs=_KEYS)
def findings_for_plan(data: CleanData, plan: Plan, roles: Roles) -> tuple[Finding, ...]:
    return check_run_type(
        data,
        plan.run_type,
        holdout_days=plan.holdout_days,
        n_holdout=plan.n_holdout,
        days_per_holdout=plan.days_per_holdout,
        kpi=roles.kpi,
        roles=dict(roles.of),
    )


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False, hash_funcs=_KEYS)
def windows(data: CleanData, plan: Plan) -> tuple[Window, ...]:
    return held_out_windows(
        data,
        run_type=plan.run_type,
        holdout_days=plan.holdout_days,
        n_holdout=plan.n_holdout,
        days_per_holdout=plan.days_per_holdout,
    )


@st.cache_resource(scope="session", max_entries=_LARGE_ENTRIES, show_spinner=False, hash_funcs=_KEYS)
def comparison(data: CleanData, earlier: CleanData) -> Comparison:
    return compare(data, earlier)


@st.cache_resource(scope="session", max_entries=_LARGE_ENTRIES, show_spinner=False, hash_funcs=_KEYS)
def profile_of(data: CleanData, roles: Roles) -> Profile:
    return profile(data, dict(roles.of), kpi=roles.kpi)


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False, hash_funcs=_KEYS)
def newest_days(data: CleanData, roles: Roles) -> tuple[NewDay, ...]:
    return new_days(data, kpi=roles.kpi, roles=dict(roles.of))
