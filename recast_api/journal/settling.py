"""Write down what became of a launch, within the caller's transaction."""

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
    # The first three are answers that came after the entry was given up for lost, as when its process slept
    # for longer than the lease. What the API answered is the truth, however late.
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
        message = f"Launch {entry.id} is already settled ({entry.state}), so it can't become {outcome.state}."
        raise OutcomeConflictError(message, entry=entry)
    _refuse_run(connection, entry, outcome)
    values = asdict(outcome) | {"settled_at": now, "look_until": None, "candidates": []}
    if outcome.state is State.UNKNOWN:
        values["unknown_at"] = now
    if outcome.state in (State.FOUND, State.GIVEN_UP):
        # The message and status say why it was unknown, which the person at the desk may still want to know.
        values = {name: value for name, value in values.items() if name not in ("message", "status")}
    # All writers take turns (see `schema.lock`), so the state can't have changed since it was read. That it
    # is compared again costs nothing and would keep a final outcome from being overwritten if that ever
    # broke.
    compare_and_set = update(launches).where(launches.c.id == entry.id, launches.c.state == entry.state)
    connection.execute(compare_and_set.values(values))
    return read_entry(connection, entry.id)


def take_answer(connection: Connection, entry: Entry, outcome: Outcome, now: datetime) -> Entry:
    """Write down the API's answer, as a remark where the entry was settled in another way meanwhile."""
    try:
        return settle(connection, entry, outcome, now)
    except OutcomeConflictError as conflict:
        answer = outcome.message if outcome.run_id is None else f"run {outcome.run_id}."
        remark = f"{conflict} The API's late answer: {answer}"
    if entry.state.is_open:
        # The answer says that there is a run, only this entry can't own it (its id is too long, or another
        # entry has it). Left open, the launch would be looked for in vain, and then be offered for sending
        # again.
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
        message = f"Run {outcome.run_id} belongs to launch {others[0].id} in the journal."
        raise OutcomeConflictError(message, entry=entry)
