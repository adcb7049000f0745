from itertools import groupby
from typing import Any

import pytest

from recast_api.sandbox import MAGIC_SHEETS, Account, Sandbox
from recast_api.sandbox.timeline import minutes_needed


def states(api: Any, sandbox: Sandbox, run_id: int, minutes: int = 61) -> list[str]:
    """The states seen when looking twice a simulated minute."""
    seen = []
    for _ in range(minutes * 2):
        seen.append(api.status(run_id))
        sandbox.advance(minutes=0.5)
    return [status for status, _ in groupby(seen)]


def test_a_run_passes_all_states(api: Any, sandbox: Sandbox) -> None:
    run_id = api.launched()
    assert states(api, sandbox, run_id) == ["launching", "waiting", "running", "processing", "success"]
    sandbox.advance(minutes=10_000)
    assert api.status(run_id) == "success"


@pytest.mark.parametrize(
    ("word", "passed"),
    [
        ("sandbox-error", ["launching", "waiting", "running", "error"]),
        ("sandbox-aborted", ["launching", "waiting", "running", "aborted"]),
        ("sandbox-syncing-failed", ["launching", "waiting", "syncing_failed"]),
    ],
)
def test_a_magic_word_in_the_sheet_decides_the_end(
    api: Any, sandbox: Sandbox, word: str, passed: list[str]
) -> None:
    run_id = api.launched(google_sheet_priors_url=f"https://docs.google.com/spreadsheets/d/{word}/edit#gid=0")
    assert states(api, sandbox, run_id) == passed


def test_a_slow_run_outlives_all_others(api: Any, sandbox: Sandbox) -> None:
    run_id = api.launched(google_sheet_priors_url="https://docs.google.com/spreadsheets/d/sandbox-slow/edit")
    sandbox.advance(minutes=60)
    assert api.status(run_id) in {"running", "processing"}
    sandbox.advance(minutes=120)
    assert api.status(run_id) == "success"


def test_every_magic_word_ends_in_a_status_of_the_document() -> None:
    assert {ending.status for ending in MAGIC_SHEETS.values()} == {
        "error",
        "aborted",
        "syncing_failed",
        "success",
    }


def test_updated_at_is_the_last_change_of_state(api: Any, sandbox: Sandbox) -> None:
    run_id = api.launched()
    changes = []
    for _ in range(122):
        run = api.get(f"/{run_id}").json()
        changes.append((run["status"], run["updated_at"]))
        sandbox.advance(minutes=0.5)
    assert len(set(changes)) == 5
    assert changes[-1][1] > changes[0][1]


@pytest.mark.parametrize("run_type", ["model_run", "parameter_recovery", "stability_loop", "holdout"])
def test_twenty_to_sixty_minutes_by_type_windows_and_size(run_type: str) -> None:
    def minutes(size: int, **settings: Any) -> list[float]:
        return [minutes_needed({"run_type": run_type, **settings}, size, run_id) for run_id in range(11)]

    small, large = minutes(1_000), minutes(1_000_000)
    assert all(20 <= each <= 60 for each in small + large)
    assert sum(large) > sum(small)
    assert len(set(small)) > 1
    assert max(minutes(10**9, n_holdout=2**31 - 1)) == 60
    assert sum(minutes(1_000, n_holdout=6)) > sum(small)
    assert sum(minutes(1_000, holdout_days=[14, 28])) > sum(small)


def test_minute_is_how_many_real_seconds_a_simulated_one_takes() -> None:
    with Sandbox(minute=60.0, clock=lambda: 1_800_000_000.0) as sandbox:
        account = sandbox.open_account()
        live, *_ = sandbox.runs(account.token)
        created, ended = live.timeline[0][0], live.timeline[-1][0]
        assert 20 * 60 <= ended - created <= 60 * 60
        assert 1_800_000_000 - created == 4 * 60
        sandbox.advance(minutes=61)
        assert live.at(1_800_000_000 + 61 * 60)[1] == "success"


def test_the_clock_stands_still_when_frozen_and_runs_after_reset(
    api: Any, sandbox: Sandbox, account: Account
) -> None:
    first, second = api.launched(), api.launched()
    times = {run.created for run in sandbox.runs(account.token)}
    assert (len(times), second - first) == (1, 1)
    sandbox.reset()
    created: list[float] = []
    while len(set(created)) < 2:
        fresh = sandbox.open_account()
        created.append(sandbox.runs(fresh.token)[0].created)
