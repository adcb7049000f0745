"""The check step: fixes, levels at work, the earlier run, the windows, and hostile files."""

import json
import re
from collections.abc import Callable
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from recast_api import RecastClient, RunForm
from recast_api.journal import Entry, RunId
from recast_api.sandbox import Sandbox
from tests.app.fields import field, open_first_fix
from tests.app.test_launch import button, choose, posts, upload
from tests.app.test_pages import SHEET, words
from tests.clean_data.workbooks import Cell, workbook
from tests.conftest import daily_csv

OpenPage = Callable[[str], AppTest]


@pytest.fixture
def launch_page(connected_page: OpenPage) -> AppTest:
    return connected_page("pages/launch.py").run()


def table_with(app: AppTest, column: str) -> list[object]:
    return next(list(table.value[column]) for table in app.dataframe if column in table.value)


def sent_data(sandbox: Sandbox) -> str:
    return str(json.loads(posts(sandbox)[-1])["form"]["clean_data"])


def confirm_all(app: AppTest, reason: str) -> AppTest:
    for box in app.checkbox:
        box.check()
    app.run()
    field(app, "text_input", "reason").set_value(reason)
    return app.run()


def run_finished(client: RecastClient, sandbox: Sandbox, clean_data: str, run_type: str) -> RunId:
    form = RunForm(run_type=run_type, google_sheet_priors_url=SHEET, clean_data=clean_data)
    run_id = client.runs.launch(form)
    sandbox.advance(minutes=61)
    return run_id


@pytest.mark.parametrize(
    "data",
    [
        b"date,revenue,tv\n2026-01-01,1\n2026-01-02,1,2,3\n",
        b"date,revenue,tv\n",
        b"\x89PNG\r\n\x1a\n" + bytes(400),
    ],
    ids=["ragged", "header only", "picture"],
)
def test_a_block_stops_the_launch(launch_page: AppTest, data: bytes) -> None:
    app = choose(upload(launch_page, data), "model_run")
    assert "Block" in words(app)
    assert button(app).disabled


def test_a_confirm_needs_a_tick_and_a_reason_which_go_to_the_journal(
    launch_page: AppTest, sandbox: Sandbox, entries: Callable[[], list[Entry]]
) -> None:
    app = choose(upload(launch_page, daily_csv(120).encode()), "model_run")
    assert "120 days of history" in words(app)
    assert button(app).disabled
    app = confirm_all(app, " ")
    assert button(app).disabled
    app = confirm_all(app, "a new client")
    button(app).click().run()
    assert len(posts(sandbox)) == 1
    assert entries()[0].reasons == {"short_history": "a new client"}


def test_the_summary_follows_the_settings(launch_page: AppTest, clean_csv: str) -> None:
    def standing(app: AppTest) -> list[str]:
        lines = iter([one.value for one in app.markdown])
        return [next(lines) for value in lines if value in ("**Dates**", "**Holdout**")]

    app = upload(launch_page, clean_csv.encode())
    app = field(app, "radio", "run_type").set_value("holdout").run()
    dates, holdout = standing(app)
    assert "fine" in dates
    assert "not checked" in holdout
    assert "Waits for the settings." in words(app)
    app = choose(app, "holdout")
    field(app, "text_input", "holdout_days").set_value("14, 14").run()
    assert "to confirm" in standing(app)[1]


def test_a_fix_is_made_when_accepted_and_undone_when_not_wanted(
    launch_page: AppTest, sandbox: Sandbox, clean_csv: str
) -> None:
    delivered = clean_csv.replace(",", ";").replace(".", ",")
    app = open_first_fix(choose(upload(launch_page, delivered.encode()), "model_run"))
    (accept,) = (one for one in app.button if one.label == "Accept this fix")
    assert table_with(app, "as delivered")[1] == delivered.splitlines()[1]
    assert table_with(app, "as it would be sent")[1] == clean_csv.splitlines()[1]
    app = accept.click().run()
    assert not [one for one in app.button if one.label == "Accept this fix"]
    app = next(one for one in app.button if one.label == "Undo").click().run()
    app = next(one for one in app.button if one.label == "Accept this fix").click().run()
    button(app).click().run()
    assert sent_data(sandbox) == clean_csv


