"""Columns at another level for a week, a month or from some day on."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from recast_api.clean_data import Finding, Level, check, read
from tests.clean_data.make import TODAY, csv_text, daily_frame
from tests.clean_data.planted import Plant, after, less, put, times

FACTORS = [
    (0.001, "÷ 1,000"),
    (0.01, "÷ 100"),
    (0.1, "÷ 10"),
    (10, "× 10"),
    (100, "× 100"),
    (1000, "× 1,000"),
]


def above_note(frame: pd.DataFrame, earlier: pd.DataFrame | None = None) -> list[Finding]:
    before = None if earlier is None else read(csv_text(earlier))
    findings = check(read(csv_text(frame)), earlier=before, today=TODAY)
    return [finding for finding in findings if finding.level is not Level.NOTE]


def level_of(frame: pd.DataFrame, name: str = "changed_level") -> Level | None:
    found = [f.level for f in check(read(csv_text(frame)), today=TODAY) if f.check == name]
    return found[0] if found else None


def steady(column: str = "tiktok", days: int = 850) -> pd.DataFrame:
    """A column with a weekly rhythm that varies by 1 % only."""
    row = np.arange(days)
    values = 10_000 * (1 + 0.2 * np.sin(2 * np.pi * row / 7)) * (1 + 0.01 * np.sin(row * row))
    return daily_frame(days).assign(**{column: values.round(2)})


@pytest.mark.parametrize(("factor", "words"), FACTORS)
@pytest.mark.parametrize("column", ["tiktok", "revenue"])
@pytest.mark.parametrize("rows", [slice(-30, None), slice(-7, None), slice(300, 330), slice(300, 307)])
def test_a_column_in_another_unit_is_named_with_the_factor(
    factor: float, words: str, column: str, rows: slice
) -> None:
    frame = daily_frame()
    frame[column] *= 100
    earlier = less(7)(frame) if rows.start == -7 else None
    (found,) = above_note(times(column, rows, factor)(frame), earlier)
    days = frame["date"].iloc[rows]
    end = "on" if rows.stop is None else f"to {days.iloc[-1]}"
    assert found.sentence == (
        f"The level changes from one day to the next: {column} ({words} from {days.iloc[0]} {end})."
    )
    assert found.advice.endswith(f"A factor of {words[2:]} usually means another unit.")
    assert found.line_count == len(days)


def test_the_first_month_in_another_unit_is_named_too() -> None:
    (found,) = above_note(times("tiktok", slice(0, 30), 0.001)(daily_frame()))
    assert "(× 1,000 from 2023-12-03 on)" in found.sentence


@pytest.mark.parametrize(
    ("factor", "level"),
    [
        (2.9, None), (3.1, Level.NOTE), (5.9, Level.NOTE), (6.1, Level.CONFIRM),
        (1 / 2.9, None), (1 / 3.1, Level.NOTE), (1 / 5.9, Level.NOTE), (1 / 6.1, Level.CONFIRM),
    ],
)  # fmt: skip
@pytest.mark.parametrize("rows", [slice(300, 400), slice(-100, None)])
def test_spend_may_change_up_to_three_times(factor: float, level: Level | None, rows: slice) -> None:
    assert level_of(times("tiktok", rows, factor)(steady())) is level


@pytest.mark.parametrize(
    ("factor", "level"),
    [(1.95, None), (2.05, Level.NOTE), (1 / 1.95, None), (1 / 2.05, Level.CONFIRM)],
)
def test_the_kpi_may_change_up_to_two_times(factor: float, level: Level | None) -> None:
    assert level_of(times("revenue", slice(-100, None), factor)(steady("revenue"))) is level


@pytest.mark.parametrize(("days", "name"), [(56, "low_kpi"), (57, "changed_level")])
def test_a_kpi_that_is_low_for_up_to_eight_weeks_has_a_check_of_its_own(days: int, name: str) -> None:
    frame = times("revenue", slice(300, 300 + days), 0.3)(steady("revenue"))
    assert [finding.check for finding in above_note(frame)] == [name]


@pytest.mark.parametrize(("factor", "named"), [(6.4, True), (6.2, False), (15.7, True), (16, False)])
def test_a_factor_near_ten_is_called_ten(factor: float, named: bool) -> None:
    (found,) = above_note(times("tiktok", slice(300, 330), factor)(steady()))
    assert ("× 10 " in found.sentence) is named


@pytest.mark.parametrize(("factor", "spoken"), [(6.2, False), (6.4, True)])
def test_a_week_is_at_another_level_from_near_ten_times(factor: float, spoken: bool) -> None:
    assert (level_of(times("tiktok", slice(300, 307), factor)(steady())) is not None) is spoken


@pytest.mark.parametrize(("days", "spoken"), [(6, False), (7, True)])
def test_the_new_week_has_to_be_whole(days: int, spoken: bool) -> None:
    assert (level_of(times("tiktok", slice(-days, None), 0.01)(steady())) is not None) is spoken


@pytest.mark.parametrize(("highest", "spoken"), [(8.0, False), (4.0, True)])
def test_a_week_has_to_be_beyond_all_of_the_four_weeks_before(highest: float, spoken: bool) -> None:
    frame = after(times("tiktok", slice(820, 821), highest), times("tiktok", slice(-7, None), 8))(steady())
    assert (level_of(frame) is not None) is spoken


def test_late_data_is_not_in_another_unit() -> None:
    frame = steady("revenue")
    late = np.array([0.25, 0.2, 0.15, 0.1, 0.07, 0.04, 0.02])
    frame.loc[843:, "revenue"] *= late
    assert [finding.check for finding in above_note(frame)] == ["incomplete_days"]


@pytest.mark.parametrize(("changes", "spoken"), [(4, True), (5, False)])
def test_a_column_that_often_changes_its_level_is_like_that(changes: int, spoken: bool) -> None:
    ends = [*range(200, 200 + 50 * changes, 50), None][: changes + 1]
    plants = [times("tiktok", slice(a, b), 5) for a, b in zip(ends[::2], ends[1::2], strict=False)]
    assert (level_of(after(*plants)(steady())) is not None) is spoken


@pytest.mark.parametrize(("spread", "spoken"), [(1.45, True), (1.55, False)])
def test_a_week_in_another_unit_varies_no_more_than_the_weeks_before(spread: float, spoken: bool) -> None:
    frame = daily_frame()
    # Each day is e to the power of 0 to 1, in the last week of 5 to 5 and 1.45, or 1.55.
    exponents = np.arange(850) % 7 / 6
    exponents[843:] = 5 + spread * exponents[843:]
    assert (level_of(frame.assign(tiktok=100 * np.exp(exponents))) is not None) is spoken


@pytest.mark.parametrize(("times_before", "spoken"), [(2.45, True), (2.55, False)])
def test_two_weeks_have_a_level_where_they_differ_by_less_than_two_and_a_half(
    times_before: float, spoken: bool
) -> None:
    flat = daily_frame().assign(tiktok=10_000 * (1 + 0.01 * np.sin(np.arange(850) ** 2)))
    plants = times("tiktok", slice(493, 500), times_before), times("tiktok", slice(500, None), 8)
    assert (level_of(after(*plants)(flat)) is not None) is spoken


@pytest.mark.parametrize(("days", "level"), [(13, None), (14, Level.NOTE)])
def test_two_weeks_at_another_level_need_not_be_beyond_every_day_before(
    days: int, level: Level | None
) -> None:
    frame = after(times("tiktok", slice(290, 291), 8), times("tiktok", slice(300, 300 + days), 4))(steady())
    assert level_of(frame) is level


@pytest.mark.parametrize(("day", "spoken"), [(41, False), (42, True)])
def test_a_launch_finds_its_budget_in_six_weeks(day: int, spoken: bool) -> None:
    frame = after(put("tiktok", slice(0, 300), 0), times("tiktok", slice(300 + day, None), 5))(steady())
    assert (level_of(frame) is not None) is spoken


@pytest.mark.parametrize("factor", [1.9, 2.5])
def test_the_end_of_a_peak_is_no_change_of_level(factor: float) -> None:
    peak = np.ones(850)
    peak[300:330] = np.linspace(1, factor, 30)
    frame = steady("revenue")
    assert level_of(frame.assign(revenue=frame["revenue"] * peak)) is None


@pytest.mark.parametrize(("times_usual", "spoken"), [(2.9, False), (3.1, True)])
def test_what_is_usual_is_the_median_of_eight_weeks(times_usual: float, spoken: bool) -> None:
    # An even rise over seventy days that ends all at once: four weeks before its end it is this high.
    rise = times_usual ** (np.clip(np.arange(850) - 700, 0, 70) / 42)
    rise[770:] = 1
    flat = 10_000 * (1 + 0.01 * np.sin(np.arange(850) ** 2))
    assert (level_of(daily_frame().assign(tiktok=flat * rise)) is not None) is spoken


@pytest.mark.parametrize(("off", "spoken"), [(2, True), (3, False)])
def test_a_level_is_taken_from_two_weeks_with_twelve_active_days(off: int, spoken: bool) -> None:
    frame = times("tiktok", slice(-14, None), 5)(steady())
    frame.loc[[837, 844, 839][:off], "tiktok"] = 0
    assert (level_of(frame) is not None) is spoken


@pytest.mark.parametrize(("most", "spoken"), [(19, False), (20, True)])
def test_small_counts_change_by_chance(most: int, spoken: bool) -> None:
    frame = daily_frame()
    leads = np.where(np.arange(850) % 5, most - 1, most)
    frame["leads"] = np.where(np.arange(850) < 500, leads, 3)
    assert (level_of(frame.drop(columns="revenue")) is not None) is spoken


def test_weekly_data_has_no_level_of_two_weeks() -> None:
    frame = times("tiktok", slice(50, 60), 0.001)(daily_frame(900).iloc[::7].reset_index(drop=True))
    assert level_of(frame) is None


@pytest.mark.parametrize(
    ("days", "level"), [(6, None), (7, Level.NOTE), (13, Level.NOTE), (14, Level.CONFIRM)]
)
def test_a_low_kpi_is_to_be_confirmed_from_two_weeks(days: int, level: Level | None) -> None:
    frame = times("revenue", slice(300, 300 + days), 0.4)(steady("revenue"))
    assert level_of(frame, "low_kpi") is level


@pytest.mark.parametrize(("share", "spoken"), [(0.58, True), (0.62, False)])
def test_a_kpi_is_low_from_sixty_percent(share: float, spoken: bool) -> None:
    frame = times("revenue", slice(300, 330), share)(steady("revenue"))
    assert (level_of(frame, "low_kpi") is not None) is spoken


def test_low_stretches_are_said_with_their_days_and_shares() -> None:
    low = after(times("revenue", slice(300, 330), 0.5), times("revenue", slice(500, 530), 0.3))
    (found,) = above_note(low(steady("revenue")))
    assert found.sentence == (
        "revenue drops from one day to the next, then recovers: 2024-08-29 to 2024-09-27 (50 % of the usual) "
        "and 2025-03-17 to 2025-04-15 (30 % of the usual)."
    )
    assert found.line_count == 60


def low_from(*days: str, length: int = 20) -> Plant:
    def plant(frame: pd.DataFrame) -> pd.DataFrame:
        for day in days:
            first = int((date.fromisoformat(day) - date.fromisoformat(frame["date"].iloc[0])).days)
            frame = times("revenue", slice(first, first + length), 0.4)(frame)
        return frame

    return plant


@pytest.mark.parametrize(
    ("days", "spoken"),
    [
        (("2024-12-15",), False),
        (("2024-12-12",), False),
        (("2024-12-11",), True),
        (("2025-01-01",), False),
        (("2025-01-02",), True),
        (("2024-07-20", "2025-07-20"), False),
        (("2024-07-20", "2025-08-02"), False),
        (("2024-07-20", "2025-08-03"), True),
        (("2024-07-20", "2024-11-01"), True),
    ],
)
def test_a_quiet_season_is_not_reported(days: tuple[str, ...], spoken: bool) -> None:
    assert (level_of(low_from(*days)(steady("revenue")), "low_kpi") is not None) is spoken


@pytest.mark.parametrize(("lowest", "spoken"), [(0.35, False), (0.45, True)])
@pytest.mark.parametrize("row", [248, 320 + 49])
def test_a_week_as_low_nearby_makes_a_low_stretch_usual(lowest: float, spoken: bool, row: int) -> None:
    frame = times("revenue", slice(300, 320), 0.4)(steady("revenue"))
    frame = times("revenue", slice(row, row + 7), lowest)(frame)
    found = [f for f in above_note(frame) if f.check == "low_kpi"]
    assert bool(found) is spoken


@pytest.mark.parametrize(("a_week", "spoken"), [(49, False), (50, True)])
def test_few_orders_a_week_may_be_low_by_chance(a_week: int, spoken: bool) -> None:
    frame = daily_frame().drop(columns="revenue")
    row = np.arange(850)
    usual = a_week // 7 + (row % 7 < a_week % 7)
    frame["orders"] = np.where((row >= 300) & (row < 330), 2, usual)
    assert (level_of(frame, "low_kpi") is not None) is spoken


@pytest.mark.parametrize("rows", [slice(3, 20), slice(-22, -3)])
def test_a_stretch_next_to_either_end_has_no_week_to_compare_with(rows: slice) -> None:
    assert level_of(times("revenue", rows, 0.4)(steady("revenue")), "low_kpi") is None


@pytest.mark.parametrize(("row", "spoken"), [(8, False), (9, True)])
def test_a_low_stretch_needs_a_week_before_its_first_low_week(row: int, spoken: bool) -> None:
    # At 40 %, a week is below 60 % of the usual with five low days: the first one begins two days before.
    frame = times("revenue", slice(row, row + 20), 0.4)(steady("revenue"))
    assert (level_of(frame, "low_kpi") is not None) is spoken


@pytest.mark.parametrize(("days", "spoken"), [(125, False), (126, True)])
def test_a_low_stretch_needs_eight_weeks_on_both_sides(days: int, spoken: bool) -> None:
    frame = times("revenue", slice(30, 50), 0.4)(steady("revenue", days))
    assert (level_of(frame, "low_kpi") is not None) is spoken


def test_a_season_that_comes_and_goes_slowly_is_no_low_stretch() -> None:
    row = np.arange(850)
    dip = 1 - 0.7 * np.exp(-(((row - 400) / 25) ** 2))
    frame = steady("revenue")
    assert level_of(frame.assign(revenue=frame["revenue"] * dip), "low_kpi") is None
