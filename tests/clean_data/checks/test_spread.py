"""Totals of weeks and months that were divided by their days, and a window beyond experience."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recast_api.clean_data import Finding, Level, check, check_run_type, read
from tests.clean_data.make import TODAY, csv_text, daily_frame
from tests.clean_data.planted import by_week, put


def found(frame: pd.DataFrame) -> dict[str, Finding]:
    return {finding.check: finding for finding in check(read(csv_text(frame)), today=TODAY)}


def by_month(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    months = pd.to_datetime(frame["date"]).dt.to_period("M")
    spread = frame[["date", *columns]].groupby(months)[list(columns)].transform("mean")
    return frame.assign(**{name: spread[name].round(2) for name in columns})


def test_a_monthly_budget_divided_by_its_days_is_named() -> None:
    spread = found(by_month(daily_frame(), "tiktok", "linear_tv"))
    assert list(spread) == ["even_spend"]
    assert spread["even_spend"].sentence == (
        "Spend changes like a total of weeks or months divided by their days: "
        "linear_tv (only on the 1st of the month) and tiktok (only on the 1st of the month)."
    )


def test_the_same_budget_every_month_is_named() -> None:
    frame = daily_frame()
    length = pd.to_datetime(frame["date"]).dt.days_in_month
    assert found(frame.assign(tiktok=(30_000 / length).round(2)))["even_spend"].columns == ("tiktok",)


@pytest.mark.parametrize(("weekday", "name"), [(0, "Mondays"), (5, "Saturdays"), (6, "Sundays")])
def test_weekly_totals_divided_by_seven_are_named(weekday: int, name: str) -> None:
    frame = by_week("tiktok", weekday=weekday)(daily_frame())
    assert found(frame)["even_spend"].sentence == (
        f"Spend changes like a total of weeks or months divided by their days: tiktok (only on {name})."
    )


def test_what_is_left_over_on_the_last_day_of_the_week_is_no_change() -> None:
    frame = by_week("tiktok")(daily_frame())
    frame.loc[frame.index % 7 == 2, "tiktok"] += 0.03
    assert list(found(frame)) == ["even_spend"]


def test_a_whole_file_spread_from_weeks_is_one_finding() -> None:
    frame = daily_frame()
    spread = found(by_week(*frame.columns[1:])(frame))
    assert list(spread) == ["spread_kpi"]
    assert spread["spread_kpi"].level is Level.CONFIRM
    assert spread["spread_kpi"].sentence == (
        "revenue changes only on Mondays, and so do 5 channels: totals divided by their days."
    )
    assert spread["spread_kpi"].columns == tuple(frame.columns[1:])


def test_a_channel_that_is_spread_otherwise_than_the_kpi_is_named_too() -> None:
    spread = found(by_month(by_week("revenue", "linear_tv")(daily_frame()), "tiktok"))
    assert spread["spread_kpi"].sentence == (
        "revenue changes only on Mondays, and so does 1 channel: totals divided by their days."
    )
    assert spread["even_spend"].columns == ("tiktok",)


def stepped(frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """A channel that changes on these rows only."""
    levels = 800 + 100 * (np.cumsum(np.isin(np.arange(len(frame)), rows)) % 7)
    return frame.assign(tiktok=levels + 0.5)


def mondays(frame: pd.DataFrame) -> np.ndarray:
    return np.flatnonzero(pd.to_datetime(frame["date"]).dt.day_of_week == 0)


@pytest.mark.parametrize(("extra", "spoken"), [(30, True), (31, False)])
def test_four_of_five_changes_are_on_one_weekday(extra: int, spoken: bool) -> None:
    frame = daily_frame()
    rows = np.concatenate([mondays(frame), mondays(frame)[50 : 50 + extra] + 3])
    assert len(mondays(frame)) == 121
    assert ("even_spend" in found(stepped(frame, rows))) is spoken


@pytest.mark.parametrize(("left_out", "spoken"), [(25, True), (26, False)])
def test_four_of_five_weeks_have_a_change(left_out: int, spoken: bool) -> None:
    # Alternate weeks are left out, so that no four weeks in a row are constant.
    frame = daily_frame()
    rows = np.delete(mondays(frame), np.arange(left_out) * 3 + 1)
    assert ("even_spend" in found(stepped(frame, rows))) is spoken


@pytest.mark.parametrize(("extra", "spoken"), [(7, True), (8, False)])
def test_four_of_five_changes_are_on_the_first_of_the_month(extra: int, spoken: bool) -> None:
    frame = daily_frame()
    first = np.flatnonzero(frame["date"].str.endswith("-01"))
    assert len(first) == 28
    rows = np.concatenate([first, first[: 2 * extra : 2] + 14])
    spread = found(stepped(frame, rows)).get("even_spend")
    assert (spread is not None and "1st" in spread.sentence) is spoken


@pytest.mark.parametrize(("change", "spoken"), [(0.0049, False), (0.0051, True)])
def test_a_step_is_half_a_percent(change: float, spoken: bool) -> None:
    frame = daily_frame()
    levels = 1000 / (1 - change * (np.arange(122) % 2))
    weeks = np.searchsorted(mondays(frame), np.arange(850), side="right")
    spread = found(frame.assign(tiktok=levels[weeks].round(2)))["even_spend"].sentence
    assert ("Mondays" in spread) is spoken


@pytest.mark.parametrize(("days", "spoken"), [(55, False), (56, True)])
def test_eight_weeks_show_that_data_is_spread(days: int, spoken: bool) -> None:
    assert ("spread_kpi" in found(by_week("revenue")(daily_frame(days)))) is spoken


@pytest.mark.parametrize(("steps", "spoken"), [(1, False), (2, True)])
def test_two_changes_show_a_budget_of_months(steps: int, spoken: bool) -> None:
    frame = daily_frame(300)
    first = np.flatnonzero(frame["date"].str.endswith("-01"))
    assert ("even_spend" in found(stepped(frame, first[[3, 6][:steps]]))) is True
    assert ("1st" in found(stepped(frame, first[[3, 6][:steps]]))["even_spend"].sentence) is spoken


@pytest.mark.parametrize(("changes", "spoken"), [(30, True), (31, False)])
def test_the_first_hundred_days_rule_most_columns_out(changes: int, spoken: bool) -> None:
    frame = daily_frame(2000)
    early = np.setdiff1d(np.arange(1, 100), mondays(frame))[: changes - len(mondays(frame)[:14])]
    # One more change, on the day after the first hundred.
    rows = np.concatenate([mondays(frame), early, [100]])
    assert np.count_nonzero(np.isin(np.arange(1, 100), rows)) == changes
    assert ("even_spend" in found(stepped(frame, rows))) is spoken


def test_weeks_that_share_their_level_by_chance_are_not_spread() -> None:
    assert found(put("tiktok", slice(300, 307), 800.25)(daily_frame())).keys() == {"filled_forward"}


def beyond(days: int, above: int, holdout: list[int], active: int = 800) -> list[str]:
    """Names of the findings for a channel over the training maximum on the last `above` of `days` days."""
    frame = daily_frame()
    highest = float(frame["tiktok"][: 850 - days].max())
    frame.loc[850 - above :, "tiktok"] = highest + 0.01
    frame.loc[: 850 - days - active - 1, "tiktok"] = 0
    found = check_run_type(read(csv_text(frame)), "holdout", holdout_days=holdout)
    return [finding.check for finding in found if finding.level is not Level.NOTE]


@pytest.mark.parametrize(("above", "spoken"), [(14, False), (15, True)])
def test_a_window_is_beyond_experience_on_most_of_its_days(above: int, spoken: bool) -> None:
    assert beyond(28, above, [28]) == ["extrapolated_window"] * spoken


@pytest.mark.parametrize(("days", "spoken"), [(6, False), (7, True)])
def test_a_window_of_some_days_has_no_most(days: int, spoken: bool) -> None:
    assert beyond(days, days, [days]) == ["extrapolated_window"] * spoken


@pytest.mark.parametrize(("active", "spoken"), [(41, False), (42, True)])
def test_a_new_channel_has_no_experience_to_be_beyond(active: int, spoken: bool) -> None:
    assert beyond(28, 28, [28], active) == ["extrapolated_window"] * spoken


def test_each_window_is_compared_with_its_own_training() -> None:
    assert beyond(28, 28, [14, 28]) == ["extrapolated_window"]
    assert beyond(14, 14, [14, 56]) == ["extrapolated_window"]
    assert beyond(14, 14, [35, 56]) == []


def test_the_sentence_names_the_channel_and_the_window() -> None:
    frame = daily_frame()
    frame.loc[829:, "tiktok"] = 3000.5
    data = read(csv_text(frame))
    (one,) = check_run_type(data, "holdout", holdout_days=[28])
    assert one.sentence == (
        "Spend is above all that comes before the held-out days: tiktok (on 75 % of the last 28 days)."
    )
    loop = check_run_type(data, "stability_loop", n_holdout=2, days_per_holdout=28)
    assert [finding.check for finding in loop] == ["extrapolated_window"]


def test_a_window_that_leaves_nothing_to_fit_is_one_finding() -> None:
    assert beyond(14, 14, [800]) == ["training_days"]
