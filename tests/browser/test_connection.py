"""Which connection a visitor gets, and changing it."""

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, expect

from pages._shared.page_list import PAGES
from recast_api.sandbox import Account, Sandbox
from tests.browser.conftest import AppServer, open_page, settle
from tests.browser.forwarding import forwarding


def connection_of(page: Page) -> str:
    return page.locator(".st-key-connection").inner_text()


def change(page: Page, token: str, client_slug: str) -> None:
    page.get_by_role("button", name="Change").click()
    page.get_by_label("API token").fill(token)
    page.get_by_label("Client slug").fill(client_slug)
    page.get_by_role("button", name="Connect", exact=True).click()


def listens_on_ipv6(url: str) -> bool:
    try:
        with socket.create_connection(("::1", urlsplit(url).port or 0)):
            return True
    except OSError:  # a machine, or a container, without IPv6
        return False


def test_the_servers_token_serves_a_local_visitor(connected: AppServer, visitor: BrowserContext) -> None:
    urls = [connected.url, connected.numeric_url]
    if listens_on_ipv6(connected.url):
        urls.append(connected.url.replace("localhost", "[::1]"))
    for url in urls:
        page = open_page(visitor, url)
        assert "acme" in connection_of(page), url
        assert "Sandbox" not in page.inner_text("body")
        page.close()


def test_the_servers_token_is_not_lent_through_a_proxy(
    connected: AppServer, sandbox: Sandbox, visitor: BrowserContext
) -> None:
    for header in (
        "X-Forwarded-For: 127.0.0.1",
        "Forwarded: for=127.0.0.1",
        "Cf-Ray: 8f2b",
    ):
        with forwarding(connected.url, header) as url:
            page = open_page(visitor, url)
            assert "Sandbox" in connection_of(page), header
            page.close()
    assert not sandbox.requests


def test_the_servers_token_is_not_lent_under_another_host_name(
    connected: AppServer, sandbox: Sandbox, visitor: BrowserContext
) -> None:
    # Chromium resolves every name under localhost to this machine, as a tunnel without headers would.
    url = connected.url.replace("localhost", "desk.localhost")
    assert "Sandbox" in connection_of(open_page(visitor, url))
    assert not sandbox.requests


def test_the_servers_token_is_not_lent_through_a_proxy_that_asks_for_localhost(
    app_server: Callable[..., AppServer], sandbox: Sandbox, account: Account, visitor: BrowserContext
) -> None:
    # As nginx does with a bare proxy_pass; without this setting Streamlit itself refuses such a visitor.
    server = app_server(
        RECAST_BASE_URL=sandbox.base_url,
        API_PAT=account.token,
        RECAST_CLIENT_SLUG=account.client_slug,
        STREAMLIT_SERVER_ENABLE_CORS="false",
    ).url
    host = f"Host: {urlsplit(server).netloc}"
    proxies = {
        "the public page's Origin": forwarding(server, host, without=["Host"]),
        "no Origin": forwarding(server, host, without=["Host", "Origin"]),
        "an Origin that is no page": forwarding(server, host, "Origin: null", without=["Host", "Origin"]),
    }
    for name, proxy in proxies.items():
        with proxy as url:
            page = open_page(visitor, url.replace("localhost", "desk.localhost"))
            assert "Sandbox" in connection_of(page), name
            page.close()
    assert not sandbox.requests


def test_a_pasted_token_and_back_to_the_sandbox(
    app_server: Callable[..., AppServer], sandbox: Sandbox, account: Account, visitor: BrowserContext
) -> None:
    page = open_page(visitor, app_server(RECAST_BASE_URL=sandbox.base_url).url)
    change(page, "gr_wrong", "acme")
    expect(page.get_by_text("did not accept the token")).to_be_visible()
    page.get_by_label("API token").fill(account.token)
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_test_id("stDialog")).to_have_count(0)
    settle(page)
    assert f"token …{account.token[-4:]}" in connection_of(page)
    assert account.token not in page.content()

    page.get_by_role("button", name="Change").click()
    page.get_by_role("button", name="Use the sandbox").click()
    expect(page.get_by_test_id("stDialog")).to_have_count(0)
    settle(page)
    assert "democlient" in connection_of(page)


def test_a_wrong_configured_token_is_a_sentence(
    app_server: Callable[..., AppServer], sandbox: Sandbox, visitor: BrowserContext
) -> None:
    server = app_server(RECAST_BASE_URL=sandbox.base_url, API_PAT="gr_wrong", RECAST_CLIENT_SLUG="acme")
    for one in PAGES:
        page = open_page(visitor, server.url + one.path)
        expect(page.get_by_text("did not accept the token")).to_have_count(1)
    assert "gr_wrong" not in "".join(server.output)
