import socket
import threading
import time
from typing import Any

import pytest
import requests

from recast_api.sandbox import Account, Sandbox

SHEET = "https://docs.google.com/spreadsheets/d/abc/edit"


def count(sandbox: Sandbox, account: Account) -> int:
    return len(sandbox.runs(account.token))


def test_dropped_before_the_work(api: Any, sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.drop_before_work(method="POST")
    with pytest.raises(requests.ConnectionError):
        api.launch()
    assert count(sandbox, account) == 0
    assert api.launch().status_code == 201


def test_dropped_after_the_work(api: Any, sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.drop_after_work(method="post")
    with pytest.raises(requests.ConnectionError):
        api.launch(clean_data="x" * 2_000_000)
    assert count(sandbox, account) == 1


def test_a_status_and_body_of_choice(api: Any, sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.respond(
        503, '{"error": {}}', content_type="application/json", headers={"Retry-After": "7"}
    )
    response = api.launch()
    assert (response.status_code, response.json()) == (503, {"error": {}})
    assert response.headers["Retry-After"] == "7"
    assert count(sandbox, account) == 0


def test_a_status_although_the_work_is_done(api: Any, sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.respond(500, b"\xff", after_work=True)
    response = api.launch()
    assert (response.status_code, response.content) == (500, b"\xff")
    assert count(sandbox, account) == 1


@pytest.mark.parametrize("status", [200, 502])
def test_html(api: Any, sandbox: Sandbox, status: int) -> None:
    sandbox.faults.html(status)
    response = api.get()
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert response.text.startswith("<!DOCTYPE html>")


def test_broken_json(api: Any, sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.broken_json()
    response = api.launch()
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    with pytest.raises(requests.JSONDecodeError):
        response.json()
    assert count(sandbox, account) == 1


def test_a_truncated_download(api: Any, sandbox: Sandbox) -> None:
    run_id = api.launched(clean_data="x" * 1000)
    sandbox.faults.truncate_download()
    assert api.get().status_code == 200
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="500 more expected"):
        api.get(f"/{run_id}/downloads/clean_data")
    assert len(api.get(f"/{run_id}/downloads/clean_data").content) == 1000


def test_a_late_answer_holds_up_neither_others_nor_the_end() -> None:
    outcomes: list[str] = []
    with Sandbox() as sandbox:
        account = sandbox.open_account(demo=False)
        url = f"{sandbox.base_url}/v1/clients/democlient/runs"
        headers = {"Authorization": f"Bearer {account.token}"}
        form = {"run_type": "model_run", "google_sheet_priors_url": SHEET, "clean_data": "a"}
        sandbox.faults.slow(3600, method="POST")

        def launch() -> None:
            try:
                requests.post(url, json={"form": form}, headers=headers, timeout=3600)
            except requests.ConnectionError as error:
                outcomes.append(type(error).__name__)

        thread = threading.Thread(target=launch)
        thread.start()
        while not sandbox.runs(account.token):
            time.sleep(0.005)
        assert requests.get(url, headers=headers, timeout=30).json()["pagination"]["total_count"] == 1
    thread.join()
    assert outcomes == ["ConnectionError"]
    assert [(request.method, request.status) for request in sandbox.requests] == [
        ("POST", None),
        ("GET", 200),
    ]


def test_late_work(api: Any, sandbox: Sandbox) -> None:
    sandbox.faults.slow(0.01, after_work=False)
    sandbox.faults.slow(0.01)
    assert api.launch().status_code == 201
    assert api.get().json()["pagination"]["total_count"] == 1


def test_faults_pick_their_requests(api: Any, sandbox: Sandbox, account: Account, other_api: Any) -> None:
    run_id = api.launched()
    sandbox.faults.respond(500, token=account.token, method="GET", path_contains="/runs/", skip=1, times=2)
    assert len(sandbox.faults) == 2
    assert other_api.get("/1").status_code == 404
    assert api.get().status_code == 200
    assert api.launch().status_code == 201
    assert [api.get(f"/{run_id}").status_code for _ in range(4)] == [200, 500, 500, 200]
    assert len(sandbox.faults) == 0


def test_faults_strike_in_the_order_they_were_queued(api: Any, sandbox: Sandbox) -> None:
    sandbox.faults.respond(502)
    sandbox.faults.respond(503)
    assert [api.get().status_code for _ in range(3)] == [502, 503, 200]


def test_a_misspelt_condition_is_an_error(sandbox: Sandbox) -> None:
    misspelt: Any = {"path": "/runs"}
    with pytest.raises(TypeError, match="by path"):
        sandbox.faults.drop_before_work(**misspelt)


def test_clear(api: Any, sandbox: Sandbox) -> None:
    sandbox.faults.respond(502, times=5)
    sandbox.faults.clear()
    assert api.get().status_code == 200


def test_requests_are_kept_without_their_token(api: Any, sandbox: Sandbox, account: Account) -> None:
    api.session.headers["X-Trace"] = "1"
    api.post(b"{nonsense")
    api.get("/7", page=2)
    post, get = sandbox.requests
    assert (post.method, post.path, post.query, post.body, post.status) == (
        "POST",
        "/v1/clients/acme/runs",
        "",
        b"{nonsense",
        400,
    )
    assert (get.path, get.query, get.status) == ("/v1/clients/acme/runs/7", "page=2", 404)
    assert get.headers["x-trace"] == "1"
    assert account.token not in repr(sandbox.requests)
    assert "authorization" not in post.headers


def test_only_the_last_requests_are_kept(api: Any, sandbox: Sandbox) -> None:
    for _ in range(301):
        api.get()
    assert len(sandbox.requests) == 300
    api.post(b" " * 40_000_000)
    api.post(b" " * 40_000_000)
    assert len(sandbox.requests) == 1


def test_a_request_that_breaks_off_is_not_one(api: Any, sandbox: Sandbox) -> None:
    host, port = sandbox.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as caller:
        caller.sendall(b"POST /v1/clients/acme/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        caller.shutdown(socket.SHUT_WR)
        assert caller.recv(1) == b""
    assert api.get().status_code == 200
    assert [request.method for request in sandbox.requests] == ["GET"]
