"""What `escape` makes of text; that a browser shows it to the letter is tested in one."""

import pytest

from pages._shared.plain import escape


@pytest.mark.parametrize(
    "sentence",
    [
        "28 days of history; Recast recommends 27 months, about 822.",
        "tv_spend is 12.5 % lower (5 - 3 days, lines 2 to 9).",
        "Settings: “acme-eu”, 14, 28!",
        "2026-06-30",
        "3.5 and 1,234",
    ],
)
def test_a_plain_sentence_stays_as_it_is(sentence: str) -> None:
    # Screen readers read the label of a checkbox or a text field just as it is written.
    assert escape(sentence) == sentence


@pytest.mark.parametrize(("given", "shown"), [(2786, "2786"), (None, "None"), ("", ""), (" a \n b ", "a b")])
def test_anything_becomes_one_line_of_text(given: object, shown: str) -> None:
    assert escape(given) == shown


@pytest.mark.parametrize("hidden", ["\x00", "\x1b", "\u200b", "\u202e", "\u2066", "\ufeff", "\ud800"])
def test_what_can_not_be_seen_is_shown_by_its_number(hidden: str) -> None:
    escaped = escape(f"a{hidden}b")
    assert escaped == f"a&#91;U+{ord(hidden):04X}&#93;b"
    escaped.encode()
