"""What the sandbox remembers: accounts, and each account's runs. In memory, safe to use from any thread."""

import json
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
    """Size of the form and the clean data, where only this run holds them: 0 for the demo client's."""

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

    def in_progress(self, now: float) -> bool:
        """Whether the run hasn't come to its end at `now` (Unix seconds)."""
        return now < self.timeline[-1][0]


class Account:
    """One token, the one client it can see, and that client's runs.

    `token` and `client_slug` are for everyone; the rest is the server's. An account equals only itself, and
    stays the same object until it is forgotten: a visitor's things may hang on it, by a weak reference.
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
        """Bytes of forms and clean data that only this account holds."""
        return sum(run.held_bytes for run in self.runs())

    def runs(self) -> list[StoredRun]:
        """All runs, newest first."""
        with self._lock:
            return list(reversed(self._runs.values()))

    def launched(self) -> list[StoredRun]:
        """Return the runs that hold bytes of their own, oldest first."""
        return [run for run in reversed(self.runs()) if run.held_bytes]

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
            held_bytes = len(json.dumps(dict(form))) + len(clean_data)
            run = StoredRun(run_id, form, steps, lambda: clean_data, held_bytes)
            self._runs[str(run_id)] = run
            self._launched_at.append(now)
            return run

    def forget(self, run: StoredRun) -> None:
        """Forget one run, if it is still there."""
        with self._lock:
            self._runs.pop(str(run.id), None)

    def _check_limits(self, now: float) -> None:
        for limit, seconds in ((LAUNCHES_PER_MINUTE, 60), (LAUNCHES_PER_DAY, 86_400)):
            if len(self._launched_at) >= limit and self._launched_at[-limit] > now - seconds:
                raise TooManyLaunchesError


class Accounts:
    """All accounts by token, least recently used first.

    Those idle too long are forgotten, and past a number of them the first ones. Past a sum of bytes runs are
    forgotten, never an account.
    """

    def __init__(
        self, *, most: int, idle_seconds: float = inf, most_bytes: int, most_account_bytes: int
    ) -> None:
        self._most, self._idle_seconds = most, idle_seconds
        self._most_bytes, self._most_account_bytes = most_bytes, most_account_bytes
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

    def keep_within_bytes(self, using: Account, now: float) -> None:
        """Forget launched runs until those of `using` fit into its share, then those of all into the whole.

        The newest run of `using`, which has just been launched, at `now` (Unix seconds), always stays. An
        account loses its oldest runs first, and of all accounts those idle longest lose first; but what is in
        progress, and may be watched, goes only when all else is gone, and others' after that of `using`.
        """

        def rank(owned: tuple[Account, StoredRun]) -> int:
            account, run = owned
            return (1 if account is using else 2) if run.in_progress(now) else 0

        with self._lock:
            *older, newest = using.launched()
            _forget([(using, run) for run in older], using.held_bytes - self._most_account_bytes)
            accounts = list(self._by_token.values())
            runs = [(each, run) for each in accounts for run in each.launched() if run is not newest]
            # Sorting is stable: among runs of one rank those of the account idle longest still come first.
            _forget(sorted(runs, key=rank), sum(each.held_bytes for each in accounts) - self._most_bytes)

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


def _forget(runs: Iterable[tuple[Account, StoredRun]], excess: int) -> None:
    for account, run in runs:
        if excess <= 0:
            return
        account.forget(run)
        excess -= run.held_bytes
