"""Foreign text in every element that takes Markdown: shown to the letter, never a link or a picture."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import AppServer, open_page
from tests.browser.outward import asked_of_others

HOSTILE = [
    # addresses
    *("https://evil.example/x", "http://evil.example", "HTTPS://EVIL.EXAMPLE", "(https://evil.example)"),
    *("www.evil.example", "see WWW.evil.example/a?b=c.", "https://www.evil.example", "www", "www."),
    *("bob@evil.example", "mail bob.x+y@evil.example now", "mailto:bob@evil.example", "xmpp:a@evil.example"),
    *("ftp://evil.example/x", "//evil.example/x", "javascript:alert(1)", "data:text/html,x", "tel:+1"),
    *("<https://evil.example>", "[x](https://evil.example)", "![x](https://evil.example/a.png)"),
    *(
        "https://a.example -> https://b.example",
        "_https://evil.example_",
        "[x][y]",
        "[x]: https://evil.example",
    ),
    # signs that are made prettier
    *("a -- b", "a -> b", "a <- b", "a <-> b", "a >= b", "a <= b", "a != b", "a ~= b", "a --- b"),
    *("--", "->", "<-", "<->", ">=", "<=", "~=", "-- -> <- >= <= ~=", "2026-06-01 -- 2026-06-30"),
    *("&copy; &amp; &#169; &lt;b&gt;", "AT&T", "&colon;smile&colon;"),
    # names of icons, emoji, colours
    *(":material/home:", ":material_home:", ":streamlit:", ":smile:", "x:smile:y", ":+1: :-1:", "12:30:45"),
    *(
        ":red[x]",
        ":blue-background[x]",
        ":small[x]",
        ":blue-badge[x]",
        ":shimmer[x]",
        ":help[x]",
        ":rainbow[x]",
    ),
    *(':color[x]{foreground="#ff0000"}', ":color{}", "::leaf[x]", ":::container", "::", ":x", "x:", "a:b"),
    # Markdown
    *(
        "# heading",
        "## two",
        "heading #",
        "1. one",
        "2) two",
        "- item",
        "* item",
        "+ item",
        "> quote",
        "===",
        "---",
    ),
    *("**b** *i* __b__ _i_ ***x***", "~~gone~~ ~x~", "`code`", "```x```", "~~~", "***", "___", "    code"),
    *(
        "[^1]",
        "[^1]: note",
        "[ ] task",
        "- [x] task",
        "| a | b |",
        "|---|---|",
        "a\\b",
        "a\\",
        "\\",
        "\\*",
        "C:\\x_y",
    ),
    *(
        "$x^2$",
        "$$x$$",
        "$5 to $10k",
        "{x}",
        "{{x}}",
        "[",
        "]",
        "[[x]]",
        "!",
        "snake_case_name",
        "a_ _b",
        "=SUM(A1)",
    ),
    # HTML
    *(
        "<b>x</b>",
        "<script>alert(1)</script>",
        "<img src=https://evil.example/a.png>",
        "<!-- x -->",
        "</div>",
    ),
    *('<a href="https://evil.example">x</a>', "<svg onload=alert(1)>", "<br>", "a<b and b>a"),
    # other writing
    *(
        "日本語 – text",
        "emoji 😀 ok",
        "🙂:smile:",
        "a family 👩‍👩‍👧",
        "naïve “quoted”",
        "שלום",
        "a  \t b\nc",
        "'\"`",
    ),
]
NOT_TO_THE_LETTER = {
    "turned\u202eround": "turned[U+202E]round",
    "soft\u00adly": "soft[U+00AD]ly",
    "a\u200bb": "a[U+200B]b",
    "bell\x07": "bell[U+0007]",
    "half \ud83d pair": "half [U+D83D] pair",
}
EXPECTED = [*(" ".join(text.split()) for text in HOSTILE), *NOT_TO_THE_LETTER.values()]

# One column of all texts for each element, so that one look at the page sees everything.
SCRIPT = """
import json
import streamlit as st
from pathlib import Path
from pages._shared.plain import escape

texts = [escape(text) for text in json.loads(Path(__file__).with_name("texts.json").read_text())]
ICON = ":material/info:"
DRAWN = {
    "markdown": lambda text, key: st.markdown(text),
    "sentence": lambda text, key: st.markdown(f"**{text}** or :gray[{text}] at client {text}."),
    "caption": lambda text, key: st.caption(text),
    "error": lambda text, key: st.error(text, icon=ICON),
    "badge": lambda text, key: st.badge(text, icon=ICON, color="gray"),
    "button": lambda text, key: st.button(text, key=key),
    "download_button": lambda text, key: st.download_button(text, b"x", key=key),
    "checkbox": lambda text, key: st.checkbox(text, key=key),
    "expander": lambda text, key: st.expander(text),
    "page_link": lambda text, key: st.page_link("pages/other.py", label=text),
    "metric_label": lambda text, key: st.metric(text, 1),
    "metric_value": lambda text, key: st.metric("label", text),
    "progress": lambda text, key: st.progress(0.5, text=text),
    "subheader": lambda text, key: st.subheader(text, anchor=False),
    "text_input": lambda text, key: st.text_input(text, key=key),
}
kind = st.query_params.get("kind", "")
if kind in DRAWN:
    for place, text in enumerate(texts):
        with st.container(key=f"text_{place}"):
            DRAWN[kind](text, f"widget_{place}")
