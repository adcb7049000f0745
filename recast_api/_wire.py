"""The connections under requests: an answer comes whole, in time and within bounds, or it counts as none.

urllib3 decides whether to try again as soon as the headers are there, and takes headers that break off for
whole ones. Here the body belongs to the try: it is read before urllib3 sees the answer, so that a body that
breaks off is tried again by the same policy as a connection that does.
"""

import http.client
import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPResponse, PoolManager
from urllib3 import exceptions as urllib3_errors
from urllib3.connection import HTTPConnection

from recast_api._reply import Reply, is_cut_json, is_success, retry_after

_CHUNK_BYTES = 65_536
"""How much is read, and unpacked, at a time."""
_MOST_FRAMING = 1_000_000
"""Bytes of headers and chunk marks beside a body, and of what packing leaves behind it."""


class OutOfTimeError(urllib3_errors.HTTPError):
    """The time for the whole call is up. urllib3 doesn't try again after it."""


class TooLargeError(urllib3_errors.HTTPError):
    """There is more of an answer than may be. urllib3 doesn't try again after it."""


class CutJsonError(urllib3_errors.ProtocolError):
    """The JSON of an answer ends too early. To urllib3 a connection that broke, which it most likely was."""


@dataclass
class Call:
    """One call of the API with all its tries: what it may take, and the last reply that came."""

    method: str
    path: str
    secret: str
    seconds: float
    most_bytes: int
    retries_cut_json: bool = False
    reply: Reply = field(init=False)
    _deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self._deadline = time.monotonic() + self.seconds

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Let the connections that this thread uses meanwhile know of the call."""
        token = _CALL.set(self)
        try:
            yield
        finally:
            _CALL.reset(token)

    def seconds_left(self) -> float:
        """Return the seconds that are left, which are more than 0. Raises `OutOfTimeError`."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise OutOfTimeError(f"it took more than {self.seconds:g} seconds in all")
        return left

    def check_size(self, count: int, *, beside: int = 0) -> None:
        """Raise `TooLargeError` where so many bytes are more than may be."""
        if count > self.most_bytes + beside:
            raise TooLargeError(f"it has more than {self.most_bytes / 1e6:g} MB")


# Neither requests nor urllib3 hands a value of a call's own on to its connection.
_CALL: ContextVar[Call] = ContextVar("call")


def watch(manager: PoolManager) -> None:
    """Make a manager's connections keep to the limits of the call that uses them."""
    pools = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: _watched(pool) for scheme, pool in pools.items()}


@cache
def _watched(pool: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
    connection = type("_WatchedConnection", (_Watched, pool.ConnectionCls), {})
    return type("_WatchedPool", (pool,), {"ConnectionCls": connection})


class _Incoming(io.RawIOBase):
    """What comes from a socket, as long as there is time and it isn't too much."""

    def __init__(self, stream: io.RawIOBase, sock: socket.socket) -> None:
        self._stream, self._socket = stream, sock
        self._most_seconds = sock.gettimeout() or float("inf")
        self._call = _CALL.get()
        self._count = 0
        self.has_ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        # Before each piece, because a server that sends a byte a second keeps within any limit between two.
        self._socket.settimeout(min(self._most_seconds, self._call.seconds_left()))
        try:
            count: int = self._stream.readinto(buffer)
        except TimeoutError:
            self._call.seconds_left()
            raise
        self.has_ended = count == 0
        self._count += count
        self._call.check_size(self._count, beside=_MOST_FRAMING)
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer whose headers came whole."""

    def __init__(
        self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        self._incoming = _Incoming(self.fp.detach(), sock)
        self.fp = io.BufferedReader(self._incoming)

    def begin(self) -> None:
        super().begin()
        # http.client takes the end of the stream for the end of the headers, and no body for an empty one.
        # No more is read than is asked for: after the blank line behind the headers the end isn't met yet.
        if self._incoming.has_ended:
            raise http.client.RemoteDisconnected("the connection was closed within the headers")


class _Watched(HTTPConnection):
    """A connection that keeps to the limits of the call, and whose answers are whole."""

    response_class = _Answer

    def send(self, data: Any) -> None:
        # A body goes out in blocks of 16 kB; each has the connection's own time limit.
        _CALL.get().seconds_left()
        super().send(data)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3's own
        call = _CALL.get()
        response = super().getresponse()
        reply = Reply(
            call.method, call.path, response.status, response.headers, self._body(response), call.secret
        )
        if retry_after(reply) is None:
            # urllib3 fails over a value that is none.
            response.headers.discard("Retry-After")
        call.reply = reply
        if call.retries_cut_json and is_cut_json(reply):
            raise CutJsonError("the JSON ends too early")
        return response

    def _body(self, response: HTTPResponse) -> bytes:
        try:
            return _whole_body(response)
        except (OSError, urllib3_errors.HTTPError):
            response.close()
            self.close()
            if is_success(response.status):
                raise
            # What an error's status says holds even where its explanation broke off.
            return b""


def _whole_body(response: HTTPResponse) -> bytes:
    call = _CALL.get()
    body = io.BytesIO()
    for chunk in response.stream(_CHUNK_BYTES, decode_content=True):
        call.check_size(body.tell() + len(chunk))
        body.write(chunk)
    return body.getvalue()
