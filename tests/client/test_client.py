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
    understood_base_url,
    understood_slug,
    understood_token,
)
from recast_api.client import LONGEST_SLUG, LONGEST_TOKEN, _checked_timeout
from tests.client.conftest import QUICK_RETRY

GIVEN: dict[str, Any] = {"token": "gr_token", "client_slug": "acme"}


def problem(**changes) -> str:
    with pytest.raises(ConfigurationError) as caught:
        RecastClient(**(GIVEN | changes))
    assert isinstance(caught.value, RecastError)
    assert isinstance(caught.value, ValueError)
    assert "gr_" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "token", ["", "  ", "\n", '""', "Bearer", "Bearer ", "API_PAT=", "export API_PAT=''"]
)
def test_a_missing_token(token):
    assert "token is missing" in problem(token=token)


@pytest.mark.parametrize(
    "token",
    [
        "gr_a b",
        "gr_a\tb",
        "gr_a\nX-Evil: 1",
        "gr_é",
        "gr_…7f3a",
        "gr_\x00",
        "gr_\u200b",
        '"gr_a',
        "gr_a`",
        "export RECAST_BASE_URL=http://127.0.0.1:8787\nexport API_PAT=gr_a",
        "gr_" + "a" * (LONGEST_TOKEN - 2),
        "Bearer " * 1_000_000,
        '"' * 5_000_000,
    ],
)
def test_a_token_that_is_none(token):
    assert "copy it again" in problem(token=token)


@pytest.mark.parametrize(
    "pasted",
    [
        "gr_a.b-c~d+e/f=",
        " gr_a.b-c~d+e/f=\r\n",
        "gr_a.b-\nc~d+e/f=",
        "gr_a.b-\r\n    c~d+e\n/f=\n",
        '"gr_a.b-c~d+e/f="',
        "“gr_a.b-c~d+e/f=”",
        "` 'gr_a.b-c~d+e/f=' `",
        "Bearer gr_a.b-c~d+e/f=",
        "bearer\tgr_a.b-c~d+e/f=",
        "Bearer\ngr_a.b-c~d+e/f=",
        "Bea\nrer gr_a.b-c~d+e/f=",
        '"BEARER gr_a.b-c~d+e/f="',
        "Bearer 'gr_a.b-c~d+e/f='",
        "Authorization: Bearer gr_a.b-c~d+e/f=",
        "API_PAT=gr_a.b-c~d+e/f=",
        "export API_PAT=gr_a.b-\nc~d+e/f=\n",
        "export  RECAST_PAT = 'gr_a.b-c~d+e/f='",
    ],
)
def test_a_token_as_people_paste_it(other_server, pasted):
    other_server.answer({"id": 1})
    with RecastClient(token=pasted, client_slug="acme", base_url=other_server.base_url) as client:
        client.runs.get(1)
    assert other_server.received[0].headers["Authorization"] == "Bearer gr_a.b-c~d+e/f="
    assert understood_token(pasted) == understood_token(understood_token(pasted)) == "gr_a.b-c~d+e/f="


def test_a_token_as_long_as_may_be():
    assert len(understood_token("a" * LONGEST_TOKEN)) == LONGEST_TOKEN


def test_blanks_around_what_was_pasted_go(other_server):
    other_server.answer({"id": 1})
    with RecastClient(
        token=" gr_token\n", client_slug=" acme ", base_url=f" {other_server.base_url}/ "
    ) as client:
        client.runs.get(1)
    assert client.client_slug == "acme"
    assert client.base_url == other_server.base_url
    assert other_server.received[0].headers["Authorization"] == "Bearer gr_token"


@pytest.mark.parametrize(
    "slug",
    [
        "",
        " ",
        "/",
        ".",
        "..",
        "/../",
        "ac\nme",
        "ac me",
        "ac/me",
        "ac\u200bme",
        "gr_token",
        "acme-gr_token",
        "https://app.getrecast.com",
        "https://app.getrecast.com/clients/",
        "https://app.getrecast.com/clients/ac%2Fme/dashboards/7",
        "https://app.getrecast.com/clients/ac%20me",
        "https://app.getrecast.com/clients/gr_token/dashboards/7",
        "a" * (LONGEST_SLUG + 1),
    ],
)
def test_a_slug_that_is_none(slug):
    assert "client slug" in problem(client_slug=slug)


