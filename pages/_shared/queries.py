"""Every question the pages ask of the API, and the only cache of its answers.

All of it is cached for one browser session (`scope="session"`): an answer that one visitor's token
fetched is never shown to another. `Connection.key` stands for the connection in the cache keys.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import streamlit as st

from pages._shared.connection import Connection
from pages._shared.source import Source
from recast_api import Run, RunForm, RunPage
from recast_api.clean_data import CleanData, read
from recast_api.journal import Usage

# Shorter than any polling interval: it spares the API the reruns of a person clicking about, and
# never shows a status that the next look would still show.
_FRESH = timedelta(seconds=1.5)

# Both read the whole recent list; a launch of this session's own clears them (see `forget_estimates`).
_ESTIMATE = timedelta(seconds=15)

# A run's clean data does not change. As many files as there are on one page and on the next: the data at
# hand, the earlier run's, and that of a run that is looked at.
_FILES = 3

_LARGEST_PAGE = 100

_KEYS: dict[str | type[Any], Callable[[Any], Any]] = {
    Connection: lambda connection: connection.key,
    Source: lambda source: source.sha256,
    RunForm: lambda form: (form.run_type, form.google_sheet_priors_url, hash(form.clean_data)),
}


@st.cache_data(scope="session", ttl=_FRESH, max_entries=20, show_spinner=False, hash_funcs=_KEYS)
def runs_page(connection: Connection, page: int = 1, per_page: int = 25) -> RunPage:
    """One page of the run list, as served."""
    return connection.client.runs.list(page=page, per_page=per_page)


def latest_runs(connection: Connection) -> RunPage:
    """The largest first page there is: what is running, the latest runs, usual durations."""
    return runs_page(connection, 1, _LARGEST_PAGE)


@st.cache_data(scope="session", ttl=_FRESH, max_entries=20, show_spinner=False, hash_funcs=_KEYS)
def run(connection: Connection, run_id: str) -> Run:
    """One run with its form."""
    return connection.client.runs.get(run_id)


@st.cache_data(scope="session", ttl=_ESTIMATE, max_entries=2, show_spinner=False, hash_funcs=_KEYS)
def usage(connection: Connection) -> Usage:
    """What is used of the API's limits, from the run list and the journal."""
    return connection.launcher.usage()


def forget_estimates() -> None:
    """To be called when this session has launched something."""
    usage.clear()
    similar_runs.clear()


@st.cache_data(scope="session", ttl=_ESTIMATE, max_entries=4, show_spinner=False, hash_funcs=_KEYS)
def similar_runs(connection: Connection, form: RunForm) -> list[Run]:
    """Recent runs of the form's type that the journal knows nothing about."""
    return connection.launcher.similar_runs(form)


# Resources, not data, below: tens of megabytes are shared with later reruns, never copied.


@st.cache_resource(
    scope="session", max_entries=_FILES, show_spinner="Fetching the clean data", hash_funcs=_KEYS
)
def clean_data_of(connection: Connection, run_id: str) -> Source:
    """The clean data that a run was trained on, exactly as served, under the name it is downloaded by."""
    served = connection.client.runs.download_clean_data(run_id)
    return Source(f"clean_data_{connection.client_slug}_{run_id}.csv", served)


@st.cache_resource(
    scope="session", max_entries=_FILES, show_spinner="Reading the clean data", hash_funcs=_KEYS
)
def clean_data(source: Source, fixes: tuple[str, ...] = (), sheet: str | None = None) -> CleanData:
    """`source` read, of a workbook the sheet that was chosen, with the accepted fixes applied."""
    data = read(source.data, fixes=fixes, sheet=sheet)
    source.share(data.text)
    return data
