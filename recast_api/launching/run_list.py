"""The newest part of the run list, and what it says about which runs are new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from recast_api import Run, Runs
from recast_api.journal import Entry, ListedRun, RunId

_PER_PAGE = 100  # the most the API serves at once
_KEPT = timedelta(minutes=10)
"""Ids older than the newest listed run by more are not kept: the servers of one API don't differ so much in
their clocks that a later run would be dated before that."""


@dataclass(frozen=True, slots=True)
class RunList:
    """Runs by id, and how far back the list was read, by the server's clock; None means to its end."""

    runs: Mapping[RunId, Run]
    back_to: datetime | None

    @property
    def listed(self) -> list[ListedRun]:
        """The runs as the journal's budget counts them."""
        return [ListedRun(run.id, run.created_at) for run in self.runs.values()]

    def remembered(self) -> tuple[tuple[RunId, ...], datetime | None]:
        """Return the ids and the time that suffice to tell a later run from those that were there."""
        times = [run.created_at for run in self.runs.values() if run.created_at]
        if not times:
            return tuple(self.runs), self.back_to
        edge = max(max(times) - _KEPT, self.back_to or min(times) - _KEPT)
        kept = [run.id for run in self.runs.values() if run.created_at is None or run.created_at > edge]
        return tuple(kept), edge


def read_run_list(runs: Runs, since: datetime | None) -> RunList:
    """Read the run list back to `since`, or to its end for None. Raises `ApiError`.

    The order of the list is not documented: only if it is seen to be newest first does the reading stop
    before the end.
    """
    seen: dict[RunId, Run] = {}
    previous: datetime | None = None
    is_newest_first = since is not None
    for run in runs.iterate(per_page=_PER_PAGE):
        seen[run.id] = run
        created = run.created_at
        is_newest_first &= created is not None and (previous is None or created <= previous)
        previous = created
        # A page has been paid for, so it is read whole; and one run is no order yet.
        is_page_read = len(seen) % _PER_PAGE == 0
        if is_newest_first and is_page_read and since and created and created < since:
            return RunList(seen, created)
    return RunList(seen, None)


def is_new(run: Run, entry: Entry) -> bool:
    """Tell whether a run was not there yet when the launch was about to be sent.

    Compares the server's times with the server's, so this computer's clock may be wrong.
    """
    if run.id in entry.listed_ids:
        return False
    back_to = entry.listed_back_to
    return back_to is None or run.created_at is None or run.created_at > back_to
