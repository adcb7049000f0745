"""What a launch sends, and what each way of failing says about its outcome."""

import json
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from urllib3.util import Retry

from recast_api import (
    ApiError,
    BadRequestError,
    ConnectionDroppedError,
    ConnectionFailedError,
    LaunchUnansweredError,
    NotFoundError,
    RateLimitedError,
    RecastClient,
    RedirectError,
    RequestTimeoutError,
    RunForm,
    ServerError,
    StatusError,
    UnauthorizedError,
    UnexpectedStatusError,
    UnprocessableError,
    UnreadableResponseError,
)
from recast_api.sandbox import Account, RecordedRequest, Sandbox
from tests.client.conftest import QUICK_RETRY, SHEET, certify

TWENTY_MEGABYTES = "date,é\n" + "1,2\n" * 5_000_000


def posts(sandbox: Sandbox) -> list[RecordedRequest]:
    return [request for request in sandbox.requests if request.method == "POST"]


@pytest.mark.parametrize(
    "settings",
    [
        {"run_type": "model_run"},
        {"run_type": "parameter_recovery"},
        {"run_type": "stability_loop", "n_holdout": 6, "days_per_holdout": 30},
        {"run_type": "holdout", "holdout_days": [14, 28]},
    ],
)
def test_sends_the_form_and_returns_the_id(client, sandbox, account, clean_csv, settings):
    form = RunForm(google_sheet_priors_url=SHEET, clean_data=clean_csv, **settings)
    run_id = client.runs.launch(form)
    assert [run.id for run in sandbox.runs(account.token)] == [run_id]
    (post,) = posts(sandbox)
    assert post.body == form.json_bytes()
    assert json.loads(post.body) == form.body()
    run = client.runs.get(run_id)
    assert run.run_type == form.run_type
    assert client.runs.download_clean_data(run_id) == form.clean_data.encode()


def test_twenty_megabytes_arrive_whole(client, sandbox):
    form = RunForm(
        run_type="model_run", google_sheet_priors_url=SHEET, clean_data="date,é\n" + "1,2\n" * 5_000_000
    )
    run_id = client.runs.launch(form)
    assert posts(sandbox)[0].body == form.json_bytes()
    assert client.runs.download_clean_data(run_id) == form.clean_data.encode()


@pytest.mark.parametrize("run_id", [2786, "7b0c-11", 2**80])
@pytest.mark.parametrize("status", [200, 201, 202])
def test_the_id_is_returned_as_served(other_client, other_server, form, run_id, status):
    other_server.answer({"id": run_id, "more": 1}, status=status)
    assert other_client.runs.launch(form) == run_id


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequestError),
        (404, NotFoundError),
        (409, UnexpectedStatusError),
        (422, UnprocessableError),
        (429, RateLimitedError),
    ],
)
def test_an_answer_below_500_means_not_launched(client, sandbox, account, form, status, kind):
    sandbox.faults.respond(status, "No", headers={"retry-after": "0"})
    with pytest.raises(kind, match=f"{status}: No"):
        client.runs.launch(form)
    assert len(posts(sandbox)) == 1
    assert sandbox.runs(account.token) == []


def test_a_wrong_token_is_told_even_after_twenty_megabytes(sandbox, account):
    big = RunForm(
        run_type="model_run", google_sheet_priors_url=SHEET, clean_data="date\n" + "1\n" * 10_000_000
    )
    with (
        RecastClient(token="gr_wrong", client_slug="acme", base_url=sandbox.base_url) as client,
        pytest.raises(UnauthorizedError),
    ):
        client.runs.launch(big)
    assert sandbox.runs(account.token) == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/elsewhere", "https://example.com/", "http://x:99999999/", "http://["])
def test_a_redirect_is_not_followed(other_client, other_server, form, status, location):
    """To a launch its outcome is unknown: the work may have been done before the redirect."""
    other_server.answer(b"", status=status, Location=location)
    error = unanswered(other_client, form)
    assert isinstance(error.cause, RedirectError)
    assert "base URL" in str(error)
    assert error.status == status
    with pytest.raises(RedirectError, match="base URL"):
        other_client.runs.get(1)
    assert [(one.method, one.target) for one in other_server.received] == [
        ("POST", "/v1/clients/acme/runs"),
        ("GET", "/v1/clients/acme/runs/1"),
    ]


