"""Approval belongs to the very thing approved, at the moment it goes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from recast_api import RecastClient, RunForm
from recast_api.journal import Entry, Journal, Owner, State
from recast_api.launching import Launcher
from recast_api.sandbox import Account, Sandbox
from tests.app.fields import field
from tests.app.test_launch import button, choose, posts, upload
from tests.app.test_pages import SHEET, words
from tests.conftest import daily_csv

OpenPage = Callable[[str], AppTest]
Entries = Callable[[], list[Entry]]
SHORT = daily_csv(120)
"""120 days: a Confirm, with the same sentence for any such file."""
OTHER_SHORT = SHORT.replace("2026-06-30,", "2026-06-30,1")


@pytest.fixture
def launch_page(connected_page: OpenPage) -> Callable[..., AppTest]:
    """`launch_page(data)`: a tab of its own in which that data is ready to go."""

    def open_tab(data: str) -> AppTest:
        return choose(upload(connected_page("pages/launch.py").run(), data.encode()), "model_run")

    return open_tab


def approve(app: AppTest, reason: str) -> AppTest:
    for box in app.checkbox:
        box.check()
    field(app, "text_input", "reason").set_value(reason)
    return app.run()


def test_a_second_tab_asks_about_what_the_first_has_launched(
    launch_page: Callable[..., AppTest], sandbox: Sandbox, clean_csv: str
) -> None:
    first, second = launch_page(clean_csv), launch_page(clean_csv)
    button(first).click().run()
    assert not button(second).disabled  # it was drawn before
    button(second).click().run()
    assert len(posts(sandbox)) == 1
    assert "nothing was sent" in words(second)
    assert "The same settings and data were launched" in second.checkbox[0].label
    assert button(second).disabled
    second = approve(second, "once more")
    button(second).click().run()
    assert len(posts(sandbox)) == 2


def test_a_second_tab_is_refused_while_the_firsts_outcome_is_unknown(
    launch_page: Callable[..., AppTest], sandbox: Sandbox, clean_csv: str
) -> None:
    first, second = launch_page(clean_csv), launch_page(clean_csv)
    sandbox.faults.drop_before_work(method="POST")
    button(first).click().run()
    button(second).click().run()
    assert len(posts(sandbox)) == 1
    assert "still unresolved" in words(second)
    assert button(second).disabled


def test_a_tick_and_a_reason_hold_for_one_file(launch_page: Callable[..., AppTest], entries: Entries) -> None:
    app = approve(launch_page(SHORT), "a new client")
    assert not button(app).disabled
    asked = app.checkbox[0].label
    app = upload(app, OTHER_SHORT.encode())
    assert app.checkbox[0].label == asked
    assert not app.checkbox[0].value
    assert field(app, "text_input", "reason").value == ""
    assert button(app).disabled
    app = approve(app, "another one")
    button(app).click().run()
    assert [entry.reasons for entry in entries()] == [{"short_history": "another one"}]


def test_a_reason_that_is_wiped_while_the_button_is_pressed_sends_nothing(
    launch_page: Callable[..., AppTest], sandbox: Sandbox
) -> None:
    app = approve(launch_page(SHORT), "a new client")
    field(app, "text_input", "reason").set_value("")
    button(app).click().run()
    assert not posts(sandbox)
    assert "nothing was sent" in words(app)


def test_a_reason_and_a_note_changed_while_the_button_is_pressed_are_the_ones_kept(
    launch_page: Callable[..., AppTest], entries: Entries
) -> None:
    app = approve(launch_page(SHORT), "a new client")
    field(app, "text_input", "reason").set_value("a small client")
    field(app, "text_input", "note").set_value("Monday")
    button(app).click().run()
    (entry,) = entries()
    assert (entry.reasons, entry.note) == ({"short_history": "a small client"}, "Monday")


def test_a_reason_that_answers_two_questions_stands_once_in_the_journals_table(
    launch_page: Callable[..., AppTest], connected_page: OpenPage, entries: Entries
) -> None:
    gap = "".join(line for line in SHORT.splitlines(keepends=True) if not line.startswith("2026-05-01"))
    button(approve(launch_page(gap), "a new client")).click().run()
    assert len(entries()[0].reasons) == 2
    journal = connected_page("pages/journal.py").run()
    assert list(journal.dataframe[0].value["Reason"]) == ["a new client"]


def test_data_changed_while_the_button_is_pressed_is_not_sent(
    launch_page: Callable[..., AppTest], sandbox: Sandbox
) -> None:
    app = launch_page(daily_csv(850))
    app.file_uploader[0].upload("data.csv", daily_csv(851).encode())
    button(app).click().run()
    assert not posts(sandbox)


def test_a_colleagues_launch_of_the_same_data_is_asked_about_without_more(
    launch_page: Callable[..., AppTest], sandbox: Sandbox, clean_csv: str, tmp_path: Path
) -> None:
    colleague = sandbox.open_account(client_slug="acme", demo=False)
    client = RecastClient(token=colleague.token, client_slug="acme", base_url=sandbox.base_url)
    journal = Journal(f"sqlite:///{tmp_path}/journal.sqlite3")
    form = RunForm(run_type="model_run", google_sheet_priors_url=SHEET, clean_data=clean_csv)
    entry = Launcher(client, journal, owner=Owner.of(colleague.token, "ana@example.com")).launch(
        form, note="for Ana's call"
    )
    journal.close()
    client.close()
    assert entry.state is State.LAUNCHED
    app = launch_page(clean_csv)
    assert "A run of this client has this data" in app.checkbox[0].label
    assert button(app).disabled
    shown = words(app) + app.checkbox[0].label
    assert "ana" not in shown.lower().replace("analyst", "")
    assert str(entry.run_id) not in shown
    app = approve(app, "the sheet has changed")
    button(app).click().run()
    assert [request.method for request in sandbox.requests].count("POST") == 2


@pytest.mark.parametrize(("launched", "asks"), [(19, False), (20, True)])
def test_a_limit_that_seems_used_up_is_asked_about(
    launch_page: Callable[..., AppTest],
    client: RecastClient,
    clean_csv: str,
    launched: int,
    asks: bool,
) -> None:
    form = RunForm(run_type="holdout", google_sheet_priors_url=SHEET, clean_data=clean_csv)
    for _ in range(launched):
        client.runs.launch(form)
    app = launch_page(clean_csv)
    assert bool(app.checkbox) is asks
    assert button(app).disabled is asks


def test_an_honest_429_is_said_and_costs_nothing(
    launch_page: Callable[..., AppTest],
    client: RecastClient,
    sandbox: Sandbox,
    account: Account,
    clean_csv: str,
) -> None:
    form = RunForm(run_type="holdout", google_sheet_priors_url=SHEET, clean_data=clean_csv)
    for _ in range(20):
        client.runs.launch(form)
    app = approve(launch_page(clean_csv), "the API counts by itself")
    sandbox.faults.respond(429, "Retry later", headers={"retry-after": "42"}, method="POST")
    button(app).click().run()
    assert "there is no run" in words(app)
    assert "42 s" in words(app)
    assert len(sandbox.runs(account.token)) == 20
