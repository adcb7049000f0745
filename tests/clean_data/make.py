"""Synthetic clean data: frames without a flaw, and CSV text of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

TODAY = date(2026, 3, 2)
"""The day that tests take for today, unless they say another."""

CHANNELS = (
    "linear_tv",
    "meta_prospecting",
    "search_branded",
    "tiktok",
    "influencers",
    "podcasts",
    "affiliates",
)


def daily_frame(days: int = 850, channels: int = 5, seed: int = 7, today: date = TODAY) -> pd.DataFrame:
    """One row a day ending yesterday: `date` (ISO text), `revenue`, and one column of spend per channel.

    Spend is drawn evenly between 60 % and 140 % of a channel's usual day, so there are neither outliers nor
    zeros; revenue follows from spend with a weekly rhythm and noise, and correlates a little with all.
    """
    random = np.random.default_rng(seed)
    first = today - timedelta(days=days)
    usual = 500.0 + 1500.0 * random.random(channels)
    spend = usual * random.uniform(0.6, 1.4, size=(days, channels))
    rhythm = 1.0 + 0.1 * np.sin(2 * np.pi * np.arange(days) / 7)
    revenue = rhythm * (9000.0 + spend @ random.uniform(1.0, 3.0, channels) + random.normal(0, 900, days))
    names = [CHANNELS[i] if i < len(CHANNELS) else f"channel_{i + 1}" for i in range(channels)]
    frame = pd.DataFrame(np.round(spend, 2), columns=names)
    frame.insert(0, "revenue", np.round(revenue, 2))
    frame.insert(0, "date", [(first + timedelta(days=i)).isoformat() for i in range(days)])
    return frame


def csv_text(frame: pd.DataFrame) -> str:
    """The frame as the CSV text that would be sent: commas, `\\n` line ends, no index."""
    return str(frame.to_csv(index=False, lineterminator="\n"))


def csv_rows(header: list[str], *rows: Sequence[object], separator: str = ",") -> str:
    """A small CSV written out by hand, one line per row, cells as they are given."""
    return "".join(separator.join(str(cell) for cell in row) + "\n" for row in [header, *rows])
