"""Reading as little of the run list as its order allows."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pytest

from recast_api import Run, Runs
from recast_api.launching.run_list import read_run_list
from tests.journal.desk import Desk, FakeClock, some_form


def test_a_newest_first_list_is_read_no_further_than_asked(desk: Desk) -> None:
    for _ in range(250):
        desk.advance(900)
        desk.client.runs.launch(some_form())
    now = desk.clock()

    part = read_run_list(desk.client.runs, now - timedelta(hours=2))
    whole = read_run_list(desk.client.runs, None)

    assert (len(part.runs), len(whole.runs)) == (100, 250)
    assert part.back_to == list(part.runs.values())[-1].created_at
    assert whole.back_to is None


@pytest.mark.parametrize("order", ["oldest first", "no times"])
def test_a_list_in_another_order_is_read_to_its_end(order: str) -> None:
    now = FakeClock()()
    times = [
        None if order == "no times" else (now - timedelta(days=250 - day)).isoformat() for day in range(250)
    ]

    class Listed:
        def iterate(self, *, per_page: int) -> list[Run]:
            assert per_page == 100
            return [Run.model_validate({"id": i, "created_at": at}) for i, at in enumerate(times)]

    run_list = read_run_list(cast("Runs", Listed()), now)

    assert (len(run_list.runs), run_list.back_to) == (250, None)
