"""Answers that break off, that trickle, or that have no end: a launch is asked for once all the same."""

import gzip
import socket
import ssl
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterable
from itertools import chain, repeat
from typing import Any

import pytest
from urllib3.util import Retry

from recast_api import (
    ApiError,
    ConnectionDroppedError,
    ConnectionFailedError,
    LaunchUnansweredError,
    NotFoundError,
    RecastClient,
    RequestTimeoutError,
    RunForm,
    Timeout,
    UnprocessableError,
    UnreadableResponseError,
)
from recast_api._http import MOST_FILE_BYTES, MOST_JSON_BYTES
from tests.client.conftest import QUICK_RETRY, SHEET, RawServer, certify

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: %s\r\n"
JSON_HEAD = HEAD % b"application/json"
CSV_HEAD = HEAD % b"text/csv"
RUN = JSON_HEAD + b'Content-Length: 9\r\n\r\n{"id": 5}'
FILE = CSV_HEAD + b"Content-Length: 9\r\n\r\ndate,tv\n1"

BROKEN = {
    "no answer": b"",
    "within the status line": b"HTTP/1.1 20",
    "behind the status line": b"HTTP/1.1 200 OK\r\n",
    "within a header": b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Le",
    "behind a header": CSV_HEAD,
    "within the blank line": CSV_HEAD + b"\r",
    "within a length": CSV_HEAD + b"Content-Length: 9",
    "before the body": CSV_HEAD + b"Content-Length: 9\r\n\r\n",
    "short body": CSV_HEAD + b"Content-Length: 9\r\n\r\ndate",
    "before the chunks": CSV_HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
    "within a chunk": CSV_HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\ndate",
    "behind a chunk": CSV_HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\ndate\r\n",
}
broken = pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)


@broken
def test_a_read_that_breaks_off_is_tried_again(raw_client, raw_server, answer):
    raw_server.answers = [[answer], [answer], [answer], [FILE]]
    assert raw_client.runs.download_clean_data(5) == b"date,tv\n1"
    assert len(raw_server.requests) == 4


@broken
def test_four_reads_that_break_off_are_an_error(raw_client, raw_server, answer):
    raw_server.answers = [[answer]]
    with pytest.raises(ConnectionDroppedError, match="before the answer was complete"):
        raw_client.runs.download_clean_data(5)
    with pytest.raises(ConnectionDroppedError):
        raw_client.runs.list()
    assert len(raw_server.requests) == 8


@broken
def test_a_launch_whose_answer_breaks_off_is_not_sent_again(raw_client, raw_server, form, answer):
    raw_server.answers = [[answer.replace(b"text/csv", b"application/json")]]
    with pytest.raises(LaunchUnansweredError) as caught:
        raw_client.runs.launch(form)
    assert isinstance(caught.value.cause, ConnectionDroppedError)
    assert len(raw_server.requests) == 1


CUT_JSON = {
    "nothing": JSON_HEAD + b"Content-Length: 0\r\n\r\n",
    "half": JSON_HEAD + b'Content-Length: 8\r\n\r\n{"id": 5',
    "at a brace": JSON_HEAD + b'Content-Length: 19\r\n\r\n{"form": {"id": 5}}'[:-1] + b" ",
    "no media type": b'HTTP/1.1 200 OK\r\n\r\n{"id"',
    "another JSON": HEAD % b"application/problem+json" + b'\r\n{"id": ',
    "within a letter": JSON_HEAD + b'\r\n{"name": "\xc3',
}


@pytest.mark.parametrize("answer", CUT_JSON.values(), ids=CUT_JSON)
def test_json_that_is_cut_is_tried_again(raw_client, raw_server, form, answer):
    raw_server.answers = [[answer], [answer], [answer], [RUN], [answer]]
    assert raw_client.runs.get(5).id == 5
    assert len(raw_server.requests) == 4
    with pytest.raises(UnreadableResponseError, match=r"it isn't JSON \(200") as caught:
        raw_client.runs.get(5)
    assert (caught.value.status, caught.value.path) == (200, "/v1/clients/acme/runs/5")
    assert len(raw_server.requests) == 8
    with pytest.raises(LaunchUnansweredError, match="it isn't JSON"):
        raw_client.runs.launch(form)
    assert len(raw_server.requests) == 9


