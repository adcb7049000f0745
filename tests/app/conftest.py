"""The app without a browser: each page through `AppTest`, on the embedded sandbox or on the test's."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages._shared import keys
from pages._shared.connection import Settings
from recast_api.journal import Entry, Journal, Owner
from recast_api.sandbox import Account, Sandbox
from tests.conftest import daily_csv

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("API_PAT", "RECAST_PAT", "RECAST_CLIENT_SLUG", "RECAST_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RECAST_JOURNAL_URL", f"sqlite:///{tmp_path}/journal.sqlite3")


@pytest.fixture(autouse=True)
def empty_caches() -> Iterator[None]:
    """All `AppTest`s of a process share their caches; clearing them also stops an embedded sandbox."""
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def clean_csv() -> str:
    """Data in which nothing needs a tick, whatever the run type."""
    return daily_csv(850)


@pytest.fixture
def page() -> Callable[[str], AppTest]:
    """`page("pages/run.py")`: that page, not yet run, on its own embedded sandbox."""

    def open_fresh(path: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        return app if path == "app.py" else app.switch_page(path)

    return open_fresh


@pytest.fixture
def connected_page(
    page: Callable[[str], AppTest], sandbox: Sandbox, account: Account
) -> Callable[[str], AppTest]:
    """`connected_page("app.py")`: a page connected to the test's own sandbox, as by a pasted token."""

    def open_connected(path: str) -> AppTest:
        app = page(path)
        app.session_state[keys.CONNECTION_CHOICE] = Settings(
            token=account.token, client_slug=account.client_slug, base_url=sandbox.base_url
        )
        return app

    return open_connected


@pytest.fixture
def entries(account: Account, tmp_path: Path) -> Callable[[], list[Entry]]:
    """What the app's journal holds, newest first."""

    def read() -> list[Entry]:
        journal = Journal(f"sqlite:///{tmp_path}/journal.sqlite3")
        try:
            return journal.entries(Owner.of(account.token))
        finally:
            journal.close()

    return read
