"""The app without a browser: each page through `AppTest`, on the embedded sandbox or on the test's."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages._shared.connection import Connection
from recast_api import RecastClient

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_PAT", "RECAST_PAT", "RECAST_CLIENT_SLUG", "RECAST_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def empty_caches() -> Iterator[None]:
    """All `AppTest`s of a process share their caches; clearing them also stops an embedded sandbox."""
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def page() -> Callable[[str], AppTest]:
    """`page("pages/run.py")`: that page, not yet run, on its own embedded sandbox."""

    def open_fresh(path: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        return app if path == "app.py" else app.switch_page(path)

    return open_fresh


@pytest.fixture
def connected_page(page: Callable[[str], AppTest], client: RecastClient) -> Callable[[str], AppTest]:
    """`connected_page("app.py")`: a page connected to the test's own sandbox, as by a pasted token."""

    def open_connected(path: str) -> AppTest:
        app = page(path)
        app.session_state["connection"] = Connection(client=client, is_sandbox=False, token_end="7f3a")
        return app

    return open_connected
