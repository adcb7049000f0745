"""Fixes: offered, previewed, made only when accepted, and undone by reading again without."""

import pickle
from dataclasses import replace
from typing import cast

import pandas as pd
import pytest

from recast_api.clean_data import Change, preview, read
from recast_api.clean_data.reading.fixes import FixableText
from recast_api.clean_data.reading.offers import FixName
from tests.clean_data.following import files_entered, functions_entered
from tests.clean_data.make import csv_text, daily_frame

FIXED = {
    "commas_are_decimals": ("sep=;\ndate;a\n2025-01-01;1,234\n", "sep=;\ndate;a\n2025-01-01;1.234\n"),
    "commas_are_thousands": ("sep=;\ndate;a\n2025-01-01;1,234\n", "sep=;\ndate;a\n2025-01-01;1234\n"),
    "points_are_decimals": (
        "sep=;\ndate;a\n2025-01-01;1.234\n2025-01-02;814\n",
        "sep=;\ndate;a\n2025-01-01;1.2340\n2025-01-02;814\n",
    ),
    "points_are_thousands": (
        "date,a,b\n2025-01-01,1.234,€ 1.234\n2025-01-02,-814,€ 814\n",
        "date,a,b\n2025-01-01,1234,1234\n2025-01-02,-814,814\n",
    ),
    "drop_separator_line": ("sep=,\ndate,a\n2025-01-01,1\n", "date,a\n2025-01-01,1\n"),
    "separator": (
        'date;"a;b";"c"\n2025-01-01;1.234,50;"x, y"\n2025-01-02;0,5;12,5 %\n',
        'date,"a;b","c"\n2025-01-01,1234.50,"x, y"\n2025-01-02,0.5,12.5%\n',
    ),
    "begin_at_header": ("Report,,\n\ndate,a,b\n2025-01-01,1,2\n", "date,a,b\n2025-01-01,1,2\n"),
    "leave_out_rows": (
        "date,a\n,USD\n2025-01-01,1\ndate,a\n2025-01-02,2\nTotal,3\nSource: us\n",
        "date,a\n2025-01-01,1\n2025-01-02,2\n",
    ),
    "drop_empty_rows": ("\ndate,a\n\n2025-01-01,1\n,\n", "date,a\n2025-01-01,1\n"),
    "drop_empty_columns": (
        "date,,a,\n2025-01-01,,1,\n2025-01-02,,2,\n",
        "date,a\n2025-01-01,1\n2025-01-02,2\n",
    ),
    "drop_index_column": ("Unnamed: 0,date\n3,2025-01-01\n5,2025-01-02\n", "date\n2025-01-01\n2025-01-02\n"),
    "clean_names": (
        'date,tv ,"a\ufeff", b\n2025-01-01,1,2,3\n',
        "date,tv,a,b\n2025-01-01,1,2,3\n",
    ),
    "rename_date_column": (",a\n2025-01-01,1\n", "date,a\n2025-01-01,1\n"),
    "dates_iso": ("date,a\n2025-1-1,1\n2025-01-02 00:00:00,2\n", "date,a\n2025-01-01,1\n2025-01-02,2\n"),
    "dates_day_first": ("date,a\n1/2/25,1\n13/2/25,2\n", "date,a\n2025-02-01,1\n2025-02-13,2\n"),
    "dates_month_first": ('date,a\n"1/2/2025",1\n1/3/2025,2\n', "date,a\n2025-01-02,1\n2025-01-03,2\n"),
    "dates_swapped": (
        "date,a\n2025-01-11,1\n2025-12-01,2\n2025-01-13,3\n",
        "date,a\n2025-01-11,1\n2025-01-12,2\n2025-01-13,3\n",
    ),
    "dates_local_day": (
        "date,a\n2025-03-29T23:00:00Z,1\n2025-03-30T22:00:00Z,2\n",
        "date,a\n2025-03-30,1\n2025-03-31,2\n",
    ),
    "dates_as_written": (
        "date,a\n2025-03-29T23:00:00Z,1\n2025-03-30T22:00:00Z,2\n",
        "date,a\n2025-03-29,1\n2025-03-30,2\n",
    ),
    "missing_words": (
        "date,a,b\n2025-01-01,NA,-\n2025-01-02,1,2\n",
        "date,a,b\n2025-01-01,,\n2025-01-02,1,2\n",
    ),
    "true_false": ("date,a\n2025-01-01,TRUE\n2025-01-02,false\n", "date,a\n2025-01-01,1\n2025-01-02,0\n"),
    "decimal_comma": (
        'date,a,b\n2025-01-01,"1.234,5",1.234\n2025-01-02,"0,5",12.500\n',
        "date,a,b\n2025-01-01,1234.5,1234\n2025-01-02,0.5,12500\n",
    ),
    "number_format": (
        'date,a,b\n2025-01-01,"$1,234.50",(5)\n2025-01-02,1\'000,−3 €\n',
        "date,a,b\n2025-01-01,1234.50,-5\n2025-01-02,1000,-3\n",
    ),
    "percent": (
        "date,a\n2025-01-01,12.5%\n2025-01-02,0.1 %\n",
        "date,a\n2025-01-01,0.125\n2025-01-02,0.001\n",
    ),
    "scientific_notation": (
        "date,a\n2025-01-01,1.2E+05\n2025-01-02,5e-3\n",
        "date,a\n2025-01-01,120000\n2025-01-02,0.005\n",
    ),
    "sort_by_date": (
        "date,a\n2025-01-03,1\n2025-01-01,2\n2025-01-02,3\n",
        "date,a\n2025-01-01,2\n2025-01-02,3\n2025-01-03,1\n",
    ),
    "trim_after:2025-01-01": ("date,a\n2025-01-01,1\n2025-01-02,2\n", "date,a\n2025-01-01,1\n"),
}
RECODED = {
    "read_as_cp1252": ("Satış", "cp1254", "Satýþ"),
    "read_as_cp1254": ("harcaması", "cp1254", "harcaması"),
    "read_as_cp1250": ("Příjmy", "cp1250", "Příjmy"),
    "read_as_iso8859_2": ("źródło", "iso8859_2", "źródło"),
    "read_as_mac_roman": ("ä", "mac_roman", "ä"),
    "read_as_cp850": ("ä", "cp1252", "õ"),
    "read_as_cp1253": ("ä", "cp1252", "δ"),
    "read_as_cp1251": ("ä", "cp1252", "д"),
    "read_as_cp949": ("ДА", "cp1251", "컥"),
    "read_as_cp932": ("日", "cp932", "日"),
    "read_as_big5": ("ДА", "cp1251", "釋"),
    "read_as_gb18030": ("ТВ", "cp1251", "衣"),
}
"""The name of a column, the encoding that it is delivered in, and how it reads with the fix."""
ASKED_FOR_BY_CHECKS = ("sort_by_date", "trim_after:2025-01-01")


