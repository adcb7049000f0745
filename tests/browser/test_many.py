"""More than one of each: visitors, clients in one session, tabs with one draft, loads of one page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pages._shared.page_list import PAGES
from recast_api.sandbox import Account, Sandbox
from tests.browser.conftest import AppServer, open_page, settle, visit
from tests.browser.test_connection import change
from tests.browser.test_main_job import SHEET, fill_in, wait_for_run

Against = Callable[[], AppServer]


def launch(page: Page) -> str:
    """Press the button, and return the id of the run whose page comes next."""
    page.get_by_role("button", name="Launch run").click()
    page.wait_for_url("**/run?run=*")
    settle(page)
    return page.url.rsplit("=", 1)[1]


def posts(sandbox: Sandbox) -> list[str]:
    return [request.path for request in sandbox.requests if request.method == "POST"]


def test_every_visitor_of_a_demo_launches_watches_and_downloads(
    app_server: Callable[..., AppServer], chromium: Browser, csv: Path
) -> None:
    url = app_server().url
    run_ids = []
    for _ in range(3):
        with visit(chromium) as context:
            page = open_page(context, f"{url}/launch")
            fill_in(page, csv)
            run_ids.append(launch(page))
            with page.expect_download() as download:
                page.get_by_role("button", name="Download clean data").click()
            assert Path(download.value.path()).read_bytes() == csv.read_bytes().replace(b"\r\n", b"\n")
            page.get_by_role("link", name="Journal").click()
            expect(page.get_by_text("Every launch is written down here")).to_be_visible()
            settle(page)
            assert "Outcome unknown" not in page.inner_text("body")
    assert len(set(run_ids)) == 1  # each counts from the same number: nobody learns of the others


def test_what_was_put_in_for_one_client_never_goes_to_another(
    against: Against, sandbox: Sandbox, visitor: BrowserContext, csv: Path
) -> None:
    globex = sandbox.open_account(client_slug="globex", demo=False)
    page = open_page(visitor, f"{against().url}/launch")
    fill_in(page, csv)
    change(page, globex.token, "globex")
    expect(page.get_by_test_id("stDialog")).to_have_count(0)
    settle(page)
    expect(page.get_by_text("Waits for data and the priors sheet's URL.")).to_be_visible()
    expect(page.get_by_role("button", name="Launch run")).to_be_disabled()
    assert page.get_by_label("Prior settings Google Sheet URL").input_value() == ""
    assert "clients/globex" not in page.inner_text("body")

    page.get_by_role("button", name="Change").click()
    page.get_by_role("button", name="Use this server's connection").click()
    expect(page.get_by_test_id("stDialog")).to_have_count(0)
    expect(page.get_by_text(f"In use: {csv.name}")).to_be_visible()
    settle(page)
    expect(page.get_by_label("Prior settings Google Sheet URL")).to_have_value(SHEET)
    expect(page.get_by_text("clients/acme/runs").first).to_be_visible()
    launch(page)
    assert posts(sandbox) == ["/v1/clients/acme/runs"]


def test_corrected_roles_survive_a_visit_to_every_page(
    against: Against, visitor: BrowserContext, csv: Path
) -> None:
    page = open_page(visitor, f"{against().url}/launch")
    fill_in(page, csv)
    page.get_by_text("other columns").click()
    page.get_by_role("button", name="Remove tv").click()
    settle(page)
    for name in ("Overview", "Runs", "Journal", "Launch"):
        page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Launch a run" if name == "Launch" else name
        )
        settle(page)
    page.get_by_text("other columns").click()
    expect(page.get_by_role("button", name="Remove social")).to_be_visible()
    expect(page.get_by_role("button", name="Remove tv")).to_have_count(0)


@pytest.mark.parametrize("lost", [False, True], ids=["launched", "unknown"])
def test_two_tabs_with_one_draft_send_it_once(
    against: Against, sandbox: Sandbox, visitor: BrowserContext, csv: Path, lost: bool
) -> None:
    url = f"{against().url}/launch"
    first, second = open_page(visitor, url), open_page(visitor, url)
    fill_in(first, csv)
    fill_in(second, csv)
    if lost:
        sandbox.faults.drop_before_work(method="POST")
        first.get_by_role("button", name="Launch run").click()
        expect(first.get_by_text("Outcome unknown").first).to_be_visible()
    else:
        launch(first)
    second.get_by_role("button", name="Launch run").click()
    expect(second.get_by_text("so nothing was sent")).to_be_visible()
    settle(second)
    expect(second.get_by_role("button", name="Launch run")).to_be_disabled()
    assert len(posts(sandbox)) == 1


def test_after_a_reload_every_page_shows_the_launch_under_way(
    against: Against, sandbox: Sandbox, account: Account, visitor: BrowserContext, csv: Path
) -> None:
    url = against().url
    page = open_page(visitor, f"{url}/launch")
    fill_in(page, csv)
    sandbox.faults.slow(90, method="POST")  # longer than this test may take
    page.get_by_role("button", name="Launch run").click()
    run = wait_for_run(sandbox, account)
    for one in PAGES:
        page.goto(f"{url}{one.path}?run={run.id}")
        expect(page.get_by_text("Launch under way").first).to_be_visible()
    assert len(posts(sandbox)) == 1
