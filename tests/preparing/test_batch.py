"""A batch asks what the page asks, without a page: check, draw up, confirm, launch."""

from dataclasses import replace
from pathlib import Path

import pytest

from recast_api import RecastClient
from recast_api.clean_data import Settings, read
from recast_api.journal import Journal, Owner
from recast_api.launching import Launcher
from recast_api.preparing import Draft, Known, approve, check_clean_data, draw_up, obstacles, questions
from recast_api.sandbox import Account
from tests.clean_data.make import csv_text, daily_frame
from tests.client.conftest import SHEET

CSV = csv_text(daily_frame())


@pytest.fixture
def launcher(client: RecastClient, account: Account, tmp_path: Path) -> Launcher:
    return Launcher(client, Journal(f"sqlite:///{tmp_path / 'journal.db'}"), owner=Owner.of(account.token))


def prepared(text: str = CSV) -> Draft:
    settings = Settings("holdout", holdout_days=[14, 28])
    return draw_up(check_clean_data("acme.csv", read(text)), settings, SHEET)


def known(launcher: Launcher, draft: Draft) -> Known:
    assert draft.form
    usage = launcher.usage()
    return Known(earlier=tuple(launcher.earlier(draft.form)), possible_at=usage.possible_at)


def test_a_row_that_nothing_speaks_against_goes_unasked(launcher: Launcher, client: RecastClient) -> None:
    draft = prepared()
    assert draft.form
    assert obstacles(draft, known(launcher, draft)) == ()
    assert approve(questions(draft, known(launcher, draft)), (), "").may_go
    entry = launcher.launch(draft.form, facts=draft.facts)
    assert entry.run_id
    assert client.runs.get(entry.run_id).run_type == "holdout"
    assert entry.facts.kpi == "revenue"


def test_the_same_row_again_is_asked_about_and_goes_with_a_reason(
    launcher: Launcher, client: RecastClient
) -> None:
    draft = prepared()
    assert draft.form
    first = launcher.launch(draft.form)
    asked = questions(draft, known(launcher, draft))
    assert [question.check for question in asked] == ["same_launch"]
    assert not approve(asked, (), "again").may_go
    verdict = approve(asked, asked, "the sheet changed")
    second = launcher.launch(draft.form, reasons=verdict.reasons, confirmed=verdict.confirmed)
    assert first.run_id != second.run_id
    assert second.reasons == {"same_launch": "the sheet changed"}
    assert len(client.runs.list().items) == 2


def test_a_row_whose_data_cannot_be_right_is_left_out(launcher: Launcher) -> None:
    draft = prepared(CSV.replace("revenue", "date", 1))
    (obstacle,) = obstacles(draft, known(launcher, draft))
    assert "this launch" in obstacle


def test_what_the_data_blocks_is_said_without_a_journal() -> None:
    draft = prepared(CSV.replace("revenue", "date", 1))
    assert obstacles(draft) == obstacles(replace(draft, form=None))
