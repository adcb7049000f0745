"""What changed in the data since an earlier run: a verdict in a line, then column by column, day by day."""

import streamlit as st

from pages._shared import analysis, charts
from pages._shared.plain import escape
from recast_api.clean_data import Comparison
from recast_api.preparing import Checked

_MOST_CELLS = 1000
"""Rows of the table of changed cells; all of them are in the download of the two files."""


def draw_changes(checked: Checked) -> None:
    if checked.earlier is None:
        st.caption("Choose a run to compare with.")
        return
    comparison = analysis.comparison(checked.data, checked.earlier)
    st.markdown(escape(comparison.sentence))
    if comparison.by_column:
        _columns(comparison)
        st.altair_chart(charts.change_map(comparison.heat))
        _cells(comparison)


def _columns(comparison: Comparison) -> None:
    formats = st.column_config
    st.dataframe(
        [
            {
                "column": change.column,
                "cells changed": change.cells,
                "change of total": change.change,
                "in %": change.change_share,
                "first changed day": str(change.first),
                "last changed day": str(change.last),
                "what happened": change.cause.words if change.cause else None,
            }
            for change in comparison.by_column
        ],
        hide_index=True,
        placeholder="",
        row_height=32,
        column_config={
            "change of total": formats.NumberColumn(format="localized"),
            "in %": formats.NumberColumn(format="percent"),
        },
    )


def _cells(comparison: Comparison) -> None:
    with st.expander(f"{comparison.cells_changed:,} changed cells"):
        cells = comparison.cells.head(_MOST_CELLS)
        st.dataframe(
            cells.assign(date=cells["date"].dt.strftime("%Y-%m-%d")), hide_index=True, placeholder=""
        )
        if comparison.cells_changed > _MOST_CELLS:
            st.caption(f"The first {_MOST_CELLS:,}.")
