"""A launch is sent once: lost answers, duplicates, limits, and a journal that can't be written."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import keys
from recast_api import RecastClient, RunForm
from recast_api.journal import Entry, Journal, Owner, State
from recast_api.launching import Launcher, next_look
from recast_api.sandbox import Account, Sandbox
from tests.app.fields import field
from tests.app.test_launch import button, choose, posts, upload
from tests.app.test_pages import SHEET, words
from tests.journal.desk import FakeClock

OpenPage = Callable[[str], AppTest]


@pytest.fixture
def ready(connected_page: OpenPage, clean_csv: str) -> AppTest:
    """The launch page, filled in."""
    return choose(upload(connected_page("pages/launch.py").run(), clean_csv.encode()), "model_run")


def press(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.button if one.label == label).click().run()


def test_an_answer_that_is_lost_after_the_work_ends_on_the_runs_page(
    ready: AppTest, sandbox: Sandbox, account: Account, entries: Callable[[], list[Entry]]
) -> None:
    sandbox.faults.drop_after_work(method="POST")
    button(ready).click().run()
    assert not ready.exception
    (run,) = sandbox.runs(account.token)
    assert ready.query_params["run"] == str(run.id)
    assert len(posts(sandbox)) == 1
    (entry,) = entries()
    assert (entry.state, entry.run_id) == (State.FOUND, run.id)


def test_a_launch_that_never_arrived_is_looked_for_and_not_sent_again(
    ready: AppTest, sandbox: Sandbox, account: Account
) -> None:
    sandbox.faults.drop_before_work(method="POST")
    app = button(ready).click().run()
    assert "Outcome unknown" in words(app)
    assert "not found yet" in words(app)
    assert button(app).disabled
    assert "Send again" not in [one.label for one in app.button]
    assert not sandbox.runs(account.token)
    assert len(posts(sandbox)) == 1


def test_a_person_may_stop_looking_and_launch_anew(
    ready: AppTest, sandbox: Sandbox, account: Account, entries: Callable[[], list[Entry]]
) -> None:
    sandbox.faults.drop_before_work(method="POST")
    app = press(button(ready).click().run(), "Stop looking")
    assert entries()[0].state is State.GIVEN_UP
    button(app).click().run()
    assert len(sandbox.runs(account.token)) == 1
    assert [entry.state for entry in entries()] == [State.LAUNCHED, State.GIVEN_UP]


def test_the_same_launch_again_wants_a_tick_and_a_reason(
    ready: AppTest,
    connected_page: OpenPage,
    sandbox: Sandbox,
    clean_csv: str,
    entries: Callable[[], list[Entry]],
) -> None:
    button(ready).click().run()
    app = choose(upload(connected_page("pages/launch.py").run(), clean_csv.encode()), "model_run")
    assert "The same settings and data were launched" in app.checkbox[0].label
    assert button(app).disabled
    app.checkbox[0].check().run()
    assert button(app).disabled
    field(app, "text_input", "reason").set_value("the sheet has changed").run()
    button(app).click().run()
    assert len(posts(sandbox)) == 2
    assert entries()[0].reasons == {"same_launch": "the sheet has changed"}


def test_the_data_of_a_run_launched_elsewhere_is_compared_when_asked(
    connected_page: OpenPage, client: RecastClient, clean_csv: str
) -> None:
    form = RunForm(run_type="model_run", google_sheet_priors_url=SHEET, clean_data=clean_csv)
    run_id = client.runs.launch(form)
    app = choose(upload(connected_page("pages/launch.py").run(), clean_csv.encode()), "model_run")
    assert f"Launched elsewhere in the last 14 days: {run_id} (Model run)." in words(app)
    assert not button(app).disabled
    app = press(app, "Compare their data with this")
    assert "The same data is in a run launched elsewhere" in app.checkbox[0].label
    assert button(app).disabled


def test_a_used_up_limit_says_when_and_sends_nothing(
    ready: AppTest, client: RecastClient, sandbox: Sandbox, clean_csv: str
) -> None:
    form = RunForm(run_type="holdout", google_sheet_priors_url=SHEET, clean_data=clean_csv)
    for _ in range(20):
        client.runs.launch(form)
    sent = len(posts(sandbox))
    app = button(ready).click().run()
    assert "Nothing was sent." in words(app)
    assert "Next launch possible at" in words(app)
    assert len(posts(sandbox)) == sent


def test_a_journal_that_cannot_be_written_stops_a_launch_before_it_is_sent(
    connected_page: OpenPage,
    sandbox: Sandbox,
    clean_csv: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.setenv("RECAST_JOURNAL_URL", f"sqlite:///{tmp_path}/folder")
    app = choose(upload(connected_page("pages/launch.py").run(), clean_csv.encode()), "model_run")
    assert not app.exception
    assert len(app.error) == 1
    assert "journal" in app.error[0].value
    assert button(app).disabled
    assert not posts(sandbox)


def test_the_journal_shows_a_persons_own_launches_alone(
    ready: AppTest, connected_page: OpenPage, page: OpenPage
) -> None:
    button(ready).click().run()
    app = connected_page("pages/journal.py").run()
    assert not app.exception
    assert list(app.dataframe[0].value["Outcome"]) == ["✓ Launched"]
    assert "No launches from this app yet." in words(page("pages/journal.py").run())


def test_the_journal_is_filtered_by_outcome(
    ready: AppTest, connected_page: OpenPage, sandbox: Sandbox
) -> None:
    sandbox.faults.respond(403, method="POST")
    app = button(ready).click().run()
    assert "there is no run" in words(app)
    button(app).click().run()
    journal = connected_page("pages/journal.py").run()
    assert len(journal.dataframe[0].value) == 2
    journal.pills[0].set_value([State.REJECTED]).run()
    assert list(journal.dataframe[0].value["Outcome"]) == ["✕ Rejected"]


def test_the_overview_shows_and_settles_an_unknown_launch(
    ready: AppTest, connected_page: OpenPage, sandbox: Sandbox, account: Account
) -> None:
    sandbox.faults.drop_after_work(method="POST")
    # The look right after the launch fails as well, so that the launch page can't settle it.
    sandbox.faults.respond(500, method="GET", skip=1, times=30)
    button(ready).click().run()
    sandbox.faults.clear()
    app = connected_page("app.py").run()
    (run,) = sandbox.runs(account.token)
    assert "The run list could not be read: The API has a problem of its own" in words(app)
    app = press(app, "Look now")
    assert "Found again" in words(app)
    assert f"it is run {run.id}" in words(app)


def test_a_note_goes_into_the_journal(ready: AppTest, entries: Callable[[], list[Entry]]) -> None:
    field(ready, "text_input", "note").set_value(" for Monday's call ").run()
    button(ready).click().run()
    assert entries()[0].note == "for Monday's call"


def test_an_unreadable_journal_is_moved_aside_with_a_sentence(
    connected_page: OpenPage, tmp_path: Path
) -> None:
    (tmp_path / "journal.sqlite3").write_bytes(b"no database at all " * 100)
    app = connected_page("pages/journal.py").run()
    assert not app.exception
    assert "journal.sqlite3" in app.warning[0].value.replace("\\", "")
    assert "No launches from this app yet." in words(app)


def missing_since(
    minutes: int, client: RecastClient, sandbox: Sandbox, account: Account, form: RunForm, journal_url: str
) -> None:
    """Put a launch into the journal that never arrived, and was looked for until it may be sent again."""
    clock = FakeClock(datetime.now(UTC) - timedelta(minutes=minutes))
    journal = Journal(journal_url, clock=clock)
    launcher = Launcher(client, journal, owner=Owner.of(account.token))
    sandbox.faults.drop_before_work(method="POST")
    entry = launcher.launch(form)
    while not launcher.can_resend(entry):
        due = next_look(entry)
        assert due is not None
        clock.now = max(due, clock.now)
        entry = launcher.reconcile(entry).entry
    journal.close()


def test_a_launch_that_is_missing_may_be_sent_again_with_the_risk_said(
    connected_page: OpenPage,
    client: RecastClient,
    sandbox: Sandbox,
    account: Account,
    clean_csv: str,
    tmp_path: Path,
    entries: Callable[[], list[Entry]],
) -> None:
    form = RunForm(run_type="model_run", google_sheet_priors_url=SHEET, clean_data=clean_csv)
    missing_since(10, client, sandbox, account, form, f"sqlite:///{tmp_path}/journal.sqlite3")
    app = choose(upload(connected_page("pages/launch.py").run(), clean_csv.encode()), "holdout")
    assert "Send again" not in [one.label for one in app.button]  # these are other settings
    app = choose(app, "model_run")
    assert button(app).disabled
    assert "there will be two runs" in app.warning[0].value
    app = press(app, "Send again")
    assert not app.exception
    (run,) = sandbox.runs(account.token)
    assert app.query_params["run"] == str(run.id)
    assert [entry.state for entry in entries()] == [State.LAUNCHED, State.GIVEN_UP]
    assert entries()[0].resend_of == entries()[1].id


def test_where_the_data_does_not_decide_the_person_has_the_last_word(
    ready: AppTest, client: RecastClient, sandbox: Sandbox, entries: Callable[[], list[Entry]]
) -> None:
    sandbox.faults.drop_before_work(method="POST")
    sandbox.faults.respond(500, method="GET", path_contains="/runs", skip=2, times=30)
    app = button(ready).click().run()
    sandbox.faults.clear()
    other = RunForm(
        run_type="model_run", google_sheet_priors_url=SHEET, clean_data="date,revenue\n2026-01-01,1\n"
    )
    run_id = client.runs.launch(other)
    app = press(app, "Look now")
    assert f"Cannot tell: run {run_id} could be it." in words(app)
    app = press(app, "This is it")
    assert (entries()[0].state, entries()[0].run_id) == (State.FOUND, run_id)
    assert entries()[0].matched_by == "a person said so"


class BrokenLauncher(Launcher):
    def launch(self, *_args: Any, **_more: Any) -> Entry:
        raise ZeroDivisionError


def test_a_failure_of_the_program_does_not_say_sending_for_ever(ready: AppTest, client: RecastClient) -> None:
    connection = ready.session_state[keys.CONNECTION]
    broken = BrokenLauncher(client, connection.journal, owner=connection.owner)
    ready.session_state[keys.CONNECTION] = replace(connection, launcher=broken)
    app = button(ready).click().run()
    assert app.exception
    app = app.run()
    assert "This program failed while it was sending." in words(app)
    assert not button(app).disabled


def test_a_run_is_shown_while_the_journal_can_not_be_written_and_is_written_down_when_it_can(
    ready: AppTest, sandbox: Sandbox, account: Account, tmp_path: Path, entries: Callable[[], list[Entry]]
) -> None:
    journal = tmp_path / "journal.sqlite3"

    def lose_journal() -> None:
        while not sandbox.runs(account.token):
            time.sleep(0.01)
        for file in tmp_path.glob("journal.sqlite3*"):
            file.unlink()
        journal.mkdir()

    sandbox.faults.slow(1, method="POST")
    thief = Thread(target=lose_journal)
    thief.start()
    app = button(ready).click().run()
    thief.join()
    (run,) = sandbox.runs(account.token)
    assert not app.exception
    assert "Launched, not written down yet" in words(app)
    assert "Nothing was sent" not in words(app)
    assert f"Open run {run.id}" in [link.proto.label for link in app.get("page_link")]
    assert button(app).disabled
    journal.rmdir()
    for _ in range(100):  # it isn't tried at every click
        if "run" in app.run().query_params:
            break
        time.sleep(0.1)
    assert app.query_params["run"] == str(run.id)
    assert [(entry.state, entry.run_id) for entry in entries()] == [(State.LAUNCHED, run.id)]
    assert len(posts(sandbox)) == 1
