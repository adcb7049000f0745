"""The journal itself: an entry is written before its launch is sent, and settled afterwards."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, and_, func, or_, select, update

from recast_api.journal.budget import DAY, PAIRING, Budget, Usage, usage
from recast_api.journal.entries import (
    OPEN_STATES,
    RUN_STATES,
    Earlier,
    Entry,
    Intent,
    Outcome,
    Owner,
    RunId,
    State,
    utc_now,
)
from recast_api.journal.errors import (
    AlreadyIntendedError,
    BudgetExceededError,
    JournalUnavailableError,
    OutcomeConflictError,
)
from recast_api.journal.guard import Guard, earlier_launches, refuse_same
from recast_api.journal.held import HeldLaunches
from recast_api.journal.opening import Database
from recast_api.journal.process import Process, is_gone, this_process
from recast_api.journal.rows import (
    Launch,
    at,
    insert_row,
    is_launch,
    is_launch_of,
    read_entries,
    read_entry,
    read_rows,
    to_taken,
    to_values,
    visible_to,
)
from recast_api.journal.schema import launches
from recast_api.journal.settling import settle

Value = TypeVar("Value")

SENDING_LEASE = timedelta(minutes=15)
"""An entry that says `sending` for longer is taken as unknown, even if its process can't be asked: uploading
20 MB over a poor line and waiting for the answer stays below it."""

PATIENCE_S = 5.0
"""How long to wait for a server or for another writer: those hold the journal for milliseconds, so a longer
wait means that something is wrong, and a person is waiting too."""

LOOK_LEASE = timedelta(minutes=2)
"""How long one tab or replica keeps an entry to itself while it looks for its run."""

NOT_FOUND_BEFORE_RESEND = 2
"""How many looks must have found nothing before an unknown launch may be sent again."""

CATCHING_UP = timedelta(seconds=5)
"""How long reading waits before it tries again to write what could not be written: a person waits for it."""

LONGEST_WAIT = timedelta(days=1)
"""The API's longest limit is that of a day, so a longer `Retry-After` is shortened to this."""


