"""The main job, by hand and eye: upload, launch, watch, find, download."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from recast_api.sandbox import Sandbox
from tests.browser.conftest import AppServer, open_page, settle
from tests.conftest import daily_csv

SHEET = "https://docs.google.com/spreadsheets/d/abc/edit"


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "clean data.csv"
    path.write_bytes(daily_csv(400).replace("\n", "\r\n").encode())
    return path


def fill_in(page: Page, csv: Path) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(csv)
    expect(page.get_by_text("First day")).to_be_visible()
    page.get_by_label("Prior settings Google Sheet URL").fill(SHEET)
    page.get_by_label("Prior settings Google Sheet URL").press("Tab")
    expect(page.get_by_role("button", name="Launch run")).to_be_enabled()


def test_upload_launch_watch_find_download(
    app_server: Callable[..., AppServer], visitor: BrowserContext, csv: Path
) -> None:
    page = open_page(visitor, app_server().url)
    page.get_by_role("button", name="Launch a run").click()
    fill_in(page, csv)
    page.get_by_role("button", name="Launch run").click()

    page.wait_for_url("**/run?run=*")
    run_id = page.url.rsplit("=", 1)[1]
    expect(page.get_by_text("A run can't be cancelled from here.")).to_be_visible()
    expect(page.get_by_text("Took", exact=True)).to_be_visible(timeout=75_000)
    expect(page.get_by_text("check_circle Success")).to_be_visible()

    page.get_by_role("link", name="Runs", exact=True).click()
    page.get_by_role("link", name=run_id).click()
    page.wait_for_url(f"**/run?run={run_id}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download clean data").click()
    assert download.value.suggested_filename == f"clean_data_democlient_{run_id}.csv"
    assert Path(download.value.path()).read_bytes() == csv.read_bytes().replace(b"\r\n", b"\n")


def test_a_deep_link_is_right_on_the_first_visit_to_a_fresh_server(
    app_server: Callable[..., AppServer], visitor: BrowserContext
) -> None:
    page = open_page(visitor, f"{app_server().url}/run?run=2786")
    expect(page.get_by_role("heading", name="2786 · Holdout")).to_be_visible()
    expect(page.get_by_role("link", name="Overview")).to_be_attached()
    expect(page).to_have_title("Run · Recast desk")


def test_a_double_click_sends_one_post(
    against: Callable[[], AppServer], sandbox: Sandbox, visitor: BrowserContext, csv: Path
) -> None:
    page = open_page(visitor, f"{against().url}/launch")
    fill_in(page, csv)
    sandbox.faults.slow(1.5, method="POST")
    button = page.get_by_role("button", name="Launch run")
    button.dblclick()
    page.wait_for_url("**/run?run=*")
    assert [request.method for request in sandbox.requests].count("POST") == 1


def test_another_widget_in_the_middle_of_the_call_loses_nothing(
    against: Callable[[], AppServer], sandbox: Sandbox, visitor: BrowserContext, csv: Path
) -> None:
    page = open_page(visitor, f"{against().url}/launch")
    fill_in(page, csv)
    sandbox.faults.slow(2, method="POST")
    page.get_by_role("button", name="Launch run").click()
    page.get_by_text("Parameter recovery", exact=True).click()
    page.wait_for_url("**/run?run=*")
    settle(page)
    posts = [request for request in sandbox.requests if request.method == "POST"]
    assert len(posts) == 1
    assert b'"run_type":"model_run"' in posts[0].body.replace(b": ", b":")


def test_visitors_never_see_each_others_runs(
    app_server: Callable[..., AppServer], visitor: BrowserContext, another_visitor: BrowserContext, csv: Path
) -> None:
    url = app_server().url
    page = open_page(visitor, f"{url}/launch")
    fill_in(page, csv)
    page.get_by_role("button", name="Launch run").click()
    page.wait_for_url("**/run?run=*")
    settle(page)
    address = page.url

    page.reload()  # the same browser finds its run again
    settle(page)
    expect(page.get_by_role("button", name="Download clean data")).to_be_visible()

    other = open_page(another_visitor, address)
    expect(other.get_by_text("There is no run")).to_be_visible()
