"""Weeks of honest refreshes: nothing above Note, but for what is right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recast_api.clean_data import Finding, Level
from tests.clean_data.planted import put
from tests.clean_data.refreshes import BEFORE, Client, closed_on_sundays, online_shop, refreshes

CLIENTS = pytest.mark.parametrize("make", [online_shop, closed_on_sundays])


def spoken(client: Client, weeks: range) -> set[tuple[int, str]]:
    return {(week, finding.check) for week, finding in refreshes(client, weeks)}


@CLIENTS
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("weeks", [range(10, 15), range(30, 36)], ids=["quarter", "launch"])
def test_honest_refreshes_have_nothing_above_note(make, seed: int, weeks: range) -> None:
    assert spoken(make(seed), weeks) == set()


@CLIENTS
def test_a_flaw_in_a_refresh_is_seen(make) -> None:
    client = make(0)
    broken = put("search_brand", slice(BEFORE + 15, BEFORE + 19), 0)(client.frame)
    assert (5, "missed_load") in spoken(replace(client, frame=broken), range(5, 6))


@pytest.mark.parametrize(
    ("rule", "weeks"), [("columns_changed", {31}), ("untrained_channel", {31, 32, 33, 34}), ("gaps", set())]
)
def test_what_is_said_of_a_new_channel_is_right_in_its_first_weeks(rule: str, weeks: set[int]) -> None:
    def right(column: str) -> set[int]:
        finding = Finding.of(Level.CONFIRM, "", "", check=rule, columns=[column])
        return {week for week in range(1, 61) if client.expected(finding, week)}

    client = online_shop(0)
    assert right(client.launched) == weeks
    assert right("meta_prospecting") == set()
