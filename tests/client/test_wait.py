"""Waiting for a run, by a clock of the test's own."""

from typing import Any

import pytest

from recast_api import (
    ArgumentError,
    ConnectionDroppedError,
    NotFoundError,
    RecastError,
    Run,
    RunFailedError,
    RunForm,
    RunStatus,
    ServerError,
    StatusError,
    UnreadableResponseError,
    WaitError,
    WaitTimeoutError,
)


class SandboxClock:
    """A clock whose seconds pass on the sandbox too."""

    def __init__(self, sandbox) -> None:
        self._sandbox = sandbox
        self.seconds = 1000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        self._sandbox.advance(minutes=seconds / 60)


@pytest.fixture
def clock(sandbox):
    return SandboxClock(sandbox)


def test_waits_for_the_run_to_succeed(client, form, clock):
    polled: list[Run] = []
    run = client.runs.wait(client.runs.launch(form), on_poll=polled.append, clock=clock)
    assert run.succeeded
    assert polled[-1] == run
    assert {one.status for one in polled} <= set(RunStatus)
    assert polled[0].status == RunStatus.LAUNCHING
    assert set(clock.slept) == {60}
    assert len(polled) == len(clock.slept) + 1


def test_a_finished_run_is_returned_at_once(client, form, clock, sandbox):
    run_id = client.runs.launch(form)
    sandbox.advance(minutes=90)
    assert client.runs.wait(run_id, timeout=0, clock=clock).succeeded
    assert clock.slept == []


@pytest.mark.parametrize("status", ["error", "aborted", "syncing_failed"])
def test_a_run_that_failed_is_an_error_with_the_run(client, clean_csv, clock, status):
    sheet = f"https://docs.google.com/spreadsheets/d/sandbox-{status.replace('_', '-')}/edit"
    form = RunForm(run_type="model_run", google_sheet_priors_url=sheet, clean_data=clean_csv)
    run_id = client.runs.launch(form)
    with pytest.raises(RunFailedError, match=f"Run {run_id} ended with the status {status}") as caught:
        client.runs.wait(run_id, clock=clock)
    assert caught.value.run.status == status
    assert isinstance(caught.value, WaitError)


def test_out_of_time_is_an_error_with_the_run_last_seen(client, form, clock):
    run_id = client.runs.launch(form)
    with pytest.raises(WaitTimeoutError, match="not finished after 100 seconds") as caught:
        client.runs.wait(run_id, timeout=100, every=45, clock=clock)
    error = caught.value
    assert clock.slept == [45, 45, 10]
    assert error.run_id == run_id
    assert error.run is not None
    assert error.run.is_in_progress
    assert isinstance(error, WaitError)
    assert isinstance(error, TimeoutError)
    assert isinstance(error, RecastError)


def test_an_unknown_status_is_not_known_to_be_finished(other_client, other_server, clock):
    other_server.answer({"id": 1, "status": "paused"})
    other_server.answer({"id": 1, "status": None})
    with pytest.raises(WaitTimeoutError, match="last status was missing") as caught:
        other_client.runs.wait(1, timeout=120, clock=clock)
    assert caught.value.run is not None
    assert caught.value.run.status == ""
    assert len(other_server.received) == 3


def test_passing_errors_do_not_end_the_wait(client, form, clock, sandbox):
    run_id = client.runs.launch(form)
    tries = 4  # one, and the three more of the policy
    sandbox.faults.drop_before_work(times=tries)
    sandbox.faults.respond(429, times=tries)
    sandbox.faults.respond(500)
    sandbox.faults.html(503, times=tries)
    polled: list[Run] = []
    run = client.runs.wait(run_id, on_poll=polled.append, clock=clock)
    assert run.succeeded
    assert len(polled) == len(clock.slept) + 1 - 4


def test_passing_errors_until_the_time_is_up(client, form, clock, sandbox):
    run_id = client.runs.launch(form)
    sandbox.faults.respond(500, times=3)
    with pytest.raises(WaitTimeoutError, match="could not be read") as caught:
        client.runs.wait(run_id, timeout=120, clock=clock)
    assert caught.value.run is None
    assert isinstance(caught.value.__cause__, ServerError)


def test_the_last_error_is_kept_beside_the_run_last_seen(client, form, clock, sandbox):
    run_id = client.runs.launch(form)
    sandbox.faults.drop_before_work(skip=1, times=4)
    with pytest.raises(WaitTimeoutError) as caught:
        client.runs.wait(run_id, timeout=60, clock=clock)
    assert caught.value.run is not None
    assert isinstance(caught.value.__cause__, ConnectionDroppedError)


STRAY: dict[str, dict[str, Any]] = {
    "404": {"status": 404, "body": b"no such run"},
    "html": {"body": b"<p>Log in</p>", "Content_Type": "text/html"},
    "no run": {"body": []},
}
stray = pytest.mark.parametrize("answer", STRAY.values(), ids=STRAY)
OTHERS: list[dict[str, Any]] = [{"body": {"id": 1, "status": "running"}}, {"body": b"", "status": 500}]


@stray
@pytest.mark.parametrize("between", OTHERS)
def test_one_stray_answer_does_not_end_the_wait(other_client, other_server, clock, answer, between):
    for one in (answer, between, answer, {"body": {"id": 1, "status": "success"}}):
        other_server.answer(**one)
    assert other_client.runs.wait(1, clock=clock).succeeded
    assert clock.slept == [60, 60, 60]


@stray
@pytest.mark.parametrize("second", STRAY.values(), ids=STRAY)
def test_two_stray_answers_in_a_row_end_the_wait(other_client, other_server, clock, answer, second):
    for one in (answer, second, {"body": {"id": 1, "status": "success"}}):
        other_server.answer(**one)
    with pytest.raises((NotFoundError, UnreadableResponseError)):
        other_client.runs.wait(1, clock=clock)
    assert clock.slept == [60]


def test_one_stray_answer_until_the_time_is_up(other_client, other_server, clock):
    other_server.answer(**STRAY["404"])
    with pytest.raises(WaitTimeoutError, match="could not be read") as caught:
        other_client.runs.wait(1, timeout=0, clock=clock)
    assert isinstance(caught.value.__cause__, NotFoundError)


@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_other_errors_end_the_wait(client, form, clock, sandbox, status):
    run_id = client.runs.launch(form)
    sandbox.faults.respond(status)
    with pytest.raises(StatusError) as caught:
        client.runs.wait(run_id, clock=clock)
    assert caught.value.status == status
    assert clock.slept == []


@pytest.mark.parametrize("every", [0, -1, float("nan")])
def test_looking_without_a_pause_is_refused(client, sandbox, every):
    with pytest.raises(ArgumentError):
        client.runs.wait(1, every=every)
    assert sandbox.requests == []


def test_the_system_clock(other_client, other_server):
    other_server.answer({"id": 1, "status": "processing"})
    other_server.answer({"id": 1, "status": "success"})
    assert other_client.runs.wait(1, every=0.01).succeeded
