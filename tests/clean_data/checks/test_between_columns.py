"""What columns are to each other, each threshold from both sides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from recast_api.clean_data import Level
from tests.clean_data.checks.asking import found, level
from tests.clean_data.make import daily_frame
from tests.clean_data.planted import Plant, noise

Numbers = np.ndarray[Any, np.dtype[np.float64]]


def apart(rows: int, count: int) -> Numbers:
    """Columns of numbers with mean 0 and deviation 1 that don't correlate at all."""
    drawn = np.random.default_rng(5).normal(size=(rows, count))
    basis, _ = np.linalg.qr(drawn - drawn.mean(axis=0))
    return np.asarray(basis.T * np.sqrt(rows))


def channels(**columns: Numbers) -> pd.DataFrame:
    """Date and KPI, and channels with these deviations from a mean day of 1,000."""
    frame = daily_frame()[["date", "revenue"]]
    return frame.assign(**{name: (1000 + 100 * values).round(4) for name, values in columns.items()})


# Sums


def test_a_sum_is_said_once() -> None:
    frame = daily_frame()
    frame["social"] = (frame["meta_prospecting"] + frame["tiktok"]).round(2)
    findings = found(frame)
    assert set(findings) == {"sum_of_others"}
    assert findings["sum_of_others"].sentence == (
        "1 column is the exact sum or difference of others: social = meta_prospecting + tiktok."
    )


def test_the_total_of_all_channels_is_said_with_some_of_them() -> None:
    frame = daily_frame(channels=7)
    frame.insert(2, "total_spend", frame[frame.columns[2:]].sum(axis=1).round(2))
    assert found(frame)["sum_of_others"].sentence.endswith(
        "total_spend = linear_tv + meta_prospecting + search_branded and 4 more."
    )


@pytest.mark.parametrize(
    ("channels", "ends"),
    [
        (3, "total_cost = linear_tv + meta_prospecting + search_branded."),
        (4, "total_cost = linear_tv + meta_prospecting + search_branded and 1 more."),
    ],
)
def test_a_sum_is_written_out_with_its_first_three_parts(channels: int, ends: str) -> None:
    frame = daily_frame(channels=channels)
    frame["total_cost"] = frame.iloc[:, 2:].sum(axis=1).round(2)
    assert found(frame)["sum_of_others"].sentence.endswith(f": {ends}")


def test_a_copy_that_was_rounded_otherwise_is_no_sum() -> None:
    frame = daily_frame().assign(copy=lambda f: f["tiktok"] + 0.01 * (f.index % 2))
    assert "sum_of_others" not in found(frame.round(2))


@pytest.mark.parametrize(("copies", "said"), [(3, "tiktok = c0 = c1 = c2."), (4, "tiktok = c0 = c1 = c2.")])
def test_four_identical_columns_are_named(copies: int, said: str) -> None:
    frame = daily_frame().assign(**{f"c{copy}": lambda f: f["tiktok"] for copy in range(copies)})
    assert found(frame)["identical_columns"].sentence.endswith(f": {said}")


