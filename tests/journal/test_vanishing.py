"""A journal that is lost, replaced or can't be written while a launch is on its way.

The launch is never called unsent, never sent twice, and written down as soon as that can be done.
"""

from __future__ import annotations

import os
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from recast_api.journal import (
    CATCHING_UP,
    Entry,
    Journal,
    JournalError,
    JournalUnavailableError,
    Outcome,
    SameLaunchError,
    State,
)
from recast_api.launching import Launcher, Seen
from tests.journal.desk import OTHER_DATA, Crash, CrashingJournal, Desk, some_form, some_intent
from tests.journal.losses import LOSSES, Loss, delete, keep_a_copy, replace_by_an_older_copy


def at_work(desk: Desk, **more: Any) -> Desk:
    """The desk with a journal of this very process, which is not gone."""
    desk.journal = CrashingJournal(desk.file, clock=desk.clock, **more)
    desk.launcher = Launcher(desk.client, desk.journal, owner=desk.owner)
    return desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return at_work(desk)


@pytest.fixture
def impatient(desk: Desk) -> Desk:
    return at_work(desk, patience=0.1)


@pytest.fixture
def earlier(desk: Desk) -> Entry:
    """A launch of before, which a copy of the journal knows."""
    entry = desk.launcher.launch(some_form(OTHER_DATA))
    keep_a_copy(desk.file)
    return entry


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_a_launch_whose_journal_is_lost_meanwhile_is_written_down_all_the_same(
    desk: Desk, earlier: Entry, lose: Loss
) -> None:
    with desk.sending(some_form()) as returned:
        lose(desk.file)

    assert (returned[0].state, returned[0].run_id) == (State.LAUNCHED, desk.runs()[0].id)
    assert returned[0] == desk.journal.entry(desk.owner, returned[0])
    assert returned[0] in desk.entries()
    assert desk.journal.owned_run_ids(earlier.base_url, "acme") >= {returned[0].run_id}


@pytest.mark.usefixtures("earlier")
@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_a_launch_whose_answer_and_journal_are_lost_is_unknown_and_found_again(
    desk: Desk, lose: Loss
) -> None:
    desk.sandbox.faults.drop_after_work(method="POST")
    with desk.sending(some_form()) as returned:
        lose(desk.file)

    assert returned[0].state is State.UNKNOWN
    with pytest.raises(SameLaunchError, match="unknown"):
        desk.launcher.launch(some_form())
    assert [entry.id for entry in desk.journal.open_launches(desk.owner)] == [returned[0].id]
    assert desk.look(returned[0]).seen is Seen.FOUND
    assert desk.posts() == 2


@pytest.mark.usefixtures("earlier")
@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_while_a_launch_is_on_its_way_the_same_is_refused_though_the_journal_was_lost(
    desk: Desk, lose: Loss
) -> None:
    with desk.sending(some_form(), ticket="first"):
        lose(desk.file)
        for _ in range(2):  # the first may have to say that the journal is gone
            with pytest.raises(JournalError):
                desk.launcher.launch(some_form())
        with pytest.raises(SameLaunchError, match="on its way"):
            desk.launcher.launch(some_form())
        assert desk.launcher.launch(some_form(), ticket="first").state is State.SENDING
        (entry,) = desk.journal.open_launches(desk.owner)
        assert (entry.state, entry.ticket) == (State.SENDING, "first")

    assert desk.posts() == 2


@pytest.mark.usefixtures("earlier")
@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_a_launch_on_its_way_is_shown_though_the_journal_was_lost(desk: Desk, lose: Loss) -> None:
    with desk.sending(some_form(), ticket="first"):
        lose(desk.file)
        assert [entry.ticket for entry in desk.journal.open_launches(desk.owner)] == ["first"]
    assert desk.journal.open_launches(desk.owner) == []


def test_a_number_that_a_new_journal_gave_to_another_launch_is_left_to_that_one(desk: Desk) -> None:
    with desk.sending(some_form(), note="mine") as returned:
        delete(desk.file)
        with closing(Journal(desk.file, clock=desk.clock)) as replica:
            other = replica.intend(some_intent(owner=desk.owner, note="theirs"))

    assert other.id == 1
    assert returned[0].id == 2
    assert desk.journal.entry(desk.owner, other) == other
    assert [(e.note, e.run_id) for e in desk.entries()] == [("mine", desk.runs()[0].id), ("theirs", None)]


