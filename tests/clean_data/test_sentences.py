from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest

from recast_api.clean_data.sentences import (
    counted,
    day_spans,
    line_ranges,
    noted,
    number,
    on_lines,
    percent,
    shorten,
    some,
)


def test_long_text_is_cut_and_put_on_one_line() -> None:
    assert shorten("a\n b") == "a b"
    assert shorten("x" * 100) == "x" * 59 + "…"
    assert len(shorten(" \n" * 10_000 + "x")) <= 60


def test_lists_name_three_and_count_the_rest() -> None:
    assert [some(list("abcde"[:count])) for count in range(5)] == [
        "",
        "a",
        "a and b",
        "a, b and c",
        "a, b, c and 1 more",
    ]
    assert noted({"tv": "line 4", "radio": "2 days"}) == "tv (line 4) and radio (2 days)"


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([4], "line 4"),
        ([9, 4, 4], "lines 4 and 9"),
        ([4, 5], "lines 4–5"),
        ([7, 6, 5, 4], "lines 4–7"),
        ([4, 6, 7, 8], "lines 4 and 6–8"),
        ([3, 7, 8, 9, 12], "lines 3, 7–9 and 12"),
        ([3, 7, 8, 9, 12, 14], "lines 3, 7–9, 12 and 1 more"),
        ([*range(2, 602, 2), 1000, 1001], "lines 2, 4, 6 and 299 more"),
        (range(602, 3000), "lines 602–2999"),
    ],
)
def test_lines_in_a_sentence_are_ranges(lines: Sequence[int], sentence: str) -> None:
    assert on_lines(lines) == sentence
    assert on_lines(np.array(lines)) == sentence


@pytest.mark.parametrize(
    ("lines", "count", "shown", "text"),
    [
        ((), 0, 3, ""),
        ((4,), 1, 3, "Line 4"),
        ((4,), 2, 3, "Lines 4 and 1 more"),
        (tuple(range(602, 633)), 31, 3, "Lines 602–632"),
        ((2, 5, 6, 7, 8, 9), 6, 2, "Lines 2 and 5–9"),
        ((2, 5, 6, 7, 8, 9), 318, 2, "Lines 2, 5–9 and 312 more"),
        ((2, 5, 6, 8), 4, 2, "Lines 2, 5–6 and 1 more"),
        (tuple(range(2, 1002)), 5000, 3, "Lines 2–1001 and 4,000 more"),
    ],
)
def test_the_lines_of_a_finding_are_ranges(lines: tuple[int, ...], count: int, shown: int, text: str) -> None:
    assert line_ranges(lines, count, shown) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567.8, "1,234,568"),
        (12.5, "12.5"),
        (0.000123, "0.000123"),
        (0.0, "0"),
        (-3.0, "-3"),
        (float("inf"), "inf"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.5, "50 %"), (0.012, "1.2 %"), (0.0001, "< 0.1 %"), (0.0, "0.0 %"), (0.0996, "10 %")],
)
def test_shares(share: float, text: str) -> None:
    assert percent(share) == text


def test_counts_and_spans() -> None:
    assert (counted(1, "day"), counted(1200, "day")) == ("1 day", "1,200 days")
    first = date(2025, 1, 1)
    assert day_spans(first + timedelta(days=i) for i in (0, 1, 2, 5)) == [
        "2025-01-01 to 2025-01-03",
        "2025-01-06",
    ]
