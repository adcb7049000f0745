"""What findings say: whole sentences in the singular and the plural, with lines, values and shares."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from recast_api.clean_data import Finding, check, read
from tests.clean_data.make import TODAY, csv_text, daily_frame
from tests.clean_data.planted import Plant, after, column, less, mixed, noise, put, relay, times


def found(name: str, plant: Plant, earlier: Plant | None = None, as_of: date | None = None) -> Finding:
    before = None if earlier is None else read(csv_text(earlier(daily_frame())))
    findings = check(read(csv_text(plant(daily_frame()))), earlier=before, as_of=as_of, today=TODAY)
    (finding,) = [each for each in findings if each.check == name]
    return finding


@pytest.mark.parametrize(
    ("name", "plant", "sentence"),
    [
        (
            "incomplete_days",
            times("revenue", slice(-1, None), 0.2),
            "The last day (2026-03-01) looks incomplete: "
            "revenue is far below the same weekdays of the eight weeks before.",
        ),
        (
            "incomplete_days",
            lambda f: after(*[times(name, slice(-3, None), 0.2) for name in f.columns[1:]])(f),
            "The last 3 days (2026-02-27 to 2026-03-01) look incomplete: "
            "revenue and spend are far below the same weekdays of the eight weeks before.",
        ),
        (
            "missed_load",
            put("tiktok", slice(300, 302), 0),
            "Spend drops to 0 for a few days, then resumes: tiktok (lines 302–303).",
        ),
        (
            "missed_load",
            put("revenue", 300, 0),
            "The KPI drops to 0 for a few days, then resumes: revenue (line 302).",
        ),
        (
            "missed_load",
            after(put("revenue", 300, 0), put("tiktok", 300, 0)),
            "The KPI and spend drop to 0 for a few days, then resume: "
            "revenue (line 302) and tiktok (line 302).",
        ),
        (
            "scale_mismatch",
            times("tiktok", slice(None), 99_999),
            "Much larger than the other channels: tiktok (85,342,147 a day).",
        ),
        (
            "scale_mismatch",
            lambda f: f.assign(tiktok=f["tiktok"] / 50_000),
            "Much smaller than the other channels: tiktok (0.0171 a day).",
        ),
        (
            "scale_mismatch",
            lambda f: times("linear_tv", slice(None), 99_999)(f.assign(tiktok=f["tiktok"] / 50_000)),
            "Much larger or smaller than the other channels: "
            "linear_tv (139,844,602 a day) and tiktok (0.0171 a day).",
        ),
        ("not_daily", lambda f: f.iloc[::2], "Most dates are 2 days apart, from 2023-11-03 to 2026-02-28."),
        (
            "not_daily",
            lambda f: f.iloc[::30],
            "The data is monthly: most dates are 30 days apart, from 2023-11-03 to 2026-02-20.",
        ),
        (
            "negative_spend",
            after(put("tiktok", 10, -5), put("tiktok", slice(20, 23), -7)),
            "Spend is negative: tiktok (down to -7 on lines 12 and 22–24).",
        ),
        (
            "not_binary",
            after(column("promo", lambda f: np.arange(len(f)) // 7 % 2), put("promo", slice(10, 12), 3)),
            "A 0/1 column with other values in it: promo (such as 3 on lines 12–13).",
        ),
        (
            "outliers",
            lambda f: put("tiktok", slice(300, 303), 3 * f["tiktok"].median())(f),
            "Outliers: tiktok (3 days, such as 2,561 on line 302).",
        ),
        (
            "duplicate_dates",
            lambda f: f.iloc[[*range(102), *range(100, 850)]],
            "2 days appear in more than one row: 2024-02-11 and 2024-02-12 (lines 102–105).",
        ),
        ("gaps", lambda f: f.drop(index=200), "1 day has no row: 2024-05-21 (before line 202)."),
        (
            "correlated_channels",
            lambda f: after(
                column("tiktok", mixed(0.99, 0.1, "linear_tv")),
                column("influencers", mixed(0.99, 0.1, "meta_prospecting")),
            )(f),
            "Highly correlated channels: meta_prospecting and influencers (1.00); "
            "linear_tv and tiktok (1.00).",
        ),
        (
            "correlated_channels",
            lambda f: after(*[column(f"copy_{i}", noisy_copy(i)) for i in range(3)])(f),
            "Highly correlated channels: linear_tv and copy_0 (1.00); linear_tv and copy_2 (1.00); "
            "linear_tv and copy_1 (1.00); 3 more.",
        ),
        ("new_channel", put("tiktok", slice(0, -5), 0), "New channel: tiktok (only 5 days of spend so far)."),
        (
            "new_channel",
            after(put("tiktok", slice(0, -5), 0), put("influencers", slice(0, -9), 0)),
            "New channels: tiktok (only 5 days of spend so far) "
            "and influencers (only 9 days of spend so far).",
        ),
        ("handed_over", relay, "Possibly renamed: tiktok_ads starts on the day after tiktok ends."),
    ],
)
def test_a_sentence_says_what_where_and_how_much(name: str, plant: Plant, sentence: str) -> None:
    assert found(name, plant).sentence == sentence


def noisy_copy(seed: int) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda frame: (frame["linear_tv"] + noise(frame, seed)).round(2)


def test_changes_of_the_kpi_are_said_with_their_days_and_their_sum() -> None:
    changed = after(less(7), put("revenue", slice(400, 402), 10_000.0))
    assert found("revised_kpi", put("revenue", slice(400, 402), 10_050.5), changed).sentence == (
        "revenue changed on 2 past days (2024-12-07 to 2024-12-08), by +101 in total."
    )
    late = after(less(7), put("revenue", 830, 10_000.0))
    deciding = found("revised_intercept_days", put("revenue", 830, 9_990.0), late, date(2026, 2, 20))
    assert deciding.sentence == (
        "revenue changed on 1 of the 30 days before the As-of Date 2026-02-20 (2026-02-10), by -10 in total."
    )


def test_changes_greater_than_the_column_are_said_to_be() -> None:
    there_and_back = column("promo_cost", lambda f: 1.0 * (f.index == 400) - (f.index == 401))
    reversed_sign = after(less(7), column("promo_cost", lambda f: 1.0 * (f.index == 401) - (f.index == 400)))
    assert found("revised_columns", there_and_back, reversed_sign).sentence == (
        "Past values changed since the earlier run: promo_cost (2 days, more than the total)."
    )


@pytest.mark.parametrize(("times_median", "spoken"), [(9_900, False), (10_100, True)])
def test_a_channel_is_of_another_scale_from_ten_thousand_times_the_middle_one(
    times_median: float, spoken: bool
) -> None:
    frame = daily_frame(channels=3)
    middle = float(frame["meta_prospecting"].median())
    frame["linear_tv"], frame["search_branded"] = frame["meta_prospecting"] * 0.5, middle * times_median
    frame["search_branded"] += noise(frame)
    checks = {finding.check for finding in check(read(csv_text(frame)), today=TODAY)}
    assert ("scale_mismatch" in checks) is spoken
    frame["search_branded"] = middle / times_median * (1 + 0.01 * noise(frame))
    frame["linear_tv"] = frame["meta_prospecting"] * 2
    checks = {finding.check for finding in check(read(csv_text(frame)), today=TODAY)}
    assert ("scale_mismatch" in checks) is spoken
