"""Zeros that are closed days, rare sales or a season of a channel, and zeros that aren't."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from recast_api.clean_data import Finding, check, read
from tests.clean_data.make import TODAY, csv_text, daily_frame
from tests.clean_data.planted import Plant, after, every, put, times


def found(frame: pd.DataFrame) -> dict[str, Finding]:
    return {finding.check: finding for finding in check(read(csv_text(frame)), today=TODAY)}


def closed(*weekdays: int, open_every: int = 10_000) -> Plant:
    """The KPI at 0 on these weekdays (Monday is 0), but for every so manieth of them."""

    def plant(frame: pd.DataFrame) -> pd.DataFrame:
        days = [date.fromisoformat(day).weekday() in weekdays for day in frame["date"]]
        off = np.array(days) & (np.cumsum(days) % open_every != 0)
        return frame.assign(revenue=np.where(off, 0, frame["revenue"]))

    return plant


def closed_on(*days: str) -> Plant:
    """The KPI at 0 on these days of any year, such as -12-25."""
    return lambda f: f.assign(revenue=np.where(f["date"].str.endswith(days), 0, f["revenue"]))


def counts(per_day: float, seed: int = 1) -> Plant:
    return lambda f: f.assign(
        revenue=np.random.default_rng(seed).poisson(per_day, len(f)) + (f.index == 0)
    ).rename(columns={"revenue": "leads"})


@pytest.mark.parametrize("days", [(300,), (300, 307), (300, 312), (300, 400)])
def test_a_kpi_that_is_zero_for_however_long_was_not_loaded(days: Sequence[int]) -> None:
    zeros = put("revenue", slice(days[0], days[-1] + 1), 0)
    assert list(found(zeros(daily_frame()))) == ["missed_load"]


def test_a_long_drop_is_said_with_its_length() -> None:
    assert found(put("revenue", slice(300, 312), 0)(daily_frame()))["missed_load"].sentence == (
        "The KPI drops to 0 for up to 12 days, then resumes: revenue (lines 302–313)."
    )


@pytest.mark.parametrize(("back", "check"), [(2, None), (3, "missed_load"), (14, "missed_load")])
def test_a_kpi_has_to_be_back_for_three_days(back: int, check: str | None) -> None:
    zeros = put("revenue", slice(-back - 5, -back), 0)(daily_frame())
    assert ("missed_load" in found(zeros)) is (check is not None)


@pytest.mark.parametrize(("before", "spoken"), [(13, False), (14, True)])
def test_a_drop_needs_fourteen_days_before(before: int, spoken: bool) -> None:
    for name in ("revenue", "tiktok"):
        zeros = put(name, slice(before, before + 3), 0)(daily_frame())
        assert ("missed_load" in found(zeros)) is spoken


@pytest.mark.parametrize(("days", "after_it", "spoken"), [(7, 14, True), (8, 14, False), (7, 13, False)])
def test_a_channel_may_pause_for_over_a_week(days: int, after_it: int, spoken: bool) -> None:
    zeros = put("tiktok", slice(-after_it - days, -after_it), 0)(daily_frame())
    assert ("missed_load" in found(zeros)) is spoken


@pytest.mark.parametrize(("share", "spoken"), [(0.24, False), (0.26, True)])
@pytest.mark.parametrize("row", [286, 299, 302, 315])
def test_all_days_around_a_drop_are_at_a_quarter_of_the_median(share: float, spoken: bool, row: int) -> None:
    frame = daily_frame()
    frame = after(put("tiktok", slice(300, 302), 0), put("tiktok", row, share * 1000))(
        frame.assign(tiktok=1000 + 100 * np.sin(np.arange(850)))
    )
    assert ("missed_load" in found(frame)) is spoken


@pytest.mark.parametrize("weekdays", [(6,), (5, 6)])
def test_closed_weekdays_are_no_zeros_to_confirm(weekdays: tuple[int, ...]) -> None:
    frame = closed(*weekdays)(daily_frame())
    assert found(frame) == {}
    drop = put("revenue", slice(300, 305), 0)(frame)
    assert list(found(drop)) == ["missed_load"]


def test_a_kpi_that_is_zero_on_three_weekdays_is_sparse() -> None:
    assert list(found(closed(4, 5, 6)(daily_frame()))) == ["kpi_zeros"]


@pytest.mark.parametrize(("open_every", "spoken"), [(9, True), (12, False)])
def test_a_weekday_is_closed_where_nine_of_ten_are_zero(open_every: int, spoken: bool) -> None:
    frame = closed(6, open_every=open_every)(daily_frame())
    assert ("kpi_zeros" in found(frame)) is spoken


@pytest.mark.parametrize(("zeros", "spoken"), [(85, False), (86, True)])
def test_zeros_are_reported_from_ten_percent(zeros: int, spoken: bool) -> None:
    rows = 3 + np.arange(zeros) * 9
    frame = put("revenue", rows, 0)(daily_frame())  # type: ignore[arg-type]
    assert ("kpi_zeros" in found(frame)) is spoken


@pytest.mark.parametrize("days", [("-12-25",), ("-12-25", "-12-26"), ("-01-01",), ("-07-04",)])
def test_a_day_that_is_zero_every_year_is_closed(days: tuple[str, ...]) -> None:
    assert found(closed_on(*days)(daily_frame())) == {}


@pytest.mark.parametrize("day", ["2024-12-25", "2024-12-26", "2025-01-01"])
def test_christmas_is_closed_where_the_file_has_one_of_them(day: str) -> None:
    assert "missed_load" not in found(closed_on(day)(daily_frame(500)))


def test_a_day_that_is_zero_in_one_year_of_two_is_missed() -> None:
    assert found(closed_on("2024-07-04")(daily_frame()))["missed_load"].line_count == 1


@pytest.mark.parametrize(("last", "spoken"), [(27, False), (28, True)])
def test_more_than_three_days_in_a_row_are_no_holiday(last: int, spoken: bool) -> None:
    holidays = closed_on(*[f"-12-{day}" for day in range(25, last + 1)])
    assert ("missed_load" in found(holidays(daily_frame()))) is spoken


def test_few_leads_a_day_are_zero_by_chance() -> None:
    for seed in range(10):
        assert "missed_load" not in found(counts(3, seed)(daily_frame()))


@pytest.mark.parametrize(("zeros", "spoken"), [(112, False), (119, True)])
def test_a_rare_count_may_be_zero_on_twice_as_many_days_as_by_chance(zeros: int, spoken: bool) -> None:
    """Of 700 days with three leads each but for the zeros, chance alone leaves 56 and 58 without any."""
    leads = np.full(700, 3)
    leads[np.linspace(20, 690, zeros).astype(int)] = 0
    frame = daily_frame(700).rename(columns={"revenue": "leads"}).assign(leads=leads)
    assert ("kpi_zeros" in found(frame)) is spoken


@pytest.mark.parametrize(("twelves", "spoken"), [(48, False), (60, True)])
def test_zeros_are_chance_where_one_file_in_a_hundred_has_them(twelves: int, spoken: bool) -> None:
    # 850 × exp(-11.35) is 0.01. Of the 121 same weekdays one has no lead, the others 11 or 12: 11.31 or 11.4.
    frame = daily_frame().drop(columns="revenue")
    same = np.flatnonzero(frame.index % 7 == 300 % 7)
    assert len(same) == 121
    leads = np.full(850, 20)
    leads[same] = [12] * twelves + [11] * (121 - twelves)
    leads[300] = 0
    # The day without a lead is one of those with 12.
    leads[same[-1]] = 12
    assert leads[same].sum() == 1320 + twelves
    assert ("missed_load" in found(frame.assign(leads=leads))) is spoken


@pytest.mark.parametrize("step", [7, 30])
def test_rules_of_days_are_silent_on_weeks_and_months(step: int) -> None:
    frame = daily_frame(3000).iloc[::step].reset_index(drop=True)
    frame = frame.assign(price=np.where(frame.index % 2, 10.0, 20.0))
    frame = after(put("tiktok", slice(50, 53), 0), every(5, "revenue", keep=False))(frame)
    frame = put("influencers", slice(0, -5), 0)(frame)
    names = set(found(frame))
    assert "not_daily" in names
    assert not names & {"missed_load", "kpi_zeros", "new_channel", "mostly_zero", "price_jump"}


@pytest.mark.parametrize(("stores", "spoken"), [(1, True), (2, False), (3, False)])
def test_rules_of_days_are_silent_where_stores_share_their_day(stores: int, spoken: bool) -> None:
    frame = put("tiktok", slice(50, 53), 0)(daily_frame())
    frame["date"] = [(date(2024, 1, 1) + timedelta(days=i // stores)).isoformat() for i in range(850)]
    assert ("missed_load" in found(frame)) is spoken


@pytest.mark.parametrize(
    ("first", "step", "name"),
    [(-84, 3, "new_channel"), (-85, 3, "mostly_zero"), (0, 90, "mostly_zero")],
)
def test_a_channel_is_new_where_all_its_days_are_in_the_last_twelve_weeks(
    first: int, step: int, name: str
) -> None:
    frame = daily_frame()
    spent = np.isin(frame.index, range(first % 850, 850, step))
    frame["tiktok"] = np.where(spent, frame["tiktok"], 0)
    assert list(found(frame)) == [name]


@pytest.mark.parametrize(("days", "spoken"), [(41, True), (42, False)])
def test_a_channel_is_new_for_six_weeks(days: int, spoken: bool) -> None:
    frame = put("tiktok", slice(0, -days), 0)(daily_frame())
    assert ("new_channel" in found(frame)) is spoken


@pytest.mark.parametrize(("spent", "spoken"), [(254, True), (256, False)])
def test_a_channel_is_mostly_off_from_seventy_percent(spent: int, spoken: bool) -> None:
    frame = daily_frame()
    chosen = np.isin(frame.index, (np.arange(spent) * 3.3).astype(int))
    frame["tiktok"] = np.where(chosen, frame["tiktok"], 0)
    assert ("mostly_zero" in found(frame)) is spoken


def test_a_file_without_dates_still_has_its_drops_reported() -> None:
    frame = put("tiktok", slice(300, 302), 0)(daily_frame()).drop(columns="date")
    assert "missed_load" in found(frame)
    assert "missed_load" in found(put("revenue", slice(300, 302), 0)(daily_frame()).drop(columns="date"))


def test_a_low_kpi_is_named_once_however_many_days_are_zero() -> None:
    assert list(found(put("revenue", slice(-200, None), 0)(daily_frame()))) == ["incomplete_days"]
    assert list(found(put("revenue", slice(300, 500), 0)(daily_frame()))) == ["missed_load"]
    assert list(found(times("revenue", slice(300, 500), 0.0)(daily_frame()))) == ["missed_load"]


@pytest.mark.parametrize(("share", "spoken"), [(0.199, False), (0.201, True)])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_price_jumps_from_a_fifth(share: float, spoken: bool, sign: int) -> None:
    row = np.arange(850)
    price = np.where(row < 400, 20.0, 20.0 * (1 + sign * share))
    assert ("price_jump" in found(daily_frame().assign(price=price))) is spoken
