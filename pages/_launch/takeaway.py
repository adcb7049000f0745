"""What can be taken away from the check: the findings as CSV, and a report fit to send to a client."""

import streamlit as st

from pages._launch.checked import Checked
from pages._launch.draft import Draft
from pages._shared import analysis
from pages._shared.analysis import Plan
from recast_api.clean_data import Finding, findings_csv, html_report


def draw(checked: Checked | None, draft: Draft) -> None:
    """Two downloads, each made when it is asked for."""
    if checked is None or not checked.data.readable:
        return
    found = draft.findings
    with st.container(horizontal=True, key="takeaway"):
        st.download_button(
            "Findings as CSV",
            lambda: findings_csv(found).encode(),
            file_name="findings.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Report as HTML",
            lambda: _report(checked, draft, found).encode(),
            file_name="clean_data_report.html",
            mime="text/html",
            icon=":material/article:",
            on_click="ignore",
        )


def _report(checked: Checked, draft: Draft, found: tuple[Finding, ...]) -> str:
    return html_report(
        checked.data,
        found,
        kpi=checked.roles.kpi,
        roles=dict(checked.roles.of),
        comparison=analysis.comparison(checked.data, checked.earlier) if checked.earlier else None,
        windows=analysis.windows(checked.data, Plan.of(draft.form)) if draft.form else (),
        title=checked.source.name,
    )
