"""Telling runs apart, where the API says less than the sandbox does."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recast_api import Run
from recast_api.journal import Entry, RunId, State
from recast_api.launching.matching import Candidate, Match, Shown, assign, match, settings_shown
from tests.journal.desk import SHEET, some_intent

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DATA = "d" * 64
COMPANY_SHEET = "https://docs.google.com/a/acme.com/spreadsheets/d/desk/edit#gid=0"


def some_entry(number: int = 1, *, state: State = State.UNKNOWN, after: float = 0, **changes: Any) -> Entry:
    intent = some_intent(data_sha256=DATA, **changes)
    values = {name: getattr(intent, name) for name in intent.__dataclass_fields__}
    return Entry(**values, id=number, started_at=NOON + timedelta(seconds=after), state=state)


def candidate(
    run_id: RunId,
    *,
    after: float | None = 1,
    form: Mapping[str, Any] | None = None,
    data: str | None = DATA,
    new_to: Collection[int] = (1, 2),
) -> Candidate:
    created = None if after is None else (NOON + timedelta(seconds=after)).isoformat()
    served = {"id": run_id, "created_at": created, "run_type": "model_run", "form": form}
    return Candidate(run=Run.model_validate(served), data_sha256=data, new_to=frozenset(new_to))


def result_of(matched: Match) -> tuple[RunId | None, list[RunId]]:
    return (matched.run.id if matched.run else None), [run.id for run in matched.possible]


def test_the_data_is_enough_where_the_settings_are_hidden() -> None:
    entry = some_entry()

    assert result_of(match(entry, [candidate(7)], [entry])) == (7, [])


def test_hidden_settings_leave_launches_of_the_same_data_to_the_person() -> None:
    first = some_entry(1, parameters={"holdout_days": [14]}, body_sha256="1")
    second = some_entry(2, parameters={"holdout_days": [28]}, body_sha256="2", after=5)

    assert result_of(match(first, [candidate(7)], [first, second])) == (None, [7])
    shown = candidate(7, form={"google_sheet_priors_url": SHEET, "holdout_days": ["14"]})
    assert result_of(match(first, [shown], [first, second])) == (7, [])
    assert result_of(match(second, [shown], [first, second])) == (None, [])


def test_other_bytes_do_not_rule_a_run_out_unless_they_are_another_launch_s() -> None:
    entry = some_entry(1)
    other = replace(some_entry(2, body_sha256="2"), data_sha256="e")

    assert result_of(match(entry, [candidate(7, data="f"), candidate(8, data=None)], [entry, other])) == (
        None,
        [7, 8],
    )
    assert result_of(match(entry, [candidate(7, data="e")], [entry, other])) == (None, [])


@pytest.mark.parametrize("after", [None, -3600, 3600])
def test_the_same_data_at_another_time_or_at_none_is_only_possible(after: float | None) -> None:
    entry = some_entry()

    assert result_of(match(entry, [candidate(7, after=after)], [entry])) == (None, [7])


@pytest.mark.parametrize("after", [None, -3600, 3600])
@pytest.mark.parametrize("data", [None, "f"])
def test_no_time_takes_away_a_run_whose_data_may_be_the_launch_s(
    after: float | None, data: str | None
) -> None:
    entry = some_entry()

    assert result_of(match(entry, [candidate(7, after=after, data=data)], [entry])) == (None, [7])


@pytest.mark.parametrize(
    ("minutes", "is_certain"), [(-5.1, False), (-4.9, True), (19.9, True), (20.1, False)]
)
def test_about_when_it_was_sent_is_as_near_as_two_clocks_agree(minutes: float, is_certain: bool) -> None:
    entry = some_entry()

    assert result_of(match(entry, [candidate(7, after=60 * minutes)], [entry])) == (
        (7, []) if is_certain else (None, [7])
    )


def test_other_settings_or_another_run_type_or_a_person_s_word_rule_a_run_out() -> None:
    entry, dismissed = some_entry(), some_entry()
    dismissed = replace(dismissed, dismissed=(7,))
    other_sheet = candidate(7, form={"google_sheet_priors_url": SHEET.replace("desk", "else")})
    other_type = candidate(7, form={"run_type": "holdout"})
    other_type = replace(other_type, run=other_type.run.model_copy(update={"run_type": "holdout"}))

    assert result_of(match(entry, [other_sheet], [entry])) == (None, [])
    assert result_of(match(entry, [other_type], [entry])) == (None, [])
    assert result_of(match(dismissed, [candidate(7)], [dismissed])) == (None, [])
    assert result_of(match(entry, [candidate(7, new_to=())], [entry])) == (None, [])


def test_another_launch_explains_its_data_only_where_the_run_may_be_its_own() -> None:
    entry = some_entry(1)
    other = replace(some_entry(2, body_sha256="2"), data_sha256="e")

    assert result_of(match(entry, [candidate(7, data="e")], [entry, other])) == (None, [])
    assert result_of(match(entry, [candidate(7, data="e", new_to=(1,))], [entry, other])) == (None, [7])


def test_nothing_is_certain_while_another_run_can_not_be_read() -> None:
    entry, twin = some_entry(1), some_entry(2, after=-5)
    old = candidate(8, data=None, new_to=(2,))

    assert result_of(match(entry, [candidate(7), old], [entry])) == (7, [])
    assert result_of(match(entry, [candidate(7), candidate(9, data=None)], [entry])) == (None, [7, 9])
    assert result_of(match(entry, [candidate(7), candidate(9, data=None, after=None)], [entry])) == (
        None,
        [7, 9],
    )
    # Its time makes the first one certain.
    assert result_of(match(entry, [candidate(7), candidate(9, data=None, after=3600)], [entry])) == (7, [])
    # The unread one may be the older twin's, and the read one this launch's.
    assert result_of(match(entry, [candidate(7), old], [twin, entry])) == (None, [7])
    assert result_of(match(twin, [candidate(7), old], [twin, entry])) == (None, [7, 8])


def test_the_same_launch_on_its_way_again_is_waited_for() -> None:
    entry, sending = some_entry(1), some_entry(2, state=State.SENDING, after=5)

    assert match(entry, [candidate(7)], [entry, sending]).must_wait
    assert not match(entry, [], [entry, sending]).must_wait


def test_more_runs_than_launches_are_not_assigned() -> None:
    first, second = some_entry(1), some_entry(2, after=5)
    candidates = [candidate(7), candidate(8, after=6), candidate(9, after=7)]

    assert result_of(match(first, candidates, [first, second])) == (None, [7, 8, 9])


def test_fewer_runs_than_launches_go_to_the_oldest_that_they_fit() -> None:
    # Which of two equal launches a run belongs to makes no difference; that each has its own does.
    first, second = some_entry(1), some_entry(2, after=5)
    older = candidate(7, new_to=(1,))

    assert result_of(match(second, [older], [first, second])) == (None, [])
    assert result_of(match(first, [older], [first, second])) == (7, [])
    assigned, surplus = assign([candidate(8, after=6), older], [second, first])
    assert {number: run.id for number, run in assigned.items()} == {1: 7, 2: 8}
    assert surplus == []


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        (None, Shown.TOO_LITTLE),
        ({}, Shown.TOO_LITTLE),
        ({"google_sheet_priors_url": SHEET}, Shown.TOO_LITTLE),
        ({"google_sheet_priors_url": SHEET, "holdout_days": None}, Shown.TOO_LITTLE),
        ({"google_sheet_priors_url": SHEET + "#gid=0", "holdout_days": [14, 28]}, Shown.SAME),
        ({"google_sheet_priors_url": SHEET, "holdout_days": ["14", "28"], "other": 1}, Shown.SAME),
        ({"google_sheet_priors_url": SHEET, "holdout_days": "[14, 28]"}, Shown.SAME),
        ({"google_sheet_priors_url": SHEET, "holdout_days": [14.0, 28.0]}, Shown.SAME),
        ({"google_sheet_priors_url": SHEET.replace("/d/", "/u/1/d/"), "holdout_days": "14,28"}, Shown.SAME),
        ({"google_sheet_priors_url": COMPANY_SHEET, "holdout_days": [14, 28]}, Shown.SAME),
        ({"google_sheet_priors_url": "desk", "holdout_days": [14, 28]}, Shown.SAME),
        ({"google_sheet_priors_url": SHEET, "holdout_days": [28, 14]}, Shown.OTHER),
        ({"google_sheet_priors_url": SHEET, "holdout_days": [142, 8]}, Shown.OTHER),
        ({"google_sheet_priors_url": COMPANY_SHEET.replace("desk", "else")}, Shown.OTHER),
        ({"google_sheet_priors_url": SHEET.replace("desk", "else")}, Shown.OTHER),
        ({"google_sheet_priors_url": "https://sheets.example/1"}, Shown.OTHER),
    ],
)
def test_settings_are_compared_as_far_as_they_are_shown(form: Mapping[str, Any] | None, shown: Shown) -> None:
    entry = some_entry(parameters={"holdout_days": [14, 28]})

    assert settings_shown(form, entry) is shown
