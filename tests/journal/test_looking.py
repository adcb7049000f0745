"""Finding lost launches again, against the sandbox on a real socket; what a person may say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from recast_api import RateLimitedError, RecastClient, RunPage, Runs
from recast_api.journal import (
    Entry,
    Intent,
    Journal,
    Outcome,
    OutcomeConflictError,
    RunId,
    State,
)
from recast_api.launching import Launcher, ResendRefusedError, Seen, next_look
from tests.journal.desk import OTHER_DATA, BreaksOff, Desk, Doctored, some_form


def test_an_unknown_launch_whose_list_is_silent_stays_as_it_is(desk: Desk) -> None:
    desk.sandbox.faults.drop_after_work(method="POST")
    entry = desk.launcher.launch(some_form())
    desk.sandbox.faults.respond(500, method="GET")

    seen = desk.look(entry)

    assert seen.seen is Seen.COULD_NOT_LOOK
    assert seen.entry.failures == 1
    assert seen.entry.failure in seen.sentence
    failure = seen.entry.failure
    assert seen.entry == replace(entry, failures=1, failure=failure, last_attempt_at=desk.clock())
    found = desk.look(entry)
    assert found.seen is Seen.FOUND


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
    other = desk.colleagues_launcher.launch(some_form(), confirmed=[entry.id])

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
    first = desk.launcher.launch(some_form())
    second = desk.colleagues_launcher.launch(some_form(), confirmed=[first.id])

    desk.look(second)
    desk.look(first)

    numbers = [entry.run_id for entry in reversed(desk.everybodys_entries())]
    assert numbers == sorted(run.id for run in desk.runs())


@pytest.mark.parametrize("shows_form", [True, False])
def test_what_never_changes_about_a_run_is_asked_for_once(desk: Desk, shows_form: bool) -> None:
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.launcher.launch(some_form())
    run_id = desk.client.runs.launch(some_form(OTHER_DATA))
    if not shows_form:
        served = f'{{"id": {run_id}}}'
        desk.sandbox.faults.respond(
            200, served, content_type="application/json", path_contains=f"/runs/{run_id}"
        )

    seen = desk.look(entry, times=4)

    assert [run.id for run in seen.candidates] == [run_id]
    asked = [request.path.rpartition("/runs")[2] for request in desk.sandbox.requests]
    assert asked.count(f"/{run_id}") == (1 if shows_form else 2)
    assert asked.count(f"/{run_id}/downloads/clean_data") == 1


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


def look_when_due(desk: Desk, entry: Entry) -> Entry:
    """Wait for the schedule, and look."""
    due = next_look(entry)
    assert due
    desk.advance(max(0.0, (due - desk.clock()).total_seconds()))
    return desk.launcher.reconcile(entry).entry


def test_looks_follow_the_schedule_and_go_on_more_slowly(desk: Desk) -> None:
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.launcher.launch(some_form())
    start = desk.clock()
    minutes: list[float] = []

    while len(minutes) < 21:
        entry = look_when_due(desk, entry)
        minutes.append((desk.clock() - start).total_seconds() / 60)

    assert [60 * at for at in minutes[:5]] == [0, 10, 30, 60, 120]
    assert minutes[5:11] == [7, 12, 17, 22, 27, 32]
    assert minutes[11:18] == [47, 62, 77, 92, 107, 122, 182]
    assert minutes[18:] == [242, 302, 362]
    assert entry.not_found == 21


@pytest.mark.parametrize("minutes", [3, 60])
def test_a_run_that_is_listed_late_is_found_by_the_schedule_alone(desk: Desk, minutes: int) -> None:
    desk.sandbox.faults.drop_after_work(method="POST")
    runs, desk.client.runs = desk.client.runs, ListsLate.of(desk.client)
    entry = Launcher(desk.client, desk.journal, owner=desk.owner).launch(some_form())
    start = desk.clock()

    desk.launcher = Launcher(desk.client, desk.journal, owner=desk.owner)
    while desk.clock() < start + timedelta(minutes=minutes):
        entry = look_when_due(desk, entry)
        assert entry.state is State.UNKNOWN
    desk.client.runs = runs
    desk.launcher = Launcher(desk.client, desk.journal, owner=desk.owner)
    entry = look_when_due(desk, entry)

    assert (entry.state, entry.run_id) == (State.FOUND, desk.runs()[0].id)


class ListsLate(Runs):
    """Has runs that are not in its list yet."""

    @classmethod
    def of(cls, client: RecastClient) -> ListsLate:
        return cls(client._transport, client.client_slug)

    def list(self, page: int = 1, *, per_page: int = 25) -> RunPage:
        super().list(page, per_page=per_page)
        return RunPage(items=(), page=page, total_pages=0, total_count=0)


def test_after_a_night_the_remaining_looks_keep_their_distance(desk: Desk) -> None:
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.look(desk.launcher.launch(some_form())).entry
    desk.advance(8 * 3600)
    entry = desk.launcher.reconcile(entry).entry

    assert next_look(entry) == desk.clock() + timedelta(seconds=20)


ODD_TIMES = {
    "missing": None,
    "unreadable": "yesterday at noon",
    "seconds since 1970": 1_795_000_000,
    "an hour early": timedelta(hours=-1),
    "six minutes late": timedelta(minutes=26),
    "a year late": timedelta(days=365),
    "years early": timedelta(days=-4000),
}


def odd(desk: Desk, how: str) -> object:
    time = ODD_TIMES[how]
    return (desk.clock() + time).isoformat() if isinstance(time, timedelta) else time


def with_times(desk: Desk, times: Mapping[RunId, object]) -> Launcher:
    desk.client.runs = Doctored(desk.client, times)
    return Launcher(desk.client, desk.journal, owner=desk.owner)


@pytest.mark.parametrize("how", ODD_TIMES)
@pytest.mark.parametrize("is_read", [True, False])
@pytest.mark.parametrize("before", [0, 3])
def test_a_lost_run_with_an_odd_time_is_possible_and_never_missing(
    desk: Desk, how: str, is_read: bool, before: int
) -> None:
    for _ in range(before):
        desk.client.runs.launch(some_form())
        desk.advance(3600)
    desk.sandbox.faults.drop_after_work(method="POST")
    entry = desk.launcher.launch(some_form())
    run = desk.runs()[0].id
    desk.launcher = with_times(desk, {run: odd(desk, how)})
    if not is_read:
        desk.sandbox.faults.respond(404, path_contains="/downloads/", times=50)

    seen = desk.look(entry, times=3)

    assert (seen.seen, [candidate.id for candidate in seen.candidates]) == (Seen.CANNOT_TELL, [run])
    assert not desk.launcher.can_resend(seen.entry)
    with pytest.raises(ResendRefusedError):
        desk.launcher.resend(seen.entry, some_form())
    assert desk.launcher.adopt(seen.entry, run, by="ana").run_id == run


@pytest.mark.parametrize("how", ODD_TIMES)
def test_a_run_of_an_odd_time_in_the_list_hides_no_lost_one(desk: Desk, how: str) -> None:
    other = desk.client.runs.launch(some_form(OTHER_DATA))
    desk.launcher = with_times(desk, {other: odd(desk, how)})
    desk.advance(3600)
    desk.sandbox.faults.drop_after_work(method="POST")
    entry = desk.launcher.launch(some_form())

    assert desk.look(entry).seen is Seen.FOUND
    assert other in entry.listed.ids


def test_new_runs_that_could_not_be_seen_are_not_taken_for_none(desk: Desk) -> None:
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.launcher.launch(some_form())
    desk.client.runs = CountsOneMore(desk.client, {})
    doubtful = Launcher(desk.client, desk.journal, owner=desk.owner)

    for _ in range(3):
        desk.advance(60)
        seen = doubtful.reconcile(entry)

    assert (seen.seen, seen.candidates) == (Seen.CANNOT_TELL, [])
    assert "more new runs" in seen.sentence
    assert seen.entry.doubt in seen.sentence
    assert seen.entry.not_found == 0
    assert not doubtful.can_resend(seen.entry)
    desk.client.runs = Doctored(desk.client, {})
    seen = desk.look(entry, times=2)
    assert (seen.seen, seen.entry.doubt) == (Seen.NOT_FOUND, "")
    assert desk.launcher.can_resend(seen.entry)


class CountsOneMore(Doctored):
    def list(self, page: int = 1, *, per_page: int = 25) -> RunPage:
        served = super().list(page, per_page=per_page)
        return served.model_copy(update={"total_count": (served.total_count or 0) + 1})


def test_a_launch_at_a_client_with_ten_thousand_runs_costs_a_few_requests(desk: Desk) -> None:
    many = Many(desk.client, {})
    desk.client.runs = many

    entry = desk.launcher.launch(some_form())

    assert entry.state is State.LAUNCHED
    assert many.lists == 7
    assert len(entry.listed.ids) + len(entry.listed.tail) == 700


class Many(Doctored):
    """Ten thousand runs more than the server has, without times."""

    lists = 0

    def list(self, page: int = 1, *, per_page: int = 25) -> RunPage:
        self.lists += 1
        first = (page - 1) * per_page
        data = [{"id": f"old {number}"} for number in range(first, first + per_page)]
        pagination = {"page": page, "total_pages": 10_000 // per_page, "total_count": 10_000}
        return RunPage.from_served({"data": data, "pagination": pagination})


def test_a_list_that_fails_is_asked_less_and_less_often_by_all_tabs_together(desk: Desk) -> None:
    desk.sandbox.faults.drop_after_work(method="POST")
    entry = desk.launcher.launch(some_form())
    tabs = [Launcher(desk.client, Journal(desk.file, clock=desk.clock), owner=desk.owner) for _ in range(3)]
    desk.sandbox.faults.respond(500, method="GET", times=100)
    start, looks = desk.clock(), 0

    while desk.clock() < start + timedelta(minutes=1):
        for tab in tabs:
            (entry,) = desk.journal.open_launches(desk.owner)
            due = next_look(entry)
            assert due
            if due <= desk.clock():
                assert tab.reconcile(entry).seen is Seen.COULD_NOT_LOOK
                looks += 1
        desk.advance(3)

    assert looks == 3  # at once, after 10 seconds and after 20 more
    (entry,) = desk.journal.open_launches(desk.owner)
    assert (entry.failures, entry.looks) == (3, 0)
    assert "500" in entry.failure
    desk.sandbox.faults.clear()
    assert tabs[0].reconcile(entry).seen is Seen.FOUND  # a person looks at once


def test_failures_are_forgotten_with_the_first_look_that_is_answered(desk: Desk) -> None:
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.look(desk.launcher.launch(some_form()), times=3).entry
    assert desk.launcher.can_resend(entry)
    refused = RateLimitedError(method="GET", path="/runs", status=429, retry_after=90.0)
    runs, desk.client.runs = desk.client.runs, BreaksOff.of(desk.client, "list", refused)

    desk.advance(30)
    failed = Launcher(desk.client, desk.journal, owner=desk.owner).reconcile(entry).entry
    assert failed.look_not_before == desk.clock() + timedelta(seconds=90)
    assert not desk.launcher.can_resend(failed)
    desk.client.runs = runs
    answered = desk.look(entry).entry

    assert (answered.failures, answered.failure, answered.look_not_before) == (0, "", None)
    assert desk.launcher.can_resend(answered)


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


def test_a_look_that_breaks_off_lets_the_next_one_begin(desk: Desk) -> None:
    desk.sandbox.faults.drop_after_work(method="POST")
    entry = desk.launcher.launch(some_form())
    desk.client.runs = BreaksOff.of(desk.client, "list", KeyboardInterrupt())
    broken = Launcher(desk.client, desk.journal, owner=desk.owner)

    with pytest.raises(KeyboardInterrupt):
        broken.reconcile(entry)
    assert desk.entries()[0].last_attempt_at == desk.clock()

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
