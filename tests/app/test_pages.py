"""Each page on its own: what it shows on a first visit, empty, and when the API misbehaves."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages._shared import keys
from pages._shared.page_list import PAGES
from recast_api import RecastClient, RunForm
from recast_api.sandbox import Account, Sandbox

OpenPage = Callable[[str], AppTest]
SHEET = "https://docs.google.com/spreadsheets/d/abc/edit"
EVERY_PAGE = [page.file for page in PAGES]


def words(app: AppTest) -> str:
    """All that the page says in text, for assertions on sentences."""
    kinds = (app.markdown, app.caption, app.text, app.info, app.warning, app.error, app.subheader, app.title)
    shown = "\n".join(str(element.value) for kind in kinds for element in kind)
    return shown.replace("\\", "").replace(":color{}", "")


def launch(client: RecastClient, clean_csv: str, **fields: Any) -> int | str:
    defaults = {"run_type": "model_run", "google_sheet_priors_url": SHEET, "clean_data": clean_csv}
    form = RunForm(**(defaults | fields))
    return client.runs.launch(form)


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_a_first_visit_needs_no_setup_and_says_that_this_is_the_sandbox(page: OpenPage, path: str) -> None:
    app = page(path).run()
    assert not app.exception
    assert "Sandbox: nothing here is real" in words(app)
    assert "democlient" in words(app)


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_another_server_is_never_called_a_sandbox(connected_page: OpenPage, path: str) -> None:
    app = connected_page(path).run()
    assert not app.exception
    assert "andbox" not in words(app)
    assert "acme" in words(app)
    assert "token …" in words(app)


def test_the_overview_shows_what_is_running(
    connected_page: OpenPage, client: RecastClient, clean_csv: str
) -> None:
    run_id = launch(client, clean_csv)
    app = connected_page("app.py").run()
    assert "Running now" in words(app)
    assert "Launching" in words(app)
    assert f"**{run_id}**" in app.get("page_link")[-1].proto.label or any(
        str(run_id) in link.proto.label for link in app.get("page_link")
    )


def test_an_empty_client_is_told_what_to_do_next(connected_page: OpenPage) -> None:
    assert "No runs yet" in words(connected_page("app.py").run())
    assert "No runs yet" in words(connected_page("pages/runs.py").run())


def test_the_run_page_shows_status_settings_and_data(
    connected_page: OpenPage, client: RecastClient, sandbox: Sandbox, clean_csv: str
) -> None:
    run_id = launch(client, clean_csv, run_type="holdout", holdout_days=[14, 28])
    app = connected_page("pages/run.py")
    app.query_params["run"] = str(run_id)
    app.run()
    assert f"{run_id} · Holdout" in words(app)
    assert "14, 28" in words(app)
    assert "**launching**" in words(app)
    assert [metric.value for metric in app.metric if metric.label == "Rows"] == ["850"]
    sandbox.advance(minutes=61)
    st.cache_data.clear()
    assert "Success" in words(app.run())


def test_the_columns_of_the_data_are_described_in_words(
    connected_page: OpenPage, client: RecastClient, clean_csv: str
) -> None:
    header, *rows = clean_csv.splitlines()
    data = "\n".join([f"{header},promo,region", *(f"{row},0,north" for row in rows)]) + "\n"
    app = connected_page("pages/run.py")
    app.query_params["run"] = str(launch(client, data))
    app.session_state[keys.DATA_PREVIEW] = "Columns"
    app.run()
    (table,) = (one for one in app.dataframe if "column" in one.value)
    kinds = table.value.set_index("column")[["role", "type"]].fillna("").apply(tuple, axis=1)
    assert kinds["date"] == ("", "date")
    assert kinds["revenue"] == ("KPI", "number")
    assert kinds["tv"] == ("spend", "number")
    assert kinds["promo"] == ("other", "number")
    assert kinds["region"] == ("", "text")
    assert table.proto.placeholder == ""
    assert table.proto.HasField("placeholder")


def test_the_run_page_without_a_run_leads_to_the_list(connected_page: OpenPage) -> None:
    assert "Which run?" in words(connected_page("pages/run.py").run())


@pytest.mark.parametrize("nonsense", ["999999", "abc", "../runs", "1?x=2", "%00", "<b>x</b>"])
def test_a_run_that_is_not_there_is_one_sentence(connected_page: OpenPage, nonsense: str) -> None:
    app = connected_page("pages/run.py")
    app.query_params["run"] = nonsense
    app.run()
    assert not app.exception
    assert len(app.warning) + len(app.error) == 1


@pytest.mark.parametrize("path", ["app.py", "pages/runs.py"])
def test_revoked_access_is_a_sentence(
    connected_page: OpenPage, sandbox: Sandbox, account: Account, path: str
) -> None:
    app = connected_page(path).run()
    sandbox.close_account(account.token)
    sandbox.advance(minutes=1)
    app = connected_page(path).run()
    assert not app.exception
    assert "token" in words(app).lower()
    assert app.error
    assert account.token not in words(app)


@pytest.mark.parametrize("path", ["app.py", "pages/runs.py"])
def test_html_where_json_should_be_is_a_sentence(
    connected_page: OpenPage, sandbox: Sandbox, path: str
) -> None:
    sandbox.faults.html(status=200, times=8)
    app = connected_page(path).run()
    assert not app.exception
    assert app.error
    assert "<" not in app.error[0].value.replace("\\<", "")


def test_foreign_text_is_shown_to_the_letter(connected_page: OpenPage, sandbox: Sandbox) -> None:
    sandbox.faults.respond(
        403,
        body=b'{"error": {"message": "![x](https://evil.example/a.png) **bold** :material/bolt: <b>"}}',
        content_type="application/json",
    )
    app = connected_page("pages/runs.py").run()
    shown = app.error[0].value
    assert "![x](" not in shown
    assert "**bold**" not in shown
    assert ":material/bolt:" not in shown.replace("\\", "")


ODD_RUNS = {
    "unknown status": {"status": "reticulating", "created_at": "2026-11-01T10:00:00Z", "updated_at": None},
    "nothing but an id": {},
    "no times": {"status": "running", "created_at": None},
    "foreign types": {"status": 7, "run_type": ["x"], "form": "text", "created_at": "yesterday"},
    "echoed data": {"status": "success", "form": {"run_type": "model_run", "clean_data": "secret," * 50_000}},
}


@pytest.mark.parametrize("served", ODD_RUNS.values(), ids=ODD_RUNS)
def test_a_run_served_in_an_odd_way_is_shown_as_it_came(
    connected_page: OpenPage, sandbox: Sandbox, served: dict[str, Any]
) -> None:
    body = json.dumps({"id": 5, **served})
    sandbox.faults.respond(200, body, content_type="application/json", path_contains="/runs/5", times=2)
    app = connected_page("pages/run.py")
    app.query_params["run"] = "5"
    app.run()
    assert not app.exception
    assert str(served.get("status", "No status")) in words(app) or "Success" in words(app)
    assert "secret," * 10 not in words(app) + "".join(str(one.value) for one in app.json)
