"""Getting, listing and downloading, and what is tried again."""

from typing import ClassVar

import pytest
from urllib3 import BaseHTTPResponse
from urllib3.util import Retry

from recast_api import (
    DEFAULT_RETRY,
    ArgumentError,
    ConnectionDroppedError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    RecastClient,
    RequestTimeoutError,
    RunForm,
    RunStatus,
    RunType,
    ServerError,
    UnauthorizedError,
    UnreadableResponseError,
)
from recast_api.sandbox import RecordedRequest, Sandbox
from tests.client.conftest import QUICK_RETRY, SHEET


@pytest.fixture
def run_id(client, form):
    return client.runs.launch(form)


def gets(sandbox: Sandbox) -> list[RecordedRequest]:
    return [request for request in sandbox.requests if request.method == "GET"]


def test_get(client, clean_csv):
    run_id = client.runs.launch(
        RunForm(run_type="holdout", google_sheet_priors_url=SHEET, clean_data=clean_csv, holdout_days=[14])
    )
    run = client.runs.get(run_id)
    assert (run.id, run.status, run.run_type) == (run_id, RunStatus.LAUNCHING, RunType.HOLDOUT)
    assert run.created_at is not None
    assert run.form is not None
    assert run.form["holdout_days"] == [14]
    assert client.runs.get(str(run_id)) == run


@pytest.mark.parametrize("bad", ["", "  ", ".", "..", "1\n2", "\ud800"])
def test_what_is_no_id_asks_nobody(client, sandbox, bad):
    for call in (client.runs.get, client.runs.download_clean_data, client.runs.wait):
        with pytest.raises(ArgumentError, match="not the id of a run"):
            call(bad)
    assert sandbox.requests == []


def test_errors_of_the_api(client, sandbox, run_id):
    with pytest.raises(NotFoundError):
        client.runs.get(10**9)
    with pytest.raises(NotFoundError):
        client.runs.download_clean_data("nope/../1")
    sandbox.faults.respond(403, '{"error": {"message": "Not yours"}}', content_type="application/json")
    with pytest.raises(ForbiddenError, match="Not yours"):
        client.runs.list()
    with (
        RecastClient(token="gr_wrong", client_slug="acme", base_url=sandbox.base_url) as stranger,
        pytest.raises(UnauthorizedError),
    ):
        stranger.runs.get(run_id)


def test_the_download_is_exactly_what_is_served(client, run_id, form):
    assert client.runs.download_clean_data(run_id) == form.clean_data.encode()


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbfdate\r\n\xff\xfe", b"date\n" * 3])
def test_the_download_is_not_touched(other_client, other_server, content):
    other_server.answer(content, Content_Type="text/csv; charset=utf-16")
    assert other_client.runs.download_clean_data(5) == content
    assert other_server.received[0].headers["Accept"] == "text/csv"


@pytest.mark.parametrize("path", ["/downloads/", "/runs/"])
def test_a_download_cut_off_is_an_error(client, sandbox, run_id, path):
    sandbox.faults.truncate_download(path_contains=path, times=4)
    with pytest.raises(ConnectionDroppedError, match="before the answer was complete"):
        client.runs.download_clean_data(run_id)
    sandbox.faults.truncate_download(path_contains=path, times=3)
    assert client.runs.download_clean_data(run_id)
    assert len(gets(sandbox)) == 8


def test_json_cut_in_half_is_tried_again(client, sandbox, run_id):
    sandbox.faults.broken_json(times=3)
    assert client.runs.get(run_id).id == run_id
    sandbox.faults.broken_json(times=4)
    with pytest.raises(UnreadableResponseError, match="isn't JSON"):
        client.runs.list()
    assert len(gets(sandbox)) == 8


def test_a_login_page_is_no_download(client, sandbox, run_id):
    sandbox.faults.html(200)
    with pytest.raises(UnreadableResponseError, match="text/html instead of a CSV file"):
        client.runs.download_clean_data(run_id)