def test_a_sheet_of_a_workbook_is_chosen_and_sent_as_csv(
    launch_page: AppTest, sandbox: Sandbox, clean_csv: str
) -> None:
    header, *rows = (line.split(",") for line in clean_csv.splitlines())
    cells: list[list[Cell]] = [[*header]]
    cells += [[date.fromisoformat(day), *map(float, rest)] for day, *rest in rows]
    book = workbook({"Read me": [["Ask Kim"]], "Data": cells, "Nothing": []})
    app = upload(launch_page, book, "data.xlsx")
    choice = field(app, "selectbox", "sheet")
    assert (choice.options, choice.value) == (["Read me", "Data", "Nothing"], "Read me")
    app = choice.select("Nothing").run()
    assert "The sheet has no values." in words(app)
    app = field(app, "selectbox", "sheet").select("Data").run()
    app = confirm_all(choose(app, "model_run"), "the client keeps it in Excel")
    button(app).click().run()
    assert [line.split(",")[0] for line in sent_data(sandbox).splitlines()] == [
        line.split(",")[0] for line in clean_csv.splitlines()
    ]


def test_an_incomplete_tail_can_be_trimmed(launch_page: AppTest, sandbox: Sandbox, clean_csv: str) -> None:
    *complete, last = clean_csv.splitlines(keepends=True)
    day, *values = last.split(",")
    tail = ",".join([day, *(f"{float(value) / 20:.2f}" for value in values)]) + "\n"
    app = choose(upload(launch_page, "".join([*complete, tail]).encode()), "model_run")
    assert "incomplete" in words(app)
    app = open_first_fix(app)
    assert table_with(app, "as it would be sent")[-1] == "(taken out)"
    app = next(one for one in app.button if one.label == "Accept this fix").click().run()
    button(app).click().run()
    assert sent_data(sandbox) == "".join(complete)


DAYS_OR_MONTHS = "date,revenue,tv\n01/02/2026,100,1\n02/02/2026,110,2\n03/02/2026,120,3\n"


@pytest.mark.parametrize(("answer", "last_day"), [("day first", "2026-02-03"), ("month first", "2026-03-02")])
def test_whether_the_day_or_the_month_is_first_is_asked(
    launch_page: AppTest, answer: str, last_day: str
) -> None:
    app = upload(launch_page, DAYS_OR_MONTHS.encode())
    offers = [one.label for one in app.expander if one.label.startswith("Fix: ")]
    assert len(offers) == 2
    place = next(place for place, offer in enumerate(offers) if answer in offer)
    app = [one for one in app.button if one.label == "Accept this fix"][place].click().run()
    assert [metric.value for metric in app.metric if metric.label == "Last day"] == [last_day]


def test_without_a_fix_accepted_the_file_goes_as_it_stands(
    launch_page: AppTest, sandbox: Sandbox, clean_csv: str
) -> None:
    delivered = clean_csv.replace(",", ";")
    app = choose(upload(launch_page, delivered.replace("\n", "\r\n").encode("utf-8-sig")), "model_run")
    app = confirm_all(app, "Recast said that semicolons are fine")
    button(app).click().run()
    assert sent_data(sandbox) == delivered


def test_the_earlier_run_is_the_latest_that_succeeded_with_a_real_kpi(
    connected_page: OpenPage, client: RecastClient, sandbox: Sandbox, clean_csv: str
) -> None:
    lines = clean_csv.splitlines(keepends=True)
    model_run = run_finished(client, sandbox, "".join(lines[:-7]), "model_run")
    run_finished(client, sandbox, clean_csv, "parameter_recovery")
    app = upload(connected_page("pages/launch.py").run(), clean_csv.encode())
    assert app.selectbox[1].label == "Compare with run"
    assert app.selectbox[1].value == str(model_run)
    assert "Pure append: 7 days added at the end" in words(app)


def test_a_changed_history_is_said_with_its_columns_and_days(
    connected_page: OpenPage, client: RecastClient, sandbox: Sandbox, clean_csv: str
) -> None:
    run_finished(client, sandbox, clean_csv, "model_run")
    lines = clean_csv.splitlines()
    cells = lines[400].split(",")
    lines[400] = ",".join([*cells[:2], "99999.99", *cells[3:]])
    app = upload(connected_page("pages/launch.py").run(), ("\n".join(lines) + "\n").encode())
    assert "History rewritten: 1 cell changed on 1 day" in words(app)
    assert table_with(app, "cells changed") == [1]
    assert app.get("vega_lite_chart")


