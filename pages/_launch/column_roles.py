"""Which column is the KPI and which are spend: guessed from names, said by the analyst, remembered."""

from typing import cast

import streamlit as st

from pages._shared.analysis import Roles
from pages._shared.connection import Connection
from recast_api.clean_data import CleanData, Role, guess_roles, suggest_kpi
from recast_api.journal import JournalError

_KPIS = "kpi_by_client"


def ask_kpi(connection: Connection, data: CleanData) -> str | None:
    """The KPI column: what was said for this client before, else what the names suggest."""
    columns = list(guess_roles(data, None))
    remembered = _remembered(connection)
    kpi = remembered if remembered in columns else suggest_kpi(data)
    chosen = st.selectbox(
        "KPI column",
        columns,
        index=columns.index(kpi) if kpi in columns else None,
        placeholder="Which column is the KPI?",
        # A widget of its own for each set of columns: its value must be one of them.
        key=f"launch_kpi_{hash(tuple(columns))}",
    )
    if chosen and chosen != kpi:
        st.session_state.setdefault(_KPIS, {})[connection.client_slug] = chosen
    return chosen


def ask_roles(data: CleanData, kpi: str | None) -> Roles:
    """The roles of all number columns; what isn't KPI and isn't spend is something else."""
    guessed = guess_roles(data, kpi)
    others = [name for name, role in guessed.items() if role is not Role.KPI]
    with st.expander(f"Columns: {len(others)} beside the KPI", icon=":material/view_column:"):
        spend = st.multiselect(
            "Spend columns",
            others,
            default=[name for name in others if guessed[name] is Role.SPEND],
            key=f"launch_spend_{hash(tuple(guessed.items()))}",
        )
        st.caption("All others are context, such as price or a promotion's dummy.")
    roles = {name: Role.SPEND if name in spend else Role.OTHER for name in others}
    return Roles(kpi, tuple((roles | ({kpi: Role.KPI} if kpi else {})).items()))


def _remembered(connection: Connection) -> str | None:
    """What was said in this session, else what the last launch for this client was made with."""
    said = cast("dict[str, str]", st.session_state.get(_KPIS, {}))
    if kpi := said.get(connection.client_slug):
        return kpi
    try:
        return connection.journal.last_kpi(
            connection.owner, connection.client.base_url, connection.client_slug
        )
    except JournalError:  # a suggestion is no reason to stop: what stops the launch is said below
        return None
