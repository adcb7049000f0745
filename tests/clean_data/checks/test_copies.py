"""Rows that were pasted twice, values that were filled forward, and equal days that are neither."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recast_api.clean_data import Finding, check, read
from tests.clean_data.make import TODAY, csv_text, daily_frame
from tests.clean_data.planted import Plant, after, paste, put


def found(frame: pd.DataFrame) -> dict[str, Finding]:
    return {finding.check: finding for finding in check(read(csv_text(frame)), today=TODAY)}


def fill(name: str, first: int, days: int) -> Plant:
    """The same value on so many days in a row."""
    return lambda f: put(name, slice(first, first + days), float(f[name][first]))(f)


@pytest.mark.parametrize(
    ("start", "end", "lag", "days"),
    [
        (300, 301, 1, "2024-08-29 (as 2024-08-28)"),
        (300, 307, 7, "2024-08-29 to 2024-09-04 (as 2024-08-22 to 2024-08-28)"),
        (300, 314, 7, "2024-08-29 to 2024-09-11 (as 2024-08-22 to 2024-09-04)"),
        (300, 302, 200, "2024-08-29 to 2024-08-30 (as 2024-02-11 to 2024-02-12)"),
    ],
)
def test_copied_days_are_named_with_those_they_repeat(start: int, end: int, lag: int, days: str) -> None:
    frame = daily_frame()
    for row in range(start, end):
        frame = paste(row, row + 1, lag)(frame)
    copied = found(frame)
    assert list(copied) == ["copied_days"]
    assert copied["copied_days"].sentence == f"Days repeat other days in every column: {days}."
    assert copied["copied_days"].line_count == end - start


def test_eight_identical_rows_are_one_finding() -> None:
    frame = daily_frame()
    frame.iloc[301:308, 1:] = frame.iloc[300, 1:].to_numpy()
    assert found(frame)["copied_days"].sentence == (
        "Days repeat other days in every column: 2024-08-30 to 2024-09-05 (as 2024-08-29)."
    )
    assert list(found(frame)) == ["copied_days"]


def test_a_single_day_that_is_as_one_weeks_ago_is_not_reported() -> None:
    assert found(paste(300, 301, 7)(daily_frame())) == {}


@pytest.mark.parametrize(("column", "spoken"), [("revenue", False), ("tiktok", False)])
def test_rows_are_copied_where_every_column_is(column: str, spoken: bool) -> None:
    frame = paste(300, 307, 7)(daily_frame())
    frame.loc[300:306, column] += 0.01
    assert ("copied_days" in found(frame)) is spoken


@pytest.mark.parametrize(("distinct", "spoken"), [(1, False), (2, True)])
def test_two_columns_have_to_have_values_of_their_own(distinct: int, spoken: bool) -> None:
    # The others are 0 on nearly all days, as sparse channels are.
    frame = daily_frame().rename(columns={"revenue": "orders"})
    frame.iloc[:, 1 + distinct :] *= np.where(frame.index % 20, 0, 1)[:, None]
    copied = paste(301, 305, 1 if distinct > 2 else 100)(frame)
    assert ("copied_days" in found(copied)) is spoken


@pytest.mark.parametrize(("values", "spoken"), [(424, False), (427, True)])
def test_a_column_has_values_of_its_own_where_half_of_them_differ(values: int, spoken: bool) -> None:
    frame = daily_frame()[["date", "revenue", "tiktok"]]
    frame["tiktok"] = 1000.5 + np.arange(850) * 7919 % 850 % values
    assert ("copied_days" in found(paste(500, 503, 100)(frame))) is spoken


def test_one_column_has_no_rows_to_compare() -> None:
    assert "copied_days" not in found(paste(300, 307, 7)(daily_frame()[["date", "revenue"]]))


def test_stores_that_share_their_day_have_no_copied_days() -> None:
    frame = paste(1, 850, 1)(daily_frame())
    frame["date"] = np.repeat(frame["date"].to_numpy()[:425], 2)
    assert "copied_days" not in found(frame)


def test_without_dates_nothing_is_said_of_days() -> None:
    frame = after(paste(300, 307, 7), fill("tiktok", 500, 6))(daily_frame()).drop(columns="date")
    assert not {"copied_days", "filled_forward"} & set(found(frame))


@pytest.mark.parametrize("column", ["revenue", "tiktok"])
@pytest.mark.parametrize(("days", "spoken"), [(2, False), (3, True), (5, True), (20, True)])
def test_a_value_that_is_filled_forward_is_named(column: str, days: int, spoken: bool) -> None:
    frame = fill(column, 300, days)(daily_frame())
    assert list(found(frame)) == ["filled_forward"] * spoken
    if spoken:
        span = f"{frame['date'][300]} to {frame['date'][299 + days]}"
        assert found(frame)["filled_forward"].sentence == f"The same value day after day: {column} ({span})."
        assert found(frame)["filled_forward"].line_count == days


def test_what_is_filled_forward_more_than_once_is_counted() -> None:
    frame = after(fill("tiktok", 300, 5), fill("tiktok", 500, 5), fill("revenue", 500, 5))(daily_frame())
    assert found(frame)["filled_forward"].sentence == (
        "The same value day after day: revenue (2025-03-17 to 2025-03-21) and "
        "tiktok (2024-08-29 to 2024-09-02 and 1 more time)."
    )


@pytest.mark.parametrize(("value", "spoken"), [(812.5, True), (812, True), (815, False), (800, False)])
def test_a_daily_budget_is_not_filled_forward(value: float, spoken: bool) -> None:
    assert ("filled_forward" in found(put("tiktok", slice(300, 310), value)(daily_frame()))) is spoken


def test_the_kpi_has_no_daily_budget() -> None:
    assert "filled_forward" in found(put("revenue", slice(300, 310), 10_000)(daily_frame()))


@pytest.mark.parametrize(("pairs", "days", "spoken"), [(4, 4, True), (9, 4, False), (9, 5, True)])
def test_days_are_equal_by_chance_where_they_often_are(pairs: int, days: int, spoken: bool) -> None:
    # Where 9 of 850 pairs of days are equal, three more in a row are no less likely than 0.001.
    frame = fill("tiktok", 700, days)(daily_frame())
    for row in range(10, 10 + 20 * pairs, 20):
        frame = fill("tiktok", row, 2)(frame)
    assert ("filled_forward" in found(frame)) is spoken


@pytest.mark.parametrize(("days", "spoken"), [(62, False), (63, True)])
def test_three_equal_days_are_chance_in_a_short_file(days: int, spoken: bool) -> None:
    # Without an equal pair elsewhere a quarter of one is assumed: 0.0625 / 62.5 is 0.001.
    frame = daily_frame(130).iloc[:days]
    assert ("filled_forward" in found(fill("tiktok", 30, 3)(frame))) is spoken


@pytest.mark.parametrize("per_day", [2, 5, 20, 60, 200])
def test_equal_counts_are_chance(per_day: int) -> None:
    for seed in range(10):
        leads = np.random.default_rng(seed).poisson(per_day, 850)
        frame = daily_frame().drop(columns="revenue").assign(leads=leads)
        assert "filled_forward" not in found(frame)