@pytest.mark.parametrize(
    "answer",
    [
        HEAD % b"text/html" + b"\r\n<p>Log in</p>",
        b"HTTP/1.1 200 OK\r\n\r\n \n<!DOCTYPE html><p>Log in</p>",
        JSON_HEAD + b"\r\n<p>Log in</p>",
        HEAD % b"text/plain" + b"\r\nLog in",
    ],
)
def test_a_page_is_an_answer_and_is_not_asked_for_again(raw_client, raw_server, answer):
    raw_server.answers = [[answer]]
    with pytest.raises(UnreadableResponseError, match="Log in"):
        raw_client.runs.get(5)
    assert len(raw_server.requests) == 1


def test_a_file_without_media_type_or_length_is_a_file(raw_client, raw_server):
    raw_server.answers = [[b"HTTP/1.1 200 OK\r\n\r\ndate,tv\n"]]
    assert raw_client.runs.download_clean_data(5) == b"date,tv\n"
    assert len(raw_server.requests) == 1


def test_one_budget_for_every_way_of_failing(raw_client, raw_server):
    unavailable = b"HTTP/1.1 503 Busy\r\nContent-Length: 400\r\n\r\nRetry"
    raw_server.answers = [[b""], [CSV_HEAD], [unavailable], [JSON_HEAD + b"Content-Length: 1\r\n\r\n["]]
    with pytest.raises(UnreadableResponseError):
        raw_client.runs.list()
    assert len(raw_server.requests) == 4


@pytest.mark.parametrize(
    ("retries", "tries"), [({"total": 0}, 1), ({"total": 5, "read": 1}, 2), ({"total": 5}, 6)]
)
@pytest.mark.parametrize("answer", [BROKEN["short body"], CUT_JSON["half"]])
def test_a_policy_of_the_callers_own_is_kept(raw_server, retries, tries, answer):
    raw_server.answers = [[answer]]
    policy = QUICK_RETRY.new(**retries)
    with (
        RecastClient(token="t", client_slug="acme", base_url=raw_server.base_url, retry=policy) as client,
        pytest.raises(ApiError),
    ):
        client.runs.get(5)
    assert len(raw_server.requests) == tries


def test_the_status_of_an_error_holds_where_its_explanation_breaks_off(raw_client, raw_server, form):
    raw_server.answers = [[b"HTTP/1.1 422 No\r\nContent-Length: 400\r\n\r\nWro"]]
    with pytest.raises(UnprocessableError) as launched:
        raw_client.runs.launch(form)
    with pytest.raises(UnprocessableError) as read:
        raw_client.runs.get(5)
    assert launched.value.server_message is read.value.server_message is None
    assert len(raw_server.requests) == 2


def test_reads_share_a_connection_and_launches_do_not(other_client, other_server, form):
    other_server.answer({"id": 5})
    calls: list[Callable[[], Any]] = [
        lambda: other_client.runs.get(5),
        lambda: other_client.runs.launch(form),
        lambda: other_client.runs.get(6),
    ]
    for call in calls:
        call()
    first, launch, second = (one.connection for one in other_server.received)
    assert first == second != launch


# One byte after the other: no pause is longer than any limit between two pieces.
def trickle(start: bytes, piece: bytes = b"a") -> Iterable[bytes]:
    # Ends after some 20 seconds, so that a test fails instead of hanging.
    return chain([start], repeat(piece, 2_000))


TRICKLES = {
    "status line": b"HTTP/1.1 200 ",
    "header": b"HTTP/1.1 200 OK\r\nX-Slow: ",
    "body": CSV_HEAD + b"\r\n",
    "body of known length": CSV_HEAD + b"Content-Length: 4000\r\n\r\n",
    "length of a chunk": CSV_HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;",
}
trickles = pytest.mark.parametrize("start", TRICKLES.values(), ids=TRICKLES)


def hurried(server: RawServer, retry: Retry = QUICK_RETRY, **limits: float) -> RecastClient:
    """A client that waits long for each piece and not long for the whole."""
    timeout = Timeout(connect=30, read=30, launch=30, **limits)
    return RecastClient(token="t", client_slug="acme", base_url=server.base_url, timeout=timeout, retry=retry)


@trickles
def test_a_read_has_a_deadline(raw_server, start):
    raw_server.answers = [trickle(start)]
    with (
        hurried(raw_server, total=0.3) as client,
        pytest.raises(
            RequestTimeoutError, match=r"not answer in time \(it took more than 0.3 seconds in all\)"
        ),
    ):
        client.runs.download_clean_data(5)
    assert len(raw_server.requests) == 1


