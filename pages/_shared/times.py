"""Times and durations as people read them, in the zone of the viewer's browser."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def now() -> datetime:
    return datetime.now(UTC)


def local(moment: datetime | None) -> str:
    """`Mon 23 Nov, 14:05 CET` in the viewer's zone, with the year if it isn't this one; a dash for None."""
    if moment is None:
        return "–"
    shown = moment.astimezone(_viewer_zone())
    year = "" if shown.year == now().year else f" {shown.year}"
    return f"{shown:%a} {shown.day} {shown:%b}{year}, {shown:%H:%M %Z}"


def ago(moment: datetime | None) -> str:
    """`12 min ago`; a dash where there is no time."""
    if moment is None:
        return "–"
    seconds = (now() - moment).total_seconds()
    return "just now" if seconds < 10 else f"{duration(timedelta(seconds=seconds))} ago"


def until(moment: datetime) -> str:
    """`in 12 s`, or `now` where that time has come."""
    left = moment - now()
    return f"in {duration(left)}" if left > timedelta() else "now"


def duration(length: timedelta) -> str:
    """The largest unit that says enough: `45 s`, `12 min`, `3 h 20 min`, `5 days`."""
    seconds = max(0, round(length.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if seconds < 90:
        return f"{seconds} s"
    if minutes < 90:
        return f"{minutes} min"
    if hours < 48:
        return f"{hours} h {minutes % 60} min"
    return f"{days} days"


def _viewer_zone() -> ZoneInfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):  # a zone that this machine has never heard of
        return ZoneInfo("UTC")
