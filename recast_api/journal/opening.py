"""Open the journal's database: connect, prepare the tables, move a damaged file aside, say what is wrong."""

from __future__ import annotations

import math
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import platformdirs
from sqlalchemy import (
    URL,
    Connection,
    Dialect,
    Engine,
    NullPool,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    DisconnectionError,
    NoSuchModuleError,
    SQLAlchemyError,
)

from recast_api.journal.errors import JournalUnavailableError
from recast_api.journal.schema import is_prepared, lock, prepare
from recast_api.journal.silence import Watch

_SIDE_FILES = ("-wal", "-shm")


def default_path() -> Path:
    """Return where the journal is kept unless settings say otherwise."""
    return platformdirs.user_data_path("recast-desk", appauthor=False) / "journal.sqlite3"


class _ReplacedError(Exception):
    """The journal's file was removed or replaced while it was open."""


class Database:
    """The journal's database, opened at its first use; where that fails, each use tries again."""

    def __init__(self, url: str | Path | None, *, clock: Callable[[], datetime], patience: float) -> None:
        self._address = url
        self._patience = patience
        self._clock = clock
        self._engine: Engine | None = None
        self._was_there = False
        self._opening = threading.Lock()
        # A connection and a lock may each be waited for as long as there is patience.
        self._watch = Watch(2 * patience)
        self.notices: list[str] = []

    @property
    def where(self) -> str:
        """The file, or the server without its password. Raises where the address can't be read."""
        if self._is_sqlite:
            return str(self._url.database)
        return self._url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that only reads."""
        with self._sentences(), self._patiently(), self._opened().connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection in a transaction of its own: no other writer until it is committed."""
        with self._sentences(), self._patiently():
            engine = self._opened()
            before = self._identity()
            with (
                engine.connect().execution_options(recast_writing=True) as connection,
                connection.begin(),
            ):
                self._limit_waiting(connection)
                lock(connection, self.where)
                yield connection
            # On Unix an open file that was removed or replaced can still be written, and the commit succeeds,
            # but nobody will ever read that file again. Only its identity shows that what was written is
            # lost.
            if self._identity() != before:
                raise _ReplacedError

    def close(self) -> None:
        """Give up the connections; the next use opens them again."""
        with self._opening:
            self._dispose()

    @cached_property
    def _url(self) -> URL:
        return _parse(self._address)

    @property
    def _is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    def _opened(self) -> Engine:
        # While one thread opens, the others wait for it; that counts against their own patience.
        if not self._opening.acquire(timeout=self._patience):
            raise TimeoutError
        try:
            if self._engine is None:
                engine = self._open_file() if self._is_sqlite else self._open_server()
                try:
                    self._prepare(engine)
                except BaseException:
                    engine.dispose()
                    raise
                self._engine = engine
            return self._engine
        finally:
            self._opening.release()

    def _open_file(self) -> Engine:
        path = Path(self._url.database or "")
        path.parent.mkdir(parents=True, exist_ok=True)
        if self._was_there and not path.exists():
            self.notices.append(
                f"The journal's file {path} was missing, so a new one was started; "
                "launches written down before are no longer known here."
            )
        # For its owner alone: it holds sheet addresses and e-mails, and the computer may be shared.
        os.close(os.open(path, os.O_CREAT, 0o600))
        self._move_aside_if_unreadable(path)
        self._was_there = True
        engine = create_engine(self._url, poolclass=NullPool, creator=partial(self._connect_file, path))
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _connect_file(self, path: Path) -> sqlite3.Connection:
        # mode=rw doesn't create a file. One that disappeared must be noticed, and `_open_file` sets
        # permissions.
        return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=self._patience)

    def _open_server(self) -> Engine:
        connect_args = (
            {"connect_timeout": math.ceil(self._patience)} if self._url.get_driver_name() == "psycopg" else {}
        )
        engine = create_engine(self._url, pool_timeout=self._patience, connect_args=connect_args)
        # Before anything is asked over a connection, for the first time or again.
        event.listen(engine, "connect", self._watch.take, insert=True)
        event.listen(engine, "checkout", self._watch.take)
        event.listen(engine, "checkout", partial(_ping, engine.dialect))
        return engine

    def _prepare(self, engine: Engine) -> None:
        with engine.connect() as connection:
            # Looked at first without a lock, so that opening doesn't wait for another writer.
            if is_prepared(connection):
                return
        with engine.connect().execution_options(recast_writing=True) as connection, connection.begin():
            self._limit_waiting(connection)
            prepare(connection, self.where)
        if self._is_sqlite:
            # Only after `prepare` accepted the file: this changes it, and a newer version's must stay as it
            # is.
            with closing(engine.raw_connection()) as raw:
                raw.cursor().execute("PRAGMA journal_mode=WAL")

    def _limit_waiting(self, connection: Connection) -> None:
        if connection.dialect.name != "postgresql":
            return
        limits = {
            "lock_timeout": self._patience,
            "statement_timeout": 2 * self._patience,
            # Frees the lock of a writer that died or hangs, so that other replicas can go on.
            "idle_in_transaction_session_timeout": 2 * self._patience,
        }
        set_here = (func.set_config(name, f"{limit * 1000:.0f}ms", True) for name, limit in limits.items())
        connection.execute(select(*set_here))

    def _identity(self) -> tuple[int, int] | None:
        """Return what tells the file from another of the same name; None where there is none."""
        if not self._is_sqlite:
            return None
        try:
            status = Path(self._url.database or "").stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    @contextmanager
    def _patiently(self) -> Iterator[None]:
        with nullcontext() if self._is_sqlite else self._watch.over():
            yield

    def _move_aside_if_unreadable(self, path: Path) -> None:
        inode = path.stat().st_ino
        if _is_readable(path, self._patience) or path.stat().st_ino != inode:
            return  # another process moved it aside first: what is there now is the new file
        stamp = self._clock().strftime("%Y%m%dT%H%M%S.%fZ")
        aside = path.with_name(f"{path.name}.unreadable-{stamp}")
        path.rename(aside)
        for ending in _SIDE_FILES:
            side = path.with_name(path.name + ending)
            if side.exists():
                side.rename(aside.with_name(aside.name + ending))
        os.close(os.open(path, os.O_CREAT, 0o600))
        self.notices.append(
            f"The journal could not be read. It was moved to {aside}, and a new one was started; "
            "launches written down before are no longer known here."
        )

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError, sqlite3.Error, _ReplacedError) as error:
            self._open_anew()
            message = f"The journal ({self.where}) {_what_is_wrong(error)}."
            raise JournalUnavailableError(message) from error

    def _open_anew(self) -> None:
        """Let the next use look at the file or the server anew."""
        if self._opening.acquire(blocking=False):  # otherwise another thread is opening it right now
            self._dispose()
            self._opening.release()

    def _dispose(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None


def _parse(url: str | Path | None) -> URL:
    if url is None or isinstance(url, Path):
        return URL.create("sqlite", database=str(url or default_path()))
    try:
        parsed = make_url(url)
        # The short names mean whatever driver SQLAlchemy prefers; ours is installed.
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
        # The address itself is not repeated: it may hold a password.
        message = (
            "The journal's address can't be read; it should look like sqlite:////folder/journal.sqlite3."
        )
        raise JournalUnavailableError(message) from None
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        message = "A journal in memory would forget every launch; give its address a file."
        raise JournalUnavailableError(message)
    return parsed


def _ping(dialect: Dialect, connection: Any, *_: object) -> None:
    """Keep a connection that broke while nobody used it from being used: another is made then."""
    try:
        dialect.do_ping(connection)
    except Exception as error:
        raise DisconnectionError from error


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Transactions are begun below. FULL: a launch must still be written down after a power cut.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=FULL")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("recast_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _is_readable(path: Path, patience: float) -> bool:
    with closing(sqlite3.connect(path, timeout=patience)) as connection:
        try:
            verdict: tuple[str] = connection.execute("PRAGMA quick_check(1)").fetchone()
            return verdict == ("ok",)
        except sqlite3.DatabaseError as error:
            if _primary_code(error) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
                return False
            raise


def _primary_code(error: BaseException | None) -> int:
    # SQLite's extended codes carry the primary code in their lowest byte.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


_SQLITE_WORDS = {
    sqlite3.SQLITE_BUSY: "is locked by another program",
    sqlite3.SQLITE_LOCKED: "is locked by another program",
    sqlite3.SQLITE_FULL: "can't be written: the disk is full",
    sqlite3.SQLITE_IOERR: "can't be written: the disk reports an error or is full",
    sqlite3.SQLITE_READONLY: "can't be written: it is read-only",
    sqlite3.SQLITE_CANTOPEN: "can't be opened",
    sqlite3.SQLITE_NOTADB: "is damaged",
    sqlite3.SQLITE_CORRUPT: "is damaged",
}


_SQLSTATE_WORDS = {
    "55P03": "is locked by another program",
    "57014": "did not answer in time",  # statement_timeout
}


def _what_is_wrong(error: BaseException) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, _ReplacedError):
        return "was removed or replaced while it was being written"
    if isinstance(cause, TimeoutError):
        return "did not answer in time"
    if isinstance(cause, sqlite3.Error):
        return _SQLITE_WORDS.get(_primary_code(cause), f"answered with an error: {cause}")
    if isinstance(cause, OSError):
        return f"can't be opened: {cause.strerror or cause}"
    first_line = next(iter(str(cause).strip().splitlines()), type(cause).__name__)
    words = _SQLSTATE_WORDS.get(getattr(cause, "sqlstate", None) or "")
    return words or f"could not be reached or written: {first_line}"
