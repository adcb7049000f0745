"""uvicorn in a thread of its own, on a socket bound before the thread starts."""

import asyncio
import logging
import os
import socket
import threading
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

_logger = logging.getLogger(__name__)
# `stop` cancels answers still on their way; uvicorn would report each with a traceback.
_logger.addFilter(lambda record: not _is_cancellation(record))


class CannotListenError(OSError):
    """The address can't be used; the text is a sentence that says why."""


class ServerThread:
    """An ASGI application served on `host` and `port` (0 picks a free one) from construction to `stop`."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self._socket = _bind(host, port)
        self.port: int = self._socket.getsockname()[1]
        # Streamlit serves with uvicorn too, so no setting here may touch uvicorn's own loggers.
        config = uvicorn.Config(
            app,
            http=_Connection,
            ws="none",
            loop="asyncio",
            lifespan="off",
            proxy_headers=False,
            log_config=None,
            log_level=None,
            timeout_keep_alive=60,
        )
        self._server = _Server(config)
        # A daemon, so that a sandbox nobody stops can't keep the process alive.
        self._thread = threading.Thread(target=self._run, name=f"sandbox-{self.port}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Hang up on everybody and wait for the thread to end, which takes about 0.2 s."""
        self._server.should_exit = True
        self._thread.join()

    def join(self) -> None:
        """Wait until someone else calls `stop`."""
        # In short waits, since on Windows Ctrl-C can't break into a long one.
        while self._thread.is_alive():
            self._thread.join(0.5)

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


class _Connection(H11Protocol):
    """A connection whose requests carry its transport, so that a fault can hang up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = _logger
        self.access_log = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # A slow answer still on its way must not hold up the end.
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        self.force_exit = True
        await super().shutdown(sockets)


def _is_cancellation(record: logging.LogRecord) -> bool:
    return record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.create_server(address[:2], family=family)
    except OSError as error:
        # Only the resolver's errors, which are negative, have a text of their own without repetition.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise CannotListenError(f"The sandbox can't listen on {host}, port {port}: {reason}.") from error
    # Connections inherit this. asyncio sets it only on sockets made with an explicit protocol, which this one
    # isn't; without it every answer waits 40 ms for an acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
