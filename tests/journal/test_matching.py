"""Telling runs apart, where the API says less than the sandbox does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recast_api import Run
from recast_api.journal import Entry, RunId, State
from recast_api.launching.matching import Evidence, Match, Shown, deal, match, settings_shown
from recast_api.launching.run_list import RunList, is_new
from tests.journal.desk import SHEET, some_intent

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DATA = "d" * 64


def some_entry(number: int = 1, *, state: State = State.UNKNOWN, after: float = 0, **changes: Any) -> Entry:
    intent = some_intent(data_sha256=DATA, **changes)
    values = {name: getattr(intent, name) for name in intent.__dataclass_fields__}
    return Entry(**values, id=number, started_at=NOON + timedelta(seconds=after), state=state)


def seen(
    run_id: RunId, *, after: float | None = 1, form: Mapping[str, Any] | None = None, data: str | None = DATA
) -> Evidence:
    created = None if after is None else (NOON + timedelta(seconds=after)).isoformat()
    served = {"id": run_id, "created_at": created, "run_type": "model_run", "form": form}
    return Evidence(run=Run.model_validate(served), data_sha256=data)


def told(matched: Match) -> tuple[RunId | None, list[RunId]]:
    return (matched.run.id if matched.run else None), [run.id for run in matched.possible]


def test_the_data_is_enough_where_the_settings_are_hidden() -> None:
    entry = some_entry()

    assert told(match(entry, [seen(7)], [], [entry])) == (7, [])


def test_hidden_settings_leave_launches_of_the_same_data_to_the_person() -> None:
    first = some_entry(1, parameters={"holdout_days": [14]}, body_sha256="1")
    second = some_entry(2, parameters={"holdout_days": [28]}, body_sha256="2", after=5)

    assert told(match(first, [seen(7)], [], [first, second])) == (None, [7])
    shown = seen(7, form={"google_sheet_priors_url": SHEET, "holdout_days": ["14"]})
    assert told(match(first, [shown], [], [first, second])) == (7, [])
    assert told(match(second, [shown], [], [first, second])) == (None, [])


def test_other_bytes_do_not_rule_a_run_out_unless_they_are_another_launch_s() -> None:
    entry = some_entry(1)
    other = some_entry(2, body_sha256="2")
    other = Entry(
        **{name: getattr(other, name) for name in Entry.__dataclass_fields__} | {"data_sha256": "e"}
    )

    assert told(match(entry, [seen(7, data="f"), seen(8, data=None)], [], [entry, other])) == (None, [7, 8])
    assert told(match(entry, [seen(7, data="e")], [], [entry, other])) == (None, [])


@pytest.mark.parametrize("after", [None, -3600, 3600])
def test_the_same_data_at_another_time_or_at_none_is_only_possible(after: float | None) -> None:
    entry = some_entry()

    assert told(match(entry, [seen(7, after=after)], [], [entry])) == (None, [7])


def test_other_data_at_another_time_is_nothing() -> None:
    entry = some_entry()

    assert told(match(entry, [seen(7, after=3600, data="f")], [seen(8, after=3600).run], [entry])) == (
        None,
        [],
    )


def test_a_run_that_was_not_examined_is_possible() -> None:
    entry = some_entry()

    assert told(match(entry, [], [seen(7).run], [entry])) == (None, [7])


def test_nothing_is_certain_while_another_run_can_not_be_read() -> None:
    entry, twin = some_entry(1, listed_ids=(8,)), some_entry(2, after=-5)

    assert told(match(entry, [seen(7), seen(8, data=None)], [], [entry])) == (7, [])
    assert told(match(entry, [seen(7), seen(9, data=None)], [], [entry])) == (None, [7, 9])
    assert told(match(entry, [seen(7)], [seen(9).run], [entry])) == (None, [7, 9])
    # The unread one may be the older twin's, and the read one this launch's.
    assert told(match(entry, [seen(7), seen(8, data=None)], [], [twin, entry])) == (None, [7])
    assert told(match(twin, [seen(7), seen(8, data=None)], [], [twin, entry])) == (None, [7, 8])


def test_the_same_launch_on_its_way_again_is_waited_for() -> None:
    entry, sending = some_entry(1), some_entry(2, state=State.SENDING, after=5)

    assert match(entry, [seen(7)], [], [entry, sending]).must_wait
    assert not match(entry, [], [], [entry, sending]).must_wait


def test_more_runs_than_launches_are_not_dealt() -> None:
    first, second = some_entry(1), some_entry(2, after=5)
    evidence = [seen(7), seen(8, after=6), seen(9, after=7)]

    assert told(match(first, evidence, [], [first, second])) == (None, [7, 8, 9])


def test_fewer_runs_than_launches_go_to_the_oldest_that_they_fit() -> None:
    # Which of two equal launches a run belongs to makes no difference; that each has its own does.
    first, second = some_entry(1), some_entry(2, after=5, listed_ids=(7,))

    assert told(match(second, [seen(7)], [], [first, second])) == (None, [])
    assert told(match(first, [seen(7)], [], [first, second])) == (7, [])
    runs = [seen(8, after=6).run, seen(7).run]
    dealt, left = deal(runs, [second, first])
    assert {number: run.id for number, run in dealt.items()} == {1: 7, 2: 8}
    assert left == []


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        (None, Shown.TOO_LITTLE),
        ({}, Shown.TOO_LITTLE),
        ({"google_sheet_priors_url": SHEET}, Shown.TOO_LITTLE),
        ({"google_sheet_priors_url": SHEET, "holdout_days": None}, Shown.TOO_LITTLE),
        ({"google_sheet_priors_url": SHEET + "#gid=0", "holdout_days": [14, 28]}, Shown.SAME),
        ({"google_sheet_priors_url": SHEET, "holdout_days": ["14", "28"], "other": 1}, Shown.SAME),
        ({"google_sheet_priors_url": SHEET, "holdout_days": [28, 14]}, Shown.OTHER),
        ({"google_sheet_priors_url": SHEET.replace("desk", "else")}, Shown.OTHER),
        ({"google_sheet_priors_url": "https://sheets.example/1"}, Shown.OTHER),
    ],
)
def test_settings_are_compared_as_far_as_they_are_shown(form: Mapping[str, Any] | None, shown: Shown) -> None:
    entry = some_entry(parameters={"holdout_days": [14, 28]})

    assert settings_shown(form, entry) is shown


def test_what_was_there_is_known_by_id_and_by_the_server_s_own_times() -> None:
    runs: dict[RunId, Run] = {
        number: seen(number, after=after).run for number, after in ((1, -9000), (2, -60), (3, None))
    }
    ids, edge = RunList(runs, None).remembered()
    entry = some_entry(listed_ids=ids, listed_back_to=edge)

    assert set(ids) == {2, 3}
    assert [is_new(run, entry) for run in runs.values()] == [False, False, False]
    assert is_new(seen(4, after=1).run, entry)
    assert is_new(seen(5, after=None).run, entry)


def test_a_list_without_times_or_runs_is_remembered_too() -> None:
    assert RunList({}, None).remembered() == ((), None)
    assert RunList({3: seen(3, after=None).run}, None).remembered() == ((3,), None)