elif kind == "tabs":
    st.tabs(texts)
elif kind == "radio":
    st.radio("label", texts, captions=texts, format_func=lambda text: text)
elif kind == "pills":
    st.pills("label", texts, format_func=lambda text: text)
elif kind == "toast":
    st.toast(" | ".join(texts), duration="infinite")
elif kind == "help":
    st.button("Hover", help=" | ".join(texts))
elif kind == "raw":
    st.markdown("https://evil.example a -> b ![x](https://evil.example/a.png)")
st.text("drawn")
"""
_TEXTS = '[data-testid="stMarkdownContainer"], [data-testid="stCaptionContainer"], h3'
EACH_BY_ITSELF = [line.split('"')[1] for line in SCRIPT.splitlines() if line.startswith('    "')]
AROUND = {"sentence": "{0} or {0} at client {0}.", "badge": "info {0}"}


@pytest.fixture(scope="module")
def texts_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """A page of its own that shows all texts in the element that its address names."""
    folder = tmp_path_factory.mktemp("texts")
    (folder / "texts.py").write_text(SCRIPT, encoding="utf-8")
    (folder / "pages").mkdir()
    (folder / "pages" / "other.py").write_text("", encoding="utf-8")
    (folder / "texts.json").write_text(json.dumps([*HOSTILE, *NOT_TO_THE_LETTER]), encoding="utf-8")
    server = AppServer(str(folder / "texts.py"))
    yield server
    server.stop()


@dataclass
class Shown:
    """The page with all texts in one kind of element."""

    page: Page
    asked: list[str]

    def in_each(self, selector: str) -> list[list[str]]:
        """What can be read within each element of `selector`, blanks in a row as one."""
        # The code of an element may arrive after the page is drawn.
        expect(self.page.locator(selector).last.locator(_TEXTS).last).to_be_attached()
        read = """(elements, texts) => elements.map(
            element => [...element.querySelectorAll(texts)].map(text => text.innerText))"""
        found: list[list[str]] = self.page.locator(selector).evaluate_all(read, _TEXTS)
        return [[" ".join(text.split()) for text in texts] for texts in found]

    def is_inert(self) -> bool:
        own_links = 'a:not([data-testid="stPageLink-NavLink"])'
        drawn = f'[data-testid="stMain"] :is(img, svg[onload], script, {own_links})'
        return self.page.locator(drawn).count() == 0 and self.asked == []


Show = Callable[[str], Shown]


@pytest.fixture
def show(texts_server: AppServer, visitor: BrowserContext) -> Show:
    asked = asked_of_others(visitor)

    def opened(query: str) -> Shown:
        page = open_page(visitor, f"{texts_server.url}/?kind={query}")
        expect(page.get_by_text("drawn", exact=True)).to_be_visible()
        return Shown(page, asked)

    return opened


@pytest.mark.parametrize("kind", EACH_BY_ITSELF)
def test_text_is_shown_to_the_letter(show: Show, kind: str) -> None:
    shown = show(kind)
    read = shown.in_each('[class*="st-key-text_"]')
    assert len(read) == len(EXPECTED)
    around = AROUND.get(kind, "{0}")
    wrong = {text: got for text, got in zip(EXPECTED, read, strict=True) if around.format(text) not in got}
    assert wrong == {}
    assert shown.is_inert()


@pytest.mark.parametrize(
    ("kind", "selector"),
    [
        ("tabs", '[data-testid="stTab"]'),
        ("radio", '[data-testid="stRadioOption"]'),
        ("pills", '[data-testid="stButtonGroup"] button'),
    ],
)
def test_options_are_shown_to_the_letter(show: Show, kind: str, selector: str) -> None:
    shown = show(kind)
    read = shown.in_each(selector)
    assert len(read) == len(EXPECTED)
    assert [text for text, got in zip(EXPECTED, read, strict=True) if set(got) != {text}] == []
    assert shown.is_inert()


def test_a_tooltip_is_shown_to_the_letter(show: Show) -> None:
    shown = show("help")
    shown.page.get_by_role("button", name="Hover").hover()
    tooltip = shown.page.get_by_test_id("stTooltipContent")
    expect(tooltip).to_be_visible()
    assert " ".join(tooltip.inner_text().split()) == " | ".join(EXPECTED)
    assert shown.is_inert()


def test_a_toast_is_shown_to_the_letter(show: Show) -> None:
    shown = show("toast")
    toast = shown.page.get_by_test_id("stToast")
    expect(toast).to_be_visible()
    assert " | ".join(EXPECTED) in " ".join(toast.inner_text().split())
    assert shown.is_inert()


def test_text_that_is_not_escaped_would_be_seen(show: Show) -> None:
    shown = show("raw")
    assert not shown.is_inert()
    assert "https://evil.example/a.png" in shown.asked
    assert "a → b" in shown.page.get_by_test_id("stMain").inner_text()
