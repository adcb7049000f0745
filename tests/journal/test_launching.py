"""Sending once, against the sandbox on a real socket: what each answer comes to, and what is written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from recast_api import ApiError
from recast_api.journal import (
    BudgetExceededError,
    DataFacts,
    Journal,
    JournalUnavailableError,
    Outcome,
    Owner,
    State,
)
from recast_api.launching import Launcher, Seen
from recast_api.sandbox import Sandbox
from tests.journal.desk import DATA, OTHER_DATA, BreaksOff, Desk, some_form

Break = Callable[[Sandbox], None]


def test_a_launch_is_written_down_with_its_run_and_the_body_that_was_sent(desk: Desk) -> None:
    form = some_form(run_type="holdout", holdout_days=[14, 28])
    facts = DataFacts(row_count=2, column_count=3)

    entry = desk.launcher.launch(form, facts=facts, note="Monday", reasons={"gaps": "shop was closed"})

    assert entry == desk.entries()[0]
    assert (entry.state, entry.run_id) == (State.LAUNCHED, desk.runs()[0].id)
    assert (entry.parameters, entry.facts, entry.note) == ({"holdout_days": [14, 28]}, facts, "Monday")
    assert entry.reasons == {"gaps": "shop was closed"}
    posted = next(request.body for request in desk.sandbox.requests if request.method == "POST")
    assert posted == form.json_bytes()
    assert entry.body_sha256 == hashlib.sha256(posted).hexdigest()


@pytest.mark.parametrize(
    ("break_it", "state", "has_run"),
    [
        (lambda s: s.faults.respond(400, method="POST"), State.REJECTED, False),
        (lambda s: s.faults.respond(401, method="POST"), State.REJECTED, False),
        (lambda s: s.faults.respond(403, method="POST"), State.REJECTED, False),
        (lambda s: s.faults.respond(404, method="POST"), State.REJECTED, False),
        (lambda s: s.faults.respond(422, method="POST"), State.REJECTED, False),
        (lambda s: s.faults.respond(429, method="POST"), State.REJECTED, False),
        (lambda s: s.faults.respond(302, method="POST"), State.UNKNOWN, False),
        (lambda s: s.faults.respond(302, method="POST", after_work=True), State.UNKNOWN, True),
        (lambda s: s.faults.respond(500, method="POST", after_work=True), State.UNKNOWN, True),
        (lambda s: s.faults.respond(502, method="POST"), State.UNKNOWN, False),
        (lambda s: s.faults.respond(503, method="POST", after_work=True), State.UNKNOWN, True),
        (lambda s: s.faults.html(504, method="POST", after_work=True), State.UNKNOWN, True),
        (lambda s: s.faults.html(200, method="POST", after_work=True), State.UNKNOWN, True),
        (lambda s: s.faults.broken_json(method="POST"), State.UNKNOWN, True),
        (lambda s: s.faults.drop_before_work(method="POST"), State.UNKNOWN, False),
        (lambda s: s.faults.drop_after_work(method="POST"), State.UNKNOWN, True),
    ],
)
def test_each_answer_has_its_outcome_and_is_asked_for_once(
    desk: Desk, break_it: Break, state: State, has_run: bool
) -> None:
    break_it(desk.sandbox)

    entry = desk.launcher.launch(some_form())

    assert (entry.state, desk.posts(), len(desk.runs())) == (state, 1, int(has_run))
    assert entry.message
    assert desk.account.token not in entry.message
    # What is lost is found if it is there, and not invented if it isn't.
    if state is State.UNKNOWN:
        assert desk.look(entry).seen is (Seen.FOUND if has_run else Seen.NOT_FOUND)
    assert desk.posts() == 1


def test_a_refusal_keeps_what_was_said_about_each_field(desk: Desk) -> None:
    desk.sandbox.faults.respond(
        422,
        '{"error": {"message": "No", "details": {"holdout_days": ["too long"]}}}',
        content_type="application/json",
        method="POST",
    )

    entry = desk.launcher.launch(some_form(run_type="holdout", holdout_days=[900]))

    assert entry.status == 422
    assert entry.details == {"holdout_days": ("too long",)}


def test_a_connection_that_is_never_made_is_not_sent(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        desk = Desk(sandbox, tmp_path / "journal.sqlite3")
        journal = _ServerGoesAway(desk.file)
        journal.sandbox = sandbox

        entry = Launcher(desk.client, journal, owner=desk.owner).launch(some_form())

    assert (entry.state, desk.entries()[0].state) == (State.NOT_SENT, State.NOT_SENT)
    assert entry.message


class _ServerGoesAway(Journal):
    """Between the journal's row and the sending."""

    sandbox: Sandbox

    def intend(self, *intent: Any, **budget: Any) -> Any:
        entry = super().intend(*intent, **budget)
        self.sandbox.stop()
        return entry


def test_a_run_list_that_fails_stops_a_launch_before_it_is_written_down(desk: Desk) -> None:
    desk.sandbox.faults.respond(500, method="GET")

    with pytest.raises(ApiError):
        desk.launcher.launch(some_form())

    assert (desk.entries(), desk.posts()) == ([], 0)


def test_a_journal_that_fails_stops_a_launch(desk: Desk) -> None:
    desk.journal.close()
    desk.file.unlink(missing_ok=True)
    desk.file.mkdir()

    with pytest.raises(JournalUnavailableError):
        desk.launcher.launch(some_form())

    assert desk.posts() == 0


