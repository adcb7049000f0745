"""Bytes to frame: what is understood, and that nothing changes unasked."""

import hashlib
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recast_api.clean_data import CleanData, Level, preview, read
from tests.clean_data.fuzz import damaged, promises
from tests.clean_data.make import csv_rows, csv_text, daily_frame

DAYS = ["2025-01-01", "2025-01-02", "2025-01-03"]


def numbers_of(data: CleanData, column: str) -> list[float]:
    return data.frame[column].tolist()


def days_of(data: CleanData) -> list[str]:
    assert data.date_column is not None
    return data.frame[data.date_column].astype(str).tolist()


def test_a_clean_file_is_understood():
    frame = daily_frame()
    data = read(csv_text(frame))
    assert data.date_column == "date"
    assert data.frame.columns.tolist() == frame.columns.tolist()
    assert data.frame["date"].dtype.kind == "M"
    assert (data.frame.dtypes.drop("date") == np.float64).all()
    pd.testing.assert_frame_equal(data.frame.drop(columns="date"), frame.drop(columns="date"))
    assert days_of(data) == frame["date"].tolist()
    assert data.lines.tolist() == list(range(2, len(frame) + 2))
    assert (data.encoding, data.separator, data.accepted, data.fixes) == ("utf-8", ",", (), ())


def test_an_untouched_clean_file_is_sent_byte_for_byte():
    raw = csv_text(daily_frame()).encode()
    data = read(raw)
    assert data.text.encode() == raw
    assert data.sha256 == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_only_line_ends_marks_and_encoding_change_unasked(encoding, ending):
    text = "date,café\n2025-01-01,5\n2025-01-02, 6.0 \n2025-01-03,\n"
    data = read(text.replace("\n", ending).encode(encoding))
    assert data.text == text
    assert data.lines.tolist() == [2, 3, 4]
    assert numbers_of(data, "café")[:2] == [5.0, 6.0]


def test_utf_16_without_a_mark_needs_no_ascii_header():
    data = read("date,日本\n2025-01-01,5\n2025-01-02,6\n".encode("utf-16-be"))
    assert data.frame.columns.tolist() == ["date", "日本"]


@pytest.mark.parametrize("ending", ["", "\n"])
def test_the_last_line_end_stays_as_it_was(ending):
    text = "date,a\n2025-01-01,1" + ending
    assert read(text).text == text


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_separators_are_told(separator):
    data = read(csv_rows(["date", "a", "b"], *([day, "1.5", "2"] for day in DAYS), separator=separator))
    assert data.separator == separator
    assert numbers_of(data, "a") == [1.5] * 3
    assert [finding.check for finding in data.findings] == ["separator"]


def test_quoted_headers_separators_and_line_ends():
    data = read('"date","a, or ""b""","c\nd"\n"2025-01-01",1,2\n\n2025-01-02,"3",x\n')
    assert data.frame.columns.tolist() == ["date", 'a, or "b"', "c\nd"]
    assert data.lines.tolist() == [3, 5]
    assert numbers_of(data, 'a, or "b"') == [1.0, 3.0]
    (finding,) = (finding for finding in data.findings if finding.level is Level.BLOCK)
    assert finding.lines == (5,)


def test_lines_are_those_of_the_delivered_file_after_fixes_too():
    text = "sep=;\ndate;a\n\n2025-01-03;1\n2025-01-01;x\n\n2025-01-02;3\n"
    data = read(text, fixes=["separator", "drop_empty_rows", "sort_by_date"])
    assert days_of(data) == DAYS
    assert data.lines.tolist() == [5, 7, 4]
    assert data.text_lines.tolist()[:4] == [2, 5, 7, 4]
    (finding,) = data.findings
    assert (finding.check, finding.lines) == ("not_a_number", (5,))


def test_quoted_cells_hold_over_any_distance():
    rows = [f'"{day}","a, ""b""\n{"x" * 90}","{place}.5"' for place, day in enumerate(DAYS * 2000)]
    data = read('"date","note","b"\n' + "\n".join(rows))
    assert data.lines.tolist() == list(range(2, 2 + 2 * len(rows), 2))
    assert numbers_of(data, "b") == [place + 0.5 for place in range(len(rows))]


