"""Knowing the data before a run is spent: a messy file put right, and what can be taken away."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from recast_api.sandbox import Account, Sandbox
from tests.browser.conftest import AppServer, open_page, settle
from tests.browser.test_main_job import fill_in
from tests.conftest import daily_csv

CLEAN = daily_csv(850)


@pytest.fixture
def launch_page(connected: AppServer, visitor: BrowserContext, tmp_path: Path) -> Page:
    """The launch page with a file of semicolons, one of whose headers is an image in Markdown."""
    header, rest = CLEAN.split("\n", 1)
    header = header.replace("tv", "![tv](https://evil.example/beacon.png)")
    path = tmp_path / "messy.csv"
    path.write_text(f"{header}\n{rest}".replace(",", ";"), encoding="utf-8")
    page = open_page(visitor, f"{connected.url}/launch")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)
    expect(page.get_by_text("Cells are separated by semicolons")).to_be_visible()
    return settle(page)


def test_a_messy_file_is_put_right_and_launched(
    launch_page: Page, sandbox: Sandbox, account: Account, tmp_path: Path
) -> None:
    launch_page.get_by_text("Fix: ").click()
    launch_page.get_by_role("button", name="Accept this fix").click()
    expect(launch_page.get_by_role("button", name="Undo")).to_be_visible()
    fill_in(launch_page, tmp_path / "messy.csv")
    launch_page.get_by_role("button", name="Launch run").click()
    launch_page.wait_for_url("**/run?run=*")
    (run,) = sandbox.runs(account.token)
    assert run.clean_data == CLEAN.replace("tv", "![tv](https://evil.example/beacon.png)", 1).encode()


def test_a_hostile_header_fetches_nothing(launch_page: Page) -> None:
    asked: list[str] = []
    launch_page.on("request", lambda request: asked.append(request.url))
    for tab in ("Spend by channel", "Columns", "Correlation", "First and last rows", "Newest days"):
        launch_page.get_by_role("tab", name=tab).click()
        settle(launch_page)
    assert not [url for url in asked if "evil.example" in url]
    assert launch_page.locator("img[src*=evil]").count() == 0


def test_findings_and_report_can_be_taken_away(launch_page: Page, visitor: BrowserContext) -> None:
    with launch_page.expect_download() as findings:
        launch_page.get_by_role("button", name="Findings as CSV").click()
    assert "semicolons" in Path(findings.value.path()).read_text(encoding="utf-8")
    with launch_page.expect_download() as report:
        launch_page.get_by_role("button", name="Report as HTML").click()
    page = visitor.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(Path(report.value.path()).read_text(encoding="utf-8"))
    expect(page.get_by_text("Cells are separated by semicolons")).to_be_visible()
    assert not asked


def test_the_windows_move_with_the_numbers(launch_page: Page) -> None:
    launch_page.get_by_text("Holdout", exact=True).click()
    fill_in_sheet = launch_page.get_by_label("Prior settings Google Sheet URL")
    fill_in_sheet.fill("https://docs.google.com/spreadsheets/d/abc/edit")
    fill_in_sheet.press("Tab")
    picture = launch_page.locator(".st-key-step_settings").get_by_test_id("stVegaLiteChart").first
    expect(picture).to_be_visible()
    settle(launch_page)
    before = picture.screenshot()
    days = launch_page.get_by_label("Holdout days")
    days.fill("30, 90")
    days.press("Tab")
    expect(launch_page.locator(".st-key-step_send").get_by_text("90").first).to_be_visible()
    settle(launch_page)
    assert picture.screenshot() != before
