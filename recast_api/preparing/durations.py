"""How long runs usually take, from the runs that have finished. An estimate, and called one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles

from recast_api.models import Run

ENOUGH_RUNS = 5
"""Below five, a range says more about chance than about runs."""


@dataclass(frozen=True, slots=True)
class UsualDuration:
    """The range in which eight of ten such runs lie."""

    shortest: timedelta
    longest: timedelta
    runs: int
    """How many it is estimated from."""


def usual_duration(runs: Iterable[Run], run_type: str | None) -> UsualDuration | None:
    """Return how long a run type usually takes by its successful `runs`, or None where too few are known.

    A duration is the time from a run's creation to its last update, as the API serves them.
    """
    seconds = [
        (run.updated_at - run.created_at).total_seconds()
        for run in runs
        if run.succeeded and run.run_type == run_type and run.created_at and run.updated_at
    ]
    if len(seconds) < ENOUGH_RUNS:
        return None
    tenths = quantiles(seconds, n=10, method="inclusive")
    return UsualDuration(timedelta(seconds=tenths[0]), timedelta(seconds=tenths[-1]), len(seconds))
