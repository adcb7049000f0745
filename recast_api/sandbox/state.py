"""What the sandbox remembers: accounts, and each account's runs. In memory, safe to use from any thread."""

import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from recast_api.sandbox import timeline

LAUNCHES_PER_MINUTE = 20
LAUNCHES_PER_DAY = 100
FIRST_ID = 2786
"""The id in the API document's example answer; a client without runs starts there."""


class TooManyLaunchesError(Exception):
    """A launch beyond 20 in a minute or 100 in a day."""


@dataclass(frozen=True)
class StoredRun:
    """One run as the sandbox keeps it: everything but the passage of time, which `at` adds."""

    id: int
    form: Mapping[str, Any]
    timeline: timeline.Timeline
    load: Callable[[], bytes] = field(repr=False)
    held_bytes: int = 0

    @property
    def run_type(self) -> str:
        """The form's run type."""
        return str(self.form["run_type"])

    @property
    def created(self) -> float:
        """Unix seconds."""
        return self.timeline[0][0]

    @property
    def clean_data(self) -> bytes:
        """The CSV exactly as it was launched."""
        return self.load()

    def at(self, now: float) -> tuple[float, str]:
        """When the run last changed state before `now` (Unix seconds), and to which status."""
        return timeline.at(self.timeline, now)


class Account:
    """One token, the one client it can see, and that client's runs.

    `token` and `client_slug` are for everyone; the rest is the server's.
    """

    def __init__(self, token: str, client_slug: str, runs: Iterable[StoredRun] = ()) -> None:
        self.token, self.client_slug = token, client_slug
        self.last_used = 0.0
        self._lock = threading.Lock()
        self._runs = {str(run.id): run for run in sorted(runs, key=lambda run: run.id)}
        self._next_id = max((run.id for run in self._runs.values()), default=FIRST_ID - 1) + 1
        self._launched_at = deque((run.created for run in self._runs.values()), maxlen=LAUNCHES_PER_DAY)

    def __repr__(self) -> str:
        return f"Account(client_slug={self.client_slug!r}, runs={len(self._runs)})"

    @property
    def held_bytes(self) -> int:
        """Bytes of clean data that only this account holds."""
        return sum(run.held_bytes for run in self.runs())

    def runs(self) -> list[StoredRun]:
        """All runs, newest first."""
        with self._lock:
            return list(reversed(self._runs.values()))

    def run(self, run_id: str) -> StoredRun | None:
        """Return the run of that id, as written in a path."""
        return self._runs.get(run_id)

    def launch(self, form: Mapping[str, Any], clean_data: bytes, *, now: float, minute: float) -> StoredRun:
        """Create a run at `now` (Unix seconds); raises `TooManyLaunchesError` past the limits."""
        with self._lock:
            self._check_limits(now)
            run_id, self._next_id = self._next_id, self._next_id + 1
            minutes = timeline.minutes_needed(form, len(clean_data), run_id)
            ending = timeline.ending_for(form["google_sheet_priors_url"])
            steps = timeline.plan(now, minutes, ending, minute)
            run = StoredRun(run_id, form, steps, lambda: clean_data, held_bytes=len(clean_data))
            self._runs[str(run_id)] = run
            self._launched_at.append(now)
            return run

    def forget_oldest(self, excess: int) -> None:
        """Forget the oldest launched runs, all but the newest, until `excess` bytes are freed."""
        with self._lock:
            launched = [run for run in self._runs.values() if run.held_bytes]
            for run in launched[:-1]:
                if excess <= 0:
                    return
                del self._runs[str(run.id)]
                excess -= run.held_bytes

    def _check_limits(self, now: float) -> None:
        for limit, seconds in ((LAUNCHES_PER_MINUTE, 60), (LAUNCHES_PER_DAY, 86_400)):
            if len(self._launched_at) >= limit and self._launched_at[-limit] > now - seconds:
                raise TooManyLaunchesError


class Accounts:
    """All accounts by token, least recently used first.

    Those idle too long are forgotten, and past a number of them or a sum of bytes the first ones.
    """

    def __init__(self, *, most: int, idle_seconds: float = inf, most_bytes: int) -> None:
        self._most, self._idle_seconds, self._most_bytes = most, idle_seconds, most_bytes
        self._by_token: OrderedDict[str, Account] = OrderedDict()
        self._lock = threading.Lock()

    def open(
        self, token: str | None, client_slug: str, runs: Callable[[], Iterable[StoredRun]], *, now: float
    ) -> Account:
        """Return the account of that token as it is, else a new one holding `runs()`."""
        with self._lock:
            if token is None or token not in self._by_token:
                token = token or f"gr_sandbox_{secrets.token_hex(12)}"
                self._by_token[token] = Account(token, client_slug, runs())
            account = self._touch(token, now)
            self._drop_stale(now)
            return account

    def find(self, token: str, *, now: float) -> Account | None:
        """Return the account of that token, which counts as a use of it."""
        with self._lock:
            return self._touch(token, now) if token in self._by_token else None

    def close(self, token: str) -> None:
        """Forget the account of that token, if there is one."""
        with self._lock:
            self._by_token.pop(token, None)

    def clear(self) -> None:
        """Forget all accounts."""
        with self._lock:
            self._by_token.clear()

    def keep_within_bytes(self, using: Account) -> None:
        """Forget other accounts' data, least recently used first, then the oldest runs of the one in use."""
        with self._lock:
            excess = sum(account.held_bytes for account in self._by_token.values()) - self._most_bytes
            for account in list(self._by_token.values()):
                if excess <= 0:
                    return
                if account is not using and account.held_bytes:
                    del self._by_token[account.token]
                    excess -= account.held_bytes
            using.forget_oldest(excess)

    def _touch(self, token: str, now: float) -> Account:
        self._by_token.move_to_end(token)
        account = self._by_token[token]
        account.last_used = now
        return account

    def _drop_stale(self, now: float) -> None:
        # The account just used comes last and is never stale, so there always is a first one.
        first = next(iter(self._by_token.values()))
        while first.last_used < now - self._idle_seconds or len(self._by_token) > self._most:
            del self._by_token[first.token]
            first = next(iter(self._by_token.values()))
