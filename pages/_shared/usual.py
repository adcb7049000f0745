"""How long runs usually take, from the runs that have finished. An estimate, and called one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles

from pages._shared import times
from recast_api import Run

# Below five, a range says more about chance than about runs.
_ENOUGH = 5


@dataclass(frozen=True)
class Usual:
    """The range in which eight of ten such runs lie."""

    shortest: timedelta
    longest: timedelta
    runs: int

    def __str__(self) -> str:
        return f"usually {times.duration(self.shortest)} to {times.duration(self.longest)} ({self.runs} runs)"


def usual_duration(runs: Iterable[Run], run_type: str | None) -> Usual | None:
    """The usual duration of `run_type` among the successful `runs`, or None where too few are known."""
    lengths = [
        (run.updated_at - run.created_at).total_seconds()
        for run in runs
        if run.succeeded and run.run_type == run_type and run.created_at and run.updated_at
    ]
    if len(lengths) < _ENOUGH:
        return None
    tenths = quantiles(lengths, n=10, method="inclusive")
    return Usual(timedelta(seconds=tenths[0]), timedelta(seconds=tenths[-1]), len(lengths))


def sentence(runs: Iterable[Run], run_type: str | None) -> str:
    usual = usual_duration(runs, run_type)
    return str(usual) if usual else "usual duration not known yet"
