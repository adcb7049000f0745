"""What a column is: spend or not, dates, a key of a long file, a calendar, a count."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from recast_api.clean_data import Level
from tests.clean_data.checks.asking import found
from tests.clean_data.make import daily_frame
from tests.clean_data.planted import noise

# Roles from names


@pytest.mark.parametrize(
    "name",
    [
        "meta_impression", "meta_impressions", "meta_impr", "Imps", "search_click", "searchClicks", "tv_trps",
        "tv_GRPs", "reach", "video_views", "site_visits", "sessions", "FBIMPRESSIONS", "control_weather",
        "sentiment_score_control", "cost_per_click", "meta_cpm", "number_of_stores",
    ],
)  # fmt: skip
def test_exposures_rates_and_controls_are_not_spend(name: str) -> None:
    frame = daily_frame(channels=2).assign(**{name: lambda f: (50 * f["linear_tv"]).round()})
    assert found(frame) == {}


@pytest.mark.parametrize("name", ["meta_views_spend", "reach_cost", "clickbank", "viewability_vendor"])
def test_a_name_that_says_cost_or_only_begins_like_an_exposure_is_spend(name: str) -> None:
    frame = daily_frame(channels=2).assign(**{name: lambda f: (50 * f["linear_tv"]).round() + noise(f)})
    assert "correlated_channels" in found(frame)


@pytest.mark.parametrize(("others", "spend"), [(42, False), (43, True)])
def test_a_mark_has_at_most_one_day_in_twenty_that_is_neither_0_nor_1(others: int, spend: bool) -> None:
    values = np.arange(850) // 7 % 2 * 1.0
    values[:others] = -7
    assert ("negative_spend" in found(daily_frame().assign(offers=values))) is spend


# Dates beside the date column


def text_among_dates(dates: int) -> list[str]:
    """The dates of 850 days, of which all but some of the first 200 are text."""
    days = daily_frame()["date"].tolist()
    return ["north"] * (200 - dates) + days[:dates] + ["north"] * 650


@pytest.mark.parametrize(("dates", "name"), [(159, "text_column"), (160, "more_dates")])
def test_a_column_of_dates_is_told_by_four_in_five_of_its_first_cells(dates: int, name: str) -> None:
    assert set(found(daily_frame().assign(period=text_among_dates(dates)))) == {name}


@pytest.mark.parametrize(
    "written",
    ["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%y", "%d %b %Y", "%B %d, %Y", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M"],
)
def test_other_dates_are_known_however_they_are_written(written: str) -> None:
    frame = daily_frame()
    days = pd.to_datetime(frame["date"]).dt.strftime(written)
    frame = frame.assign(**{"Reporting starts": days, "Reporting ends": days})
    more = found(frame)["more_dates"]
    assert more.columns == ("Reporting starts", "Reporting ends")
    assert more.sentence.startswith("2 more columns contain dates: Reporting starts (“")
    assert "text_column" not in found(frame)


def test_text_that_only_looks_a_little_like_dates_is_text() -> None:
    assert "more_dates" not in found(daily_frame().assign(weekday="Monday"))
    assert "more_dates" not in found(daily_frame().assign(version="1.2.3-beta"))


def test_a_bad_cell_among_money_is_one_finding() -> None:
    frame = daily_frame().assign(tiktok=lambda f: "$" + f["tiktok"].astype(str))
    frame.loc[7, "tiktok"] = "#REF!"
    assert set(found(frame)) == {"not_a_number", "number_format"}


# Long files


def in_long_format(single: int) -> pd.DataFrame:
    """20 days with two rows each, and some with one."""
    frame = daily_frame(20 + single, channels=2)
    return pd.concat([frame, frame.iloc[:20]]).sort_values("date").assign(agency="north")


@pytest.mark.parametrize(("single", "is_long"), [(40, True), (41, False)])
def test_a_file_is_long_from_half_of_the_rows_on(single: int, is_long: bool) -> None:
    findings = found(in_long_format(single))
    assert ("long_format" in findings) is is_long
    assert ("duplicate_dates" in findings) is not is_long


def by_store(stores: int, per_day: int, days: int = 100) -> pd.DataFrame:
    """Each day has some of the stores, every store as often as the others."""
    frame = daily_frame(days, channels=3)
    parts = [frame.assign(store_id=101 + (np.arange(days) + part) % stores) for part in range(per_day)]
    return pd.concat(parts).sort_values(["date", "store_id"])


def test_a_file_that_is_long_by_a_number_is_one_finding() -> None:
    findings = found(by_store(3, 3).assign(linear_tv=lambda f: f["linear_tv"].where(f.index % 40 != 20, 0)))
    assert set(findings) == {"long_format"}
    long = findings["long_format"]
    assert long.level is Level.BLOCK
    assert long.columns == ("store_id",)
    assert long.sentence == "The file is in long format: days repeat for the 3 values of store_id."
    assert long.advice.startswith("Make it one row per day: add up the rows of each day")


def test_a_number_tells_rows_apart_if_half_of_the_days_have_each() -> None:
    frame = by_store(10, 5)
    assert set(found(frame)) == {"long_format"}
    assert set(found(frame.iloc[:-1])) == {"duplicate_dates", "short_history"}


def test_days_that_repeat_by_design_are_one_finding_beside_the_shortness_of_the_file() -> None:
    twice = pd.concat([by_store(3, 3), by_store(3, 3)]).sort_values("date")
    assert set(found(twice.assign(linear_tv=-1))) == {"duplicate_dates", "short_history"}
    fractions = by_store(3, 3).assign(store_id=lambda f: f["store_id"] + 0.5)
    assert set(found(fractions)) == {"duplicate_dates", "short_history"}
    gap = by_store(3, 3).assign(store_id=lambda f: f["store_id"].where(np.arange(len(f)) != 5))
    assert set(found(gap)) == {"duplicate_dates", "short_history", "missing_values"}


def test_a_total_at_the_foot_of_a_long_file_leaves_it_long() -> None:
    frame = (
        by_store(3, 3).astype({"store_id": object}).assign(store_id=lambda f: f["store_id"].map("s{}".format))
    )
    for long in (frame, by_store(3, 3)):
        foot = pd.DataFrame({"date": ["Total"], **{name: [1e6] for name in long.columns[1:-1]}})
        findings = found(pd.concat([long, foot]))
        assert {"date_unreadable", "long_format"} <= set(findings)
        assert findings["long_format"].columns == ("store_id",)
        assert "text_column" not in findings


# Computed from the date


def computed(name: str, days: pd.DatetimeIndex) -> Any:
    number = np.arange(len(days))
    return {
        "day of the week": days.day_of_week,
        "day of the week, Sunday first": (days.day_of_week + 1) % 7 + 1,
        "weekend": 1 * (days.day_of_week >= 5),
        "day of the month": days.day,
        "day of the year": days.day_of_year,
        "week of the year": days.isocalendar().week.to_numpy(),
        "week of the year, from Sunday": days.strftime("%U").astype(int),
        "week of the year, from Monday": days.strftime("%W").astype(int),
        "week of the year, from 1 January": (days.day_of_year - 1) // 7 + 1,
        "running week": number // 7,
        "running week, from the third day": (number + 5) // 7 + 1,
        "month": days.month,
        "month, from 0": days.month - 1,
        "quarter": days.quarter,
        "year": days.year,
        "year, from 0": days.year - 2023,
        "running month": 12 * days.year + days.month - 24_276,
        "running quarter": 4 * days.year + days.quarter - 8_095,
        "year and month": 100 * days.year + days.month,
        "date as a number": days.strftime("%Y%m%d").astype(int),
        "running number": number + 1,
        "trend": np.linspace(0, 1, len(days)).round(4),
        "seconds since 1970": (days - pd.Timestamp("1970-01-01")).days * 86_400,
    }[name]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        *[(name, name) for name in ("day of the month", "day of the year", "month", "quarter", "year")],
        *[(name, name) for name in ("running week", "running month", "running quarter", "running number")],
        *[(name, name) for name in ("year and month", "date as a number", "day of the week")],
        ("day of the week, Sunday first", "day of the week"),
        ("weekend", "day of the week"),
        ("week of the year", "week of the year"),
        ("week of the year, from Sunday", "week of the year"),
        ("week of the year, from Monday", "week of the year"),
        ("week of the year, from 1 January", "week of the year"),
        ("running week, from the third day", "running week"),
        ("month, from 0", "month"),
        ("year, from 0", "year"),
        ("trend", "running number"),
        ("seconds since 1970", "running number"),
    ],
)
def test_a_column_that_is_computed_from_the_date_is_named_as_what_it_is(name: str, what: str) -> None:
    frame = daily_frame()
    frame["wk"] = computed(name, pd.DatetimeIndex(frame["date"]))
    findings = found(frame)
    assert set(findings) == {"calendar_column"}
    assert findings["calendar_column"].sentence == f"Computed from the date: wk ({what})."
    # A gap, a line without a day and another order of the rows don't hide it.
    frame = frame.drop(index=range(100, 103)).iloc[::-1]
    assert found(frame)["calendar_column"].sentence == f"Computed from the date: wk ({what})."


@pytest.mark.parametrize(("name", "days"), [("year", 300), ("year and month", 28)])
def test_two_numbers_follow_the_date_where_they_are_those_of_the_date(name: str, days: int) -> None:
    frame = daily_frame(days, channels=1)
    frame["cal_index"] = computed(name, pd.DatetimeIndex(frame["date"]))
    assert found(frame)["calendar_column"].sentence == f"Computed from the date: cal_index ({name})."
    frame["cal_index"] += 1
    assert "calendar_column" not in found(frame)


def test_a_column_that_lacks_one_value_follows_no_calendar() -> None:
    running = np.arange(850.0)
    running[401] = np.nan
    assert "calendar_column" not in found(daily_frame(850).assign(t=running))


def test_two_calendar_columns_are_one_finding() -> None:
    frame = daily_frame()
    days = pd.DatetimeIndex(frame["date"])
    calendar = found(frame.assign(dow=days.day_of_week, t=range(850)))["calendar_column"]
    assert calendar.sentence == "Computed from the date: dow (day of the week) and t (running number)."
    assert calendar.advice.startswith("Leave them out, unless the priors sheet names them")


def test_what_is_not_computed_from_the_date_alone_is_no_calendar_column() -> None:
    frame = daily_frame()
    days = pd.DatetimeIndex(frame["date"])
    others: dict[str, Any] = {
        "launched": 1 * (days.year >= 2025),
        "christmas": 1 * ((days.month == 12) & (days.day > 20)),
        "from_two": days.day_of_week + 2,
        "below_zero": days.day_of_week - 1,
        "all_but_one": np.where(np.arange(850) == 500, 13, days.month),
        "temperature": (15 - 10 * np.cos(days.day_of_year / 58)).round(),
    }
    for name, values in others.items():
        assert "calendar_column" not in found(frame.assign(**{f"{name}_index": values}))


@pytest.mark.parametrize(("days", "spoken"), [(27, False), (28, True)])
def test_four_weeks_show_that_a_column_follows_the_date(days: int, spoken: bool) -> None:
    frame = daily_frame(days, channels=1).assign(t_index=range(days))
    assert ("calendar_column" in found(frame)) is spoken


@pytest.mark.parametrize(("away", "spoken"), [(2.45, True), (2.55, False)])
def test_a_running_number_may_be_rounded_by_half_a_step(away: float, spoken: bool) -> None:
    steps = 5.0 * np.arange(850)
    steps[400] += away
    assert ("calendar_column" in found(daily_frame().assign(trend=steps))) is spoken


@pytest.mark.parametrize(("largest", "spoken"), [(8.95e18, True), (9.05e18, False)])
def test_a_count_of_time_is_at_most_nanoseconds(largest: float, spoken: bool) -> None:
    frame = daily_frame().assign(stamp_index=np.linspace(0, largest, 850))
    assert ("calendar_column" in found(frame)) is spoken


# Counts


def test_counts_with_fractions_are_named_with_the_first_of_them() -> None:
    frame = daily_frame().assign(orders=1000, leads=500, profit=10.5)
    for name, days in (("orders", 9), ("leads", 11), ("profit", 13)):
        frame[name] += np.arange(850) % days
    assert found(frame) == {}
    frame["leads"] += np.where(frame.index.isin([20, 30]), 0.25, 0)
    assert found(frame)["fractional_counts"].sentence == (
        "Counts with fractions, on 2 days: leads (509.25 on line 22)."
    )
    assert found(frame)["fractional_counts"].lines == (22, 32)


def test_a_chosen_kpi_is_a_count_if_its_name_says_so() -> None:
    frame = daily_frame().assign(ga4_orders=lambda f: f["revenue"] / 7, ga4_sales=lambda f: f["revenue"] / 7)
    frame = frame.drop(columns="revenue")
    assert "fractional_counts" in found(frame.drop(columns="ga4_sales"), kpi="ga4_orders")
    assert "fractional_counts" not in found(frame.drop(columns="ga4_orders"), kpi="ga4_sales")
