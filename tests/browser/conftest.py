"""The app as a person meets it: `streamlit run` in a process of its own, and a real Chromium."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from recast_api.sandbox import Account, Sandbox
from tests.conftest import daily_csv
from tests.required_tools import require

ROOT = Path(__file__).parents[2]
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
_IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]'
_SETTINGS = ("API_PAT", "RECAST_PAT", "RECAST_CLIENT_SLUG", "RECAST_BASE_URL", "RECAST_JOURNAL_URL")


class AppServer:
    """`streamlit run app.py`, or another script with the app's settings, on a free port."""

    def __init__(self, script: str = "app.py", **environment: str) -> None:
        clean = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
        self.output: list[str] = []
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "streamlit", "run", script),
                *("--server.headless", "true", "--server.port", "0", "--server.fileWatcherType", "none"),
            ],
            cwd=ROOT,
            env=clean | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._started = threading.Event()
        self.url = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self._started.wait(60), "".join(self.output)
        assert self.url, "".join(self.output)

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.output.append(line)
            if found := re.search(r"http://(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(\d+)", line):
                self.url = self.url or f"http://localhost:{found[1]}"
                self._started.set()
        self._started.set()

    @property
    def numeric_url(self) -> str:
        """The same server under its IPv4 address."""
        return self.url.replace("localhost", "127.0.0.1")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(20)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        self._reader.join(20)
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture
def app_server(tmp_path: Path) -> Iterator[Callable[..., AppServer]]:
    """`app_server(RECAST_BASE_URL=…)`: a fresh server, stopped after the test."""
    with ExitStack() as stack:

        def start(**environment: str) -> AppServer:
            server = AppServer(
                **{"RECAST_JOURNAL_URL": f"sqlite:///{tmp_path}/journal.sqlite3"} | environment
            )
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture
def against(
    sandbox: Sandbox, account: Account, app_server: Callable[..., AppServer]
) -> Callable[[], AppServer]:
    """The app on a server of ours that follows the contract; to the app it is the API, not its sandbox."""
    return lambda: app_server(
        RECAST_BASE_URL=sandbox.base_url, API_PAT=account.token, RECAST_CLIENT_SLUG=account.client_slug
    )


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        yield browser
        browser.close()


def launch_chromium(playwright: Playwright) -> Browser:
    """Playwright's own browser where it is installed, else the system's."""
    own = Path(playwright.chromium.executable_path)
    path = own if own.exists() else shutil.which("chromium") or shutil.which("google-chrome")
    require(path is not None, "apt-get install chromium (or: python -m playwright install chromium)")
    return playwright.chromium.launch(executable_path=str(path), args=_FLAGS)


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "clean data.csv"
    path.write_bytes(daily_csv(400).replace("\n", "\r\n").encode())
    return path


@contextmanager
def visit(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, accept_downloads=True, timezone_id="Europe/Berlin"
    )
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of its own, without cookies."""
    with visit(chromium) as context:
        yield context


@pytest.fixture
def another_visitor(chromium: Browser) -> Iterator[BrowserContext]:
    with visit(chromium) as context:
        yield context


def settle(page: Page) -> Page:
    """Wait until the script has run; no page may ever show an exception."""
    page.wait_for_selector(_IDLE)
    assert page.get_by_test_id("stException").count() == 0
    return page


def open_page(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    return settle(page)
