"""What is in the way of a launch, what a person is asked, and what their answers come to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from recast_api import RunForm
from recast_api.clean_data import Finding, Level, Settings
from recast_api.journal import Earlier, State
from recast_api.preparing import (
    OVER_BUDGET,
    Draft,
    Known,
    Moments,
    Question,
    Verdict,
    approve,
    obstacles,
    questions,
)
from tests.client.conftest import SHEET

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FORM = RunForm(run_type="model_run", google_sheet_priors_url=SHEET, clean_data="date,y\n2026-01-01,1\n")
DRAFT = Draft(form=FORM, settings=Settings("model_run"), data_sha256="ab")


def finding(level: Level, sentence: str = "A flaw.") -> Finding:
    return Finding.of(level, sentence, "Mend it.", check=f"a_{level}")


def earlier(number: int = 1, *, mine: bool = True, state: State = State.LAUNCHED) -> Earlier:
    run_id = 2786 if mine else None
    return Earlier(id=number, started_at=NOON, state=state, mine=mine, run_id=run_id)


def test_nothing_is_in_the_way_of_a_whole_draft_and_nothing_asked() -> None:
    assert obstacles(DRAFT) == ()
    assert questions(DRAFT, Known()) == ()
    assert approve((), (), "") == Verdict(may_go=True)


@pytest.mark.parametrize(
    ("blocks", "sentence"),
    [(1, "1 finding blocks this launch"), (2, "2 findings block this launch")],
)
def test_findings_that_block_are_in_the_way(blocks: int, sentence: str) -> None:
    draft = replace(DRAFT, findings=(finding(Level.BLOCK),) * blocks + (finding(Level.CONFIRM),))
    (obstacle,) = obstacles(draft)
    assert obstacle.startswith(sentence)


def test_what_a_draft_lacks_and_what_is_wrong_with_it_are_in_the_way() -> None:
    wrong = {"holdout_days": ("Not a list.",), "run_type": ("Not one.", "Not known.")}
    draft = replace(DRAFT, form=None, waits_for=("data", "the priors sheet's URL"), problems=wrong)
    assert obstacles(draft) == (
        "Waits for data and the priors sheet's URL.",
        *("Not a list.", "Not one.", "Not known."),
    )
    assert questions(draft, Known(earlier=(earlier(),), possible_at=NOON)) == ()


@pytest.mark.parametrize("state", State)
def test_ones_own_open_launch_of_the_same_is_in_the_way(state: State) -> None:
    assert bool(obstacles(DRAFT, Known(earlier=(earlier(state=state),)))) == state.is_open
    assert obstacles(DRAFT, Known(earlier=(earlier(state=state, mine=False),))) == ()


def test_findings_to_confirm_are_asked_by_their_sentence() -> None:
    draft = replace(DRAFT, findings=(finding(Level.CONFIRM), finding(Level.NOTE)))
    (question,) = questions(draft, Known())
    assert (question.check, question.sentence, question.about) == ("a_confirm", "A flaw.", "A flaw.")


@pytest.mark.parametrize(
    ("url", "asked"), [(SHEET, []), ("https://drive.google.com/file/d/abc/view", ["priors_sheet"])]
)
def test_an_address_that_the_api_may_not_take_is_asked_about(url: str, asked: list[str]) -> None:
    draft = replace(DRAFT, form=FORM.model_copy(update={"google_sheet_priors_url": url}))
    assert [question.check for question in questions(draft, Known())] == asked


def test_of_ones_own_launches_all_is_said_and_of_others_only_when() -> None:
    known = Known(earlier=(earlier(1), earlier(2), earlier(3, mine=False)), same_data=("9",))
    own, others = questions(DRAFT, known)
    assert "launched on 2026-11-23 12:00 UTC: run 2786." in own.sentence
    assert (own.run_id, sorted(own.launches)) == ("2786", [1, 2])
    assert others.sentence == "A run of this client has this data: it was launched on 2026-11-23 12:00 UTC."
    assert (others.run_id, sorted(others.launches)) == (None, [3])


def test_a_run_launched_elsewhere_is_asked_about_where_the_journal_knows_of_none() -> None:
    (question,) = questions(DRAFT, Known(same_data=("9", "8")))
    assert (question.check, question.run_id, question.launches) == ("same_launch", "9", frozenset())


def test_a_used_up_limit_is_asked_about_in_the_readers_time() -> None:
    there = Moments(future=lambda moment: f"{moment.astimezone(timezone(timedelta(hours=1))):%H:%M}")
    (question,) = questions(DRAFT, Known(possible_at=NOON), there)
    assert (question.check, "until 13:00." in question.sentence) == (OVER_BUDGET, True)


@pytest.mark.parametrize(
    ("ticked", "reason", "may_go"),
    [(2, "checked", True), (1, "checked", False), (2, "  ", False), (0, "", False)],
)
def test_every_question_takes_a_tick_and_all_of_them_one_reason(
    ticked: int, reason: str, may_go: bool
) -> None:
    asked = (
        Question(check="same_launch", sentence="Again?", about="1", launches=frozenset([1, 2])),
        Question(check=OVER_BUDGET, sentence="Used up.", about="limit"),
    )
    verdict = approve(asked, asked[:ticked], reason)
    assert verdict.may_go == may_go
    kept = {"same_launch": "checked", OVER_BUDGET: "checked"} if may_go else {}
    assert (verdict.reasons, verdict.confirmed) == (kept, {1, 2} if may_go else frozenset())
    assert verdict.over_budget == may_go


def test_a_tick_for_one_question_is_none_for_another_of_the_same_check() -> None:
    question = Question(check="outliers", sentence="3 days.", about="3 days.")
    assert not approve([question], [replace(question, about="4 days.")], "checked").may_go
