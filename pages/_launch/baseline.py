"""The earlier run that the data is compared with."""

import streamlit as st

from pages._launch.entered import Entered, widget
from pages._shared import problems, queries, times
from pages._shared.connection import Connection
from pages._shared.run_words import run_type_word, status_look
from recast_api import Run, RunType
from recast_api.clean_data import CleanData


def ask(connection: Connection, entered: Entered) -> tuple[str | None, CleanData | None]:
    """The chosen run's id and its clean data; by default the latest successful run whose file holds the
    real KPI, which a parameter recovery's may not."""
    with problems.shown():
        runs = {str(run.id): run for run in queries.latest_runs(connection).items}
        if entered.baseline not in runs:
            entered.baseline = None
        suggested = next((run_id for run_id, run in runs.items() if _is_a_good_baseline(run)), None)
        wanted = entered.baseline or suggested
        run_id = st.selectbox(
            "Compare with run",
            list(runs),
            index=list(runs).index(wanted) if wanted else None,
            format_func=lambda run_id: _words(runs[run_id]),
            placeholder="No earlier run",
            **widget(entered, "baseline", entered.key("baseline")),
        )
        if run_id is not None:
            source = queries.clean_data_of(connection, run_id)
            return run_id, queries.clean_data(source)
    return None, None


def _is_a_good_baseline(run: Run) -> bool:
    return run.succeeded and run.run_type != RunType.PARAMETER_RECOVERY


def _words(run: Run) -> str:
    status = "" if run.succeeded else f" · {status_look(run.status).word.lower()}"
    return f"{run.id} · {run_type_word(run.run_type)} · {times.local(run.created_at)}{status}"
