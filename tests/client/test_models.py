import json
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from recast_api import Run, RunPage, RunStatus, RunType

SAMPLES = Path(__file__).parents[1] / "samples"


def sample(name: str):
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


def test_a_run_with_unexpected_keys():
    served = sample("run.json")
    run = Run.model_validate(served)
    assert (run.id, run.status, run.run_type, run.name) == (
        2786,
        RunStatus.SUCCESS,
        RunType.HOLDOUT,
        "Weekly refresh",
    )
    assert run.created_at == datetime(2026, 6, 29, 8, 0, 4, tzinfo=UTC)
    assert run.updated_at == datetime(2026, 6, 29, 8, 41, 37, 250_000, tzinfo=UTC)
    assert run.updated_at.utcoffset() == timedelta(0)
    assert run.form == served["form"]
    assert run.raw == served
    assert "burn_in" not in repr(run)


def test_a_run_with_next_to_nothing():
    run = Run.model_validate(sample("run_sparse.json"))
    assert (run.id, run.status, run.run_type, run.name) == ("b7c1", "paused", "quick_look", None)
    assert run.created_at is None
    assert run.updated_at is None
    assert (run.is_in_progress, run.is_finished, run.succeeded) == (False, False, False)


def test_only_the_id_must_be_there():
    run = Run.model_validate({"id": 1})
    assert (run.status, run.run_type, run.form, run.raw) == ("", None, None, {"id": 1})


@pytest.mark.parametrize("value", [None, 5, "", [1], {"a": 1}, True, "paused"])
def test_no_value_breaks_a_run(value):
    fields = ("status", "run_type", "name", "created_at", "updated_at", "form", "raw")
    run = Run.model_validate(dict.fromkeys(fields, value) | {"id": 1})
    assert run.status == ("" if value is None else str(value))
    assert not run.is_finished
    assert run.raw["raw"] == value


@pytest.mark.parametrize(
    "served", [None, [], "run", 5, {}, {"id": None}, {"id": ""}, {"id": " "}, {"id": True}]
)
def test_what_has_no_id_is_no_run(served):
    with pytest.raises(ValidationError):
        Run.model_validate(served)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-06-29T08:00:00", datetime(2026, 6, 29, 8, tzinfo=UTC)),
        ("2026-06-29T08:00:00-05:00", datetime(2026, 6, 29, 13, tzinfo=UTC)),
        ("2026-06-29", datetime(2026, 6, 29, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("29.06.2026", None),
        (1_780_000_000, None),
    ],
)
def test_times_are_read_as_utc_or_not_at_all(text, expected):
    assert Run.model_validate({"id": 1, "created_at": text}).created_at == expected


def test_each_status_is_in_progress_or_finished():
    in_progress = {RunStatus.LAUNCHING, RunStatus.WAITING, RunStatus.RUNNING, RunStatus.PROCESSING}
    for status in RunStatus:
        run = Run.model_validate({"id": 1, "status": status.value})
        assert run.is_in_progress == (status in in_progress)
        assert run.is_finished == (status not in in_progress)
        assert run.succeeded == (status == RunStatus.SUCCESS)


def test_a_page_with_unexpected_keys():
    page = RunPage.from_served(sample("runs.json"))
    assert [run.id for run in page.items] == [2787, 2786]
    assert (page.page, page.per_page, page.total_pages, page.total_count) == (1, 2, 20, 39)


@pytest.mark.parametrize(
    "served",
    [
        [{"id": 1}],
        {"data": [{"id": 1}]},
        {"data": [{"id": 1}], "pagination": None},
        {"data": [{"id": 1}], "pagination": {"page": "one", "per_page": -1, "total_pages": True}},
    ],
)
def test_a_page_without_numbers(served):
    page = RunPage.from_served(served)
    assert [run.id for run in page.items] == [1]
    assert (page.page, page.per_page, page.total_pages, page.total_count) == (None, None, None, None)


@pytest.mark.parametrize(
    "served", [None, "runs", 5, {}, {"data": None}, {"data": {"id": 1}}, {"data": [5]}, [{}]]
)
def test_what_is_no_list_of_runs(served):
    with pytest.raises(ValidationError):
        RunPage.from_served(served)


def test_runs_are_frozen_and_can_be_cached():
    run = Run.model_validate(sample("run.json"))
    with pytest.raises(ValidationError):
        run.status = "error"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(run)) == run
