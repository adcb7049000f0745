"""Columns that stop, or are low for a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from recast_api.clean_data import Finding, Level, check, read
from recast_api.clean_data.daily import Table
from recast_api.clean_data.planning.newest_days import incomplete_tail
from tests.clean_data.make import TODAY, csv_text, daily_frame
from tests.clean_data.planted import after, every, less, put, times

WEEKS_AT_55 = [(days, 0.55) for days in (20, 21, 28, 34, 35, 42, 49, 56)]
"""The KPI varies by more than 10 % around it: some of these days are above 60 % of the usual."""


def found(frame: pd.DataFrame, name: str, earlier: pd.DataFrame | None = None) -> list[Finding]:
    before = None if earlier is None else read(csv_text(earlier))
    findings = check(read(csv_text(frame)), earlier=before, today=TODAY)
    return [finding for finding in findings if finding.check == name]


def one(frame: pd.DataFrame, name: str) -> Finding:
    (finding,) = found(frame, name)
    return finding


@pytest.mark.parametrize("days", [1, 5, 14, 40])
def test_a_channel_that_stops_is_named_with_its_last_day_and_its_usual_share(days: int) -> None:
    frame = daily_frame()
    last = frame["date"].iloc[-days - 1]
    four_weeks = frame.iloc[-days - 28 : -days, 2:].sum()
    share = round(100 * four_weeks["tiktok"] / four_weeks.sum())
    stopped = one(put("tiktok", slice(-days, None), 0)(frame), "channel_stopped")
    assert stopped.level is Level.CONFIRM
    assert stopped.sentence == (
        f"Spend stopped before the end of the data: tiktok (last on {last}, before that {share} % of all "
        "spend)."
    )


def test_a_channel_that_stopped_over_forty_days_ago_was_given_up() -> None:
    assert found(put("tiktok", slice(-41, None), 0)(daily_frame()), "channel_stopped") == []


@pytest.mark.parametrize(("days", "level"), [(14, Level.CONFIRM), (15, Level.NOTE)])
def test_a_small_channel_is_to_be_confirmed_for_fourteen_days(days: int, level: Level) -> None:
    frame = after(times("tiktok", slice(None), 0.2), put("tiktok", slice(-days, None), 0))(daily_frame())
    assert one(frame, "channel_stopped").level is level


@pytest.mark.parametrize(("percent", "level"), [(4.9, Level.NOTE), (5.1, Level.CONFIRM)])
def test_a_channel_of_over_five_percent_is_to_be_confirmed(percent: float, level: Level) -> None:
    frame = daily_frame()
    others = frame.drop(columns=["date", "revenue", "tiktok"]).sum(axis=1)
    frame["tiktok"] = others * percent / (100 - percent)
    assert one(put("tiktok", slice(-20, None), 0)(frame), "channel_stopped").level is level


@pytest.mark.parametrize(("earlier_break", "spoken"), [(4, True), (5, False)])
def test_a_channel_that_paused_for_as_long_before_is_not_reported(earlier_break: int, spoken: bool) -> None:
    paused = put("tiktok", slice(300, 300 + earlier_break), 0)
    frame = after(paused, put("tiktok", slice(-5, None), 0))(daily_frame())
    assert bool(found(frame, "channel_stopped")) is spoken


@pytest.mark.parametrize(("active", "spoken"), [(79, False), (80, True)])
def test_a_channel_has_to_spend_on_four_of_five_days_to_stop(active: int, spoken: bool) -> None:
    frame = daily_frame(805)
    row = np.arange(805)
    # Every hundred days the same, with breaks of three days, up to the five days at the end.
    off = (row % 4 == 3) & (row % 100 < 4 * (100 - active))
    frame["tiktok"] = np.where(off | (row >= 800), 0, frame["tiktok"])
    assert bool(found(frame, "channel_stopped")) is spoken


@pytest.mark.parametrize(("days", "spoken"), [(27, False), (28, True)])
def test_a_channel_has_to_have_run_for_four_weeks_to_stop(days: int, spoken: bool) -> None:
    frame = after(put("tiktok", slice(0, -days - 3), 0), put("tiktok", slice(-3, None), 0))(daily_frame())
    assert bool(found(frame, "channel_stopped")) is spoken


def test_a_channel_that_was_handed_over_did_not_stop() -> None:
    frame = daily_frame()
    new = np.arange(850) >= 830
    frame["tiktok_ads"] = frame["tiktok"].where(new, 0)
    frame["tiktok"] = frame["tiktok"].where(~new, 0)
    assert found(frame, "channel_stopped") == []
    assert one(frame, "handed_over").columns == ("tiktok", "tiktok_ads")


def test_missing_cells_at_the_end_are_missing_values_only() -> None:
    frame = put("tiktok", slice(-5, None), np.nan)(daily_frame())
    assert [f.check for f in check(read(csv_text(frame)), today=TODAY)] == ["missing_values"]


def test_spend_that_stops_as_a_whole_is_one_finding() -> None:
    frame = daily_frame()
    frame.iloc[-3:, 2:] = 0
    assert [f.check for f in check(read(csv_text(frame)), today=TODAY)] == ["incomplete_days"]
    frame.iloc[-20:, 2:] = 0
    assert [f.check for f in check(read(csv_text(frame)), today=TODAY)] == ["channel_stopped"]


def test_the_largest_channel_that_stops_is_one_finding() -> None:
    frame = daily_frame()
    frame["tiktok"] *= 20
    stopped = put("tiktok", slice(-7, None), 0)(frame)
    assert [f.check for f in check(read(csv_text(stopped)), today=TODAY) if f.level is not Level.NOTE] == [
        "channel_stopped"
    ]
    assert found(stopped, "unusual_new_days", less(7)(frame)) == []


@pytest.mark.parametrize(("days", "share"), [(1, 0.3), (13, 0), (13, 0.3), (14, 0), (14, 0.55), *WEEKS_AT_55])
def test_the_kpi_is_trimmed_to_the_last_complete_day(days: int, share: float) -> None:
    frame = daily_frame()
    low = one(times("revenue", slice(-days, None), share)(frame), "incomplete_days")
    assert low.fix == f"trim_after:{frame['date'].iloc[-days - 1]}"
    assert low.line_count == days


def test_a_low_kpi_is_found_for_any_number_of_days_from_two_to_eight_weeks() -> None:
    table = Table.of(read(csv_text(steady_frame())))
    index = table.columns.index("revenue")
    for days in range(14, 57):
        values = table.values.copy()
        values[index, -days:] *= 0.55
        assert incomplete_tail(replace(table, values=values)) == (days, ["revenue"])


def test_a_kpi_that_is_low_for_over_eight_weeks_is_a_new_level() -> None:
    assert found(times("revenue", slice(-57, None), 0.55)(daily_frame()), "incomplete_days") == []


@pytest.mark.parametrize("days", [56, 57, 200])
def test_a_kpi_at_zero_is_incomplete_for_however_long(days: int) -> None:
    low = one(put("revenue", slice(-days, None), 0)(daily_frame()), "incomplete_days")
    assert low.line_count == days


@pytest.mark.parametrize(("share", "spoken"), [(0.62, False), (0.58, True)])
def test_the_last_days_are_incomplete_from_sixty_percent(share: float, spoken: bool) -> None:
    frame = steady_frame()
    for days in (3, 20):
        low = times("revenue", slice(-days, None), share)(frame)
        assert bool(found(low, "incomplete_days")) is spoken


def steady_frame() -> pd.DataFrame:
    """A KPI with a weekly rhythm that varies by 1 % only."""
    frame = daily_frame()
    row = np.arange(len(frame))
    steady = 10_000 * (1 + 0.2 * np.sin(2 * np.pi * row / 7)) * (1 + 0.01 * np.sin(row * row))
    return frame.assign(revenue=steady.round(2))


@pytest.mark.parametrize(("days", "spoken"), [(13, True), (14, False)])
def test_spend_is_late_for_less_than_two_weeks(days: int, spoken: bool) -> None:
    frame = daily_frame()
    frame.iloc[-days:, 2:] *= 0.3
    assert bool(found(frame, "incomplete_days")) is spoken


@pytest.mark.parametrize(("lowest", "spoken"), [(0.45, False), (0.55, True)])
@pytest.mark.parametrize("weeks_ago", [1, 8])
def test_a_day_as_low_in_the_eight_weeks_before_makes_a_low_day_usual(
    lowest: float, spoken: bool, weeks_ago: int
) -> None:
    earlier = slice(850 - 7 * weeks_ago - 14, 850 - 7 * weeks_ago - 13)
    frame = after(times("revenue", earlier, lowest), times("revenue", slice(-1, None), 0.5))(steady_frame())
    assert bool(found(frame, "incomplete_days")) is spoken


def test_a_season_that_ends_slowly_is_not_incomplete() -> None:
    frame = steady_frame()
    slope = np.clip(1 - (np.arange(850) - 800) / 60, 0, 1)
    frame["revenue"] = (frame["revenue"] * slope).round(2)
    assert {f.line_count for f in found(frame, "incomplete_days")} <= set(range(14))


def closed_on(weekday: int) -> pd.DataFrame:
    frame = daily_frame()
    closed = [date.fromisoformat(day).weekday() == weekday for day in frame["date"]]
    return frame.assign(revenue=np.where(closed, 0, frame["revenue"]))


@pytest.mark.parametrize(("days", "incomplete"), [(1, 0), (2, 2), (4, 4)])
def test_closed_days_count_with_the_incomplete_days_around_them(days: int, incomplete: int) -> None:
    # The last day is a Sunday, on which nothing is ever sold.
    frame = times("revenue", slice(-days, None), 0.2)(closed_on(6))
    assert [f.line_count for f in found(frame, "incomplete_days")] == [incomplete] * (incomplete > 0)
    frame = times("revenue", slice(-3, None), 0.2)(closed_on(4))
    assert one(frame, "incomplete_days").line_count == 2


def test_a_sparse_channel_does_not_stop() -> None:
    assert found(every(3, "tiktok", keep=False)(daily_frame()).iloc[:-1], "channel_stopped") == []


@pytest.mark.parametrize(("active", "late"), [(44, True), (45, False)])
def test_spend_is_late_where_the_channels_on_nearly_every_day_are(active: int, late: bool) -> None:
    frame = daily_frame()
    # All channels are late but for the largest one, which runs on 44 of the 56 days before, or on one more.
    frame.iloc[-1, 2:] *= 0.3
    frame["tiktok"] = 100_000.0 * (frame.index >= 836 - active)
    assert bool(found(frame, "incomplete_days")) is late


def test_the_end_of_a_flight_is_no_late_spend() -> None:
    frame = daily_frame()
    frame["tiktok"] = 100_000.0 * (frame.index % 100 >= 70) * (frame.index < 849)
    assert found(frame, "incomplete_days") == []
