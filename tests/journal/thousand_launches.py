"""1,000 launches with a fault in each, at random places: `python -m tests.journal.thousand_launches`.

Launches against a sandbox on a real socket, through a journal in a file. Into each launch goes one fault
while it is sent (an answer lost, late, broken or refused, the process ended between two steps, or a second
click at the same moment), and into most of the searches that follow another one. Launches that stay missing
are sent again, and these have faults too. Prints what happened, and ends with exit code 1 on any duplicate
or lost run.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from recast_api import ApiError, RunForm
from recast_api.journal import Entry, RunId, State
from recast_api.launching import ResendRefusedError, next_look
from recast_api.sandbox import Sandbox
from tests.journal.desk import DATA, Crash, Desk, some_form
from tests.journal.faults import LOOKING_CRASHES, LOOKING_FAULTS, SENDING_CRASHES, SENDING_FAULTS

MOST_SENDS = 4  # the first, and up to three more for a launch that stays missing; the last has no fault
CLICKS_AT_ONCE = "two clicks at once"
NO_FAULT = "no fault"


class Counted:
    """The launches so far, and what really happened to each: `made` has the launch of each run."""

    def __init__(self, sandbox: Sandbox, folder: Path, seed: int) -> None:
        self.sandbox = sandbox
        self.desk = Desk(sandbox, folder / "journal.sqlite3", launch_timeout=0.3)
        self.random = random.Random(seed)
        self.faults: Counter[str] = Counter()
        self.made: dict[RunId, int] = {}
        self.outcomes: Counter[str] = Counter()

    def launch(self, number: int) -> None:
        """One intended launch, to its end."""
        days = self.random.choice([[14], [28], [14, 28]])
        form = some_form(DATA.replace("100.00", f"{number}.00"), run_type="holdout", holdout_days=days)
        self.desk.advance(20 * 60)
        self._send(partial(self.desk.launcher.launch, form, ticket=f"launch {number}"), number)
        sends = 1
        while self._look_for(form, number) is State.UNKNOWN:
            missing = self._newest(form)
            sends += 1
            self._send(partial(self._send_again, missing, form), number, faulty=sends < MOST_SENDS)
        final = self._newest(form)
        self.outcomes[final.state if final else "not sent: the run list was down"] += 1

    def duplicates(self) -> int:
        """Launches that have more than one run on the server."""
        return sum(count > 1 for count in Counter(self.made.values()).values())

    def lost(self) -> int:
        """Runs the journal doesn't know, and entries that are still open."""
        entries = self.desk.entries()
        owned = {entry.run_id for entry in entries}
        unknown_runs = sum(run.id not in owned for run in self.desk.runs())
        return unknown_runs + sum(entry.state.is_open for entry in entries)

    def _send(self, action: Callable[[], object], number: int, *, faulty: bool = True) -> None:
        places = [*SENDING_FAULTS, *(f"process ended: {step}" for step in SENDING_CRASHES), CLICKS_AT_ONCE]
        place = self.random.choice(places) if faulty else NO_FAULT
        self.faults[f"sending: {place}"] += 1
        if place in SENDING_FAULTS:
            SENDING_FAULTS[place](self.sandbox)
        if place == CLICKS_AT_ONCE:
            self._at_once(action)
        else:
            self._until_crash(action, place.removeprefix("process ended: "))
        self._note_runs(number)

    def _look_for(self, form: RunForm, number: int) -> State | None:
        """Follow the schedule, with faults, until the launch is settled or may be sent again."""
        self.desk.journal.recover()
        steps = [f"process ended: {step}" for step in LOOKING_CRASHES]
        while (entry := self._newest(form)) and entry.state is State.UNKNOWN:
            if self.desk.launcher.can_resend(entry):
                break
            due = next_look(entry) or self.desk.clock()
            self.desk.advance(max(15.0, (due - self.desk.clock()).total_seconds()))
            place = self.random.choice([*LOOKING_FAULTS, *steps, NO_FAULT, NO_FAULT])
            self.faults[f"looking: {place}"] += 1
            if place in LOOKING_FAULTS:
                LOOKING_FAULTS[place](self.sandbox)
            look = partial(self.desk.launcher.reconcile, entry)
            self._until_crash(look, place.removeprefix("process ended: "))
            self._note_runs(number)
        return entry.state if entry else None

    def _until_crash(self, action: Callable[[], object], step: str) -> None:
        self.desk.journal.crash_at = step
        try:
            action()
        except Crash:
            self.desk.restart()
        except (ApiError, ResendRefusedError):
            pass  # nothing was sent
        finally:
            self.desk.journal.crash_at = None
            self.sandbox.faults.clear()

    def _at_once(self, action: Callable[[], object]) -> None:
        def click() -> None:
            with suppress(ResendRefusedError):  # the other click was quicker
                action()

        clicks = [threading.Thread(target=click) for _ in range(2)]
        for one in clicks:
            one.start()
        for one in clicks:
            one.join()

    def _send_again(self, entry: Entry | None, form: RunForm) -> None:
        assert entry
        self.desk.launcher.resend(entry, form)

    def _newest(self, form: RunForm) -> Entry | None:
        body = hashlib.sha256(form.json_bytes()).hexdigest()
        recent = self.desk.journal.entries(self.desk.owner, since=self.desk.clock() - timedelta(hours=1))
        return next((entry for entry in recent if entry.body_sha256 == body), None)

    def _note_runs(self, number: int) -> None:
        for run in self.desk.runs():
            if run.id in self.made:
                return  # the rest is older
            self.made[run.id] = number


def main() -> int:
    """Run, print the counts, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--launches", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    options = parser.parse_args()
    print(f"{options.launches} launches, seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        sandbox.freeze_clock()
        counted = Counted(sandbox, Path(folder), options.seed)
        for number in range(options.launches):
            counted.launch(number)
        _print_counts("Faults", counted.faults)
        _print_counts("Intended launches by outcome", counted.outcomes)
        runs, duplicates, lost = len(counted.desk.runs()), counted.duplicates(), counted.lost()
        counted.desk.client.close()
    print(f"Runs on the server: {runs}")
    print(f"Duplicates: {duplicates}")
    print(f"Lost runs: {lost}")
    return 1 if duplicates or lost else 0


def _print_counts(title: str, counts: Counter[str]) -> None:
    print(f"{title}: {counts.total()}")
    for name, count in sorted(counts.items()):
        print(f"  {count:5}  {name}")


if __name__ == "__main__":
    sys.exit(main())