def launch_many(client: RecastClient, clean_csv: str, number: int) -> list[int | str]:
    form = RunForm(run_type="model_run", google_sheet_priors_url=SHEET, clean_data=clean_csv)
    return [client.runs.launch(form) for _ in range(number)]


def test_list(client, clean_csv):
    ids = launch_many(client, clean_csv, 5)
    page = client.runs.list(page=2, per_page=2)
    assert [run.id for run in page.items] == ids[::-1][2:4]
    assert (page.page, page.per_page, page.total_pages, page.total_count) == (2, 2, 3, 5)
    assert [run.id for run in client.runs.list().items] == ids[::-1]
    assert client.runs.list(9).items == ()


@pytest.mark.parametrize(("page", "per_page"), [(0, 25), (-1, 25), (1, 0)])
def test_pages_are_counted_from_one(client, sandbox, page, per_page):
    with pytest.raises(ArgumentError):
        client.runs.list(page, per_page=per_page)
    assert sandbox.requests == []


@pytest.mark.parametrize(
    "body", [None, 5, "runs", {}, {"data": None}, {"data": {}}, {"data": [{}]}, {"data": [5]}]
)
def test_a_list_that_is_none(other_client, other_server, body):
    other_server.answer(body)
    with pytest.raises(UnreadableResponseError, match="isn't what the API documents"):
        other_client.runs.list()


@pytest.mark.parametrize("body", [None, 5, [], {}, {"status": "success"}])
def test_a_run_that_is_none(other_client, other_server, body):
    other_server.answer(body)
    with pytest.raises(UnreadableResponseError) as caught:
        other_client.runs.get(1)
    assert (caught.value.method, caught.value.path) == ("GET", "/v1/clients/acme/runs/1")
    assert caught.value.__context__ is None


@pytest.mark.parametrize("per_page", [1, 2, 5, 100])
def test_iterate_yields_every_run_in_order(client, clean_csv, per_page):
    ids = launch_many(client, clean_csv, 5)
    assert [run.id for run in client.runs.iterate(per_page=per_page)] == ids[::-1]


def test_iterate_over_nothing(client):
    assert list(client.runs.iterate()) == []


@pytest.mark.parametrize("per_page", [1, 2])
def test_iterate_while_the_list_grows(client, clean_csv, per_page):
    ids = launch_many(client, clean_csv, 4)
    seen = []
    for run in client.runs.iterate(per_page=per_page):
        seen.append(run.id)
        if len(seen) < 4:
            launch_many(client, clean_csv, 1)
    assert seen == ids[::-1]


@pytest.mark.parametrize(
    "replies",
    [
        [[{"id": 2}, {"id": 1}]],
        [{"data": [{"id": 2}, {"id": 1}]}],
        [{"data": [{"id": 2}]}, {"data": [{"id": 1}]}, {"data": []}],
        [{"data": [{"id": 2}, {"id": 1}], "pagination": {"page": 1}}],
        [{"data": [{"id": 2}, {"id": 1}], "pagination": {"page": 1, "total_pages": 50}}],
        [{"data": [{"id": 2}, {"id": 2}, {"id": 1}], "pagination": {"total_pages": 1}}],
        [
            {"data": [{"id": 2}, {"id": 1}], "pagination": {"page": 1, "total_pages": 9}},
            {"data": [], "pagination": {"page": 2, "per_page": 0}},
        ],
    ],
)
def test_iterate_ends_whatever_is_served(other_client, other_server, replies):
    for reply in replies:
        other_server.answer(reply)
    assert [run.id for run in other_client.runs.iterate()] == [2, 1]
    assert len(other_server.received) <= 3


def test_iterate_asks_no_further_than_it_is_read(client, sandbox, clean_csv):
    launch_many(client, clean_csv, 3)
    next(client.runs.iterate(per_page=1))
    assert len(gets(sandbox)) == 1


def test_pages_come_one_by_one_and_the_last_is_known_without_asking_further(client, sandbox, clean_csv):
    ids = launch_many(client, clean_csv, 3)
    pages = client.runs.pages(per_page=2)
    assert [run.id for run in next(pages).items] == ids[:0:-1]
    assert not pages.is_at_end
    assert [run.id for run in next(pages).items] == ids[:1]
    assert pages.is_at_end
    assert list(pages) == []
    assert len(gets(sandbox)) == 2


