"""Step 2: how each group of checks stands; what was found, worst first; what changed since an earlier run;
the newest days."""

from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._launch import baseline, changes, column_roles, fixing
from pages._launch.data import read
from pages._launch.entered import Entered, widget
from pages._shared import analysis, charts, findings, keys
from pages._shared.connection import Connection
from pages._shared.plain import escape
from pages._shared.source import Source
from recast_api.clean_data import CleanData, Finding, Level, summary
from recast_api.preparing import Checked, Draft, Roles, check_clean_data


def ask(
    connection: Connection, entered: Entered, source: Source | None
) -> tuple[Checked | None, DeltaGenerator]:
    """The data with its roles, baseline and findings, None while there is no data; and room for the summary,
    which is about the settings too."""
    with st.container(border=True, key=keys.BOX_CHECK):
        st.subheader("2 · Check", anchor=False)
        if source is None:
            st.caption("Waits for data.")
            return None, st.container()
        data = read(entered, source)
        is_table = data.readable
        checked = _checked(connection, entered, source, data) if is_table else _unreadable(source, data)
        _counts(checked.findings)
        room = st.container(gap="xsmall", key=keys.BOX_SUMMARY)
        findings.draw_findings(checked.findings)
        fixing.draw_fixes(entered, entered.choices_for(source), data, checked.findings)
        if is_table:
            _looks(checked)
        return checked, room


def draw_summary(room: DeltaGenerator, checked: Checked | None, draft: Draft) -> None:
    """How each group of findings stands, above the findings themselves."""
    if checked is None:
        return
    lines = summary(
        draft.findings,
        earlier_run=checked.earlier_run,
        run_type=draft.settings.run_type,
        settings_complete=draft.form is not None,
    )
    with room:
        findings.draw_summary(lines)


def _unreadable(source: Source, data: CleanData) -> Checked:
    return Checked(name=source.name, data=data, roles=Roles(None, ()), findings=data.findings)


def _checked(connection: Connection, entered: Entered, source: Source, data: CleanData) -> Checked:
    choices = entered.choices_for(source)
    left, middle, right = st.columns(3)
    with left:
        kpi = column_roles.ask_kpi(connection, entered, choices, data)
    with middle:
        earlier_run, earlier = baseline.ask(connection, entered)
    with right:
        day = entered.as_of
        as_of = st.date_input(
            "As-of Date of the priors sheet", day, **widget(entered, "as_of", entered.key("as_of"))
        )
    roles = column_roles.ask_roles(entered, choices, data, kpi)
    return check_clean_data(
        source.name,
        data,
        roles,
        earlier=earlier,
        earlier_run=earlier_run,
        as_of=as_of if isinstance(as_of, date) else None,
        analysis=analysis.CACHED,
    )


def _counts(found: tuple[Finding, ...]) -> None:
    with st.container(horizontal=True, gap="small"):
        for level in Level:
            count = sum(finding.level is level for finding in found)
            if count:
                findings.badge(level, count)


def _looks(checked: Checked) -> None:
    run = checked.earlier_run
    labels = [f"Since run {escape(run)}" if run else "Since an earlier run", "Newest days"]
    changed, newest = st.tabs(labels, key=keys.CHECK_LOOKS, on_change="rerun")
    if changed.open:
        with changed:
            changes.draw_changes(checked)
    if newest.open:
        with newest:
            _newest(checked)


def _newest(checked: Checked) -> None:
    days = analysis.newest_days(checked.data, checked.roles)
    if not days:
        st.caption("This comparison needs eight weeks of daily data before the newest days.")
        return
    if checked.roles.kpi:
        st.altair_chart(charts.against_usual(days, value="kpi", title=f"KPI: {checked.roles.kpi}"))
    st.altair_chart(charts.against_usual(days, value="spend", title="Total spend"))
    with st.expander("As a table"):
        st.dataframe(
            [
                {
                    "day": str(day.day),
                    "KPI": day.kpi,
                    "usual KPI": day.usual_kpi,
                    "spend": day.spend,
                    "usual spend": day.usual_spend,
                }
                for day in days
            ],
            hide_index=True,
            placeholder="",
        )
    st.caption(
        "Bars are the newest days. Marks are the usual level: the median of the same weekday in the eight "
        "weeks before."
    )
