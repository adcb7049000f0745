"""The report's charts as plain values: what is drawn where.

`templates/charts.svg.jinja` makes SVG of them, inline: no script, no font, no file of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from recast_api.clean_data.comparing.result import Comparison
from recast_api.clean_data.daily import Numbers
from recast_api.clean_data.planning.windows import Window
from recast_api.clean_data.reporting.profile import Profile
from recast_api.clean_data.sentences import number, shorten

WIDTH = 900
"""Of a chart over time, in pixels."""
PANEL, CAPTION = 100, 24
"""Height of one chart over time, and of the line of text above it or below."""
POINTS = WIDTH
"""One point per pixel; a longer series is drawn in means."""
LAYER_HEIGHT, LAYER_POINTS = 156, 160
ROW = 20
"""Height of one column's row in the map of changes."""
SQUARE = 26
"""Side of a square in the map of correlations; a number of three digits fits into it."""
MOST_SQUARES = 30
"""More columns than this make squares that nobody can read."""
MOST_WINDOWS = 20
"""More shades than this, one over the other, can't be told apart."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle of one class of the style sheet."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Label:
    """Text, placed at its start, its middle or its end."""

    text: str
    x: float
    y: float
    anchor: str = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One chart. Points are written as SVG has them: `0.0,12.5 1.0,13.0`."""

    title: str
    """Read out in place of the picture."""
    width: int = WIDTH
    height: int
    rectangles: tuple[Rectangle, ...] = ()
    areas: tuple[str, ...] = ()
    """Points of filled shapes, each in a colour of its own."""
    lines: tuple[str, ...] = ()
    """Points of lines."""
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Layers:
    """A chart of layers, and the names of the layers from the bottom up."""

    figure: Figure
    names: tuple[str, ...]


def sparkline(weekly: Sequence[float]) -> str:
    """Return the points of a small line, 120 × 24; empty where there are fewer than two."""
    values = np.asarray(weekly, np.float64)
    return _line(values, 120, 2, 22) if values.size > 1 else ""


def timeline(profile: Profile, windows: Sequence[Window]) -> Figure | None:
    """Return KPI and spend over time, one above the other, the windows shaded behind both."""
    if profile.first_day is None or profile.last_day is None or profile.rows < 2:
        return None
    panels = [("Spend, all channels", profile.daily["spend"])]
    if profile.kpi is not None:
        panels.insert(0, (shorten(profile.kpi), profile.daily["kpi"]))
    lines, labels = [], []
    for panel, (name, column) in enumerate(panels):
        values = np.nan_to_num(column.to_numpy(np.float64))
        top = panel * (PANEL + CAPTION) + CAPTION
        lines.append(_line(_shorter(values, POINTS), WIDTH, top, top + PANEL))
        labels.append(Label(f"{name}, highest {number(float(values.max()))}", 4, top - 8))
    bottom = len(panels) * (PANEL + CAPTION)
    return Figure(
        title="KPI and spend over time, held-out days shaded",
        height=bottom + CAPTION,
        rectangles=tuple(_shade(window, profile, bottom) for window in windows[:MOST_WINDOWS]),
        lines=tuple(lines),
        labels=(*labels, *_ends(str(profile.first_day), str(profile.last_day), bottom)),
    )


def stacked(profile: Profile) -> Layers | None:
    """Return spend per week, channel upon channel."""
    long = profile.spend_over_time
    names = list(dict.fromkeys(long["channel"]))
    if not names or len(long) < 2 * len(names):
        return None
    # A layer can't have less than no height: days of a refund draw nothing.
    spend = np.maximum(long["spend"].to_numpy().reshape(len(names), -1), 0)
    first, last = (f"week of {long['week'].iloc[end]:%Y-%m-%d}" for end in (0, -1))
    bottom = CAPTION + LAYER_HEIGHT
    figure = Figure(
        title="Spend per week by channel, the first named at the bottom",
        height=bottom + CAPTION,
        areas=_layers(spend, CAPTION, bottom),
        labels=(
            Label(f"Spend per week, highest {number(float(spend.sum(axis=0).max()))}", 4, CAPTION - 8),
            *_ends(first, last, bottom),
        ),
    )
    return Layers(figure, tuple(shorten(str(name)) for name in names))


