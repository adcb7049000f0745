"""No page, and no server, asks another host for anything."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import BrowserContext, Page, expect

from pages._shared.page_list import PAGES
from recast_api.sandbox import Sandbox
from tests.app.test_hostile_server import RUN, hostile, serve
from tests.browser.conftest import AppServer, open_page, settle
from tests.browser.outward import asked_of_others

_ICON = """link => new Promise(resolve => {
    const picture = new Image();
    picture.onload = () => resolve(picture.naturalWidth);
    picture.onerror = () => resolve(0);
    picture.src = link.href;
})"""


def icon_width(page: Page) -> int:
    """How wide the picture in the page's tab is; 0 where it can't be loaded."""
    width: int = page.locator("link[rel='shortcut icon']").evaluate(_ICON)
    return width


def test_no_page_asks_another_host(demo: AppServer, visitor: BrowserContext) -> None:
    asked = asked_of_others(visitor)
    page = visitor.new_page()
    for number, one in enumerate(PAGES):
        page.emulate_media(color_scheme=("light", "dark")[number % 2])
        page.goto(f"{demo.url}{one.path}?run=2786&data_of=2786")
        settle(page)
        assert page.locator('[data-testid="stMain"]').inner_text()
        assert icon_width(page) > 0, one.file
        page.wait_for_load_state("networkidle")
    assert asked == []


def test_a_request_to_another_host_would_be_seen(demo: AppServer, visitor: BrowserContext) -> None:
    asked = asked_of_others(visitor)
    page = open_page(visitor, demo.url)
    page.evaluate("new Image().src = 'https://fonts.example/icon.svg'")
    page.wait_for_timeout(200)
    assert asked == ["https://fonts.example/icon.svg"]


def foreign_links(page: Page) -> list[str]:
    """Where the links of a page lead, but for those within the app."""
    find = "links => links.map(link => link.href).filter(to => new URL(to).origin != location.origin)"
    links: list[str] = page.locator("a").evaluate_all(find)
    return links


NONSENSE = [
    *("http://evil.example", "https://evil.example/?a=b", "www.evil.example", "bob@evil.example"),
    *("![x](https://evil.example/a.png)", "<img src=https://evil.example/a.png>", "2786 -> 2787"),
]


def test_a_run_that_is_asked_for_by_nonsense(demo: AppServer, visitor: BrowserContext) -> None:
    asked = asked_of_others(visitor)
    page = visitor.new_page()
    for run_id in NONSENSE:
        page.goto(f"{demo.url}/run?run={quote(run_id, safe='')}")
        expect(page.get_by_text(f"There is no run {run_id} at client democlient.")).to_be_visible()
        assert foreign_links(page) == [], run_id
    assert asked == []


def test_a_hostile_file(demo: AppServer, visitor: BrowserContext, tmp_path: Path) -> None:
    name = "![x](https:%%evil.example) www.evil.example -> a.csv"  # no file's name holds a slash
    header = "date,revenue,![x](https://evil.example/a.png),<img src=https://evil.example/b.png>"
    days = "".join(f"2026-01-{day:02},{day}00,{day},-{day}\n" for day in range(1, 29))
    (tmp_path / name).write_text(f"{header}\n{days}", encoding="utf-8")
    asked = asked_of_others(visitor)
    page = open_page(visitor, f"{demo.url}/launch")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(tmp_path / name)
    expect(page.get_by_test_id("stMain").get_by_text(name, exact=True).last).to_be_visible()
    for tab in page.get_by_test_id("stTab").all():
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        settle(page)
    assert foreign_links(page) == []
    assert page.locator('[data-testid="stMain"] img').count() == 0
    assert asked == []


def test_a_hostile_server(connected: AppServer, sandbox: Sandbox, visitor: BrowserContext) -> None:
    serve(sandbox, RUN, path_contains=hostile("id"))
    serve(sandbox, {"data": [RUN, {**RUN, "status": "running"}]})
    asked = asked_of_others(visitor)
    page = visitor.new_page()
    for path in ("", "runs", f"run?run={quote(hostile('id'), safe='')}"):
        page.goto(f"{connected.url}/{path}")
        expect(page.get_by_test_id("stMain").get_by_text(hostile("id")).first).to_be_visible()
        for details in page.get_by_test_id("stExpander").all():
            details.click()
        settle(page)
        assert foreign_links(page) == [], path
    expect(page.get_by_test_id("stJson")).to_contain_text(hostile("value"))
    assert asked == []


@contextmanager
def proxy_that_is_asked() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a proxy that answers nothing, and what it is asked for."""
    asked: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        with suppress(OSError):
            while True:
                inward, _ = listener.accept()
                with inward:
                    asked.append(inward.recv(65_536))

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    finally:
        listener.close()


def test_the_server_asks_no_other_host(
    app_server: Callable[..., AppServer], sandbox: Sandbox, visitor: BrowserContext
) -> None:
    # Everything that Python asks over HTTP goes through these, except to this machine.
    with proxy_that_is_asked() as (proxy, asked):
        variables = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), proxy)
        server = app_server(**variables, no_proxy="localhost,127.0.0.1", RECAST_BASE_URL=sandbox.base_url)
        page = open_page(visitor, server.url)
        assert "democlient" in page.inner_text("body")
        assert asked == []
    assert server.url in "".join(server.output)
