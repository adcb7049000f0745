"""What is computed once for all checks, and the median of the same weekdays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recast_api.clean_data import CleanData, read
from recast_api.clean_data.data import once
from recast_api.clean_data.planning.newest_days import WEEKS, usual
from tests.clean_data.make import csv_text, daily_frame


def test_an_answer_is_computed_once_for_each_file() -> None:
    asked = []

    @once
    def rows(data: CleanData) -> int:
        asked.append(data)
        return len(data.frame)

    short, long = (read(csv_text(daily_frame(days))) for days in (30, 60))
    assert [rows(short), rows(long), rows(short), rows(long)] == [30, 60, 30, 60]
    assert asked == [short, long]


@given(st.lists(st.one_of(st.just(np.nan), st.floats(-1e6, 1e6)), min_size=70, max_size=70))
def test_the_usual_value_is_the_median_of_the_weekdays_that_are_known(series: list[float]) -> None:
    values = np.array(series)
    weekdays = values[:-14].reshape(WEEKS, 7).T
    medians = [np.nanmedian(one) if not np.isnan(one).all() else np.nan for one in weekdays]
    assert np.array_equal(usual(values, 14), medians * 2, equal_nan=True)
