"""How long a run takes and which statuses it passes through, planned once at launch.

Nothing ticks: a run keeps the times at which it changes state, and whoever asks compares them with the
clock. Times are Unix seconds; a simulated minute takes `minute` real seconds.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

Timeline = tuple[tuple[float, str], ...]
"""(time, status) pairs in ascending order; the first is the creation, the last the end."""


class Ending(NamedTuple):
    """How a run ends: its last status, the share of its length it gets to, and how far that is stretched."""

    status: str
    share: float = 1.0
    stretch: float = 1.0


SUCCESS = Ending("success")

MAGIC_SHEETS: Mapping[str, Ending] = {
    "sandbox-error": Ending("error", share=0.6),
    "sandbox-aborted": Ending("aborted", share=0.4),
    "sandbox-syncing-failed": Ending("syncing_failed", share=0.08),
    "sandbox-slow": Ending("success", stretch=3.0),
}
"""Words that, found in the priors sheet's URL, decide how a run ends (`.../d/sandbox-error/edit`)."""

# Shares of a run's length. Only "20 to 60 minutes" and the order of the states are published.
_STEPS = ((0.0, "launching"), (0.03, "waiting"), (0.1, "running"), (0.9, "processing"))

_BASE_MINUTES = {"model_run": 24.0, "parameter_recovery": 21.0, "holdout": 26.0, "stability_loop": 32.0}
_MINUTES_PER_WINDOW = 2.5
_BYTES_PER_MINUTE = 50_000
_SHORTEST, _LONGEST = 20.0, 60.0


def ending_for(priors_url: str) -> Ending:
    """How a run with this priors sheet ends: as its magic word says, else in success."""
    return next((ending for word, ending in MAGIC_SHEETS.items() if word in priors_url), SUCCESS)


def minutes_needed(form: Mapping[str, Any], size: int, run_id: int) -> float:
    """Return simulated minutes, 20 to 60: more for more windows and bytes, and never twice quite the same."""
    windows = form.get("n_holdout") or len(form.get("holdout_days", ()))
    spread = (run_id * 37 % 11 - 5) * 0.7
    minutes = _BASE_MINUTES[form["run_type"]] + windows * _MINUTES_PER_WINDOW + size / _BYTES_PER_MINUTE
    return round(min(max(minutes + spread, _SHORTEST), _LONGEST), 2)


def plan(created: float, minutes: float, ending: Ending, minute: float) -> Timeline:
    """All changes of state of a run created at `created`, `minutes` simulated minutes long."""
    length = minutes * ending.stretch * minute
    steps = [(created + share * length, status) for share, status in _STEPS if share < ending.share]
    return (*steps, (created + ending.share * length, ending.status))


def at(timeline: Timeline, now: float) -> tuple[float, str]:
    """Return the change of state in force at `now`, which is also when the run was last updated."""
    return next((change for change in reversed(timeline) if change[0] <= now), timeline[0])
