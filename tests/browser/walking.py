"""Uses every control of a page, whatever they are: found in the browser, not listed.

A control is known by what it is and says (`button Accept this fix`), with numbers left out, so that fifty
links to fifty runs are one. One that leads away, or that takes others with it, is used like any other: the
page is then prepared anew, until nothing is left that hasn't been used.
"""

from collections.abc import Callable, Set
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.browser.conftest import settle

# What opens something comes last: what it brought to light is used before it is closed again.
_CONTROLS = {
    "download": '[data-testid="stDownloadButton"] button',
    "link": '[data-testid="stSidebar"] [data-testid="stPageLink-NavLink"]',
    "choice": '[data-testid="stRadioOption"], [data-testid="stCheckbox"] label',
    "button": "button",
    "expander": '[data-testid="stExpander"] summary',
    "tab": "[role=tab]",
}
_NOT_OURS = ", ".join(
    (
        '[data-testid="stFileUploader"]',  # opens the computer's own window
        '[data-testid="stElementToolbar"], [kind="elementToolbar"]',  # of every chart: Streamlit's, as these
        '[data-testid="stDataFrame"]',
        '[data-testid="stHeader"]',
        '[data-testid="stSidebarHeader"]',
        '[data-testid="stNumberInput"]',
        '[data-testid="stSelectbox"]',
        '[data-testid="stDateInput"]',
        'button[aria-label="Close"]',  # of a dialog, which is left last
        'button[aria-label="Dismiss"]',
        '[data-testid="stDownloadButton"] button:not([data-walked="download"])',
    )
)
_FIND = """([controls, notOurs, within]) => {
    const root = document.querySelector('[data-testid="stDialog"]') || document.querySelector(within);
    document.querySelectorAll('[data-walked]').forEach(one => one.removeAttribute('data-walked'));
    const found = [];
    for (const [kind, selector] of Object.entries(controls))
        for (const one of root.querySelectorAll(selector)) {
            if (one.dataset.walked || one.disabled || !one.checkVisibility()) continue;
            if (one.getAttribute('aria-selected') === 'true') continue;
            one.dataset.walked = kind;
            if (one.closest(notOurs)) continue;
            const label = one.querySelector('[data-testid="stMarkdownContainer"]') || one;
            const words = label.textContent.trim() || one.getAttribute('aria-label') || '';
            one.dataset.walked = found.length;
            found.push(`${kind} ${words.replace(/\\s+/g, ' ').replace(/\\d+/g, '#')}`);
        }
    return found;
}"""
_REACTION_MS = 120
"""Until the page has noticed a click: before, it looks as if nothing were going on."""
_SLOW_REACTION_MS = 2_000
"""The same for what makes the script run, on a machine that does much else: it is waited for, no longer."""
_RUNS_THE_SCRIPT = ("button", "choice", "link")
_WATCH = """() => {
    window.scriptRan = false;
    window.scriptWatch?.disconnect();
    window.scriptWatch = new MutationObserver(() => { window.scriptRan = true; });
    const state = { attributes: true, attributeFilter: ['data-test-script-state'] };
    window.scriptWatch.observe(document.querySelector('[data-testid="stApp"]'), state);
}"""
_MOST_STEPS = 150
"""More than any page has; beyond, the walk goes in circles."""


def use_every_control(
    page: Page, prepare: Callable[[], object], *, within: str, before: Set[str] = frozenset()
) -> set[str]:
    """Use each control within a part of the page once, and return what they were called.

    Those that were used `before`, on another page or with other data, aren't used again.
    """
    used: set[str] = set()
    prepare()
    address, is_fresh = page.url, True
    while len(used) < _MOST_STEPS:
        name = _use_another(page, used | before, within)
        if name is not None:
            used.add(name)
            is_fresh = False
        elif page.get_by_test_id("stDialog").count():
            page.keyboard.press("Escape")
            expect(page.get_by_test_id("stDialog")).to_have_count(0)
        elif is_fresh:
            return used
        if name is None or page.url != address:
            prepare()
            address, is_fresh = page.url, True
    raise AssertionError(f"more than {_MOST_STEPS} controls: {sorted(used)}")


def _use_another(page: Page, used: set[str], within: str) -> str | None:
    """Use a control that hasn't been used, if there is one, and return what it is called."""
    page.wait_for_timeout(_REACTION_MS)
    settle(page)
    found: list[str] = page.evaluate(_FIND, [_CONTROLS, _NOT_OURS, within])
    index = next((index for index, name in enumerate(found) if name not in used), None)
    if index is None:
        return None
    control = page.locator(f'[data-walked="{index}"]')
    if found[index].startswith("download"):
        with page.expect_download(timeout=20_000) as download:
            control.click(timeout=5_000)
        assert Path(download.value.path()).stat().st_size > 0, found[index]
    else:
        page.evaluate(_WATCH)
        control.click(timeout=5_000)
        _await_reaction(page, found[index])
    settle(page)
    expect(page.get_by_text("Failed to generate file")).to_have_count(0)
    return found[index]


def _await_reaction(page: Page, name: str) -> None:
    """Wait until the script began to run; what opens in the browser alone has no more to wait for."""
    page.wait_for_timeout(_REACTION_MS)
    if name.startswith(_RUNS_THE_SCRIPT):
        with suppress(PlaywrightTimeoutError):  # some buttons open something in the browser alone
            page.wait_for_function("window.scriptRan", timeout=_SLOW_REACTION_MS)
