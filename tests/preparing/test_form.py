"""From data and settings to the form, or to what it lacks: without a page, as a batch or a script asks."""

from collections.abc import Callable
from datetime import date

import pytest

from recast_api import RunForm
from recast_api.clean_data import CleanData, Finding, Level, Role, Settings, check, read
from recast_api.preparing import Analysis, Checked, Roles, check_clean_data, draw_up, facts_of
from tests.clean_data.make import csv_text, daily_frame
from tests.client.conftest import SHEET

FRAME = daily_frame()
DATA = read(csv_text(FRAME))
MODEL_RUN = Settings("model_run")


def checked(data: CleanData = DATA, **known: object) -> Checked:
    return check_clean_data("acme.csv", data, **known)  # type: ignore[arg-type]


def test_whole_data_and_settings_are_a_form():
    draft = draw_up(checked(), Settings("holdout", holdout_days=[14, 28]), SHEET)
    assert draft.form == RunForm(
        run_type="holdout", google_sheet_priors_url=SHEET, clean_data=DATA.text, holdout_days=[14, 28]
    )
    assert draft.data_sha256 == DATA.sha256
    assert (draft.waits_for, draft.problems) == ((), {})


def test_its_facts_name_the_kpi_and_the_span():
    facts = draw_up(checked(), MODEL_RUN, SHEET).facts
    assert (facts.row_count, facts.column_count, facts.kpi) == (850, 7, "revenue")
    assert (str(facts.first_day), str(facts.last_day)) == (FRAME["date"].iloc[0], FRAME["date"].iloc[-1])
    undated = facts_of(read("a,b\n1,2\n"))
    assert (undated.first_day, undated.last_day, undated.kpi) == (None, None, None)
    assert facts_of(read("date,b\nsoon,2\n")).first_day is None


@pytest.mark.parametrize(
    ("given", "priors_url", "waits_for", "wrong"),
    [
        (None, "", ("data", "the priors sheet's URL"), set()),
        (None, SHEET, ("data",), set()),
        (checked(), "  ", ("the priors sheet's URL",), set()),
        (checked(), "https://example.com", (), {"google_sheet_priors_url"}),
        (None, "https://example.com", ("data",), {"google_sheet_priors_url"}),
    ],
)
def test_what_is_not_there_yet_is_waited_for_and_what_is_wrong_is_said(given, priors_url, waits_for, wrong):
    draft = draw_up(given, MODEL_RUN, priors_url)
    assert (draft.form, draft.waits_for, set(draft.problems)) == (None, waits_for, wrong)


def test_settings_that_the_form_refuses_are_said_by_field():
    draft = draw_up(checked(), Settings("holdout", holdout_days=[14, 0]), SHEET)
    assert draft.form is None
    assert draft.problems == {"holdout_days": ("Holdout days must be whole numbers of at least 1, not 0.",)}


def test_what_was_found_wrong_before_keeps_a_form_from_being_made():
    wrong = {"holdout_days": ("That is no list.",)}
    draft = draw_up(checked(), Settings("holdout"), SHEET, problems=wrong)
    assert (draft.form, draft.problems) == (None, wrong)
    both = draw_up(checked(), Settings("holdout"), "https://example.com", problems=wrong)
    assert set(both.problems) == {"google_sheet_priors_url", "holdout_days"}


def test_findings_are_the_same_as_check_has_them():
    earlier = read(csv_text(daily_frame(820)))
    settings, as_of = Settings("holdout", holdout_days=[800]), date(2020, 1, 1)
    given = checked(earlier=earlier, earlier_run="7", as_of=as_of)
    draft = draw_up(given, settings, SHEET)
    assert set(draft.findings) == set(check(DATA, settings=settings, earlier=earlier, as_of=as_of))
    assert {finding.check for finding in draft.for_settings} == {"training_days"}
    assert not set(draft.for_settings) & set(given.findings)


def test_roles_are_guessed_unless_they_are_given():
    assert checked().roles.kpi == "revenue"
    given = Roles("linear_tv", tuple((name, Role.OTHER) for name in FRAME.columns[1:]))
    assert checked(roles=given).roles is given
    assert draw_up(checked(roles=given), MODEL_RUN, SHEET).facts.kpi == "linear_tv"


def test_data_that_cannot_be_read_has_its_findings():
    data = read(b"\x89PNG\r\n")
    draft = draw_up(check_clean_data("picture.csv", data), MODEL_RUN, SHEET)
    assert [finding.level for finding in draft.findings] == [Level.BLOCK]
    assert draft.waits_for == ("data",)


def test_a_cache_in_front_of_each_question_is_asked_in_place_of_it():
    note = Finding.of(Level.NOTE, "From the cache.", "Nothing to do.", check="cached")

    def once(counts: list[object]) -> Callable[..., tuple[Finding, ...]]:
        def answer(*subject: object) -> tuple[Finding, ...]:
            counts.append(subject)
            return (note,)

        return answer

    data: list[object] = []
    against: list[object] = []
    settings: list[object] = []
    analysis = Analysis(of_data=once(data), against=once(against), for_settings=once(settings))
    draft = draw_up(checked(analysis=analysis), MODEL_RUN, SHEET, analysis=analysis)
    assert draft.findings == (note, note, note)
    assert [len(asked) for asked in (data, against, settings)] == [1, 1, 1]
    assert settings == [(DATA, MODEL_RUN, checked().roles)]
