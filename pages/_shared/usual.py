"""How long runs usually take, in words: an estimate, and called one."""

from collections.abc import Iterable

from pages._shared import times
from recast_api import Run
from recast_api.preparing import usual_duration


def sentence(runs: Iterable[Run], run_type: str | None) -> str:
    """`usually 20 min to 60 min (12 runs)`, by the `runs` of that type that have finished."""
    usual = usual_duration(runs, run_type)
    if usual is None:
        return "usual duration not known yet"
    shortest, longest = times.duration(usual.shortest), times.duration(usual.longest)
    return f"usually {shortest} to {longest} ({usual.runs} runs)"
