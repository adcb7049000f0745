"""Reading as little of the run list as its order allows, and knowing what is new in it all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recast_api import Run, RunPage, Runs
from recast_api.journal import Entry, Listed, RunId, State
from recast_api.launching.run_list import PAGES_FROM_END, PAGES_FROM_START, RunList, read_run_list, was_there
from tests.journal.desk import Desk, some_form, some_intent

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=9000)


class Served(Runs):
    """Runs as a server might list them: `hours` is when each was created, or None for no time."""

    def __init__(
        self, ids: Sequence[RunId], hours: Sequence[float | None] = (), *, says_pages: bool = True
    ) -> None:
        times = [None if hour is None else (NOON + timedelta(hours=hour)).isoformat() for hour in hours]
        times += [None] * (len(ids) - len(times))
        self.runs = [{"id": i, "created_at": at} for i, at in zip(ids, times, strict=True)]
        self.says_pages = says_pages
        self.count: int | None = len(ids) if says_pages else None
        self.asked: list[int] = []

    def list(self, page: int = 1, *, per_page: int = 25) -> RunPage:
        assert per_page == 100
        self.asked.append(page)
        pagination: dict[str, Any] = {"page": page, "total_count": self.count}
        if self.says_pages:
            pagination["total_pages"] = -(-len(self.runs) // per_page)
        part = self.runs[(page - 1) * per_page : page * per_page]
        return RunPage.from_served({"data": part, "pagination": pagination})

    def read(self, since: datetime | None = NOON) -> RunList:
        return read_run_list(self, since)


def new_ids(before: Served | RunList, after: Served | RunList) -> list[RunId]:
    before, after = (each.read() if isinstance(each, Served) else each for each in (before, after))
    return [run.id for run in after.new_since(before.remembered())]


def doubt(before: Served, after: Served) -> str:
    return after.read().doubt(before.read().remembered())


def test_a_newest_first_list_is_read_no_further_than_asked(desk: Desk) -> None:
    for _ in range(250):
        desk.advance(900)
        desk.client.runs.launch(some_form())
    now = desk.clock()

    part = read_run_list(desk.client.runs, now - timedelta(hours=2))
    whole = read_run_list(desk.client.runs, None)

    assert (len(part.runs), len(whole.runs)) == (100, 250)
    assert part.back_to == list(part.runs.values())[-1].created_at
    assert not part.is_whole
    assert whole.back_to is None
    assert whole.is_whole
    assert (part.count, whole.count) == (250, 250)


@pytest.mark.parametrize("order", ["oldest first", "no times"])
@pytest.mark.parametrize("says_pages", [True, False])
def test_a_list_in_another_order_is_read_to_its_end(order: str, says_pages: bool) -> None:
    hours = [None] * 250 if order == "no times" else [24.0 * (day - 250) for day in range(250)]

    run_list = Served(range(250), hours, says_pages=says_pages).read()

    assert (len(run_list.runs), run_list.is_whole, run_list.back_to) == (250, True, None)


@pytest.mark.parametrize(("count", "is_whole"), [(700, True), (701, False)])
def test_a_long_list_without_times_is_read_at_both_ends(count: int, is_whole: bool) -> None:
    served = Served(range(count))

    run_list = served.read()

    assert served.asked == [1, 2, 3, 4, 5, *([6, 7] if is_whole else [7, 8])]
    assert (run_list.is_whole, len(run_list.runs)) == (is_whole, 700 if is_whole else 601)
    assert run_list.remembered().ids == tuple(range(700 if is_whole else 500))
    assert run_list.remembered().tail == (() if is_whole else tuple(range(600, 701)))


@pytest.mark.parametrize("says_pages", [True, False])
def test_ten_thousand_runs_without_times_cost_a_few_requests(says_pages: bool) -> None:
    served = Served(range(10_000), says_pages=says_pages)

    assert not served.read().is_whole
    assert len(served.asked) == PAGES_FROM_START + (PAGES_FROM_END if says_pages else 0)


def test_a_list_in_order_is_not_read_further_than_a_few_pages_either() -> None:
    served = Served(range(10_000), [-0.001 * number for number in range(10_000)])

    run_list = served.read(since=LONG_AGO)

    assert (len(served.asked), run_list.is_whole) == (PAGES_FROM_START, False)
    assert run_list.back_to == NOON - timedelta(hours=0.499)


def test_a_server_that_ignores_the_page_is_not_asked_for_ever() -> None:
    served = Served(range(100), says_pages=False)
    served.runs *= 20

    assert len(served.read().runs) == 100
    assert served.asked == [1, 2]


def test_one_run_is_no_order_yet() -> None:
    assert Served([1], [-9000]).read().is_whole


@pytest.mark.parametrize("hours", [(), (3, 2, 1), (None, 2, None), (90_000, 2, 1), (1, 2, 3)])
def test_whatever_the_times_say_a_run_that_was_not_in_the_whole_list_is_new(
    hours: Sequence[float | None],
) -> None:
    before = Served([3, 2, 1], hours)

    for created in (None, -9000, 1, 9000):
        assert new_ids(before, Served([4, 3, 2, 1], [created, *hours])) == [4]
        assert new_ids(before, Served([3, 2, 1, 4], [*(hours or (None,) * 3), created])) == [4]
    assert new_ids(before, before) == []


def test_in_a_long_list_a_run_is_new_by_its_place_at_either_end() -> None:
    order = list(range(5000))
    before = Served(order)

    assert new_ids(before, Served(["new", *order])) == ["new"]
    assert new_ids(before, Served([*order, "new"])) == ["new"]
    assert new_ids(before, Served([*order[:7], "new", *order[7:]])) == ["new"]
    # Pages move: what was out of reach at one reading is within at the next, and is not new for that.
    assert new_ids(before, Served([*order[:300], *order[500:]])) == []
    assert new_ids(before, Served([*order[:4500], *order[4700:]])) == []


@pytest.mark.parametrize("created", [None, -9000, 9000])
def test_a_run_above_the_newest_is_new_whatever_its_time(created: float | None) -> None:
    order = list(range(1000))
    hours = [-1.0 * number for number in order]
    before = Served(order, hours).read(since=NOON - timedelta(hours=2))
    assert before.back_to == NOON - timedelta(hours=99)

    assert new_ids(before, Served(["new", *order], [created, *hours])) == ["new"]


def test_a_future_date_in_the_list_hides_no_run() -> None:
    order = list(range(1000))
    hours = [90_000.0, *(-1.0 * number for number in order[1:])]
    before = Served(order, hours).read(since=NOON - timedelta(hours=2))
    later = Served([0, "new", *order[1:]], [90_000.0, 0.5, *hours[1:]]).read(since=before.back_to)

    assert new_ids(before, later) == ["new"]
    assert not later.doubt(before.remembered())


def test_more_new_runs_than_were_seen_are_said() -> None:
    order = list(range(5000))
    before = Served(order)

    assert not doubt(before, before)
    assert not doubt(before, Served(["new", *order]))
    assert not doubt(before, Served([*order, "new"]))
    assert "more new runs" in doubt(before, Served([*order[:2500], "new", *order[2500:]]))
    assert "more new runs" in doubt(before, Served(["seen", *order[:2500], "new", *order[2500:]]))


def test_a_long_list_that_says_neither_order_nor_number_is_doubtful() -> None:
    long, short = Served(range(5000), says_pages=False), Served(range(50), says_pages=False)

    assert "order" in doubt(long, long)
    assert "order" in doubt(short, long)
    assert not doubt(short, short)


def test_a_list_that_shows_its_order_is_beyond_doubt_where_it_reaches_what_was_there() -> None:
    hours = [-1.0 * number for number in range(1000)]
    part = Served(range(1000), hours, says_pages=False)
    all_new = Served(range(5000, 6000), hours, says_pages=False)

    assert not doubt(part, part)
    assert "order" in doubt(part, all_new)
    assert "order" in doubt(Served(range(1000), says_pages=False), part)


def test_a_list_that_is_shorter_than_it_says_is_not_taken_for_whole() -> None:
    served = Served([3, 2, 1])
    served.count = 5
    before = served.read()

    assert not before.is_whole
    assert before.remembered() == Listed(ids=(3, 2, 1), tail=(3, 2, 1), is_whole=False, count=5)
    assert new_ids(before, Served([4, 3, 2, 1])) == [4]
    assert new_ids(before, Served([3, 2, 1, 4])) == [4]


def entry_of(before: Listed, **changes: Any) -> Entry:
    intent = some_intent(listed=before)
    values = {name: getattr(intent, name) for name in intent.__dataclass_fields__}
    return replace(Entry(**values, id=1, started_at=NOON, state=State.UNKNOWN), **changes)


def run_of(run_id: RunId, created: datetime | None) -> Run:
    return Run.model_validate({"id": run_id, "created_at": created and created.isoformat()})


def test_what_was_surely_there_is_known_by_id_and_by_the_server_s_own_times() -> None:
    part = Listed(ids=(1,), tail=(2,), is_whole=False, back_to=NOON)
    old, later = NOON - timedelta(seconds=1), NOON + timedelta(seconds=1)

    for known in (1, 2):
        assert was_there(run_of(known, later), entry_of(part))
    assert was_there(run_of(3, old), entry_of(part))
    assert was_there(run_of(3, NOON), entry_of(part))
    assert not was_there(run_of(3, later), entry_of(part))
    assert not was_there(run_of(3, None), entry_of(part))
    # Its place in the list said that it is new.
    assert not was_there(run_of(3, old), entry_of(part, candidates=(3,)))
    assert not was_there(run_of(3, old), entry_of(replace(part, is_whole=True)))
    assert not was_there(run_of(3, old), entry_of(replace(part, back_to=None)))


def test_a_list_without_times_or_runs_is_remembered_too() -> None:
    assert Served([]).read().remembered() == Listed(count=0)
    assert Served([3]).read().remembered() == Listed(ids=(3,), count=1)
