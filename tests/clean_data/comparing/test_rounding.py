"""Rounding isn't rewriting; what is more than rounding is a change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recast_api.clean_data import Verdict
from recast_api.clean_data.comparing.equality import equal
from recast_api.clean_data.comparing.rounding import decimals
from tests.clean_data.comparing.pairs import compared
from tests.clean_data.make import daily_frame
from tests.clean_data.planted import less


def with_tiktok(values: np.ndarray | pd.Series) -> pd.DataFrame:
    return daily_frame().assign(tiktok=np.asarray(values, float))


@pytest.mark.parametrize("places", [1, 0, -1])
def test_fewer_decimals_are_no_revision(places: int) -> None:
    exact = daily_frame()
    coarse = exact.assign(**{name: exact[name].round(places) for name in exact.columns[1:]})
    for new, old, in_new in ((exact, coarse, False), (coarse, exact, True)):
        result = compared(new, less(7)(old))
        assert result.verdict is Verdict.APPEND
        assert result.cells_changed == 0
        assert {each.column for each in result.rounded} == set(exact.columns[1:])
        assert {(each.decimals, each.in_new) for each in result.rounded} == {(places, in_new)}
        cells = sum(each.cells for each in result.rounded)
        assert cells == int((exact != coarse).iloc[:-7, 1:].sum().sum())
        assert f"only rounded differently: {cells:,} cells in 6 columns" in result.sentence


@pytest.mark.parametrize("whole", [np.floor, np.ceil])
def test_numbers_that_were_cut_off_or_rounded_up_are_no_revision(whole: np.ufunc) -> None:
    exact = daily_frame()
    result = compared(exact.assign(tiktok=whole(exact["tiktok"])), exact)
    assert result.cells_changed == 0
    assert len(result.rounded) == 1


@pytest.mark.parametrize(("rounded_up", "cells"), [(42, 0), (43, 43)])
def test_they_are_cut_off_where_nearly_all_are(rounded_up: int, cells: int) -> None:
    # All 850 end in .7, so that one that was rounded differs from one that was cut off.
    exact = np.floor(daily_frame()["tiktok"]) + 0.7
    whole = np.floor(exact)
    # More than half a unit off either way, of which 5 % of 850 are 42.5.
    whole[:rounded_up] += 2
    result = compared(with_tiktok(whole), with_tiktok(exact))
    assert result.cells_changed == (rounded_up if cells == 0 else 850)


def test_numbers_that_are_off_by_a_unit_either_way_are_revised() -> None:
    # One in two is cut off by .7, the other raised by as much: neither is how numbers are rounded.
    whole, up = np.floor(daily_frame()["tiktok"]), np.arange(850) % 2
    assert compared(with_tiktok(whole), with_tiktok(whole + np.where(up, -0.7, 0.7))).cells_changed == 850


def test_a_cell_that_differs_by_more_is_a_change_among_rounded_ones() -> None:
    exact = daily_frame()
    whole = exact["tiktok"].round()
    whole[100], whole[200] = np.floor(exact["tiktok"][100]) - 1, exact["tiktok"][200].round() + 3
    result = compared(exact.assign(tiktok=whole), exact)
    assert result.cells["date"].dt.strftime("%Y-%m-%d").tolist() == [exact["date"][100], exact["date"][200]]
    assert len(result.rounded) == 1


def test_a_part_of_the_history_that_was_rounded_shows_it() -> None:
    exact = daily_frame()
    partly = exact["tiktok"].copy()
    partly[:400] = partly[:400].round()
    result = compared(exact, exact.assign(tiktok=partly))
    assert result.cells_changed == 0
    assert [(each.column, each.decimals) for each in result.rounded] == [("tiktok", 0)]


@pytest.mark.parametrize(("cells", "changed"), [(19, 19), (20, 0)])
def test_twenty_cells_show_a_precision_of_their_own(cells: int, changed: int) -> None:
    old = daily_frame()["tiktok"].to_numpy(copy=True)
    old[100:200] = np.floor(old[100:200]) + 0.25
    new = old.copy()
    new[100 : 100 + cells] = np.round(new[100 : 100 + cells])
    assert compared(with_tiktok(new), with_tiktok(old)).cells_changed == changed


@pytest.mark.parametrize(("spend", "changed"), [(24.75, 850), (25.25, 0)])
def test_rounding_that_moves_over_one_percent_is_a_change(spend: float, changed: int) -> None:
    # A quarter of 24.75 is 1.01 %, of 25.25 it is 0.99 %.
    exact = spend + np.where(np.arange(850) % 2, 0.5, -0.5) * (spend == 24.75)
    assert compared(with_tiktok(np.floor(exact)), with_tiktok(exact)).cells_changed == changed
    assert compared(with_tiktok(exact), with_tiktok(np.floor(exact))).cells_changed == changed


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ([1000, 2000, 15000], -3),
        ([10_000, 20_000], -3),
        ([1000, 2500], -2),
        ([10, 120], -1),
        ([1, 12], 0),
        ([1.5, 2], 1),
        ([0.1, 0.2, 0.3], 1),
        ([1234567.89, 2.5], 2),
        ([0.12345678, 1], 8),
        ([0.123456789, 1], 9),
        ([0.1 + 0.2], 9),
        ([0.0, np.nan, 7.25], 2),
    ],
)
def test_decimals_are_those_of_the_values(values: list[float], places: int) -> None:
    assert decimals(np.array(values, float)) == places


@pytest.mark.parametrize(("odd", "places"), [(5, 0), (6, 2)])
def test_one_cell_in_twenty_may_have_more_decimals(odd: int, places: int) -> None:
    values = np.arange(1.0, 101.0)
    values[-odd:] += 0.25
    assert decimals(values) == places


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1e6, 1e6 + 0.00095, True),
        (1e6, 1e6 + 0.00105, False),
        (-1e6, -1e6 - 0.00095, True),
        (0.0, 0.95e-9, True),
        (0.0, 1.05e-9, False),
        (np.nan, np.nan, True),
        (np.nan, 0.0, False),
        (0.1 + 0.2, 0.3, True),
    ],
)
def test_numbers_are_equal_up_to_the_ninth_digit(one: float, other: float, same: bool) -> None:
    assert equal(np.array([one]), np.array([other])).tolist() == [same]
    assert equal(np.array([other]), np.array([one])).tolist() == [same]
