"""Rows among the days that are none: totals, units, notes and headers."""

from typing import Any

import pytest

from recast_api.clean_data import Level, check, preview, read
from tests.clean_data.make import TODAY, csv_text, daily_frame

TABLE = "date,revenue,tv,note\n2025-01-01,5,6,\n2025-01-02,70,8,\n2025-01-03,9,10,holiday\n"
LINES = TABLE.splitlines()


def with_line(line: str, number: int) -> str:
    return "\n".join([*LINES[: number - 1], line, *LINES[number - 1 :]]) + "\n"


NO_DAYS = {
    "total": ("Total,84,24,", 5, "Line 5 holds a total, not a day: “Total”."),
    "total in the middle": ("Subtotal,75,14,", 4, "Line 4 holds a total, not a day: “Subtotal”."),
    "total on top": ("Grand total,84,24,", 2, "Line 2 holds a total, not a day: “Grand total”."),
    "german": ("Summe:,84,24,", 5, "Line 5 holds a total, not a day: “Summe:”."),
    "chinese": ("合计,84,24,", 5, "Line 5 holds a total, not a day: “合计”."),
    "average": ("Average,28,8,", 5, "Line 5 holds an average, not a day: “Average”."),
    "total of a month": (
        "January 2025 total,84,24,",
        5,
        "Line 5 holds a total, not a day: “January 2025 total”.",
    ),
    "word elsewhere": (",84,24,Total", 5, "Line 5 holds a total, not a day: “Total”."),
    "sum without a word": (",84,24,", 5, "Line 5 holds a total, not a day."),
    "sum since the last": (",75,14,", 4, "Line 4 holds a total, not a day."),
    "sum in a text column": (',"$84",24,', 5, "Line 5 holds a total, not a day."),
    "units": (",USD,USD,", 2, "Line 2 holds units or descriptions, not a day: “USD”."),
    "forms": ("YYYY-MM-DD,$,€,text", 2, "Line 2 holds units or descriptions, not a day: “YYYY-MM-DD”."),
    "note": ("Source: Funnel.io,,,", 5, "Line 5 holds a note, not a day: “Source: Funnel.io”."),
    "dated note": ("Made on 31 Jan 2025,,,", 5, "Line 5 holds a note, not a day: “Made on 31 Jan 2025”."),
    "note elsewhere": (",,,closed", 3, "Line 3 holds a note, not a day: “closed”."),
    "header": (LINES[0], 4, "Line 4 holds the header again, not a day."),
    "header in capitals": (LINES[0].upper(), 4, "Line 4 holds the header again, not a day."),
    "words for nothing": (",NA,-,", 5, "Line 5 holds neither day nor value."),
}


@pytest.mark.parametrize("name", NO_DAYS)
def test_a_row_that_is_no_day_is_named_and_left_out(name: str) -> None:
    line, number, sentence = NO_DAYS[name]
    data = read(with_line(line, number))
    (finding,) = (finding for finding in data.findings if finding.check != "number_format")
    assert (finding.check, finding.level, finding.sentence) == ("date_unreadable", Level.BLOCK, sentence)
    assert (finding.lines, finding.columns, finding.fix) == ((number,), ("date",), "leave_out_rows")
    assert data.frame.equals(read(TABLE).frame)
    assert number not in data.lines.tolist()
    (change,) = preview(data, "leave_out_rows")
    assert (change.line, change.before, change.after) == (number, line, None)
    assert data.fixes[0].line_count == 1
    fixed = read(data.text, fixes=["leave_out_rows"])
    assert fixed.text == TABLE
    assert fixed.findings == ()
    assert read(data.text).text == data.text


@pytest.mark.parametrize(
    "line",
    [
        "2025-02-30,1,2,",
        "2025-02-30,,,",
        "31 Feb 2025,,,",
        "Monday 31 Feb 2025,,,",
        "soon,1,2,",
        ",1,2,",
        ",84,2,",
        ",TRUE,,",
        ",inf,,",
        "forecast,84,24,",
    ],
)
def test_a_row_whose_day_may_be_mistyped_or_missing_stays(line: str) -> None:
    data = read(with_line(line, 5))
    assert len(data.frame) == 4
    (finding,) = (finding for finding in data.findings if finding.check == "date_unreadable")
    assert (finding.lines, finding.fix) == ((5,), None)


def test_rows_of_several_kinds_make_one_finding() -> None:
    text = "date,a\n,USD\n2025-01-01,1\ndate,a\n2025-01-02,2\nTotal,3\nTotal,3\nSource: us,\nSource: us,\n"
    (finding,) = read(text).findings
    assert finding.sentence == (
        "Line 2 holds units or descriptions; line 4 holds the header again; lines 6–7 hold totals; "
        "lines 8–9 hold notes."
    )
    assert read(text).fixes[0].sentence == "Leave these lines out: lines 2, 4 and 6–9."
    assert read(text, fixes=["leave_out_rows"]).text == "date,a\n2025-01-01,1\n2025-01-02,2\n"


def test_a_mistyped_day_has_a_finding_of_its_own_without_a_fix() -> None:
    text = with_line("Total,84,24,", 5).replace("2025-01-02", "2025-02-30")
    assert [(finding.lines, finding.fix) for finding in read(text).findings] == [
        ((5,), "leave_out_rows"),
        ((3,), None),
    ]


