"""When an unknown launch is looked for, and when sending it again may be offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from recast_api.journal import NOT_FOUND_BEFORE_RESEND, Entry, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Times are counted from when the launch became unknown."""

    looks: tuple[timedelta, ...] = tuple(timedelta(seconds=seconds) for seconds in (0, 10, 30, 60, 120))
    """At once, because most lost answers are lost after the work; then over about two minutes, because a
    server that is behind may still be creating the run."""

    resend_after: timedelta = timedelta(seconds=60)
    """A look before this doesn't make up for one after it, however often nothing was found: common proxies
    hang up after 60 s while the server behind them works on."""


SCHEDULE = Schedule()


def next_look(entry: Entry, schedule: Schedule = SCHEDULE) -> datetime | None:
    """Return when to look for the launch next; None when it isn't unknown or the schedule is through."""
    if entry.state is not State.UNKNOWN or entry.unknown_at is None or entry.looks >= len(schedule.looks):
        return None
    due = entry.unknown_at + schedule.looks[entry.looks]
    if entry.last_look_at is None or entry.looks == 0:
        return due
    # After a pause, say overnight, the remaining looks keep their distance from each other.
    pause = schedule.looks[entry.looks] - schedule.looks[entry.looks - 1]
    return max(due, entry.last_look_at + pause)


def can_resend(entry: Entry, schedule: Schedule = SCHEDULE) -> bool:
    """Tell whether sending again may be offered: looked for twice, late enough, and nothing could be it."""
    if entry.state is not State.UNKNOWN or entry.unknown_at is None or entry.last_look_at is None:
        return False
    late_enough = entry.last_look_at >= entry.unknown_at + schedule.resend_after
    return late_enough and entry.not_found >= NOT_FOUND_BEFORE_RESEND and not entry.candidates
