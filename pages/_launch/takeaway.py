"""What can be taken away from the check: the findings as CSV, and a report fit to send to a client."""

from functools import partial

import streamlit as st

from pages._shared import analysis, keys
from pages._shared.downloads import file_name
from recast_api.clean_data import findings_csv, html_report
from recast_api.preparing import Checked, Draft


def draw_takeaway(checked: Checked | None, draft: Draft) -> None:
    """Two downloads, each written when it is asked for, from values that are computed here: what Streamlit
    calls then runs outside of this session and finds none of its caches."""
    if checked is None or not checked.data.readable:
        return
    found = draft.findings
    data = checked.data
    report = partial(
        html_report,
        data,
        found,
        kpi=checked.roles.kpi,
        roles=dict(checked.roles.of),
        comparison=analysis.comparison(data, checked.earlier) if checked.earlier else None,
        windows=analysis.windows(data, draft.settings) if draft.form else (),
        title=checked.name,
    )
    with st.container(horizontal=True, key=keys.BOX_TAKEAWAY):
        st.download_button(
            "Findings as CSV",
            lambda: findings_csv(found).encode(),
            file_name=file_name("findings", digest=data.sha256, ending="csv"),
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Report as HTML",
            lambda: report().encode(),
            file_name=file_name("clean_data_report", digest=data.sha256, ending="html"),
            mime="text/html",
            icon=":material/article:",
            on_click="ignore",
        )
