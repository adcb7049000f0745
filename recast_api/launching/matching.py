"""Match a launch whose response was lost to a run; identical launches are assigned oldest to oldest.

A run matches a launch exactly if it was not in the list before the launch, was created about when the launch
was sent, no entry of the journal owns it, its run type, sheet and parameters are the same where the API shows
them, and its clean data has the same SHA-256. Launches with the same request body are interchangeable, so
their runs are assigned in order. If there are more such runs than launches, or runs whose data could not be
read, nothing is assigned and a person has to choose.

A run is ruled out only by proof that it is another: it was there before, an entry owns it, a person said so,
its run type or settings are shown to differ, or it has exactly the data of another open launch. Its time of
creation can keep a match from being certain, but never rules a run out: the API's times may be missing, in
another format, or wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import partial
from typing import Any

from recast_api import Run
from recast_api.journal import SENDING_LEASE, Entry, State
from recast_api.sheets import sheet_id

CLOCK_SKEW = timedelta(minutes=5)
"""How far this computer's clock may be from the server's: Kerberos allows the same."""

MOST_EXAMINED = 20
"""Each examined run costs two requests, which may count against 20 a minute."""


class Similarity(Enum):
    """How well a run fits a launch."""

    NONE = auto()
    POSSIBLE = auto()
    EXACT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A run that no entry of the journal owns, and what could be learned about it."""

    run: Run
    new_to: frozenset[int]
    """The launches, by entry id, before which it was not in the run list."""
    data_sha256: str | None = None
    """None where its data could not be read, or was not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The launch's run, or the runs that could be it, or neither."""

    run: Run | None = None
    possible: Sequence[Run] = field(default_factory=list)
    must_wait: bool = False
    """The same launch is being sent a second time right now: its answer will say which run is whose."""


def identical_launches(entry: Entry, open_entries: Sequence[Entry]) -> list[Entry]:
    """Return the open launches with the same request body, itself included."""
    return [other for other in open_entries if other.body_sha256 == entry.body_sha256]


def may_be(candidate: Candidate, entry: Entry) -> bool:
    """Tell whether a run could be the launch, whatever its data."""
    same_type = candidate.run.run_type in (None, entry.run_type)
    is_new = entry.id in candidate.new_to and candidate.run.id not in entry.dismissed
    return same_type and is_new and settings_shown(candidate.run.form, entry) is not Shown.OTHER


def by_nearness(candidates: Sequence[Candidate], entry: Entry) -> list[Candidate]:
    """Return the candidates, those created nearest to the launch first and those without a time last."""

    def distance(candidate: Candidate) -> timedelta:
        created = candidate.run.created_at
        return timedelta.max if created is None else abs(created - entry.started_at)

    return sorted(candidates, key=distance)


def is_timely(run: Run, entry: Entry) -> bool:
    """Tell whether the run was created about when the launch was sent, as far as two clocks agree."""
    earliest, latest = entry.started_at - CLOCK_SKEW, entry.started_at + SENDING_LEASE + CLOCK_SKEW
    return run.created_at is not None and earliest <= run.created_at <= latest


def match(entry: Entry, candidates: Sequence[Candidate], open_entries: Sequence[Entry]) -> Match:
    """Return the run of a launch where it is certain, otherwise the runs that could be it.

    `open_entries` are all of the client's unsettled launches, this one included.
    """
    identical = identical_launches(entry, open_entries)
    exact = [candidate for candidate in candidates if _is_exact_for_any(candidate, identical, open_entries)]
    if exact and any(launch.state is State.SENDING for launch in identical):
        return Match(must_wait=True)
    assigned, surplus = assign(exact, [launch for launch in identical if launch.state is State.UNKNOWN])
    # A surplus run was launched by somebody else with the same form, say from a script, and any of the exact
    # ones may be that run. An unread one may turn out to be surplus.
    if surplus or any(_may_prove_exact(candidate, identical) for candidate in candidates):
        undecided = {Similarity.POSSIBLE, Similarity.EXACT}
    elif entry.id in assigned:
        return Match(run=assigned[entry.id])
    else:
        # The exact runs belong to the identical launches that got them.
        undecided = {Similarity.POSSIBLE}
    similarity_of = partial(similarity, entry=entry, open_entries=open_entries)
    return Match(
        possible=[candidate.run for candidate in candidates if similarity_of(candidate) in undecided]
    )


