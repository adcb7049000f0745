import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from recast_api import FormError, RecastError, RunForm, RunType
from recast_api.models import MOST_WINDOWS
from recast_api.sheets import LONGEST_URL
from tests.client.conftest import SHEET

CSV = "date,revenue,tv\n2026-06-29,10,1\n"


def make(**changes: Any) -> RunForm:
    return RunForm(
        **({"run_type": "model_run", "google_sheet_priors_url": SHEET, "clean_data": CSV} | changes)
    )


def memoryview_of(text: str) -> memoryview:
    return memoryview(text.encode())


def path_of(text: str) -> Path:
    path = Path("clean.csv")
    path.write_bytes(text.encode())
    return path


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
        "https://docs.google.com/spreadsheets/u/1/d/abc/edit#gid=0",
        "https://docs.google.com/a/acme.com/spreadsheets/d/abc/edit",
        "https://docs.google.com/spreadsheets/d/e/2PACX-abc/pubhtml",
        "https://drive.google.com/open?id=abc",
        "http://docs.google.com/spreadsheets/d/abc",
        "docs.google.com/spreadsheets/d/abc",
        f"{SHEET}?{'a' * (LONGEST_URL - len(SHEET) - 1)} ",
    ],
)
def test_takes_every_url_that_may_name_a_google_sheet_and_leaves_it_as_it_is(url):
    assert make(google_sheet_priors_url=url).google_sheet_priors_url == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "  ",
        None,
        7,
        "https://docs.google.com.example.com/spreadsheets/d/abc",
        "https://me@docs.google.com/spreadsheets/d/abc",
        "https://docs.google.com:8443/spreadsheets/d/abc",
        "https://docs.google.com/spreadsheets/d/",
        "https://docs.google.com/spreadsheets/d/.../edit",
        "https://docs.google.com/document/d/abc",
        "https://docs.google.com/spreadsheets/d/abc edit",
        "https://docs.google.com/spreadsheets/d/abc\nedit",
        f"{SHEET}?{'a' * (LONGEST_URL - len(SHEET))}",
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


@pytest.mark.parametrize("kind", [str.encode, lambda text: bytearray(text, "utf-8"), memoryview_of, path_of])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_takes_data_as_bytes_or_from_a_file(tmp_path, monkeypatch, kind, mark):
    monkeypatch.chdir(tmp_path)
    given = kind(f"{mark}date,télé\r\n2026-06-29,1\n")
    assert make(clean_data=given) == make(clean_data="date,télé\n2026-06-29,1\n")


@pytest.mark.parametrize("content", ["date,télé\n".encode("latin-1"), "date,tv\n".encode("utf-16")])
def test_names_the_line_that_is_no_utf_8(tmp_path, content):
    file = tmp_path / "clean.csv"
    file.write_bytes(b"date,tv\n" + content)
    for given in (file, file.read_bytes()):
        assert "isn't UTF-8 (line 2)" in problems(clean_data=given)["clean_data"][0]


@pytest.mark.parametrize(
    ("path", "reason"), [("none.csv", "No such file"), (".", "Is a directory"), ("a\0b", "null")]
)
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path, path, reason):
    (sentence,) = problems(clean_data=tmp_path / path)["clean_data"]
    assert "can't be read from" in sentence
    assert reason in sentence


@pytest.mark.parametrize("name", ["clean_data.csv", " C:\\data\\Clean.CSV\n", "data/clean.tsv"])
def test_the_name_of_a_file_is_no_data(name):
    assert "a file's name" in problems(clean_data=name)["clean_data"][0]
    assert make(clean_data=f"date\n{name}")


@pytest.mark.parametrize("data", ["", " \r\n\t", "\ufeff", b"", b"\xef\xbb\xbf\n", None, 5, "date\n\ud800\n"])
def test_refuses_data_that_is_empty_or_no_text(data):
    assert "clean data" in problems(clean_data=data)["clean_data"][0]


@pytest.mark.parametrize("field", ["n_holdout", "days_per_holdout"])
@pytest.mark.parametrize(
    "value", [0, -1, True, 1.5, 0.0, math.nan, math.inf, np.bool_(True), np.float64("nan"), pd.NA, "6", [6]]
)
def test_refuses_what_is_no_number_of_periods_or_days(field, value):
    assert "whole number of at least 1" in problems(run_type="stability_loop", **{field: value})[field][0]


