"""Sending once, against the sandbox on a real socket: outcomes, and finding lost launches again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from recast_api import ApiError, RecastClient, Run, RunForm, Runs
from recast_api.journal import (
    BudgetExceededError,
    DataFacts,
    Entry,
    Intent,
    Journal,
    JournalUnavailableError,
    Outcome,
    OutcomeConflictError,
    Owner,
    RunId,
    State,
)
from recast_api.launching import Launcher, ResendRefusedError, Seen, next_look
from recast_api.sandbox import Sandbox
from tests.journal.desk import DATA, Desk, some_form

Break = Callable[[Sandbox], None]

OTHER_DATA = DATA.replace("100.00", "200.00")


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
        (lambda s: s.faults.respond(302, method="POST"), State.REJECTED, False),
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
    for _ in range(20):
        desk.launcher.launch(some_form())
    desk.advance(12)

    with pytest.raises(BudgetExceededError) as refused:
        desk.launcher.launch(some_form())

    assert refused.value.possible_at == desk.clock() + timedelta(seconds=48)
    assert desk.launcher.usage().minute_used == 20
    desk.advance(48)
    assert desk.launcher.launch(some_form()).state is State.LAUNCHED


def test_launches_made_elsewhere_count_by_the_run_list(desk: Desk) -> None:
    for _ in range(3):
        desk.client.runs.launch(some_form())
    desk.sandbox.faults.drop_after_work(method="POST")
    desk.launcher.launch(some_form())

    used = desk.launcher.usage()

    assert (used.minute_used, used.day_used) == (4, 4)  # the lost one is not counted twice


def test_an_unknown_launch_whose_list_is_silent_stays_as_it_is(desk: Desk) -> None:
    desk.sandbox.faults.drop_after_work(method="POST")
    entry = desk.launcher.launch(some_form())
    desk.sandbox.faults.respond(500, method="GET")

    seen = desk.look(entry)

    assert (seen.seen, seen.entry) == (Seen.COULD_NOT_LOOK, entry)
    assert desk.look(entry).seen is Seen.FOUND


def test_two_tabs_do_not_look_for_one_launch_at_once(desk: Desk) -> None:
    desk.sandbox.faults.drop_after_work(method="POST")
    entry = desk.launcher.launch(some_form())
    assert desk.journal.begin_look(entry.id)

    assert desk.launcher.reconcile(entry).seen is Seen.COULD_NOT_LOOK
    desk.advance(130)  # whoever began to look has crashed
    assert desk.launcher.reconcile(entry).seen is Seen.FOUND
    assert desk.launcher.reconcile(entry).seen is Seen.FOUND


def test_a_run_that_was_there_before_is_never_adopted(desk: Desk) -> None:
    before = desk.client.runs.launch(some_form())
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.launcher.launch(some_form())

    assert desk.look(entry).seen is Seen.NOT_FOUND
    with pytest.raises(OutcomeConflictError, match="there before"):
        desk.launcher.adopt(entry, before, by="ana")


def test_a_run_that_another_entry_owns_is_never_adopted(desk: Desk) -> None:
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.launcher.launch(some_form())
    other = desk.launcher.launch(some_form())

    assert desk.look(entry).seen is Seen.NOT_FOUND
    assert other.run_id is not None
    with pytest.raises(OutcomeConflictError, match="belongs to launch"):
        desk.launcher.adopt(entry, other.run_id, by="ana")


def test_a_run_with_other_settings_is_not_it(desk: Desk) -> None:
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.launcher.launch(some_form(run_type="holdout", holdout_days=[14]))
    desk.client.runs.launch(some_form(run_type="holdout", holdout_days=[28]))
    desk.client.runs.launch(some_form())

    assert desk.look(entry).seen is Seen.NOT_FOUND


def test_a_run_with_other_data_is_for_the_person_to_judge(desk: Desk) -> None:
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.launcher.launch(some_form())
    elsewhere = desk.client.runs.launch(some_form(OTHER_DATA))

    seen = desk.look(entry, times=3)

    assert seen.seen is Seen.CANNOT_TELL
    assert [run.id for run in seen.candidates] == [elsewhere]
    assert f"run {elsewhere}" in seen.sentence
    assert not desk.launcher.can_resend(seen.entry)
    entry = desk.launcher.dismiss(entry, elsewhere)
    assert desk.look(entry).seen is Seen.NOT_FOUND


def test_two_runs_that_could_be_it_are_named_and_the_person_chooses(desk: Desk) -> None:
    desk.sandbox.faults.drop_after_work(method="POST")
    entry = desk.launcher.launch(some_form())
    elsewhere = desk.client.runs.launch(some_form())

    seen = desk.look(entry)
    assert seen.seen is Seen.CANNOT_TELL
    assert len(seen.candidates) == 2

    adopted = desk.launcher.adopt(entry, elsewhere, by="ana")
    assert (adopted.state, adopted.run_id, adopted.settled_by) == (State.FOUND, elsewhere, "ana")


def test_runs_of_launches_that_are_alike_are_dealt_out_in_order(desk: Desk) -> None:
    desk.sandbox.faults.drop_after_work(method="POST", times=2)
    first, second = desk.launcher.launch(some_form()), desk.launcher.launch(some_form())

    desk.look(second)
    desk.look(first)

    numbers = [entry.run_id for entry in reversed(desk.entries())]
    assert numbers == sorted(run.id for run in desk.runs())


def test_a_download_that_is_not_served_yet_is_decided_by_a_later_look(desk: Desk) -> None:
    desk.sandbox.faults.drop_after_work(method="POST")
    entry = desk.launcher.launch(some_form())
    desk.sandbox.faults.respond(404, path_contains="/downloads/")

    assert desk.look(entry).seen is Seen.CANNOT_TELL
    assert desk.look(entry).seen is Seen.FOUND


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_wrong_clock_makes_it_doubtful_and_not_missing(desk: Desk, hours: int) -> None:
    desk.clock.advance(3600 * hours)
    desk.sandbox.faults.drop_after_work(method="POST")
    entry = desk.launcher.launch(some_form())

    assert desk.look(entry).seen is Seen.CANNOT_TELL


def test_sending_again_is_offered_after_looking_twice_and_replaces_the_old_one(desk: Desk) -> None:
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.launcher.launch(some_form(), note="Monday")
    seen = desk.look(entry)
    assert not desk.launcher.can_resend(seen.entry)
    with pytest.raises(ResendRefusedError, match="long enough"):
        desk.launcher.resend(seen.entry, some_form())
    seen = desk.look(entry, times=2)
    assert desk.launcher.can_resend(seen.entry)
    with pytest.raises(ResendRefusedError, match="differ"):
        desk.launcher.resend(seen.entry, some_form(OTHER_DATA))

    again = desk.launcher.resend(seen.entry, some_form())

    assert (again.state, again.resend_of, again.note) == (State.LAUNCHED, entry.id, "Monday")
    assert [e.state for e in desk.entries()] == [State.LAUNCHED, State.GIVEN_UP]
    with pytest.raises(ResendRefusedError):
        desk.launcher.resend(seen.entry, some_form())
    assert (desk.posts(), len(desk.runs())) == (2, 1)


def test_the_last_look_before_sending_again_may_find_it(desk: Desk) -> None:
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.launcher.launch(some_form())
    seen = desk.look(entry, times=3)
    desk.client.runs.launch(some_form())  # as if the server had only been slow

    with pytest.raises(ResendRefusedError, match="Found"):
        desk.launcher.resend(seen.entry, some_form())

    assert desk.entries()[0].state is State.FOUND


def test_looks_follow_the_schedule_and_end_after_two_minutes(desk: Desk) -> None:
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.launcher.launch(some_form())
    start, offsets = desk.clock(), []

    while due := next_look(entry):
        desk.advance(max(0.0, (due - desk.clock()).total_seconds()))
        offsets.append((desk.clock() - start).total_seconds())
        entry = desk.launcher.reconcile(entry).entry

    assert offsets == [0, 10, 30, 60, 120]
    assert entry.not_found == 5


def test_after_a_night_the_remaining_looks_keep_their_distance(desk: Desk) -> None:
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.look(desk.launcher.launch(some_form())).entry
    desk.advance(8 * 3600)
    entry = desk.launcher.reconcile(entry).entry

    assert next_look(entry) == desk.clock() + timedelta(seconds=20)


def test_a_person_can_give_up_at_any_time_and_it_stays_so(desk: Desk) -> None:
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.launcher.launch(some_form())

    given_up = desk.launcher.give_up(entry, by="ana")

    assert (given_up.state, given_up.settled_by) == (State.GIVEN_UP, "ana")
    assert desk.launcher.reconcile(entry).seen is Seen.SETTLED
    assert next_look(given_up) is None
    assert not desk.launcher.can_resend(given_up)


def test_a_launch_to_another_client_is_not_looked_for_here(desk: Desk) -> None:
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.launcher.launch(some_form())
    elsewhere = RecastClient(token=desk.account.token, client_slug="other", base_url=desk.sandbox.base_url)

    with pytest.raises(OutcomeConflictError, match="acme"):
        Launcher(elsewhere, desk.journal, owner=desk.owner).reconcile(entry)


def test_the_same_form_and_data_is_noticed_for_two_weeks(desk: Desk) -> None:
    entry = desk.launcher.launch(some_form())

    assert desk.launcher.duplicates(some_form()) == [entry]
    assert desk.launcher.duplicates(some_form(OTHER_DATA)) == []
    desk.advance(15 * 86_400)
    assert desk.launcher.duplicates(some_form()) == []


def test_a_run_the_journal_does_not_know_is_compared_by_its_download(desk: Desk) -> None:
    desk.launcher.launch(some_form())
    elsewhere = desk.client.runs.launch(some_form(OTHER_DATA))
    desk.client.runs.launch(some_form(run_type="parameter_recovery"))

    assert [run.id for run in desk.launcher.similar_runs(some_form())] == [elsewhere]
    assert desk.launcher.has_same_data(elsewhere, some_form(OTHER_DATA))
    assert not desk.launcher.has_same_data(elsewhere, some_form())


def test_an_answer_that_can_not_be_written_down_is_still_told_and_found_later(desk: Desk) -> None:
    launcher = Launcher(desk.client, _FailsAfterSending(desk.file, clock=desk.clock), owner=desk.owner)

    told = launcher.launch(some_form())

    assert (told.state, told.run_id) == (State.LAUNCHED, desk.runs()[0].id)
    assert "not written down" in told.message
    desk.advance(16 * 60)
    (unknown,) = desk.journal.unresolved(desk.owner)
    assert desk.launcher.reconcile(unknown).seen is Seen.FOUND


class _FailsAfterSending(Journal):
    def record(self, *_: Any) -> Any:
        raise JournalUnavailableError("The disk is full.")


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
        super().record(entry.id, Outcome.given_up("ana"))
        return entry


class _BreaksOff(Runs):
    """Raises `error` in the call named `where`."""

    error: BaseException
    where: str

    @classmethod
    def of(cls, client: RecastClient, where: str, error: BaseException) -> _BreaksOff:
        runs = cls(client._door, client.client_slug)
        runs.where, runs.error = where, error
        return runs

    def launch(self, form: RunForm) -> RunId:
        super().launch(form)
        raise self.error

    def iterate(self, *, per_page: int = 100) -> Iterator[Run]:
        if self.where == "iterate":
            raise self.error
        return super().iterate(per_page=per_page)


@pytest.mark.parametrize("error", [ZeroDivisionError("secret detail"), KeyboardInterrupt(), SystemExit()])
def test_whatever_breaks_off_the_sending_leaves_an_unknown_launch(desk: Desk, error: BaseException) -> None:
    runs, desk.client.runs = desk.client.runs, _BreaksOff.of(desk.client, "launch", error)
    with nullcontext() if isinstance(error, Exception) else pytest.raises(type(error)):
        desk.launcher.launch(some_form())
    desk.client.runs = runs

    (entry,) = desk.entries()
    assert (entry.state, desk.posts()) == (State.UNKNOWN, 1)
    assert "secret detail" not in entry.message
    assert desk.look(entry).seen is Seen.FOUND


def test_a_look_that_breaks_off_lets_the_next_one_begin(desk: Desk) -> None:
    desk.sandbox.faults.drop_after_work(method="POST")
    entry = desk.launcher.launch(some_form())
    desk.client.runs = _BreaksOff.of(desk.client, "iterate", KeyboardInterrupt())
    broken = Launcher(desk.client, desk.journal, owner=desk.owner)

    with pytest.raises(KeyboardInterrupt):
        broken.reconcile(entry)

    assert desk.launcher.reconcile(entry).seen is Seen.FOUND


def test_a_look_waits_for_the_same_launch_that_is_being_sent(desk: Desk) -> None:
    desk.sandbox.faults.drop_after_work(method="POST")
    entry = desk.launcher.launch(some_form())
    replica = Journal(desk.file, clock=desk.clock)  # of a process that lives
    twin = {name: getattr(entry, name) for name in Intent.__dataclass_fields__} | {"ticket": "another"}
    sending = replica.intend(Intent(**twin))

    seen = desk.look(entry)
    assert (seen.seen, seen.entry.not_found) == (Seen.COULD_NOT_LOOK, 0)
    assert "second time" in seen.sentence

    replica.record(sending.id, Outcome.not_sent("No connection."))
    assert desk.look(entry).seen is Seen.FOUND


@pytest.mark.parametrize("has_run", [True, False])
def test_whoever_settles_it_during_a_look_is_right(desk: Desk, has_run: bool) -> None:
    fault = desk.sandbox.faults.drop_after_work if has_run else desk.sandbox.faults.drop_before_work
    fault(method="POST")
    entry = desk.launcher.launch(some_form())
    journal = _GivenUpDuringLook(desk.file, clock=desk.clock)

    seen = Launcher(desk.client, journal, owner=desk.owner).reconcile(entry)

    assert (seen.seen, seen.entry.state) == (Seen.SETTLED, State.GIVEN_UP)


class _GivenUpDuringLook(Journal):
    read: Sequence[Entry] = ()

    def owned_run_ids(self, *client: Any) -> Any:
        (entry,) = self.open_entries(*client)
        self.record(entry.id, Outcome.given_up("ana"))
        return super().owned_run_ids(*client)

    def open_entries(self, *client: Any) -> Any:
        # As read before it was given up.
        self.read = super().open_entries(*client) or self.read
        return self.read


def test_other_people_do_not_see_it(desk: Desk) -> None:
    entry = desk.launcher.launch(some_form())

    assert desk.journal.entries(Owner.of("gr_someone_else")) == []
    assert desk.journal.entry(Owner.of("gr_someone_else"), entry.id) is None