def total(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(sum_1=lambda f: (f["linear_tv"] + f["tiktok"]).round(2))


def with_rest(frame: pd.DataFrame) -> pd.DataFrame:
    return total(frame).assign(rest=lambda f: f["sum_1"] - f["influencers"])


def with_profit(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(profit=frame["revenue"] - frame["tiktok"] - frame["linear_tv"])


def with_fees(frame: pd.DataFrame) -> pd.DataFrame:
    fees = 90 + 10 * noise(frame).round(3)
    return frame.assign(net=frame["tiktok"] - fees, fees_cost=fees)


def with_a_gap(frame: pd.DataFrame) -> pd.DataFrame:
    return total(frame).assign(sum_1=lambda f: f["sum_1"].where(f.index != 5))


def with_a_copy(frame: pd.DataFrame) -> pd.DataFrame:
    return total(frame).assign(copy=frame["tiktok"])


@pytest.mark.parametrize(
    ("plant", "equations"),
    [
        (with_rest, ["sum_1 = linear_tv + tiktok", "rest = linear_tv + tiktok − influencers"]),
        (with_profit, ["revenue = linear_tv + tiktok + profit"]),
        (with_fees, ["tiktok = net + fees_cost"]),
        (with_a_gap, ["sum_1 = linear_tv + tiktok"]),
        (with_a_copy, ["sum_1 = linear_tv + tiktok"]),
    ],
)
def test_sums_and_differences_are_written_out(plant: Plant, equations: list[str]) -> None:
    sentence = found(plant(daily_frame()).round(2))["sum_of_others"].sentence
    assert all(equation in sentence for equation in equations)
    assert sentence.count("=") == len(equations)


def test_parts_of_the_kpi_do_not_also_follow_it() -> None:
    frame = daily_frame().assign(offline_sales=lambda f: (0.02 * f["revenue"] + 5 * noise(f)).round(2))
    frame["web_sales"] = (frame["revenue"] - frame["offline_sales"]).round(2)
    findings = found(frame, kpi="revenue")
    assert findings["sum_of_others"].columns == ("revenue", "offline_sales", "web_sales")
    assert "follows_kpi" not in findings


@pytest.mark.parametrize("times", [(-1, 0, 10_000), (0.85, 0.85, 0), (1, 1, 1000), (2, 1, 0), (1.4, 0.6, 0)])
def test_a_mirror_image_a_multiple_and_an_average_are_no_sums(times: tuple[float, float, float]) -> None:
    frame, (one, other, more) = daily_frame(), times
    frame["other_cost"] = one * frame["tiktok"] + other * frame["linear_tv"] + more
    assert "sum_of_others" not in found(frame)


@pytest.mark.parametrize(("off", "spoken"), [(0.0149, True), (0.0151, False)])
def test_a_sum_is_exact_within_half_a_cent_for_each_of_its_columns(off: float, spoken: bool) -> None:
    frame = total(daily_frame())
    frame["sum_1"] += np.where(frame.index == 400, off, 0)
    assert ("sum_of_others" in found(frame)) is spoken


@pytest.mark.parametrize(("share", "spoken"), [(0.95e-6, True), (1.05e-6, False)])
def test_rounding_leaves_a_millionth_of_a_sums_variance_unexplained(share: float, spoken: bool) -> None:
    one, other, rest = apart(850, 3)
    rest = np.sign(rest - np.median(rest))  # ± 1 cent at the most, when a deviation is 7
    one, other = (5 * values - 5 * values.mean() for values in (one, other))
    rest -= np.linalg.lstsq(np.stack([one, other], 1), rest, rcond=None)[0] @ np.stack([one, other])
    frame = daily_frame()[["date", "revenue"]].assign(tv=50 + one, meta=50 + other)
    exact = frame["tv"] + frame["meta"]
    frame["both"] = exact + rest / rest.std() * exact.std() * np.sqrt(share / (1 - share))
    assert ("sum_of_others" in found(frame)) is spoken


@pytest.mark.parametrize(("days", "spoken"), [(27, False), (28, True)])
def test_four_weeks_show_that_a_column_is_a_sum(days: int, spoken: bool) -> None:
    assert ("sum_of_others" in found(total(daily_frame(days)))) is spoken


@pytest.mark.parametrize(("days", "spoken"), [(27, False), (28, True)])
def test_a_sum_takes_four_weeks_in_which_all_its_columns_have_a_value(days: int, spoken: bool) -> None:
    frame = total(daily_frame(60))
    known = frame.index < days
    frame["tiktok"] = frame["tiktok"].where(known)
    frame["sum_1"] = frame["sum_1"].where(known, frame["linear_tv"] + 1)
    assert ("sum_of_others" in found(frame)) is spoken


def test_a_sum_may_have_blanks_for_what_was_not_spent() -> None:
    frame = daily_frame()
    for name, rest in (("linear_tv", 0), ("tiktok", 1), ("influencers", 2)):
        frame[name] = frame[name].where(frame.index % 3 == rest)
    frame["media_cost"] = frame[["linear_tv", "tiktok", "influencers"]].sum(axis=1)
    assert found(frame)["sum_of_others"].columns == ("media_cost", "linear_tv", "tiktok", "influencers")


def test_a_file_of_more_columns_than_days_has_no_sums() -> None:
    assert "sum_of_others" not in found(total(daily_frame(30, channels=40)))


# Correlation and collinearity


@pytest.mark.parametrize(
    ("r", "expected"), [(0.799, None), (0.801, Level.NOTE), (0.949, Level.NOTE), (0.951, Level.CONFIRM)]
)
@pytest.mark.parametrize("sign", [1, -1])
def test_channels_are_correlated_from_080_and_095(r: float, expected: Level | None, sign: int) -> None:
    one, other = apart(850, 2)
    frame = channels(tv=one, meta=sign * (r * one + np.sqrt(1 - r**2) * other))
    assert level(frame, "correlated_channels") == expected


@pytest.mark.parametrize(
    ("vif", "expected"), [(4.95, None), (5.05, Level.NOTE), (9.9, Level.NOTE), (10.1, Level.CONFIRM)]
)
def test_channels_are_collinear_from_a_vif_of_5_and_10(vif: float, expected: Level | None) -> None:
    *parts, own = apart(850, 4)
    explained = np.sqrt((1 - 1 / vif) / 3) * sum(parts)
    frame = channels(tv=parts[0], meta=parts[1], search=parts[2], radio=explained + np.sqrt(1 / vif) * own)
    assert level(frame, "collinear_channels") == expected
    assert level(frame, "correlated_channels") is None


def test_an_exact_combination_that_is_no_sum_has_a_vif_of_a_million() -> None:
    tv, meta, search = apart(850, 3)
    frame = channels(tv=tv, meta=meta, search=search)
    frame["radio"] = 900 + frame["tv"] + 0.8 * frame["meta"] + 1.1 * frame["search"]
    assert "radio (VIF 1,000,000)" in found(frame)["collinear_channels"].sentence


def test_channels_that_add_up_are_not_collinear_besides() -> None:
    parts = apart(850, 4)
    frame = channels(tv=parts[0], meta=parts[1], search=parts[2], radio=parts[3])
    frame["media_cost"] = frame[["tv", "meta", "search", "radio"]].sum(axis=1)
    assert set(found(frame)) == {"sum_of_others"}
    # Three others are together what a fifth is, but not by adding up.
    frame["display"] = (frame["tv"] + 0.8 * frame["meta"] + 1.1 * frame["search"] + 30 * noise(frame)).round(
        2
    )
    assert set(found(frame)) == {"sum_of_others", "collinear_channels"}
    assert "media_cost" not in found(frame)["collinear_channels"].columns


@pytest.mark.parametrize(("r", "spoken"), [(0.949, False), (0.951, True), (-0.951, True)])
def test_a_column_follows_the_kpi_from_095(r: float, spoken: bool) -> None:
    one, other = apart(850, 2)
    frame = channels(visits=r * one + np.sqrt(1 - r**2) * other).assign(revenue=(9000 + 900 * one).round(4))
    assert ("follows_kpi" in found(frame)) is spoken


@pytest.mark.parametrize(("days", "spoken"), [(59, True), (60, False)])
def test_few_rows_are_fewer_than_ten_for_each_column(days: int, spoken: bool) -> None:
    assert ("few_rows" in found(daily_frame(days, channels=5))) is spoken


# Small channels and uneven splits


def with_share(share: float, name: str, of: list[str]) -> pd.DataFrame:
    """Clean data in which one column has a share of what it and some others come to."""
    frame = daily_frame().drop(columns="tiktok").assign(**{name: daily_frame()["tiktok"]})
    others = frame[of].sum().sum()
    frame[name] *= share / (1 - share) * others / frame[name].sum()
    return frame


@pytest.mark.parametrize(("share", "spoken"), [(0.0099, True), (0.0101, False)])
def test_a_channel_is_tiny_below_one_percent_of_all_spend(share: float, spoken: bool) -> None:
    of = ["linear_tv", "meta_prospecting", "search_branded", "influencers"]
    assert ("tiny_channel" in found(with_share(share, "tiktok", of))) is spoken
    # A tiny part of a channel is said to be tiny only.
    findings = found(with_share(share, "meta_retargeting", of))
    assert ("tiny_channel" in findings) is spoken
    assert ("uneven_split" in findings) is not spoken


@pytest.mark.parametrize(("days", "name"), [(41, "new_channel"), (42, "tiny_channel")])
def test_a_tiny_channel_has_spent_for_six_weeks(days: int, name: str) -> None:
    frame = daily_frame().assign(tiktok=lambda f: f["tiktok"].where(f.index >= 850 - days, 0))
    found_names = set(found(frame))
    assert name in found_names
    assert not {"new_channel", "tiny_channel"} <= found_names


@pytest.mark.parametrize(("share", "spoken"), [(0.199, True), (0.201, False)])
def test_a_split_is_uneven_beyond_80_to_20(share: float, spoken: bool) -> None:
    for name in ("meta_retargeting", "MetaRetargeting", "spend_meta_retargeting"):
        assert ("uneven_split" in found(with_share(share, name, ["meta_prospecting"]))) is spoken
    assert "uneven_split" not in found(with_share(share, "mail_retargeting", ["meta_prospecting"]))
    assert "uneven_split" not in found(with_share(share, "社交", ["meta_prospecting"]))


def test_an_uneven_split_is_said_with_its_shares_and_only_once() -> None:
    frame = daily_frame()
    frame["meta_retargeting"] = (0.1 * frame["meta_prospecting"] + 0.1 * noise(frame)).round(2)
    findings = found(frame)
    assert set(findings) == {"uneven_split"}
    assert findings["uneven_split"].sentence == (
        "Split more unevenly than 80 : 20: meta_retargeting (9.1 % beside meta_prospecting)."
    )


def test_first_words_that_different_channels_share_make_no_split() -> None:
    frame = daily_frame().rename(columns={"linear_tv": "paid_tv", "meta_prospecting": "spend_meta"})
    frame = frame.assign(
        paid_radio=(90 + 10 * noise(frame)).round(2), spend_radio=(90 + 10 * noise(frame, 4)).round(2)
    )
    assert "uneven_split" not in found(frame)


@pytest.mark.parametrize(("days", "spoken"), [(41, False), (42, True)])
def test_parts_are_compared_on_six_weeks_on_which_all_spend(days: int, spoken: bool) -> None:
    frame = with_share(0.1, "meta_retargeting", ["meta_prospecting"])
    frame.loc[frame.index >= 400 + days, "meta_retargeting"] = 0
    frame.loc[frame.index < 400, "meta_prospecting"] = 0
    assert ("uneven_split" in found(frame)) is spoken


# Channels that take over from others


@pytest.mark.parametrize(
    ("old", "new", "spoken"),
    [
        # The days with spend before the change and after it; the change is on the day after the last one.
        ([0, 1, 2], [3, 4, 5, 6, 7, 8, 9], True),
        ([0, 1], [2, 3, 4, 5, 6, 7, 8], False),
        ([*range(840, 847)], [847, 848, 849], True),
        ([*range(841, 848)], [848, 849], False),
        ([402, 403, 404, 405, 406], [407, 408, 409, 410, 411], True),
        ([403, 404, 405, 406], [407, 408, 409, 410, 411], False),
        ([402, 403, 404, 405, 406], [407, 408, 409, 410], False),
        ([0, 2], [3, 4, 5, 6, 7, 8, 9], False),
        ([*range(840, 847)], [847, 849], False),
    ],
)
def test_one_channel_takes_over_on_most_days_of_the_week_around(
    old: list[int], new: list[int], spoken: bool
) -> None:
    frame = daily_frame()
    frame["podcasts"] = frame["tiktok"].where(frame.index.isin(new), 0)
    frame["tiktok"] = frame["tiktok"].where(frame.index.isin(old), 0)
    assert ("handed_over" in found(frame)) is spoken