@pytest.mark.parametrize("status", [103, 300, 304, 399, 600, 999])
def test_any_other_status_leaves_the_outcome_unknown(other_client, other_server, form, status):
    other_server.answer(b"", status=status)
    assert unanswered(other_client, form).status == status
    assert len(other_server.received) == 1


@pytest.mark.parametrize("status", [400, 418, 499])
def test_a_refusal_is_any_status_from_400_to_499(other_client, other_server, form, status):
    other_server.answer(b"", status=status)
    with pytest.raises(StatusError) as caught:
        other_client.runs.launch(form)
    assert caught.value.status == status


@pytest.mark.parametrize("after_work", [False, True])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_error_of_the_server_leaves_the_outcome_unknown(
    client, sandbox, account, form, status, after_work
):
    sandbox.faults.html(status, after_work=after_work)
    error = unanswered(client, form)
    assert isinstance(error.cause, ServerError)
    assert (error.method, error.path, error.status) == ("POST", "/v1/clients/acme/runs", status)
    assert error.server_message == error.cause.server_message
    assert "moment" in str(error)
    assert len(posts(sandbox)) == 1
    assert len(sandbox.runs(account.token)) == after_work


@pytest.mark.parametrize(
    ("fault", "launched"), [("drop_before_work", 0), ("drop_after_work", 1), ("broken_json", 1)]
)
def test_a_lost_answer_leaves_the_outcome_unknown(client, sandbox, account, form, fault, launched):
    getattr(sandbox.faults, fault)(method="POST")
    error = unanswered(client, form)
    assert isinstance(
        error.cause, UnreadableResponseError if fault == "broken_json" else ConnectionDroppedError
    )
    assert error.__cause__ is error.cause
    assert len(posts(sandbox)) == 1
    assert len(sandbox.runs(account.token)) == launched


def test_an_answer_that_takes_too_long_leaves_the_outcome_unknown(sandbox, account, form):
    sandbox.faults.slow(0.5, method="POST")
    with RecastClient(
        token=account.token,
        client_slug="acme",
        base_url=sandbox.base_url,
        timeout=(5, 0.1),
        retry=QUICK_RETRY,
    ) as client:
        error = unanswered(client, form)
    assert isinstance(error.cause, RequestTimeoutError)
    assert len(posts(sandbox)) == 1
    assert len(sandbox.runs(account.token)) == 1


@pytest.mark.parametrize(
    "answer", [b"", b"<p>Log in</p>", {"run": 5}, {"id": None}, {"id": " "}, {"id": True}, [], {"id": [1]}]
)
def test_a_success_without_an_id_leaves_the_outcome_unknown(other_client, other_server, form, answer):
    other_server.answer(answer, status=201)
    assert isinstance(unanswered(other_client, form).cause, UnreadableResponseError)
    assert len(other_server.received) == 1


def test_an_answer_cut_off_leaves_the_outcome_unknown(other_client, other_server, form):
    other_server.answer(b'{"id": 5}', status=201, Content_Length="400", Connection="close")
    assert isinstance(unanswered(other_client, form).cause, ConnectionDroppedError)


def test_an_answer_that_cannot_be_decoded_leaves_the_outcome_unknown(other_client, other_server, form):
    other_server.answer(b"not gzip", status=201, Content_Encoding="gzip")
    assert isinstance(unanswered(other_client, form).cause, UnreadableResponseError)


def test_a_refusal_counts_even_where_its_explanation_is_cut_off(other_client, other_server, form):
    other_server.answer(b'{"error"', status=422, Content_Length="400", Connection="close")
    with pytest.raises(UnprocessableError) as caught:
        other_client.runs.launch(form)
    assert caught.value.server_message is None


def test_a_policy_that_retries_everything_still_sends_a_launch_once(sandbox, account, form):
    eager = QUICK_RETRY.new(
        total=10, allowed_methods=None, status_forcelist=(422, 500, 503), raise_on_status=True
    )
    with RecastClient(
        token=account.token, client_slug="acme", base_url=sandbox.base_url, timeout=(5, 0.2), retry=eager
    ) as client:
        for fault, given in (
            (sandbox.faults.drop_after_work, {}),
            (sandbox.faults.respond, {"status": 503, "headers": {"Retry-After": "0"}}),
            (sandbox.faults.respond, {"status": 422}),
            (sandbox.faults.slow, {"seconds": 0.3}),
        ):
            before = len(posts(sandbox))
            fault(**given)
            with pytest.raises(ApiError):
                client.runs.launch(form)
            assert len(posts(sandbox)) == before + 1


