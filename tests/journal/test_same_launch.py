"""The same launch from a second tab, a second replica or a second person: asked about when it goes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from recast_api.journal import (
    Entry,
    Guard,
    Intent,
    Journal,
    Outcome,
    OutcomeConflictError,
    Owner,
    SameLaunchError,
    State,
)
from recast_api.launching import DUPLICATE_DAYS, Launcher
from recast_api.sandbox import Account, Sandbox
from tests.journal.desk import OTHER_DATA, Desk, FakeClock, some_form, some_intent
from tests.journal.replicas import launched_by_two_replicas

ME = some_intent().owner
COLLEAGUE = Owner.of("gr_colleague")


@pytest.fixture
def guard(clock: FakeClock) -> Guard:
    return Guard(since=clock() - timedelta(days=14))


@pytest.fixture
def other_tab(desk: Desk) -> Iterator[Launcher]:
    """Another process's, on the same file."""
    with closing(Journal(desk.file, clock=desk.clock)) as journal:
        yield Launcher(desk.client, journal, owner=desk.owner)


def launched(journal: Journal, intent: Intent, run_id: int = 7) -> Entry:
    return journal.answered(journal.intend(intent), Outcome.launched(run_id))


def test_a_second_tab_sends_nothing_while_the_first_one_s_launch_is_on_its_way(
    desk: Desk, other_tab: Launcher
) -> None:
    with (
        desk.sending(some_form()),
        pytest.raises(SameLaunchError, match="has been on its way since") as refused,
    ):
        other_tab.launch(some_form())

    assert (desk.posts(), refused.value.earlier.state) == (1, State.SENDING)


def test_a_second_tab_sends_nothing_while_the_outcome_is_unknown_whatever_was_confirmed(
    desk: Desk, other_tab: Launcher
) -> None:
    desk.sandbox.faults.drop_after_work(method="POST")
    entry = desk.launcher.launch(some_form())

    with pytest.raises(SameLaunchError, match=r"the same launch, sent at .* is still unresolved") as refused:
        other_tab.launch(some_form(), confirmed=[entry.id])

    assert (desk.posts(), refused.value.earlier.id, refused.value.earlier.mine) == (1, entry.id, True)
    assert other_tab.launch(some_form(OTHER_DATA)).state is State.LAUNCHED


def test_the_same_again_goes_only_when_the_very_launch_before_was_confirmed(
    desk: Desk, other_tab: Launcher
) -> None:
    first = desk.launcher.launch(some_form())

    with pytest.raises(SameLaunchError, match=rf"launched at 20\d\d-.* UTC \(run {first.run_id}\)"):
        other_tab.launch(some_form())
    with pytest.raises(SameLaunchError):
        other_tab.launch(some_form(), confirmed=[first.id + 1])
    assert desk.posts() == 1
    second = other_tab.launch(some_form(), confirmed=[first.id])
    with pytest.raises(SameLaunchError) as refused:
        desk.launcher.launch(some_form(), confirmed=[first.id])

    assert (second.state, refused.value.earlier.id, desk.posts()) == (State.LAUNCHED, second.id, 2)


