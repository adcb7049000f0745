"""Frames to charts, in one style. A chart's table stands beside it on the page.

Text and colours come from Streamlit's theme, so that light and dark are the same chart.
"""

from collections.abc import Sequence
from math import ceil

import altair as alt
import pandas as pd

from recast_api.clean_data import NewDay, Window

# Streamlit fits title, axes and legend into a chart's height, so each of them needs its room.
_HEIGHT = 170
_LEGEND, _LEGEND_LINE = 70, 18
_SLANTED_LABELS = 90
_UPRIGHT_LABELS = 140
_TITLE = 40
_LEGEND_COLUMNS = 2
"""As many as there is room for on a phone."""
_MOST_ENTRIES = 30
"""Of a legend; that there are more is said in it."""
_DAY = "%a %d %b %Y"


def over_time(frame: pd.DataFrame, *, value: str, title: str, filled: bool = False) -> alt.Chart:
    """`value` per `date`: a line, or an area where it is a sum that starts at zero."""
    chart = alt.Chart(frame[["date", value]], title=_title(title), height=_HEIGHT)
    mark = {"opacity": 0.55, "line": {"strokeWidth": 1}} if filled else {"strokeWidth": 1.4}
    marked = chart.mark_area(**mark) if filled else chart.mark_line(**mark)
    encoded: alt.Chart = marked.encode(
        x=_days(),
        y=alt.Y(f"{value}:Q", title=None, axis=alt.Axis(format="~s", tickCount=4)),
        tooltip=[
            alt.Tooltip("date:T", title="Day", format=_DAY),
            alt.Tooltip(f"{value}:Q", title=title, format=",.2f"),
        ],
    )
    return encoded


def stacked_spend(weekly: pd.DataFrame) -> alt.Chart:
    """Spend per week, a layer for each channel, the largest at the bottom."""
    order = list(dict.fromkeys(weekly["channel"]))
    chart: alt.Chart = (
        alt.Chart(weekly, title=_title("Spend per week by channel"), height=260 + _legend_height(len(order)))
        .mark_area()
        .encode(
            x=alt.X("week:T", title=None, axis=alt.Axis(format="%b %Y", tickCount=8, grid=False)),
            y=alt.Y("spend:Q", title=None, axis=alt.Axis(format="~s", tickCount=4)),
            color=alt.Color("channel:N", title=None, sort=order, legend=_below()),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("week:T", title="Week of", format=_DAY),
                alt.Tooltip("channel:N", title="Channel"),
                alt.Tooltip("spend:Q", title="Spend", format=",.0f"),
            ],
        )
        .transform_calculate(rank=f"indexof({order!r}, datum.channel)")
    )
    return chart


def correlation_map(correlation: pd.DataFrame) -> alt.Chart:
    """Every two columns, their correlation as colour and, where there is room, as a number."""
    names = list(correlation.columns)
    cells = pd.DataFrame(
        {
            "one": [name for name in names for _ in names],
            "other": names * len(names),
            "r": correlation.to_numpy().ravel().round(2),
        }
    )
    return _map(cells, x="other", y="one", value="r", title="Correlation between columns", order=names)


def change_map(heat: pd.DataFrame) -> alt.Chart:
    """Days across, columns down, how far a cell moved as colour: from -100 % to +100 %."""
    cells = heat.rename_axis(index="date", columns=None).reset_index().melt("date", var_name="column")
    height = 26 * heat.shape[1] + _TITLE + _LEGEND + 70
    chart: alt.Chart = (
        alt.Chart(cells, title=_title("Which days changed, and by how much"), height=height)
        .mark_rect()
        .encode(
            x=alt.X("yearmonthdate(date):O", title=None, axis=alt.Axis(format="%d %b", labelOverlap=True)),
            y=alt.Y("column:N", title=None, sort=list(heat.columns), axis=_names()),
            color=_diverging("value"),
            tooltip=[
                alt.Tooltip("date:T", title="Day", format=_DAY),
                alt.Tooltip("column:N", title="Column"),
                alt.Tooltip("value:Q", title="Change", format="+.1%"),
            ],
        )
    )
    return chart


