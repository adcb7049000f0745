"""When to look next, and when sending again may be offered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recast_api.journal import Entry, Journal, Outcome, State
from recast_api.launching import can_resend, next_look
from tests.journal.desk import FakeClock, some_intent

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def some_entry(**changes: Any) -> Entry:
    intent = some_intent()
    values = {name: getattr(intent, name) for name in intent.__dataclass_fields__}
    entry = Entry(**values, id=1, started_at=NOON, state=State.UNKNOWN, unknown_at=NOON)
    return replace(entry, **changes)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("failures", "pause"), [(0, 10), (1, 10), (2, 20), (3, 40), (5, 160), (6, 300), (7, 300), (100_000, 300)]
)
def test_each_failure_doubles_the_pause_up_to_five_minutes(failures: int, pause: float) -> None:
    entry = some_entry(failures=failures, last_attempt_at=at(7))

    assert next_look(entry) == at(7 + pause)


def test_the_later_of_schedule_pause_and_the_server_s_own_wish_counts() -> None:
    looked = some_entry(looks=1, last_look_at=at(0))
    failed = replace(looked, failures=1, last_attempt_at=at(12))

    assert next_look(looked) == at(10)
    assert next_look(failed) == at(22)
    assert next_look(replace(failed, look_not_before=at(21))) == at(22)
    assert next_look(replace(failed, look_not_before=at(99))) == at(99)
    # A look that was answered afterwards ends the pause.
    assert next_look(replace(failed, last_look_at=at(13), looks=2, failures=0)) == at(33)


@pytest.mark.parametrize("state", [state for state in State if state is not State.UNKNOWN])
def test_only_an_unknown_launch_is_looked_for(state: State) -> None:
    assert next_look(some_entry(state=state)) is None
    assert not can_resend(some_entry(state=state, last_look_at=at(900), not_found=5))


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({}, True),
        ({"last_look_at": at(59)}, False),
        ({"last_look_at": None}, False),
        ({"not_found": 1}, False),
        ({"candidates": (7,)}, False),
        ({"doubt": "There are more new runs than were found."}, False),
        ({"failures": 1}, False),
    ],
)
def test_sending_again_is_offered_for_what_is_surely_missing(changes: dict[str, Any], may: bool) -> None:
    missing = some_entry(last_look_at=at(60), not_found=2)

    assert can_resend(replace(missing, **changes)) is may


@pytest.mark.parametrize(
    ("seconds", "waits"),
    [(None, None), (0.0, None), (0.5, 0.5), (90.0, 90.0), (86_401.0, 86_400.0), (1e300, 86_400.0)],
)
def test_a_server_s_wish_to_be_left_alone_is_kept_for_a_day_at_most(
    journal: Journal, clock: FakeClock, seconds: float | None, waits: float | None
) -> None:
    entry = journal.answered(journal.intend(some_intent()), Outcome.unknown("No answer."))
    journal.begin_look(entry)

    failed = journal.fail_look(entry, "Too many requests.", retry_after=seconds)

    wished = failed.look_not_before and (failed.look_not_before - clock()).total_seconds()
    assert (wished, failed.failures, failed.failure) == (waits, 1, "Too many requests.")
    assert journal.fail_look(entry, "Again.").failures == 2
