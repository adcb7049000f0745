"""Bytes to frame: what is understood, and that nothing changes unasked."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recast_api.clean_data import CleanData, Level, preview, read
from tests.clean_data.fuzz import damaged, promises
from tests.clean_data.make import csv_text, daily_frame

DAYS = ["2025-01-01", "2025-01-02", "2025-01-03"]


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


def test_lines_are_those_of_the_delivered_file_after_fixes_too():
    text = "sep=;\ndate;a\n\n2025-01-03;1\n2025-01-01;x\n\n2025-01-02;3\n"
    data = read(text, fixes=["separator", "drop_empty_rows", "sort_by_date"])
    assert days_of(data) == DAYS
    assert data.lines.tolist() == [5, 7, 4]
    assert data.text_lines.tolist()[:4] == [2, 5, 7, 4]
    (finding,) = data.findings
    assert (finding.check, finding.lines) == ("not_a_number", (5,))


MONSTERS = {
    "wide header": "date" + "," * 10_000 + "\n" + "2025-01-01\n" * 1000,
    "wide row": "date,a\n2025-01-01,1" + "," * 100_000 + "\n" + "2025-01-02,1\n" * 1000,
    "blank lines": ",".join(f"c{number}" for number in range(300)) + "\n" * 1_000_000,
    "quotes": '"' * 100_001,
    "commas": "," * 1_000_000,
    "long cell": "date,a\n2025-01-01,x" + "9" * 1_000_000 + "\n2025-01-02,1\n",
    "long word": "é" * 100_000 + "\n",
    "spaces": f"date,a\n2025-01-01,{' ' * 100_000}x\n2025-01-02,({' ' * 100_000}\n" + "2025-01-03,1\n" * 2,
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
