"""Whether spend and the KPI are in plausible units: each threshold from both sides."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.clean_data.checks.asking import found
from tests.clean_data.make import daily_frame


def blocks(even: int, variation: float) -> pd.DataFrame:
    """Ten blocks of four weeks, in some of which spend varies no more than that."""
    swing = np.where(np.arange(280) // 28 < even, variation, 0.3) * np.where(np.arange(280) % 2, 1, -1)
    return daily_frame(280).assign(tiktok=1000 * (1 + swing))


@pytest.mark.parametrize(
    ("even", "variation", "spoken"),
    [(10, 0.0099, True), (10, 0.0101, False), (5, 0.005, False), (6, 0.005, True)],
)
def test_spend_is_even_below_one_percent_in_most_periods(even: int, variation: float, spoken: bool) -> None:
    assert ("even_spend" in found(blocks(even, variation))) is spoken


@pytest.mark.parametrize(("days", "spoken"), [(55, False), (56, True)])
def test_two_periods_of_four_weeks_show_even_spend(days: int, spoken: bool) -> None:
    frame = blocks(10, 0.005).iloc[-days:]
    assert ("even_spend" in found(frame)) is spoken


@pytest.mark.parametrize(("periods", "spoken"), [(1, False), (2, True)])
def test_a_channel_of_one_period_is_not_called_even(periods: int, spoken: bool) -> None:
    frame = blocks(10, 0.005)
    assert (
        "even_spend" in found(frame.assign(tiktok=frame["tiktok"].where(frame.index < 28 * periods, 0)))
    ) is spoken


def test_periods_of_four_weeks_end_with_the_last_day() -> None:
    levels = 1000.0 + 37 * (np.arange(280) // 28)
    assert "even_spend" in found(daily_frame(280).assign(tiktok=levels))
    assert "even_spend" not in found(daily_frame(280).assign(tiktok=np.roll(levels, 14)))


def rounded(others: list[int], days: int = 850, step: float = 100) -> pd.DataFrame:
    """Spend in hundreds, on all days but some."""
    spend = step * (5.0 + np.arange(850) % 9)
    spend[others] += 50.5
    spend[days:] = 0
    return daily_frame().assign(tiktok=spend)


@pytest.mark.parametrize(
    ("frame", "spoken"),
    [
        (rounded([*range(9, 850, 10)]), True),
        (rounded([*range(9, 850, 10), 845]), False),
        (rounded([*range(10)]), True),
        (rounded([*range(11)]), False),
        (rounded([*range(10), 100]), True),
        (rounded([], days=27), False),
        (rounded([], days=28), True),
        (rounded([], step=50), False),
        (rounded([], step=101), False),
    ],
)
def test_spend_is_round_if_nine_in_ten_days_are_hundreds(frame: pd.DataFrame, spoken: bool) -> None:
    assert ("round_numbers" in found(frame)) is spoken


@pytest.mark.parametrize(("times", "spoken"), [(10_000, False), (10_000.5, True)])
def test_a_channel_is_of_another_scale_beyond_ten_thousand_times(times: float, spoken: bool) -> None:
    swing = 1 + (np.arange(850) % 9 - 4) / 16
    for factor in (times, 1 / times):
        frame = daily_frame(channels=0).assign(
            tv=20 * swing, meta=20 * swing[::-1], search=20 * factor * swing
        )
        assert ("scale_mismatch" in found(frame)) is spoken


@pytest.mark.parametrize(("channels", "spoken"), [(2, False), (3, True)])
def test_of_two_channels_neither_is_the_odd_one(channels: int, spoken: bool) -> None:
    frame = daily_frame(channels=channels).assign(linear_tv=lambda f: 50_000 * f["linear_tv"])
    assert ("scale_mismatch" in found(frame)) is spoken


@pytest.mark.parametrize(("ratio", "spoken"), [(0.099, True), (0.101, False), (99.0, False), (101.0, True)])
def test_the_kpi_per_unit_of_spend_is_between_a_tenth_and_a_hundred(ratio: float, spoken: bool) -> None:
    frame = daily_frame()
    frame["revenue"] *= ratio * frame.iloc[:, 2:].sum().sum() / frame["revenue"].sum()
    assert ("kpi_per_spend" in found(frame)) is spoken


@pytest.mark.parametrize(("median", "spoken"), [(99, True), (100, False)])
def test_a_hundred_conversions_a_day_are_enough(median: int, spoken: bool) -> None:
    frame = daily_frame().rename(columns={"revenue": "orders"}).assign(orders=median + np.arange(850) % 9 - 4)
    assert ("low_volume" in found(frame)) is spoken
