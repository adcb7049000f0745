"""What the run type holds out, drawn on the data before a run is spent."""

from datetime import date, timedelta

import streamlit as st

from pages._shared import analysis, charts, findings
from recast_api.clean_data import BURN_IN_DAYS, Window
from recast_api.preparing import Checked, Draft


def draw_held_out(checked: Checked | None, draft: Draft) -> None:
    """The windows on KPI and spend, the days left, and what is found for the settings."""
    if checked is None or draft.form is None:
        return
    windows = analysis.windows(checked.data, draft.settings)
    if windows:
        _pictures(checked, windows)
        _table(windows)
    if draft.for_settings:
        findings.draw_findings(draft.for_settings)


def _pictures(checked: Checked, windows: tuple[Window, ...]) -> None:
    profile = analysis.profile_of(checked.data, checked.roles)
    if profile.first_day is None:
        return
    daily = profile.daily.dropna(subset=["date"])
    shaded = (_burn_in(profile.first_day), *windows)
    if profile.kpi:
        st.altair_chart(charts.held_out(daily, shaded, value="kpi", title=f"KPI: {profile.kpi}"))
    st.altair_chart(charts.held_out(daily, shaded, value="spend", title="Total spend"))
    st.caption(
        "The exact windows are inferred: Recast doesn't publish them. The first "
        f"{BURN_IN_DAYS} days are the burn-in, to which the model isn't fitted."
    )


def _burn_in(first: date) -> Window:
    last = first + timedelta(days=BURN_IN_DAYS - 1)
    return Window(first, last, BURN_IN_DAYS, 0, 0, f"Burn-in of {BURN_IN_DAYS} days")


def _table(windows: tuple[Window, ...]) -> None:
    st.dataframe(
        [
            {
                "held out": window.label,
                "from": str(window.first),
                "to": str(window.last),
                "days to train on": window.training_days_left,
                "of these used for the fit": window.fitted_days_left,
            }
            for window in windows
        ],
        hide_index=True,
        row_height=30,
    )
