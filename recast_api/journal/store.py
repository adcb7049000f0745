"""The journal itself: entries are written before a launch is sent, and settled afterwards."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, insert, or_, select, update

from recast_api.journal.budget import DAY, PAIRING, Budget, Usage, usage
from recast_api.journal.entries import (
    OPEN_STATES,
    RUN_STATES,
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
    OutcomeConflictError,
)
from recast_api.journal.opening import Database
from recast_api.journal.process import Process, is_gone, this_process
from recast_api.journal.rows import (
    at,
    read_entries,
    read_entry,
    read_rows,
    to_taken,
    to_values,
    visible_to,
)
from recast_api.journal.schema import launches

SENDING_LEASE = timedelta(minutes=15)
"""An entry that says `sending` for longer is taken as unknown, even if its process can't be asked: uploading
20 MB over a poor line and waiting for the answer stays below it."""

PATIENCE_S = 5.0
"""How long to wait for a server or for another writer: those hold the journal for milliseconds, so a longer
wait means that something is wrong, and a person is waiting too."""

LOOK_LEASE = timedelta(minutes=2)
"""How long one tab or replica keeps an entry to itself while it looks for its run."""

NOT_FOUND_BEFORE_RESEND = 2
"""So many looks must have found nothing before an unknown launch may be sent again."""

_NEXT_STATES = {
    State.SENDING: {State.LAUNCHED, State.REJECTED, State.NOT_SENT, State.UNKNOWN},
    # The first three: an answer that came after its sender was thought gone. It is the truth.
    State.UNKNOWN: {State.LAUNCHED, State.REJECTED, State.NOT_SENT, State.FOUND, State.GIVEN_UP},
}


class Journal:
    """Launches, written down before they are sent.

    `url` is a file, or any SQLAlchemy address; None is a SQLite file in the user's data directory. Nothing is
    opened until the first use, so making one never fails. `patience` is how many seconds to wait for a lock
    or a server. Every method raises `JournalUnavailableError`,
    with a sentence, when the journal can't be read or written. Safe to share between threads, processes and
    replicas.
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
        """What a person should know about the journal itself, in sentences."""
        return tuple(self._database.notices)

    def now(self) -> datetime:
        """Return the time by the journal's clock, aware, in UTC."""
        return self._clock()

    def close(self) -> None:
        """Let go of the file or server."""
        self._database.close()
        if self._forget is not None:
            self._forget()

    def intend(self, intent: Intent, *, budget: Budget | None = None) -> Entry:
        """Write a launch down, claiming its slot of the limits in the same transaction.

        It is committed when this returns. Raises `BudgetExceededError` when the launch doesn't fit,
        `AlreadyIntendedError` when its ticket was used before, and `OutcomeConflictError` when the entry it
        replaces (`resend_of`) is no longer unknown; then nothing was written.
        """
        with self._database.writing() as connection:
            self._refuse_known_ticket(connection, intent)
            if intent.resend_of is not None:
                self._replace(connection, intent.resend_of, by=intent.owner.email or "sent again")
            if budget is not None:
                used = self._usage(connection, intent.owner, intent.base_url, intent.client_slug, budget)
                _refuse_over_budget(used)
            values = to_values(intent) | {
                "process": str(self._process),
                "started_at": self._clock(),
                "state": State.SENDING,
                "message": "",
                "looks": 0,
                "not_found": 0,
                "candidates": [],
            }
            (key,) = connection.execute(insert(launches).values(values)).inserted_primary_key or (0,)
            return read_entry(connection, key)

    def record(self, entry_id: int, outcome: Outcome) -> Entry:
        """Write down what became of a launch, and return its entry.

        A final outcome stays: recording the same one again changes nothing, any other raises
        `OutcomeConflictError`. So does a run that another entry owns.
        """
        with self._database.writing() as connection:
            return self._settle(connection, entry_id, outcome)

    def recover(self) -> list[Entry]:
        """Turn launches that will never be answered into unknown ones, and return those.

        That is: still `sending`, and either the sending process has ended or the lease has run out.
        """
        with self._database.reading() as connection:
            sending = read_rows(connection, launches.c.state == State.SENDING)
        lost = [row["id"] for row in sending if self._is_lost(row)]
        if not lost:
            return []
        message = "The program ended, or lost its connection, before an answer was written down."
        with self._database.writing() as connection:
            still = read_entries(connection, and_(launches.c.id.in_(lost), launches.c.state == State.SENDING))
            return [self._settle(connection, entry.id, Outcome.unknown(message)) for entry in still]

    def usage(self, owner: Owner, base_url: str, client_slug: str, budget: Budget) -> Usage:
        """Return how much of the limits this token has used, at this client. An estimate."""
        with self._database.reading() as connection:
            return self._usage(connection, owner, base_url, client_slug, budget)

    def entry(self, owner: Owner, entry_id: int) -> Entry | None:
        """Return one entry, or None where there is none that this person may see."""
        with self._database.reading() as connection:
            found = read_entries(connection, and_(visible_to(owner), launches.c.id == entry_id))
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
        with self._database.reading() as connection:
            return read_entries(connection, condition)

    def last_kpi(self, owner: Owner, base_url: str, client_slug: str) -> str | None:
        """Return the KPI column of this person's latest launch for a client that says one."""
        said = and_(visible_to(owner), at(base_url, client_slug), launches.c.kpi.is_not(None))
        newest = select(launches.c.kpi).where(said).order_by(launches.c.id.desc()).limit(1)
        with self._database.reading() as connection:
            return connection.scalar(newest)

    def unresolved(self, owner: Owner) -> list[Entry]:
        """Return this person's unknown launches, newest first, after `recover()`."""
        self.recover()
        return self.entries(owner, states=[State.UNKNOWN])

    def owned_run_ids(self, base_url: str, client_slug: str) -> set[RunId]:
        """Return the runs of a client that entries own, whoever launched them."""
        condition = and_(at(base_url, client_slug), launches.c.run_id.is_not(None))
        with self._database.reading() as connection:
            return set(connection.scalars(select(launches.c.run_id).where(condition)))

    def open_entries(self, base_url: str, client_slug: str) -> list[Entry]:
        """Return a client's entries that are still to be settled, oldest first, whoever launched them.

        For telling their runs apart, not for showing.
        """
        condition = and_(at(base_url, client_slug), launches.c.state.in_(OPEN_STATES))
        with self._database.reading() as connection:
            return list(reversed(read_entries(connection, condition)))

    def begin_look(self, entry_id: int) -> Entry | None:
        """Keep an unknown entry to oneself for a look at the run list.

        Returns None when it isn't unknown any more, or when another tab or replica is looking.
        """
        now = self._clock()
        free = or_(launches.c.look_until.is_(None), launches.c.look_until <= now)
        unknown = and_(launches.c.id == entry_id, launches.c.state == State.UNKNOWN)
        with self._database.writing() as connection:
            claim = update(launches).where(unknown, free).values(look_until=now + LOOK_LEASE)
            if not connection.execute(claim).rowcount:
                return None
            return read_entry(connection, entry_id)

    def end_look(self, entry_id: int, candidates: Collection[RunId] | None) -> Entry:
        """Write down what a look saw: the runs that could be it, or none; or None for no answer at all."""
        values: dict[str, Any] = {"look_until": None}
        if candidates is not None:
            values |= {
                "looks": launches.c.looks + 1,
                "not_found": launches.c.not_found + (0 if candidates else 1),
                "last_look_at": self._clock(),
                "candidates": list(candidates),
            }
        with self._database.writing() as connection:
            unknown = and_(launches.c.id == entry_id, launches.c.state == State.UNKNOWN)
            connection.execute(update(launches).where(unknown).values(values))
            return read_entry(connection, entry_id)

    def dismiss(self, entry_id: int, run_id: RunId) -> Entry:
        """Write down that a person says this run is not the launch."""
        with self._database.writing() as connection:
            entry = read_entry(connection, entry_id)
            values = {
                "dismissed": [*entry.dismissed, run_id],
                "candidates": [candidate for candidate in entry.candidates if candidate != run_id],
            }
            connection.execute(update(launches).where(launches.c.id == entry_id).values(values))
            return read_entry(connection, entry_id)

    def remark(self, entry_id: int, sentence: str) -> Entry:
        """Add a sentence to what the entry says, whatever its state."""
        with self._database.writing() as connection:
            message = f"{read_entry(connection, entry_id).message} {sentence}".strip()
            connection.execute(update(launches).where(launches.c.id == entry_id).values(message=message))
            return read_entry(connection, entry_id)

    def _settle(self, connection: Connection, entry_id: int, outcome: Outcome) -> Entry:
        entry = read_entry(connection, entry_id)
        if (entry.state, entry.run_id) == (outcome.state, outcome.run_id):
            return entry
        late_answer = outcome.state is State.LAUNCHED and entry.run_id == outcome.run_id
        if late_answer and entry.state is State.FOUND:
            return entry
        if outcome.state not in _NEXT_STATES.get(entry.state, ()):
            message = (
                f"Launch {entry.id} is settled already ({entry.state}), so it can't become {outcome.state}."
            )
            raise OutcomeConflictError(message, entry=entry)
        self._refuse_owned_run(connection, entry, outcome)
        now = self._clock()
        values = asdict(outcome) | {"settled_at": now, "look_until": None, "candidates": []}
        if outcome.state is State.UNKNOWN:
            values["unknown_at"] = now
        if outcome.state in (State.FOUND, State.GIVEN_UP):
            # Why it was unknown stays worth knowing.
            values = {name: value for name, value in values.items() if name not in ("message", "status")}
        compare_and_set = update(launches).where(launches.c.id == entry_id, launches.c.state == entry.state)
        connection.execute(compare_and_set.values(values))
        return read_entry(connection, entry_id)

    def _replace(self, connection: Connection, entry_id: int, *, by: str) -> None:
        # Stricter than giving up, which may be repeated: two clicks must not replace one launch twice.
        entry = read_entry(connection, entry_id)
        missing = entry.not_found >= NOT_FOUND_BEFORE_RESEND and not entry.candidates
        if entry.state is not State.UNKNOWN or not missing:
            message = f"Launch {entry.id} is not known to be missing, so it is not sent again."
            raise OutcomeConflictError(message, entry=entry)
        self._settle(connection, entry_id, Outcome.given_up(by))

    def _refuse_owned_run(self, connection: Connection, entry: Entry, outcome: Outcome) -> None:
        if outcome.run_id is None:
            return
        owned = and_(at(entry.base_url, entry.client_slug), launches.c.run_id == outcome.run_id)
        others = read_entries(connection, owned)
        if others:
            message = f"Run {outcome.run_id} belongs to launch {others[0].id} in the journal already."
            raise OutcomeConflictError(message, entry=entry)

    def _refuse_known_ticket(self, connection: Connection, intent: Intent) -> None:
        earlier = read_entries(connection, launches.c.ticket == intent.ticket)
        if earlier:
            message = "This launch was started already; it is not sent a second time."
            raise AlreadyIntendedError(message, entry=earlier[0])

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


def _refuse_over_budget(used: Usage) -> None:
    if used.possible_at is None:
        return
    message = (
        f"Not sent: by our count {used.minute_used} of {used.minute_limit} launches of this minute and "
        f"{used.day_used} of {used.day_limit} of this day are used (an estimate). "
        f"The next can go at {used.possible_at:%Y-%m-%d %H:%M:%S} UTC."
    )
    raise BudgetExceededError(message, possible_at=used.possible_at)
