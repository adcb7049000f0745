"""`Sandbox`: accounts, clock, faults and server in one object."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from recast_api.sandbox import demo_client
from recast_api.sandbox.app import RunsApi
from recast_api.sandbox.clock import Clock
from recast_api.sandbox.faults import Faults
from recast_api.sandbox.gate import Gate, RecordedRequest
from recast_api.sandbox.server import ServerThread
from recast_api.sandbox.state import Account, Accounts, StoredRun

MOST_ACCOUNTS = 500
IDLE_HOURS = 12.0
MOST_BYTES = 128_000_000
MOST_ACCOUNT_BYTES = 32_000_000
MOST_REQUEST_BYTES = 64_000_000

# Listening on every interface is no address to call.
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class Sandbox:
    """An implementation of the Run Launching API on a real socket, with everything in memory.

    Use it as a context manager, or call `start` and `stop`. `minute` is how many real seconds a simulated
    minute takes. `clock` returns Unix seconds.

    A hosted demo must not run out of memory. Accounts unused for `idle_hours` (real ones) and those beyond
    `most_accounts` are forgotten, least recently used first, when another is opened. Launched runs, counted
    with form and clean data, are forgotten oldest first: an account's own past `most_account_bytes`, and past
    `most_bytes` for all those of the accounts idle longest; runs in progress go last, a run just launched
    never. A request of more than `most_request_bytes` is refused. With `keep_bodies`, which tests want and a
    demo doesn't, `requests` holds the bodies too.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        minute: float = 1.0,
        *,
        clock: Callable[[], float] = time.time,
        idle_hours: float = IDLE_HOURS,
        most_accounts: int = MOST_ACCOUNTS,
        most_bytes: int = MOST_BYTES,
        most_account_bytes: int = MOST_ACCOUNT_BYTES,
        most_request_bytes: int = MOST_REQUEST_BYTES,
        keep_bodies: bool = True,
    ) -> None:
        self.host, self.minute = host, minute
        self.faults = Faults()
        self._port = port
        self._clock = Clock(clock)
        self._accounts = Accounts(
            most=most_accounts,
            idle_seconds=idle_hours * 3600,
            most_bytes=most_bytes,
            most_account_bytes=most_account_bytes,
        )
        self._gate = Gate(
            RunsApi(self._accounts, self._clock, minute).app(),
            self.faults,
            most_request_bytes=most_request_bytes,
            keep_bodies=keep_bodies,
        )
        self._server: ServerThread | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Serve, in a thread; does nothing if that is so already. Raises `CannotListenError`."""
        with self._lock:
            if self._server is None:
                self._server = ServerThread(self._gate, self.host, self._port)
        return self

    def stop(self) -> None:
        """Hang up and stop serving; the accounts stay, for another `start`."""
        with self._lock:
            if self._server is not None:
                self._server.stop()
                self._server = None

    def join(self) -> None:
        """Wait until another thread calls `stop`."""
        if self._server is not None:
            self._server.join()

    @property
    def base_url(self) -> str:
        """Where it is served, for example `http://127.0.0.1:45123`. Raises `RuntimeError` before `start`."""
        if self._server is None:
            raise RuntimeError("The sandbox has no address before it is started: call start() first.")
        host = _LOOPBACK.get(self.host, self.host)
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{self._server.port}"

    @property
    def requests(self) -> list[RecordedRequest]:
        """The last few hundred requests received, oldest first, without their tokens."""
        return self._gate.requests

    def open_account(
        self, token: str | None = None, client_slug: str = "democlient", demo: bool = True
    ) -> Account:
        """Open an account: a token and the client it can see, with the demo client's runs if `demo`.

        A token that is open already is returned as it is; None makes up a new one.
        """
        return self._accounts.open(
            token,
            client_slug,
            lambda: demo_client.runs(self._clock.now(), self.minute) if demo else (),
            now=self._clock.real(),
        )

    def close_account(self, token: str) -> None:
        """Revoke a token and forget its runs: it gets 401 from now on."""
        self._accounts.close(token)

    def runs(self, token: str) -> list[StoredRun]:
        """Return the runs of that account as stored, newest first; none for an unknown token."""
        account = self._accounts.find(token, now=self._clock.real())
        return account.runs() if account else []

    def advance(self, *, minutes: float = 0.0, seconds: float = 0.0) -> None:
        """Move the clock on by simulated minutes (each `minute` seconds long) and by seconds.

        There is one clock: the progress of runs, the times served and the rate limits all go by it.
        """
        self._clock.advance(minutes * self.minute + seconds)

    def freeze_clock(self) -> None:
        """Stop the clock, so that only `advance` moves it; `reset` lets it run again."""
        self._clock.freeze()

    def reset(self) -> None:
        """Forget accounts, faults, requests and what was done to the clock."""
        self._accounts.clear()
        self.faults.clear()
        self._gate.forget()
        self._clock.reset()
