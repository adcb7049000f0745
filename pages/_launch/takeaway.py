"""What can be taken away from the check: the findings as CSV, and a report fit to send to a client."""

from functools import partial

import streamlit as st

from pages._shared import analysis, keys
from pages._shared.downloads import file_name
from recast_api.clean_data import findings_csv, html_report
from recast_api.preparing import Checked, Draft


def draw_takeaway(checked: Checked | None, draft: Draft) -> None:
    """Two downloads, once there is data that can be read."""
    # The container is there before that: else the step below would move, and what moves is on the page twice
    # for as long as the script runs.
    with st.container(horizontal=True, key=keys.BOX_TAKEAWAY):
        if checked is not None and checked.data.readable:
            _downloads(checked, draft)


def _downloads(checked: Checked, draft: Draft) -> None:
    """Each is written when it is asked for, from values that are computed here: what Streamlit calls then
    runs outside of this session and finds none of its caches."""
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
        earlier_run=checked.earlier_run,
        run_type=draft.settings.run_type if draft.form else None,
        title=checked.name,
    )
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