def test_the_first_of_many_stray_quotes_is_named():
    (finding,) = read("date,a\n" + "2025-01-01,1\n" * 50_000 + '2025-01-01,5"\n' * 50_000).findings
    assert (finding.check, finding.lines) == ("stray_quote", (50_002,))


def test_a_name_may_look_like_a_number():
    data = read("2025,date,a\n1,2025-01-01,2\n")
    assert (data.frame.columns.tolist(), data.findings) == (["2025", "date", "a"], ())


def test_a_column_of_words_stays_and_is_left_to_the_checks():
    data = read(csv_rows(["date", "geo"], [DAYS[0], "north"], [DAYS[1], ""], [DAYS[2], "NA"]))
    assert data.frame["geo"].isna().tolist() == [False, True, False]
    assert data.findings == ()


def test_numbers_among_text_leave_the_column_as_it_stands():
    data = read(csv_rows(["date", "a"], [DAYS[0], "1"], [DAYS[1], "two"], [DAYS[2], "3"]))
    assert data.frame["a"].tolist() == ["1", "two", "3"]


def test_infinite_numbers_are_numbers():
    data = read(csv_rows(["date", "a", "b"], [DAYS[0], "inf", "1"], [DAYS[1], "-Infinity", "NA"]))
    assert numbers_of(data, "a") == [np.inf, -np.inf]


@pytest.mark.parametrize(
    "cell", ["1_000", "0x1F", "١٢", "1 2", "5..", "1e", "=1", "--1", "1,2,3", "$", "()", "(5"]
)
def test_what_only_some_programs_read_as_a_number_is_none(cell):
    data = read(csv_rows(["date", "a"], [DAYS[0], "1"], [DAYS[1], f'"{cell}"']))
    (finding,) = data.findings
    assert (finding.check, finding.lines, finding.values) == ("not_a_number", (3,), (cell,))


def test_numbers_too_long_for_the_parser_are_numbers():
    data = read(csv_rows(["date", "a"], [DAYS[0], "9" * 30], [DAYS[1], "1"]))
    assert numbers_of(data, "a") == [1e30, 1.0]
    assert data.findings == ()


def test_a_column_that_changes_its_kind_far_down_is_read_again():
    rows = 1_100_000 // 2
    text = "date,a\n" + "2025-01-01,007\n" * rows + "2025-01-01,x\n"
    data = read(text)
    assert data.frame["a"].iloc[0] == "007"
    assert data.findings[0].lines == (rows + 2,)


def test_many_columns_of_text_make_a_frame_without_a_warning():
    names = [f"t{place}" for place in range(150)]
    data = read(csv_rows(["date", "a", *names], [DAYS[0], "1", *["x"] * 150], [DAYS[1], "2", *["y"] * 150]))
    assert data.frame.columns.tolist() == ["date", "a", *names]
    assert numbers_of(data, "a") == [1.0, 2.0]


MONSTERS = {
    "wide header": "date" + "," * 10_000 + "\n" + "2025-01-01\n" * 1000,
    "wide row": "date,a\n2025-01-01,1" + "," * 100_000 + "\n" + "2025-01-02,1\n" * 1000,
    "blank lines": ",".join(f"c{place}" for place in range(300)) + "\n" * 1_000_000,
    "quotes": '"' * 100_001,
    "commas": "," * 1_000_000,
    "long cell": "date,a\n2025-01-01,x" + "9" * 1_000_000 + "\n2025-01-02,1\n",
    "long word": "é" * 100_000 + "\n",
    "spaces": f"date,a\n2025-01-01,{' ' * 100_000}x\n2025-01-02,({' ' * 100_000}\n2025-01-03,1\n",
    "spaces in dates": f"date,a\n{' ' * 100_000}x,1\n2025-01-02{' ' * 100_000}0,1\n",
    "comments": "<!---->" * 1000,
}


