import csv
import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from recast_api.sandbox import Sandbox, StoredRun
from recast_api.sandbox.demo_data import CHANNELS, LOST_CHANNEL, LOST_IN, RESTATED_IN

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC).timestamp()
DAY = 86_400.0

Table = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def runs() -> list[StoredRun]:
    """The demo client's runs, oldest first."""
    sandbox = Sandbox(clock=lambda: NOW)
    return sandbox.runs(sandbox.open_account().token)[::-1]


@pytest.fixture(scope="module")
def refreshes(runs: list[StoredRun]) -> list[bytes]:
    return list(dict.fromkeys(run.clean_data for run in runs))


def table(clean_data: bytes) -> Table:
    rows = csv.DictReader(io.StringIO(clean_data.decode()))
    return {row.pop("date"): {name: float(value) for name, value in row.items()} for row in rows}


def test_forty_runs_of_all_types_and_ends(runs: list[StoredRun]) -> None:
    assert len(runs) == 40
    assert set(Counter(run.run_type for run in runs)) == {
        "model_run",
        "parameter_recovery",
        "stability_loop",
        "holdout",
    }
    statuses = Counter(run.at(NOW)[1] for run in runs)
    assert statuses == {"success": 36, "error": 1, "aborted": 1, "syncing_failed": 1, "waiting": 1}


def test_run_2786_is_the_newest_finished_one_a_holdout(runs: list[StoredRun]) -> None:
    *_, newest_finished, live = runs
    assert (newest_finished.id, newest_finished.run_type) == (2786, "holdout")
    assert newest_finished.at(NOW)[1] == "success"
    assert (live.at(NOW)[1], live.id > 2786) == ("waiting", True)


def test_ids_and_times_rise_together(runs: list[StoredRun]) -> None:
    for older, newer in pairwise(runs):
        assert older.id < newer.id
        assert older.created < newer.created


@pytest.mark.parametrize("days_later", range(7))
def test_dates_follow_the_clock(days_later: int) -> None:
    now = NOW + days_later * DAY
    sandbox = Sandbox(clock=lambda: now)
    live, *finished = sandbox.runs(sandbox.open_account().token)
    assert now - live.created < DAY
    assert all(now - run.created > DAY for run in finished)
    assert all(datetime.fromtimestamp(run.created, UTC).weekday() == 0 for run in finished)
    assert now - finished[0].created < 9 * DAY
    assert now - finished[-1].created > 175 * DAY
    last_day = date.fromisoformat(list(table(finished[0].clean_data))[-1])
    assert last_day == datetime.fromtimestamp(finished[0].created, UTC).date() - timedelta(days=1)


def test_all_visitors_see_the_same(runs: list[StoredRun]) -> None:
    sandbox = Sandbox(clock=lambda: NOW)
    again = sandbox.runs(sandbox.open_account().token)[::-1]
    assert [(run.id, run.form, run.timeline) for run in again] == [
        (run.id, run.form, run.timeline) for run in runs
    ]
    assert again[-1].clean_data == runs[-1].clean_data


def test_daily_rows_over_27_months_growing_by_a_week(refreshes: list[bytes]) -> None:
    assert len(refreshes) == 26
    for weeks, refresh in enumerate(refreshes):
        days = [date.fromisoformat(day) for day in table(refresh)]
        assert len(days) == 822 + 7 * weeks
        assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))


def test_the_file_is_plain(refreshes: list[bytes]) -> None:
    header, *rows = refreshes[-1].decode("ascii").split("\n")
    assert header == ",".join(("date", "revenue", *CHANNELS))
    assert rows.pop() == ""
    for row in rows:
        day, *values = row.split(",")
        assert len(day) == 10
        assert all(value == f"{float(value):.2f}" and float(value) >= 0 for value in values)


def test_only_one_refresh_restates_history(refreshes: list[bytes]) -> None:
    for refresh, (before, after) in enumerate(pairwise(map(table, refreshes)), start=1):
        changed = Counter(
            name
            for day, cells in before.items()
            for name, value in cells.items()
            if after[day].get(name, value) != value
        )
        assert set(changed) == ({"revenue", "affiliates", "influencers"} if refresh == RESTATED_IN else set())
        if changed:
            assert changed["revenue"] == changed["affiliates"] == 42


def test_one_channel_is_lost_and_comes_back(refreshes: list[bytes]) -> None:
    for refresh, data in enumerate(refreshes):
        names = data.decode().split("\n", 1)[0].split(",")
        lost = {*("date", "revenue"), *CHANNELS} - set(names)
        assert lost == ({LOST_CHANNEL} if refresh == LOST_IN else set())


def test_the_data_could_be_modelled(refreshes: list[bytes]) -> None:
    days = table(refreshes[-1])
    spend = np.array([[cells[name] for name in CHANNELS] for cells in days.values()])
    revenue = np.array([cells["revenue"] for cells in days.values()])
    correlations = np.corrcoef(spend, rowvar=False)
    assert np.abs(correlations - np.eye(len(CHANNELS))).max() < 0.8
    assert np.linalg.inv(correlations).diagonal().max() < 5
    # Flights leave gaps, promotions leave spikes, and revenue follows the spend.
    assert 0.05 < (spend == 0).mean() < 0.4
    assert revenue.max() > 1.6 * np.median(revenue)
    assert np.corrcoef(spend.sum(axis=1), revenue)[0, 1] > 0.3
