"""One analyst's desk: a sandbox account, a clock, a journal, and a launcher that can be restarted."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from urllib3.util import Retry

from recast_api import RecastClient, Run, RunForm, RunPage, Runs
from recast_api.journal import Budget, Entry, Guard, Intent, Journal, Outcome, Owner, RunId
from recast_api.journal.process import Process, this_host
from recast_api.launching import Launcher, Reconciliation
from recast_api.sandbox import Account, Sandbox, StoredRun

SHEET = "https://docs.google.com/spreadsheets/d/desk/edit"
DATA = "date,revenue,tv\n2026-06-01,100.00,10.00\n2026-06-02,110.00,11.00\n"
OTHER_DATA = DATA.replace("100.00", "200.00")


class FakeClock:
    """A clock that only moves when told."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Crash(BaseException):
    """The process ends here: nothing of ours may catch it."""


def some_intent(**changes: Any) -> Intent:
    values: dict[str, Any] = {
        "owner": Owner.of("gr_first"),
        "base_url": "https://api.example.com",
        "client_slug": "acme",
        "run_type": "model_run",
        "priors_url": SHEET,
        "data_sha256": "d" * 64,
        "body_sha256": "b" * 64,
    }
    return Intent(**values | changes)


def some_form(data: str = DATA, **changes: Any) -> RunForm:
    values = {"run_type": "model_run", "google_sheet_priors_url": SHEET, "clean_data": data}
    return RunForm(**values | changes)


class CrashingJournal(Journal):
    """Ends the process at the step named in `crash_at`: right before or after it has been written down."""

    crash_at: str | None = None

    def intend(self, intent: Intent, *, budget: Budget | None = None, guard: Guard | None = None) -> Entry:
        entry = super().intend(intent, budget=budget, guard=guard)
        self._reach("intended")
        return entry

    def answered(self, entry: Entry, outcome: Outcome) -> Entry:
        self._reach("before record")
        entry = super().answered(entry, outcome)
        self._reach("after record")
        return entry

    def record(self, launch: Entry | int, outcome: Outcome) -> Entry:
        self._reach("before record")
        entry = super().record(launch, outcome)
        self._reach("after record")
        return entry

    def begin_look(self, launch: Entry | int) -> Entry | None:
        entry = super().begin_look(launch)
        self._reach("begun to look")
        return entry

    def end_look(self, launch: Entry | int, candidates: Collection[RunId], *, doubt: str = "") -> Entry:
        self._reach("before end of look")
        return super().end_look(launch, candidates, doubt=doubt)

    def _reach(self, step: str) -> None:
        if step == self.crash_at:
            raise Crash(step)


class Desk:
    """The clock of the desk and that of the sandbox move together."""

    def __init__(self, sandbox: Sandbox, file: Path, *, launch_timeout: float = 5.0) -> None:
        self.sandbox = sandbox
        self.account: Account = sandbox.open_account(client_slug="acme", demo=False)
        self.file = file
        self.clock = FakeClock()
        self.owner = Owner.of(self.account.token)
        self.colleague = Owner.of("gr_colleague")
        self.client = RecastClient(
            token=self.account.token,
            client_slug=self.account.client_slug,
            base_url=sandbox.base_url,
            timeout=(5.0, launch_timeout),
            retry=Retry(total=1, backoff_factor=0, status_forcelist=(503,)),
        )
        self._starts = 0
        self.restart()

    def restart(self) -> None:
        """Begin anew, as after a crash: another process, another journal object on the same file."""
        self._starts += 1
        # A start time that this process doesn't have: to any other, this one counts as gone.
        process = Process(this_host(), 1, f"start {self._starts}")
        self.journal = CrashingJournal(self.file, clock=self.clock, process=process)
        self.launcher = Launcher(self.client, self.journal, owner=self.owner)
        self.colleagues_launcher = Launcher(self.client, self.journal, owner=self.colleague)

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.sandbox.advance(seconds=seconds)

    def runs(self) -> list[StoredRun]:
        return self.sandbox.runs(self.account.token)

    def posts(self) -> int:
        return sum(request.method == "POST" for request in self.sandbox.requests)

    def entries(self) -> list[Entry]:
        return self.journal.entries(self.owner)

    def everybodys_entries(self) -> list[Entry]:
        """Of both people at this desk, newest first."""
        entries = self.entries() + self.journal.entries(self.colleague)
        return sorted(entries, key=lambda entry: entry.id, reverse=True)

    @contextmanager
    def sending(self, form: RunForm, **more: Any) -> Iterator[list[Entry]]:
        """Launch in another thread, and hold its answer back until the end; its entry is in the list then."""
        entries: list[Entry] = []
        held = HoldsBack(self.client)
        runs, self.client.runs = self.client.runs, held
        sender = threading.Thread(target=lambda: entries.append(self.launcher.launch(form, **more)))
        sender.start()
        held.is_sent.wait()
        self.client.runs = runs
        try:
            yield entries
        finally:
            held.may_answer.set()
            sender.join()

    def look(self, entry: Entry, times: int = 1) -> Reconciliation:
        """Look, half a minute apart."""
        for _ in range(times):
            self.advance(30)
            seen = self.launcher.reconcile(entry)
        return seen


class HoldsBack(Runs):
    """Sends a launch, and hands its answer over only when it may."""

    def __init__(self, client: RecastClient) -> None:
        super().__init__(client._transport, client.client_slug)
        self.is_sent, self.may_answer = threading.Event(), threading.Event()

    def launch(self, form: RunForm) -> RunId:
        try:
            return super().launch(form)
        finally:
            self.is_sent.set()
            self.may_answer.wait()


class Doctored(Runs):
    """Tells other times of runs than the server does, where `times` has some for them by their ids."""

    def __init__(self, client: RecastClient, times: Mapping[RunId, object]) -> None:
        super().__init__(client._transport, client.client_slug)
        self.times = times

    def list(self, page: int = 1, *, per_page: int = 25) -> RunPage:
        served = super().list(page, per_page=per_page)
        return served.model_copy(update={"items": tuple(self._doctored(run) for run in served.items)})

    def get(self, run_id: RunId) -> Run:
        return self._doctored(super().get(run_id))

    def time_of(self, run_id: RunId, served: object) -> object:
        return self.times.get(run_id, served)

    def _doctored(self, run: Run) -> Run:
        created = self.time_of(run.id, run.raw["created_at"])
        return Run.model_validate({**run.raw, "created_at": created})


class BreaksOff(Runs):
    """Raises `error` in the call named `where`."""

    error: BaseException
    where: str

    @classmethod
    def of(cls, client: RecastClient, where: str, error: BaseException) -> BreaksOff:
        runs = cls(client._transport, client.client_slug)
        runs.where, runs.error = where, error
        return runs

    def launch(self, form: RunForm) -> RunId:
        super().launch(form)
        raise self.error

    def list(self, page: int = 1, *, per_page: int = 25) -> RunPage:
        if self.where == "list":
            raise self.error
        return super().list(page, per_page=per_page)
