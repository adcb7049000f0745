"""What an entry can become, each within a transaction of the caller's."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, and_, update

from recast_api.journal.entries import Entry, Outcome, State
from recast_api.journal.errors import OutcomeConflictError
from recast_api.journal.rows import at, read_entries, read_entry
from recast_api.journal.schema import LONGEST_ID, launches, spell_id

_NEXT_STATES = {
    State.SENDING: {State.LAUNCHED, State.REJECTED, State.NOT_SENT, State.UNKNOWN},
    # The first three: an answer that came after its sender was thought gone. It is the truth.
    State.UNKNOWN: {State.LAUNCHED, State.REJECTED, State.NOT_SENT, State.FOUND, State.GIVEN_UP},
}


def settle(connection: Connection, entry: Entry, outcome: Outcome, now: datetime) -> Entry:
    """Write down an outcome and return the entry. Raises `OutcomeConflictError`."""
    if (entry.state, entry.run_id) == (outcome.state, outcome.run_id):
        return entry
    late_answer = outcome.state is State.LAUNCHED and entry.run_id == outcome.run_id
    if late_answer and entry.state is State.FOUND:
        return entry
    if outcome.state not in _NEXT_STATES.get(entry.state, ()):
        message = f"Launch {entry.id} is settled already ({entry.state}), so it can't become {outcome.state}."
        raise OutcomeConflictError(message, entry=entry)
    _refuse_run(connection, entry, outcome)
    values = asdict(outcome) | {"settled_at": now, "look_until": None, "candidates": []}
    if outcome.state is State.UNKNOWN:
        values["unknown_at"] = now
    if outcome.state in (State.FOUND, State.GIVEN_UP):
        # Why it was unknown stays worth knowing.
        values = {name: value for name, value in values.items() if name not in ("message", "status")}
    compare_and_set = update(launches).where(launches.c.id == entry.id, launches.c.state == entry.state)
    connection.execute(compare_and_set.values(values))
    return read_entry(connection, entry.id)


def take_answer(connection: Connection, entry: Entry, outcome: Outcome, now: datetime) -> Entry:
    """Write down what the API's answer came to, as a remark where the journal holds something else by now."""
    try:
        return settle(connection, entry, outcome, now)
    except OutcomeConflictError as conflict:
        answer = outcome.message if outcome.run_id is None else f"run {outcome.run_id}."
        remark = f"{conflict} The API's late answer: {answer}"
    if entry.state.is_open:
        # There is a run, only not one that this entry can own: it must not be looked for and sent again.
        return settle(connection, entry, Outcome(state=State.LAUNCHED, message=remark), now)
    message = f"{entry.message} {remark}".strip()
    connection.execute(update(launches).where(launches.c.id == entry.id).values(message=message))
    return read_entry(connection, entry.id)


def _refuse_run(connection: Connection, entry: Entry, outcome: Outcome) -> None:
    if outcome.run_id is None:
        return
    if len(spell_id(outcome.run_id)) > LONGEST_ID:
        message = "The run's id is too long to be kept in the journal."
        raise OutcomeConflictError(message, entry=entry)
    owned = and_(at(entry.base_url, entry.client_slug), launches.c.run_id == outcome.run_id)
    others = read_entries(connection, owned)
    if others:
        message = f"Run {outcome.run_id} belongs to launch {others[0].id} in the journal already."
        raise OutcomeConflictError(message, entry=entry)
