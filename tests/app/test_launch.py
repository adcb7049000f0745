"""The launch page: every kind of file, the fields of each run type, one POST with what was shown."""

import json
from collections.abc import Callable
from itertools import permutations

import pytest
from streamlit.testing.v1 import AppTest

from recast_api.sandbox import Sandbox
from tests.app.fields import field
from tests.app.test_pages import SHEET, words
from tests.conftest import daily_csv

OpenPage = Callable[[str], AppTest]


@pytest.fixture
def launch_page(connected_page: OpenPage) -> AppTest:
    return connected_page("pages/launch.py").run()


def upload(app: AppTest, data: bytes, name: str = "data.csv") -> AppTest:
    app.file_uploader[0].upload(name, data)
    return app.run()


def choose(app: AppTest, run_type: str, sheet: str = SHEET) -> AppTest:
    app.radio[0].set_value(run_type)
    app.run()
    field(app, "text_input", "priors_url").set_value(sheet)
    return app.run()


def button(app: AppTest):
    return next(button for button in app.button if button.label == "Launch run")


def posts(sandbox: Sandbox) -> list[bytes]:
    return [request.body for request in sandbox.requests if request.method == "POST"]


FIELDS: dict[str, dict[str, object]] = {
    "model_run": {},
    "parameter_recovery": {},
    "stability_loop": {"n_holdout": 6, "days_per_holdout": 30},
    "holdout": {"holdout_days": [14, 28, 42]},
}


ORDERS = list(permutations(("data", "run type", "sheet")))


@pytest.mark.parametrize("order", ORDERS, ids=" then ".join)
@pytest.mark.parametrize("run_type", FIELDS)
def test_what_is_sent_is_what_was_shown(
    launch_page: AppTest, sandbox: Sandbox, clean_csv: str, run_type: str, order: tuple[str, ...]
) -> None:
    app = launch_page
    for edit in order:
        match edit:
            case "data":
                app = upload(app, clean_csv.encode())
            case "run type":
                app.radio[0].set_value(run_type).run()
            case "sheet":
                field(app, "text_input", "priors_url").set_value(SHEET).run()
    shown = json.loads(app.code[0].value.partition("\n\n")[2])["form"]
    button(app).click().run()
    assert not app.exception
    (body,) = posts(sandbox)
    sent = json.loads(body)["form"]
    assert (
        sent
        == {
            "run_type": run_type,
            "google_sheet_priors_url": SHEET,
            "clean_data": clean_csv,
        }
        | FIELDS[run_type]
    )
    first_lines, _, more = shown.pop("clean_data").rpartition("\n")
    assert sent.pop("clean_data").startswith(first_lines)
    assert more == "… 847 more lines"
    assert shown == sent
    assert app.query_params.get("run")


def test_the_launch_step_says_what_it_waits_for(launch_page: AppTest, clean_csv: str) -> None:
    assert button(launch_page).disabled
    assert "Waits for data and the priors sheet's URL." in words(launch_page)
    app = upload(launch_page, clean_csv.encode())
    assert "Waits for the priors sheet's URL." in words(app)
    assert not app.error


@pytest.mark.parametrize(
    "sheet",
    ["nonsense", "ftp://docs.google.com/spreadsheets/d/abc", "https://evil.example/spreadsheets/d/abc"],
)
def test_a_wrong_sheet_url_is_a_sentence(launch_page: AppTest, clean_csv: str, sheet: str) -> None:
    app = choose(upload(launch_page, clean_csv.encode()), "model_run", sheet)
    assert len(app.error) == 1
    assert button(app).disabled


@pytest.mark.parametrize("plain", [True, False], ids=["as offered", "as pasted"])
@pytest.mark.parametrize(
    "pasted",
    [
        "https://docs.google.com/spreadsheets/u/1/d/abc/edit#gid=0",
        "https://docs.google.com/a/acme.com/spreadsheets/d/abc/edit?usp=sharing",
    ],
)
def test_a_sheet_is_taken_however_its_address_is_spelled(
    launch_page: AppTest, sandbox: Sandbox, clean_csv: str, pasted: str, plain: bool
) -> None:
    app = choose(upload(launch_page, clean_csv.encode()), "model_run", pasted)
    assert f"plain address is {SHEET}" in words(app)
    if plain:
        app = next(one for one in app.button if one.label == "Use the plain address").click().run()
        assert "plain address" not in words(app)
    button(app).click().run()
    (body,) = posts(sandbox)
    assert json.loads(body)["form"]["google_sheet_priors_url"] == (SHEET if plain else pasted)


