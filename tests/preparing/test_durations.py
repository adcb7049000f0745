"""How long runs usually take, by the runs that have finished."""

from datetime import UTC, datetime, timedelta

from recast_api import Run
from recast_api.preparing import UsualDuration, usual_duration

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


def run(number: int, minutes: float | None, *, status: str = "success", run_type: str = "holdout") -> Run:
    end = None if minutes is None else START + timedelta(minutes=minutes)
    return Run.model_validate(
        {
            "id": number,
            "status": status,
            "run_type": run_type,
            "created_at": START.isoformat(),
            "updated_at": end and end.isoformat(),
        }
    )


def test_four_runs_are_too_few_and_five_are_enough() -> None:
    runs = [run(number, 30) for number in range(5)]
    assert usual_duration(runs[:4], "holdout") is None
    half_an_hour = timedelta(minutes=30)
    assert usual_duration(runs, "holdout") == UsualDuration(half_an_hour, half_an_hour, 5)


def test_only_successful_runs_of_the_type_with_both_times_count() -> None:
    counted = [run(number, 10 * number) for number in range(1, 12)]
    others = [
        run(20, 500, status="error"),
        run(21, 500, run_type="model_run"),
        run(22, None),
    ]
    usual = usual_duration([*counted, *others], "holdout")
    assert usual == UsualDuration(timedelta(minutes=20), timedelta(minutes=100), 11)
