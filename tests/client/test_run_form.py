import json
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from recast_api import FormError, RecastError, RunForm, RunType
from tests.client.conftest import SHEET

CSV = "date,revenue,tv\n2026-06-29,10,1\n"


def make(**changes: Any) -> RunForm:
    return RunForm(
        **({"run_type": "model_run", "google_sheet_priors_url": SHEET, "clean_data": CSV} | changes)
    )


def problems(**changes: Any) -> dict[str, tuple[str, ...]]:
    with pytest.raises(FormError) as caught:
        make(**changes)
    assert isinstance(caught.value, RecastError)
    assert isinstance(caught.value, ValueError)
    return caught.value.details


@pytest.mark.parametrize("run_type", [*RunType, *map(str, RunType)])
def test_takes_each_run_type_as_a_word_or_a_member(run_type):
    assert make(run_type=run_type).run_type is RunType(run_type)


@pytest.mark.parametrize("run_type", ["", "Holdout", "weekly", None, 3])
def test_refuses_another_run_type(run_type):
    assert (
        "model_run, parameter_recovery, stability_loop, holdout" in problems(run_type=run_type)["run_type"][0]
    )


@pytest.mark.parametrize(
    "url",
    [
        SHEET,
        f"  {SHEET}\n",
        "https://docs.google.com/spreadsheets/d/1a-B_c",
        "HTTPS://Docs.Google.com/spreadsheets/d/abc/edit?usp=sharing#gid=0",
    ],
)
def test_takes_a_google_sheets_url(url):
    assert make(google_sheet_priors_url=url).google_sheet_priors_url == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "  ",
        None,
        7,
        "http://docs.google.com/spreadsheets/d/abc",
        "https://docs.google.com.example.com/spreadsheets/d/abc",
        "https://me@docs.google.com/spreadsheets/d/abc",
        "https://docs.google.com:8443/spreadsheets/d/abc",
        "https://docs.google.com/spreadsheets/d/",
        "https://docs.google.com/spreadsheets/d/.../edit",
        "https://docs.google.com/spreadsheets/d/e/2PACX-abc/pubhtml",
        "https://docs.google.com/document/d/abc",
        "https://docs.google.com/spreadsheets/d/abc edit",
        "https://docs.google.com/spreadsheets/d/abc\nedit",
        "docs.google.com/spreadsheets/d/abc",
    ],
)
def test_refuses_any_other_url(url):
    assert "priors sheet" in problems(google_sheet_priors_url=url)["google_sheet_priors_url"][0]


def test_line_ends_become_newlines_and_a_byte_order_mark_goes():
    form = make(clean_data="\ufeffdate,revenue\r\n2026-06-29,1\r2026-06-30,2\n")
    assert form.clean_data == "date,revenue\n2026-06-29,1\n2026-06-30,2\n"


def test_nothing_else_about_the_data_changes():
    odd = ' "date" ,é,,\n\n2026-6-1,\t1 ,\ufeff,\n  '
    assert make(clean_data=odd).clean_data == odd


@pytest.mark.parametrize("data", ["", " \r\n\t", "\ufeff", b"date\n", None, "date\n\ud800\n"])
def test_refuses_data_that_is_empty_or_no_text(data):
    assert "clean data" in problems(clean_data=data)["clean_data"][0]


@pytest.mark.parametrize("field", ["n_holdout", "days_per_holdout"])
@pytest.mark.parametrize("value", [0, -1, True, 1.0, "6", [6]])
def test_refuses_what_is_no_number_of_periods_or_days(field, value):
    assert "whole number of at least 1" in problems(run_type="stability_loop", **{field: value})[field][0]


@pytest.mark.parametrize("days", [[], (), 14, "14", {14}, [0], [14, -1], [True], [14.0], ["14"]])
def test_refuses_what_is_no_list_of_days(days):
    assert "Holdout days" in problems(run_type="holdout", holdout_days=days)["holdout_days"][0]


def test_names_every_wrong_number_of_days():
    assert problems(run_type="holdout", holdout_days=[14, 0, "x"])["holdout_days"] == (
        "Holdout days must be whole numbers of at least 1, not 0, 'x'.",
    )


@pytest.mark.parametrize(
    ("run_type", "field", "value"),
    [
        ("model_run", "n_holdout", 6),
        ("holdout", "days_per_holdout", 30),
        ("parameter_recovery", "holdout_days", [14]),
        ("stability_loop", "holdout_days", [14]),
    ],
)
def test_refuses_a_field_of_another_run_type(run_type, field, value):
    assert f"not with {run_type}" in problems(run_type=run_type, **{field: value})[field][0]


def test_says_everything_at_once():
    everything = {"run_type": "x", "google_sheet_priors_url": "", "clean_data": "", "n_holdout": 0}
    with pytest.raises(FormError) as caught:
        make(**everything)
    assert set(caught.value.details) == set(everything)
    assert all(sentence in str(caught.value) for (sentence,) in caught.value.details.values())
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("settings", "extra"),
    [
        ({}, {}),
        ({"run_type": "parameter_recovery"}, {}),
        ({"run_type": "stability_loop"}, {}),
        (
            {"run_type": "stability_loop", "n_holdout": np.int64(6), "days_per_holdout": 30},
            {"n_holdout": 6, "days_per_holdout": 30},
        ),
        ({"run_type": "holdout", "holdout_days": (14, 28)}, {"holdout_days": [14, 28]}),
    ],
)
def test_the_body_has_the_fields_of_its_run_type(settings, extra):
    form = make(**settings)
    expected = {"run_type": form.run_type.value, "google_sheet_priors_url": SHEET, "clean_data": CSV, **extra}
    assert form.body() == {"form": expected}
    assert json.loads(form.json_bytes()) == {"form": expected}


def test_the_bytes_are_utf_8():
    assert "télé – 電視".encode() in make(clean_data="date,télé – 電視\n").json_bytes()


def test_is_frozen_and_hides_the_data():
    form = make(run_type="holdout", holdout_days=[14])
    assert form.holdout_days == (14,)
    with pytest.raises(ValidationError):
        form.run_type = RunType.MODEL_RUN  # type: ignore[misc]
    assert "revenue" not in repr(form)
    assert hash(form) == hash(make(run_type="holdout", holdout_days=(14,)))
