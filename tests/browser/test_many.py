"""More than one of each: visitors, clients in one session, tabs with one draft, loads of one page."""

from collections.abc import Callable
from pathlib import Path

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
    demo: AppServer, chromium: Browser, csv: Path
) -> None:
    run_ids = []
    for _ in range(3):
        with visit(chromium) as context:
            page = open_page(context, f"{demo.url}/launch")
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
    connected: AppServer, sandbox: Sandbox, visitor: BrowserContext, csv: Path
) -> None:
    globex = sandbox.open_account(client_slug="globex", demo=False)
    page = open_page(visitor, f"{connected.url}/launch")
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
    connected: AppServer, visitor: BrowserContext, csv: Path
) -> None:
    page = open_page(visitor, f"{connected.url}/launch")
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


def test_of_two_tabs_with_one_draft_one_sends_it(
    connected: AppServer, sandbox: Sandbox, visitor: BrowserContext, csv: Path
) -> None:
    first, second = two_tabs_with_one_draft(visitor, connected, csv)
    launch(first)
    press_and_be_refused(second)
    assert len(posts(sandbox)) == 1


def test_of_two_tabs_with_one_draft_the_second_waits_for_a_lost_answer(
    against: Against, sandbox: Sandbox, visitor: BrowserContext, csv: Path
) -> None:
    first, second = two_tabs_with_one_draft(visitor, against(), csv)
    sandbox.faults.drop_before_work(method="POST")
    first.get_by_role("button", name="Launch run").click()
    expect(first.get_by_text("Outcome unknown").first).to_be_visible()
    press_and_be_refused(second)
    assert len(posts(sandbox)) == 1


def two_tabs_with_one_draft(visitor: BrowserContext, server: AppServer, csv: Path) -> list[Page]:
    tabs = [open_page(visitor, f"{server.url}/launch") for _ in range(2)]
    for tab in tabs:
        fill_in(tab, csv)
    return tabs


def press_and_be_refused(page: Page) -> None:
    page.get_by_role("button", name="Launch run").click()
    expect(page.get_by_text("so nothing was sent")).to_be_visible()
    settle(page)
    expect(page.get_by_role("button", name="Launch run")).to_be_disabled()


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
