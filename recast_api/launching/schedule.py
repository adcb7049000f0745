"""When an unknown launch is looked for, and when sending it again may be offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from recast_api.journal import NOT_FOUND_BEFORE_RESEND, Entry, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Times are counted from when the launch became unknown."""

    looks: tuple[timedelta, ...] = tuple(timedelta(seconds=seconds) for seconds in (0, 10, 30, 60, 120))
    """At once, because most answers are lost after the run was created; then over about two minutes, because
    a slow server may still be creating it."""

    later: tuple[tuple[timedelta, timedelta], ...] = (
        (timedelta(minutes=30), timedelta(minutes=5)),
        (timedelta(hours=2), timedelta(minutes=15)),
    )
    """After the first looks: until which age of the launch, and how far apart. A run that is listed late is
    found late, so looks go on for as long as nobody settles it."""

    at_last: timedelta = timedelta(hours=1)
    """How far apart after that, without end: a whole day of it costs less than a launch."""

    first_pause: timedelta = timedelta(seconds=10)
    """After a look for which the run list could not be read; it doubles with each such look in a row."""

    longest_pause: timedelta = timedelta(minutes=5)
    """The most that pauses grow to: a person is waiting, and a look in 5 minutes burdens no server."""

    resend_after: timedelta = timedelta(seconds=60)
    """Sending again needs a look after this. Earlier ones don't suffice, however many found nothing: common
    proxies hang up after 60 s while the server behind them works on."""


SCHEDULE = Schedule()

_MOST_DOUBLED = 20  # enough for any first pause to reach the longest; a timedelta would overflow after more


def next_look(entry: Entry, schedule: Schedule = SCHEDULE) -> datetime | None:
    """Return when to look for the launch next; None when it isn't unknown.

    Takes account of looks that failed, in whichever tab or replica, and of how long the API asked to wait.
    """
    if entry.state is not State.UNKNOWN or entry.unknown_at is None:
        return None
    times = [_due(entry, entry.unknown_at, schedule), entry.look_not_before, _paused_until(entry, schedule)]
    return max(time for time in times if time)


def can_resend(entry: Entry, schedule: Schedule = SCHEDULE) -> bool:
    """Tell whether sending again may be offered: looked for twice, late enough, and nothing could be it."""
    if entry.state is not State.UNKNOWN or entry.unknown_at is None or entry.last_look_at is None:
        return False
    late_enough = entry.last_look_at >= entry.unknown_at + schedule.resend_after
    is_missing = entry.not_found >= NOT_FOUND_BEFORE_RESEND and not entry.candidates and not entry.doubt
    return late_enough and is_missing and not entry.failures


def _due(entry: Entry, unknown_at: datetime, schedule: Schedule) -> datetime:
    """Return when the next look would be if none had failed."""
    if entry.last_look_at is None or entry.looks == 0:
        return unknown_at + schedule.looks[0]
    if entry.looks >= len(schedule.looks):
        age = entry.last_look_at - unknown_at
        pause = next((pause for until, pause in schedule.later if age < until), schedule.at_last)
        return entry.last_look_at + pause
    # If nobody looked for a while, say overnight, the remaining looks still keep their distances.
    pause = schedule.looks[entry.looks] - schedule.looks[entry.looks - 1]
    return max(unknown_at + schedule.looks[entry.looks], entry.last_look_at + pause)


def _paused_until(entry: Entry, schedule: Schedule) -> datetime | None:
    """Return until when failed looks put off the next one; None if the last one succeeded."""
    if entry.last_attempt_at is None or (entry.last_look_at and entry.last_look_at >= entry.last_attempt_at):
        return None
    pause = schedule.first_pause
    for _ in range(1, min(entry.failures, _MOST_DOUBLED)):
        pause *= 2
    return entry.last_attempt_at + min(pause, schedule.longest_pause)