def test_one_ticket_is_sent_once_and_later_clicks_get_the_first_one(desk: Desk) -> None:
    first = desk.launcher.launch(some_form(), ticket="preview 1")
    second = desk.launcher.launch(some_form(), ticket="preview 1")

    assert (second, desk.posts()) == (first, 1)


def test_the_twenty_first_launch_of_a_minute_says_when_it_can_go(desk: Desk) -> None:
    forms = [some_form(DATA.replace("100.00", f"{number}.00")) for number in range(20)]
    for form in forms:
        desk.launcher.launch(form)
    desk.advance(12)

    with pytest.raises(BudgetExceededError) as refused:
        desk.launcher.launch(some_form())

    assert refused.value.possible_at == desk.clock() + timedelta(seconds=48)
    assert desk.launcher.usage().minute_used == 20
    assert desk.posts() == 20
    desk.advance(48)
    assert desk.launcher.launch(some_form()).state is State.LAUNCHED


def test_beyond_the_limits_by_our_count_the_api_has_the_last_word(desk: Desk) -> None:
    for number in range(20):
        desk.launcher.launch(some_form(DATA.replace("100.00", f"{number}.00")))

    refused = desk.launcher.launch(some_form(), over_budget=True)
    desk.sandbox.faults.respond(201, '{"id": 9}', content_type="application/json", method="POST")
    taken = desk.launcher.launch(some_form(), over_budget=True)

    assert (refused.state, refused.status) == (State.REJECTED, 429)
    assert (taken.state, taken.run_id) == (State.LAUNCHED, 9)


def test_launches_made_elsewhere_count_by_the_run_list(desk: Desk) -> None:
    for _ in range(3):
        desk.client.runs.launch(some_form())
    desk.sandbox.faults.drop_after_work(method="POST")
    desk.launcher.launch(some_form())

    used = desk.launcher.usage()

    assert (used.minute_used, used.day_used) == (4, 4)  # the lost one is not counted twice


def test_the_same_form_and_data_is_noticed_for_two_weeks(desk: Desk) -> None:
    entry = desk.launcher.launch(some_form())

    (earlier,) = desk.launcher.earlier(some_form())
    assert (earlier.id, earlier.run_id, earlier.mine) == (entry.id, entry.run_id, True)
    assert desk.launcher.earlier(some_form(OTHER_DATA)) == []
    desk.advance(14 * 86_400)
    assert desk.launcher.earlier(some_form()) == [earlier]
    desk.advance(1)
    assert desk.launcher.earlier(some_form()) == []


def test_a_run_the_journal_does_not_know_is_compared_by_its_download(desk: Desk) -> None:
    desk.launcher.launch(some_form())
    elsewhere = desk.client.runs.launch(some_form(OTHER_DATA))
    desk.client.runs.launch(some_form(run_type="parameter_recovery"))

    assert [run.id for run in desk.launcher.similar_runs(some_form())] == [elsewhere]
    assert desk.launcher.has_same_data(elsewhere, some_form(OTHER_DATA))
    assert not desk.launcher.has_same_data(elsewhere, some_form())


@pytest.mark.parametrize("error", [JournalUnavailableError("The disk is full."), ZeroDivisionError("No.")])
def test_an_answer_that_can_not_be_written_down_is_still_told_and_found_later(
    desk: Desk, error: Exception
) -> None:
    journal = _FailsAfterSending(desk.file, clock=desk.clock)
    journal.error = error

    returned = Launcher(desk.client, journal, owner=desk.owner).launch(some_form())

    assert (returned.state, returned.run_id) == (State.LAUNCHED, desk.runs()[0].id)
    assert "not written down" in returned.message
    desk.advance(16 * 60)
    (unknown,) = desk.journal.open_launches(desk.owner)
    assert desk.launcher.reconcile(unknown).seen is Seen.FOUND


class _FailsAfterSending(Journal):
    error: Exception

    def answered(self, *_: Any) -> Any:
        raise self.error


def test_an_answer_after_the_launch_was_given_up_is_kept_as_a_remark(desk: Desk) -> None:
    journal = _SettledMeanwhile(desk.file, clock=desk.clock)

    entry = Launcher(desk.client, journal, owner=desk.owner).launch(some_form())

    assert entry.state is State.GIVEN_UP
    assert f"run {desk.runs()[0].id}" in desk.entries()[0].message


class _SettledMeanwhile(Journal):
    """As if the launch had hung past its lease, and a person had given it up."""

    def intend(self, *intent: Any, **budget: Any) -> Any:
        entry = super().intend(*intent, **budget)
        self._clock.advance(16 * 60)  # type: ignore[attr-defined]
        self.recover()
        self.record(entry.id, Outcome.given_up("ana"))
        return entry


@pytest.mark.parametrize("error", [ZeroDivisionError("secret detail"), KeyboardInterrupt(), SystemExit()])
def test_whatever_breaks_off_the_sending_leaves_an_unknown_launch(desk: Desk, error: BaseException) -> None:
    runs, desk.client.runs = desk.client.runs, BreaksOff.of(desk.client, "launch", error)
    with nullcontext() if isinstance(error, Exception) else pytest.raises(type(error)):
        desk.launcher.launch(some_form())
    desk.client.runs = runs

    (entry,) = desk.entries()
    assert (entry.state, desk.posts()) == (State.UNKNOWN, 1)
    assert "secret detail" not in entry.message
    assert desk.look(entry).seen is Seen.FOUND


def test_other_people_do_not_see_it(desk: Desk) -> None:
    entry = desk.launcher.launch(some_form())

    assert desk.journal.entries(Owner.of("gr_someone_else")) == []
    assert desk.journal.entry(Owner.of("gr_someone_else"), entry.id) is None
