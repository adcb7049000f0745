"""Times as people read them."""

from datetime import timedelta

import pytest

from pages._shared import times


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=89), "89 s"),
        (timedelta(seconds=90), "1 min"),
        (timedelta(minutes=89), "89 min"),
        (timedelta(minutes=90), "1 h 30 min"),
        (timedelta(hours=47, minutes=59), "47 h 59 min"),
        (timedelta(hours=48), "2 days"),
    ],
)
def test_a_duration_is_in_the_largest_unit_that_says_enough(length: timedelta, words: str) -> None:
    assert times.duration(length) == words


def test_until_is_a_wait_or_now() -> None:
    assert times.until(times.now() + timedelta(seconds=60.4)) == "in 60 s"
    assert times.until(times.now() - timedelta(seconds=1)) == "now"


def test_ago_begins_with_just_now() -> None:
    assert times.ago(times.now() - timedelta(seconds=9)) == "just now"
    assert times.ago(times.now() - timedelta(seconds=11)) == "11 s ago"
    assert times.ago(None) == "–"
