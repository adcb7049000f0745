from __future__ import annotations

import csv
import io
import re
from datetime import date
from html.parser import HTMLParser

import pandas as pd
import pytest

from recast_api.clean_data import (
    Finding,
    Level,
    check,
    compare,
    findings_csv,
    held_out_windows,
    html_report,
    profile,
    read,
)
from recast_api.clean_data.reporting.svg import heat_map, stacked
from tests.clean_data.make import TODAY, csv_text, daily_frame
from tests.clean_data.planted import put, times
from tests.formula_starts import FORMULA_STARTS

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|' /C calc'!A0",
    "&lt;b&gt; & 'quotes' \"double\"",
    "]]></style><svg onload=alert(1)>",
    "x" * 10_000,
    "tab\tand\nline",
    "\u202egnp.exe",
    "%s {0} {kpi}",
)
VOID = {"meta", "br"}
PAGE = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "br", "span", "ol", "li"}
TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
DRAWING = {"svg", "rect", "polyline", "polygon", "text"}


class Page(HTMLParser):
    """Notes the tags and attributes of a page, and that every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= set(attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= set(attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(page: str) -> Page:
    parser = Page()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


def full_report(new: pd.DataFrame, old: pd.DataFrame, title: str = "Acme") -> str:
    data, earlier = read(csv_text(new)), read(csv_text(old))
    return html_report(
        data,
        check(data, earlier=earlier, today=TODAY),
        comparison=compare(data, earlier),
        windows=held_out_windows(data, run_type="holdout", holdout_days=[14, 28]),
        title=title,
        made_on=date(2026, 3, 2),
    )


def test_the_report_tells_all_parts() -> None:
    page = parsed(full_report(times("tiktok", slice(300, 350), 3)(daily_frame()), daily_frame()))
    for part in (
        "Acme",
        "2026-03-01",
        "KPI revenue",
        "▲ Confirm",
        "History rewritten",
        "Held-out days",
        "inferred",
    ):
        assert part in page.text
    for heading in ("Findings", "Against an earlier run", "Over time", "Columns", "Correlation"):
        assert heading in page.text
    assert {"svg", "table", "title"} <= page.tags


def test_the_report_loads_and_runs_nothing() -> None:
    source = full_report(daily_frame(), daily_frame())
    page = parsed(source)
    assert not page.tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "a"}
    assert not {name for name, _ in page.attributes} & {"src", "href", "srcset", "style", "action"}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "url(" not in source
    assert "@import" not in source
    assert "prefers-color-scheme: dark" in source
    assert "@media print" in source


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_and_cells_are_inert_in_the_report(text: str) -> None:
    new = daily_frame().rename(columns={"tiktok": text}).assign(note="a" + text)
    source = full_report(put(text, 300, 1e6)(new), daily_frame().rename(columns={"tiktok": text}), title=text)
    page = parsed(source)
    assert page.tags <= PAGE | TABLE | DRAWING
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "x" * 200 not in source


def test_the_report_of_nothing_is_a_page() -> None:
    for text in ("", "date,revenue\n", "a\n1\n"):
        data = read(text)
        assert "<h1>" in html_report(data, check(data))


def test_findings_as_csv_have_lines_and_all_fields() -> None:
    frame = put("tiktok", slice(10, 12), -5)(daily_frame())
    (row,) = csv.DictReader(io.StringIO(findings_csv(check(read(csv_text(frame)), today=TODAY))))
    assert row["level"] == "confirm"
    assert row["check"] == "negative_spend"
    assert (row["columns"], row["lines"], row["line_count"]) == ("tiktok", "12; 13", "2")
    assert row["sentence"].startswith("Spend is negative: tiktok")


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_cell_of_the_csv_is_a_formula(start: str) -> None:
    text = f'{start}cmd|"/C calc"!A0'
    finding = Finding(
        check=text, level=Level.NOTE, sentence=text, advice=text, columns=(text,), values=(text,), fix=text
    )
    head, row = csv.reader(io.StringIO(findings_csv([finding]), newline=""))
    assert len(head) == len(row)
    assert row[2].startswith("'")
    for cell in row:
        assert not cell.lstrip(" \ufeff").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert cell in (f"'{text}".replace("\0", ""), "note", "", "0")


def test_no_findings_are_a_header() -> None:
    assert findings_csv(()).splitlines() == [
        "level,check,sentence,advice,columns,lines,line_count,values,fix"
    ]


def test_a_report_without_findings_says_so_and_counts_what_it_cannot_list() -> None:
    data = read(csv_text(daily_frame()))
    assert "<h2>Findings</h2><p>None.</p>" in html_report(data)
    many = Finding(check="a", level=Level.NOTE, sentence="b.", advice="c.", lines=(2, 3), line_count=5000)
    assert "5,000 lines" in html_report(data, [many])


def rows_of_summary(report: str) -> list[tuple[str, ...]]:
    table = report[report.index("<h2>Summary") : report.index("<h2>Findings")]
    return re.findall(r"<tr>\s*<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>\s*<td>(.*?)</td>", table)


def test_the_summary_has_a_line_for_each_group_above_the_findings() -> None:
    data = read(csv_text(put("tiktok", 300, -5)(daily_frame())))
    found = check(data, earlier=data, today=TODAY)
    report = html_report(data, found, comparison=compare(data, data), run_type="holdout")
    assert [(name, state) for name, state, _ in rows_of_summary(report)] == [
        ("File", "✓ fine"),
        ("Dates", "✓ fine"),
        ("Columns", "✓ fine"),
        ("KPI", "✓ fine"),
        ("Spend", "▲ to confirm"),
        ("Since the earlier run", "▲ to confirm"),
        ("Holdout", "✓ fine"),
    ]
    assert "Since run 2786" in html_report(data, found, earlier_run="2786")
    assert next(step for name, _, step in rows_of_summary(report) if name == "Spend") == found[0].advice


def test_a_file_that_cannot_be_read_has_nothing_fine_in_the_report() -> None:
    states = [state for _, state, _ in rows_of_summary(html_report(read("date,a\n2025-01-01,2,3\n")))]
    assert states == ["■ blocked", *["○ not checked"] * 4]


def test_many_days_are_drawn_in_as_many_points_as_show() -> None:
    source = html_report(read(csv_text(daily_frame(days=5000))))
    longest = max(
        len(value.split()) for name, value in parsed(source).attributes if name == "points" and value
    )
    assert longest == 900


def test_without_a_kpi_the_report_shows_spend_alone() -> None:
    report = html_report(read(csv_text(daily_frame().drop(columns="revenue"))))
    assert "Spend, all channels" in report
    assert "KPI revenue" not in report


def test_a_kpi_with_the_name_of_a_chart_is_drawn_beside_it() -> None:
    name = "Spend, all channels"
    report = html_report(read(csv_text(daily_frame().rename(columns={"revenue": name}))), kpi=name)
    assert report.count(f"{name}, highest") == 2


def test_an_increase_and_a_decrease_differ_in_more_than_colour() -> None:
    old = daily_frame()
    data = read(csv_text(times("tiktok", slice(700, 701), 0.5)(times("tiktok", slice(500, 501), 2)(old))))
    heat = heat_map(compare(data, read(csv_text(old))))
    assert heat
    _, *marks = heat.rectangles
    assert [(mark.kind, mark.y) for mark in marks] == [("up", 0), ("down", 10)]
    assert [(label.text, label.anchor) for label in heat.labels[-2:]] == [
        (old["date"][500], "start"),
        (old["date"][700], "end"),
    ]


@pytest.mark.parametrize(("weeks", "points"), [(160, 160), (161, 160)])
def test_layers_stand_on_each_other_and_the_highest_week_is_the_datas(weeks: int, points: int) -> None:
    # A span that begins on a Monday and ends on a Sunday has whole weeks only.
    frame = daily_frame(days=7 * weeks, channels=2, today=date(2026, 3, 2))
    layers = stacked(profile(read(csv_text(frame))))
    assert layers
    lower, upper = (outline.split() for outline in layers.figure.areas)
    assert len(lower) == len(upper) == 2 * points
    assert upper[points:] == lower[:points][::-1]
    spend = frame.iloc[:, 2:].sum(axis=1).to_numpy().reshape(weeks, 7).sum(axis=1)
    assert layers.figure.labels[0].text == f"Spend per week, highest {spend.max():,.0f}"


def test_a_part_with_nothing_to_show_has_no_heading() -> None:
    def headings(report: str) -> list[str]:
        return re.findall("<h2>(.*?)</h2>", report)

    parts = [
        "Summary",
        "Findings",
        "Against an earlier run",
        "Held-out days",
        "Over time",
        "Columns",
        "Correlation",
    ]
    assert headings(full_report(daily_frame(), daily_frame())) == parts
    assert headings(html_report(read("date,revenue\n2025-01-01,1\n"))) == [
        *("Summary", "Findings", "Columns"),
    ]
    assert headings(html_report(read(""))) == ["Summary", "Findings"]


@pytest.mark.parametrize(("channels", "is_of_a_part"), [(29, False), (30, True)])
def test_the_map_of_correlations_says_when_it_is_of_a_part(channels: int, is_of_a_part: bool) -> None:
    report = html_report(read(csv_text(daily_frame(days=60, channels=channels))))
    assert ("Only the first 30 columns" in parsed(report).text) is is_of_a_part
    assert re.findall(r"<text [^>]*>(3\d [^<]+)", report)[0].startswith("30 ")
    assert not re.search("<text [^>]*>31 ", report)
