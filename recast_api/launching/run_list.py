"""Read as much of the run list as it takes to tell which runs are new.

Neither the order of the list nor what it says of a run is documented. Where times are served and are in
order, not all of it has to be read. But whether a run is new is judged by its id and its position as well, so
that a missing or a wrong time hides none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from recast_api import Run, RunPage, Runs
from recast_api.journal import Entry, Listed, ListedRun, RunId

_PER_PAGE = 100  # the most the API serves at once

PAGES_FROM_START = 5
"""At most. Each page may count against 20 requests a minute, and 500 runs are what one token can launch in
five days."""

PAGES_FROM_END = 2
"""In case the newest runs are there. The last page may hold a single run, so the one before it as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunList:
    """The part of the run list that was read, in the order served."""

    runs: Mapping[RunId, Run]
    is_whole: bool = True
    tail: tuple[RunId, ...] = ()
    """The ids read up to the list's end, where the whole list wasn't read."""
    has_gap: bool = False
    """Whether there are more runs right before the tail."""
    back_to: datetime | None = None
    """When the last run was created, where the list is newest first."""
    count: int | None = None
    """How many runs there are, by the API's own count."""

    @property
    def listed(self) -> list[ListedRun]:
        """The runs as the journal's budget counts them."""
        return [ListedRun(run.id, run.created_at) for run in self.runs.values()]

    def remembered(self) -> Listed:
        """Return what suffices to tell a later run from those that were there."""
        end = len(self.runs) - (len(self.tail) if self.has_gap else 0)
        return Listed(
            ids=tuple(self.runs)[:end],
            tail=self.tail,
            is_whole=self.is_whole,
            back_to=self.back_to,
            count=self.count,
        )

    def new_since(self, before: Listed) -> list[Run]:
        """Return the runs that were not there when the list was read before.

        Where that reading didn't reach, a run is new by its position, above one that was read at the list's
        beginning or below one that was read at its end, or by the server's own times.
        """
        head, tail = set(before.ids), set(before.tail)
        positions = {run_id: position for position, run_id in enumerate(self.runs)}
        last_of_head = max((positions[run_id] for run_id in head & self.runs.keys()), default=-1)
        first_of_tail = min((positions[run_id] for run_id in tail & self.runs.keys()), default=len(self.runs))
        return [
            run
            for run in self.runs.values()
            if run.id not in head | tail
            and (
                # That reading had no gaps down to the head's last run and from the tail's first run on. What
                # stands there now and wasn't read then is new.
                not last_of_head <= positions[run.id] <= first_of_tail or not _was_out_of_reach(run, before)
            )
        ]

    def doubt(self, before: Listed) -> str:
        """Return why there may be new runs that were not read, in a sentence; empty where there are none."""
        if self.count is not None and before.count is not None:
            missing = self.count - before.count - len(self.new_since(before))
            return "" if missing <= 0 else "There are more new runs than could be found in the run list."
        # Without counts, both readings must be whole, or overlap in a list that is known to be newest first.
        reaches_back = self.is_whole or (self.back_to is not None and not {*before.ids}.isdisjoint(self.runs))
        if reaches_back and (before.is_whole or before.back_to is not None):
            return ""
        return "The run list is long and doesn't show its order, so its new runs can't all be found."


def read_run_list(runs: Runs, since: datetime | None) -> RunList:
    """Read the run list back to `since`, or to its end for None, but no more than a few pages.

    Only a list that is seen to be newest first is read from its beginning alone. Raises `ApiError`.
    """
    listed: dict[RunId, Run] = {}
    back_to: datetime | None = None
    pages = runs.pages(per_page=_PER_PAGE)
    for page in islice(pages, PAGES_FROM_START):
        _add(listed, page)
        if pages.is_at_end:
            return _to_the_end(listed, page)
        back_to = _back_to(listed.values()) if since else None
        if since and back_to and back_to < since:
            break
    if back_to:
        return RunList(runs=listed, is_whole=False, back_to=back_to, count=page.total_count)
    return _with_tail(runs, listed, page)


def was_there(run: Run, entry: Entry) -> bool:
    """Tell whether a run was surely there already when the launch was about to be sent.

    Compares the server's times with the server's, so this computer's clock may be wrong.
    """
    before = entry.listed
    if run.id in before.ids or run.id in before.tail:
        return True
    is_dated = before.back_to is not None and run.created_at is not None
    # The last look found the candidates to be new by their position, whatever their times say.
    return is_dated and _was_out_of_reach(run, before) and run.id not in entry.candidates


def _was_out_of_reach(run: Run, before: Listed) -> bool:
    """Whether a run may have been in the part that wasn't read before, by the server's times."""
    if before.is_whole:
        return False
    is_after = before.back_to is not None and run.created_at is not None and run.created_at > before.back_to
    return not is_after


def _add(listed: dict[RunId, Run], page: RunPage) -> None:
    # A run launched meanwhile moves others on to the next page: each stays where it was read first.
    for run in page.items:
        listed.setdefault(run.id, run)


def _back_to(listed: Iterable[Run]) -> datetime | None:
    """Return when the last run was created, if the runs are newest first."""
    times = [run.created_at for run in listed]
    served = [time for time in times if time]
    # A single run shows no order.
    is_in_order = len(times) > 1 and served == sorted(served, reverse=True) and len(served) == len(times)
    return served[-1] if is_in_order else None


def _to_the_end(listed: Mapping[RunId, Run], page: RunPage) -> RunList:
    # Fewer than the list counts: a run that was deleted, or moved between two pages, was missed.
    is_whole = page.total_count is None or len(listed) >= page.total_count
    tail = () if is_whole else tuple(listed)
    return RunList(runs=listed, is_whole=is_whole, tail=tail, count=page.total_count)


def _with_tail(runs: Runs, listed: dict[RunId, Run], page: RunPage) -> RunList:
    """Read the last pages as well, where it is known which these are."""
    last = page.total_pages or 0
    first = max(PAGES_FROM_START + 1, last - PAGES_FROM_END + 1)
    head_count = len(listed)
    for number in range(first, last + 1):
        page = runs.list(page=number, per_page=_PER_PAGE)
        _add(listed, page)
    if last and first == PAGES_FROM_START + 1:
        return _to_the_end(listed, page)
    tail = tuple(listed)[head_count:]
    return RunList(runs=listed, is_whole=False, tail=tail, has_gap=True, count=page.total_count)
