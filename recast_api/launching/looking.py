"""One look at the run list for an unknown launch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from recast_api import ApiError, Run, Runs
from recast_api.journal import Entry, Journal, JournalError, Outcome, OutcomeConflictError, RunId, State
from recast_api.launching.matching import MOST_EXAMINED, Evidence, Match, by_nearness, match, may_be
from recast_api.launching.run_list import RunList, read_run_list

THIS_PROGRAM = "this program"


class Seen(StrEnum):
    """What a look came to."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    CANNOT_TELL = "cannot_tell"
    """Runs that could be it, or a part of the list that could not be seen."""
    COULD_NOT_LOOK = "could_not_look"
    """The list wasn't answered, or someone else is looking; nothing changed."""
    SETTLED = "settled"
    """It isn't unknown any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What a look came to, in a word and in a sentence; with the runs that could be the launch, if any."""

    seen: Seen
    entry: Entry
    sentence: str
    candidates: Sequence[Run] = ()


class Looker:
    """Looks for unknown launches of one client."""

    def __init__(self, runs: Runs, journal: Journal) -> None:
        self._runs = runs
        self._journal = journal
        # A run's data never changes, and may be 20 MB: it is downloaded once. Nor does its form.
        self._hashes: dict[RunId, str] = {}
        self._forms: dict[RunId, Mapping[str, Any]] = {}

    def look(self, entry: Entry) -> Reconciliation:
        """Look for a launch once, and write down what was seen."""
        self._journal.recover()
        claimed = self._journal.begin_look(entry)
        if claimed is None:
            return self._someone_else(entry)
        try:
            matched, doubt = self._match(claimed)
        except ApiError as error:
            return self._could_not_look(claimed, error)
        except BaseException:
            with suppress(JournalError):  # then the claim ends by itself
                self._journal.break_off_look(claimed)
            raise
        return self._conclude(claimed, matched, doubt)

    def data_sha256(self, run_id: RunId) -> str:
        """Return the SHA-256 of a run's clean data as served. Raises `ApiError`."""
        if run_id not in self._hashes:
            served = self._runs.download_clean_data(run_id)
            self._hashes[run_id] = hashlib.sha256(served).hexdigest()
        return self._hashes[run_id]

    def _match(self, entry: Entry) -> tuple[Match, str]:
        """Return what the run list says, and why there may be more that it doesn't."""
        here = entry.base_url, entry.client_slug
        since = self._earliest_list(_twins(entry, self._journal.open_entries(*here)))
        run_list = read_run_list(self._runs, since)
        # Asked after the list was read: whatever could have made a listed run is among them, or owns it.
        open_entries = self._journal.open_entries(*here)
        owned = self._journal.owned_run_ids(*here)
        twins = _twins(entry, open_entries)
        listed = [seen for seen in _evidence(run_list, open_entries) if seen.run.id not in owned]
        nearest = by_nearness([seen for seen in listed if any(may_be(seen, twin) for twin in twins)], entry)
        examined = [self._examine(seen) for seen in nearest[:MOST_EXAMINED]]
        matched = match(entry, [*examined, *nearest[MOST_EXAMINED:]], open_entries)
        return matched, run_list.doubt(entry.listed)

    def _earliest_list(self, twins: Sequence[Entry]) -> datetime | None:
        times = [twin.listed.back_to for twin in twins]
        return None if None in times else min((time for time in times if time), default=None)

    def _examine(self, seen: Evidence) -> Evidence:
        # What can't be read now, such as data that isn't served yet, a later look may see.
        with suppress(ApiError):
            seen = replace(seen, run=self._with_form(seen.run))
        with suppress(ApiError):
            seen = replace(seen, data_sha256=self.data_sha256(seen.run.id))
        return seen

    def _with_form(self, run: Run) -> Run:
        if run.id in self._forms:
            return Run.model_validate({**run.raw, "form": self._forms[run.id]})
        run = self._runs.get(run.id)
        if run.form is not None:
            self._forms[run.id] = {name: value for name, value in run.form.items() if name != "clean_data"}
        return run

    def _could_not_look(self, entry: Entry, error: ApiError) -> Reconciliation:
        retry_after: float | None = getattr(error, "retry_after", None)
        entry = self._journal.fail_look(entry, str(error), retry_after=retry_after)
        sentence = f"Could not look for it in the run list, so nothing is known yet. {error}"
        return Reconciliation(seen=Seen.COULD_NOT_LOOK, entry=entry, sentence=sentence)

    def _conclude(self, entry: Entry, matched: Match, doubt: str) -> Reconciliation:
        if matched.must_wait:
            entry = self._journal.break_off_look(entry)
            sentence = "The same launch is being sent a second time just now; its answer is waited for first."
            return Reconciliation(seen=Seen.COULD_NOT_LOOK, entry=entry, sentence=sentence)
        if matched.run is not None:
            return self._adopt(entry, matched.run)
        entry = self._journal.end_look(entry, [run.id for run in matched.possible], doubt=doubt)
        if entry.state is not State.UNKNOWN:
            return _settled(entry)
        if matched.possible:
            names = " and ".join(f"run {run.id}" for run in matched.possible)
            sentence = f"Cannot tell: {names} could be it, and the data doesn't decide it."
        elif doubt:
            sentence = f"Cannot tell. {doubt}"
        else:
            sentence = f"Not found yet: no new run could be it ({_times(entry.looks)} looked)."
        seen = Seen.CANNOT_TELL if matched.possible or doubt else Seen.NOT_FOUND
        return Reconciliation(seen=seen, entry=entry, sentence=sentence, candidates=matched.possible)

    def _adopt(self, entry: Entry, run: Run) -> Reconciliation:
        how = "same run type, data (SHA-256) and, as far as shown, settings; created after it was sent"
        try:
            entry = self._journal.record(entry, Outcome.found(run.id, matched_by=how, by=THIS_PROGRAM))
        except OutcomeConflictError as conflict:
            # Another look was quicker, for this launch or with this run.
            self._journal.break_off_look(entry)
            return self._someone_else(conflict.entry)
        return _settled(entry)

    def _someone_else(self, entry: Entry) -> Reconciliation:
        now = self._journal.entry(entry.owner, entry)
        if now is None:
            sentence = "The journal doesn't have this launch any more: its file or database was replaced."
            return Reconciliation(seen=Seen.COULD_NOT_LOOK, entry=entry, sentence=sentence)
        if now.state is not State.UNKNOWN:
            return _settled(now)
        sentence = "It is being looked for already, in another tab or by another copy of this program."
        return Reconciliation(seen=Seen.COULD_NOT_LOOK, entry=now, sentence=sentence)


def _evidence(run_list: RunList, open_entries: Sequence[Entry]) -> list[Evidence]:
    new = {entry.id: {run.id for run in run_list.new_since(entry.listed)} for entry in open_entries}
    return [
        Evidence(run=run, new_to=frozenset(number for number, runs in new.items() if run.id in runs))
        for run in run_list.runs.values()
    ]


def _twins(entry: Entry, open_entries: Sequence[Entry]) -> list[Entry]:
    return [other for other in open_entries if other.body_sha256 == entry.body_sha256]


def _settled(entry: Entry) -> Reconciliation:
    if entry.run_id is not None:
        sentence = f"Found: it is run {entry.run_id}."
        return Reconciliation(seen=Seen.FOUND, entry=entry, sentence=sentence)
    sentence = f"It is settled: {entry.state.replace('_', ' ')}."
    return Reconciliation(seen=Seen.SETTLED, entry=entry, sentence=sentence)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
