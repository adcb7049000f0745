"""Between rows of the table and entries, and the conditions that several questions share."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, or_, select

from recast_api.journal.budget import Taken
from recast_api.journal.entries import DataFacts, Entry, Intent, Owner, State
from recast_api.journal.errors import JournalError
from recast_api.journal.schema import launches

Condition = ColumnElement[bool]


def visible_to(owner: Owner) -> Condition:
    """Return the condition for the entries a person may see: those of their token or e-mail."""
    same_token = launches.c.fingerprint == owner.fingerprint
    return same_token if owner.email is None else or_(same_token, launches.c.email == owner.email)


def at(base_url: str, client_slug: str) -> Condition:
    """Return the condition for the entries of one client."""
    return and_(launches.c.base_url == base_url, launches.c.client_slug == client_slug)


def read_rows(connection: Connection, condition: Condition) -> list[RowMapping]:
    """Return the rows, newest first."""
    newest_first = select(launches).where(condition).order_by(launches.c.id.desc())
    return list(connection.execute(newest_first).mappings())


def read_entries(connection: Connection, condition: Condition) -> list[Entry]:
    """Return the entries, newest first."""
    return [to_entry(row) for row in read_rows(connection, condition)]


def read_entry(connection: Connection, entry_id: int) -> Entry:
    """Return one entry, whoever it belongs to. Raises `JournalError` where there is none."""
    found = read_entries(connection, launches.c.id == entry_id)
    if not found:
        message = f"The journal has no launch {entry_id}."
        raise JournalError(message)
    return found[0]


def to_entry(row: RowMapping) -> Entry:
    """Return the entry in a row."""
    values: dict[str, Any] = {field.name: row[field.name] for field in fields(Entry) if field.name in row}
    for name in ("listed_ids", "candidates", "dismissed"):
        values[name] = tuple(row[name] or ())
    return Entry(
        **values
        | {
            "owner": Owner(row["fingerprint"], row["email"]),
            "facts": DataFacts(**{field.name: row[field.name] for field in fields(DataFacts)}),
            "state": State(row["state"]),
            "details": {name: tuple(said) for name, said in (row["details"] or {}).items()},
        }
    )


def to_values(intent: Intent) -> dict[str, Any]:
    """Return the columns of an intent."""
    values = {field.name: getattr(intent, field.name) for field in fields(Intent)}
    owner, facts = values.pop("owner"), values.pop("facts")
    values |= {"fingerprint": owner.fingerprint, "email": owner.email} | asdict(facts)
    return values | {
        "parameters": dict(intent.parameters),
        "reasons": dict(intent.reasons),
        "listed_ids": list(intent.listed_ids),
    }


def to_taken(row: RowMapping, owner: Owner, client_slug: str) -> Taken:
    """Return a row as a launch that takes a slot, seen by this owner at this client."""
    # The server counted it before it answered; counting from the answer errs on the side of waiting.
    answered = row["settled_at"] if row["state"] == State.LAUNCHED else None
    return Taken(
        at=answered or row["started_at"],
        run_id=row["run_id"],
        mine=row["fingerprint"] == owner.fingerprint,
        here=row["client_slug"] == client_slug,
    )