def test_what_a_person_says_of_a_launch_is_never_written_to_another_one_of_its_number(desk: Desk) -> None:
    desk.sandbox.faults.drop_before_work(method="POST")
    entry = desk.launcher.launch(some_form())
    delete(desk.file)
    with closing(Journal(desk.file, clock=desk.clock)) as replica:
        other = replica.answered(
            replica.intend(some_intent(owner=desk.owner, base_url=entry.base_url)), Outcome.unknown("?")
        )
    assert other.id == entry.id

    actions: list[Callable[[], Entry]] = [
        lambda: desk.launcher.give_up(entry, by="ana"),
        lambda: desk.launcher.dismiss(entry, 7),
        lambda: desk.journal.end_look(entry, []),
    ]
    for action in actions:
        with pytest.raises(JournalError, match="replaced"):
            action()
    seen = desk.launcher.reconcile(entry)
    assert (seen.seen, seen.entry) == (Seen.COULD_NOT_LOOK, entry)
    assert "replaced" in seen.sentence
    assert desk.journal.entry(desk.owner, other) == other
    assert desk.journal.entry(desk.owner, entry) is None


@contextmanager
def locked(file: Path) -> Iterator[None]:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@contextmanager
def full(file: Path) -> Iterator[None]:
    """The nearest to a full disk that needs no disk of its own: no file may grow beyond a few bytes."""
    assert file.exists()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def forbidden(file: Path) -> Iterator[None]:
    mode, user = file.stat().st_mode, os.geteuid()
    file.chmod(0)
    os.seteuid(user or 65_534)  # root may do everything
    try:
        yield
    finally:
        os.seteuid(user)
        file.chmod(mode)


@contextmanager
def a_folder(file: Path) -> Iterator[None]:
    delete(file)
    file.mkdir()
    yield
    file.rmdir()


Hindrance = Callable[[Path], AbstractContextManager[None]]
HINDRANCES: dict[Hindrance, str] = {
    locked: "is locked by another program.",
    full: "is full.",
    forbidden: "can't be opened",
    a_folder: "can't be opened",
}


@pytest.mark.parametrize(("hindrance", "words"), HINDRANCES.items())
def test_an_answer_that_can_not_be_written_down_is_told_and_written_when_it_can(
    impatient: Desk, hindrance: Hindrance, words: str
) -> None:
    desk = impatient
    desk.launcher.launch(some_form(OTHER_DATA))
    with ExitStack() as hindered:
        with desk.sending(some_form()) as returned:
            hindered.enter_context(hindrance(desk.file))

        assert (returned[0].state, returned[0].run_id) == (State.LAUNCHED, desk.runs()[0].id)
        assert f"This is not written down yet: The journal ({desk.file})" in returned[0].message
        assert words in returned[0].message
        assert "Nothing is launched" not in returned[0].message

    written = desk.journal.entry(desk.owner, returned[0])
    assert written
    assert (written.state, written.run_id, written.message) == (State.LAUNCHED, returned[0].run_id, "")
    assert desk.journal.open_launches(desk.owner) == []


def test_a_launch_whose_answer_is_not_written_down_is_in_the_way_of_the_same(impatient: Desk) -> None:
    desk = impatient
    with ExitStack() as hindered:
        with desk.sending(some_form()) as returned:
            hindered.enter_context(locked(desk.file))
        (entry,) = desk.journal.open_launches(desk.owner)
        with pytest.raises(JournalUnavailableError, match="Nothing is launched unless"):
            desk.launcher.launch(some_form())

    assert (entry.id, entry.state) == (returned[0].id, State.SENDING)  # as the journal has it; it can be read
    with pytest.raises(SameLaunchError, match=f"run {returned[0].run_id}"):
        desk.launcher.launch(some_form())
    assert desk.posts() == 1


def test_reading_waits_for_a_lock_only_now_and_then(impatient: Desk) -> None:
    desk = impatient
    with ExitStack() as hindered:
        with desk.sending(some_form()) as returned:
            hindered.enter_context(locked(desk.file))
        assert desk.entries()[0].state is State.SENDING  # has tried to write, and waited for it

    desk.advance(CATCHING_UP.total_seconds() - 0.001)
    assert desk.entries()[0].state is State.SENDING
    desk.advance(0.001)
    assert desk.entries()[0].run_id == returned[0].run_id