def similarity(candidate: Candidate, entry: Entry, open_entries: Sequence[Entry]) -> Similarity:
    """Return how well a run fits a launch."""
    if not may_be(candidate, entry):
        return Similarity.NONE
    if candidate.data_sha256 == entry.data_sha256:
        is_certain = is_timely(candidate.run, entry) and _settings_decide(candidate, entry, open_entries)
        return Similarity.EXACT if is_certain else Similarity.POSSIBLE
    # It isn't known whether the API serves the very bytes that were sent, so different bytes alone don't rule
    # a run out. Bytes that another open launch sent do: then the run is that one's.
    return Similarity.NONE if _is_explained(candidate, open_entries) else Similarity.POSSIBLE


def assign(candidates: Sequence[Candidate], identical: Sequence[Entry]) -> tuple[dict[int, Run], list[Run]]:
    """Assign runs to identical launches, oldest to oldest.

    Returns the assigned runs by entry id, and the runs that are left over.
    """

    def created(candidate: Candidate) -> tuple[datetime | None, str]:
        return candidate.run.created_at, str(candidate.run.id)

    waiting = sorted(identical, key=lambda launch: (launch.started_at, launch.id))
    assigned: dict[int, Run] = {}
    surplus = []
    for candidate in sorted(candidates, key=created):
        fitting = (launch for launch in waiting if _fits(candidate, launch))
        # Fewer runs are new to a later launch, and those are the younger ones, which this loop reaches later.
        # So a run given to the oldest launch that it fits is never the only one that another could have had.
        oldest: Entry | None = next(fitting, None)
        if oldest is None:
            surplus.append(candidate.run)
        else:
            waiting.remove(oldest)
            assigned[oldest.id] = candidate.run
    return assigned, surplus


class Shown(Enum):
    """What a run's form, as the API shows it, says about a launch's settings."""

    SAME = auto()
    OTHER = auto()
    TOO_LITTLE = auto()


def settings_shown(form: Mapping[str, Any] | None, entry: Entry) -> Shown:
    """Compare a run's form, as served, with a launch's sheet and parameters."""
    sent = {"google_sheet_priors_url": entry.priors_url, **entry.parameters}
    served = {name: (form or {}).get(name) for name in sent}
    if any(
        value is not None and _normalized(value) != _normalized(sent[name]) for name, value in served.items()
    ):
        return Shown.OTHER
    return Shown.TOO_LITTLE if None in served.values() else Shown.SAME


def _is_exact_for_any(
    candidate: Candidate, identical: Sequence[Entry], open_entries: Sequence[Entry]
) -> bool:
    return any(similarity(candidate, launch, open_entries) is Similarity.EXACT for launch in identical)


def _may_prove_exact(candidate: Candidate, identical: Sequence[Entry]) -> bool:
    """Whether a run whose data could not be read may be just as exact as those whose data was."""
    is_unread = candidate.data_sha256 is None and any(may_be(candidate, launch) for launch in identical)
    return is_unread and any(
        candidate.run.created_at is None or is_timely(candidate.run, launch) for launch in identical
    )


def _settings_decide(candidate: Candidate, entry: Entry, open_entries: Sequence[Entry]) -> bool:
    """Whether the settings tell the launch from other open launches of the same type and data.

    Where the API hides settings, launches that differ in nothing else can't be told apart.
    """
    if settings_shown(candidate.run.form, entry) is Shown.SAME:
        return True
    return not any(
        (other.data_sha256, other.run_type) == (entry.data_sha256, entry.run_type)
        and other.body_sha256 != entry.body_sha256
        for other in open_entries
    )


def _is_explained(candidate: Candidate, open_entries: Sequence[Entry]) -> bool:
    """Whether the run has the data of an open launch that it could be."""
    return any(
        candidate.data_sha256 == other.data_sha256 and may_be(candidate, other) for other in open_entries
    )


def _fits(candidate: Candidate, launch: Entry) -> bool:
    return may_be(candidate, launch) and is_timely(candidate.run, launch)


def _normalized(value: object) -> str:
    """Return a setting spelled in one way, however the server spells it."""
    if isinstance(value, list | tuple):
        return ",".join(_normalized(item) for item in value)
    text = str(value).strip()
    return sheet_id(text) or text.strip("[]").replace(" ", "").removesuffix(".0")
