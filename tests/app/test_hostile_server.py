"""A server and a file that put an address into every place they can: each comes out of `escape`."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import keys
from pages._shared.connection import Settings
from pages._shared.page_list import PAGES
from pages._shared.plain import escape
from recast_api import RecastClient
from recast_api.sandbox import Sandbox
from tests.app.test_launch import button, choose, upload
from tests.app.test_pages import launch
from tests.conftest import daily_csv

OpenPage = Callable[[str], AppTest]

_RENDERED = {
    *("body", "label", "help", "text", "caption", "captions", "placeholder", "delta", "title"),
    *("content", "options"),
}
_LINK = re.compile(r".*https://[a-z]+\.evil.*")
_PLAIN = {"text", "code", "json", "selectbox", "multiselect", "arrow_data_frame", "vega_lite_chart"}


def hostile(place: str) -> str:
    return f"https://{place}.evil.example"


def rendered(app: AppTest) -> str:
    """All that the browser is given to read as Markdown."""
    nodes = [node for part in (app.main, app.sidebar) for node in part]
    nodes += app.toast
    return "\n".join(
        text
        for node in nodes
        if node.proto is not None and node.type not in _PLAIN
        for text in _texts(node.proto)
    )


def _texts(message: Any) -> Iterator[str]:
    for field, value in message.ListFields():
        for one in value if field.is_repeated else (value,):
            if isinstance(one, str):
                yield from [one] if field.name in _RENDERED else []
            elif hasattr(one, "ListFields"):
                yield from _texts(one)


def assert_escaped(app: AppTest, *places: str) -> None:
    """Every one of `places` is shown, and nothing else that would be a link."""
    assert not app.exception
    text = rendered(app)
    assert [place for place in places if escape(hostile(place)) not in text] == []
    assert _LINK.findall(text) == []


RUN = {
    "id": hostile("id"),
    "status": hostile("status"),
    "run_type": hostile("type"),
    "created_at": "2026-11-01T10:00:00Z",
    "form": {hostile("field"): hostile("value"), "google_sheet_priors_url": hostile("sheet")},
}


def serve(sandbox: Sandbox, body: object, status: int = 200, **where: Any) -> None:
    where = {"times": 50, "method": "GET", **where}
    sandbox.faults.respond(status, json.dumps(body), content_type="application/json", **where)


def serve_error(sandbox: Sandbox, status: int, **where: Any) -> None:
    error = {"message": hostile("message"), "details": {hostile("name"): [hostile("reason")]}}
    serve(sandbox, {"error": error}, status, **where)


@pytest.mark.parametrize("path", ["app.py", "pages/runs.py"])
def test_runs_in_a_list(connected_page: OpenPage, sandbox: Sandbox, path: str) -> None:
    serve(sandbox, {"data": [RUN, {**RUN, "status": "running"}], "pagination": {"page": 1}})
    assert_escaped(connected_page(path).run(), "id", "status", "type")


def test_one_run(connected_page: OpenPage, sandbox: Sandbox) -> None:
    serve(sandbox, RUN, path_contains="id.evil")
    app = connected_page("pages/run.py")
    app.query_params["run"] = hostile("id")
    assert_escaped(app.run(), "id", "status", "type", "field")


@pytest.mark.parametrize("run_id", [hostile("id"), f"-> {hostile('id')}", f"2786 {hostile('id')}"])
def test_a_run_that_is_not_there(connected_page: OpenPage, run_id: str) -> None:
    app = connected_page("pages/run.py")
    app.query_params["run"] = run_id
    assert_escaped(app.run(), "id")


@pytest.mark.parametrize("path", ["app.py", "pages/runs.py", "pages/run.py"])
@pytest.mark.parametrize("status", [403, 422, 500])
def test_what_the_server_says(connected_page: OpenPage, sandbox: Sandbox, path: str, status: int) -> None:
    serve_error(sandbox, status)
    app = connected_page(path)
    app.query_params["run"] = "2786"
    assert_escaped(app.run(), "message")


@pytest.mark.parametrize("path", [page.file for page in PAGES])
def test_who_one_is_connected_as(page: OpenPage, sandbox: Sandbox, path: str) -> None:
    slug = "www.slug.evil.example"  # a slug has no slash
    account = sandbox.open_account(token="gr_of_**b*", client_slug=slug, demo=False)
    app = page(path)
    app.session_state[keys.CONNECTION_CHOICE] = Settings(
        token=account.token, client_slug=account.client_slug, base_url=sandbox.base_url
    )
    assert_escaped(app.run())
    assert escape(slug) in rendered(app)
    assert slug not in rendered(app)
    assert "token …" + escape("**b*") in rendered(app)


@pytest.fixture
def launch_page(connected_page: OpenPage) -> AppTest:
    return connected_page("pages/launch.py").run()


def test_a_rejected_launch(launch_page: AppTest, sandbox: Sandbox) -> None:
    app = choose(upload(launch_page, daily_csv(850).encode()), "model_run")
    serve_error(sandbox, 422, method="POST", times=1)
    button(app).click().run()
    assert_escaped(app, "message", "name", "reason")


def test_a_launch_that_may_be_a_listed_run(launch_page: AppTest, sandbox: Sandbox) -> None:
    app = choose(upload(launch_page, daily_csv(850).encode()), "model_run")
    sandbox.faults.drop_before_work(method="POST")
    serve_error(sandbox, 500, skip=2)
    button(app).click().run()
    sandbox.faults.clear()
    listed = {"id": hostile("id"), "run_type": "model_run", "created_at": datetime.now(UTC).isoformat()}
    serve(sandbox, {}, 404, path_contains="id.evil")
    serve(sandbox, {"data": [listed]})
    next(one for one in app.button if one.label == "Look now").click().run()
    assert "Cannot tell" in rendered(app)
    assert_escaped(app, "id")


FILES = {
    "a name twice": f"date,revenue,{hostile('a')},{hostile('a')}\n2026-01-01,1,2,3\n",
    "a cell that is no number": f"date,revenue,{hostile('a')}\n2026-01-01,1,{hostile('b')}\n2026-01-02,1,2\n",
    "a gap": f"date,revenue,{hostile('a')}\n2026-01-01,1,\n2026-01-03,1,2\n2026-01-04,1,-5\n",
}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_a_file(launch_page: AppTest, file: str) -> None:
    app = choose(upload(launch_page, file.encode(), name=f"{hostile('file')}.csv"), "model_run")
    assert_escaped(app, "a")
    assert escape(f"{hostile('file')}.csv") in rendered(app)


def test_an_earlier_run_that_is_compared_with(
    connected_page: OpenPage, client: RecastClient, sandbox: Sandbox
) -> None:
    data = daily_csv(850, channels=(hostile("search"), "tv"))
    run = client.runs.get(launch(client, data))
    sandbox.faults.respond(200, data, content_type="text/csv", path_contains="/downloads/", times=9)
    serve(sandbox, {"data": [{**run.raw, "id": hostile("id"), "status": "success"}]})
    changed = data.replace("2026-06-30,", "2026-07-01,").replace(".1", ".2")
    app = upload(connected_page("pages/launch.py").run(), changed.encode())
    assert_escaped(app, "id", "search")
