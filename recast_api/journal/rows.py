"""Turn rows of the table into entries and back; the conditions that several queries share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, insert, or_, select

from recast_api.journal.budget import Taken
from recast_api.journal.entries import DataFacts, Entry, Intent, Listed, Owner, State
from recast_api.journal.errors import JournalError
from recast_api.journal.schema import launches

Condition = ColumnElement[bool]
Launch = Entry | int
"""A launch, by its number or by the entry as it was read. An entry's ticket says which one is meant; a number
may mean another launch by now, in a journal whose file was replaced."""


def visible_to(owner: Owner) -> Condition:
    """Return the condition for the entries a person may see: those of their token or e-mail."""
    same_token = launches.c.fingerprint == owner.fingerprint
    return same_token if owner.email is None else or_(same_token, launches.c.email == owner.email)


def at(base_url: str, client_slug: str) -> Condition:
    """Return the condition for the entries of one client."""
    return and_(launches.c.base_url == base_url, launches.c.client_slug == client_slug)


def is_launch(launch: Launch) -> Condition:
    """Return the condition for one launch."""
    return launches.c.id == launch if isinstance(launch, int) else is_launch_of(launch.ticket)


def is_launch_of(ticket: str) -> Condition:
    """Return the condition for the launch of a ticket."""
    return launches.c.ticket == ticket


def insert_row(connection: Connection, row: Mapping[str, Any], *, number: int | None = None) -> int:
    """Put in a row and return its number: the one given, where that is free and ours to choose."""
    # Postgres takes ids from a sequence, which would later hand out an id that was put in by hand.
    is_ours = number is not None and connection.dialect.name == "sqlite"
    if is_ours and not read_rows(connection, launches.c.id == number):
        row = {**row, "id": number}
    (key,) = connection.execute(insert(launches).values(row)).inserted_primary_key or (0,)
    return int(key)


def read_rows(connection: Connection, condition: Condition) -> list[RowMapping]:
    """Return the rows, newest first."""
    newest_first = select(launches).where(condition).order_by(launches.c.id.desc())
    return list(connection.execute(newest_first).mappings())


def read_entries(connection: Connection, condition: Condition) -> list[Entry]:
    """Return the entries, newest first."""
    return [to_entry(row) for row in read_rows(connection, condition)]


def read_entry(connection: Connection, launch: Launch) -> Entry:
    """Return one entry, whoever it belongs to. Raises `JournalError` where there is none."""
    found = read_entries(connection, is_launch(launch))
    if found:
        return found[0]
    if isinstance(launch, int):
        message = f"The journal has no launch {launch}."
    else:
        message = f"The journal no longer has launch {launch.id}: its file or database was replaced."
    raise JournalError(message)


def to_entry(row: RowMapping) -> Entry:
    """Return the entry in a row."""
    values: dict[str, Any] = {field.name: row[field.name] for field in fields(Entry) if field.name in row}
    # Rows that an older version wrote are NULL in the columns that it didn't have.
    for name, default in {"dismissed": (), "doubt": "", "failures": 0, "failure": ""}.items():
        values[name] = row[name] or default
    return Entry(
        **values
        | {
            "owner": Owner(row["fingerprint"], row["email"]),
            "facts": DataFacts(**{field.name: row[field.name] for field in fields(DataFacts)}),
            "listed": _to_listed(row),
            "state": State(row["state"]),
            "candidates": tuple(values["candidates"]),
            "dismissed": tuple(values["dismissed"]),
            "details": {name: tuple(sentences) for name, sentences in (row["details"] or {}).items()},
        }
    )


def to_values(intent: Intent) -> dict[str, Any]:
    """Return the columns of an intent."""
    values = {field.name: getattr(intent, field.name) for field in fields(Intent)}
    owner, facts, listed = values.pop("owner"), values.pop("facts"), values.pop("listed")
    values |= {"fingerprint": owner.fingerprint, "email": owner.email} | asdict(facts)
    return values | {
        "parameters": dict(intent.parameters),
        "reasons": dict(intent.reasons),
        "listed_ids": list(listed.ids),
        "listed_tail": list(listed.tail),
        "listed_whole": listed.is_whole,
        "listed_back_to": listed.back_to,
        "listed_count": listed.count,
    }


def to_taken(row: RowMapping, owner: Owner, client_slug: str) -> Taken:
    """Return a row as a launch that takes a slot, seen by this owner at this client."""
    # The server counted the launch some time between sending and answering. Counted from the answer it stays
    # in the window a little too long rather than too short, so a launch waits rather than meets a 429.
    answered = row["settled_at"] if row["state"] == State.LAUNCHED else None
    return Taken(
        at=answered or row["started_at"],
        run_id=row["run_id"],
        mine=row["fingerprint"] == owner.fingerprint,
        here=row["client_slug"] == client_slug,
    )


def _to_listed(row: RowMapping) -> Listed:
    back_to, is_whole = row["listed_back_to"], row["listed_whole"]
    return Listed(
        ids=tuple(row["listed_ids"]),
        tail=tuple(row["listed_tail"] or ()),
        # Rows from before version 4: the list was read to its end unless a time says how far.
        is_whole=back_to is None if is_whole is None else is_whole,
        back_to=back_to,
        count=row["listed_count"],
    )
