"""The main job, by hand and eye: upload, launch, watch, find, download."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from recast_api.sandbox import Account, Sandbox, StoredRun
from tests.browser.conftest import AppServer, open_page, settle

SHEET = "https://docs.google.com/spreadsheets/d/abc/edit"


def fill_in(page: Page, csv: Path) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(csv)
    expect(page.get_by_text("First day")).to_be_visible()
    page.get_by_label("Prior settings Google Sheet URL").fill(SHEET)
    page.get_by_label("Prior settings Google Sheet URL").press("Tab")
    expect(page.get_by_role("button", name="Launch run")).to_be_enabled()


def wait_for_run(sandbox: Sandbox, account: Account) -> StoredRun:
    """The run of a launch that the server has taken, while its answer is still on the way."""
    deadline = time.monotonic() + 30
    while not sandbox.runs(account.token) and time.monotonic() < deadline:
        time.sleep(0.05)
    (run,) = sandbox.runs(account.token)
    return run


def test_upload_launch_watch_find_download(demo: AppServer, visitor: BrowserContext, csv: Path) -> None:
    page = open_page(visitor, demo.url)
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
    sent = csv.read_bytes().replace(b"\r\n", b"\n")
    part_of_hash = hashlib.sha256(sent).hexdigest()[:8]
    assert download.value.suggested_filename == f"clean_data_democlient_{run_id}_{part_of_hash}.csv"
    assert Path(download.value.path()).read_bytes() == sent


def test_a_deep_link_is_right_on_the_first_visit_to_a_fresh_server(
    app_server: Callable[..., AppServer], visitor: BrowserContext
) -> None:
    page = open_page(visitor, f"{app_server().url}/run?run=2786")
    expect(page.get_by_role("heading", name="2786 · Holdout")).to_be_visible()
    expect(page.get_by_role("link", name="Overview")).to_be_attached()
    expect(page).to_have_title("Run · Recast desk")


def test_a_double_click_sends_one_post(
    connected: AppServer, sandbox: Sandbox, visitor: BrowserContext, csv: Path
) -> None:
    page = open_page(visitor, f"{connected.url}/launch")
    fill_in(page, csv)
    sandbox.faults.slow(1.5, method="POST")
    button = page.get_by_role("button", name="Launch run")
    button.dblclick()
    page.wait_for_url("**/run?run=*")
    assert [request.method for request in sandbox.requests].count("POST") == 1


def test_another_widget_in_the_middle_of_the_call_loses_nothing(
    connected: AppServer,
    sandbox: Sandbox,
    account: Account,
    visitor: BrowserContext,
    csv: Path,
) -> None:
    page = open_page(visitor, f"{connected.url}/launch")
    fill_in(page, csv)
    sandbox.faults.slow(3, method="POST")
    page.get_by_role("button", name="Launch run").click()
    wait_for_run(sandbox, account)
    page.get_by_text("Parameter recovery", exact=True).click()
    page.wait_for_url("**/run?run=*")
    settle(page)
    posts = [request for request in sandbox.requests if request.method == "POST"]
    assert len(posts) == 1
    assert b'"run_type":"model_run"' in posts[0].body.replace(b": ", b":")


def test_visitors_never_see_each_others_runs(
    demo: AppServer, visitor: BrowserContext, another_visitor: BrowserContext, csv: Path
) -> None:
    page = open_page(visitor, f"{demo.url}/launch")
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
