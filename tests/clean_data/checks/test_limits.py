"""The limits of the checks of dates, and of how a column behaves over time."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from recast_api.clean_data import Level, check, read
from tests.clean_data.make import TODAY, csv_text, daily_frame
from tests.clean_data.planted import less, put, times


def found(frame: pd.DataFrame, earlier: pd.DataFrame | None = None) -> dict[str, Level]:
    before = None if earlier is None else read(csv_text(earlier))
    return {f.check: f.level for f in check(read(csv_text(frame)), earlier=before, today=TODAY)}


def even() -> pd.DataFrame:
    """A channel whose days are spread evenly from 600 to 1,400: the quartiles are 800 and 1,200."""
    return daily_frame().assign(tiktok=600 + 800 * (np.arange(850) * 7919 % 850) / 849)


@pytest.mark.parametrize(("days", "spoken"), [(10, False), (11, True)])
def test_a_file_is_stale_after_ten_days(days: int, spoken: bool) -> None:
    data = read(csv_text(daily_frame()))
    today = TODAY - timedelta(days=1) + timedelta(days=days)
    assert ("stale" in {finding.check for finding in check(data, today=today)}) is spoken


@pytest.mark.parametrize(
    ("days", "level"), [(364, Level.CONFIRM), (365, Level.NOTE), (821, Level.NOTE), (822, None)]
)
def test_history_is_short_under_a_year_and_under_27_months(days: int, level: Level | None) -> None:
    assert found(daily_frame(days)).get("short_history") is level


@pytest.mark.parametrize(
    ("step", "head"),
    [
        (6, "Most"), (7, "The data is weekly: most"), (8, "Most"), (27, "Most"),
        (28, "The data is monthly: most"), (31, "The data is monthly: most"), (32, "Most"),
    ],
)  # fmt: skip
def test_steps_of_a_week_and_a_month_are_called_so(step: int, head: str) -> None:
    (finding,) = (
        one
        for one in check(read(csv_text(daily_frame(20 * step).iloc[::step])), today=TODAY)
        if one.check == "not_daily"
    )
    assert finding.sentence.startswith(f"{head} dates are {step} days apart, from ")


@pytest.mark.parametrize(("gaps", "more"), [(3, ""), (4, " and 1 more gap"), (5, " and 2 more gaps")])
def test_three_gaps_are_named(gaps: int, more: str) -> None:
    frame = daily_frame().drop(index=[100 * gap for gap in range(1, gaps + 1)])
    (finding,) = check(read(csv_text(frame)), today=TODAY)
    assert finding.sentence.startswith(
        f"{gaps} days have no row: 2024-02-11, 2024-05-21, 2024-08-29{more} (before line"
    )


@pytest.mark.parametrize(("value", "spoken"), [(2_380, False), (2_420, True)])
def test_an_outlier_is_three_times_the_interquartile_range_away(value: float, spoken: bool) -> None:
    assert ("outliers" in found(put("tiktok", 300, value)(even()))) is spoken


@pytest.mark.parametrize(("value", "spoken"), [(488, False), (474, True)])
def test_an_outlier_has_a_robust_z_score_of_three_and_a_half(value: float, spoken: bool) -> None:
    # About a quarter of the days at 900 and at 1,000, the others up to 1,100: the median deviation
    # is 100, and 3.5 / 0.6745 of it is 519. The interquartile range is 100 too.
    rank = np.arange(850) * 7919 % 850 / 850
    deviation = np.select([rank < 0.24, rank < 0.5, rank < 0.6], [-100, 0, 1000 * (rank - 0.5)], 100)
    frame = daily_frame().assign(tiktok=1000 + deviation + rank)
    assert ("outliers" in found(put("tiktok", 300, value)(frame))) is spoken


@pytest.mark.parametrize(("multiple", "spoken"), [(2.95, False), (3.05, True)])
def test_a_highest_value_is_extreme_from_three_times_the_99th_percentile(
    multiple: float, spoken: bool
) -> None:
    frame = put("tiktok", 300, multiple * 1392)(even())
    assert ("extreme_maximum" in found(frame)) is spoken


@pytest.mark.parametrize(("factor", "spoken"), [(1.48, False), (1.52, True)])
@pytest.mark.parametrize("rows", [slice(0, 425), slice(425, None)])
def test_halves_differ_from_half_as_much_again(factor: float, spoken: bool, rows: slice) -> None:
    frame = daily_frame().assign(tiktok=1000 + np.arange(850) % 7)
    assert ("level_shift" in found(times("tiktok", rows, factor)(frame))) is spoken


@pytest.mark.parametrize(("share", "spoken"), [(0.58, True), (0.62, False), (1.58, False), (1.62, True)])
def test_new_days_are_unusual_outside_60_and_160_percent(share: float, spoken: bool) -> None:
    frame = daily_frame().assign(revenue=10_000.0 + np.arange(850) % 7)
    # One day in the weeks before was lower still, so that low days don't look incomplete.
    frame = put("revenue", 800, 4_000)(frame)
    assert (
        "unusual_new_days" in found(times("revenue", slice(-7, None), share)(frame), less(7)(frame))
    ) is spoken


@pytest.mark.parametrize(("days", "spoken"), [(55, False), (56, True)])
def test_halves_of_four_weeks_are_compared(days: int, spoken: bool) -> None:
    frame = daily_frame(days).assign(tiktok=1000.0 + np.arange(days) % 7)
    assert ("level_shift" in found(times("tiktok", slice(days // 2, None), 1.6)(frame))) is spoken


@pytest.mark.parametrize(("off", "spoken"), [(42, True), (43, False)])
@pytest.mark.parametrize("first", [0, 425])
def test_halves_are_compared_where_nine_in_ten_days_have_spend(first: int, off: int, spoken: bool) -> None:
    frame = daily_frame().assign(tiktok=1000.0 + np.arange(850) % 7)
    frame = times("tiktok", slice(425, None), 1.8)(frame)
    frame.loc[[*range(first, first + 10 * off, 10)], "tiktok"] = 0
    assert ("level_shift" in found(frame)) is spoken
