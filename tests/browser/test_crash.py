"""The app is killed in the middle of a launch; the next start finds the run again."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from recast_api.sandbox import Account, Sandbox
from tests.browser.conftest import AppServer, open_page
from tests.browser.test_main_job import fill_in, wait_for_run


def test_a_launch_survives_the_death_of_the_app(
    against: Callable[[], AppServer],
    sandbox: Sandbox,
    account: Account,
    visitor: BrowserContext,
    csv: Path,
) -> None:
    first = against()
    page = open_page(visitor, f"{first.url}/launch")
    fill_in(page, csv)
    sandbox.faults.slow(60, method="POST")
    page.get_by_role("button", name="Launch run").click()
    run = wait_for_run(sandbox, account)
    first.kill()
    page.close()

    page = open_page(visitor, against().url)
    expect(page.get_by_text(f"it is run {run.id}")).to_be_visible()
    assert len(sandbox.runs(account.token)) == 1
