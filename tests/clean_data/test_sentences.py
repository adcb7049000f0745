from __future__ import annotations

from datetime import date, timedelta

import pytest

from recast_api.clean_data.sentences import (
    counted,
    day_spans,
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
    ("lines", "told"),
    [
        ([4], "line 4"),
        ([9, 4], "lines 4 and 9"),
        ([4, 5, 6, 7], "lines 4 to 7"),
        ([1, 3, 5, 7, 9], "lines 1, 3, 5 and 2 more"),
    ],
)
def test_lines(lines: list[int], told: str) -> None:
    assert on_lines(lines) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1234567.8, "1,234,568"),
        (12.5, "12.5"),
        (0.000123, "0.000123"),
        (0.0, "0"),
        (-3.0, "-3"),
        (float("inf"), "inf"),
    ],
)
def test_numbers(value: float, told: str) -> None:
    assert number(value) == told


@pytest.mark.parametrize(
    ("share", "told"),
    [(0.5, "50 %"), (0.012, "1.2 %"), (0.0001, "< 0.1 %"), (0.0, "0.0 %"), (0.0996, "10 %")],
)
def test_shares(share: float, told: str) -> None:
    assert percent(share) == told


def test_counts_and_spans() -> None:
    assert (counted(1, "day"), counted(1200, "day")) == ("1 day", "1,200 days")
    first = date(2025, 1, 1)
    assert day_spans(first + timedelta(days=i) for i in (0, 1, 2, 5)) == [
        "2025-01-01 to 2025-01-03",
        "2025-01-06",
    ]
