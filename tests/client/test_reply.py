"""Replies to values and errors, without a socket."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from recast_api import (
    BadRequestError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    RedirectError,
    ServerError,
    StatusError,
    UnauthorizedError,
    UnexpectedStatusError,
    UnprocessableError,
    UnreadableResponseError,
)
from recast_api._reply import Reply, csv_in, json_in

SAMPLES = Path(__file__).parents[1] / "samples"
TOKEN = "gr_secret"


def reply(status: int = 200, body: bytes | str = b"", **headers: str) -> Reply:
    content = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply("GET", "/v1/clients/acme/runs", status, named, content, secret=TOKEN)


def error_in(of: Reply) -> StatusError:
    with pytest.raises(StatusError) as caught:
        json_in(of)
    return caught.value


def test_a_value():
    assert json_in(reply(200, '{"id": 1}')) == {"id": 1}
    assert csv_in(reply(200, b"\xff,raw\r\n", content_type="text/csv")) == b"\xff,raw\r\n"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, RedirectError),
        (304, RedirectError),
        (400, BadRequestError),
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (409, UnexpectedStatusError),
        (413, UnexpectedStatusError),
        (422, UnprocessableError),
        (429, RateLimitedError),
        (500, ServerError),
        (502, ServerError),
        (503, ServerError),
        (504, ServerError),
        (599, ServerError),
    ],
)
@pytest.mark.parametrize("read", [json_in, csv_in])
def test_each_status_is_an_error_of_its_own(status, kind, read):
    with pytest.raises(StatusError) as caught:
        read(reply(status, "Oh no"))
    error = caught.value
    assert type(error) is kind
    assert (error.method, error.path, error.status) == ("GET", "/v1/clients/acme/runs", status)
    assert (error.server_message, error.details, error.request_id) == ("Oh no", {}, None)
    assert str(error) == f"{kind.meaning} ({status}: Oh no)."


@pytest.mark.parametrize(
    ("sample", "content_type", "message", "details"),
    [
        (
            "error_details.json",
            "application/json",
            "Validation failed",
            {
                "holdout_days": ("must not be empty", "must be integers"),
                "base": ("priors sheet can't be read",),
            },
        ),
        ("error_message.json", "application/json; charset=utf-8", "Missing required parameter: form", {}),
        ("error_word.json", "application/json", "Not Found", {}),
        ("error_page.html", "text/html; charset=utf-8", "502 Bad Gateway nginx & friends", {}),
        ("error_page.html", "", "502 Bad Gateway nginx & friends", {}),
        ("error_plain.txt", "text/plain", "Retry later", {}),
    ],
)
def test_what_the_server_says(sample, content_type, message, details):
    error = error_in(reply(422, (SAMPLES / sample).read_bytes(), content_type=content_type))
    assert error.server_message == message
    assert error.details == details


@pytest.mark.parametrize(
    ("body", "message", "details"),
    [
        ("", None, {}),
        ("   ", None, {}),
        ("null", "None", {}),
        ('["too long", "too wide"]', "['too long', 'too wide']", {}),
        ('{"message": "No"}', "No", {}),
        ('{"errors": ["No"]}', "['No']", {}),
        ('{"errors": {"details": {"base": [1]}}}', None, {"base": ("1",)}),
        ('{"error": {"message": null, "details": ["No"]}}', None, {"base": ("No",)}),
        (
            '{"error": {"message": {"deep": "No"}, "details": {"a": {"b": "c"}}}}',
            "{'deep': 'No'}",
            {"a": ("{'b': 'c'}",)},
        ),
        ("{}", None, {}),
        (b"\xff\xfe\x00N\x00o", "�� N o", {}),
        ("line\r\none\x1b[31m", "line one [31m", {}),
        ("<script>hidden", None, {}),
        ("<p>No<br", "No", {}),
        ("[" * 100_000, "[" * 199 + "…", {}),
        ("é" * 300, "é" * 199 + "…", {}),
    ],
)
def test_odd_bodies_of_errors(body, message, details):
    error = error_in(reply(500, body))
    assert (error.server_message, error.details) == (message, details)
    assert "\n" not in str(error)


def test_a_redirect_says_where_to():
    assert "to https://app.example.com/login" in str(
        error_in(reply(302, Location="https://app.example.com/login"))
    )


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (f"Bad token {TOKEN}", "text/plain"),
        (f"<p>{'x' * 193}{TOKEN}</p>", "text/html"),
        ("<i>" * 6665 + TOKEN, "text/html"),  # across the end of what is searched for words
        (f'{{"error": {{"message": "{TOKEN}", "details": {{"{TOKEN}": ["{TOKEN}"]}}}}}}', "application/json"),
    ],
)
def test_the_token_is_masked(body, content_type):
    headers = {"X_Request_Id": f"id-{TOKEN}"}
    error = error_in(reply(401, body, content_type=content_type, **headers))
    everything = f"{error!s} {error!r} {vars(error)}"
    assert TOKEN not in everything
    assert "gr_s" not in everything
    assert "[token]" in everything
    redirect = error_in(reply(302, Location=f"https://example.com/?{TOKEN}"))
    assert TOKEN not in f"{redirect!s} {vars(redirect)}"
    assert TOKEN not in repr(reply())


def test_the_request_id_is_kept():
    assert error_in(reply(500, x_request_id=" 7f-3a ")).request_id == "7f-3a"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30.0),
        (" 0 ", 0.0),
        ("2678400", 31 * 86_400.0),
        ("2678401", None),
        ("9" * 5000, None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("NaN", None),
        ("Wed, 99 Oct 2026 07:28:00 GMT", None),
        (f"21 Oct {'9' * 30} 07:28:00 GMT", None),
        ("Wed, 21 Oct 9998 07:28:00 GMT", None),
    ],
)
def test_retry_after_in_seconds(value, seconds):
    assert error_in(reply(429, "Retry later", Retry_After=value)).retry_after == seconds


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("30", "(429: Retry later). The API asks to wait 30 s."),
        ("1", "wait 1 s."),
        ("120", "wait 120 s."),
        ("121", "wait 3 minutes."),
        ("7200", "wait 120 minutes."),
        ("7201", "wait 3 hours."),
        ("0", "(429: Retry later)."),
        ("soon", "(429: Retry later)."),
    ],
)
def test_the_time_to_wait_is_said(value, words):
    assert str(error_in(reply(429, "Retry later", Retry_After=value))).endswith(words)


def test_retry_after_as_a_date():
    now = datetime.now(UTC)
    later = error_in(reply(429, Retry_After=format_datetime(now + timedelta(hours=1), usegmt=True)))
    assert later.retry_after == pytest.approx(3600, abs=60)
    assert "asks to wait" in str(later)
    assert error_in(reply(429, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT")).retry_after == 0.0
    assert error_in(reply(429, Retry_After="Wed, 21 Oct 2015 07:28:00 -0000")).retry_after == 0.0
    assert error_in(reply(429)).retry_after is None


@pytest.mark.parametrize("body", ["", "<p>Log in</p>", '{"id": 1', "[" * 100_000, b"\xff", "9" * 5000])
def test_a_success_that_is_no_json(body):
    with pytest.raises(UnreadableResponseError, match="isn't JSON") as caught:
        json_in(reply(200, body))
    assert caught.value.status == 200
    assert caught.value.__context__ is None


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "Application/JSON"])
def test_a_download_that_is_no_file(content_type):
    with pytest.raises(UnreadableResponseError, match="instead of a CSV file") as caught:
        csv_in(reply(200, "<p>Log in</p>", content_type=content_type))
    assert caught.value.server_message == "Log in"


def test_half_a_character_is_replaced_as_nothing_can_show_it() -> None:
    served = b'{"\\udc00": ["a\\ud800b", "\\ud83d\\ude00", 7]}'
    assert json_in(Reply("GET", "/", 200, {}, served)) == {"\ufffd": ["a\ufffdb", "\U0001f600", 7]}