def test_two_tabs_that_both_confirmed_and_press_at_once_send_once(desk: Desk, other_tab: Launcher) -> None:
    first = desk.launcher.launch(some_form())
    outcomes: list[str] = []

    def press(launcher: Launcher) -> None:
        try:
            outcomes.append(launcher.launch(some_form(), confirmed=[first.id]).state)
        except SameLaunchError:
            outcomes.append("refused")

    tabs = [threading.Thread(target=press, args=(tab,)) for tab in (desk.launcher, other_tab)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()

    assert (sorted(outcomes), desk.posts()) == ([State.LAUNCHED, "refused"], 2)


def test_of_the_same_launch_from_two_processes_and_twenty_threads_one_is_sent(
    sandbox: Sandbox, account: Account, tmp_path: Path
) -> None:
    address = f"sqlite:///{tmp_path}/journal.sqlite3"

    counted = launched_by_two_replicas(address, sandbox, account, threads=10, forms="same")

    assert counted == {"launched": 1, "same": 19}
    assert sum(request.method == "POST" for request in sandbox.requests) == 1


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_launch_is_asked_about_for_two_weeks(desk: Desk, seconds: int) -> None:
    desk.launcher.launch(some_form())
    desk.advance(DUPLICATE_DAYS * 86_400 + seconds)

    if seconds:
        assert desk.launcher.launch(some_form()).state is State.LAUNCHED
    else:
        with pytest.raises(SameLaunchError):
            desk.launcher.launch(some_form())


def test_a_launch_that_is_still_unknown_is_in_the_way_for_as_long_as_it_is(
    journal: Journal, clock: FakeClock
) -> None:
    entry = journal.intend(some_intent())
    journal.answered(entry, Outcome.unknown("No answer."))
    clock.advance(30 * 86_400)
    lately = Guard(since=clock())

    with pytest.raises(SameLaunchError):
        journal.intend(some_intent(), guard=lately)
    assert [earlier.id for earlier in journal.earlier(some_intent(), lately.since)] == [entry.id]
    assert journal.earlier(some_intent(owner=COLLEAGUE), lately.since) == []


@pytest.mark.parametrize(
    "outcome", [Outcome.rejected(422, "No."), Outcome.not_sent("No."), Outcome.unknown("?")]
)
def test_a_launch_without_a_run_is_not_in_the_way(journal: Journal, guard: Guard, outcome: Outcome) -> None:
    entry = journal.answered(journal.intend(some_intent()), outcome)
    if entry.state is State.UNKNOWN:
        journal.record(entry, Outcome.given_up("ana"))

    assert journal.intend(some_intent(), guard=guard).state is State.SENDING


@pytest.mark.parametrize(
    "changes",
    [
        {"client_slug": "globex"},
        {"base_url": "https://elsewhere.example.com"},
        {"body_sha256": "other settings"},
        {"body_sha256": "other data", "data_sha256": "e"},
    ],
)
def test_another_launch_of_one_s_own_is_not_asked_about(
    journal: Journal, guard: Guard, changes: dict[str, str]
) -> None:
    launched(journal, some_intent())

    assert journal.earlier(some_intent(**changes), guard.since) == []
    assert journal.intend(some_intent(**changes), guard=guard).state is State.SENDING


def test_other_people_s_launches_of_the_same_data_are_asked_about_and_no_more_is_told(
    journal: Journal, guard: Guard, clock: FakeClock
) -> None:
    theirs = launched(journal, some_intent(owner=COLLEAGUE, body_sha256="their settings"), run_id=4711)

    with pytest.raises(
        SameLaunchError, match=r"a launch of this client at .* UTC has the same data"
    ) as refused:
        journal.intend(some_intent(), guard=guard)

    (earlier,) = journal.earlier(some_intent(), guard.since)
    assert refused.value.earlier == earlier
    assert (earlier.id, earlier.started_at, earlier.mine, earlier.run_id) == (theirs.id, clock(), False, None)
    assert "4711" not in str(refused.value)
    assert journal.entry(ME, theirs) is None
    confirmed = Guard(since=guard.since, confirmed=[theirs.id])
    assert journal.intend(some_intent(), guard=confirmed).state is State.SENDING


def test_other_people_s_open_launches_do_not_block_but_are_asked_about(
    journal: Journal, guard: Guard
) -> None:
    theirs = journal.intend(some_intent(owner=COLLEAGUE))

    with pytest.raises(SameLaunchError, match="same data"):
        journal.intend(some_intent(), guard=guard)
    confirmed = Guard(since=guard.since, confirmed=[theirs.id])
    assert journal.intend(some_intent(), guard=confirmed).state is State.SENDING


@pytest.mark.parametrize(
    "changes", [{"client_slug": "globex"}, {"run_type": "holdout"}, {"data_sha256": "e", "body_sha256": "e"}]
)
def test_other_people_s_launches_of_something_else_are_not(
    journal: Journal, guard: Guard, changes: dict[str, str]
) -> None:
    launched(journal, some_intent(owner=COLLEAGUE, **changes))

    assert journal.earlier(some_intent(), guard.since) == []


@pytest.mark.parametrize(("email", "is_known"), [("ana@example.com", True), (None, False)])
def test_an_old_token_s_launch_is_one_s_own_where_the_e_mail_says_so(
    journal: Journal, guard: Guard, email: str | None, is_known: bool
) -> None:
    old, new = Owner.of("gr_old", email), Owner.of("gr_new", email)
    entry = launched(journal, some_intent(owner=old))

    (earlier,) = journal.earlier(some_intent(owner=new), guard.since)

    assert (earlier.id, earlier.mine, earlier.run_id) == (entry.id, is_known, 7 if is_known else None)


def missing(desk: Desk) -> Entry:
    """A launch that never arrived, and may be sent again."""
    desk.sandbox.faults.drop_before_work(method="POST")
    confirmed = [earlier.id for earlier in desk.launcher.earlier(some_form())]
    entry = desk.launcher.launch(some_form(), confirmed=confirmed)
    return desk.look(entry, times=3).entry


def test_what_was_known_before_a_launch_is_not_asked_about_when_it_is_sent_again(desk: Desk) -> None:
    desk.launcher.launch(some_form())
    desk.colleagues_launcher.launch(some_form(), confirmed=[1])
    desk.advance(60)
    entry = missing(desk)

    assert desk.launcher.resend(entry, some_form()).state is State.LAUNCHED


def test_what_was_launched_since_is_asked_about_when_a_launch_is_sent_again(desk: Desk) -> None:
    entry = missing(desk)
    theirs = desk.colleagues_launcher.launch(some_form(), confirmed=[entry.id])

    with pytest.raises(SameLaunchError, match="same data"):
        desk.launcher.resend(entry, some_form())
    assert desk.entries()[0].state is State.UNKNOWN

    again = desk.launcher.resend(entry, some_form(), confirmed=[theirs.id])
    assert (again.state, again.resend_of) == (State.LAUNCHED, entry.id)


def test_only_the_same_launch_replaces_a_missing_one(journal: Journal) -> None:
    """A number of a journal that was replaced may be another launch's by now."""
    entry = journal.answered(journal.intend(some_intent()), Outcome.unknown("No answer."))
    for _ in range(2):
        journal.begin_look(entry)
        journal.end_look(entry, [])

    with pytest.raises(OutcomeConflictError, match="not known to be missing"):
        journal.intend(some_intent(resend_of=entry.id, body_sha256="other"))
    assert journal.intend(some_intent(resend_of=entry.id)).resend_of == entry.id
