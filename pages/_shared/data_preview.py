"""Clean data to look at: shape and span, KPI and spend over time, rows, columns."""

import pandas as pd
import streamlit as st

from pages._shared import charts
from pages._shared.data_facts import facts_of
from recast_api.clean_data import CleanData, Role, guess_roles, suggest_kpi

_ENDS = 5
"""Rows shown from either end: enough to see the format and whether the last days are in."""


def draw(data: CleanData) -> None:
    """Everything there is to see of `data`. Where that is nothing, its findings say why."""
    if data.frame.empty:
        st.caption("There are no rows to show.")
        return
    _shape(data)
    chart, rows, columns = st.tabs(["Over time", "First and last rows", "Columns"])
    with chart:
        _over_time(data)
    with rows:
        _rows(data)
    with columns:
        _columns(data)


def _shape(data: CleanData) -> None:
    facts = facts_of(data)
    metrics = {
        "Rows": f"{facts.row_count:,}",
        "Columns": f"{facts.column_count:,}",
        "First day": str(facts.first_day or "–"),
        "Last day": str(facts.last_day or "–"),
        "Missing values": f"{int(data.frame.isna().sum().sum()):,}",
    }
    with st.container(horizontal=True, gap="medium"):
        for label, value in metrics.items():
            st.metric(label, value, width="content")


def _over_time(data: CleanData) -> None:
    kpi = suggest_kpi(data)
    roles = guess_roles(data, kpi)
    spend = [column for column, role in roles.items() if role == Role.SPEND]
    if data.date_column is None or not (kpi or spend):
        st.caption("A chart needs a date column and a column of numbers.")
        return
    days = data.frame[[data.date_column]].rename(columns={data.date_column: "day"})
    if kpi:
        frame = days.assign(value=data.frame[kpi])
        st.altair_chart(charts.over_time(frame, date="day", value="value", title=f"KPI: {kpi}"))
    if spend:
        frame = days.assign(value=data.frame[spend].sum(axis=1))
        title = f"Total spend over {len(spend)} columns"
        st.altair_chart(charts.over_time(frame, date="day", value="value", title=title, filled=True))


def _rows(data: CleanData) -> None:
    frame = data.frame
    shown = frame if len(frame) <= 2 * _ENDS else pd.concat([frame.head(_ENDS), frame.tail(_ENDS)])
    lines = pd.Series(data.lines, index=frame.index, name="line")
    shown = _dates_as_text(data, shown).set_index(lines.loc[shown.index])
    st.dataframe(shown, width="stretch", row_height=30)
    st.caption(f"The first and the last {_ENDS} of {len(frame):,} rows, with their line in the file.")


def _dates_as_text(data: CleanData, frame: pd.DataFrame) -> pd.DataFrame:
    if data.date_column is None:
        return frame
    return frame.assign(**{data.date_column: frame[data.date_column].dt.strftime("%Y-%m-%d")})


def _columns(data: CleanData) -> None:
    frame = data.frame
    missing = frame.isna().sum()
    table = pd.DataFrame(
        {
            "column": list(frame.columns),
            "type": [str(kind) for kind in frame.dtypes],
            "missing": missing.to_numpy(),
            "share missing": (missing / len(frame)).to_numpy(),
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        row_height=30,
        column_config={"share missing": st.column_config.NumberColumn(format="percent")},
    )
