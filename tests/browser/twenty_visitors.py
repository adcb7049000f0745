"""What the app holds in memory while many visitors work: `python -m tests.browser.twenty_visitors`.

Twenty browsers each upload a file of 5 MB into the launch page of one app on its embedded sandbox, and some
of them launch it. Prints the memory of the app's process (resident, in MB) on the way, and after all have
gone; ends with exit code 1 if it was over what a small free host gives. Linux only.
"""

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import AppServer, launch_chromium, open_page, settle, visit
from tests.browser.test_main_job import SHEET
from tests.conftest import daily_csv

FREE_HOST_MB = 690
"""What Streamlit Community Cloud guarantees an app."""
_SECONDS_KEPT = 150
"""Streamlit keeps a session for two minutes after its tab was closed."""


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--mb", type=float, default=5.0)
    parser.add_argument("--launches", type=int, default=5, help="how many of them launch")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = _file(Path(folder), options.mb)
        server = AppServer(RECAST_JOURNAL_URL=f"sqlite:///{folder}/journal.sqlite3")
        browser = launch_chromium(playwright)
        try:
            highest = _measure(server, browser, file, options)
        finally:
            browser.close()
            server.stop()
    return int(highest > FREE_HOST_MB)


def _file(folder: Path, mb: float) -> Path:
    channels = tuple(f"channel_{number}" for number in range(300))
    row_bytes = len(daily_csv(1, channels).splitlines()[1])
    path = folder / "large.csv"
    path.write_text(daily_csv(round(mb * 1e6 / row_bytes), channels), encoding="utf-8")
    return path


def _measure(server: AppServer, browser: Browser, file: Path, options: argparse.Namespace) -> float:
    print(f"{file.stat().st_size / 1e6:.1f} MB a file", flush=True)
    _print_memory("started", server)
    with ExitStack() as visits:
        for number in range(options.visitors):
            page = open_page(visits.enter_context(visit(browser)), f"{server.url}/launch")
            _upload(page, file)
            if number < options.launches:
                _launch(page)
            _print_memory(f"{number + 1} visitors", server)
    highest = _status(server, "VmHWM")
    time.sleep(_SECONDS_KEPT)
    _print_memory("all gone", server)
    print(f"At most: {highest:.0f} MB", flush=True)
    return highest


def _upload(page: Page, file: Path) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(page.get_by_text(f"In use: {file.name}")).to_be_visible(timeout=60_000)
    sheet = page.get_by_label("Prior settings Google Sheet URL")
    sheet.fill(SHEET)
    sheet.press("Tab")
    settle(page)


def _launch(page: Page) -> None:
    for tick in page.locator('.st-key-confirm [data-testid="stCheckbox"] label').all():
        tick.click()
        settle(page)
    reason = page.get_by_label("Reason for launching anyway")
    if reason.count():
        reason.fill("to see what it takes")
        reason.press("Tab")
        settle(page)
    page.get_by_role("button", name="Launch run").click()
    page.wait_for_url("**/run?run=*")
    settle(page)


def _print_memory(when: str, server: AppServer) -> None:
    print(f"{when:>12}: {_status(server, 'VmRSS'):6.0f} MB", flush=True)


def _status(server: AppServer, name: str) -> float:
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


if __name__ == "__main__":
    sys.exit(main())
