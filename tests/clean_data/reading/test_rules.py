"""Every rule of reading: a file with one flaw gives exactly its finding."""

import pytest

from recast_api.clean_data import READING_RULES, Level, read
from tests.clean_data.make import csv_text, daily_frame
from tests.clean_data.workbooks import workbook

TABLE = "date,revenue,tv\n2025-01-01,5,6\n2025-01-02,7,8\n"

FLAWED: dict[str, tuple[bytes | str, Level, str]] = {
    "empty_file": ("", Level.BLOCK, "empty"),
    "workbook": (workbook({"Data": [["date", "revenue"], ["2025-01-01", 5]]}), Level.CONFIRM, "“Data”"),
    "other_file": (b"PK\x03\x04 xl/workbook.xml", Level.BLOCK, "Excel workbook (.xlsx)"),
    "not_text": (TABLE.replace("8", "8\0").encode(), Level.BLOCK, "Line 3 holds a NUL"),
    "encoding": ("date,café\n2025-01-01,5\n".encode("cp1252"), Level.CONFIRM, "“café”"),
    "byte_order_mark": (TABLE.encode("utf-8-sig"), Level.NOTE, "byte order mark"),
    "line_ends": (TABLE.replace("\n", "\r\n", 1), Level.NOTE, r"1 × \r\n, 2 × \n"),
    "large_file": (csv_text(daily_frame(days=9000, channels=80)), Level.NOTE, "MB are sent"),
    "stray_quote": (TABLE.replace("5", '5"'), Level.BLOCK, "line 2"),
    "too_many_columns": (",".join(f"c{i}" for i in range(16_385)) + "\n1\n", Level.BLOCK, "16,385 columns"),
    "one_column": ("hello\nworld\n", Level.BLOCK, "“hello”"),
    "header_only": ("date,revenue\n", Level.BLOCK, "no rows"),
    "header_missing": ("2025-01-01,5,6\n2025-01-02,7,8\n", Level.BLOCK, "2025-01-01, 5 and 6"),
    "lines_above_header": (
        "Spend report,,\n" + TABLE,
        Level.BLOCK,
        "on line 2; above it is a title: “Spend report”",
    ),
    "ragged_rows": (
        "date,a,b\n2025-01-01,5\n2025-01-02,5,6\n2025-01-03,5,6\n2025-01-04,1,2,3\n2025-01-05,1\n",
        Level.BLOCK,
        "The header has 3 columns, but lines 2 and 6 have 2; line 5 has 4.",
    ),
    "duplicate_headers": ("date,a,a\n2025-01-01,5,6\n", Level.BLOCK, "a appears more than once"),
    "blank_headers": ("date,,a\n2025-01-01,5,6\n", Level.BLOCK, "position 2"),
    "invisible_in_name": (TABLE.replace("tv", "tv "), Level.CONFIRM, "“tv␣”"),
    "names_alike": ("date,Meta,meta\n2025-01-01,5,6\n", Level.CONFIRM, "of letters: “Meta” and “meta”"),
    "header_spaces": (TABLE.replace("tv", "Linear TV"), Level.NOTE, "Linear TV"),
    "names_in_r": (TABLE.replace("tv", "meta-us"), Level.NOTE, "meta-us (meta.us)"),
    "separator_line": ("sep=,\n" + TABLE, Level.CONFIRM, "Line 1"),
    "separator": (TABLE.replace(",", ";"), Level.CONFIRM, "by semicolons;"),
    "empty_rows": (TABLE + ",,\n,,\n", Level.CONFIRM, "2 rows without any value: lines 4–5."),
    "empty_columns": (TABLE.replace("\n", ",,\n"), Level.CONFIRM, "position 4 and 5"),
    "index_column": (",date,a\n0,2025-01-01,5\n1,2025-01-02,6\n", Level.CONFIRM, "from 0 to 1"),
    "date_missing": ("a,b\n1,2\n", Level.BLOCK, "The columns are a and b."),
    "several_date_columns": ("start,end,a\n2025-01-01,2025-01-02,4\n", Level.BLOCK, "start and end"),
    "date_name": (TABLE.replace("date", "Day"), Level.NOTE, "“Day”"),
    "date_unreadable": (TABLE + "Total,12,14\n", Level.BLOCK, "Line 4 holds a total, not a day: “Total”."),
    "date_order_mixed": ("date,a\n13/1/2025,5\n14/1/2025,5\n1/15/2025,6\n", Level.BLOCK, "line 4 can't be"),
    "date_order_unknown": ("date,a\n1/2/2025,5\n2/2/2025,6\n", Level.CONFIRM, "“1/2/2025”"),
    "date_midnight": (
        "date,a\n2025-01-01T23:00:00Z,5\n2025-01-02T23:00:00Z,6\n",
        Level.CONFIRM,
        "“2025-01-01T23:00:00Z” is 2025-01-02 there, the next day",
    ),
    "date_format": ("date,a\n13/1/2025,5\n14/1/2025,6\n", Level.CONFIRM, "day first: “13/1/2025”"),
    "date_unpadded": ("date,a\n2025-1-1,5\n2025-1-2,6\n", Level.NOTE, "“2025-1-1”"),
    "not_a_number": (TABLE.replace("7", "=1+6"), Level.BLOCK, "(“=1+6”) in column revenue, line 3."),
    "decimal_comma": (TABLE.replace("7", '"7,5"'), Level.CONFIRM, "“7,5”"),
    "comma_unknown": ("sep=;\n" + TABLE.replace(",", ";").replace("7", "7,500"), Level.CONFIRM, "“7,500”"),
    "point_unknown": (TABLE.replace(",5,", ",1.234,").replace(",7,", ",814,"), Level.CONFIRM, "“1.234”"),
    "number_format": (TABLE.replace("7", '"$7,000.50"'), Level.CONFIRM, "“$7,000.50”"),
    "percent": (TABLE.replace("7", "7%"), Level.CONFIRM, "“7%”"),
    "missing_words": (TABLE.replace("7", "NA"), Level.CONFIRM, "1 cell with a word"),
    "true_false": (TABLE.replace("6", "TRUE").replace("8", "FALSE"), Level.CONFIRM, "“TRUE” and “FALSE”"),
    "scientific_notation": (TABLE.replace("7", "7E+05"), Level.NOTE, "“7E+05”"),
}


