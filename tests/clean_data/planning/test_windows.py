from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recast_api.clean_data import Window, held_out_windows, read
from tests.clean_data.make import csv_text, daily_frame

HUNDRED = [date(2025, 1, 1) + timedelta(days=i) for i in range(100)]
"""1 January to 10 April 2025."""


def test_holdout_leaves_out_the_last_days_of_each_test() -> None:
    assert held_out_windows(HUNDRED, run_type="holdout", holdout_days=[28, 14]) == (
        Window(date(2025, 3, 28), date(2025, 4, 10), 14, 86, 26, "Last 14 days"),
        Window(date(2025, 3, 14), date(2025, 4, 10), 28, 72, 12, "Last 28 days"),
    )


def test_period_k_of_a_stability_loop_leaves_out_k_times_its_days() -> None:
    assert held_out_windows(HUNDRED, run_type="stability_loop", n_holdout=3, days_per_holdout=20) == (
        Window(date(2025, 3, 22), date(2025, 4, 10), 20, 80, 20, "Period 1: last 20 days"),
        Window(date(2025, 3, 2), date(2025, 4, 10), 40, 60, 0, "Period 2: last 40 days"),
        Window(date(2025, 2, 10), date(2025, 4, 10), 60, 40, -20, "Period 3: last 60 days"),
    )


def test_holdout_of_one_day_and_of_everything() -> None:
    one, whole = held_out_windows(HUNDRED, run_type="holdout", holdout_days=[1, 100])
    assert (one.first, one.last, one.training_days_left) == (date(2025, 4, 10), date(2025, 4, 10), 99)
    assert (whole.first, whole.training_days_left, whole.fitted_days_left) == (date(2025, 1, 1), 0, -60)


def test_a_window_beyond_the_data_starts_with_the_data() -> None:
    (window,) = held_out_windows(HUNDRED, run_type="holdout", holdout_days=[10**9])
    assert (window.first, window.days, window.training_days_left) == (date(2025, 1, 1), 10**9, 0)


def test_training_days_are_counted_in_the_data_not_in_the_calendar() -> None:
    days = [day for day in HUNDRED if day.month != 2]
    (window,) = held_out_windows(days, run_type="holdout", holdout_days=[10])
    assert (window.first, window.training_days_left) == (date(2025, 4, 1), 62)


def test_other_run_types_have_no_windows() -> None:
    for run_type in ("model_run", "parameter_recovery", "something new"):
        assert (
            held_out_windows(HUNDRED, run_type=run_type, holdout_days=[7], n_holdout=2, days_per_holdout=7)
            == ()
        )


@pytest.mark.parametrize("days", [0, -7, 14.5, True, None, "14"])
def test_what_is_no_count_has_no_window(days: object) -> None:
    assert held_out_windows(HUNDRED, run_type="holdout", holdout_days=[days]) == ()  # type: ignore[list-item]
    settings = {"n_holdout": days, "days_per_holdout": 7}
    assert held_out_windows(HUNDRED, run_type="stability_loop", **settings) == ()  # type: ignore[arg-type]


def test_clean_data_and_its_days_have_the_same_windows() -> None:
    frame = daily_frame()
    data = read(csv_text(frame))
    days = pd.to_datetime(frame["date"]).to_numpy()
    expected = held_out_windows(days, run_type="holdout", holdout_days=[30])
    assert held_out_windows(data, run_type="holdout", holdout_days=[30]) == expected
    assert held_out_windows(days[::-1], run_type="holdout", holdout_days=[30]) == expected
    assert expected[0].training_days_left == 820


def test_no_days_have_no_windows() -> None:
    for days in (np.array([], "datetime64[D]"), np.array(["NaT"], "datetime64[D]")):
        assert held_out_windows(days, run_type="holdout", holdout_days=[7]) == ()
    assert held_out_windows([], run_type="holdout", holdout_days=[7]) == ()


@given(
    n=st.integers(1, 10**12), size=st.integers(1, 10**12), days=st.lists(st.sampled_from(HUNDRED), min_size=1)
)
def test_any_stability_loop_has_few_windows_inside_the_data(n: int, size: int, days: list[date]) -> None:
    windows = held_out_windows(days, run_type="stability_loop", n_holdout=n, days_per_holdout=size)
    assert 1 <= len(windows) <= 100
    for window in windows:
        assert min(days) <= window.first <= window.last == max(days)
        assert window.training_days_left == len({day for day in days if day < window.first})
        assert window.fitted_days_left == window.training_days_left - 60