def test_every_fix_has_a_case():
    assert [*RECODED, *(name.partition(":")[0] for name in FIXED)] == list(FixName)


@pytest.mark.parametrize("name", RECODED)
def test_bytes_can_be_read_in_another_encoding(name: str) -> None:
    word, codec, after = RECODED[name]
    delivered = f"date,{word} \r\n1/1/2025,5\r\n2/2/2025,6\r\n".encode(codec)
    data = read(delivered)
    (finding,) = (finding for finding in data.findings if finding.check == "encoding")
    (fix,) = (fix for fix in data.fixes if fix.name == name)
    assert (fix.check, fix.line_count) == ("encoding", 1)
    assert f"“{after}”" in fix.sentence
    (change,) = preview(data, name)
    assert (change.line, change.after) == (1, f"date,{after} ")
    fixed = read(delivered, fixes=[name])
    assert fixed.text == f"date,{after} \n1/1/2025,5\n2/2/2025,6\n"
    assert (fixed.accepted, fixed.encoding) == ((name,), name.removeprefix("read_as_"))
    assert finding.check not in [left.check for left in fixed.findings]
    # In one go with others, or one after another: the question stays until it is answered.
    others = ["clean_names", "dates_day_first"]
    both = read(delivered, fixes=[*others, name])
    assert both.text == f"date,{after}\n2025-01-01,5\n2025-02-02,6\n"
    assert name in [left.name for left in read(delivered, fixes=others).fixes]
    assert (read(both.text, fixes=[name]).text, read(both.text, fixes=[name]).accepted) == (both.text, ())


