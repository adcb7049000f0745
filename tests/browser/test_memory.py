"""What a visitor leaves behind is let go of, even if nobody comes after."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from pages._shared import memory
from tests.browser.conftest import AppServer, open_page, settle, visit

APP = """
import gc

import streamlit as st

from pages._shared import memory

memory.watch_session()
st.button("Count")
st.text(f"{sum(type(one).__name__ == 'AppSession' for one in gc.get_objects())} sessions")
"""


def test_a_session_is_ended_some_time_after_its_tab_was_closed(
    app_server: Callable[..., AppServer], chromium: Browser, tmp_path: Path
) -> None:
    script = tmp_path / "counting.py"
    script.write_text(APP)
    server = app_server(script=str(script), STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="5")
    with visit(chromium) as staying:
        page = open_page(staying, server.url)
        with visit(chromium) as leaving:
            open_page(leaving, server.url)
            page.get_by_role("button", name="Count").click()
            expect(page.get_by_text("2 sessions")).to_be_visible()
        for _ in range(60):
            page.get_by_role("button", name="Count").click()
            page.wait_for_timeout(500)
            if settle(page).get_by_text("1 sessions").count():
                break
        expect(page.get_by_text("1 sessions")).to_be_visible()
    assert "Traceback" not in "".join(server.output)


@pytest.mark.skipif(sys.platform != "linux", reason="the C library is another one")
def test_the_c_library_takes_the_settings() -> None:
    assert memory.settle()
