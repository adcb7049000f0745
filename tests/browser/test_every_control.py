"""Every tab, expander, button, link and download of every page works, in the running app."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import AppServer, open_page, settle
from tests.browser.test_main_job import SHEET
from tests.browser.walking import use_every_control
from tests.conftest import daily_csv

CLEAN = daily_csv(850)
FILES = {
    "clean": CLEAN,
    "with fixes to accept": CLEAN.replace(",", ";").replace(".", ","),
    "blocked": CLEAN.replace("\n2026-06-01,", "\nsoon,"),
}
_MENU = '[data-testid="stSidebar"]'
_MAIN = '[data-testid="stMain"]'
PAGES = ("/", "/runs", "/run", "/run?run=2786", "/journal", "/launch")


@pytest.fixture
def servers(
    app_server: Callable[..., AppServer], against: Callable[[], AppServer]
) -> Iterator[dict[str, Callable[[], AppServer]]]:
    """The app on its own sandbox and on another server; nothing may go wrong in it unseen."""
    started: list[AppServer] = []

    def start(make: Callable[[], AppServer]) -> AppServer:
        started.append(make())
        return started[-1]

    yield {"sandbox": partial(start, app_server), "another server": partial(start, against)}
    for server in started:
        assert "Traceback" not in "".join(server.output)


def go_to(page: Page, address: str) -> None:
    page.goto(address)
    settle(page)


def fill_in_launch(page: Page, url: str, file: Path) -> None:
    go_to(page, f"{url}/launch")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(page.get_by_text(f"In use: {file.name}")).to_be_visible()
    sheet = page.get_by_label("Prior settings Google Sheet URL")
    sheet.fill(SHEET)
    sheet.press("Tab")
    settle(page)


@pytest.mark.parametrize("where", ["sandbox", "another server"])
def test_every_control_of_every_page(
    servers: dict[str, Callable[[], AppServer]], visitor: BrowserContext, where: str
) -> None:
    url = servers[where]().url
    used: set[str] = set()
    for place, path in [(_MENU, "/"), *((_MAIN, path) for path in PAGES)]:
        page = open_page(visitor, url)
        used |= use_every_control(page, partial(go_to, page, f"{url}{path}"), within=place)
        page.close()
    assert {"button Change", "button Connect", "button Launch a run", "link Journal"} <= used


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("where", ["sandbox", "another server"])
def test_every_control_of_a_launch(
    servers: dict[str, Callable[[], AppServer]],
    visitor: BrowserContext,
    tmp_path: Path,
    where: str,
    kind: str,
) -> None:
    """The sandbox has earlier runs to compare with; the other server has none."""
    file = tmp_path / "data.csv"
    file.write_text(FILES[kind], encoding="utf-8")
    url = servers[where]().url
    page = open_page(visitor, url)
    used = use_every_control(page, partial(fill_in_launch, page, url, file), within=_MAIN)
    assert {"download Findings as CSV", "download Report as HTML"} <= used
    assert ("button Launch run" in used) is (kind == "clean")
    assert ({"button Accept this fix", "button Undo"} <= used) is (kind == "with fixes to accept")
