"""Why past values changed: told where the changed cells show it, and only there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from recast_api.clean_data import Verdict
from recast_api.clean_data.comparing.result import Cause, Kind
from tests.clean_data.comparing.pairs import compared, only_change
from tests.clean_data.make import daily_frame
from tests.clean_data.planted import less

DAYS = 850
NEW_DAYS = 7
LAST = DAYS - NEW_DAYS - 1
"""Row of the last day that both files have, where the newer has a week more."""


def cause_of(new: pd.DataFrame, old: pd.DataFrame) -> Cause | None:
    return only_change(new, old).cause


def with_tiktok(change: Callable[[np.ndarray], None]) -> pd.DataFrame:
    frame = daily_frame()
    cells = frame["tiktok"].to_numpy(copy=True)
    change(cells)
    return frame.assign(tiktok=cells)


def multiplied(rows: slice, factor: float, places: int = 2) -> pd.DataFrame:
    def change(cells: np.ndarray) -> None:
        cells[rows] = (cells[rows] * factor).round(places)

    return with_tiktok(change)


@pytest.mark.parametrize("factor", [1.19, 1 / 1.19, 0.92, 1000, 0.001, -1, 1.004, 157.3])
@pytest.mark.parametrize("rows", [slice(None), slice(300, 330)])
def test_values_times_a_constant_are_said_to_be(factor: float, rows: slice) -> None:
    cause = cause_of(multiplied(rows, factor, 6), daily_frame())
    assert cause is not None
    assert (cause.kind, cause.cells) == (Kind.SCALED, len(range(DAYS)[rows]))
    assert cause.factor == pytest.approx(factor, rel=1e-3)
    assert cause.words == ("with the sign reversed" if factor == -1 else f"multiplied by {factor:.4g}")


def test_a_factor_is_the_same_for_all_columns_and_said_once() -> None:
    frame = daily_frame()
    new = frame.assign(**{name: (frame[name] * 1.19).round(2) for name in frame.columns[1:]})
    result = compared(new, less(NEW_DAYS)(frame))
    assert {change.cause and change.cause.words for change in result.by_column} == {"multiplied by 1.19"}
    assert result.verdict is Verdict.REWRITTEN
    assert result.sentence.count("multiplied by 1.19 (") == 1


def test_a_factor_of_whole_numbers_is_found_where_rounding_leaves_it() -> None:
    counts = (daily_frame()["tiktok"] / 10).round()
    frame = daily_frame().assign(orders=counts)
    cause = cause_of(frame.assign(orders=(counts * 1.19).round()), frame)
    assert cause is not None
    assert cause.words == "multiplied by 1.19"


@pytest.mark.parametrize(("cells", "kind"), [(6, None), (7, Kind.SCALED)])
def test_a_factor_takes_a_week(cells: int, kind: Kind | None) -> None:
    cause = cause_of(multiplied(slice(300, 300 + cells), 1.19), daily_frame())
    assert (cause and cause.kind) == kind


@pytest.mark.parametrize(("others", "kind"), [(5, Kind.SCALED), (6, None)])
def test_a_cause_explains_nineteen_of_twenty_cells(others: int, kind: Kind | None) -> None:
    new = multiplied(slice(300, 400), 1.19)
    new.loc[new.index[300 : 300 + others], "tiktok"] = 77.77
    cause = cause_of(new, daily_frame())
    assert (cause and cause.kind) == kind
    if cause:
        assert cause.cells == 95


@pytest.mark.parametrize(("spread", "kind"), [(0.00095, Kind.SCALED), (0.00105, None)])
def test_a_factor_may_differ_by_a_thousandth_from_day_to_day(spread: float, kind: Kind | None) -> None:
    # Half a spread above and below 1.2: a share of the new value.
    swing = 1 + spread / 2 * np.where(np.arange(101) % 2, 1, -1)
    swing[0] = 1

    def change(cells: np.ndarray) -> None:
        cells[300:401] = cells[300:401] * 1.2 * swing

    old = daily_frame()
    old["tiktok"] += 0.123456789123
    frame = daily_frame().assign(tiktok=old["tiktok"])
    cells = frame["tiktok"].to_numpy(copy=True)
    change(cells)
    cause = cause_of(frame.assign(tiktok=cells), frame)
    assert (cause and cause.kind) == kind


@pytest.mark.parametrize("unit", [1, 0.1])
@pytest.mark.parametrize(("units", "kind"), [(8, Kind.SCALED), (7, None)])
def test_rounding_may_make_up_a_fifth_of_the_change(unit: float, units: int, kind: Kind | None) -> None:
    # The new are twice the old, both rounded: by 1.5 units, 18.75 % of a change by 8 and 21 % of one by 7.
    # The spread of a thousandth adds 0.1 %.
    frame = daily_frame().assign(orders=round(units * unit, 1))
    cause = cause_of(frame.assign(orders=round(2 * units * unit, 1)), frame)
    assert (cause and cause.kind) == kind


def test_whole_hundreds_are_not_taken_for_rounded() -> None:
    frame = daily_frame().assign(tiktok=daily_frame()["tiktok"].round(-2))
    cause = cause_of(frame.assign(tiktok=frame["tiktok"] * 1.19), frame)
    assert cause is not None
    assert cause.words == "multiplied by 1.19"


def test_a_factor_of_nothing_is_none() -> None:
    new = with_tiktok(lambda cells: cells.__setitem__(slice(300, 330), 0.0))
    assert cause_of(new, daily_frame()) != Cause(Kind.SCALED, 30)
    assert cause_of(daily_frame(), new) is None


@pytest.mark.parametrize("shift", [1, -1, 2, 7, -7])
@pytest.mark.parametrize("rows", [(0, DAYS), (300, 330)])
def test_values_that_moved_by_days_are_said_to_have(shift: int, rows: tuple[int, int]) -> None:
    frame = daily_frame()
    moved = frame["tiktok"].shift(shift)
    start, end = rows
    new = frame["tiktok"].copy()
    new[start:end] = moved[start:end]
    cause = cause_of(frame.assign(tiktok=new.fillna(1.23)), frame)
    assert cause is not None
    assert (cause.kind, cause.days) == (Kind.SHIFTED, shift)
    assert cause.cells == min(end - start, DAYS - abs(shift))
    days = "1 day" if abs(shift) == 1 else f"{abs(shift)} days"
    assert cause.words == f"moved {days} {'later' if shift > 0 else 'earlier'}"


def test_values_that_moved_by_more_than_a_week_are_not_said_to_have() -> None:
    frame = daily_frame()
    assert cause_of(frame.assign(tiktok=frame["tiktok"].shift(8).fillna(1.23)), frame) is None


@pytest.mark.parametrize(("cells", "kind"), [(6, None), (7, Kind.SHIFTED)])
def test_a_shift_takes_a_week(cells: int, kind: Kind | None) -> None:
    frame = daily_frame()
    new = frame["tiktok"].copy()
    new[300 : 300 + cells] = frame["tiktok"].shift(1)[300 : 300 + cells]
    cause = cause_of(frame.assign(tiktok=new), frame)
    assert (cause and cause.kind) == kind


@pytest.mark.parametrize(("days", "kind"), [(7, None), (8, Kind.SHIFTED)])
def test_the_days_from_which_values_moved_have_to_be_in_the_file(days: int, kind: Kind | None) -> None:
    frame = daily_frame()
    new = frame["tiktok"].shift(1).fillna(1.23).iloc[:days]
    cause = cause_of(frame.iloc[:days].assign(tiktok=new), frame.iloc[:days])
    assert (cause and cause.kind) == kind


def test_blanks_filled_with_the_day_before_did_not_move() -> None:
    gaps = with_tiktok(lambda cells: cells.__setitem__(slice(101, 400, 20), np.nan))
    assert cause_of(gaps.assign(tiktok=gaps["tiktok"].ffill()), gaps) is None


def test_one_value_on_all_days_did_not_move() -> None:
    old = with_tiktok(lambda cells: cells.__setitem__(300, 500.0))
    new = old.assign(tiktok=old["tiktok"].where(~old.index.isin(range(301, 331)), 500.0))
    assert cause_of(new, old) is None


def exchanged(start: int, end: int) -> pd.DataFrame:
    frame = daily_frame()
    new = frame.copy()
    new.loc[start : end - 1, ["tiktok", "linear_tv"]] = frame.loc[
        start : end - 1, ["linear_tv", "tiktok"]
    ].to_numpy()
    return new


@pytest.mark.parametrize(("start", "end"), [(0, DAYS), (300, 303), (300, 340)])
def test_two_columns_that_were_exchanged_are_named(start: int, end: int) -> None:
    result = compared(exchanged(start, end), less(NEW_DAYS)(daily_frame()))
    cells = min(end, LAST + 1) - start
    assert {change.column: change.cause for change in result.by_column} == dict.fromkeys(
        ("tiktok", "linear_tv"), Cause(Kind.SWAPPED, cells, swapped=("linear_tv", "tiktok"))
    )
    assert result.sentence.endswith("; linear_tv and tiktok exchanged.")


def test_two_days_of_exchanged_values_may_be_chance() -> None:
    result = compared(exchanged(300, 302), less(NEW_DAYS)(daily_frame()))
    assert {change.cause for change in result.by_column} == {None}


def test_a_column_that_took_anothers_values_was_not_exchanged() -> None:
    frame = daily_frame()
    new = exchanged(300, 340)
    new["linear_tv"] = frame["linear_tv"] + np.where(frame.index == 700, 1.5, 0)
    result = compared(new, frame)
    assert {change.column: change.cause for change in result.by_column} == {"tiktok": None, "linear_tv": None}


@pytest.mark.parametrize(("mended", "before", "words"), [
    (0.0, np.nan, "empty cells are 0 now"),
    (np.nan, 0.0, "zeros are empty cells now"),
])  # fmt: skip
def test_blanks_and_zeros_are_not_the_same_and_no_spend(mended: float, before: float, words: str) -> None:
    new = with_tiktok(lambda cells: cells.__setitem__(slice(100, 140), mended))
    old = with_tiktok(lambda cells: cells.__setitem__(slice(100, 140), before))
    result = compared(new, less(NEW_DAYS)(old))
    (change,) = result.by_column
    assert change.cause is not None
    assert (change.cause.words, change.cause.cells, change.moved) == (words, 40, 0)
    assert result.verdict is Verdict.REVISED
    assert result.sentence.endswith(f"; 40 cells changed on 40 days in 1 column; {words} (tiktok).")


def late(days: int, share: float) -> pd.DataFrame:
    """The earlier file, of which the last days lack this share of what the newer one has."""
    return multiplied(slice(LAST + 1 - days, LAST + 1), 1 - share).iloc[: LAST + 1]


@pytest.mark.parametrize(("days", "kind"), [(1, Kind.LATE), (14, Kind.LATE), (15, Kind.SCALED)])
def test_what_was_booked_in_the_last_two_weeks_was_late(days: int, kind: Kind) -> None:
    cause = cause_of(daily_frame(), late(days, 0.1))
    assert cause is not None
    assert (cause.kind, cause.cells) == (kind, days)
    if days == 14:
        assert cause.share == pytest.approx(1 / 0.9 - 1, rel=1e-3)
        assert cause.words == "only in the last 14 days before the new ones"


@pytest.mark.parametrize(("gained", "kind"), [(0.295, Kind.LATE), (0.305, Kind.SCALED)])
def test_late_bookings_move_two_weeks_by_less_than_a_third(gained: float, kind: Kind) -> None:
    cause = cause_of(daily_frame(), late(14, 1 - 1 / (1 + gained)))
    assert cause is not None
    assert cause.kind is kind
    lost = cause_of(multiplied(slice(LAST - 13, LAST + 1), 1 - gained), less(NEW_DAYS)(daily_frame()))
    assert lost is not None
    assert lost.kind is kind


def test_nothing_is_late_where_no_day_was_added() -> None:
    assert cause_of(daily_frame().iloc[: LAST + 1], late(3, 0.1)) is None


def test_a_column_that_was_empty_for_two_weeks_was_not_late() -> None:
    old = with_tiktok(lambda cells: cells.__setitem__(slice(LAST - 20, LAST + 1), 0.0))
    change = only_change(
        daily_frame().assign(tiktok=old["tiktok"].where(old.index != LAST, 5.5)), old.iloc[: LAST + 1]
    )
    assert change.cause is None


def test_late_bookings_do_not_hide_what_happened_before() -> None:
    old = late(14, 0.05)
    cells = old["tiktok"].to_numpy(copy=True)
    cells[600:640] = (cells[600:640] / 1.19).round(2)
    change = only_change(daily_frame(), old.assign(tiktok=cells))
    assert change.cells == 54
    assert change.cause is not None
    assert (change.cause.words, change.cause.cells) == ("multiplied by 1.19", 40)


def test_changes_without_a_pattern_have_no_cause() -> None:
    random = np.random.default_rng(1)
    for low, high in ((0.97, 1.03), (0.99, 1.05), (0.5, 2)):
        frame = daily_frame()
        noise = random.uniform(low, high, DAYS)
        new = frame.assign(**{name: (frame[name] * noise).round(2) for name in frame.columns[1:3]})
        assert {change.cause for change in compared(new, frame).by_column} == {None}
