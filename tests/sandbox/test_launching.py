import json
import threading
from collections import Counter
from typing import Any

import pytest

from recast_api.sandbox import Account, Sandbox

SHEET = "https://docs.google.com/spreadsheets/d/abc/edit"
FORM = {"run_type": "model_run", "google_sheet_priors_url": SHEET, "clean_data": "date,y\n2026-01-01,1\n"}


def test_a_launch_answers_201_with_nothing_but_an_id(api: Any) -> None:
    response = api.launch()
    assert response.status_code == 201
    assert response.json() == {"id": 2786}
    assert response.headers["content-type"] == "application/json"
    assert api.launched() == 2787


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({"run_type": "model_run"}, {}),
        ({"run_type": "parameter_recovery"}, {}),
        (
            {"run_type": "stability_loop", "n_holdout": 6, "days_per_holdout": 30},
            {"n_holdout": 6, "days_per_holdout": 30},
        ),
        ({"run_type": "holdout", "holdout_days": [14, 28, 42]}, {"holdout_days": [14, 28, 42]}),
        ({"run_type": "holdout", "holdout_days": [7] * 100}, {"holdout_days": [7] * 100}),
        ({"run_type": "holdout"}, {}),
        ({"run_type": "stability_loop", "n_holdout": None}, {}),
        ({"run_type": "model_run", "n_holdout": 6, "holdout_days": "x", "surprise": 1}, {}),
    ],
)
def test_the_form_comes_back_with_what_its_run_type_uses(
    api: Any, settings: dict[str, Any], kept: dict[str, Any]
) -> None:
    run = api.get(f"/{api.launched(**settings)}").json()
    assert run["form"] == {"run_type": settings["run_type"], "google_sheet_priors_url": SHEET, **kept}
    assert run["run_type"] == settings["run_type"]


def test_a_url_of_2000_characters_is_taken(api: Any) -> None:
    url = "https://docs.google.com/".ljust(2000, "ü")
    assert (
        api.get(f"/{api.launched(google_sheet_priors_url=url)}").json()["form"]["google_sheet_priors_url"]
        == url
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        json.dumps({"form": FORM}).encode("utf-16"),
        b'{"form": {"n_holdout": NaN}}',
        b"[" * 100_000,
        b'{"form": {"n_holdout": ' + b"9" * 5000 + b"}}",
    ],
)
def test_a_body_that_is_no_json_is_400(api: Any, body: bytes) -> None:
    response = api.post(body)
    assert response.status_code == 400
    assert response.json() == {"error": {"message": "The request body is not valid JSON in UTF-8"}}


@pytest.mark.parametrize("body", ["[]", "{}", '"form"', '{"form": null}', '{"form": ""}', '{"form": {}}'])
def test_a_missing_form_is_400(api: Any, body: str) -> None:
    response = api.post(body)
    assert response.status_code == 400
    assert response.json()["error"]["message"] == "Missing required parameter: form"


def test_a_form_that_is_no_object_is_400(api: Any) -> None:
    response = api.post('{"form": "model_run"}')
    assert response.status_code == 400
    assert response.json()["error"]["message"] == "Parameter form must be an object"


@pytest.mark.parametrize("value", [None, "", " \n\t"])
@pytest.mark.parametrize("field", ["run_type", "google_sheet_priors_url", "clean_data"])
def test_a_missing_or_blank_field_is_400(api: Any, field: str, value: str | None) -> None:
    response = api.launch(**{field: value})
    assert response.status_code == 400
    assert response.json() == {"error": {"message": f"Missing required parameter: {field}"}}


def test_all_missing_fields_are_named(api: Any) -> None:
    message = api.post('{"form": {"n_holdout": 1}}').json()["error"]["message"]
    assert message == "Missing required parameter: google_sheet_priors_url, clean_data, run_type"


STABILITY, HOLDOUT = {"run_type": "stability_loop"}, {"run_type": "holdout"}


