"""The limits from which a run type and its settings are remarked on."""

from __future__ import annotations

import numpy as np
import pytest

from recast_api.clean_data import Role, check_run_type, read
from tests.clean_data.make import csv_text, daily_frame


@pytest.mark.parametrize(("rank", "spoken"), [(10, True), (11, False)])
def test_one_of_the_highest_ten_of_a_thousand_days_is_a_peak(rank: int, spoken: bool) -> None:
    frame = daily_frame(1000)
    highest = float(frame["revenue"].max())
    # The higher ones are at the start, where no window reaches.
    frame.loc[: rank - 2, "revenue"] = highest + 10 + np.arange(rank - 1)
    frame.loc[997, "revenue"] = highest + 5
    found = check_run_type(read(csv_text(frame)), "holdout", holdout_days=[14])
    assert [finding.check for finding in found] == ["peak_held_out"] * spoken


@pytest.mark.parametrize(("channels", "spoken"), [(20, False), (21, True)])
def test_more_than_twenty_channels_are_hard_to_recover(channels: int, spoken: bool) -> None:
    frame = daily_frame(850, channels)
    roles = dict.fromkeys(frame.columns[2:], Role.SPEND)
    found = check_run_type(read(csv_text(frame)), "parameter_recovery", roles=roles)
    assert [finding.check for finding in found] == ["hard_recovery"] * spoken


@pytest.mark.parametrize(("days", "spoken"), [(300, False), (301, True)])
def test_a_stability_loop_over_half_the_history_is_long(days: int, spoken: bool) -> None:
    data = read(csv_text(daily_frame(1200)))
    found = check_run_type(data, "stability_loop", n_holdout=2, days_per_holdout=days)
    assert ("long_stability_loop" in {finding.check for finding in found}) is spoken
