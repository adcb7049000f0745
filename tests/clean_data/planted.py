"""One flaw per check and level, planted into data that has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from recast_api.clean_data import Level
from tests.clean_data.make import daily_frame

Plant = Callable[[pd.DataFrame], pd.DataFrame]


def as_it_is(frame: pd.DataFrame) -> pd.DataFrame:
    return frame


@dataclass(frozen=True)
class Planted:
    """A clean frame, what is done to it, and the one finding that has to come of it."""

    check: str
    level: Level
    plant: Plant = as_it_is
    days: int = 850
    channels: int = 5
    options: dict[str, Any] = field(default_factory=dict)
    earlier: Plant | None = None
    """What is done to the same clean frame to make the earlier run's."""
    columns: tuple[str, ...] | None = None
    lines: tuple[int, ...] | None = None

    @property
    def frame(self) -> pd.DataFrame:
        return self.plant(daily_frame(self.days, self.channels))

    @property
    def earlier_frame(self) -> pd.DataFrame | None:
        return None if self.earlier is None else self.earlier(daily_frame(self.days, self.channels))

    def __str__(self) -> str:
        return f"{self.check}-{self.level}"


def put(column: str, rows: slice | int, value: float) -> Plant:
    def plant(frame: pd.DataFrame) -> pd.DataFrame:
        cells = frame[column].to_numpy(float, copy=True)
        cells[rows] = value
        return frame.assign(**{column: cells})

    return plant


def times(column: str, rows: slice, factor: float) -> Plant:
    def plant(frame: pd.DataFrame) -> pd.DataFrame:
        cells = frame[column].to_numpy(float, copy=True)
        cells[rows] = (cells[rows] * factor).round(2)
        return frame.assign(**{column: cells})

    return plant


def column(name: str, make: Callable[[pd.DataFrame], Any]) -> Plant:
    return lambda frame: frame.assign(**{name: make(frame)})


def noise(frame: pd.DataFrame, seed: int = 3) -> np.ndarray:
    """Evenly spread numbers with mean 0 and deviation 1, like the spend of a channel."""
    return np.random.default_rng(seed).uniform(-(3**0.5), 3**0.5, len(frame))


def mixed(share: float, own: float, *sources: str) -> Callable[[pd.DataFrame], Any]:
    """Spend that is made of other channels and of noise, in deviations from the mean."""

    def make(frame: pd.DataFrame) -> Any:
        parts = [(frame[s] - frame[s].mean()) / frame[s].std() for s in sources]
        return (1000 + 100 * (share * sum(parts) + own * noise(frame))).round(2)

    return make


def long(frame: pd.DataFrame) -> pd.DataFrame:
    both = [
        frame[["date", "revenue"]].assign(channel=name, spend=frame[name]) for name in ("tiktok", "linear_tv")
    ]
    return pd.concat(both).sort_values(["date", "channel"])


