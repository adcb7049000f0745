from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from recast_api.clean_data import Role, guess_roles, new_days, profile, read, suggest_kpi
from tests.clean_data.make import csv_text, daily_frame
from tests.clean_data.planted import put, times


def columns_of(*names: str) -> pd.DataFrame:
    frame = daily_frame(days=30, channels=len(names))
    frame.columns = ["date", "spend_on_all_else", *names]
    return frame


@pytest.mark.parametrize(
    ("names", "kpi"),
    [
        (["meta", "revenue"], "revenue"),
        (["orders", "revenue"], "revenue"),
        (["conversions", "tv"], "conversions"),
        (["acquisition", "facebook_prospecting"], "acquisition"),
        (["total_sales", "sales"], "sales"),
        (["TotalSales", "tv"], "TotalSales"),
        (["new_customers", "tv"], "new_customers"),
        (["meta_sales", "google_conversions"], None),
        (["tv", "radio"], None),
    ],
)
def test_the_kpi_is_suggested_from_the_names(names: list[str], kpi: str | None) -> None:
    assert suggest_kpi(read(csv_text(columns_of(*names)))) == kpi


def test_roles_are_guessed_from_names_and_values() -> None:
    frame = daily_frame(days=60, channels=2).assign(
        orders=500.5, price=9.99, avg_temperature=-3.5, promo=[0, 1] * 30, easter=[0] * 57 + [1] * 3
    )
    assert guess_roles(read(csv_text(frame)), "revenue") == {
        "revenue": Role.KPI,
        "linear_tv": Role.SPEND,
        "meta_prospecting": Role.SPEND,
        "orders": Role.OTHER,
        "price": Role.OTHER,
        "avg_temperature": Role.OTHER,
        "promo": Role.OTHER,
        "easter": Role.OTHER,
    }


def test_a_channel_that_seldom_spends_is_no_mark() -> None:
    frame = put("tiktok", slice(0, 845), 0)(daily_frame())
    assert guess_roles(read(csv_text(frame)), "revenue")["tiktok"] == Role.SPEND


def test_profile_of_a_column() -> None:
    frame = put("tiktok", slice(0, 600), 0)(daily_frame())
    frame = put("tiktok", 700, 99_999.5)(put("tiktok", 650, np.nan)(frame))
    seen = profile(read(csv_text(frame)))
    column = next(column for column in seen.columns if column.name == "tiktok")
    assert (column.role, column.missing, column.active_days, column.outliers) == (Role.SPEND, 1, 249, 1)
    assert column.zero_share == pytest.approx(600 / 850)
    assert (column.first_active, column.last_active) == (
        date.fromisoformat(frame["date"][600]),
        date(2026, 3, 1),
    )
    assert column.total == pytest.approx(frame["tiktok"].sum())
    spend = frame[list(frame.columns[2:])].sum().sum()
    assert column.spend_share == pytest.approx(column.total / spend)


def test_profile_order_and_span() -> None:
    seen = profile(read(csv_text(daily_frame())), {"influencers": Role.OTHER})
    assert [column.role for column in seen.columns] == [Role.KPI, *[Role.SPEND] * 4, Role.OTHER]
    totals = [column.total for column in seen.columns[1:5]]
    assert totals == sorted(totals, reverse=True)
    assert (seen.kpi, seen.rows, seen.last_day) == ("revenue", 850, date(2026, 3, 1))
    assert seen.columns[-1].spend_share is None
    assert sum(column.spend_share or 0 for column in seen.columns) == pytest.approx(1)


@pytest.mark.parametrize(
    ("days", "points"), [(1, 1), (10, 10), (20, 2), (420, 60), (421, 30), (850, 40), (5000, 59)]
)
def test_sparklines_have_at_most_sixty_points(days: int, points: int) -> None:
    seen = profile(read(csv_text(daily_frame(days=days))))
    assert {len(column.weekly) for column in seen.columns} == {points}


def test_spend_over_time_adds_up() -> None:
    frame = daily_frame(channels=15)
    seen = profile(read(csv_text(frame)))
    weekly = seen.spend_over_time
    assert weekly["spend"].sum() == pytest.approx(frame.iloc[:, 2:].sum().sum())
    assert weekly["channel"].nunique() == 11
    assert weekly["channel"].iloc[-1] == "5 others"
    assert set(weekly["week"].dt.day_of_week) == {0}
    first = pd.Timestamp(frame["date"][0])
    assert weekly["week"].min() == first - pd.Timedelta(days=first.day_of_week)


def test_correlation_is_square_and_agrees_with_pandas() -> None:
    frame = daily_frame()
    seen = profile(read(csv_text(frame)))
    names = list(seen.correlation.columns)
    assert names == list(seen.correlation.index) == [column.name for column in seen.columns]
    assert np.allclose(seen.correlation, frame[names].corr())


def test_profile_goes_into_json() -> None:
    seen = profile(read(csv_text(daily_frame())))
    json.dumps([column.weekly for column in seen.columns])
    for frame in (seen.spend_over_time, seen.daily, seen.correlation):
        assert json.loads(frame.to_json(date_format="iso"))


@pytest.mark.parametrize("text", ["", "date\n", "date,revenue,tv\n", "a,b\n1,2\n", "date,revenue\nnever,1\n"])
def test_profile_of_next_to_nothing(text: str) -> None:
    data = read(text)
    seen = profile(data)
    assert seen.spend_over_time.empty
    assert len(seen.daily) == seen.rows
    assert new_days(data) == ()


def test_new_days_against_the_same_weekdays() -> None:
    frame = daily_frame()
    frame["revenue"] = [1000.0 * (1 + i % 7) for i in range(850)]
    frame = times("revenue", slice(-1, None), 0.5)(frame)
    days = new_days(read(csv_text(frame)), days=7)
    assert [day.day for day in days][-1] == date(2026, 3, 1)
    assert len(days) == 7
    for day in days[:-1]:
        assert day.kpi == day.usual_kpi
    assert days[-1].kpi == days[-1].usual_kpi / 2 if days[-1].usual_kpi else False
    tail = frame.iloc[:, 2:].sum(axis=1)
    assert days[-1].spend == pytest.approx(tail.iloc[-1])
    assert days[-1].usual_spend == pytest.approx(np.median(tail.iloc[[-8 - 7 * week for week in range(8)]]))


def test_new_days_need_eight_whole_weeks_before() -> None:
    frame = daily_frame(days=69)
    assert new_days(read(csv_text(frame)), days=14) == ()
    assert len(new_days(read(csv_text(frame)), days=13)) == 13
    assert new_days(read(csv_text(daily_frame().drop(index=820)))) == ()


def test_without_a_kpi_only_spend_is_told() -> None:
    frame = daily_frame().rename(columns={"revenue": "cinema"})
    day = new_days(read(csv_text(frame)))[0]
    assert (day.kpi, day.usual_kpi) == (None, None)
    assert day.spend > 0