def _layers(series: Numbers, top: float, bottom: float) -> tuple[str, ...]:
    """Return the outline of every series, shape (layers, points), each standing on the one before."""
    heights = np.stack([_shorter(values, LAYER_POINTS) for values in series])
    edges = np.vstack([np.zeros(heights.shape[1]), np.cumsum(heights, axis=0)])
    x = np.linspace(0, WIDTH, edges.shape[1])
    y = bottom - edges / (float(edges[-1].max()) or 1.0) * (bottom - top)
    # Along the upper edge to the right, and back along the lower one.
    return tuple(
        _points(np.concatenate([x, x[::-1]]), np.concatenate([upper, lower[::-1]]))
        for lower, upper in pairwise(y)
    )


def heat_map(comparison: Comparison) -> Figure | None:
    """Return the changed days from left to right, by column from top to bottom.

    A mark in the upper half of a row is an increase, in the lower half a decrease; the larger, the stronger.
    """
    heat = comparison.heat
    if heat.empty:
        return None
    left, bottom = 200, ROW * len(heat.columns)
    day_width, shares = (WIDTH - left) / len(heat), heat.to_numpy()
    marks = [
        _mark(left + day * day_width, ROW * row, day_width, float(shares[day, row]))
        for day, row in np.argwhere(shares).tolist()
    ]
    names = [Label(shorten(str(name), 28), 0, ROW * row + 14) for row, name in enumerate(heat.columns)]
    first, last = comparison.days_changed[0], comparison.days_changed[-1]
    return Figure(
        title=f"Changed days from {first} to {last}, by column",
        height=bottom + CAPTION,
        rectangles=(Rectangle("ground", left, 0, WIDTH - left, bottom, 0.4), *marks),
        labels=(*names, *_ends(str(first), str(last), bottom, left)),
    )


def _mark(x: float, top: float, width: float, share: float) -> Rectangle:
    """Return one changed day of a column; `share` is the change, from -1 to 1."""
    opacity = min(0.25 + abs(share), 1)  # the smallest change still shows
    width += 0.2  # no seam between neighbours
    if share > 0:
        return Rectangle("up", x, top, width, ROW / 2 - 1, opacity)
    return Rectangle("down", x, top + ROW / 2, width, ROW / 2 - 1, opacity)


def correlation_map(profile: Profile) -> Figure | None:
    """Return the correlation of every two of the first columns as squares with the number in each."""
    matrix = profile.correlation.iloc[:MOST_SQUARES, :MOST_SQUARES]
    count, left, values = len(matrix), 150, matrix.to_numpy(np.float64)
    if count < 2:
        return None
    squares, labels = [], []
    for row, name in enumerate(matrix.index):
        base = row * SQUARE + 17
        labels.append(Label(f"{row + 1} {shorten(str(name), 20)}", 0, base))
        labels.append(Label(str(row + 1), left + row * SQUARE + 13, count * SQUARE + 14, "middle"))
        for column in range(row + 1):
            r, x = float(values[row, column]), left + column * SQUARE
            # At most half of the colour: the number is read on it in either theme.
            squares.append(Rectangle("up" if r >= 0 else "down", x, row * SQUARE, 25, 25, abs(r) / 2))
            labels.append(Label(str(round(100 * r)), x + 12, base, "middle"))
    return Figure(
        title="Correlation of every two columns, in hundredths",
        width=left + count * SQUARE,
        height=count * SQUARE + 20,
        rectangles=tuple(squares),
        labels=tuple(labels),
    )


def _shade(window: Window, profile: Profile, height: float) -> Rectangle:
    assert profile.first_day is not None
    assert profile.last_day is not None
    per_day = WIDTH / max((profile.last_day - profile.first_day).days, 1)
    x = (window.first - profile.first_day).days * per_day
    # The last point lies on the right edge: a window of the last day alone still shows.
    return Rectangle("window", x, 0, max((profile.last_day - window.first).days, 1) * per_day, height)


def _ends(first: str, last: str, bottom: float, left: float = 0) -> tuple[Label, Label]:
    """Return what stands below the two ends of an axis of time."""
    return Label(first, left + 4, bottom + 16), Label(last, WIDTH - 4, bottom + 16, "end")


def _shorter(values: Numbers, points: int) -> Numbers:
    """Return at most so many points: means of equal stretches."""
    if values.size <= points:
        return values
    edges = np.linspace(0, values.size, points + 1).astype(int)
    return np.asarray(np.add.reduceat(values, edges[:-1]) / np.diff(edges))


def _line(values: Numbers, width: float, top: float, bottom: float) -> str:
    """Return the points of a line from left to right; the lowest and the highest value and 0 fit in."""
    lowest, highest = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    x = np.linspace(0, width, values.size)
    return _points(x, bottom - (values - lowest) / (highest - lowest or 1.0) * (bottom - top))


def _points(x: Numbers, y: Numbers) -> str:
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
