"""1,000 launches with a fault in each, at random places: `python -m tests.journal.thousand_launches`.

Launches against a sandbox on a real socket, through a journal in a file. Into each launch goes one fault
while it is sent (an answer lost, late, broken or refused, the process ended between two steps, a second
click or a second tab at the same moment, the journal's file deleted, moved or overwritten while the request
is out), and into most of the searches that follow another one. For some the run list tells no times, or
wrong ones, so that a person has to say which run it is. Launches that stay missing are sent again, and these
have faults too. Prints what happened, and ends with exit code 1 on any duplicate or lost run.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from recast_api import ApiError, RunForm
from recast_api.journal import Entry, Journal, RunId, SameLaunchError, State
from recast_api.launching import Launcher, ResendRefusedError, next_look
from recast_api.sandbox import Sandbox
from tests.journal.desk import DATA, Crash, Desk, Doctored, some_form
from tests.journal.faults import LOOKING_CRASHES, LOOKING_FAULTS, SENDING_CRASHES, SENDING_FAULTS
from tests.journal.losses import LOSSES, keep_a_copy

MOST_SENDS = 4  # the first, and up to three more for a launch that stays missing; the last has no fault
CLICKS_AT_ONCE = "two clicks at once"
TABS_AT_ONCE = "two tabs at once"
PRESSED_AGAIN = "pressed again in another tab"
NO_FAULT = "no fault"

Send = Callable[[Launcher, str], object]
"""Sends from a launcher, in the tab of that name."""

TIMES: dict[str, Callable[[RunId, object], object]] = {
    "as they are": lambda _, at: at,
    "missing": lambda *_: None,
    "missing for every other run": lambda run_id, at: None if int(run_id) % 2 else at,
    "of another format": lambda _, at: f"at {at}",
    "off by years for every third run": lambda run_id, at: "2099-01-01T00:00:00Z" if int(run_id) % 3 else at,
}


class OddRuns(Doctored):
    """Tells times as `TIMES` names them, and loses the journal while a launch is out where `lose` is set."""

    how = "as they are"
    lose: Callable[[], object] | None = None

    def launch(self, form: RunForm) -> RunId:
        if self.lose is not None:
            self.lose()
        return super().launch(form)

    def time_of(self, run_id: RunId, served: object) -> object:
        return TIMES[self.how](run_id, served)


class Counted:
    """The launches so far, and what really happened to each: `made` has the launch of each run."""

    def __init__(self, sandbox: Sandbox, folder: Path, seed: int) -> None:
        self.sandbox = sandbox
        self.desk = Desk(sandbox, folder / "journal.sqlite3", launch_timeout=0.3)
        self.runs = self.desk.client.runs = OddRuns(self.desk.client, {})
        self.desk.restart()
        self.random = random.Random(seed)
        self.faults: Counter[str] = Counter()
        self.made: dict[RunId, int] = {}
        self.outcomes: Counter[str] = Counter()
        self.known_before_a_loss: set[RunId | None] = set()

    def launch(self, number: int) -> None:
        """One intended launch, to its end."""
        days = self.random.choice([[14], [28], [14, 28]])
        form = some_form(DATA.replace("100.00", f"{number}.00"), run_type="holdout", holdout_days=days)
        self.desk.advance(20 * 60)
        self.runs.how = self.random.choice([*TIMES, *["as they are"] * len(TIMES)])
        self.faults[f"times of the run list: {self.runs.how}"] += 1
        self._send(lambda launcher, tab: launcher.launch(form, ticket=f"launch {number} {tab}"), number)
        sends = 1
        while self._look_for(form, number) is State.UNKNOWN:
            missing = self._newest(form)
            assert missing
            sends += 1
            self._send(partial(_send_again, missing, form), number, faulty=sends < MOST_SENDS)
        final = self._newest(form)
        self.outcomes[final.state if final else "not sent: the run list was down"] += 1
        if self.random.random() < 0.1:
            keep_a_copy(self.desk.file)

    def duplicates(self) -> int:
        """Launches that have more than one run on the server."""
        return sum(count > 1 for count in Counter(self.made.values()).values())

    def lost(self) -> int:
        """Runs that the journal never knew, and entries that are still open."""
        entries = self.desk.entries()
        owned = {entry.run_id for entry in entries} | self.known_before_a_loss
        unknown_runs = sum(run.id not in owned for run in self.desk.runs())
        return unknown_runs + sum(entry.state.is_open for entry in entries)

    def _send(self, send: Send, number: int, *, faulty: bool = True) -> None:
        place = self._place_to_fail(number) if faulty else NO_FAULT
        self.faults[f"sending: {place}"] += 1
        here = partial(send, self.desk.launcher, "here")
        if place in SENDING_FAULTS:
            SENDING_FAULTS[place](self.sandbox)
        if place == CLICKS_AT_ONCE:
            self._at_once(here, here)
        elif place == TABS_AT_ONCE:
            self._maybe_lose_the_answer()
            with self._other_tab() as other:
                self._at_once(here, partial(send, other, "there"))
        elif place.startswith("journal "):
            self._maybe_lose_the_answer()
            self._while_losing(place.removeprefix("journal "), here)
        else:
            self._until_crash(here, place.removeprefix("process ended: "))
        self.sandbox.faults.clear()
        self._note_runs(number)

    def _place_to_fail(self, number: int) -> str:
        crashes = [f"process ended: {step}" for step in SENDING_CRASHES]
        # The first launch has no copy of the journal to be replaced by.
        losses = [f"journal {loss}" for loss in LOSSES] if number else []
        return self.random.choice([*SENDING_FAULTS, *crashes, CLICKS_AT_ONCE, *[TABS_AT_ONCE] * 4, *losses])

    def _maybe_lose_the_answer(self) -> None:
        if self.random.random() < 0.5:
            fault = self.random.choice(["answer dropped before the work", "answer dropped after the work"])
            SENDING_FAULTS[fault](self.sandbox)

    def _while_losing(self, loss: str, action: Callable[[], object]) -> None:
        self.known_before_a_loss |= {entry.run_id for entry in self.desk.entries()}
        self.runs.lose = partial(LOSSES[loss], self.desk.file)
        with suppress(ResendRefusedError):
            action()
        self.runs.lose = None

    def _look_for(self, form: RunForm, number: int) -> State | None:
        """Follow the schedule, with faults, until the launch is settled or may be sent again."""
        self.desk.journal.recover()
        steps = [f"process ended: {step}" for step in LOOKING_CRASHES]
        while (entry := self._newest(form)) and entry.state is State.UNKNOWN:
            if self.desk.launcher.can_resend(entry):
                break
            due = next_look(entry) or self.desk.clock()
            self.desk.advance(max(15.0, (due - self.desk.clock()).total_seconds()))
            place = self.random.choice([*LOOKING_FAULTS, *steps, PRESSED_AGAIN, NO_FAULT, NO_FAULT])
            self.faults[f"looking: {place}"] += 1
            if place in LOOKING_FAULTS:
                LOOKING_FAULTS[place](self.sandbox)
            if place == PRESSED_AGAIN:
                self._press_again(form)
            look = partial(self.desk.launcher.reconcile, entry)
            self._until_crash(look, place.removeprefix("process ended: "))
            self._note_runs(number)
            self._decide(form, number)
        return entry.state if entry else None

    def _press_again(self, form: RunForm) -> None:
        """A press that takes no notice of what is known; if it goes, it shows as a duplicate."""
        with self._other_tab() as other, suppress(SameLaunchError):
            other.launch(form)

    def _decide(self, form: RunForm, number: int) -> None:
        """The person knows which run is whose, and says so where the program can't tell."""
        entry = self._newest(form)
        for run_id in entry.candidates if entry else ():
            assert entry
            if self.made[run_id] == number:
                self.faults["a person says which run it is"] += 1
                self.desk.launcher.adopt(entry, run_id, by="ana")
                return
            self.desk.launcher.dismiss(entry, run_id)

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

    @contextmanager
    def _other_tab(self) -> Iterator[Launcher]:
        """As of another replica: another journal object on the same file."""
        with closing(Journal(self.desk.file, clock=self.desk.clock)) as journal:
            yield Launcher(self.desk.client, journal, owner=self.desk.owner)

    def _at_once(self, *actions: Callable[[], object]) -> None:
        def click(action: Callable[[], object]) -> None:
            # The other click was quicker, or the run list was too slow: nothing was sent by this one.
            with suppress(ResendRefusedError, SameLaunchError, ApiError):
                action()

        clicks = [threading.Thread(target=click, args=(action,)) for action in actions]
        for one in clicks:
            one.start()
        for one in clicks:
            one.join()

    def _newest(self, form: RunForm) -> Entry | None:
        body = hashlib.sha256(form.json_bytes()).hexdigest()
        recent = self.desk.journal.entries(self.desk.owner, since=self.desk.clock() - timedelta(hours=12))
        return next((entry for entry in recent if entry.body_sha256 == body), None)

    def _note_runs(self, number: int) -> None:
        for run in self.desk.runs():
            if run.id in self.made:
                return  # the rest is older
            self.made[run.id] = number


def _send_again(missing: Entry, form: RunForm, launcher: Launcher, _tab: str) -> None:
    launcher.resend(missing, form)


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
