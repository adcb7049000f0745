"""The app as a person meets it: `streamlit run` in a process of its own, and a real Chromium.

A server takes seconds to start, so a worker has one of each kind, `demo` and `connected`. What one test does
there is nothing to the next: each visitor of the demo has an account and a journal of their own, and
`connected` begins with an empty account and an empty journal. A test whose server is to be fresh, has
settings of its own, dies, or is left with a launch under way starts its own: `app_server`, `against`.
"""

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
from sqlalchemy import create_engine

from recast_api.journal.schema import metadata, version_table
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


_TOKEN = "gr_connected_0123456789abcdef"
"""Of each test's account, so that a server which outlives a test has the next one's."""


@pytest.fixture
def account(sandbox: Sandbox) -> Account:
    return sandbox.open_account(token=_TOKEN, client_slug="acme", demo=False)


def settings_of(sandbox: Sandbox) -> dict[str, str]:
    return {"RECAST_BASE_URL": sandbox.base_url, "API_PAT": _TOKEN, "RECAST_CLIENT_SLUG": "acme"}


@pytest.fixture
def against(
    sandbox: Sandbox,
    account: Account,  # noqa: ARG001 - opened
    app_server: Callable[..., AppServer],
) -> Callable[[], AppServer]:
    """The app on a server of ours that follows the contract; to the app it is the API, not its sandbox."""
    return lambda: app_server(**settings_of(sandbox))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The app on its embedded sandbox, shared: see above."""
    server = AppServer(RECAST_JOURNAL_URL=f"sqlite:///{tmp_path_factory.mktemp('demo')}/journal.sqlite3")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _connected_server(
    _sandbox_server: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[AppServer, Path]]:
    """The server, and the file of its journal."""
    journal = tmp_path_factory.mktemp("connected") / "journal.sqlite3"
    server = AppServer(RECAST_JOURNAL_URL=f"sqlite:///{journal}", **settings_of(_sandbox_server))
    yield server, journal
    server.stop()


@pytest.fixture
def connected(
    _connected_server: tuple[AppServer, Path],
    account: Account,  # noqa: ARG001 - opened
) -> AppServer:
    """What `against` gives, shared. A test may not leave a launch in it that is under way or unknown."""
    server, journal = _connected_server
    if journal.exists():  # not before the first visit
        _empty(journal)
    return server


def _empty(journal: Path) -> None:
    """Take everything out of a journal that an app has open."""
    engine = create_engine(f"sqlite:///{journal}")
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            if table is not version_table:
                connection.execute(table.delete())
    engine.dispose()


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
