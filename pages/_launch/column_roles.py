"""Which column is the KPI and which are spend: guessed from names, chosen by the analyst, remembered."""

import streamlit as st

from pages._launch.entered import Entered, FileChoices, widget
from pages._shared.connection import Connection
from pages._shared.plain import escape
from recast_api.clean_data import CleanData, Role, guess_roles, suggest_kpi
from recast_api.clean_data.sentences import counted
from recast_api.journal import JournalError
from recast_api.preparing import Roles


def ask_kpi(connection: Connection, entered: Entered, choices: FileChoices, data: CleanData) -> str | None:
    """The KPI column: what was chosen for this client before, else what the names suggest."""
    columns = list(guess_roles(data, None))
    if choices.kpi not in columns:
        choices.kpi = None
    remembered = next((kpi for kpi in (entered.kpi, _of_last_launch(connection)) if kpi in columns), None)
    kpi = choices.kpi or remembered or suggest_kpi(data)
    chosen = st.selectbox(
        "KPI column",
        columns,
        index=columns.index(kpi) if kpi else None,
        placeholder="Which column is the KPI?",
        # A widget of its own for each file and set of columns: its value must be one of them.
        **widget(choices, "kpi", entered.key("kpi", data.sha256, columns)),
    )
    if choices.kpi:
        entered.kpi = choices.kpi
    return chosen


def ask_roles(entered: Entered, choices: FileChoices, data: CleanData, kpi: str | None) -> Roles:
    """The roles of all number columns; what isn't KPI and isn't spend is something else."""
    guessed = guess_roles(data, kpi)
    others = [name for name, role in guessed.items() if role is not Role.KPI]
    suggested = [name for name in others if guessed[name] is Role.SPEND]
    wanted = suggested if choices.spend is None else choices.spend
    with st.expander(escape(counted(len(others), "other column")), icon=":material/view_column:"):
        spend = st.multiselect(
            "Spend columns",
            others,
            default=[name for name in wanted if name in others],
            **widget(choices, "spend", entered.key("spend", data.sha256, others)),
        )
        st.caption("All others are context variables, such as a price or a promotion dummy.")
    roles = {name: Role.SPEND if name in spend else Role.OTHER for name in others}
    return Roles(kpi, tuple((roles | ({kpi: Role.KPI} if kpi else {})).items()))


def _of_last_launch(connection: Connection) -> str | None:
    try:
        return connection.journal.last_kpi(
            connection.owner, connection.client.base_url, connection.client_slug
        )
    except JournalError:  # a suggestion is no reason to stop: what stops the launch is said below
        return None
