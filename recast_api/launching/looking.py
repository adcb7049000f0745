"""Look in the run list for a launch whose outcome is unknown, once."""

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
from recast_api.launching.matching import (
    MOST_EXAMINED,
    Candidate,
    Match,
    by_nearness,
    identical_launches,
    match,
    may_be,
)
from recast_api.launching.run_list import RunList, read_run_list

THIS_PROGRAM = "this program"


class Seen(StrEnum):
    """The result of a look at the run list."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    CANNOT_TELL = "cannot_tell"
    """There are runs that could be it, or a part of the list that could not be read."""
    COULD_NOT_LOOK = "could_not_look"
    """The list could not be read, or another tab or replica is looking; nothing changed."""
    SETTLED = "settled"
    """It isn't unknown any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """The result of a look, as a word and as a sentence, and the runs that could be the launch, if any."""

    seen: Seen
    entry: Entry
    sentence: str
    candidates: Sequence[Run] = ()


class Reconciler:
    """Looks for the runs of one client's unknown launches."""

    def __init__(self, runs: Runs, journal: Journal) -> None:
        self._runs = runs
        self._journal = journal
        # A run's data and form never change, and the data may be 20 MB: each is read once.
        self._hashes: dict[RunId, str] = {}
        self._forms: dict[RunId, Mapping[str, Any]] = {}

    def look(self, entry: Entry) -> Reconciliation:
        """Look for a launch once, and write the result down."""
        self._journal.recover()
        claimed = self._journal.begin_look(entry)
        if claimed is None:
            return self._left_to_another_look(entry)
        try:
            matched, doubt = self._match(claimed)
        except ApiError as error:
            return self._could_not_look(claimed, error)
        except BaseException:
            # The process may be ending. Without this the entry stays claimed until LOOK_LEASE runs out.
            with suppress(JournalError):
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
        """Return the launch's match, and why its run may be there though it wasn't found, if it may."""
        account = entry.base_url, entry.client_slug
        since = _earliest_time(identical_launches(entry, self._journal.open_entries(*account)))
        run_list = read_run_list(self._runs, since)
        # The order matters: asked before the list was read, the journal would miss a launch that was written
        # down and sent in between, and that launch's run would be taken for this one's.
        open_entries = self._journal.open_entries(*account)
        owned = self._journal.owned_run_ids(*account)
        identical = identical_launches(entry, open_entries)
        candidates = [
            candidate
            for candidate in _candidates(run_list, open_entries)
            if candidate.run.id not in owned and any(may_be(candidate, launch) for launch in identical)
        ]
        nearest = by_nearness(candidates, entry)
        examined = [self._examine(candidate) for candidate in nearest[:MOST_EXAMINED]]
        matched = match(entry, [*examined, *nearest[MOST_EXAMINED:]], open_entries)
        return matched, run_list.doubt(entry.listed)

    def _examine(self, candidate: Candidate) -> Candidate:
        # What can't be read now, such as data that isn't served yet, may be readable at a later look.
        with suppress(ApiError):
            candidate = replace(candidate, run=self._with_form(candidate.run))
        with suppress(ApiError):
            candidate = replace(candidate, data_sha256=self.data_sha256(candidate.run.id))
        return candidate

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
            sentence = "The same launch is being sent a second time right now; its answer will say more."
            return Reconciliation(seen=Seen.COULD_NOT_LOOK, entry=entry, sentence=sentence)
        if matched.run is not None:
            return self._adopt(entry, matched.run)
        entry = self._journal.end_look(entry, [run.id for run in matched.possible], doubt=doubt)
        if entry.state is not State.UNKNOWN:
            return _settled(entry)
        if matched.possible:
            names = " and ".join(f"run {run.id}" for run in matched.possible)
            sentence = f"Cannot tell: {names} could be it, but the data doesn't prove it."
        elif doubt:
            sentence = f"Cannot tell. {doubt}"
        else:
            sentence = f"Not found yet, looked for {_times(entry.looks)}: no new run could be it."
        seen = Seen.CANNOT_TELL if matched.possible or doubt else Seen.NOT_FOUND
        return Reconciliation(seen=seen, entry=entry, sentence=sentence, candidates=matched.possible)

    def _adopt(self, entry: Entry, run: Run) -> Reconciliation:
        proof = "same run type, data (SHA-256) and, as far as shown, settings; created after it was sent"
        try:
            entry = self._journal.record(entry, Outcome.found(run.id, matched_by=proof, by=THIS_PROGRAM))
        except OutcomeConflictError as conflict:
            # Another look was quicker: it settled this launch, or gave this run to an identical one.
            self._journal.break_off_look(entry)
            return self._left_to_another_look(conflict.entry)
        return _settled(entry)

    def _left_to_another_look(self, entry: Entry) -> Reconciliation:
        current = self._journal.entry(entry.owner, entry)
        if current is None:
            sentence = "The journal no longer has this launch: its file or database was replaced."
            return Reconciliation(seen=Seen.COULD_NOT_LOOK, entry=entry, sentence=sentence)
        if current.state is not State.UNKNOWN:
            return _settled(current)
        sentence = "Another tab or another copy of this program is looking for it right now."
        return Reconciliation(seen=Seen.COULD_NOT_LOOK, entry=current, sentence=sentence)


def _earliest_time(launches: Sequence[Entry]) -> datetime | None:
    """Return how far back the run list must be read for all of these; None for to its end."""
    times = [launch.listed.back_to for launch in launches]
    return None if None in times else min((time for time in times if time), default=None)


def _candidates(run_list: RunList, open_entries: Sequence[Entry]) -> list[Candidate]:
    new = {entry.id: {run.id for run in run_list.new_since(entry.listed)} for entry in open_entries}
    return [
        Candidate(run=run, new_to=frozenset(number for number, run_ids in new.items() if run.id in run_ids))
        for run in run_list.runs.values()
    ]


def _settled(entry: Entry) -> Reconciliation:
    if entry.run_id is not None:
        sentence = f"Found: it is run {entry.run_id}."
        return Reconciliation(seen=Seen.FOUND, entry=entry, sentence=sentence)
    sentence = f"It is already settled: {entry.state.replace('_', ' ')}."
    return Reconciliation(seen=Seen.SETTLED, entry=entry, sentence=sentence)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
