"""The app is killed in the middle of a launch; the next start finds the run again."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from recast_api import RecastClient, RunForm
from recast_api.journal import Journal, Owner, State
from recast_api.launching import Launcher
from recast_api.sandbox import Account, Sandbox
from tests.browser.conftest import AppServer, open_page, settle
from tests.browser.test_main_job import SHEET, fill_in, wait_for_run
from tests.conftest import daily_csv


def press_launch(visitor: BrowserContext, server: AppServer, csv: Path) -> Page:
    page = open_page(visitor, f"{server.url}/launch")
    fill_in(page, csv)
    page.get_by_role("button", name="Launch run").click()
    return page


def test_a_launch_survives_the_death_of_the_app(
    against: Callable[[], AppServer],
    sandbox: Sandbox,
    account: Account,
    visitor: BrowserContext,
    csv: Path,
) -> None:
    first = against()
    sandbox.faults.slow(60, method="POST")
    page = press_launch(visitor, first, csv)
    run = wait_for_run(sandbox, account)
    first.kill()
    page.close()

    page = open_page(visitor, against().url)
    expect(page.get_by_text(f"it is run {run.id}").first).to_be_visible()
    assert len(sandbox.runs(account.token)) == 1


def test_a_slow_look_for_a_lost_launch_does_not_hold_up_the_page(
    against: Callable[[], AppServer],
    sandbox: Sandbox,
    account: Account,
    client: RecastClient,
    visitor: BrowserContext,
    tmp_path: Path,
) -> None:
    journal = Journal(f"sqlite:///{tmp_path}/journal.sqlite3")
    launcher = Launcher(client, journal, owner=Owner.of(account.token))
    form = RunForm(run_type="model_run", google_sheet_priors_url=SHEET, clean_data=daily_csv())
    sandbox.faults.drop_after_work(method="POST")
    assert launcher.launch(form).state is State.UNKNOWN
    journal.close()

    sandbox.faults.slow(8, path_contains="clean_data")
    page = open_page(visitor, against().url)
    expect(page.get_by_text("Outcome unknown").first).to_be_visible()
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    assert any(request.status is None for request in sandbox.requests)  # the look still goes on
    page.get_by_role("link", name="Overview").click()
    (run,) = sandbox.runs(account.token)
    expect(page.get_by_text(f"it is run {run.id}").first).to_be_visible(timeout=30_000)


def test_a_launch_survives_the_closing_of_its_tab(
    connected: AppServer,
    sandbox: Sandbox,
    account: Account,
    visitor: BrowserContext,
    csv: Path,
) -> None:
    sandbox.faults.slow(4, method="POST")
    page = press_launch(visitor, connected, csv)
    run = wait_for_run(sandbox, account)
    page.close()

    page = open_page(visitor, f"{connected.url}/run?run={run.id}")
    expect(page.get_by_role("heading", name=f"{run.id} · Model run")).to_be_visible()
    for _ in range(20):  # it says "sending" until the answer is there
        page.goto(f"{connected.url}/journal")
        if settle(page).get_by_text("✓ Launched").count():
            break
    expect(page.get_by_text("✓ Launched").first).to_be_visible()  # the list and its table say it
    assert [request.method for request in sandbox.requests].count("POST") == 1
