"""Clean data to look at and to show to a client: shape, KPI and spend over time, columns, rows."""

from typing import Any

import pandas as pd
import streamlit as st

from pages._shared import analysis, charts, keys
from pages._shared.plain import escape
from recast_api.clean_data import CleanData, Profile
from recast_api.clean_data.sentences import counted
from recast_api.preparing import Roles, facts_of

_ENDS = 5
"""Rows shown from either end: enough to see the format and whether the last days are in."""

_COLUMN_FACTS = [
    *("column", "role", "type", "over time", "total", "share of spend"),
    *("days at 0", "missing", "first active", "last active", "outliers"),
]


_MANY_COLUMNS = 40
"""More columns than this make a map of squares that nobody can read."""


def draw_data_preview(data: CleanData) -> None:
    """Everything there is to see of `data`. Where that is nothing, its findings say why."""
    if data.frame.empty:
        st.caption("There are no rows to show.")
        return
    profile = analysis.profile_of(data, Roles.guessed(data))
    _shape(data)
    # A hidden tab is not computed: charts are what takes the time of a rerun.
    tabs = st.tabs(list(_TABS), key=keys.DATA_PREVIEW, on_change="rerun")
    for tab, body in zip(tabs, _TABS.values(), strict=True):
        if tab.open:
            with tab:
                body(data, profile)


def _shape(data: CleanData) -> None:
    facts = facts_of(data)
    metrics = {
        "Rows": f"{facts.row_count:,}",
        "Columns": f"{facts.column_count:,}",
        "First day": escape(facts.first_day or "–"),
        "Last day": escape(facts.last_day or "–"),
        "Missing values": f"{int(data.frame.isna().sum().sum()):,}",
    }
    with st.container(horizontal=True, gap="medium"):
        for label, value in metrics.items():
            st.metric(label, value, width="content")


def _over_time(_data: CleanData, profile: Profile) -> None:
    daily = profile.daily.dropna(subset=["date"])
    if daily.empty:
        st.caption("No chart: there is no date column that can be read.")
        return
    if profile.kpi:
        st.altair_chart(charts.over_time(daily, value="kpi", title=f"KPI: {profile.kpi}"))
    st.altair_chart(charts.over_time(daily, value="spend", title="Total spend", filled=True))


def _by_channel(_data: CleanData, profile: Profile) -> None:
    weekly = profile.spend_over_time
    if weekly.empty:
        st.caption("No chart: it takes dates, and a column with spend in it.")
        return
    st.altair_chart(charts.stacked_spend(weekly))


def _columns(data: CleanData, profile: Profile) -> None:
    numbers: list[dict[str, object]] = [
        {
            "column": column.name,
            "role": column.role.word,
            "type": _type(data.frame[column.name]),
            "over time": list(column.weekly),
            "total": column.total,
            "share of spend": column.spend_share,
            "days at 0": column.zero_share,
            "missing": column.missing,
            "first active": column.first_active,
            "last active": column.last_active,
            "outliers": column.outliers,
        }
        for column in profile.columns
    ]
    known = {column.name for column in profile.columns}
    others: list[dict[str, object]] = [
        {"column": str(name), "type": _type(values), "missing": int(values.isna().sum())}
        for name, values in data.frame.items()
        if name not in known
    ]
    formats = st.column_config
    st.dataframe(
        pd.DataFrame(others + numbers, columns=_COLUMN_FACTS),
        hide_index=True,
        row_height=32,
        placeholder="",
        column_config={
            "over time": formats.LineChartColumn(),
            "total": formats.NumberColumn(format="localized"),
            "share of spend": formats.NumberColumn(format="percent"),
            "days at 0": formats.NumberColumn(format="percent"),
        },
    )


def _type(values: "pd.Series[Any]") -> str:
    """What the cells of a column are, in words: `date`, `number` or `text`."""
    return {"M": "date", "i": "number", "u": "number", "f": "number"}.get(values.dtype.kind, "text")


def _correlation(_data: CleanData, profile: Profile) -> None:
    correlation = profile.correlation
    if len(correlation) < 2:
        st.caption("A correlation takes at least two columns of numbers.")
        return
    if len(correlation) > _MANY_COLUMNS:
        st.caption(
            f"The first {_MANY_COLUMNS} of {len(correlation)} columns: the KPI, then the largest channels."
        )
        correlation = correlation.iloc[:_MANY_COLUMNS, :_MANY_COLUMNS]
    st.altair_chart(charts.correlation_map(correlation))
    with st.expander("As a table"):
        st.dataframe(correlation.round(2))


def _rows(data: CleanData, _profile: Profile) -> None:
    frame = data.frame
    shown = frame if len(frame) <= 2 * _ENDS else pd.concat([frame.head(_ENDS), frame.tail(_ENDS)])
    lines = pd.Series(data.lines, index=frame.index, name="line")
    shown = _dates_as_text(data, shown).set_index(lines.loc[shown.index])
    st.dataframe(shown, width="stretch", row_height=30, placeholder="")
    which = "All" if len(shown) == len(frame) else f"The first and the last {_ENDS} of"
    st.caption(f"{which} {escape(counted(len(frame), 'row'))}, with their line in the file.")


def _dates_as_text(data: CleanData, frame: pd.DataFrame) -> pd.DataFrame:
    if data.date_column is None:
        return frame
    return frame.assign(**{data.date_column: frame[data.date_column].dt.strftime("%Y-%m-%d")})


_TABS = {
    "Over time": _over_time,
    "Spend by channel": _by_channel,
    "Columns": _columns,
    "Correlation": _correlation,
    "First and last rows": _rows,
}
