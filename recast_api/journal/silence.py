"""Cut off connections to a database server that has stopped answering.

A server that hangs, or a network that drops every packet, leaves its client waiting for as long as the
connection seems open: no time limit of the server's own helps there. So this side shuts the connection.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy.exc import SQLAlchemyError


class Watch:
    """Shuts the connections that a thread uses within a block, once the block has taken too many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._now = threading.local()

    @contextmanager
    def over(self) -> Iterator[None]:
        """Cut off what this thread does in the block, when the time is up. Raises `TimeoutError` then."""
        watched = _Watched()
        timer = threading.Timer(self._seconds, watched.cut_off)
        timer.daemon = True
        self._now.watched = watched
        timer.start()
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            if watched.is_cut_off:
                raise TimeoutError from error
            raise
        finally:
            timer.cancel()
            watched.end()

    def take(self, connection: Any, *_: object) -> None:
        """Watch a driver's connection that this thread has begun to use in the block."""
        self._now.watched.take(connection)


class _Watched:
    def __init__(self) -> None:
        self.is_cut_off = False
        self._connections: list[Any] = []
        self._lock = threading.Lock()

    def take(self, connection: Any) -> None:
        with self._lock:
            self._connections.append(connection)
            if self.is_cut_off:
                _shut(connection)

    def cut_off(self) -> None:
        with self._lock:
            self.is_cut_off = True
            for connection in self._connections:
                _shut(connection)

    def end(self) -> None:
        with self._lock:
            self._connections.clear()


def _shut(connection: Any) -> None:
    # A connection that was closed meanwhile has no file descriptor; each driver says so with an error of its
    # own. For a driver that doesn't give one at all nothing can be done here.
    with suppress(Exception), socket.socket(fileno=os.dup(connection.fileno())) as its_socket:
        its_socket.shutdown(socket.SHUT_RDWR)
