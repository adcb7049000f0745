"""Settings travel as one value, whichever way they were given."""

import numpy as np
import pytest

from recast_api import RunForm, RunType
from recast_api.clean_data import Settings, check, check_run_type, held_out_windows, read
from recast_api.clean_data.planning.settings import OptionalFields
from tests.clean_data.make import csv_text, daily_frame

SHEET = "https://docs.google.com/spreadsheets/d/1AbC/edit"
DATA = csv_text(daily_frame(500))


@pytest.mark.parametrize(
    ("run_type", "fields"),
    [
        ("holdout", {"holdout_days": [28, 400]}),
        ("stability_loop", {"n_holdout": 9, "days_per_holdout": 30}),
        ("parameter_recovery", {}),
    ],
)
def test_one_value_is_understood_like_its_fields_spelt_out(run_type: str, fields: OptionalFields) -> None:
    data, settings = read(DATA), Settings(run_type, **fields)
    assert held_out_windows(data, settings) == held_out_windows(data, run_type=run_type, **fields)
    by_value, by_fields = check_run_type(data, settings), check_run_type(data, run_type, **fields)
    assert by_value == by_fields == check_run_type(data, run_type=run_type, **fields)
    assert (run_type == "parameter_recovery") == (by_value == ())
    assert check(data, settings=settings) == check(data, run_type=run_type, **fields)


def test_a_form_takes_just_what_was_given() -> None:
    settings = Settings("holdout", holdout_days=np.array([14, 28]))  # type: ignore[arg-type]
    form = RunForm(**settings.as_fields(), google_sheet_priors_url=SHEET, clean_data=DATA)
    assert (form.run_type, form.holdout_days, form.n_holdout) == (RunType.HOLDOUT, (14, 28), None)
    assert Settings("model_run").as_fields() == {"run_type": "model_run"}


def test_equal_settings_are_one_value() -> None:
    assert len({Settings("holdout", holdout_days=[14]), Settings("holdout", holdout_days=(14,))}) == 1


def test_without_a_run_type_nothing_is_held_out() -> None:
    assert held_out_windows(read(DATA)) == ()
    assert check_run_type(read(DATA)) == ()