@pytest.mark.parametrize("name", FIXED)
def test_a_fix_does_what_it_says_and_no_more(name):
    before, after = FIXED[name]
    assert read(before).text == before
    data = read(before, fixes=[name])
    assert data.text == after
    assert data.accepted == (name,)
    assert name in [fix.name for fix in data.fixes]
    again = read(after, fixes=[name])
    assert (again.text, again.accepted) == (after, ())


@pytest.mark.parametrize("name", [name for name in FIXED if name not in ASKED_FOR_BY_CHECKS])
def test_a_fix_is_offered_by_its_finding(name):
    data = read(FIXED[name][0])
    (fix,) = (fix for fix in data.fixes if fix.name == name)
    (finding,) = (finding for finding in data.findings if finding.check == fix.check)
    others = [other for other in data.fixes if other.check == fix.check and other != fix]
    assert finding.fix == (None if others else name)
    assert fix.sentence.endswith(".")
    assert fix.line_count == len(preview(data, name))


@pytest.mark.parametrize("name", FIXED)
def test_a_preview_holds_the_changed_lines(name):
    before, after = FIXED[name]
    changes = preview(read(before), name)
    lines = before.splitlines()
    assert changes
    assert all(change.before == lines[change.line - 1] for change in changes)
    assert all(change.after is None or change.after in after.splitlines() for change in changes)


@pytest.mark.parametrize("name", FIXED)
def test_a_preview_does_not_read_the_text_again(name):
    data = read(FIXED[name][0])
    assert preview(replace(data, text="read me, and there is no fix"), name) == preview(data, name)
    assert preview(replace(data, fixable=None), name) == []
    entered = set(files_entered(lambda: preview(data, name)))
    assert entered <= {
        *("__init__", "fixes", "tokens", "cells", "rewriting", "cut", "shapes"),
        *("date_formats", "date_shifts", "number_formats"),
    }
    entered = functions_entered(lambda: preview(data, name))
    assert not entered & {"tokenise", "parse", "understand", "decode"}


@pytest.mark.parametrize("name", ASKED_FOR_BY_CHECKS)
def test_what_checks_ask_for_can_be_asked_of_the_data(name):
    before, after = FIXED[name]
    fix = read(before).fix(name)
    assert fix is not None
    assert (fix.name, fix.line_count) == (name, len(preview(read(before), name)))
    assert read(after).fix(name) is None
    assert read(b"\x89PNG").fix(name) is None
    assert read("a,b\n1,2\n").fix(name) is None


def test_what_is_kept_for_previews_is_small():
    """Neither text nor frame is held twice, and what is kept beside them is a fraction of the file."""
    data = read(csv_text(daily_frame(5_000, 60)).replace(",", ";").replace(".", ","))
    kept = replace(cast(FixableText, data.fixable), text="", frame=pd.DataFrame())
    assert cast(FixableText, data.fixable).text is data.text
    assert cast(FixableText, data.fixable).frame is data.frame
    assert len(pickle.dumps(kept)) < len(data.text) / 4


def test_clean_data_can_be_pickled_and_still_shows_its_fixes():
    data = read(FIXED["decimal_comma"][0])
    assert preview(pickle.loads(pickle.dumps(data)), "decimal_comma") == preview(data, "decimal_comma")


def test_a_preview_builds_on_the_accepted_fixes():
    data = read("sep=;\ndate;a\n1/2/2025;1\n13/2/2025;2\n", fixes=["separator"])
    assert preview(data, "dates_day_first", limit=1) == [Change(3, "1/2/2025,1", "2025-02-01,1")]


