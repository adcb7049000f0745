"""Whatever stands in a file, checks, comparison, profile and exports give an answer."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recast_api.clean_data import (
    CleanData,
    Verdict,
    check,
    compare,
    findings_csv,
    held_out_windows,
    html_report,
    new_days,
    profile,
    read,
)
from tests.clean_data.make import csv_text, daily_frame

EXTREMES = [np.inf, -np.inf, np.nan, 0.0, 1.0, -1.0, 1e308, -1e308, 5e-324, 1e-9, 123.45, 100.0]
SOUP = st.text(st.sampled_from("date,revenue,tv\n2025-01-0123456789;\t\"' -.%$€NA<=&inf"), max_size=200)


def use_everything(data: CleanData, earlier: CleanData) -> None:
    findings = check(
        data,
        earlier=earlier,
        as_of=date(2025, 3, 1),
        run_type="stability_loop",
        n_holdout=2,
        days_per_holdout=30,
        today=date(2025, 12, 31),
    )
    check(data, run_type="holdout", holdout_days=[1, 40], today=date(2025, 12, 31))
    comparison = compare(data, earlier)
    assert comparison.sentence.startswith(comparison.verdict.capitalize())
    assert comparison.verdict in Verdict
    windows = held_out_windows(data, run_type="holdout", holdout_days=[1, 40])
    profiled = profile(data)
    assert len(profiled.daily) == profiled.rows
    assert new_days(data) is not None
    assert findings_csv(findings).count("\n") > len(findings)
    assert html_report(data, findings, comparison=comparison, windows=windows).endswith("</html>\n")


@st.composite
def spoilt(draw: st.DrawFn) -> pd.DataFrame:
    """Clean data of some days with extreme cells, rows repeated, left out or moved, columns emptied."""
    frame = daily_frame(
        days=draw(st.sampled_from([1, 2, 3, 30, 80, 130])), channels=3, today=date(2025, 6, 1)
    )
    for _ in range(draw(st.integers(0, 12))):
        row, column = draw(st.integers(0, len(frame) - 1)), draw(st.integers(1, 4))
        frame.iat[row, column] = draw(st.sampled_from(EXTREMES))
    for column in draw(st.sets(st.integers(1, 4))):
        frame[frame.columns[column]] = draw(st.sampled_from(EXTREMES))
    rows = list(range(len(frame)))
    if draw(st.booleans()):
        rows = draw(st.lists(st.sampled_from(rows), max_size=len(rows)))
    return frame.iloc[rows]


@given(spoilt(), spoilt())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_extreme_numbers_and_days_are_answered(frame: pd.DataFrame, earlier: pd.DataFrame) -> None:
    use_everything(read(csv_text(frame)), read(csv_text(earlier)))


@given(SOUP, SOUP)
@settings(deadline=None)
def test_any_text_is_answered(text: str, earlier: str) -> None:
    use_everything(read(text), read(earlier))
