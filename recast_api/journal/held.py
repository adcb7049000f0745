"""Keep the launches that this process is sending in memory too, in case the journal loses them.

A journal may vanish, be replaced by an older one, or be locked while an answer is on its way. The launch was
sent all the same. So its row is kept in memory from when it is written down until its outcome is, and is put
in again wherever it is missing.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from recast_api.journal.entries import Entry, Outcome
from recast_api.journal.rows import insert_row, is_launch_of, read_entries, read_entry
from recast_api.journal.settling import take_answer


@dataclass(frozen=True, slots=True)
class _Launch:
    row: Mapping[str, Any]
    number: int
    outcome: Outcome | None = None
    is_sent: bool = True


class HeldLaunches:
    """Launches by ticket: those being sent, and those whose outcome could not be written down yet."""

    def __init__(self) -> None:
        self._launches: dict[str, _Launch] = {}
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._launches)

    @property
    def has_outcomes(self) -> bool:
        """Whether there are outcomes that are still to be written down."""
        with self._lock:
            return any(launch.outcome for launch in self._launches.values())

    def hold(self, row: Mapping[str, Any], number: int) -> None:
        """Keep the row of a launch that is about to be sent, with the number that it has in the journal."""
        with self._lock:
            self._launches[row["ticket"]] = _Launch(row, number)

    def settle(self, entry: Entry, outcome: Outcome) -> None:
        """Keep the outcome of a launch as well, until it is written down."""
        with self._lock:
            self._launches[entry.ticket] = replace(self._launches[entry.ticket], outcome=outcome)

    def withdraw(self, ticket: str) -> None:
        """Keep that a launch was not sent after all; its row may have been committed or not."""
        outcome = Outcome.not_sent("It could not be written down for certain, so it was not sent.")
        with self._lock:
            self._launches[ticket] = replace(self._launches[ticket], outcome=outcome, is_sent=False)

    def forget(self, tickets: Collection[str]) -> None:
        """Forget what is written down."""
        with self._lock:
            for ticket in tickets:
                self._launches.pop(ticket, None)

    def write(self, connection: Connection, now: datetime) -> list[str]:
        """Write all that is kept, and return the tickets that need not be kept once this is committed."""
        with self._lock:
            launches = dict(self._launches)
        return [ticket for ticket, launch in launches.items() if _write(connection, ticket, launch, now)]


def _write(connection: Connection, ticket: str, launch: _Launch, now: datetime) -> bool:
    """Write what is kept of one launch; tell whether nothing more has to be kept of it."""
    entries = read_entries(connection, is_launch_of(ticket))
    if not entries:
        if not launch.is_sent:
            return True
        # It was sent, and the journal's file was deleted or replaced meanwhile. Without its row nobody would
        # look for its run, and the same could be launched again.
        entries = [read_entry(connection, insert_row(connection, launch.row, number=launch.number))]
    if launch.outcome is None:
        return False  # still waiting for the answer, and the file may yet be lost
    take_answer(connection, entries[0], launch.outcome, now)
    return True