def held_out(
    frame: pd.DataFrame, windows: Sequence[Window], *, value: str, title: str
) -> alt.LayerChart | alt.FacetChart:
    """`value` over time with the burn-in and the windows shaded; a deeper shade is in more windows."""
    spans = pd.DataFrame(
        {
            "from": [pd.Timestamp(window.first) for window in windows],
            "to": [pd.Timestamp(window.last) + pd.Timedelta(days=1) for window in windows],
            "what": [window.label for window in windows],
        }
    )
    shade = (
        alt.Chart(spans)
        .mark_rect(opacity=0.28)
        .encode(
            x="from:T",
            x2="to:T",
            color=alt.Color("what:N", title="Held out", sort=None, legend=_below()),
            tooltip=[
                alt.Tooltip("what:N", title="Held out"),
                alt.Tooltip("from:T", title="From", format=_DAY),
            ],
        )
    )
    return alt.layer(shade, over_time(frame, value=value, title=title)).properties(
        title=_title(title), height=_HEIGHT + _legend_height(len(windows))
    )


def against_usual(days: Sequence[NewDay], *, value: str, title: str) -> alt.LayerChart | alt.FacetChart:
    """The newest days as bars, what is usual on their weekday as a tick."""
    frame = pd.DataFrame(
        {
            "date": [pd.Timestamp(day.day) for day in days],
            "is": [getattr(day, value) for day in days],
            "usual": [getattr(day, f"usual_{value}") for day in days],
        }
    )
    x = alt.X("yearmonthdate(date):O", title=None, axis=alt.Axis(format="%a %d %b", labelAngle=-45))
    tooltip = [
        alt.Tooltip("date:T", title="Day", format=_DAY),
        alt.Tooltip("is:Q", title=title, format=",.2f"),
        alt.Tooltip("usual:Q", title="Usual on this weekday", format=",.2f"),
    ]
    y = alt.Y("is:Q", title=None, axis=alt.Axis(format="~s", tickCount=4))
    base = alt.Chart(frame)
    bars = base.mark_bar(opacity=0.6, width={"band": 0.6}).encode(x=x, y=y, tooltip=tooltip)
    ticks = base.mark_tick(thickness=3, width={"band": 0.9}).encode(
        x=x, y=alt.Y("usual:Q", title=None), color=alt.value("#D9762B"), tooltip=tooltip
    )
    return alt.layer(bars, ticks).properties(title=_title(title), height=_HEIGHT + _SLANTED_LABELS)


def _map(cells: pd.DataFrame, *, x: str, y: str, value: str, title: str, order: list[str]) -> alt.Chart:
    height = 22 * len(order) + _TITLE + _UPRIGHT_LABELS + _LEGEND
    # Upright, two names next to each other don't overlap: slanted, every other one would be left out.
    upright = alt.Axis(labelAngle=-90, labelLimit=_UPRIGHT_LABELS, labelOverlap="greedy")
    chart: alt.Chart = (
        alt.Chart(cells, title=_title(title), height=height)
        .mark_rect()
        .encode(
            x=alt.X(f"{x}:N", title=None, sort=order, axis=upright),
            y=alt.Y(f"{y}:N", title=None, sort=order, axis=_names()),
            color=_diverging(value),
            tooltip=[
                alt.Tooltip(f"{y}:N", title="Column"),
                alt.Tooltip(f"{x}:N", title="With"),
                alt.Tooltip(f"{value}:Q", title="Correlation", format=".2f"),
            ],
        )
    )
    return chart


def _diverging(value: str) -> alt.Color:
    """From the theme's diverging colours, the middle being nothing."""
    scale = alt.Scale(domain=[-1, 0, 1], range="diverging")
    return alt.Color(f"{value}:Q", title=None, scale=scale, legend=_below())


def _legend_height(entries: int) -> int:
    return _LEGEND + _LEGEND_LINE * ceil(min(entries, _MOST_ENTRIES) / _LEGEND_COLUMNS)


def _below() -> alt.Legend:
    return alt.Legend(orient="bottom", columns=_LEGEND_COLUMNS, symbolLimit=_MOST_ENTRIES, gradientLength=160)


def _names() -> alt.Axis:
    """Every row has its name: a map without them says nothing."""
    return alt.Axis(labelOverlap=False, labelLimit=160)


def _days() -> alt.X:
    return alt.X("date:T", title=None, axis=alt.Axis(format="%b %Y", tickCount=8, grid=False))


def _title(text: str) -> alt.TitleParams:
    return alt.TitleParams(text, anchor="start")
