"""Frames to charts, in one style. A chart's table stands beside it on the page."""

import altair as alt
import pandas as pd

_HEIGHT = 170

# Text and colours come from Streamlit's theme, so that light and dark are the same chart.


def _times(date: str) -> alt.X:
    return alt.X(f"{_field(date)}:T", title=None, axis=alt.Axis(format="%b %Y", tickCount=8, grid=False))


def _field(name: str) -> str:
    """A column name as Vega-Lite's own field syntax, in which dots, brackets and colons mean something."""
    return "".join(f"\\{c}" if c in "\\.[]:\"'" else c for c in name)


def over_time(frame: pd.DataFrame, *, date: str, value: str, title: str, filled: bool = False) -> alt.Chart:
    """`value` for each day of `date` as a line, or as an area where it is a sum that starts at zero."""
    chart = alt.Chart(frame[[date, value]], title=alt.TitleParams(title, anchor="start"), height=_HEIGHT)
    marked = (
        chart.mark_area(opacity=0.55, line={"strokeWidth": 1}) if filled else chart.mark_line(strokeWidth=1.4)
    )
    encoded: alt.Chart = marked.encode(
        x=_times(date),
        y=alt.Y(f"{_field(value)}:Q", title=None, axis=alt.Axis(format="~s", tickCount=4)),
        tooltip=[
            alt.Tooltip(f"{_field(date)}:T", title="Day", format="%a %d %b %Y"),
            alt.Tooltip(f"{_field(value)}:Q", title=title, format=",.2f"),
        ],
    )
    return encoded
