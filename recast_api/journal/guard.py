"""Refuse a launch that repeats an earlier one, in the same transaction that writes the launch down.

The pages ask as well, but between their question and the click another tab may have launched the same. Only
here, where no other writer can come in between, is it certain that one of several clicks is sent.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_

from recast_api.journal.entries import OPEN_STATES, RUN_STATES, Earlier, Entry, Intent, State
from recast_api.journal.errors import SameLaunchError
from recast_api.journal.rows import at, read_entries, read_entry
from recast_api.journal.schema import launches


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Which earlier launches to ask about when a launch is written down."""

    since: datetime
    """Launches from this time on are asked about, and those whose outcome is open whenever they were sent."""
    confirmed: Collection[int] = ()
    """Ids of earlier launches that a person knows of and wants to repeat."""


def earlier_launches(connection: Connection, intent: Intent, since: datetime) -> list[Earlier]:
    """Return the launches that this one may repeat, newest first."""
    same = and_(launches.c.data_sha256 == intent.data_sha256, launches.c.run_type == intent.run_type)
    lately = or_(launches.c.started_at >= since, launches.c.state.in_(OPEN_STATES))
    condition = and_(at(intent.base_url, intent.client_slug), same, lately, launches.c.state.in_(RUN_STATES))
    entries = read_entries(connection, condition)
    return [_to_earlier(entry, intent) for entry in entries if _is_asked_about(entry, intent, since)]


def refuse_same(connection: Connection, intent: Intent, guard: Guard) -> None:
    """Raise `SameLaunchError` where the same is on its way, or was launched and that is not confirmed."""
    earlier = earlier_launches(connection, intent, guard.since)
    # One's own launch with an open outcome can't be confirmed away: it may have become the very run that is
    # about to be launched again. Hence two loops: this is said even where a newer launch needs confirming
    # too.
    for launch in earlier:
        if launch.mine and launch.state.is_open:
            raise SameLaunchError(_on_its_way(launch), earlier=launch)
    for launch in earlier:
        if launch.id not in guard.confirmed and not _was_decided_on(connection, launch, intent):
            raise SameLaunchError(_launched(launch), earlier=launch)


def _is_asked_about(entry: Entry, intent: Intent, since: datetime) -> bool:
    if intent.owner.is_same_person(entry.owner):
        return entry.body_sha256 == intent.body_sha256
    return entry.started_at >= since


def _to_earlier(entry: Entry, intent: Intent) -> Earlier:
    mine = intent.owner.is_same_person(entry.owner)
    run_id = entry.run_id if mine else None
    return Earlier(id=entry.id, started_at=entry.started_at, state=entry.state, mine=mine, run_id=run_id)


def _was_decided_on(connection: Connection, launch: Earlier, intent: Intent) -> bool:
    """Whether it was there already when a person decided on the launch that is now sent again."""
    if intent.resend_of is None:
        return False
    return launch.started_at <= read_entry(connection, intent.resend_of).started_at


def _on_its_way(launch: Earlier) -> str:
    if launch.state is State.SENDING:
        return f"Not sent: the same launch has been on its way since {_at(launch)}; wait for its answer."
    return (
        f"Not sent: the same launch, sent at {_at(launch)}, is still unresolved: its outcome is unknown. "
        "Say which run it became, or stop looking for it, before you launch it again."
    )


def _launched(launch: Earlier) -> str:
    if not launch.mine:
        return (
            f"Not sent: a launch of this client at {_at(launch)} has the same data; "
            "confirm that to launch it anyway."
        )
    run = "" if launch.run_id is None else f" (run {launch.run_id})"
    return (
        f"Not sent: the same settings and data were launched at {_at(launch)}{run}; "
        "confirm that to launch them again."
    )


def _at(launch: Earlier) -> str:
    return f"{launch.started_at:%Y-%m-%d %H:%M} UTC"
