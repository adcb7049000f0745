"""Foreign text in the report: it is shown, and makes no element, attribute or template of its own."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from html.parser import HTMLParser
from threading import Barrier
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recast_api.clean_data import Finding, Level, Role, Window, compare, html_report, read
from recast_api.clean_data.sentences import shorten
from tests.clean_data.make import csv_text, daily_frame

HOSTILE = (
    "<script>alert(1)</script>",
    "</title></style></svg><script>",
    '"><img src=x onerror=alert(1)>',
    "' onload='alert(1)",
    "]]><svg onload=alert(1)>",
    "<!-- -- --!> <![CDATA[",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "{{ 7*7 }} {{ report }}",
    "{% raw %} {% endraw %}",
    "{# gone #} {% include 'a' %}",
    "javascript:alert(1)",
    "%s {0} %(title)s ${a}",
)
UNSEEN = (
    "\0",
    "\x07",
    "\x1b[31m",
    "\x7f",
    "\x85",
    "\u200b",
    "\u202egnp",
    "\u2066",
    "\ufeff",
    "\ud800",
    "\ue000",
)

FRAME = daily_frame(days=90, channels=3)
WINDOW = (date(2026, 2, 20), date(2026, 3, 1), 10, 80, 20)


class Page(HTMLParser):
    """The elements of a page with the names of their attributes, and its texts."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.texts: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, *(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")


def report_about(text: str) -> str:
    """A report into which `text` is put wherever a file or a caller can put any."""
    kpi, spend, lost = f"{text} kpi", f"{text} spend", f"{text} lost"
    new = FRAME.rename(columns={"revenue": kpi, "linear_tv": spend})
    old = new.assign(**{spend: 1.0, lost: 2.0})
    data = read(csv_text(new))
    return html_report(
        data,
        [Finding(check=text, level=Level.BLOCK, sentence=f"{text} is wrong", advice=f"mend {text}")],
        kpi=kpi,
        roles=dict.fromkeys(new.columns[2:], Role.SPEND),
        comparison=compare(data, read(csv_text(old))),
        windows=[Window(*WINDOW, label=f"hold {text}")],
        title=f"about {text}",
    )


HARMLESS = Page(report_about("harmless"))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_and_nothing_else(text: str) -> None:
    page = Page(report_about(text))
    assert page.elements == HARMLESS.elements
    assert page.texts.count(f"about {text}") == 2  # in the title and in the heading
    for shown in (f"{text} is wrong", f"mend {text}", f"hold {text}", shorten(f"{text} spend", 40)):
        assert shown in page.texts
    for part in (f"KPI {text} kpi", f"{text} kpi, highest", shorten(f"{text} lost")):
        assert part in "".join(page.texts)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_chart_is_well_formed_whatever_its_names(text: str) -> None:
    source = report_about(text)
    charts = [ElementTree.fromstring(chart) for chart in re.findall(r"<svg.*?</svg>", source, re.S)]
    assert len(charts) == sum(element[0] == "svg" for element in HARMLESS.elements)
    labels = [label.text or "" for chart in charts for label in chart.iter("text")]
    assert shorten(f"{text} spend", 28) in labels
    assert {part.tag for chart in charts for part in chart.iter()} == {
        *("svg", "title", "rect", "polyline", "polygon", "text")
    }


@pytest.mark.parametrize("mark", UNSEEN, ids=ascii)
def test_what_html_cannot_hold_or_nobody_sees_becomes_a_replacement_mark(mark: str) -> None:
    finding = Finding(check="a", level=Level.NOTE, sentence=f"a{mark}b", advice="c")
    source = html_report(read(csv_text(FRAME)), [finding], title=f"t{mark}t")
    source.encode()  # a lone surrogate would fail here
    assert mark not in source
    shown = re.sub("[^ -~]", "\ufffd", mark)
    assert f"a{shown}b" in Page(source).texts


@given(st.text(max_size=40))
def test_any_text_leaves_the_page_as_it_is_built(text: str) -> None:
    data = read("date,revenue\n2025-01-01,1\n2025-01-02,2\n")

    def page(words: str) -> Page:
        findings = [Finding(check="a", level=Level.NOTE, sentence=words, advice=words)]
        return Page(html_report(data, findings, title=words, windows=[Window(*WINDOW, label=words)]))

    assert page(text).elements == page("harmless").elements


def test_reports_made_at_the_same_time_do_not_mix() -> None:
    together = Barrier(8, timeout=60)

    def made(number: int) -> str:
        together.wait()
        return report_about(f"<b>{number}</b>")

    with ThreadPoolExecutor(8) as threads:
        pages = list(threads.map(made, range(8)))

    assert pages == [report_about(f"<b>{number}</b>") for number in range(8)]
