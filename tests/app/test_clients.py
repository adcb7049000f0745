"""What was put in for one client is never on another's page, and is there again when its client is."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._launch.entered import Latest
from pages._shared import keys, uploads
from pages._shared.connection import Settings
from recast_api.sandbox import Account, Sandbox
from tests.app.fields import field
from tests.app.test_launch import button, choose, posts, upload
from tests.app.test_pages import SHEET, words
from tests.conftest import daily_csv

OpenPage = Callable[[str], AppTest]
SHORT = daily_csv(120)
"""120 days: a Confirm."""


def connect(app: AppTest, account: Account | None, base_url: str) -> AppTest:
    """As by the dialog; None is the sandbox."""
    app.session_state[keys.CONNECTION_CHOICE] = (
        Settings(token=account.token, client_slug=account.client_slug, base_url=base_url)
        if account
        else "sandbox"
    )
    del app.session_state[keys.CONNECTION]
    return app.run()


@pytest.fixture
def globex(sandbox: Sandbox) -> Account:
    return sandbox.open_account(client_slug="globex", demo=False)


@pytest.fixture
def acmes_other_token(sandbox: Sandbox) -> Account:
    return sandbox.open_account(client_slug="acme", demo=False)


def everything(app: AppTest) -> dict[str, Any]:
    """What a person put in, by name, as the page shows it."""
    return {
        "data": [metric.value for metric in app.metric if metric.label == "Rows"],
        "way": app.segmented_control[0].value,
        "as of": field(app, "date_input", "as_of").value,
        "spend": field(app, "multiselect", "spend").value,
        "kpi": field(app, "selectbox", "kpi").value,
        "type": app.radio[0].value,
        "days": field(app, "text_input", "holdout_days").value,
        "sheet": field(app, "text_input", "priors_url").value,
        "note": field(app, "text_input", "note").value,
        "ticks": [box.value for box in app.checkbox],
        "reason": field(app, "text_input", "reason").value,
    }


@pytest.fixture
def acmes_page(connected_page: OpenPage) -> AppTest:
    app = choose(upload(connected_page("pages/launch.py").run(), SHORT.encode()), "holdout")
    field(app, "date_input", "as_of").set_value(date(2026, 6, 20))
    field(app, "multiselect", "spend").set_value(["tv"])
    field(app, "text_input", "holdout_days").set_value("7")
    app.run()
    field(app, "text_input", "note").set_value("Monday")
    app.checkbox[0].check()
    field(app, "text_input", "reason").set_value("a new client")
    return app.run()


@pytest.mark.parametrize("other", ["globex", "acmes_other_token", "the sandbox"])
def test_another_client_token_or_the_sandbox_has_an_empty_page(
    acmes_page: AppTest,
    sandbox: Sandbox,
    account: Account,
    request: pytest.FixtureRequest,
    other: str,
) -> None:
    before = everything(acmes_page)
    assert before["ticks"][0] is True
    there = None if other == "the sandbox" else request.getfixturevalue(other)
    app = connect(acmes_page, there, sandbox.base_url)
    assert not app.exception
    assert not [metric for metric in app.metric if metric.label == "Rows"]
    assert field(app, "text_input", "priors_url").value == ""
    assert "Waits for data and the priors sheet's URL." in words(app)
    assert button(app).disabled
    app = connect(app, account, sandbox.base_url)
    assert everything(app) == before


def test_nothing_of_one_clients_goes_to_another(
    acmes_page: AppTest, sandbox: Sandbox, globex: Account
) -> None:
    app = connect(acmes_page, globex, sandbox.base_url)
    other = daily_csv(850)
    app = choose(upload(app, other.encode()), "model_run", SHEET.replace("abc", "globex"))
    button(app).click().run()
    (body,) = posts(sandbox)
    assert b"spreadsheets/d/globex/" in body
    assert SHORT.splitlines()[1].encode() not in body
    assert not sandbox.requests[-1].path.startswith("/v1/clients/acme/")


def test_corrected_roles_survive_a_visit_to_another_page(acmes_page: AppTest) -> None:
    before = everything(acmes_page)
    for path in ("pages/runs.py", "pages/journal.py", "app.py", "pages/launch.py"):
        acmes_page.switch_page(path).run()
        assert not acmes_page.exception
    assert everything(acmes_page) == before


def test_each_files_fixes_are_its_own(connected_page: OpenPage) -> None:
    semicolons = SHORT.replace(",", ";")
    app = upload(connected_page("pages/launch.py").run(), semicolons.encode())
    next(one for one in app.button if one.label == "Accept this fix").click().run()
    app = upload(app, semicolons.replace("tv", "radio").encode())
    assert [one for one in app.button if one.label == "Accept this fix"]
    app = upload(app, semicolons.encode())
    assert not [one for one in app.button if one.label == "Accept this fix"]


def test_a_removed_upload_is_gone(acmes_page: AppTest) -> None:
    assert "In use: data.csv" in words(acmes_page)
    app = next(one for one in acmes_page.button if one.label == "Remove").click().run()
    assert not app.metric
    assert "Waits for data" in words(app)


def test_a_file_of_a_client_left_long_ago_makes_room(
    acmes_page: AppTest,
    sandbox: Sandbox,
    account: Account,
    globex: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size = len(SHORT.encode())
    monkeypatch.setattr(uploads, "most_bytes_kept", lambda: 2 * size)
    app = upload(connect(acmes_page, globex, sandbox.base_url), SHORT.encode())
    app = connect(app, account, sandbox.base_url)
    assert "In use: data.csv" in words(app)  # both fit exactly
    monkeypatch.setattr(uploads, "most_bytes_kept", lambda: 2 * size - 1)
    app = connect(app, globex, sandbox.base_url)
    assert "In use: data.csv" in words(app)
    app = connect(app, account, sandbox.base_url)
    assert "data.csv had to make room" in words(app)
    assert field(app, "text_input", "priors_url").value == SHEET
    assert "had to make room" not in words(upload(app, SHORT.encode()))


def test_what_was_used_longest_ago_is_forgotten_first() -> None:
    latest: Latest[str, int] = Latest(2)
    latest.used("a", 1)
    latest.used("b", 2)
    assert latest.used("a", 9) == 1
    latest.used("c", 3)
    assert list(latest) == ["a", "c"]


def uploader() -> None:
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    from pages._shared import uploads

    file = st.file_uploader("File")
    if file is not None:
        source = uploads.take(file)
        context = get_script_run_ctx()
        assert context
        left = context.uploaded_file_mgr.get_files(context.session_id, [file.file_id])
        st.text(f"{source.name}: {len(source.data)} bytes, {len(left)} left")


def test_an_upload_is_held_by_the_page_alone() -> None:
    app = AppTest.from_function(uploader).run()
    app.file_uploader[0].upload("a.csv", b"x" * 1000)
    assert app.run().text[0].value == "a.csv: 1000 bytes, 0 left"


@pytest.mark.parametrize(
    ("memory_mb", "largest"),
    [(500, 5), (690, 6), (745, 6), (747, 7), (2_700, 35), (3_669, 49), (3_671, 50), (64_000, 50)],
)
def test_a_file_may_be_as_large_as_twenty_visitors_can_have_it(memory_mb: float, largest: int) -> None:
    assert uploads.largest_mb(memory_mb) == largest