class Journal:
    """Launches, written down before they are sent.

    `url` is a file, or any SQLAlchemy address; None is a SQLite file in the user's data directory. Nothing is
    opened until the first use, so making one never fails. `patience` is how many seconds to wait for a lock
    or a server. Every method raises `JournalUnavailableError`, with a sentence, when the journal can't be
    read or written.

    Safe to share between threads, processes and replicas. Make one for each address in a process, because it
    remembers what it is sending: if the file is deleted or replaced meanwhile, the launch is put into the new
    one, and an outcome that could not be written is written at the next use.

    Where a method takes a launch, give the entry rather than its id where there is one: in a journal whose
    file was replaced, an id may mean another launch.
    """

    def __init__(
        self,
        url: str | Path | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
        process: Process | None = None,
        patience: float = PATIENCE_S,
    ) -> None:
        self._database = Database(url, clock=clock, patience=patience)
        self._clock = clock
        self._process = process or this_process()
        self._held = HeldLaunches()
        self._catching_up_at = clock()
        self._forget: Callable[[], object] | None = None

    @classmethod
    def temporary(cls, *, clock: Callable[[], datetime] = utc_now) -> Journal:
        """Return a journal in a file that goes when the journal is closed or the program ends."""
        folder = tempfile.mkdtemp(prefix="recast-journal-")
        journal = cls(Path(folder) / "journal.sqlite3", clock=clock)
        journal._forget = weakref.finalize(journal, shutil.rmtree, folder, ignore_errors=True)
        return journal

    @property
    def where(self) -> str:
        """The file or server it is kept in, for people to read; without a password."""
        return self._database.where

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know about the journal itself, such as a file that was missing; sentences."""
        return tuple(self._database.notices)

    def now(self) -> datetime:
        """Return the time by the journal's clock, aware, in UTC."""
        return self._clock()

    def close(self) -> None:
        """Let go of the file or server."""
        self._database.close()
        if self._forget is not None:
            self._forget()

    def intend(self, intent: Intent, *, budget: Budget | None = None, guard: Guard | None = None) -> Entry:
        """Write a launch down, checking in the same transaction that it may be sent, and return its entry.

        Checked apart from writing, two tabs that ask at the same moment would both be allowed. It is
        committed when this returns; call `answered` with its outcome. Raises
        `SameLaunchError` when the guard knows of the same launch, `BudgetExceededError` when it doesn't fit,
        `AlreadyIntendedError` when its ticket was used before, and `OutcomeConflictError` when the entry it
        replaces (`resend_of`) is no longer unknown; then nothing was written.
        """
        row = to_values(intent) | {
            "process": str(self._process),
            "started_at": self._clock(),
            "state": State.SENDING,
            "message": "",
            "looks": 0,
            "not_found": 0,
            "candidates": [],
        }
        is_held = False
        try:
            with self._writing() as connection:
                self._judge(connection, intent, budget, guard)
                number = insert_row(connection, row)
                self._held.hold(row, number)
                is_held = True
                return read_entry(connection, number)
        except JournalUnavailableError as error:
            if is_held:
                # The commit failed, or only its confirmation got lost: the row may be there. It isn't sent,
                # so a row that is there is to say so.
                self._held.withdraw(intent.ticket)
            message = f"{error} Nothing is launched unless it can be written down first."
            raise JournalUnavailableError(message) from error

    def answered(self, entry: Entry, outcome: Outcome) -> Entry:
        """Write down what came of sending a launch that this object intended, and return its entry.

        Where it was settled in another way meanwhile, or its run is another launch's, the answer becomes a
        remark. What can't be written now (`JournalUnavailableError`) is written at the next use that can.
        """
        self._held.settle(entry, outcome)

        def write() -> Entry:
            with self._writing() as connection:
                return read_entry(connection, entry)

        return _retry_once(write)

    def record(self, launch: Launch, outcome: Outcome) -> Entry:
        """Write down what a person or a look says became of a launch, and return its entry.

        A final outcome stays: recording the same one again changes nothing, any other raises
        `OutcomeConflictError`. So does a run that another entry owns.
        """
        with self._writing() as connection:
            return settle(connection, read_entry(connection, launch), outcome, self._clock())

    def recover(self) -> list[Entry]:
        """Turn launches that will never be answered into unknown ones, and return those.

        That is: still `sending`, and either the sending process has ended or the lease has run out.
        """
        with self._reading() as connection:
            sending = read_rows(connection, launches.c.state == State.SENDING)
        lost = [row["id"] for row in sending if self._is_lost(row)]
        if not lost:
            return []
        message = "The program ended, or lost its connection, before an answer was written down."
        with self._writing() as connection:
            still = read_entries(connection, and_(launches.c.id.in_(lost), launches.c.state == State.SENDING))
            return [settle(connection, entry, Outcome.unknown(message), self._clock()) for entry in still]

    def usage(self, owner: Owner, base_url: str, client_slug: str, budget: Budget) -> Usage:
        """Return how much of the limits this token has used, at this client. An estimate."""
        with self._reading() as connection:
            return self._usage(connection, owner, base_url, client_slug, budget)

    def entry(self, owner: Owner, launch: Launch) -> Entry | None:
        """Return one entry, or None where there is none that this person may see."""
        with self._reading() as connection:
            found = read_entries(connection, and_(visible_to(owner), is_launch(launch)))
        return found[0] if found else None

    def entries(
        self, owner: Owner, *, states: Collection[State] = (), since: datetime | None = None
    ) -> list[Entry]:
        """Return this person's entries, newest first; `states` and `since` narrow them."""
        condition = visible_to(owner)
        if states:
            condition &= launches.c.state.in_(list(states))
        if since is not None:
            condition &= launches.c.started_at >= since
        with self._reading() as connection:
            return read_entries(connection, condition)

    def last_kpi(self, owner: Owner, base_url: str, client_slug: str) -> str | None:
        """Return the KPI column of this person's latest launch for a client that says one."""
        with_kpi = and_(visible_to(owner), at(base_url, client_slug), launches.c.kpi.is_not(None))
        newest = select(launches.c.kpi).where(with_kpi).order_by(launches.c.id.desc()).limit(1)
        with self._reading() as connection:
            return connection.scalar(newest)

    def open_launches(self, owner: Owner) -> list[Entry]:
        """Return this person's launches that are being sent or are unknown, newest first.

        Those that are still `sending` though their process has ended become unknown first.
        """
        self._catch_up()
        self.recover()
        return self.entries(owner, states=OPEN_STATES)

    def earlier(self, intent: Intent, since: datetime) -> list[Earlier]:
        """Return the launches since then that this one may repeat, newest first, whoever launched them.

        Those whose outcome is open are included however old they are.
        """
        with self._reading() as connection:
            return earlier_launches(connection, intent, since)

    def owned_run_ids(self, base_url: str, client_slug: str) -> set[RunId]:
        """Return the runs of a client that entries own, whoever launched them."""
        condition = and_(at(base_url, client_slug), launches.c.run_id.is_not(None))
        with self._reading() as connection:
            return set(connection.scalars(select(launches.c.run_id).where(condition)))

    def open_entries(self, base_url: str, client_slug: str) -> list[Entry]:
        """Return a client's entries that are still to be settled, oldest first, whoever launched them.

        For telling their runs apart, not for showing.
        """
        condition = and_(at(base_url, client_slug), launches.c.state.in_(OPEN_STATES))
        with self._reading() as connection:
            return list(reversed(read_entries(connection, condition)))

    def begin_look(self, launch: Launch) -> Entry | None:
        """Claim an unknown entry for a look at the run list, and return it.

        Returns None when it is no longer unknown, or when another tab or replica is looking.
        """
        now = self._clock()
        free = or_(launches.c.look_until.is_(None), launches.c.look_until <= now)
        unknown = and_(is_launch(launch), launches.c.state == State.UNKNOWN)
        with self._writing() as connection:
            claim = update(launches).where(unknown, free).values(look_until=now + LOOK_LEASE)
            if not connection.execute(claim).rowcount:
                return None
            return read_entry(connection, launch)

    def end_look(self, launch: Launch, candidates: Collection[RunId], *, doubt: str = "") -> Entry:
        """Write down the result of a look: the runs that could be it, if any.

        `doubt` says why its run may exist though none was found; then the launch doesn't count as missing.
        """
        is_missing = not candidates and not doubt
        values = {
            "looks": launches.c.looks + 1,
            "not_found": launches.c.not_found + int(is_missing),
            "last_look_at": self._clock(),
            "candidates": list(candidates),
            "doubt": doubt,
            "failures": 0,
            "failure": "",
            "look_not_before": None,
        }
        return self._end_claim(launch, values)

    def fail_look(self, launch: Launch, failure: str, *, retry_after: float | None = None) -> Entry:
        """Write down that the run list could not be read, why, and how many seconds the API asks to wait."""
        now = self._clock()
        seconds = min(retry_after or 0.0, LONGEST_WAIT.total_seconds())
        values = {
            "failures": func.coalesce(launches.c.failures, 0) + 1,
            "failure": failure,
            "last_attempt_at": now,
            "look_not_before": now + timedelta(seconds=seconds) if seconds else None,
        }
        return self._end_claim(launch, values)

    def break_off_look(self, launch: Launch) -> Entry:
        """Write down that a look ended without a result."""
        return self._end_claim(launch, {"last_attempt_at": self._clock()})

    def dismiss(self, launch: Launch, run_id: RunId) -> Entry:
        """Write down that a person says this run is not the launch."""
        with self._writing() as connection:
            entry = read_entry(connection, launch)
            values = {
                "dismissed": [*entry.dismissed, run_id],
                "candidates": [candidate for candidate in entry.candidates if candidate != run_id],
            }
            connection.execute(update(launches).where(launches.c.id == entry.id).values(values))
            return read_entry(connection, entry.id)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._held.has_outcomes:
            self._catch_up()
        with self._database.reading() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._database.writing() as connection:
            written = self._held.write(connection, self._clock())
            yield connection
        self._held.forget(written)

    def _catch_up(self) -> None:
        """Write down what is held, where that is possible now."""

        def write() -> None:
            with self._writing():
                pass

        if self._held and self._clock() >= self._catching_up_at:
            try:
                _retry_once(write)
            except JournalUnavailableError:
                self._catching_up_at = self._clock() + CATCHING_UP

    def _end_claim(self, launch: Launch, values: Mapping[str, Any]) -> Entry:
        with self._writing() as connection:
            unknown = and_(is_launch(launch), launches.c.state == State.UNKNOWN)
            connection.execute(update(launches).where(unknown).values({**values, "look_until": None}))
            return read_entry(connection, launch)

    def _judge(
        self, connection: Connection, intent: Intent, budget: Budget | None, guard: Guard | None
    ) -> None:
        """Raise what keeps a launch from being written down, and give up the one that it replaces."""
        earlier = read_entries(connection, is_launch_of(intent.ticket))
        if earlier:
            message = "This launch was already started; it is not sent a second time."
            raise AlreadyIntendedError(message, entry=earlier[0])
        if intent.resend_of is not None:
            self._replace(connection, intent, intent.resend_of)
        if guard is not None:
            refuse_same(connection, intent, guard)
        if budget is not None:
            used = self._usage(connection, intent.owner, intent.base_url, intent.client_slug, budget)
            _refuse_over_budget(used)

    def _replace(self, connection: Connection, intent: Intent, number: int) -> None:
        # Giving up may be repeated, this may not: two clicks on "send again" must not replace one launch
        # twice.
        entry = read_entry(connection, number)
        missing = entry.not_found >= NOT_FOUND_BEFORE_RESEND and not entry.candidates and not entry.doubt
        is_same = entry.body_sha256 == intent.body_sha256
        if entry.state is not State.UNKNOWN or not missing or not is_same:
            message = (
                f"Launch {entry.id} is not known to be missing: it may have a run. So it is not sent again."
            )
            raise OutcomeConflictError(message, entry=entry)
        settle(connection, entry, Outcome.given_up(intent.owner.email or "sent again"), self._clock())

    def _usage(
        self, connection: Connection, owner: Owner, base_url: str, client_slug: str, budget: Budget
    ) -> Usage:
        now = self._clock()
        mine = and_(launches.c.base_url == base_url, launches.c.fingerprint == owner.fingerprint)
        recent = launches.c.started_at > now - DAY - PAIRING
        found = read_rows(
            connection, and_(or_(at(base_url, client_slug), mine), recent, launches.c.state.in_(RUN_STATES))
        )
        return usage(budget, [to_taken(row, owner, client_slug) for row in found], now)

    def _is_lost(self, row: RowMapping) -> bool:
        too_old: bool = row["started_at"] + SENDING_LEASE <= self._clock()
        return too_old or is_gone(Process.parse(row["process"]))


def _retry_once(write: Callable[[], Value]) -> Value:
    """Write, and try again once: a broken connection, or a missing file, is made anew at the next use."""
    try:
        return write()
    except JournalUnavailableError:
        return write()


def _refuse_over_budget(used: Usage) -> None:
    if used.possible_at is None:
        return
    message = (
        f"Not sent: by our count {used.minute_used} of {used.minute_limit} launches of this minute and "
        f"{used.day_used} of {used.day_limit} of this day are used (an estimate). "
        f"Next launch possible at {used.possible_at:%Y-%m-%d %H:%M:%S} UTC."
    )
    raise BudgetExceededError(message, possible_at=used.possible_at)
