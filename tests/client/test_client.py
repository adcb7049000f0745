"""What a client is made from, and that its token shows nowhere."""

import logging
import traceback
from pathlib import Path
from typing import Any

import pytest

from recast_api import (
    DEFAULT_BASE_URL,
    ConfigurationError,
    RecastClient,
    RecastError,
    Timeout,
    UnauthorizedError,
    UnreadableResponseError,
)
from tests.client.conftest import QUICK_RETRY

GIVEN: dict[str, Any] = {"token": "gr_token", "client_slug": "acme"}


def problem(**changes) -> str:
    with pytest.raises(ConfigurationError) as caught:
        RecastClient(**(GIVEN | changes))
    assert isinstance(caught.value, RecastError)
    assert isinstance(caught.value, ValueError)
    assert "gr_" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("token", ["", "  ", "\n"])
def test_a_missing_token(token):
    assert "token is missing" in problem(token=token)


@pytest.mark.parametrize("token", ["gr_a b", "gr_a\nX-Evil: 1", "gr_é", "gr_…7f3a", "gr_\x00", "gr_\u200b"])
def test_a_token_that_is_none(token):
    assert "copy it again" in problem(token=token)


def test_blanks_around_what_was_pasted_go(other_server):
    other_server.answer({"id": 1})
    with RecastClient(
        token=" gr_token\n", client_slug=" acme ", base_url=f" {other_server.base_url}/ "
    ) as client:
        client.runs.get(1)
    assert client.client_slug == "acme"
    assert client.base_url == other_server.base_url
    assert other_server.received[0].headers["Authorization"] == "Bearer gr_token"


@pytest.mark.parametrize("slug", ["", " ", ".", "..", "ac\nme", "gr_token", "acme-gr_token"])
def test_a_slug_that_is_none(slug):
    assert "client slug" in problem(client_slug=slug)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.getrecast.com",
        "ftp://api.getrecast.com",
        "file:///etc/passwd",
        "https://",
        "https://:443",
        "https://[::1",
        "https://api.getrecast.com:port",
        "https://api.getrecast.com:0",
        "https://api.getrecast.com:99999",
        "https://api getrecast.com",
        "https://api.gétrecast.com",
        "https://me:gr_x@api.getrecast.com",
        "https://api.getrecast.com/?a=b",
        "https://api.getrecast.com/#a",
    ],
)
def test_a_base_url_that_is_none(url):
    assert "base URL" in problem(base_url=url)


@pytest.mark.parametrize("timeout", [(0, 5), (5, -1), Timeout(launch=0)])
def test_time_limits_that_are_none(timeout):
    assert "more than 0 seconds" in problem(timeout=timeout)


def test_the_base_url_may_have_a_path_and_names_are_quoted(other_server):
    other_server.answer({"id": 1})
    with RecastClient(
        token="t", client_slug="ac/me ü?#%", base_url=f"{other_server.base_url}/recast//"
    ) as client:
        client.runs.get("../1?x=%2F#~")
    assert other_server.received[0].target == (
        "/recast/v1/clients/ac%2Fme%20%C3%BC%3F%23%25/runs/..%2F1%3Fx%3D%252F%23~"
    )


def test_the_default_is_the_real_api():
    client = RecastClient(**GIVEN)
    assert client.base_url == DEFAULT_BASE_URL == "https://api.getrecast.com"
    client.close()


def test_the_time_limits_have_an_order():
    assert Timeout().connect < Timeout().read < Timeout().launch


@pytest.mark.parametrize("path", ["/v1", "/"])
def test_the_netrc_file_does_not_replace_the_token(other_server, tmp_path: Path, monkeypatch, path):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    other_server.answer({"id": 1})
    with RecastClient(**GIVEN, base_url=other_server.base_url + path) as client:
        client.runs.get(1)
    assert other_server.received[0].headers["Authorization"] == "Bearer gr_token"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(other_server, monkeypatch, host):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    other_server.answer({"id": 1})
    with RecastClient(**GIVEN, base_url=other_server.base_url.replace("127.0.0.1", host)) as client:
        assert client.runs.get(1).id == 1


def test_cookies_are_not_kept(other_client, other_server):
    other_server.answer({"id": 1}, Set_Cookie="who=me; Path=/")
    other_client.runs.get(1)
    other_client.runs.get(1)
    assert "Cookie" not in other_server.received[1].headers


def test_the_token_shows_nowhere(other_server, caplog, form):
    """Not in the client, not in the log at its most talkative, not in any error or its traceback."""
    caplog.set_level(logging.DEBUG)
    token = "gr_tell_nobody"
    other_server.answer({"error": {"message": f"bad token {token}"}}, status=401)
    other_server.answer(f"<p>{token}</p>".encode())
    other_server.answer(b"", status=502)
    with RecastClient(
        token=token, client_slug="acme", base_url=other_server.base_url, retry=QUICK_RETRY
    ) as client:
        shown = [repr(client), str(client), repr(client.runs), repr(vars(client)), repr(vars(client.runs))]
        with pytest.raises(UnauthorizedError) as refused:
            client.runs.get(1)
        with pytest.raises(UnreadableResponseError) as unreadable:
            client.runs.list()
        with pytest.raises(RecastError) as unanswered:
            client.runs.launch(form)
    for caught in (refused, unreadable, unanswered):
        error = caught.value
        shown += [str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)]
        assert not hasattr(error.__context__, "request")
    assert caplog.records
    assert token not in "".join(shown) + caplog.text
