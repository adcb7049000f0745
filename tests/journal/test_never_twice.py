"""Any order of launches, clicks, faults, crashes, restarts, looks and decisions, against the real sandbox.

Two people sit at the desk, because only other people's launches can be alike while they are open.

Whatever happens: the server never holds two runs for one intended launch; in the end the journal knows every
run that was launched from here; and every entry has exactly one outcome.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from recast_api import RunForm, ServerError
from recast_api.journal import Entry, RunId, SameLaunchError, State
from recast_api.launching import ResendRefusedError, Seen
from recast_api.sandbox import Sandbox
from tests.journal.desk import DATA, Crash, Desk, some_form
from tests.journal.faults import LOOKING_CRASHES, LOOKING_FAULTS, SENDING_CRASHES, SENDING_FAULTS, Fault

FORMS = [
    some_form(),
    some_form(run_type="holdout", holdout_days=[14]),
    some_form(run_type="holdout", holdout_days=[28]),
    some_form(DATA.replace("100.00", "200.00")),
]

NO_FAULT = "none"
SENDING: dict[str, Fault] = {NO_FAULT: lambda _: None} | SENDING_FAULTS
LOOKING: dict[str, Fault] = {NO_FAULT: lambda _: None} | LOOKING_FAULTS
SENDING_STEPS = (None, None, None, *SENDING_CRASHES)
LOOKING_STEPS = (None, None, None, *LOOKING_CRASHES)


class Desks(RuleBasedStateMachine):
    """Two analysts, one server. What really happened is known only to this test: `made` has the launch of
    each run made from here, `bodies` what it was sent with, and `strangers` the runs launched elsewhere."""

    sandbox: Sandbox
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.sandbox.reset()
        self.sandbox.freeze_clock()
        self.desk = Desk(self.sandbox, self.folder / f"{uuid4().hex}.sqlite3", launch_timeout=0.3)
        self.strangers: set[RunId] = set()
        self.made: dict[RunId, int] = {}
        self.bodies: dict[RunId, str] = {}

    @rule(
        form=st.sampled_from(FORMS),
        fault=st.sampled_from(sorted(SENDING)),
        crash=st.sampled_from(SENDING_STEPS),
        clicks=st.integers(1, 3),
        is_colleague=st.booleans(),
    )
    def launch(self, form: RunForm, fault: str, crash: str | None, clicks: int, is_colleague: bool) -> None:
        ticket = uuid4().hex
        SENDING[fault](self.sandbox)
        for _ in range(clicks):
            launcher = self.desk.colleagues_launcher if is_colleague else self.desk.launcher
            confirmed = [earlier.id for earlier in launcher.earlier(form)]
            self._attempt(partial(launcher.launch, form, ticket=ticket, confirmed=confirmed), crash)

    @rule(form=st.sampled_from(FORMS), tabs=st.integers(1, 2))
    def click_twice_at_once(self, form: RunForm, tabs: int) -> None:
        """In one tab, or in one each of two; what was launched before was confirmed in both."""
        tickets = [uuid4().hex for _ in range(tabs)] * (3 - tabs)
        self.desk.advance(5)
        confirmed = [earlier.id for earlier in self.desk.launcher.earlier(form)]
        runs = len(self.desk.runs())

        def press(ticket: str) -> None:
            with suppress(SameLaunchError):
                self.desk.launcher.launch(form, ticket=ticket, confirmed=confirmed)

        clicks = [threading.Thread(target=press, args=(ticket,)) for ticket in tickets]
        for click in clicks:
            click.start()
        for click in clicks:
            click.join()
        assert len(self.desk.runs()) - runs <= 1
        self._note_runs()

    @rule(form=st.sampled_from(FORMS))
    def someone_launches_elsewhere(self, form: RunForm) -> None:
        self.desk.advance(5)
        self.strangers.add(self.desk.client.runs.launch(form))

    @rule(
        seconds=st.sampled_from([0, 10, 60, 300]),
        fault=st.sampled_from(sorted(LOOKING)),
        crash=st.sampled_from(LOOKING_STEPS),
    )
    def look(self, seconds: int, fault: str, crash: str | None) -> None:
        self.desk.advance(seconds)
        LOOKING[fault](self.sandbox)
        for entry in self._unresolved():
            self._attempt(partial(self.desk.launcher.reconcile, entry), crash)
        self.sandbox.faults.clear()

    @rule(minutes=st.integers(0, 20))
    def restart(self, minutes: int) -> None:
        self.desk.restart()
        self.desk.advance(60 * minutes)

    @rule(
        fault=st.sampled_from(sorted(SENDING)),
        crash=st.sampled_from(SENDING_STEPS),
    )
    def send_again(self, fault: str, crash: str | None) -> None:
        for entry in self._unresolved():
            if self.desk.launcher.can_resend(entry):
                is_mine = entry.owner == self.desk.owner
                launcher = self.desk.launcher if is_mine else self.desk.colleagues_launcher
                form = next(form for form in FORMS if _fits(form, entry))
                confirmed = [earlier.id for earlier in launcher.earlier(form)]
                SENDING[fault](self.sandbox)
                self._attempt(partial(launcher.resend, entry, form, confirmed=confirmed), crash)

    @rule()
    def decide(self) -> None:
        """The person knows which run is whose, and says so where the program can't tell."""
        for entry in self._unresolved():
            self._decide(entry)

    @invariant()
    def nothing_is_sent_more_often_than_it_was_written_down(self) -> None:
        entries = self.desk.everybodys_entries()
        posts = [request.body for request in self.sandbox.requests if request.method == "POST"]
        assert len(posts) - len(self.strangers) <= len(entries)
        assert set(posts) <= {form.json_bytes() for form in FORMS}

    @invariant()
    def no_intended_launch_has_two_runs(self) -> None:
        assert all(count == 1 for count in Counter(self.made.values()).values())

    def teardown(self) -> None:
        self.sandbox.faults.clear()
        self.desk.restart()
        for _ in range(8):
            self.desk.advance(150)
            for entry in self._unresolved():
                seen = self.desk.launcher.reconcile(entry)
                if seen.seen is Seen.CANNOT_TELL:
                    self._decide(seen.entry)
                elif self.desk.launcher.can_resend(seen.entry):
                    self.desk.launcher.give_up(seen.entry, by="ana")
        self._check_the_end()
        self.desk.journal.close()
        self.desk.client.close()

    def _check_the_end(self) -> None:
        entries = self.desk.everybodys_entries()
        assert not any(entry.state.is_open for entry in entries)
        owned = [entry.run_id for entry in entries if entry.run_id is not None]
        assert len(owned) == len(set(owned))
        launched_here = {run.id for run in self.desk.runs()} - self.strangers
        assert launched_here <= set(owned)
        for entry in entries:
            assert (entry.run_id is not None) == (entry.state in (State.LAUNCHED, State.FOUND))
        forms: dict[RunId, tuple[str, bytes]] = {
            run.id: (run.run_type, run.clean_data) for run in self.desk.runs()
        }
        for entry in entries:
            if entry.run_id is not None:
                assert any(_fits(form, entry) and _made_of(form) == forms[entry.run_id] for form in FORMS)

    def _unresolved(self) -> list[Entry]:
        journal = self.desk.journal
        entries = journal.open_launches(self.desk.owner) + journal.open_launches(self.desk.colleague)
        return [entry for entry in entries if entry.state is State.UNKNOWN]

    def _decide(self, entry: Entry) -> None:
        owned = self.desk.journal.owned_run_ids(entry.base_url, entry.client_slug)
        for candidate in entry.candidates:
            # Launches of the same form are as good as each other: a run of one may have gone to the other.
            if self.bodies.get(candidate) == entry.body_sha256 and candidate not in owned:
                self.desk.launcher.adopt(entry, candidate, by="ana")
                return
            self.desk.launcher.dismiss(entry, candidate)

    def _attempt(self, action: Callable[[], object], crash: str | None) -> None:
        self.desk.advance(5)
        self.desk.journal.crash_at = crash
        try:
            action()
        except Crash:
            self.desk.restart()
        except (ResendRefusedError, SameLaunchError, ServerError):
            pass  # nothing was sent: it was found in time, is on its way, or the list was down
        finally:
            self.desk.journal.crash_at = None
            self.sandbox.faults.clear()
        self._note_runs()

    def _note_runs(self) -> None:
        """Whatever run is new now was made by the entry written down last."""
        for run in self.desk.runs():
            if run.id not in self.strangers and run.id not in self.made:
                newest = self.desk.everybodys_entries()[0]
                self.made[run.id] = _root(newest, self.desk)
                self.bodies[run.id] = newest.body_sha256


def _root(entry: Entry, desk: Desk) -> int:
    """The launch that was first intended, before it was sent again."""
    while entry.resend_of is not None:
        earlier = desk.journal.entry(entry.owner, entry.resend_of)
        assert earlier
        entry = earlier
    return entry.id


def _fits(form: RunForm, entry: Entry) -> bool:
    return hashlib.sha256(form.json_bytes()).hexdigest() == entry.body_sha256


def _made_of(form: RunForm) -> tuple[str, bytes]:
    return str(form.run_type), form.clean_data.encode()


def test_no_launch_is_doubled_or_lost(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    class Here(Desks):
        # Not `sandbox`, which is for one test: here every example resets it.
        sandbox = request.getfixturevalue("_sandbox_server")
        folder = tmp_path_factory.mktemp("desks")

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