@pytest.mark.parametrize(
    "days",
    [
        [],
        (),
        14,
        np.int64(14),
        np.array(14),
        np.array([[14]]),
        pd.Series([], dtype=float),
        pd.Series([14.0, None]),
        pd.Series([14, None], dtype="Int64"),
        pd.DataFrame({"days": [14]}),
        np.array([True]),
        range(0, 14, 7),
        "14",
        b"14",
        {14},
        {14: 1},
        [0],
        [14, -1],
        [True],
        [14.5],
        [Decimal(14)],
        ["14"],
    ],
)
def test_refuses_what_is_no_list_of_days(days):
    assert "Holdout days" in problems(run_type="holdout", holdout_days=days)["holdout_days"][0]


def test_names_every_wrong_number_of_days():
    assert problems(run_type="holdout", holdout_days=[14, 0, "x"])["holdout_days"] == (
        "Holdout days must be whole numbers of at least 1, not 0, 'x'.",
    )


@pytest.mark.parametrize("value", [np.array([14.5]), [np.float64(14.5)], [14.5]])
def test_a_wrong_number_is_shown_as_a_number(value):
    assert "not 14.5." in problems(run_type="holdout", holdout_days=value)["holdout_days"][0]


def test_a_wrong_value_is_shown_in_short():
    (sentence,) = problems(run_type="date,revenue\n" * 1000)["run_type"]
    assert len(sentence) < 200
    assert sentence.endswith("….")


@pytest.mark.parametrize("value", [6, np.int64(6), np.uint8(6), 6.0, np.float64(6), np.float32(6)])
def test_takes_numbers_as_numpy_and_pandas_give_them(value):
    form = make(run_type="stability_loop", n_holdout=value, days_per_holdout=value)
    assert form == make(run_type="stability_loop", n_holdout=6, days_per_holdout=6)
    assert json.loads(form.json_bytes())["form"]["n_holdout"] == 6


@pytest.mark.parametrize(
    "days",
    [
        (14, 28),
        range(14, 29, 14),
        [np.int64(14), np.float64(28)],
        np.array([14, 28]),
        np.array([14.0, 28.0]),
        np.array([14, 28], dtype=object),
        pd.Series([14, 28]),
        pd.Series([14, 28, None]).dropna(),
        pd.Series([14, 28], dtype="Int64"),
        pd.Index([14, 28]),
    ],
)
def test_takes_days_as_numpy_and_pandas_give_them(days):
    form = make(run_type="holdout", holdout_days=days)
    assert form.holdout_days == (14, 28)
    assert json.loads(form.json_bytes())["form"]["holdout_days"] == [14, 28]


def test_what_the_api_does_not_forbid_is_not_refused():
    assert make(run_type="holdout", holdout_days=[28, 14, 14]).holdout_days == (28, 14, 14)


@pytest.mark.parametrize("days", [range(1, MOST_WINDOWS + 2), range(1, 10**30), [14] * (MOST_WINDOWS + 1)])
def test_refuses_more_windows_than_anybody_wants(days):
    (sentence,) = problems(run_type="holdout", holdout_days=days)["holdout_days"]
    assert f"more than {MOST_WINDOWS}" in sentence
    assert len(make(run_type="holdout", holdout_days=days[:MOST_WINDOWS]).holdout_days or ()) == MOST_WINDOWS


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


@pytest.mark.parametrize(
    ("run_type", "names"),
    [
        (None, ("n_holdout", "days_per_holdout", "holdout_days")),
        ("stability_loop", ("n_holdout", "days_per_holdout")),
        ("holdout", ("holdout_days",)),
        ("model_run", ()),
    ],
)
def test_a_form_knows_which_optional_fields_a_run_type_uses(run_type, names):
    assert RunForm.optional_fields(run_type) == names
    for name in names if run_type else ():
        with pytest.raises(FormError, match=f"can be given with the run type {run_type} only"):
            make(run_type="parameter_recovery", **{name: 7})


def test_every_field_has_a_title_of_its_own():
    titles = RunForm.titles()
    assert list(titles) == list(RunForm.model_fields)
    assert len(set(titles.values())) == len(titles)
    assert all(title[0].isupper() and "_" not in title for title in titles.values())