def test_a_page_that_could_not_be_read_can_be_taken_again(client, sandbox, clean_csv):
    ids = launch_many(client, clean_csv, 2)
    pages = client.runs.pages(per_page=1)
    next(pages)
    sandbox.faults.respond(403)
    with pytest.raises(ForbiddenError):
        next(pages)
    assert [run.id for run in next(pages).items] == ids[:1]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_reads_are_tried_again(client, sandbox, run_id, status):
    sandbox.faults.respond(status, times=3)
    assert client.runs.get(run_id).id == run_id
    assert len(gets(sandbox)) == 4


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimitedError), (503, ServerError)])
def test_reads_are_given_up_after_four_tries(client, sandbox, status, kind):
    sandbox.faults.respond(status, "Retry later", times=4)
    with pytest.raises(kind, match="Retry later"):
        client.runs.list()
    assert len(gets(sandbox)) == 4


def test_a_500_is_not_tried_again(client, sandbox):
    sandbox.faults.respond(500)
    with pytest.raises(ServerError):
        client.runs.list()
    assert len(gets(sandbox)) == 1


def test_reads_are_tried_again_on_a_broken_connection(client, sandbox, run_id):
    sandbox.faults.drop_before_work(times=2)
    sandbox.faults.drop_after_work()
    assert client.runs.get(run_id).id == run_id
    sandbox.faults.drop_before_work(times=4)
    with pytest.raises(ConnectionDroppedError):
        client.runs.get(run_id)


def test_reads_that_take_too_long(sandbox, account):
    sandbox.faults.slow(0.3, times=2)
    with RecastClient(
        token=account.token,
        client_slug="acme",
        base_url=sandbox.base_url,
        timeout=(5, 0.05),
        retry=QUICK_RETRY.new(total=1),
    ) as client:
        with pytest.raises(RequestTimeoutError, match="did not answer in time"):
            client.runs.list()
        assert len(gets(sandbox)) == 2


class Noting(Retry):
    """Notes how long it would have waited."""

    waits: ClassVar[list[float | None]] = []

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        self.waits.append(self.get_retry_after(response) if response else None)


def test_retry_after_is_honoured_up_to_a_minute(sandbox, account):
    for seconds in ("7", "3600"):
        sandbox.faults.respond(429, headers={"Retry-After": seconds})
    sandbox.faults.respond(429)
    policy = Noting(total=3, status_forcelist=[429], retry_after_max=DEFAULT_RETRY.retry_after_max)
    Noting.waits.clear()
    with RecastClient(
        token=account.token, client_slug="acme", base_url=sandbox.base_url, retry=policy
    ) as client:
        client.runs.list()
    assert Noting.waits == [7, 60, None]
    assert DEFAULT_RETRY.respect_retry_after_header


def test_the_policy_waits_longer_each_time_and_a_little_by_chance():
    policy = DEFAULT_RETRY.increment("GET", "/")
    assert policy.get_backoff_time() == 0
    policy = policy.increment("GET", "/")
    waits = {policy.get_backoff_time() for _ in range(20)}
    assert len(waits) > 1
    assert all(1 <= wait <= 1.5 for wait in waits)
    assert DEFAULT_RETRY.new(total=20, backoff_factor=100, history=policy.history).get_backoff_time() == 5


@pytest.mark.parametrize("value", ["soon", "-1", "9" * 5000, "Wed, 99 Oct 2026 07:28:00 GMT"])
def test_a_retry_after_that_is_none_is_left_out(client, sandbox, value):
    sandbox.faults.respond(503, headers={"Retry-After": value})
    assert client.runs.list().items == ()
    sandbox.faults.respond(429, headers={"Retry-After": value}, times=4)
    with pytest.raises(RateLimitedError) as caught:
        client.runs.list()
    assert caught.value.retry_after is None