def test_every_rule_has_a_flawed_file():
    assert list(FLAWED) == [rule.name for rule in READING_RULES]


@pytest.mark.parametrize("rule", READING_RULES, ids=lambda rule: rule.name)
def test_one_flaw_gives_its_finding_alone(rule):
    data, level, words = FLAWED[rule.name]
    # Whether a comma is a decimal comma is asked only where something else separates the cells.
    findings = [
        finding for finding in read(data).findings if finding.check != "separator" or rule.name == "separator"
    ]
    assert [(finding.check, finding.level) for finding in findings] == [(rule.name, level)]
    assert words in findings[0].sentence
    assert level in rule.levels


@pytest.mark.parametrize("name", FLAWED)
def test_sentences_are_short_and_advise(name):
    for finding in read(FLAWED[name][0]).findings:
        assert finding.sentence.endswith((".", "?"))
        assert len(finding.sentence) <= 200
        assert finding.advice


def test_a_clean_file_has_no_finding():
    assert read(csv_text(daily_frame())).findings == ()


def test_worst_comes_first():
    found = read("\ufeffdate,Linear TV,a\n2025-1-1,NA,x\n2025-1-2,5,6\n").findings
    assert [finding.level for finding in found] == sorted(
        (finding.level for finding in found), key=list(Level).index
    )
    assert [finding.check for finding in found] == [
        "not_a_number",
        "missing_words",
        "byte_order_mark",
        "header_spaces",
        "date_unpadded",
    ]


def test_hostile_names_and_cells_are_quoted_short_and_on_one_line():
    name, cell = "=cmd|' /C calc'!A0" * 600, "<script>\nalert(1)</script>" * 600
    found = read(f'date,"{name}"\n2025-01-01,"{cell}"\n2025-01-02,5\n').findings
    for finding in found:
        assert len(finding.sentence) <= 200
        assert "\n" not in finding.sentence
        assert all(len(value) <= 60 for value in finding.values)
