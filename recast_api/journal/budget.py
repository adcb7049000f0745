"""How much of the API's limits is used: an estimate, from the journal and the run list together.

The API publishes 20 runs a minute and 100 a day. Whether they count per token, person or client, and when
its minute and its day begin, is not known. Counted here: launches by this token at this API, and runs in
the client's list that no entry of the journal owns, in the 60 seconds and 24 hours that end now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from recast_api.journal.entries import RunId

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
PAIRING = timedelta(minutes=5)
"""A listed run this near to a launch without a known run is taken to be that launch's, and counted once."""


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run of the run list, with the time the server says it was created."""

    id: RunId
    created_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The limits, and the latest runs of the client's list. The figures are the API document's own."""

    per_minute: int = 20
    per_day: int = 100
    listed: Sequence[ListedRun] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A launch in the journal that has a run, or may have one."""

    at: datetime
    run_id: RunId | None
    mine: bool
    """By the same token."""
    here: bool
    """For the same client, so that its run would be in the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What is used of the limits; an estimate."""

    minute_used: int
    minute_limit: int
    day_used: int
    day_limit: int
    possible_at: datetime | None
    """When the next launch fits, in UTC; None when it fits now."""


def usage(budget: Budget, taken: Sequence[Taken], now: datetime) -> Usage:
    """Return what is used at `now`."""
    # A time further in the future than clocks differ is wrong. Counted, it would stop launches until then.
    listed = [run for run in budget.listed if run.created_at and run.created_at <= now + PAIRING]
    times = sorted([launch.at for launch in taken if launch.mine] + _unowned(listed, taken))
    minute, day = ([at for at in times if at > now - window] for window in (MINUTE, DAY))
    waits = [
        used[-limit] + window
        for used, limit, window in ((minute, budget.per_minute, MINUTE), (day, budget.per_day, DAY))
        if len(used) >= limit
    ]
    return Usage(
        minute_used=len(minute),
        minute_limit=budget.per_minute,
        day_used=len(day),
        day_limit=budget.per_day,
        possible_at=max(waits, default=None),
    )


def _unowned(listed: Iterable[ListedRun], taken: Sequence[Taken]) -> list[datetime]:
    """Return the times of listed runs that no launch in the journal accounts for."""
    owned = {str(launch.run_id) for launch in taken if launch.here and launch.run_id is not None}
    waiting = sorted(launch.at for launch in taken if launch.here and launch.run_id is None)
    created = sorted(run.created_at for run in listed if run.created_at and str(run.id) not in owned)
    return _unpaired(created, waiting)


def _unpaired(created: Iterable[datetime], waiting: list[datetime]) -> list[datetime]:
    """Return the times, of runs, that are near to none of the launches without a known run."""
    unpaired = []
    for at in created:
        # Both are in ascending order and every launch may be equally far from its run. So pairing each run
        # with the earliest launch that fits makes as many pairs as there can be, and counts no launch twice.
        launched = next((launched for launched in waiting if abs(at - launched) <= PAIRING), None)
        if launched is None:
            unpaired.append(at)
        else:
            waiting.remove(launched)
    return unpaired