@pytest.mark.parametrize(
    ("form", "details"),
    [
        (
            {"run_type": "forecast"},
            {"run_type": ["must be one of: model_run, parameter_recovery, stability_loop, holdout"]},
        ),
        (
            {"run_type": ["model_run"]},
            {"run_type": ["must be one of: model_run, parameter_recovery, stability_loop, holdout"]},
        ),
        ({"google_sheet_priors_url": 5}, {"google_sheet_priors_url": ["must be a string"]}),
        (
            {"google_sheet_priors_url": "https://\ud800"},
            {"google_sheet_priors_url": ["must be text that UTF-8 can hold"]},
        ),
        (
            {"google_sheet_priors_url": "h" * 2001},
            {"google_sheet_priors_url": ["must be 2000 characters or fewer"]},
        ),
        ({"clean_data": ["a,b"]}, {"clean_data": ["must be a string"]}),
        ({"clean_data": "a\r\nb"}, {"clean_data": ["must use \\n line endings, but contains \\r"]}),
        ({"clean_data": "a\ud800"}, {"clean_data": ["must be text that UTF-8 can hold"]}),
        (STABILITY | {"n_holdout": "6"}, {"n_holdout": ["must be an integer"]}),
        (STABILITY | {"n_holdout": True}, {"n_holdout": ["must be an integer"]}),
        (STABILITY | {"n_holdout": 6.0}, {"n_holdout": ["must be an integer"]}),
        (STABILITY | {"n_holdout": 0}, {"n_holdout": ["must be 1 or more"]}),
        (STABILITY | {"days_per_holdout": 2**31}, {"days_per_holdout": ["must be 2147483647 or less"]}),
        (HOLDOUT | {"holdout_days": 14}, {"holdout_days": ["must be an array of integers"]}),
        (HOLDOUT | {"holdout_days": []}, {"holdout_days": ["must not be empty"]}),
        (HOLDOUT | {"holdout_days": [7] * 101}, {"holdout_days": ["must have 100 items or fewer"]}),
        (
            HOLDOUT | {"holdout_days": [14, "x", None, 0]},
            {"holdout_days": ["each item must be an integer", "each item must be 1 or more"]},
        ),
    ],
)
def test_wrong_values_are_422_with_details(
    api: Any, form: dict[str, Any], details: dict[str, list[str]]
) -> None:
    response = api.launch(**form)
    assert response.status_code == 422
    error = response.json()["error"]
    assert error["details"] == details
    assert error["message"] == f"Validation failed: {', '.join(details)}"


def test_all_wrong_fields_are_told_at_once(api: Any) -> None:
    response = api.launch(**STABILITY, n_holdout=0, days_per_holdout="7", clean_data="\r")
    assert response.status_code == 400  # a lone carriage return is blank
    response = api.launch(**STABILITY, n_holdout=0, days_per_holdout="7", clean_data="a\r")
    assert set(response.json()["error"]["details"]) == {"n_holdout", "days_per_holdout", "clean_data"}


def test_the_token_is_checked_before_the_client_and_that_before_the_body(api: Any, sandbox: Sandbox) -> None:
    elsewhere = f"{sandbox.base_url}/v1/clients/nobody/runs"
    assert api.session.post(elsewhere, data=b"{").status_code == 404
    for header in ("Bearer wrong", "Bearer", "", "Basic YTpi"):
        api.session.headers["Authorization"] = header
        response = api.session.post(elsewhere, data=b"{")
        assert response.status_code == 401
        assert response.json() == {"error": {"message": "Missing or unknown API token"}}


def test_the_word_bearer_may_be_written_in_any_case(api: Any, account: Account) -> None:
    api.session.headers["Authorization"] = f"bEARER {account.token}"
    assert api.launch().status_code == 201


def test_twenty_launches_a_minute(api: Any, sandbox: Sandbox) -> None:
    for _ in range(20):
        api.launched()
    response = api.launch()
    assert (response.status_code, response.text) == (429, "Retry later")
    assert response.headers["content-type"].startswith("text/plain")
    assert "retry-after" not in response.headers
    sandbox.advance(seconds=59)
    assert api.launch().status_code == 429
    sandbox.advance(seconds=1)
    assert api.launch().status_code == 201


def test_a_hundred_launches_a_day(api: Any, sandbox: Sandbox) -> None:
    for _ in range(5):
        for _ in range(20):
            api.launched()
        sandbox.advance(seconds=60)
    assert api.launch().status_code == 429
    sandbox.advance(seconds=86_400 - 5 * 60)
    assert api.launch().status_code == 201


def test_a_refused_launch_costs_nothing_and_a_wrong_form_is_told_first(api: Any) -> None:
    for _ in range(25):
        assert api.launch(run_type="forecast").status_code == 422
    for _ in range(20):
        api.launched()
    assert api.launch(run_type="forecast").status_code == 422
    assert api.get().json()["pagination"]["total_count"] == 20


def test_the_limits_are_each_tokens_own(api: Any, other_api: Any) -> None:
    for _ in range(20):
        api.launched()
    assert other_api.launch().status_code == 201


def test_many_threads_at_once(api: Any, sandbox: Sandbox, account: Account) -> None:
    answers = []
    barrier = threading.Barrier(30)

    def launch() -> None:
        barrier.wait()
        answers.append(api.launch())

    threads = [threading.Thread(target=launch) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(answer.status_code for answer in answers) == {201: 20, 429: 10}
    ids = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert ids == set(range(2786, 2806)) == {run.id for run in sandbox.runs(account.token)}


def test_25_megabytes(api: Any) -> None:
    csv = "date,revenue\n" + "2026-01-01,1234.56\n" * 1_350_000
    assert len(csv) > 25_000_000
    run_id = api.launched(clean_data=csv)
    assert api.get(f"/{run_id}/downloads/clean_data").content == csv.encode()
