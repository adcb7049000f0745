"""What is computed from clean data, each part once: after an edit, only what depends on it is made again.

All of it is pure, and cached for one browser session beside the data that it is about.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from recast_api import preparing
from recast_api.clean_data import (
    CleanData,
    Comparison,
    NewDay,
    Profile,
    compare,
    held_out_windows,
    new_days,
    profile,
)
from recast_api.preparing import Analysis, Roles


def _data_key(data: CleanData) -> tuple[object, ...]:
    # Two files may be sent as the same text and still differ in what reading found, a BOM say.
    return data.sha256, data.accepted, data.encoding, tuple(finding.sentence for finding in data.findings)


_KEYS: dict[str | type[Any], Callable[[Any], Any]] = {CleanData: _data_key}
_ENTRIES = 8
_LARGE_ENTRIES = 2
"""Of what holds tables as large as the data: the data at hand, and that of a run that is looked at."""


_remembered = partial(st.cache_resource, scope="session", show_spinner=False, hash_funcs=_KEYS)

findings_of_data = _remembered(max_entries=_ENTRIES)(preparing.findings_of_data)
findings_against = _remembered(max_entries=_ENTRIES)(preparing.findings_against)
findings_for_settings = _remembered(max_entries=_ENTRIES)(preparing.findings_for_settings)
windows = _remembered(max_entries=_ENTRIES)(held_out_windows)

CACHED = Analysis(of_data=findings_of_data, against=findings_against, for_settings=findings_for_settings)
"""How this app asks what `recast_api.preparing` wants to know."""


@_remembered(max_entries=_LARGE_ENTRIES)
def comparison(data: CleanData, earlier: CleanData) -> Comparison:
    return compare(data, earlier)


@_remembered(max_entries=_LARGE_ENTRIES)
def profile_of(data: CleanData, roles: Roles) -> Profile:
    return profile(data, dict(roles.of), kpi=roles.kpi)


@_remembered(max_entries=_ENTRIES)
def newest_days(data: CleanData, roles: Roles) -> tuple[NewDay, ...]:
    return new_days(data, kpi=roles.kpi, roles=dict(roles.of))