@pytest.mark.parametrize(
    "pasted",
    [
        "http://docs.google.com/spreadsheets/d/abc/edit",
        "docs.google.com/spreadsheets/d/abc/edit",
        "https://drive.google.com/file/d/abc/view",
        "https://docs.google.com/spreadsheets/d/e/2PACX-abc/pubhtml",
    ],
)
def test_a_link_of_which_it_is_not_known_whether_the_api_takes_it_is_asked_about(
    launch_page: AppTest, sandbox: Sandbox, clean_csv: str, pasted: str
) -> None:
    app = choose(upload(launch_page, clean_csv.encode()), "model_run", pasted)
    assert not app.error
    assert "whether Recast takes this kind of link" in app.checkbox[0].label
    assert button(app).disabled
    app.checkbox[0].check()
    field(app, "text_input", "reason").set_value("it worked last week")
    button(app.run()).click().run()
    (body,) = posts(sandbox)
    assert json.loads(body)["form"]["google_sheet_priors_url"] == pasted


@pytest.mark.parametrize("days", ["14, 28,42", "14 28 42", "14;28; 42", " 14,\n28 ,42,"])
def test_holdout_days_may_be_parted_as_people_do(
    launch_page: AppTest, sandbox: Sandbox, clean_csv: str, days: str
) -> None:
    app = choose(upload(launch_page, clean_csv.encode()), "holdout")
    field(app, "text_input", "holdout_days").set_value(days)
    button(app.run()).click().run()
    (body,) = posts(sandbox)
    assert json.loads(body)["form"]["holdout_days"] == [14, 28, 42]


def test_the_same_number_of_days_twice_is_asked_about(
    launch_page: AppTest, sandbox: Sandbox, clean_csv: str
) -> None:
    app = choose(upload(launch_page, clean_csv.encode()), "holdout")
    field(app, "text_input", "holdout_days").set_value("14, 14")
    app = app.run()
    assert len(app.checkbox) == 1
    app.checkbox[0].check()
    field(app, "text_input", "reason").set_value("to see the spread")
    button(app.run()).click().run()
    (body,) = posts(sandbox)
    assert json.loads(body)["form"]["holdout_days"] == [14, 14]


@pytest.mark.parametrize("days", ["", "14, x", "0", "-3", "14,,1.5", "14. 28"])
def test_wrong_holdout_days_are_a_sentence(launch_page: AppTest, clean_csv: str, days: str) -> None:
    app = choose(upload(launch_page, clean_csv.encode()), "holdout")
    field(app, "text_input", "holdout_days").set_value(days).run()
    assert len(app.error) == 1
    assert button(app).disabled


WIDE = (
    "date,revenue,"
    + ",".join(f"c{i}" for i in range(300))
    + "\n"
    + "2026-01-01,1,"
    + ",".join(["2"] * 300)
    + "\n"
)

FILES = {
    "empty": b"",
    "blank": b"\n\n  \n",
    "header only": b"date,revenue,tv\n",
    "picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01" * 40,
    "utf-16": daily_csv(60).encode("utf-16"),
    "300 columns": WIDE.encode(),
    "ragged": b"date,revenue,tv\n2026-01-01,1\n2026-01-02,1,2,3\n",
    "hostile": b"date,revenue,![x](https://evil.example/a.png),=cmd|' /C calc'!A0\n2026-01-01,1,2,3\n",
}


@pytest.mark.parametrize("name", FILES)
def test_any_file_gets_a_preview_or_a_sentence(launch_page: AppTest, name: str) -> None:
    app = upload(launch_page, FILES[name])
    assert not app.exception
    assert any(metric.label == "Rows" for metric in app.metric) or len(words(app)) > 0
    assert "![x](" not in "\n".join(str(markdown.value) for markdown in [*app.markdown, *app.caption])


def test_the_data_of_an_earlier_run_is_taken_by_link(page: OpenPage) -> None:
    app = page("pages/launch.py")
    app.query_params["data_of"] = "2786"
    app.run()
    assert not app.exception
    assert app.selectbox[0].value == "2786"
    assert "clean_data_democlient_2786.csv" in words(app)


def test_the_same_link_works_again_after_another_choice(page: OpenPage) -> None:
    app = page("pages/launch.py")
    for other in ("2782", "2773"):
        app.query_params["data_of"] = "2786"
        app.run()
        assert app.selectbox[0].value == "2786"
        app.selectbox[0].select(other).run()
        assert app.selectbox[0].value == other


def test_a_rejected_launch_keeps_the_form(launch_page: AppTest, sandbox: Sandbox, clean_csv: str) -> None:
    app = choose(upload(launch_page, clean_csv.encode()), "model_run")
    sandbox.faults.respond(
        422,
        body=b'{"error": {"message": "Invalid", "details": {"google_sheet_priors_url": ["is not shared"]}}}',
        content_type="application/json",
        method="POST",
    )
    button(app).click().run()
    assert not app.exception
    assert "is not shared" in "\n".join([words(app), *(code.value for code in app.code)])
    assert not button(app).disabled
    assert field(app, "text_input", "priors_url").value == SHEET
    assert len(posts(sandbox)) == 1
