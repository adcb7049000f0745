"""The demo client: six months of weekly refreshes, about 40 runs, one of them on its way.

All visitors get the same runs. Dates follow the sandbox's clock, everything else is fixed.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from typing import Any, NamedTuple

from recast_api.sandbox import demo_data, timeline
from recast_api.sandbox.state import StoredRun
from recast_api.sandbox.timeline import SUCCESS, Ending

NEWEST_FINISHED_ID = 2786
"""The id in the API document's example answer: here a finished holdout."""

PRIORS_SHEETS = (
    "https://docs.google.com/spreadsheets/d/1SandboxDemoPriors-spring/edit",
    "https://docs.google.com/spreadsheets/d/1SandboxDemoPriors-autumn/edit",
)
_NEW_PRIORS_FROM = 13
_LATEST = demo_data.REFRESHES - 1

_BYTES_PER_DAY = 150
_LIVE_FOR_MINUTES = 4.0
_LIVE_ID = NEWEST_FINISHED_ID + 2
# Ids leave gaps, as the server has other clients too.
_GAPS = (1, 4, 9, 2, 6, 3, 11)


class _Seed(NamedTuple):
    refresh: int
    hours: float
    """After midnight (UTC) at the start of the refresh's Monday."""
    run_type: str
    settings: Mapping[str, Any] = {}
    ending: Ending = SUCCESS


_WEEKLY = [
    _Seed(refresh, 10.0 if refresh == 0 else 8.2, "model_run") for refresh in range(demo_data.REFRESHES)
]

_FAILED = {
    6: Ending("error", share=0.6),
    11: Ending("aborted", share=0.4),
    15: Ending("syncing_failed", share=0.08),
}
_FAILED_FIRST = [_Seed(week, 6.9, "model_run", ending=ending) for week, ending in _FAILED.items()]

_VALIDATION = [
    _Seed(0, 6.0, "parameter_recovery"),
    _Seed(0, 7.2, "stability_loop", {"n_holdout": 4, "days_per_holdout": 30}),
    _Seed(0, 8.5, "holdout", {"holdout_days": [14, 28, 42]}),
    _Seed(6, 11.1, "holdout", {"holdout_days": [28]}),
    _Seed(10, 10.4, "stability_loop", {"n_holdout": 6, "days_per_holdout": 30}),
    _Seed(12, 11.3, "holdout", {"holdout_days": [14, 28, 42]}),
    _Seed(13, 9.8, "parameter_recovery"),
    _Seed(19, 10.7, "holdout", {"holdout_days": [30, 60, 90]}),
    _Seed(20, 9.6, "stability_loop", {"n_holdout": 8, "days_per_holdout": 7}),
    _Seed(_LATEST, 10.2, "holdout", {"holdout_days": [14, 28, 42]}),
]
_LIVE = _Seed(_LATEST, 0.0, "stability_loop", {"n_holdout": 6, "days_per_holdout": 30})

_FINISHED = sorted(_WEEKLY + _FAILED_FIRST + _VALIDATION, key=lambda seed: (seed.refresh, seed.hours))


def runs(now: float, minute: float) -> tuple[StoredRun, ...]:
    """Return the demo client's runs as of `now` (Unix seconds), `minute` seconds being a simulated minute.

    The one on its way was launched four simulated minutes ago, all others more than a day ago.
    """
    monday = _monday_of_latest_refresh(now)
    live = _stored(_LIVE, _LIVE_ID, now - _LIVE_FOR_MINUTES * minute, monday, minute)
    return (*_finished(monday, minute), live)


def _monday_of_latest_refresh(now: float) -> date:
    # Two days' distance keeps a Monday's runs out of the daily limit, which goes by the last 24 hours.
    day = datetime.fromtimestamp(now, UTC).date() - timedelta(days=2)
    return day - timedelta(days=day.weekday())


@lru_cache(maxsize=4)
def _finished(monday: date, minute: float) -> tuple[StoredRun, ...]:
    midnight = datetime(monday.year, monday.month, monday.day, tzinfo=UTC)
    found = []
    run_id = NEWEST_FINISHED_ID
    for seed in reversed(_FINISHED):
        created = midnight - timedelta(weeks=_LATEST - seed.refresh) + timedelta(hours=seed.hours)
        found.append(_stored(seed, run_id, created.timestamp(), monday, minute))
        run_id -= _GAPS[len(found) % len(_GAPS)]
    return tuple(reversed(found))


def _stored(seed: _Seed, run_id: int, created: float, monday: date, minute: float) -> StoredRun:
    sheet = PRIORS_SHEETS[seed.refresh >= _NEW_PRIORS_FROM]
    form = {"run_type": seed.run_type, "google_sheet_priors_url": sheet, **seed.settings}
    size = demo_data.length(seed.refresh) * _BYTES_PER_DAY
    steps = timeline.plan(created, timeline.minutes_needed(form, size, run_id), seed.ending, minute)
    load = partial(demo_data.clean_data, monday - timedelta(days=1), seed.refresh)
    return StoredRun(run_id, form, steps, load)