def test_a_total_counts_no_cell_as_missing_or_formatted_otherwise() -> None:
    text = "date;a;b\n2025-01-01;1,5;1e3\n2025-01-02;2,5;NA\nSumme;1.234,5 €;5e4\n"
    data = read(text)
    assert [finding.check for finding in data.findings] == [
        "date_unreadable",
        "separator",
        "missing_words",
        "scientific_notation",
    ]
    assert [finding.lines for finding in data.findings if finding.lines] == [(4,), (3,), (2,)]
    fixed = read(text, fixes=[fix.name for fix in data.fixes])
    assert fixed.text == "date,a,b\n2025-01-01,1.5,1000\n2025-01-02,2.5,\n"


def test_exponents_that_only_a_total_has_are_not_named() -> None:
    assert [finding.check for finding in read(TABLE + "Total,1e3,24,\n").findings] == ["date_unreadable"]


def test_dates_that_contradict_one_another_keep_their_lines() -> None:
    data = read("date,a\n13/1/2025,1\nTotal,3\n14/1/2025,5\n1/15/2025,6\nTotal,9\n")
    assert [(finding.check, finding.lines) for finding in data.findings] == [
        ("date_unreadable", (3, 6)),
        ("date_order_mixed", (5,)),
    ]


def test_no_row_is_left_out_where_no_day_would_be_left_or_no_dates_are() -> None:
    assert "date_unreadable" in [finding.check for finding in read("date,a\nTotal,1\nTotal,2\n").findings]
    assert read("date,a\nTotal,1\nTotal,2\n").fixes == ()
    assert read("a,b\nTotal,1\n5,2\n").fixes == ()


@pytest.mark.parametrize(("totals", "left"), [(1000, 5000), (1001, 6001)])
def test_a_thousand_rows_are_left_out_at_most(totals: int, left: int) -> None:
    assert len(read("date,a\n" + "2025-01-01,5\n" * 5000 + "Total,5\n" * totals).frame) == left


@pytest.mark.parametrize(
    ("total", "is_total"), [(100_099, True), (99_901, True), (100_101, False), (99_899, False)]
)
def test_a_sum_without_a_word_may_be_rounded_by_a_thousandth(total: int, is_total: bool) -> None:
    data = read(f"date,a\n2025-01-01,50000\n2025-01-02,50000\n,{total}\n")
    assert (data.findings[0].fix == "leave_out_rows") is is_total


def test_more_than_half_of_the_columns_tell_a_sum() -> None:
    rows = "date,a,b,c\n2025-01-01,1,2,3\n2025-01-02,1,2,3\n"
    assert read(rows + ",2,4,5\n").findings[0].fix == "leave_out_rows"
    assert read(rows + ",2,5,5\n").findings[0].fix is None
    assert read(rows + ",2,0,\n").findings[0].fix == "leave_out_rows"
    assert read(rows + ",0,0,0\n").findings[0].fix is None


def test_the_first_twenty_columns_tell_a_sum() -> None:
    names = ",".join(f"c{place}" for place in range(39))
    days = "".join(f"2025-01-0{day}" + ",1" * 39 + "\n" for day in (1, 2))
    for right, fix in ((11, "leave_out_rows"), (10, None)):
        # Nineteen columns behind the twentieth are sums as well.
        total = ",2" * right + ",3" * (20 - right) + ",2" * 19
        assert read(f"date,{names}\n{days}{total}\n").findings[0].fix == fix


@pytest.mark.parametrize("cell", ["9" * 400, "inf", "1e308"])
def test_numbers_too_large_for_a_sum_are_no_total(cell: str) -> None:
    data = read(f"date,a\n2025-01-01,{cell}\n2025-01-02,{cell}\n2025-01-03,5\n,{cell}\n")
    assert [finding.fix for finding in data.findings if finding.check == "date_unreadable"] == [None]


def test_one_row_is_no_sum() -> None:
    assert read("date,a\n2025-01-01,5\n,5\n").findings[0].fix is None


def test_sums_are_read_without_signs_in_columns_of_text() -> None:
    german = read("date;a\n2025-01-01;1.000,50 €\n2025-01-02;2.000,25 €\n;3.000,75 €\n")
    english = read('date,a\n2025-01-01,"$1,000.50"\n2025-01-02,n/a\n2025-01-03,"$2,000.25"\n,"$3,000.75"\n')
    for data in (german, english):
        assert "leave_out_rows" in [finding.fix for finding in data.findings]


def test_subtotals_without_words_are_found_one_after_another() -> None:
    text = "date,a\n2025-01-01,1\n2025-01-02,2\n,3\n2025-01-03,4\n2025-01-04,5\n,9\n,12\n"
    data = read(text, fixes=["leave_out_rows"])
    assert data.text == "date,a\n2025-01-01,1\n2025-01-02,2\n2025-01-03,4\n2025-01-04,5\n"
    assert data.findings == ()


def test_nothing_else_is_said_of_a_total() -> None:
    frame = daily_frame()
    total: list[Any] = ["Total", *frame.sum(numeric_only=True)]
    text = csv_text(frame) + ",".join(map(str, total)) + "\n"
    found = check(read(text), today=TODAY)
    assert [finding.check for finding in found if finding.level is not Level.NOTE] == ["date_unreadable"]
    assert [finding for finding in found if finding.check != "date_unreadable"] == list(
        check(read(csv_text(frame)), today=TODAY)
    )


def test_a_total_does_not_hide_that_a_file_is_long() -> None:
    rows = "".join(f"2025-01-{day:02},{name},5\n" for day in range(1, 29) for name in ("tv", "meta"))
    found = check(read("date,channel,spend\n" + rows + "Total,,280\n"), today=TODAY)
    assert {"date_unreadable", "long_format"} <= {finding.check for finding in found}
    assert "text_column" not in {finding.check for finding in found}
