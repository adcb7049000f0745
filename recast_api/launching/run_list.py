"""As much of the run list as tells which runs are new.

Neither the order of the list nor what it says of a run is documented. Times, where they are served and in
order, save reading all of it. But whether a run is new is told by its id and by its place, too, so that a
missing or a wrong time hides none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from recast_api import Run, RunPage, Runs
from recast_api.journal import Entry, Listed, ListedRun, RunId

_PER_PAGE = 100  # the most the API serves at once

PAGES_FROM_START = 5
"""Of a list that isn't seen to be in order: each page may count against 20 requests a minute, and 500 runs
are what one token can launch in five days."""

PAGES_FROM_END = 2
"""Where the newest are at the end. The last page may hold a single run, so the one before it as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunList:
    """The part of the run list that was read, in the order served."""

    runs: Mapping[RunId, Run]
    is_whole: bool = True
    tail: tuple[RunId, ...] = ()
    """Those that were read up to the list's end, where the whole wasn't read."""
    has_gap: bool = False
    """Whether there are more runs right before the tail."""
    back_to: datetime | None = None
    """When the last run was created, where the list is newest first."""
    count: int | None = None
    """How many runs there are, by the list's own account."""

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

        Where that reading didn't reach, a run is new by its place, above one that stood at the beginning or
        below one that stood at the end, or by the server's own times.
        """
        head, tail = set(before.ids), set(before.tail)
        last_of_head = max((at for at, run_id in enumerate(self.runs) if run_id in head), default=-1)
        first_of_tail = min(
            (at for at, run_id in enumerate(self.runs) if run_id in tail), default=len(self.runs)
        )
        return [
            run
            for at, run in enumerate(self.runs.values())
            if run.id not in head | tail
            and (at < last_of_head or at > first_of_tail or not _was_out_of_reach(run, before))
        ]

    def doubt(self, before: Listed) -> str:
        """Return why there may be new runs that were not read, in a sentence; empty where there are none."""
        if self.count is not None and before.count is not None:
            unread = self.count - before.count - len(self.new_since(before))
            return "" if unread <= 0 else "There are more new runs than were found in the run list."
        reaches = self.is_whole or (self.back_to is not None and not {*before.ids}.isdisjoint(self.runs))
        if reaches and (before.is_whole or before.back_to is not None):
            return ""
        return "The run list is long and doesn't show its order, so its new runs can't all be found."


def read_run_list(runs: Runs, since: datetime | None) -> RunList:
    """Read the run list back to `since`, or to its end for None, but no more than a few pages.

    Only a list that is seen to be newest first is read from its beginning alone. Raises `ApiError`.
    """
    seen: dict[RunId, Run] = {}
    page = RunPage(items=())
    for number in range(1, PAGES_FROM_START + 1):
        page = runs.list(page=number, per_page=_PER_PAGE)
        has_new = _add(seen, page)
        if _is_last(page, number, has_new=has_new):
            return _to_the_end(seen, page)
        back_to = _back_to(seen.values()) if since else None
        if since and back_to and back_to < since:
            return RunList(runs=seen, is_whole=False, back_to=back_to, count=page.total_count)
    if since and (back_to := _back_to(seen.values())):
        return RunList(runs=seen, is_whole=False, back_to=back_to, count=page.total_count)
    return _with_tail(runs, seen, page)


def was_there(run: Run, entry: Entry) -> bool:
    """Tell whether a run was surely there already when the launch was about to be sent.

    Compares the server's times with the server's, so this computer's clock may be wrong.
    """
    before = entry.listed
    if run.id in before.ids or run.id in before.tail:
        return True
    is_dated = before.back_to is not None and run.created_at is not None
    # Its place in the list may have said otherwise than its time.
    return is_dated and _was_out_of_reach(run, before) and run.id not in entry.candidates


def _was_out_of_reach(run: Run, before: Listed) -> bool:
    """Whether a run that wasn't read before may have been there all the same, as far as times tell."""
    if before.is_whole:
        return False
    is_after = before.back_to is not None and run.created_at is not None and run.created_at > before.back_to
    return not is_after


def _add(seen: dict[RunId, Run], page: RunPage) -> bool:
    """Add a page's runs; tell whether any of them is another than those before."""
    new = {run.id: run for run in page.items if run.id not in seen}
    seen.update(new)
    return bool(new)


def _is_last(page: RunPage, number: int, *, has_new: bool) -> bool:
    if not page.items or page.page not in (None, number):
        return True
    # Without a count of pages a server that ignores the page number shows in the same runs coming again.
    return not has_new if page.total_pages is None else number >= page.total_pages


def _back_to(seen: Iterable[Run]) -> datetime | None:
    """Return when the last run was created, if the runs are newest first."""
    times = [run.created_at for run in seen]
    known = [time for time in times if time]
    # One run is no order yet.
    is_in_order = len(times) > 1 and known == sorted(known, reverse=True) and len(known) == len(times)
    return known[-1] if is_in_order else None


def _to_the_end(seen: Mapping[RunId, Run], page: RunPage) -> RunList:
    is_whole = page.total_count is None or len(seen) >= page.total_count
    return RunList(runs=seen, is_whole=is_whole, tail=() if is_whole else tuple(seen), count=page.total_count)


def _with_tail(runs: Runs, seen: dict[RunId, Run], page: RunPage) -> RunList:
    """Read the last pages as well, where it is known which these are."""
    last = page.total_pages or 0
    first = max(PAGES_FROM_START + 1, last - PAGES_FROM_END + 1)
    at = len(seen)
    for number in range(first, last + 1):
        page = runs.list(page=number, per_page=_PER_PAGE)
        _add(seen, page)
    if last and first == PAGES_FROM_START + 1:
        return _to_the_end(seen, page)
    return RunList(runs=seen, is_whole=False, tail=tuple(seen)[at:], has_gap=True, count=page.total_count)
