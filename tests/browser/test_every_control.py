"""Every tab, expander, button, link and download of every page works, in the running app."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pages._shared.page_list import PAGES
from recast_api import RecastClient, RunForm
from recast_api.sandbox import Sandbox
from tests.browser.conftest import AppServer, settle
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
LAUNCHES = [
    ("sandbox", "clean"),
    ("without an earlier run", "blocked"),
    ("with an earlier run", "with fixes to accept"),
]
"""For which client, with which file."""
PATHS = {
    "sandbox": [f"{page.path}?run=2786" for page in PAGES],
    "without an earlier run": [page.path for page in PAGES],
}


@pytest.fixture(scope="module")
def url_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """The app on its own sandbox, whose client has runs to compare with, and on another server for a client
    without and for one with an earlier run. Nothing may go wrong in it unseen."""
    servers: dict[str, AppServer] = {}
    with Sandbox() as sandbox, ExitStack() as stack:

        def start(where: str) -> str:
            if where not in servers:
                journal = tmp_path_factory.mktemp("journal") / "journal.sqlite3"
                settings = {} if where == "sandbox" else settings_of(sandbox, where)
                servers[where] = AppServer(RECAST_JOURNAL_URL=f"sqlite:///{journal}", **settings)
                stack.callback(servers[where].stop)
            return servers[where].url

        yield start
        for server in servers.values():
            assert "Traceback" not in "".join(server.output)


def settings_of(sandbox: Sandbox, where: str) -> dict[str, str]:
    account = sandbox.open_account(client_slug="acme", demo=False)
    if where == "with an earlier run":
        with RecastClient(token=account.token, client_slug="acme", base_url=sandbox.base_url) as client:
            earlier = "".join(CLEAN.splitlines(keepends=True)[:-7])
            form = RunForm(run_type="model_run", google_sheet_priors_url=SHEET, clean_data=earlier)
            client.runs.launch(form)
        sandbox.advance(minutes=61)
    sandbox.freeze_clock()  # nothing launched in a walk becomes an earlier run in its middle
    return {
        "RECAST_BASE_URL": sandbox.base_url,
        "API_PAT": account.token,
        "RECAST_CLIENT_SLUG": account.client_slug,
    }


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


@pytest.mark.parametrize("where", PATHS)
def test_every_control_of_every_page(
    url_of: Callable[[str], str], visitor: BrowserContext, where: str
) -> None:
    url = url_of(where)
    # The menu is the same for every client.
    menu = [(_MENU, "/")] if where == "sandbox" else []
    used: set[str] = set()
    for part, path in [*menu, *((_MAIN, path) for path in PATHS[where])]:
        page = visitor.new_page()
        used |= use_every_control(page, partial(go_to, page, f"{url}{path}"), within=part)
        page.close()
    assert "button Launch a run" in used
    assert not menu or {"button Change", "button Connect", "link Journal"} <= used


def test_every_control_of_a_launch(
    url_of: Callable[[str], str], visitor: BrowserContext, tmp_path: Path
) -> None:
    """Every file is taken away anew; of what the pages have in common, each is used with one kind of file."""
    used_before: set[str] = set()
    for where, kind in LAUNCHES:
        file = tmp_path / f"{where} {kind}.csv"
        file.write_text(FILES[kind], encoding="utf-8")
        page, url = visitor.new_page(), url_of(where)
        prepare = partial(fill_in_launch, page, url, file)
        used = use_every_control(page, prepare, within=_MAIN, before=used_before)
        page.close()
        assert {"download Findings as CSV", "download Report as HTML"} <= used
        assert ("button Launch run" in used) is (kind == "clean")
        assert ({"button Accept this fix", "button Undo"} <= used) is (kind == "with fixes to accept")
        used_before |= {name for name in used if not name.startswith("download")}