@pytest.mark.parametrize(
    "pasted",
    [
        "acme-1",
        " acme-1\n",
        "/acme-1/",
        " / acme-1 / ",
        '"acme-1"',
        "https://app.getrecast.com/clients/acme-1/dashboards/7",
        "https://app.getrecast.com/clients/acme-1?tab=runs#top",
        "app.getrecast.com/clients/acme%2D1",
        "/clients/acme-1/dashboards/7",
        "clients/acme-1/",
        "https://api.getrecast.com/v1/clients/acme-1/runs",
    ],
)
def test_a_slug_as_people_paste_it(pasted):
    with RecastClient(token="t", client_slug=pasted) as client:
        assert client.client_slug == "acme-1"
    assert understood_slug(understood_slug(pasted)) == "acme-1"


def test_a_slug_as_long_as_may_be():
    assert understood_slug("a" * LONGEST_SLUG) == "a" * LONGEST_SLUG
    assert understood_slug("clients") == "clients"


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
        "https://api.getrecast.com\\.localhost",
    ],
)
def test_a_base_url_that_is_none(url):
    assert "base URL" in problem(base_url=url)


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/v1//"])
@pytest.mark.parametrize("before", ["", "/recast", "/recast/api1"])
def test_a_base_url_may_end_in_v1(other_server, before, path):
    other_server.answer({"id": 1})
    with RecastClient(**GIVEN, base_url=other_server.base_url + before + path) as client:
        client.runs.get(1)
    assert other_server.received[0].target == f"{before}/v1/clients/acme/runs/1"
    assert client.base_url == understood_base_url(client.base_url) == other_server.base_url + before


@pytest.mark.parametrize("path", ["/v1/clients/acme/runs", "/clients/acme/dashboards/7", "/v1/clients"])
def test_a_base_url_that_holds_a_client(path):
    assert "without /clients/" in problem(base_url=f"https://api.getrecast.com{path}")


@pytest.mark.parametrize(
    "host",
    [
        "api.getrecast.com",
        "10.0.0.7:8787",
        "128.0.0.1",
        "0.0.0.0:8787",
        "localhost.example.com",
        "notlocalhost",
        "127.0.0.1.example.com",
        "2130706433",
        "[::2]",
        "[::ffff:10.0.0.7]",
    ],
)
def test_a_token_does_not_travel_in_the_clear(host):
    assert "in the clear" in problem(base_url=f"http://{host}")
    assert understood_base_url(f" 'HTTPS://{host}/' ") == f"https://{host}"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LocalHost:1",
        "localhost.",
        "desk.localhost",
        "127.9.9.9:80",
        "[::1]:8787",
        "[::ffff:127.0.0.1]",
    ],
)
def test_on_this_machine_it_may(host):
    assert understood_base_url(f"http://{host}") == f"http://{host}"


@pytest.mark.parametrize(
    "timeout",
    [
        (0, 5),
        (5, -1),
        (5, float("inf")),
        (float("nan"), 5),
        Timeout(launch=0),
        Timeout(total=0),
        Timeout(launch_total=-1),
    ],
)
def test_time_limits_that_are_none(timeout):
    assert "more than 0 seconds" in problem(timeout=timeout)


def test_the_base_url_may_have_a_path_and_names_are_quoted(other_server):
    other_server.answer({"id": 1})
    with RecastClient(
        token="t", client_slug="acme-ü?#%", base_url=f"{other_server.base_url}/recast//"
    ) as client:
        client.runs.get("../1?x=%2F#~")
    assert other_server.received[0].target == (
        "/recast/v1/clients/acme-%C3%BC%3F%23%25/runs/..%2F1%3Fx%3D%252F%23~"
    )


def test_the_default_is_the_real_api():
    client = RecastClient(**GIVEN)
    assert client.base_url == DEFAULT_BASE_URL == "https://api.getrecast.com"
    client.close()


def test_the_time_limits_have_an_order():
    assert Timeout().connect < Timeout().read < Timeout().launch
    assert 4 * Timeout().read < Timeout().total < Timeout().launch_total
    assert Timeout().launch < Timeout().launch_total


@pytest.mark.parametrize(
    ("pair", "whole"), [((5, 0.1), (300, 600)), ((10, 400), (410, 600)), ((10, 1000), (1010, 1010))]
)
def test_a_pair_of_limits_lengthens_the_whole_where_it_must(pair, whole):
    checked = _checked_timeout(pair)
    assert checked == (*pair, pair[1], *whole)


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