def test_a_connection_that_the_server_has_closed_is_not_used_for_a_launch(form):
    """The server answers one request on a connection, says nothing of closing it, and closes it."""
    served = []

    def serve(listener: socket.socket) -> None:
        for _ in range(3):
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as stream:
                head = []
                while (line := stream.readline()).strip():
                    head.append(line.decode())
                length = next(
                    (int(h.split(":")[1]) for h in head if h.lower().startswith("content-length")), 0
                )
                stream.read(length)
                served.append(head[0].split()[0])
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + b'{"id": 5}')

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with RecastClient(token="t", client_slug="acme", base_url=url, retry=QUICK_RETRY) as client:
            assert client.runs.get(5).id == 5
            assert client.runs.launch(form) == 5
            assert client.runs.launch(form) == 5
        thread.join()
    assert served == ["GET", "POST", "POST"]


def test_nothing_listening_means_not_launched(form):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with RecastClient(
        token="t", client_slug="acme", base_url=f"http://127.0.0.1:{port}", retry=QUICK_RETRY
    ) as client:
        with pytest.raises(ConnectionFailedError, match="refused") as caught:
            client.runs.launch(form)
        with pytest.raises(ConnectionFailedError, match="nothing was done"):
            client.runs.get(1)
    assert (caught.value.method, caught.value.path) == ("POST", "/v1/clients/acme/runs")
    assert caught.value.status is None


def test_a_connection_lost_while_sending_means_not_launched():
    """The server hangs up after the first bytes of a launch that is still going out."""
    big = RunForm(
        run_type="model_run", google_sheet_priors_url=SHEET, clean_data="date\n" + "1\n" * 10_000_000
    )

    def hang_up(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        connection.recv(100)
        # Linger of 0 seconds: closed at once, with a reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=hang_up, args=(listener,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with (
            RecastClient(token="t", client_slug="acme", base_url=url, retry=QUICK_RETRY) as client,
            pytest.raises(ConnectionFailedError),
        ):
            client.runs.launch(big)
        thread.join()


def test_a_name_that_does_not_resolve_means_not_launched(form):
    # "xn--" with nothing behind it is no name, so no resolver is asked for it.
    with (
        RecastClient(
            token="t", client_slug="acme", base_url="https://a..invalid", retry=QUICK_RETRY
        ) as client,
        pytest.raises(ConnectionFailedError),
    ):
        client.runs.launch(form)


def test_no_tls_on_the_other_side_means_not_launched(other_server, form):
    url = other_server.base_url.replace("http:", "https:")
    with (
        RecastClient(token="t", client_slug="acme", base_url=url, retry=QUICK_RETRY) as client,
        pytest.raises(ConnectionFailedError),
    ):
        client.runs.launch(form)


def test_tls_that_breaks_after_sending_leaves_the_outcome_unknown(form, tmp_path, monkeypatch):
    """urllib3 takes such an error for one of the handshake and would send the launch again."""
    certificate, key = certify(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    connections = []

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):  # when the listener is shut down
            while True:
                connections.append(listener.accept()[0])
                secure = context.wrap_socket(connections[-1], server_side=True)
                secure.recv(100_000)
                with socket.socket(fileno=secure.detach()) as plain:
                    plain.sendall(b"this is no TLS record")

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with RecastClient(token="t", client_slug="acme", base_url=url, retry=QUICK_RETRY) as client:
            error = unanswered(client, form)
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert isinstance(error.cause, ConnectionDroppedError)
    assert len(connections) == 1


def test_one_client_serves_many_threads(client, sandbox, account, form):
    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(lambda _: client.runs.launch(form), range(16)))
        runs = list(threads.map(client.runs.get, ids))
    assert len(set(ids)) == 16
    assert [run.id for run in runs] == ids
    assert len(sandbox.runs(account.token)) == 16


def impatient(sandbox: Sandbox, account: Account, retry: Retry = QUICK_RETRY) -> RecastClient:
    return RecastClient(
        token=account.token, client_slug="acme", base_url=sandbox.base_url, timeout=(5, 0.1), retry=retry
    )


def unanswered(client: RecastClient, form: RunForm) -> LaunchUnansweredError:
    with pytest.raises(LaunchUnansweredError, match="look in the run list") as caught:
        client.runs.launch(form)
    return caught.value
