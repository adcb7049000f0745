"""Step 2: what was found in the data, worst first."""

import streamlit as st

from pages._shared import findings
from recast_api.clean_data import CleanData


def draw(data: CleanData | None) -> None:
    with st.container(border=True, key="step_check"):
        st.subheader("2 · Check", anchor=False)
        if data is None:
            st.caption("Waits for data.")
            return
        findings.draw(data.findings)