def test_a_preview_of_what_does_not_apply_is_empty():
    assert preview(read("date,a\n2025-01-01,1\n"), "separator") == []
    assert preview(read(b"\x89PNG"), "separator") == []


def test_what_does_not_apply_is_passed_over():
    data = read("date,a\n2025-01-01,1\n", fixes=["separator", "no such fix", "trim_after:soon", "percent"])
    assert (data.text, data.accepted) == ("date,a\n2025-01-01,1\n", ())


def test_of_two_answers_the_first_is_taken():
    data = read("date,a\n1/2/2025,1\n", fixes=["dates_month_first", "dates_day_first"])
    assert data.accepted == ("dates_day_first",)


def test_trimming_drops_the_days_behind():
    text = csv_text(daily_frame(days=10))
    data = read(text, fixes=["trim_after:2026-02-26"])
    assert data.text == "".join(text.splitlines(keepends=True)[:-3])
    assert [change.after for change in preview(read(text), "trim_after:2026-02-26")] == [None] * 3


@pytest.mark.parametrize("day", ["2026-03-01", "2020-01-01", "2026-02-30", "yesterday", ""])
def test_trimming_nothing_or_everything_is_passed_over(day):
    text = csv_text(daily_frame(days=10))
    data = read(text, fixes=[f"trim_after:{day}"])
    assert (data.text, data.accepted) == (text, ())


def test_one_fix_may_make_room_for_another():
    data = read("date|a\n2025-01-01|1,2E+05\n", fixes=["scientific_notation", "separator"])
    assert data.text == "date,a\n2025-01-01,120000\n"
    assert set(data.accepted) == {"scientific_notation", "separator"}


def test_a_german_export_is_put_right_by_two_clicks():
    text = "Tag;Umsatz;TV\r\n01.02.2025;1.234,50 €;12,5\r\n13.02.2025;99,90 €;3,0\r\n"
    data = read(text.encode("cp1252"))
    assert [finding.check for finding in data.findings] == [
        "date_format",
        "separator",
        "encoding",
        "date_name",
    ]
    fixed = read(text.encode("cp1252"), fixes=["separator", "dates_day_first"])
    assert fixed.text == "Tag,Umsatz,TV\n2025-02-01,1234.50,12.5\n2025-02-13,99.90,3.0\n"
    assert fixed.frame.equals(data.frame)


def test_quoting_stays_where_nothing_changes():
    text = '"date";"a";"b"\n"1/13/2025";"x;y";"5"\n'
    data = read(text, fixes=["separator", "dates_month_first"])
    assert data.text == '"date","a","b"\n2025-01-13,"x;y","5"\n'


def test_no_fix_is_made_unasked():
    for before, _ in FIXED.values():
        assert read(before).accepted == ()


def test_no_fix_lets_the_text_begin_with_a_byte_order_mark():
    data = read(",\ufeffdate,a\n0,2025-01-01,5\n", fixes=["drop_index_column"])
    assert data.text == "date,a\n2025-01-01,5\n"


def test_cells_with_a_comma_are_quoted_when_commas_come_to_separate():
    data = read("date;note;a\n2025-01-01;x, y;1\n", fixes=["separator"])
    assert data.text == 'date,note,a\n2025-01-01,"x, y",1\n'


@pytest.mark.parametrize("accepted", [["commas_are_thousands"], ["dates_iso", "commas_are_decimals"]])
def test_a_column_of_a_number_and_a_text_with_commas_is_not_asked_about_twice(accepted: list[str]) -> None:
    data = read(
        '\tdate\trevenue\tmeta\n0\t28 Feb 2026\t2.34\t",1,234"\n1\t01 Mar 2026\t3.26\t"1,234"\n',
        fixes=accepted,
    )
    assert set(accepted) == set(data.accepted)
    assert "comma_unknown" not in [finding.check for finding in data.findings]
