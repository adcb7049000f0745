"""Who is taken for a visitor on the server's own machine: the rule, case by case."""

import pytest

from pages._shared.visitor import is_local

CHROMIUM = {
    "Host": "localhost:8501",
    "Connection": "Upgrade",
    "Pragma": "no-cache",
    "Cache-Control": "no-cache",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0 Safari/537.36",
    "Upgrade": "websocket",
    "Origin": "http://localhost:8501",
    "Sec-WebSocket-Version": "13",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-GB,en;q=0.9",
    "Cookie": "_streamlit_xsrf=2|8f|…",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
    "Sec-WebSocket-Protocol": "streamlit",
}
FIREFOX = {
    **CHROMIUM,
    "Accept": "*/*",
    "Connection": "keep-alive, Upgrade",
    "Sec-Fetch-Dest": "empty",
    "Sec-Fetch-Mode": "websocket",
    "Sec-GPC": "1",
    "DNT": "1",
    "Priority": "u=0",
}


def local(peer: str = "127.0.0.1", headers: dict[str, str] = CHROMIUM, **changed: str | None) -> bool:
    sent = {**headers, **changed}
    return is_local(peer, [(name, value) for name, value in sent.items() if value is not None])


@pytest.mark.parametrize("headers", [CHROMIUM, FIREFOX], ids=["Chromium", "Firefox"])
def test_a_browser_on_this_machine_is_local(headers: dict[str, str]) -> None:
    assert local(headers=headers)


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_a_loopback_peer_is_local(peer: str) -> None:
    assert local(peer)


@pytest.mark.parametrize(
    "peer", ["203.0.113.7", "10.0.0.1", "::ffff:203.0.113.7", "2001:db8::1", "0.0.0.0", "::", "", "localhost"]
)
def test_any_other_peer_is_not(peer: str) -> None:
    assert not local(peer)


HOSTS = ["localhost", "localhost:8501", "LOCALHOST:80", "127.0.0.1:8501", "127.0.0.2", "[::1]:8501", "[::1]"]
FOREIGN_HOSTS = [
    *("desk.example", "desk.example:8501", "10.0.0.1:8501", "[2001:db8::1]:80", "0.0.0.0:8501", "::1"),
    *("desk.localhost", "localhost.example", "evil@localhost", "localhost:8501@evil.example", "localhost:x"),
    *("localhost, desk.example", "localhost:8501/x", "127.0.0.1.example", "127.1", "[::1", "999.0.0.1", ""),
    *(" localhost", "localhost.", "localhost\n"),
]


@pytest.mark.parametrize("host", HOSTS)
def test_the_page_may_be_asked_for_by_any_loopback_name(host: str) -> None:
    assert local(Host=host)
    assert local(Origin=f"http://{host}")
    assert local(Origin=f"https://{host}")


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_page_asked_for_by_another_name_is_not_local(host: str) -> None:
    assert not local(Host=host)
    assert not local(Origin=f"http://{host}")


@pytest.mark.parametrize("origin", [None, "null", "localhost", "file://", "chrome-extension://localhost"])
def test_an_origin_that_is_missing_or_no_web_page_is_not_local(origin: str | None) -> None:
    assert not local(Origin=origin)


def test_a_missing_host_is_not_local() -> None:
    assert not local(Host=None)


@pytest.mark.parametrize("name", ["Host", "Origin"])
def test_a_header_that_is_there_twice_is_not_local(name: str) -> None:
    assert not is_local("::1", [*CHROMIUM.items(), (name, CHROMIUM[name])])


@pytest.mark.parametrize(
    "name",
    [
        *("X-Forwarded-For", "x-forwarded-host", "X-FORWARDED-PROTO", "X-Forwarded-Prefix", "Forwarded"),
        *("X-Original-Host", "X-Original-Url", "X-Original-Forwarded-For", "X-Real-Ip", "X-Client-Ip"),
        *("X-Cluster-Client-Ip", "X-Envoy-External-Address", "X-Amzn-Trace-Id", "X-Azure-Clientip"),
        *("X-Request-Id", "X-Anything-Else", "Via", "True-Client-Ip", "Client-Ip", "Proxy-Connection"),
        *("Cf-Connecting-Ip", "Cf-Ray", "Cdn-Loop", "Fastly-Client-Ip", "Fly-Client-Ip", "Akamai-Origin-Hop"),
        *("Tailscale-User-Login", "Ngrok-Skip-Browser-Warning", "Traceparent", "Remote-User"),
    ],
)
def test_a_header_that_no_browser_sends_is_not_local(name: str) -> None:
    assert not local(headers=CHROMIUM | {name: "127.0.0.1"})
