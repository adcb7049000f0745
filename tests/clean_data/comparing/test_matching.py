"""Which column is which: names written differently, renamed columns, split and merged ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recast_api.clean_data import Verdict
from recast_api.clean_data.comparing.matching import renamed, written_alike
from tests.clean_data.comparing.pairs import compared
from tests.clean_data.make import daily_frame

NAMES = ["revenue", "linear_tv", "meta_prospecting", "search_branded", "tiktok", "influencers"]
ZERO_WIDTH = "\u200b"


def called(names: list[str]) -> pd.DataFrame:
    return daily_frame().rename(columns=dict(zip(NAMES, names, strict=True)))


@pytest.mark.parametrize(
    "write",
    [
        str.upper,
        lambda name: name.title().replace("_", " "),
        lambda name: name.title().replace("_", ""),
        lambda name: f"{name}{ZERO_WIDTH}",
        lambda name: f"spend_{name}",
        lambda name: f"{name}.daily",
        lambda name: f"ACME US {name.upper()}",
    ],
)
def test_names_that_are_only_written_differently_are_the_same(write) -> None:
    old, new = daily_frame().iloc[:-7], called([write(name) for name in NAMES])
    for result, pairs in (
        (compared(new, old), tuple((name, write(name)) for name in NAMES)),
        (compared(old, new), tuple((write(name), name) for name in NAMES)),
    ):
        assert result.respelled == pairs
        assert {*result.renamed, *result.columns_added, *result.columns_lost} == set()
        assert result.cells_changed == 0
    result = compared(new, old)
    assert result.verdict is Verdict.APPEND
    assert result.columns == tuple(write(name) for name in NAMES)
    # What can't be seen is marked.
    assert (
        f"written differently: revenue to {write('revenue').replace(ZERO_WIDTH, '<U+200B>')}"
        in result.sentence
    )


def test_what_changed_is_compared_under_the_new_name() -> None:
    new = called([name.upper() for name in NAMES])
    new.loc[400:409, "TIKTOK"] += 50
    result = compared(new, daily_frame())
    assert [(change.column, change.cells) for change in result.by_column] == [("TIKTOK", 10)]


@pytest.mark.parametrize(
    ("lost", "added", "pairs"),
    [
        # One name that begins otherwise is chance, two are a way of writing.
        (["tv"], ["spend_tv"], {}),
        (["tv", "radio"], ["spend_tv", "spend_radio"], {"tv": "spend_tv", "radio": "spend_radio"}),
        (["spend_tv", "spend_radio"], ["tv", "radio"], {"spend_tv": "tv", "spend_radio": "radio"}),
        (["tv", "radio"], ["spend_tv", "cost_radio"], {}),
        # What could be two isn't known.
        (["tv", "radio"], ["tv_us", "tv_uk", "radio_us", "radio_uk"], {}),
        (["Tv", "TV"], ["tv"], {}),
        (["tv"], ["Tv", "TV"], {}),
        # A name without letters is only itself.
        (["%", "$"], ["€", "£"], {}),
        # Letters decide before a beginning does.
        (["tv", "radio"], ["TV", "a_tv", "a_radio"], {"tv": "TV"}),
        # Part of a word is no beginning.
        (["tv", "radio"], ["ctv", "cradio"], {}),
    ],
)
def test_names_are_matched_only_where_they_can_be_one(lost, added, pairs) -> None:
    assert written_alike(lost, added) == pairs
    assert written_alike(added, lost) == {new: old for old, new in pairs.items()}


def test_a_column_of_text_keeps_its_name_in_the_comparison() -> None:
    frame = daily_frame(days=60).assign(agency="north")
    result = compared(frame.rename(columns={"agency": "Agency"}), frame)
    assert result.not_compared == ("Agency",)
    assert result.columns_added == result.columns_lost == ()


def noisy(frame: pd.DataFrame, r: float) -> np.ndarray:
    """A column that correlates with tiktok by exactly r, and is as large."""
    x = (frame["tiktok"] - frame["tiktok"].mean()).to_numpy()
    other = np.random.default_rng(5).normal(size=len(x))
    other -= other.mean()
    other -= x * (other @ x) / (x @ x)
    other *= np.sqrt(x @ x / (other @ other))
    return np.asarray(frame["tiktok"].mean() + r * x + np.sqrt(1 - r * r) * other)


@pytest.mark.parametrize(("r", "is_renamed"), [(0.99905, True), (0.99895, False)])
@pytest.mark.parametrize("blank", [False, True])
def test_a_column_is_renamed_from_a_correlation_of_0_999(r: float, is_renamed: bool, blank: bool) -> None:
    frame = daily_frame()
    new = frame.assign(tt=noisy(frame, r)).drop(columns="tiktok")
    if blank:
        # A missing day more of an unrelated column asks for the days that both have.
        frame, new = (
            frame.assign(cinema=[np.nan, *range(849)]),
            new.assign(kino=[np.nan, *range(0, -849, -1)]),
        )
    assert compared(new, frame).renamed == ((("tiktok", "tt"),) if is_renamed else ())


@pytest.mark.parametrize("days", [2, 3])
@pytest.mark.parametrize("blank", [False, True])
def test_three_days_show_a_course(days: int, blank: bool) -> None:
    values = np.array([1.0, 5.0, 2.0])[:days]
    missing = [np.nan] * 3 if blank else []
    pairs = renamed({"a": np.array([*values, *missing])}, {"b": np.array([*values, *missing])})
    assert pairs == ({"a": "b"} if days == 3 else {})


def test_days_that_only_one_has_show_no_course() -> None:
    nan = np.nan
    assert renamed({"a": np.array([1, 5, 2, nan, nan])}, {"b": np.array([nan, 5, 2, 3, 1])}) == {}
    assert renamed({"a": np.array([1, 5, 5, 5, nan])}, {"b": np.array([nan, 5, 5, 5, 1])}) == {}
    assert renamed({"a": np.array([1, 5, 2, 9, nan])}, {"b": np.array([nan, 5, 2, 9, 1])}) == {"a": "b"}


def test_a_column_that_never_changes_is_not_renamed() -> None:
    frame = daily_frame(days=50)
    assert compared(frame.assign(mark=1.5), frame.assign(label=1.5)).renamed == ()


def test_a_renaming_does_not_hide_that_values_changed_too() -> None:
    frame = daily_frame()
    new = frame.rename(columns={"tiktok": "tiktok_eur"})
    new["tiktok_eur"] = (new["tiktok_eur"] * 0.92).round(2)
    result = compared(new, frame)
    assert result.renamed == (("tiktok", "tiktok_eur"),)
    assert [(change.column, change.cells) for change in result.by_column] == [("tiktok_eur", 850)]
    assert "multiplied by 0.92 (tiktok_eur)" in result.sentence


@pytest.mark.parametrize(
    "shares", [{"a": 0.6, "b": 0.4}, {"a": 0.9, "b": 0.1}, {"a": 0.5, "b": 0.3, "c": 0.2}]
)
def test_a_channel_that_was_split_or_merged_is_not_renamed(shares: dict[str, float]) -> None:
    frame = daily_frame()
    parts = frame.drop(columns="tiktok").assign(
        **{name: (frame["tiktok"] * share).round(2) for name, share in shares.items()}
    )
    split, merged = compared(parts, frame), compared(frame, parts)
    assert split.renamed == merged.renamed == ()
    assert split.columns_added == merged.columns_lost == tuple(shares)
    assert split.columns_lost == merged.columns_added == ("tiktok",)


def test_a_constant_part_is_no_renaming_where_the_others_have_the_rest() -> None:
    frame = daily_frame()
    part = (frame["tiktok"] * 0.6).round(2)
    swing = frame["tiktok"] * np.random.default_rng(1).uniform(0.1, 0.3, len(frame))
    two = frame.drop(columns="tiktok").assign(a=part, b=frame["tiktok"] - part)
    two["b"] += np.where(np.arange(850) % 50 == 0, 40, 0)
    three = frame.drop(columns="tiktok").assign(a=part, b=swing, c=frame["tiktok"] - part - swing)
    for parts in (two, three):
        assert compared(parts, frame).renamed == compared(frame, parts).renamed == ()


@pytest.mark.parametrize(("missing_share", "is_renamed"), [(0.0095, False), (0.0105, True)])
def test_the_rest_may_be_one_percent_short(missing_share: float, is_renamed: bool) -> None:
    frame = daily_frame()
    assert renamed(
        {"tiktok": frame["tiktok"].to_numpy()},
        {"a": frame["tiktok"].to_numpy() * 0.6, "b": _uncorrelated(frame, missing_share)},
    ) == ({"tiktok": "a"} if is_renamed else {})


def _uncorrelated(frame: pd.DataFrame, missing_share: float) -> np.ndarray:
    """Two fifths of tiktok but for so much that is missing, all of it on a few days."""
    rest = frame["tiktok"].to_numpy() * 0.4
    missing = np.zeros(len(rest))
    missing[::60] = 1
    return np.asarray(rest - missing * missing_share * frame["tiktok"].sum() / missing.sum())


def test_a_rescaled_column_is_renamed_beside_an_unrelated_new_one() -> None:
    frame = daily_frame()
    other = frame["linear_tv"].sample(frac=1, random_state=3).to_numpy()
    new = frame.drop(columns="tiktok").assign(tt=frame["tiktok"] * 150, cinema=other)
    assert compared(new, frame).renamed == (("tiktok", "tt"),)
    assert compared(frame, new).renamed == (("tt", "tiktok"),)


@pytest.mark.parametrize(("factor", "is_renamed"), [(0.991, True), (0.989, False)])
def test_of_two_with_the_same_course_one_of_the_same_size_is_the_renamed(
    factor: float, is_renamed: bool
) -> None:
    frame = daily_frame()
    new = frame.drop(columns="tiktok").assign(half=frame["tiktok"] / 2, tt=frame["tiktok"] * factor)
    assert compared(new, frame).renamed == ((("tiktok", "tt"),) if is_renamed else ())


def test_each_column_is_renamed_once() -> None:
    frame = daily_frame()
    twice = frame.drop(columns="tiktok").assign(one=frame["tiktok"], two=frame["tiktok"])
    assert compared(twice, frame).renamed == (("tiktok", "one"),)
    assert compared(frame, twice).renamed == (("one", "tiktok"),)


@pytest.mark.parametrize(("changed", "is_renamed"), [(9, True), (10, False)])
def test_the_same_values_on_over_nine_days_of_ten_are_one_column(changed: int, is_renamed: bool) -> None:
    """Of 100 days; the first ten more are 0 in both, and count for neither."""
    old = np.concatenate([np.zeros(10), np.arange(100) % 17 + 5.0])
    new = old.copy()
    new[10 : 10 + changed] += 400
    assert renamed({"tv": old}, {"television": new}) == ({"tv": "television"} if is_renamed else {})


def test_columns_of_mostly_equal_zeros_are_two() -> None:
    old, new = np.zeros(100), np.zeros(100)
    old[3::20], new[7::20] = 5, 5
    assert renamed({"events": old}, {"fairs": new}) == {}
