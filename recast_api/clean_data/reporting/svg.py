"""Charts as inline SVG for the report: no script, no font, no file of their own."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from recast_api.clean_data.comparing.result import Comparison
from recast_api.clean_data.daily import Numbers
from recast_api.clean_data.planning.windows import Window
from recast_api.clean_data.reporting.profile import Profile
from recast_api.clean_data.sentences import number, shorten

WIDTH, HEIGHT = 900, 160
POINTS = 900
"""One point per pixel; a longer series is drawn in means."""
SHADES = 11
"""Classes of colour in the style sheet: c0 to c10 for layers."""


def escaped(text: str) -> str:
    """Return text that HTML shows as it is. What HTML can't hold at all becomes a replacement mark."""
    shown = "".join(char if char.isprintable() or char in "\n\t " else "\ufffd" for char in text)
    return html.escape(shown, quote=True)


def figure(title: str, body: str, width: int = WIDTH, height: int = HEIGHT) -> str:
    """Return an SVG image with a title that is read out."""
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{escaped(title)}">'
        f"<title>{escaped(title)}</title>{body}</svg>"
    )


def _shorter(values: Numbers, points: int = POINTS) -> Numbers:
    """Return at most so many points: means of equal stretches."""
    known = np.nan_to_num(values)
    if known.size <= points:
        return known
    edges = np.linspace(0, known.size, points + 1).astype(int)
    return np.asarray(np.add.reduceat(known, edges[:-1]) / np.diff(edges))


def _path(values: Numbers, width: float, top: float, bottom: float) -> str:
    """Return the points of a line from left to right, scaled between 0 and the highest value."""
    lowest, highest = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    span = highest - lowest or 1.0
    x = np.linspace(0, width, values.size) if values.size > 1 else np.zeros(1)
    y = bottom - (values - lowest) / span * (bottom - top)
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))


def sparkline(weekly: Sequence[float]) -> str:
    """Return a small line for a table cell."""
    values = np.asarray(weekly, np.float64)
    if values.size < 2:
        return ""
    line = f'<polyline class="line" points="{_path(values, 120, 2, 22)}"/>'
    return f'<svg class="spark" viewBox="0 0 120 24" aria-hidden="true">{line}</svg>'


def timeline(profile: Profile, windows: Sequence[Window]) -> str:
    """Return KPI and spend over time, one above the other, the windows shaded on both."""
    if profile.first_day is None or profile.last_day is None or profile.rows < 2:
        return ""
    first, span = profile.first_day, max((profile.last_day - profile.first_day).days, 1)
    parts = [
        f'<rect class="window" x="{(w.first - first).days / span * WIDTH:.1f}" y="0" '
        f'width="{max((profile.last_day - w.first).days, 1) / span * WIDTH:.1f}" height="{HEIGHT + 100}"/>'
        for w in windows[:20]
    ]
    top = 18.0
    for name, values in (
        (profile.kpi, profile.daily["kpi"]),
        ("Spend, all channels", profile.daily["spend"]),
    ):
        if name is not None:
            series = values.to_numpy(np.float64)
            parts.append(
                f'<polyline class="line" points="{_path(_shorter(series), WIDTH, top, top + 100)}"/>'
            )
            label = f"{shorten(name)}, highest {number(float(np.nan_to_num(series).max()))}"
            parts.append(f'<text x="4" y="{top - 4:.0f}">{escaped(label)}</text>')
            top += 124
    parts.append(f'<text x="4" y="{top - 8:.0f}">{first}</text>')
    parts.append(f'<text class="end" x="{WIDTH - 4}" y="{top - 8:.0f}">{profile.last_day}</text>')
    return figure("KPI and spend over time, held-out days shaded", "".join(parts), height=round(top))


def stacked(profile: Profile) -> str:
    """Return spend per week, channel upon channel, with the names beside it."""
    long = profile.spend_over_time
    names = list(dict.fromkeys(long["channel"]))
    if not names or len(long) < 2 * len(names):
        return ""
    layers = long["spend"].to_numpy().reshape(len(names), -1)
    layers = np.maximum(np.stack([_shorter(layer, 160) for layer in layers]), 0)
    upper = np.cumsum(layers, axis=0)
    highest = float(upper[-1].max()) or 1.0
    x = np.linspace(0, WIDTH, upper.shape[1])
    parts, lower = [], np.zeros(upper.shape[1])
    for place, top in enumerate(upper):
        edge = [*zip(x, top, strict=True), *zip(x[::-1], lower[::-1], strict=True)]
        points = " ".join(f"{a:.1f},{HEIGHT - b / highest * (HEIGHT - 4):.1f}" for a, b in edge)
        parts.append(f'<polygon class="layer c{place % SHADES}" points="{points}"/>')
        lower = top
    names_told = "".join(
        f'<li><span class="key c{place % SHADES}"></span>{escaped(shorten(str(name)))}</li>'
        for place, name in enumerate(names)
    )
    title = "Spend per week by channel, the first named at the bottom"
    return f'{figure(title, "".join(parts))}<ol class="keys">{names_told}</ol>'


def heat_map(comparison: Comparison) -> str:
    """Return changed days (left to right) by column (top to bottom); stronger is a larger change."""
    heat = comparison.heat
    if heat.empty:
        return ""
    left = 200
    cell, values = (WIDTH - left) / len(heat), heat.to_numpy()
    parts = [
        f'<rect class="ground" x="{left}" y="0" width="{WIDTH - left}" height="{20 * len(heat.columns)}"/>'
    ]
    for row, place in zip(*np.nonzero(values), strict=True):
        share = float(values[row, place])
        kind = "up" if share > 0 else "down"
        parts.append(
            f'<rect class="{kind}" x="{left + row * cell:.1f}" y="{20 * int(place)}" height="19" '
            f'width="{cell + 0.2:.1f}" fill-opacity="{min(0.25 + abs(share), 1):.2f}"/>'
        )
    for place, name in enumerate(heat.columns):
        parts.append(f'<text x="0" y="{20 * place + 14}">{escaped(shorten(str(name), 28))}</text>')
    title = f"Changed days from {heat.index[0]:%Y-%m-%d} on, by column"
    return figure(title, "".join(parts), height=20 * len(heat.columns))


def correlation_map(profile: Profile, most: int = 30) -> str:
    """Return the correlation of the first columns as squares with the number in each."""
    matrix = profile.correlation.iloc[:most, :most]
    size, left, count, values = 26, 150, len(matrix), matrix.to_numpy(np.float64)
    if count < 2:
        return ""
    parts = []
    for row, name in enumerate(matrix.index):
        parts.append(f'<text x="0" y="{row * size + 17}">{row + 1} {escaped(shorten(str(name), 20))}</text>')
        parts.append(
            f'<text class="mid" x="{left + row * size + 13}" y="{count * size + 14}">{row + 1}</text>'
        )
        for place in range(row + 1):
            r = float(values[row, place])
            spot = f'x="{left + place * size}" y="{row * size}"'
            kind = "up" if r >= 0 else "down"
            parts.append(f'<rect class="{kind}" {spot} width="25" height="25" fill-opacity="{abs(r):.2f}"/>')
            text = str(round(100 * r))
            parts.append(
                f'<text class="mid" x="{left + place * size + 12}" y="{row * size + 17}">{text}</text>'
            )
    return figure(
        "Correlation of columns, in hundredths", "".join(parts), left + count * size, count * size + 20
    )