@trickles
def test_a_launch_has_a_deadline(raw_server, form, start):
    raw_server.answers = [trickle(start)]
    with hurried(raw_server, launch_total=0.3) as client, pytest.raises(LaunchUnansweredError) as caught:
        client.runs.launch(form)
    assert isinstance(caught.value.cause, RequestTimeoutError)
    assert len(raw_server.requests) == 1


def test_continuing_without_end_has_a_deadline(raw_server):
    raw_server.answers = [trickle(b"", b"HTTP/1.1 100 Continue\r\n\r\n")]
    with hurried(raw_server, total=0.3) as client, pytest.raises(RequestTimeoutError):
        client.runs.get(5)


def test_silence_until_the_deadline(raw_server):
    raw_server.answers = [[b"HTTP/1.1 200 OK\r\n", *silence()]]
    for policy in (QUICK_RETRY, QUICK_RETRY.new(total=0)):
        with (
            hurried(raw_server, policy, total=0.2) as client,
            pytest.raises(RequestTimeoutError, match="all"),
        ):
            client.runs.get(5)
    assert len(raw_server.requests) == 2


def silence() -> Iterable[bytes]:
    """Nothing for half a second."""
    return repeat(b"", 50)


def test_silence_until_the_limit_between_two_pieces_is_tried_again(raw_server):
    raw_server.answers = [chain([CSV_HEAD + b"Content-Length: 9\r\n\r\ndate"], silence()), [FILE]]
    with RecastClient(
        token="t", client_slug="acme", base_url=raw_server.base_url, timeout=(5, 0.1), retry=QUICK_RETRY
    ) as client:
        assert client.runs.download_clean_data(5) == b"date,tv\n1"
    assert len(raw_server.requests) == 2


def test_the_deadline_is_for_all_tries_together(raw_server):
    raw_server.answers = [[b""] * 15]  # 0.15 seconds, and dropped
    patient = QUICK_RETRY.new(total=50)
    with (
        hurried(raw_server, patient, total=0.4) as client,
        pytest.raises(RequestTimeoutError, match="in all"),
    ):
        client.runs.get(5)
    assert 1 < len(raw_server.requests) < 50


def test_an_error_that_trickles_is_still_that_error(raw_server, form):
    raw_server.answers = [trickle(b"HTTP/1.1 422 No\r\n\r\n")]
    with hurried(raw_server, launch_total=0.3) as client, pytest.raises(UnprocessableError):
        client.runs.launch(form)


@pytest.mark.parametrize("header", [b"", b"Content-Length: 4000\r\n"])
def test_an_error_that_trickles_is_hung_up_on(raw_server, header):
    raw_server.answers = [trickle(b"HTTP/1.1 404 No\r\n%s\r\n" % header)]
    with hurried(raw_server, total=0.3) as client:
        with pytest.raises(NotFoundError):
            client.runs.get(5)
        assert raw_server.was_hung_up.wait(10)


def test_a_launch_that_does_not_get_out_in_time_was_not_made():
    """A server that takes a little at a time, so that no block takes long and all of it for ever."""
    big = RunForm(
        run_type="model_run", google_sheet_priors_url=SHEET, clean_data="date\n" + "1\n" * 10_000_000
    )

    def take_slowly() -> None:
        connection, _ = listener.accept()
        with connection:
            while connection.recv(262_144):
                time.sleep(0.02)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        thread = threading.Thread(target=take_slowly)
        thread.start()
        timeout = Timeout(connect=30, launch=30, launch_total=0.3)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with (
            RecastClient(token="t", client_slug="acme", base_url=url, timeout=timeout) as client,
            pytest.raises(ConnectionFailedError, match="nothing was done"),
        ):
            client.runs.launch(big)
        thread.join()


def padded(size: int) -> bytes:
    return b'{"id": 5' + b" " * (size - 9) + b"}"


