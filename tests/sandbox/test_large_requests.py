"""How much of a request is held, and what becomes of one that is too large."""

import gc
import json
import socket
import sys
import tracemalloc
from collections.abc import Iterator
from itertools import repeat
from typing import Any

import pytest
import requests

from recast_api.sandbox import Account, Sandbox

SHEET = "https://docs.google.com/spreadsheets/d/abc/edit"
RUNS = "/v1/clients/acme/runs"
TOO_LARGE = {"error": {"message": "The request is larger than the 1000 bytes that are taken here"}}


@pytest.fixture
def small() -> Iterator[Sandbox]:
    with Sandbox(most_request_bytes=1000) as sandbox:
        sandbox.open_account("gr_mine", "acme", demo=False)
        yield sandbox


def post(sandbox: Sandbox, body: Any) -> requests.Response:
    headers = {"Authorization": "Bearer gr_mine"}
    return requests.post(sandbox.base_url + RUNS, data=body, headers=headers, timeout=30)


def connected(sandbox: Sandbox, *headers: str) -> socket.socket:
    """A connection on which a POST has begun, with no body sent yet."""
    host, port = sandbox.base_url.removeprefix("http://").split(":")
    caller = socket.create_connection((host, int(port)), timeout=30)
    caller.sendall("\r\n".join((f"POST {RUNS} HTTP/1.1", "Host: x", *headers, "", "")).encode())
    return caller


def answered(caller: socket.socket) -> tuple[bytes, Any]:
    """The head of the answer and its JSON."""
    received = b""
    while not received.endswith(b"}"):
        received += caller.recv(10_000)
    head, _, body = received.partition(b"\r\n\r\n")
    return head, json.loads(body)


def launch_body(clean_data: str) -> bytes:
    form = {"run_type": "model_run", "google_sheet_priors_url": SHEET, "clean_data": clean_data}
    return json.dumps({"form": form}).encode()


def test_a_declared_length_beyond_the_limit_is_413(small: Sandbox) -> None:
    assert post(small, b" " * 1000).status_code == 400
    response = post(small, b" " * 1001)
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/json"
    assert response.json() == TOO_LARGE


def test_chunks_that_grow_beyond_the_limit_are_413(small: Sandbox) -> None:
    assert post(small, repeat(b" " * 100, 10)).status_code == 400
    response = post(small, iter([b" " * 100] * 10 + [b" "]))
    assert (response.status_code, response.json()) == (413, TOO_LARGE)


def test_the_token_is_not_looked_at_before_the_size(small: Sandbox) -> None:
    assert requests.post(small.base_url, data=b" " * 1001, timeout=30).status_code == 413


def test_a_caller_who_sends_first_and_reads_then_sees_the_413() -> None:
    with Sandbox(most_request_bytes=1_000_000) as sandbox:
        assert post(sandbox, b" " * 9_000_000).status_code == 413
        assert post(sandbox, repeat(b" " * 100_000, 90)).status_code == 413


def test_the_answer_comes_at_once_and_the_connection_ends_after_the_body(small: Sandbox) -> None:
    with connected(small, "Content-Length: 5000") as caller:
        head, body = answered(caller)
        assert head.startswith(b"HTTP/1.1 413 ")
        assert b"connection: close" in head
        assert body == TOO_LARGE
        caller.sendall(b" " * 5000)
        assert caller.recv(1) == b""


def test_a_caller_who_asks_first_is_not_told_to_go_on(small: Sandbox) -> None:
    with connected(small, "Content-Length: 5000", "Expect: 100-continue") as caller:
        assert answered(caller)[0].startswith(b"HTTP/1.1 413 ")
    with connected(small, "Content-Length: 1000", "Expect: 100-continue") as caller:
        assert caller.recv(10_000).startswith(b"HTTP/1.1 100 ")