def week_numbers(frame: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(frame["date"]).dt.isocalendar().week


def contexts(frame: pd.DataFrame) -> pd.DataFrame:
    more = {f"temperature_{i}": (20 + 5 * noise(frame, i)).round(1) for i in range(85)}
    return pd.concat([frame, pd.DataFrame(more)], axis=1)


def swapped(frame: pd.DataFrame) -> pd.DataFrame:
    rows = [*range(100), 101, 100, *range(102, len(frame))]
    return frame.iloc[rows]


def every(step: int, name: str, keep: bool) -> Plant:
    """Zero in every `step`-th row, or in all others."""

    def plant(frame: pd.DataFrame) -> pd.DataFrame:
        chosen = np.arange(len(frame)) % step == 0
        frame.loc[~chosen if keep else chosen, name] = 0
        return frame

    return plant


def plan_like(frame: pd.DataFrame) -> pd.DataFrame:
    blocks = np.arange(len(frame))[::-1] // 28
    levels = np.random.default_rng(1).uniform(611, 1399, blocks.max() + 1).round(2)
    return frame.assign(tiktok=levels[blocks])


def relay(frame: pd.DataFrame) -> pd.DataFrame:
    half = np.arange(len(frame)) < len(frame) // 2
    return frame.assign(tiktok=frame["tiktok"].where(half, 0), tiktok_ads=frame["tiktok"].where(~half, 0))


def early_peak(frame: pd.DataFrame) -> pd.DataFrame:
    """The best days at the very start, where no window reaches."""
    highest = float(frame["revenue"].max())
    return frame.assign(revenue=[*(highest + 1 + np.arange(20)), *frame["revenue"][20:]])


def after(*plants: Plant) -> Plant:
    def plant(frame: pd.DataFrame) -> pd.DataFrame:
        for one in plants:
            frame = one(frame)
        return frame

    return plant


def less(days: int) -> Plant:
    return lambda frame: frame.iloc[:-days]


def holdout(*days: Any) -> dict[str, Any]:
    return {"run_type": "holdout", "holdout_days": list(days)}


def spend_up(frame: pd.DataFrame) -> pd.DataFrame:
    return after(*[times(name, slice(-7, None), 1.68) for name in frame.columns[2:]])(frame)


def by_week(*columns: str, weekday: int = 0) -> Plant:
    """These columns as totals of weeks, from a weekday on (Monday is 0), divided by seven."""

    def plant(frame: pd.DataFrame) -> pd.DataFrame:
        days = pd.to_datetime(frame["date"])
        weeks = days - pd.to_timedelta((days.dt.day_of_week - weekday) % 7, unit="D")
        means = {name: frame.groupby(weeks)[name].transform("mean").round(2) for name in columns}
        return frame.assign(**means)

    return plant


def paste(start: int, end: int, lag: int) -> Plant:
    """Rows that hold what as many rows further up hold, but for the date."""

    def plant(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.copy()
        frame.iloc[start:end, 1:] = frame.iloc[start - lag : end - lag, 1:].to_numpy()
        return frame

    return plant


BLOCK, CONFIRM, NOTE = Level.BLOCK, Level.CONFIRM, Level.NOTE
REVISED = slice(400, 450)

PLANTED = (
    # What the columns are, and what they are to each other
    Planted("more_dates", CONFIRM, column("period_end", lambda f: f["date"]), columns=("period_end",)),
    Planted("calendar_column", NOTE, column("week_number", week_numbers), columns=("week_number",)),
    Planted(
        "fractional_counts",
        NOTE,
        lambda f: f.assign(revenue=f["revenue"] / 7).rename(columns={"revenue": "orders"}),
        columns=("orders",),
    ),
    Planted(
        "sum_of_others",
        CONFIRM,
        column("social", lambda f: (f["meta_prospecting"] + f["tiktok"]).round(2)),
        columns=("social", "meta_prospecting", "tiktok"),
    ),
    Planted(
        "uneven_split",
        NOTE,
        column("meta_retargeting", lambda f: (90 + 15 * noise(f)).round(2)),
        columns=("meta_retargeting",),
    ),
    Planted("long_format", BLOCK, long, columns=("channel",)),
    Planted("text_column", BLOCK, lambda f: f.assign(revenue="pending"), columns=("revenue",)),
    Planted("text_column", CONFIRM, lambda f: f.assign(agency="north"), columns=("agency",)),
    Planted("empty_column", CONFIRM, lambda f: f.assign(podcasts=np.nan), columns=("podcasts",)),
    Planted("kpi_column", BLOCK, options={"kpi": "profit"}),
    Planted("kpi_column", NOTE, lambda f: f.rename(columns={"revenue": "outcome"})),
    Planted("infinite_values", BLOCK, put("tiktok", 10, np.inf), columns=("tiktok",), lines=(12,)),
    Planted("duplicate_dates", BLOCK, lambda f: f.iloc[[*range(101), *range(100, 850)]], lines=(102, 103)),
    Planted("not_daily", BLOCK, lambda f: f.iloc[::7], lines=()),
    Planted("gaps", CONFIRM, lambda f: f.drop(index=range(200, 204)), lines=(202,)),
    Planted("unsorted_dates", NOTE, swapped, lines=(103,)),
    Planted("future_dates", CONFIRM, options={"today": date(2026, 2, 27)}, lines=(850, 851)),
    Planted("stale", NOTE, options={"today": date(2026, 3, 20)}),
    Planted("short_history", CONFIRM, days=300),
    Planted("short_history", NOTE, days=600),
    Planted("missing_values", CONFIRM, put("tiktok", 10, np.nan), columns=("tiktok",), lines=(12,)),
    Planted("negative_spend", CONFIRM, put("tiktok", 10, -5.5), columns=("tiktok",), lines=(12,)),
    Planted("negative_kpi", CONFIRM, put("revenue", 10, -5.5), columns=("revenue",), lines=(12,)),
    Planted("all_zero", CONFIRM, put("tiktok", slice(None), 0), columns=("tiktok",)),
    Planted("constant_column", CONFIRM, put("tiktok", slice(None), 812.5), columns=("tiktok",)),
    Planted("kpi_zeros", CONFIRM, every(8, "revenue", keep=False), columns=("revenue",)),
    Planted("new_channel", NOTE, put("tiktok", slice(0, -20), 0), columns=("tiktok",)),
    Planted("mostly_zero", NOTE, every(4, "tiktok", keep=True), columns=("tiktok",)),
    Planted(
        "price_jump",
        NOTE,
        column("price", lambda f: (20 + 0.1 * noise(f) + 10 * (np.arange(len(f)) > 400)).round(2)),
        columns=("price",),
        lines=(403,),
    ),
    Planted(
        "not_binary",
        NOTE,
        after(column("promo", lambda f: np.arange(len(f)) // 7 % 2), put("promo", 10, 3)),
        columns=("promo",),
        lines=(12,),
    ),
    Planted(
        "outliers",
        NOTE,
        lambda f: put("tiktok", 300, 3 * f["tiktok"].median())(f),
        columns=("tiktok",),
        lines=(302,),
    ),
    Planted("extreme_maximum", NOTE, times("tiktok", slice(300, 301), 20), columns=("tiktok",), lines=(302,)),
    Planted("missed_load", CONFIRM, put("tiktok", slice(300, 302), 0), columns=("tiktok",), lines=(302, 303)),
    Planted(
        "incomplete_days",
        CONFIRM,
        times("revenue", slice(-2, None), 0.2),
        columns=("revenue",),
        lines=(850, 851),
    ),
    Planted("level_shift", NOTE, times("tiktok", slice(425, None), 2), columns=("tiktok",)),
    Planted("even_spend", NOTE, plan_like, columns=("tiktok",)),
    Planted("round_numbers", NOTE, lambda f: f.assign(tiktok=f["tiktok"].round(-2)), columns=("tiktok",)),
    Planted("scale_mismatch", NOTE, times("tiktok", slice(None), 99_999), columns=("tiktok",)),
    Planted("kpi_per_spend", NOTE, times("revenue", slice(None), 1000), columns=("revenue",)),
    Planted(
        "low_volume",
        NOTE,
        lambda f: f.assign(revenue=(f["revenue"] / 1000).round()).rename(columns={"revenue": "orders"}),
    ),
    Planted("identical_columns", CONFIRM, column("tiktok_2", lambda f: f["tiktok"])),
    Planted("correlated_channels", CONFIRM, column("tiktok", mixed(0.99, 0.1, "linear_tv"))),
    Planted("correlated_channels", NOTE, column("tiktok", mixed(0.87, 0.5, "linear_tv"))),
    Planted("collinear_channels", CONFIRM, column("tiktok", mixed(0.5, 0.2, *daily_frame().columns[2:5]))),
    Planted("collinear_channels", NOTE, column("tiktok", mixed(0.5, 0.38, *daily_frame().columns[2:5]))),
    Planted("follows_kpi", NOTE, column("visits", lambda f: (f["revenue"] / 7).round()), columns=("visits",)),
    Planted("few_rows", NOTE, contexts),
    Planted("tiny_channel", NOTE, times("tiktok", slice(None), 0.01), columns=("tiktok",)),
    Planted("handed_over", NOTE, relay, columns=("tiktok", "tiktok_ads")),
    Planted("as_of_date", CONFIRM, options={"as_of": date(2026, 3, 2)}),
    Planted("not_comparable", NOTE, earlier=lambda f: f.iloc[[*range(101), *range(100, 843)]]),
    Planted(
        "columns_changed", CONFIRM, earlier=lambda f: f.iloc[:-7].drop(columns="tiktok"), columns=("tiktok",)
    ),
    Planted("columns_renamed", CONFIRM, earlier=lambda f: f.iloc[:-7].rename(columns={"tiktok": "tt"})),
    Planted(
        "columns_respelled",
        CONFIRM,
        earlier=lambda f: f.iloc[:-7].rename(columns={"tiktok": "TikTok"}),
        columns=("tiktok",),
    ),
    Planted("rounded_values", NOTE, earlier=lambda f: f.iloc[:-7].round({"tiktok": 0}), columns=("tiktok",)),
    Planted("revised_columns", NOTE, earlier=after(less(7), put("tiktok", -20, 800.25)), lines=(825,)),
    Planted(
        "revised_columns", CONFIRM, earlier=after(less(7), times("tiktok", REVISED, 1.5)), columns=("tiktok",)
    ),
    Planted(
        "revised_kpi", CONFIRM, earlier=after(less(7), times("revenue", slice(400, 401), 1.01)), lines=(402,)
    ),
    Planted(
        "revised_kpi",
        NOTE,
        earlier=after(less(7), times("revenue", slice(-3, None), 0.9)),
        lines=(842, 843, 844),
    ),
    Planted(
        "revised_intercept_days",
        CONFIRM,
        earlier=after(less(7), times("revenue", slice(-40, -39), 1.01)),
        options={"as_of": date(2026, 2, 5)},
        lines=(805,),
    ),
    Planted(
        "revised_intercept_days",
        NOTE,
        earlier=after(less(7), times("revenue", slice(-2, None), 0.95)),
        options={"as_of": date(2026, 2, 23)},
        lines=(843, 844),
    ),
    Planted("history_cut", CONFIRM, lambda f: f.iloc[20:], earlier=less(7), lines=(2,)),
    Planted("history_cut", NOTE, lambda f: f.iloc[7:], earlier=less(7), lines=(2,)),
    Planted("same_data", CONFIRM, earlier=as_it_is),
    Planted("no_new_days", CONFIRM, less(3), earlier=as_it_is),
    Planted("unusual_new_days", CONFIRM, spend_up, earlier=less(7), lines=tuple(range(845, 852))),
    Planted("holdout_settings", BLOCK, early_peak, options=holdout(14, 0)),
    Planted("repeated_holdout", CONFIRM, early_peak, options=holdout(14, 14)),
    Planted("training_days", BLOCK, early_peak, options=holdout(14, 850)),
    Planted("training_days", CONFIRM, early_peak, options=holdout(14, 500)),
    Planted(
        "untrained_channel",
        CONFIRM,
        after(early_peak, put("tiktok", slice(0, -310), 0)),
        days=1000,
        options=holdout(320),
        columns=("tiktok",),
    ),
    Planted(
        "untested_channel",
        NOTE,
        after(early_peak, put("tiktok", slice(-60, None), 0)),
        options=holdout(14),
        columns=("tiktok",),
    ),
    Planted(
        "peak_held_out",
        NOTE,
        after(early_peak, lambda f: put("revenue", -5, float(f["revenue"].max()) + 1)(f)),
        options=holdout(14),
        lines=(847,),
    ),
    Planted("hard_recovery", NOTE, channels=25, options={"run_type": "parameter_recovery"}),
    Planted(
        "long_stability_loop",
        CONFIRM,
        early_peak,
        days=1200,
        options={"run_type": "stability_loop", "n_holdout": 7, "days_per_holdout": 90},
    ),
    # What happens over time
    Planted(
        "channel_stopped",
        CONFIRM,
        put("tiktok", slice(-5, None), 0),
        columns=("tiktok",),
        lines=tuple(range(847, 852)),
    ),
    Planted(
        "channel_stopped",
        NOTE,
        after(times("tiktok", slice(None), 0.2), put("tiktok", slice(-20, None), 0)),
        columns=("tiktok",),
    ),
    Planted("low_kpi", CONFIRM, times("revenue", slice(300, 320), 0.4), columns=("revenue",)),
    Planted("low_kpi", NOTE, times("revenue", slice(300, 309), 0.4), columns=("revenue",)),
    Planted("changed_level", CONFIRM, times("tiktok", slice(300, 330), 0.001), columns=("tiktok",)),
    Planted("changed_level", NOTE, times("tiktok", slice(300, 330), 4), columns=("tiktok",)),
    Planted("spread_kpi", CONFIRM, by_week("revenue"), columns=("revenue",)),
    Planted("copied_days", CONFIRM, paste(300, 307, 7), lines=tuple(range(302, 309))),
    Planted(
        "filled_forward",
        CONFIRM,
        lambda f: put("tiktok", slice(301, 306), float(f["tiktok"][300]))(f),
        columns=("tiktok",),
        lines=tuple(range(302, 308)),
    ),
    Planted(
        "extrapolated_window",
        CONFIRM,
        after(early_peak, times("tiktok", slice(-14, None), 1.7)),
        options=holdout(14),
        columns=("tiktok",),
    ),
)