def test_json_may_unpack_to_so_much(other_client, other_server, form):
    other_server.answer(gzip.compress(padded(MOST_JSON_BYTES), 1), Content_Encoding="gzip")
    assert other_client.runs.launch(form) == other_client.runs.get(5).id == 5


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("gzip, gzip", lambda body: gzip.compress(gzip.compress(body))),
    ],
)
def test_json_may_not_unpack_to_a_byte_more(other_client, other_server, form, encoding, pack):
    other_server.answer(pack(padded(MOST_JSON_BYTES + 1)), Content_Encoding=encoding)
    with pytest.raises(UnreadableResponseError, match=r"too large to be used \(it has more than 64 MB\)"):
        other_client.runs.list()
    with pytest.raises(LaunchUnansweredError) as caught:
        other_client.runs.launch(form)
    assert isinstance(caught.value.cause, UnreadableResponseError)
    assert [one.method for one in other_server.received] == ["GET", "POST"]


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip"])
@pytest.mark.parametrize("status", [200, 404])
def test_unpacking_takes_no_more_memory_than_the_answer_may_have(
    other_client, other_server, encoding, status
):
    """1 MB that would unpack to 1,000 MB."""
    packed = gzip.compress(b" " * 1_000_000) * 1_000
    other_server.answer(
        gzip.compress(packed) if "," in encoding else packed, status=status, Content_Encoding=encoding
    )
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableResponseError if status == 200 else NotFoundError):
            other_client.runs.get(5)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * MOST_JSON_BYTES


def test_a_file_may_have_so_much(raw_client, raw_server):
    raw_server.answers = [[CSV_HEAD + b"\r\n", bytes(MOST_FILE_BYTES)]]
    assert len(raw_client.runs.download_clean_data(5)) == MOST_FILE_BYTES


@pytest.mark.parametrize(
    "answer",
    [
        [CSV_HEAD + b"\r\n", bytes(MOST_FILE_BYTES + 1)],
        [CSV_HEAD + b"\r\n", *repeat(bytes(10_000_000), 100)],
        # What follows a packed file is thrown away, so that only what is read can count.
        [CSV_HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"1"), *repeat(bytes(10_000_000), 100)],
        # Chunks that hold next to nothing.
        [
            CSV_HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
            *repeat(b"1;%s\r\n1\r\n" % (b"a" * 10_000) * 1_000, 100),
        ],
    ],
    ids=["a byte more", "endless", "endless behind the end", "endless chunk marks"],
)
def test_a_file_may_not_have_more(raw_client, raw_server, answer):
    raw_server.answers = [answer]
    with pytest.raises(UnreadableResponseError, match="more than 100 MB"):
        raw_client.runs.download_clean_data(5)
    assert len(raw_server.requests) == 1


def test_headers_without_end_are_a_connection_that_broke(raw_client, raw_server):
    raw_server.answers = [[b"HTTP/1.1 200 OK\r\n" + b"X-More: 1\r\n" * 200]]
    with pytest.raises(ConnectionDroppedError):
        raw_client.runs.get(5)
    assert len(raw_server.requests) == 4


@pytest.fixture
def proxied_client(raw_server, monkeypatch):
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, raw_server.base_url)
    timeout = Timeout(connect=30, total=0.3, launch_total=0.3)
    with RecastClient(token="t", client_slug="acme", timeout=timeout, retry=QUICK_RETRY) as client:
        yield client


def test_a_proxy_that_trickles_has_a_deadline(proxied_client, raw_server, form):
    raw_server.answers = [trickle(b"HTTP/1.1 200 ")]
    with pytest.raises(RequestTimeoutError, match="in all"):
        proxied_client.runs.get(5)
    with pytest.raises(ConnectionFailedError, match="nothing was done"):
        proxied_client.runs.launch(form)
    assert [line.rpartition(" ")[0] for line in raw_server.requests] == ["CONNECT api.getrecast.com:443"] * 2


def test_through_a_proxy_and_tls(tmp_path, monkeypatch, form):
    """The proxy is the server, too: behind its answer to CONNECT the same connection goes on with TLS."""
    certificate, key = certify(tmp_path, "DNS:recast.test")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    bodies: list[bytes] = []

    def serve() -> None:
        for _ in range(2):
            connection, _ = listener.accept()
            while not connection.recv(65_536).endswith(b"\r\n\r\n"):
                pass
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with context.wrap_socket(connection, server_side=True) as secure:
                received = secure.recv(65_536)
                while received.startswith(b"POST") and form.json_bytes() not in received:
                    received += secure.recv(65_536)
                bodies.append(received.partition(b"\r\n\r\n")[2])
                secure.sendall(RUN)

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread = threading.Thread(target=serve)
        thread.start()
        with RecastClient(
            token="t", client_slug="acme", base_url="https://recast.test", retry=QUICK_RETRY
        ) as client:
            assert client.runs.launch(form) == client.runs.get(5).id == 5
        thread.join()
    assert bodies == [form.json_bytes(), b""]