class HangsUp(Journal):
    """Its server hangs up once, before it commits or before it says that it did."""

    commits: bool
    is_through = False

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with super()._writing() as connection:
            yield connection
            self._hang_up(now=not self.commits)
        self._hang_up(now=self.commits)

    def _hang_up(self, *, now: bool) -> None:
        if now and not self.is_through:
            self.is_through = True
            raise JournalUnavailableError("The server hung up.")


@pytest.mark.parametrize("commits", [True, False])
def test_a_launch_that_was_perhaps_written_down_is_not_sent_and_not_in_the_way(
    desk: Desk, commits: bool
) -> None:
    journal = HangsUp(desk.file, clock=desk.clock)
    journal.commits = commits
    launcher = Launcher(desk.client, journal, owner=desk.owner)

    with pytest.raises(JournalUnavailableError, match="hung up"):
        launcher.launch(some_form())
    assert desk.posts() == 0
    # For all that another process knows.
    assert [entry.state for entry in desk.entries()] == [State.SENDING] * commits

    assert journal.open_launches(desk.owner) == []
    assert [entry.state for entry in desk.entries()] == [State.NOT_SENT] * commits
    assert launcher.launch(some_form()).state is State.LAUNCHED


class ReplacedMeanwhile(Journal):
    """Its file is replaced while it is written."""

    replaces = True

    def _judge(self, *judged: Any) -> None:
        super()._judge(*judged)
        if self.replaces:
            self.replaces = False
            replace_by_an_older_copy(Path(self.where))


def test_a_launch_that_went_into_a_file_which_is_gone_is_not_sent(desk: Desk, earlier: Entry) -> None:
    journal = ReplacedMeanwhile(desk.file, clock=desk.clock)
    launcher = Launcher(desk.client, journal, owner=desk.owner)

    with pytest.raises(JournalUnavailableError, match="replaced while it was being written"):
        launcher.launch(some_form())

    assert desk.posts() == 1
    assert launcher.launch(some_form()).state is State.LAUNCHED
    # What went into the old file's log may have come into the new one.
    assert [e.state for e in desk.entries() if e.state is not State.NOT_SENT] == [State.LAUNCHED] * 2
    assert desk.posts() == 2
    assert earlier in desk.entries()


def test_a_run_that_the_journal_has_as_another_launch_s_is_told_and_never_sent_again(desk: Desk) -> None:
    other = desk.launcher.launch(some_form(OTHER_DATA))
    assert other.run_id is not None
    served = f'{{"id": {other.run_id}}}'
    desk.sandbox.faults.respond(201, served, content_type="application/json", method="POST")

    returned = desk.launcher.launch(some_form())

    assert (returned.state, returned.run_id) == (State.LAUNCHED, other.run_id)
    assert f"belongs to launch {other.id}" in returned.message
    assert f"answer: run {other.run_id}" in returned.message
    written = desk.entries()[0]
    assert (written.state, written.run_id, written.message) == (State.LAUNCHED, None, returned.message)
    with pytest.raises(SameLaunchError, match="confirm"):
        desk.launcher.launch(some_form())


@pytest.mark.parametrize(("length", "is_kept"), [(98, True), (99, False)])
def test_a_run_id_that_is_too_long_to_be_kept_is_told(desk: Desk, length: int, is_kept: bool) -> None:
    run_id = "r" * length
    desk.sandbox.faults.respond(201, f'{{"id": "{run_id}"}}', content_type="application/json", method="POST")

    returned = desk.launcher.launch(some_form())

    assert (returned.state, returned.run_id) == (State.LAUNCHED, run_id)
    assert desk.entries()[0].run_id == (run_id if is_kept else None)
    assert ("too long" in returned.message) is not is_kept


@pytest.mark.parametrize("has_ended", [True, False])
def test_a_row_that_is_left_in_sending_is_shown_at_once(desk: Desk, has_ended: bool) -> None:
    if has_ended:
        desk.restart()  # as a process that is gone for every other
    desk.journal.crash_at = "before record"
    with pytest.raises(Crash):
        desk.launcher.launch(some_form())

    (entry,) = desk.journal.open_launches(desk.owner)

    assert entry.state is (State.UNKNOWN if has_ended else State.SENDING)
    assert desk.journal.open_launches(desk.colleague) == []