def test_a_caller_who_never_ends_is_hung_up_on(small: Sandbox) -> None:
    with connected(small, "Transfer-Encoding: chunked") as caller:
        caller.sendall(b"3e9\r\n" + b" " * 1001 + b"\r\n")
        assert answered(caller)[0].startswith(b"HTTP/1.1 413 ")
        caller.sendall(b"2710\r\n" + b" " * 10_000 + b"\r\n")
        caller.settimeout(0.2)
        with pytest.raises(TimeoutError):
            caller.recv(1)
        caller.settimeout(30)
        caller.sendall(b"1\r\n \r\n")
        assert caller.recv(1) == b""


def test_a_refused_caller_may_hang_up(small: Sandbox) -> None:
    with connected(small, "Content-Length: 5000") as caller:
        answered(caller)
        caller.sendall(b" " * 100)
    assert post(small, b"").status_code == 400


def test_a_refused_request_is_recorded_without_its_body_and_spends_no_fault(small: Sandbox) -> None:
    small.faults.respond(503)
    post(small, b" " * 1001)
    (refused,) = small.requests
    assert (refused.method, refused.path, refused.body, refused.status) == ("POST", RUNS, b"", 413)
    assert len(small.faults) == 1


def test_64_megabytes_unless_told(sandbox: Sandbox) -> None:
    with connected(sandbox, "Content-Length: 64000001") as caller:
        assert answered(caller)[0].startswith(b"HTTP/1.1 413 ")
    with connected(sandbox, "Content-Length: 64000000", "Expect: 100-continue") as caller:
        assert caller.recv(10_000).startswith(b"HTTP/1.1 100 ")


def test_a_path_or_header_of_a_megabyte_is_refused(api: Any, sandbox: Sandbox) -> None:
    host, port = sandbox.base_url.removeprefix("http://").split(":")
    for text in (f"GET /{'x' * 1_000_000}", f"GET / HTTP/1.1\r\nX-Trace: {'x' * 1_000_000}"):
        with socket.create_connection((host, int(port)), timeout=30) as caller:
            try:
                caller.sendall(text.encode())
                assert caller.recv(100).startswith(b"HTTP/1.1 400 ")
            except ConnectionError:
                pass  # the server may hang up before all is sent
    assert api.get().status_code == 200
    assert len(sandbox.requests) == 1


def test_bodies_are_not_recorded_unless_wanted() -> None:
    with Sandbox(keep_bodies=False) as sandbox:
        sandbox.open_account("gr_mine", "acme", demo=False)
        assert post(sandbox, launch_body("a,b")).status_code == 201
        (request,) = sandbox.requests
        assert (request.method, request.status, request.body) == ("POST", 201, b"")
        assert sandbox.runs("gr_mine")[0].clean_data == b"a,b"


def test_a_launch_is_held_once_and_taken_with_two_copies_at_a_time() -> None:
    clean_data = "2026-01-01,1234.56,99.10,11.00\n" * 200_000
    body, size = launch_body(clean_data), len(clean_data)
    with Sandbox(keep_bodies=False) as sandbox:
        account = sandbox.open_account("gr_mine", "acme", demo=False)
        assert post(sandbox, b"{}").status_code == 400
        tracemalloc.start()
        try:
            assert post(sandbox, body).status_code == 201
            held, peak = tracemalloc.get_traced_memory()
            assert peak < 2.4 * size
            assert size < held < 1.2 * size
            sandbox.close_account(account.token)
            del account
            gc.collect()
            assert tracemalloc.get_traced_memory()[0] < 0.2 * size
        finally:
            tracemalloc.stop()


def test_a_download_is_held_only_while_it_is_sent(api: Any, account: Account) -> None:
    run_id = api.launched(clean_data="x" * 3_000_000)
    clean_data = account.launched()[0].clean_data
    before = sys.getrefcount(clean_data)
    for _ in range(3):
        assert api.get(f"/{run_id}/downloads/clean_data").content == clean_data
    # Asked on the same connection: answered only when the downloads are done with.
    assert api.get().status_code == 200
    assert sys.getrefcount(clean_data) == before
