"""The journal's tables, and how an older journal becomes a present one.

Version 1 had no `resend_of`, `dismissed` and `details`; version 2 has. Version 3 has `kpi`. Version 4 says
how much of the run list was read, and has what came of looks that failed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.types import TypeDecorator

from recast_api.journal.entries import RunId
from recast_api.journal.errors import JournalUnavailableError

VERSION = 4

_PREPARING = 0x7265636173746A31  # any number that nobody else uses for a lock of theirs


class UtcDateTime(TypeDecorator[datetime]):
    """Aware times, kept in UTC. SQLite has no zones, so they are put on again when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the time as stored."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the stored time, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


LONGEST_ID = 100


def spell_id(run_id: RunId) -> str:
    """Return a run id as it is stored; up to `LONGEST_ID` characters fit."""
    return json.dumps(run_id)


class ServedId(TypeDecorator[RunId]):
    """A run id as JSON text, so that a number comes back as a number."""

    impl = String(LONGEST_ID)
    cache_ok = True

    def process_bind_param(self, value: RunId | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the id as stored."""
        return None if value is None else spell_id(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> RunId | None:  # noqa: ARG002
        """Return the id as served."""
        loaded: RunId | None = None if value is None else json.loads(value)
        return loaded


metadata = MetaData()

# One row, held to that by its key: it is also the lock that all writers take.
version_table = Table(
    "recast_journal_version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)

launches = Table(
    "recast_journal",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("ticket", String(64), nullable=False, unique=True),
    Column("process", String(300), nullable=False),
    Column("started_at", UtcDateTime, nullable=False, index=True),
    Column("fingerprint", String(64), nullable=False),
    Column("email", String(320)),
    Column("base_url", String(300), nullable=False),
    Column("client_slug", String(200), nullable=False),
    Column("run_type", String(50), nullable=False),
    Column("priors_url", Text, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("data_sha256", String(64), nullable=False),
    Column("body_sha256", String(64), nullable=False),
    Column("row_count", Integer),
    Column("column_count", Integer),
    Column("first_day", Date),
    Column("last_day", Date),
    Column("note", Text, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("listed_ids", JSON, nullable=False),
    Column("listed_back_to", UtcDateTime),
    Column("state", String(20), nullable=False, index=True),
    Column("settled_at", UtcDateTime),
    Column("unknown_at", UtcDateTime),
    Column("run_id", ServedId),
    Column("status", Integer),
    Column("message", Text, nullable=False),
    Column("matched_by", Text),
    Column("settled_by", Text),
    Column("looks", Integer, nullable=False),
    Column("not_found", Integer, nullable=False),
    Column("last_look_at", UtcDateTime),
    Column("look_until", UtcDateTime),
    Column("candidates", JSON, nullable=False),
    # Since version 2, hence nullable: rows of version 1 have no values for them.
    Column("resend_of", BigInteger),
    Column("dismissed", JSON),
    Column("details", JSON),
    # Since version 3.
    Column("kpi", Text),
    # Since version 4.
    Column("listed_tail", JSON),
    Column("listed_whole", Boolean),
    Column("listed_count", JSON),  # whatever number was served
    Column("doubt", Text),
    Column("failures", Integer),
    Column("failure", Text),
    Column("last_attempt_at", UtcDateTime),
    Column("look_not_before", UtcDateTime),
    # Two entries can't own one run, whatever the code above believes.
    Index("recast_journal_owned", "base_url", "client_slug", "run_id", unique=True),
)


def _to_version_2(connection: Connection) -> None:
    _add_columns(connection, "resend_of", "dismissed", "details")


def _to_version_3(connection: Connection) -> None:
    _add_columns(connection, "kpi")


def _to_version_4(connection: Connection) -> None:
    listed = ("listed_tail", "listed_whole", "listed_count")
    looks = ("doubt", "failures", "failure", "last_attempt_at", "look_not_before")
    _add_columns(connection, *listed, *looks)


_STEPS: dict[int, Callable[[Connection], None]] = {2: _to_version_2, 3: _to_version_3, 4: _to_version_4}


def is_prepared(connection: Connection) -> bool:
    """Tell whether the tables are there and of this version."""
    if not inspect(connection).has_table(version_table.name):
        return False
    return connection.scalar(select(version_table.c.version)) == VERSION


def prepare(connection: Connection, where: str) -> None:
    """Make the tables, or bring older ones up to date; a newer journal is left alone.

    Raises `JournalUnavailableError` for a newer one.
    """
    if connection.dialect.name == "postgresql":
        # There is no row to lock yet when two replicas find an empty server at the same moment.
        connection.execute(select(func.pg_advisory_xact_lock(_PREPARING)))
    if not inspect(connection).has_table(version_table.name):
        metadata.create_all(connection)
        connection.execute(insert(version_table).values(id=1, version=VERSION))
        return
    version = lock(connection, where)
    for step in range(version + 1, VERSION + 1):
        _STEPS[step](connection)
    connection.execute(update(version_table).values(version=VERSION))


def lock(connection: Connection, where: str) -> int:
    """Keep every other writer out until the transaction ends, and return the schema's version.

    The one row of the version table is the lock: `FOR UPDATE` on a server, while on SQLite the transaction
    already began `IMMEDIATE`. Raises `JournalUnavailableError` where the schema is newer than this program.
    """
    version: int = connection.execute(select(version_table.c.version).with_for_update()).scalar_one()
    if version > VERSION:
        message = (
            f"The journal ({where}) was written by a newer version of this program, and is left as it is; "
            "update this program."
        )
        raise JournalUnavailableError(message)
    return version


def _add_columns(connection: Connection, *names: str) -> None:
    for name in names:
        kind = launches.c[name].type.compile(connection.dialect)
        connection.exec_driver_sql(f"ALTER TABLE {launches.name} ADD COLUMN {name} {kind}")