@pytest.mark.parametrize("text", MONSTERS.values(), ids=MONSTERS)
def test_monstrous_files_are_refused_at_once(text):
    data = read(text)
    assert data.findings
    for finding in data.findings:
        assert len(finding.sentence) <= 200


# Properties

ODD_CELLS = (
    *(
        "",
        " ",
        "NA",
        "-",
        "TRUE",
        "inf",
        "1e5",
        "1,234",
        "1.234",
        "1.234,5",
        "1,234.5",
        "$5",
        "12%",
        "12,5 %",
    ),
    *("2025-1-1", "1/2/2025", "13/1/2025", "1/13/2025", "2025-01-01T00:00", "45658", "20250101", "date"),
)
CELLS = st.one_of(
    st.sampled_from(ODD_CELLS),
    st.floats(allow_nan=True).map(str),
    st.integers(-10, 10_000).map(str),
    st.text('ab1,;"\n\t ', max_size=6),
)


@st.composite
def tables(draw: st.DrawFn) -> str:
    """A table such as people deliver, or nearly: quoted or not, with more or fewer cells here and there."""
    separator = draw(st.sampled_from(",,,;\t|"))
    width = draw(st.integers(1, 5))
    rows = [["date", *"abcd"][:width]] + [
        [*itertools.islice([day], width), *draw(st.lists(CELLS, min_size=width - 1, max_size=width - 1))]
        for day in DAYS[: draw(st.integers(0, 3))]
    ]
    for row in rows:
        if draw(st.integers(0, 9)) == 0:
            row[:] = draw(st.lists(CELLS, max_size=6))
    careful = draw(st.booleans())

    def written(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if careful and set(cell) & set('",;\t|\n') else cell

    lines = [separator.join(map(written, row)) for row in rows]
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines) + draw(st.sampled_from(["", "\n", "\n\n"]))


def promised(data: CleanData) -> None:
    """What holds of every reading."""
    assert len(data.lines) == len(data.frame)
    assert data.readable or any(finding.level is Level.BLOCK for finding in data.findings)
    assert "\r" not in data.text
    for finding in data.findings:
        assert len(finding.lines) <= finding.line_count
        assert all(1 <= line <= data.text_lines.max(initial=10**9) for line in finding.lines)
    if data.readable:
        pd.testing.assert_frame_equal(read(data.text).frame, data.frame)


@given(st.binary(max_size=300))
@example(b"PK\x03\x04")
@example(b"\xff\xfe\x00")
@example(b"\xef\xbb\xbf")
@example(b"sep=;\n")
@example(b'"')
def test_any_bytes_are_read_without_exception(raw):
    promised(read(raw))


@given(st.text(max_size=300))
def test_any_text_is_read_without_exception(text):
    promised(read(text))


@given(tables())
@settings(max_examples=300)
def test_any_table_keeps_its_text(text):
    data = read(text)
    promised(data)
    if data.text:
        assert data.text == text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


@given(tables())
@settings(max_examples=300)
def test_accepting_every_fix_in_turn_comes_to_an_end(text):
    accepted: list[str] = []
    data = read(text)
    while open_fixes := [fix for fix in data.fixes if fix.name not in data.accepted]:
        answered = {fix.check for fix in data.fixes if fix.name in data.accepted}
        fix = next((fix for fix in open_fixes if fix.check not in answered), None)
        if fix is None:
            break
        assert fix.name not in accepted
        assert preview(data, fix.name)
        accepted.append(fix.name)
        data = read(text, fixes=accepted)
        promised(data)
    assert not {fix.name for fix in read(data.text).fixes} & set(accepted)


@given(
    tables(), st.permutations(["separator", "number_format", "dates_day_first", "missing_words", "percent"])
)
def test_the_order_in_which_fixes_are_named_is_of_no_account(text, names):
    assert read(text, fixes=names).text == read(text, fixes=sorted(names)).text


@pytest.mark.parametrize("seed", range(60))
def test_damaged_files_keep_every_promise(seed):
    promises(damaged(seed))