def test_why_past_values_changed_is_said_by_column(
    connected_page: OpenPage, client: RecastClient, sandbox: Sandbox, clean_csv: str
) -> None:
    run_finished(client, sandbox, clean_csv, "model_run")
    header, *rows = [line.split(",") for line in clean_csv.splitlines()]
    scaled = [[*row[:2], f"{float(row[2]) * 1.19:.2f}", *row[3:]] for row in rows]
    lines = [",".join(cells) + "\n" for cells in (header, *scaled)]
    app = upload(connected_page("pages/launch.py").run(), "".join(lines).encode())
    assert table_with(app, "what happened") == ["multiplied by 1.19"]
    assert f"multiplied by 1.19 ({header[2]})".replace("_", r"\_") in words(app)


def test_the_windows_follow_the_numbers_at_once(launch_page: AppTest, clean_csv: str) -> None:
    app = choose(upload(launch_page, clean_csv.encode()), "holdout")
    assert table_with(app, "held out") == ["Last 14 days", "Last 28 days", "Last 42 days"]
    assert table_with(app, "days to train on") == [836, 822, 808]
    field(app, "text_input", "holdout_days").set_value("90").run()
    assert table_with(app, "held out") == ["Last 90 days"]
    assert table_with(app, "of these used for the fit") == [700]


def test_the_kpi_is_asked_and_remembered_for_the_client(
    launch_page: AppTest, connected_page: OpenPage, clean_csv: str
) -> None:
    app = upload(launch_page, clean_csv.replace("revenue", "outcome").encode())
    assert app.selectbox[0].label == "KPI column"
    assert app.selectbox[0].value is None
    app = choose(app.selectbox[0].select("outcome").run(), "model_run")
    button(app).click().run()
    again = upload(connected_page("pages/launch.py").run(), clean_csv.replace("revenue", "outcome").encode())
    assert again.selectbox[0].value == "outcome"


@pytest.mark.parametrize(
    "header",
    [
        "![x](https://evil.example/a.png)",
        "<img src=x onerror=alert(1)>",
        "=cmd|' /C calc'!A0",
        ":red[bold] **x**",
        "$a$ and $b$",
        "n" * 10_000,
    ],
    ids=["image", "html", "formula", "markdown", "maths", "long"],
)
def test_a_hostile_header_is_inert_wherever_it_is_shown(
    launch_page: AppTest, clean_csv: str, header: str
) -> None:
    quoted = '"' + header.replace('"', '""') + '"'
    text = clean_csv.replace("tv", quoted, 1)
    lines = text.splitlines()
    lines[10] = lines[10].rsplit(",", 1)[0] + ",oops"
    app = upload(launch_page, ("\n".join(lines) + "\n").encode())
    assert not app.exception
    shown = [element.value for kind in (app.markdown, app.caption, app.error) for element in kind]
    live = "\n".join(map(str, [*shown, *(expander.label for expander in app.expander)]))
    live = re.sub(r"\\.", "", live)  # what is escaped is shown, not interpreted
    assert "oops" in live
    for active in ("![x](", "<img", ":red[", "**x**", "$a$"):
        assert active not in live


def parts_made_again() -> None:
    import streamlit as st

    from pages._shared import analysis
    from recast_api.clean_data import Settings, read
    from recast_api.preparing import Roles
    from tests.conftest import daily_csv

    def parts(settings: Settings) -> tuple[object, ...]:
        data = read(daily_csv(400))
        roles = Roles.guessed(data)
        return (
            analysis.findings_of_data(data, roles),
            analysis.profile_of(data, roles),
            analysis.windows(data, settings),
        )

    before, after = (parts(Settings("holdout", holdout_days=[days])) for days in (14, 28))
    st.text(str([old is new for old, new in zip(before, after, strict=True)]))


def test_only_what_depends_on_a_setting_is_computed_again() -> None:
    app = AppTest.from_function(parts_made_again, default_timeout=30).run()
    assert not app.exception
    assert app.text[0].value == "[True, True, False]"
