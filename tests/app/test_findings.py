"""Findings as a list: how many there are of each level, and on which lines."""

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared.plain import escape
from recast_api.clean_data import Finding, Level, summary


def page(function: str, arguments: tuple[object, ...]) -> None:
    from pages._shared import findings

    getattr(findings, function)(*arguments)


def drawn(function: str, *arguments: object) -> AppTest:
    app = AppTest.from_function(page, args=(function, arguments)).run()
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("level", "count", "words"),
    [
        (Level.BLOCK, 1, "1 to fix"),
        (Level.BLOCK, 2, "2 to fix"),
        (Level.CONFIRM, 1, "1 to confirm"),
        (Level.CONFIRM, 3, "3 to confirm"),
        (Level.NOTE, 1, "1 note"),
        (Level.NOTE, 1200, "1,200 notes"),
    ],
)
def test_a_headline_counts_in_words(level: Level, count: int, words: str) -> None:
    assert words in drawn("badge", level, count).markdown[0].value


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((), "Correct it."),
        ((7,), "Correct it. Line 7."),
        (tuple(range(602, 633)), "Correct it. Lines 602–632."),
        (tuple(range(2, 14, 2)), "Correct it. Lines 2, 4, 6, 8, 10 and 12."),
        (tuple(range(2, 16, 2)), "Correct it. Lines 2, 4, 6, 8, 10, 12 and 1 more."),
    ],
)
def test_lines_are_ranges_below_the_sentence(lines: tuple[int, ...], words: str) -> None:
    finding = Finding.of(Level.NOTE, "A cell is odd.", "Correct it.", lines=lines)
    app = drawn("draw_findings", [finding])
    assert app.caption[0].value == words
    assert [one.value for one in app.markdown if "odd" in one.value] == ["A cell is odd."]


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Two rows (lines 4–5) are the same.", "Correct it."),
        ("Two rows (lines 4–50) are the same.", "Correct it. Lines 4–5."),
        ("Two rows are the same.", "Correct it. Lines 4–5."),
    ],
)
def test_lines_that_the_sentence_names_are_not_named_again(sentence: str, words: str) -> None:
    finding = Finding.of(Level.NOTE, sentence, "Correct it.", lines=[4, 5])
    assert drawn("draw_findings", [finding]).caption[0].value == words


def test_no_findings_are_said_to_be_none() -> None:
    assert "Nothing found." in drawn("draw_findings", []).markdown[0].value


def test_the_summary_says_of_each_group_how_it_stands_and_what_to_do() -> None:
    hostile = Finding.of(Level.BLOCK, "It is odd.", "Correct ![x](https://evil.example/a.png).")
    app = drawn("draw_summary", summary([hostile]))
    assert app.markdown[0].value == "**File**"
    assert "blocked" in app.markdown[1].value
    assert app.caption[0].value == escape(hostile.advice)
    assert [one.value for one in app.caption[1:]] == ["Waits for File."] * 4
