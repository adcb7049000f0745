"""Which run an unknown launch became: exact where the data proves it, otherwise for a person to say.

A run is a launch's own for certain if it was not in the list before the launch, was created about when it was
sent, no entry of the journal owns it, its run type, sheet and parameters are the same where they are shown,
and its clean data has the same SHA-256. Launches with the same body are interchangeable: their runs are
dealt out in order, oldest to oldest. If there are more runs than launches, or runs whose data could not be
read, nothing is dealt.

A run stops being possible only where it is proven another: it was there before, an entry owns it, a person
said so, its run type or its settings are shown to differ, or it has exactly the data of another open launch.
When it was created makes it certain, or not, and is otherwise of no account: the API's times may be missing,
of another format, or off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from recast_api import Run
from recast_api.journal import SENDING_LEASE, Entry, State
from recast_api.sheets import sheet_id

CLOCK_SKEW = timedelta(minutes=5)
"""How far this computer's clock may be from the server's: what Kerberos, too, takes for normal."""

MOST_EXAMINED = 20
"""Each examined run costs two requests, which may count against 20 a minute."""


class Likeness(Enum):
    """How well a run fits a launch."""

    NONE = auto()
    POSSIBLE = auto()
    EXACT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What could be learned about a run that no entry of the journal owns."""

    run: Run
    new_to: frozenset[int]
    """The launches, by number, before which it was not in the run list."""
    data_sha256: str | None = None
    """None where it could not be read, or was not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a look says: the launch's run, or the runs that could be it, or neither."""

    run: Run | None = None
    possible: Sequence[Run] = field(default_factory=list)
    must_wait: bool = False
    """The same launch is being sent a second time just now; whose run it is will be known by its answer."""


def may_be(seen: Evidence, entry: Entry) -> bool:
    """Tell whether a run could be the launch, whatever its data."""
    same_type = seen.run.run_type in (None, entry.run_type)
    is_possible = same_type and entry.id in seen.new_to and seen.run.id not in entry.dismissed
    return is_possible and settings_shown(seen.run.form, entry) is not Shown.OTHER


def by_nearness(evidence: Sequence[Evidence], entry: Entry) -> list[Evidence]:
    """Return the evidence, that of runs created nearest to the launch first."""

    def distance(seen: Evidence) -> timedelta:
        created = seen.run.created_at
        return timedelta.max if created is None else abs(created - entry.started_at)

    return sorted(evidence, key=distance)


def is_timely(run: Run, entry: Entry) -> bool:
    """Tell whether the run was created about when the launch was sent, as far as two clocks agree."""
    earliest, latest = entry.started_at - CLOCK_SKEW, entry.started_at + SENDING_LEASE + CLOCK_SKEW
    return run.created_at is not None and earliest <= run.created_at <= latest


def match(entry: Entry, evidence: Sequence[Evidence], open_entries: Sequence[Entry]) -> Match:
    """Return what the evidence says about a launch, given the client's open entries, itself included."""
    twins = [other for other in open_entries if other.body_sha256 == entry.body_sha256]
    exact, is_certain = [], True
    for seen in evidence:
        likenesses = {likeness_of(seen, twin, open_entries) for twin in twins}
        if Likeness.EXACT in likenesses:
            exact.append(seen)
        elif Likeness.POSSIBLE in likenesses and seen.data_sha256 is None:
            # A run whose data could not be read may be just as exact as those that were.
            is_certain &= not any(_may_be_timely(seen.run, twin) for twin in twins)
    if exact and any(twin.state is State.SENDING for twin in twins):
        return Match(must_wait=True)
    dealt, surplus = deal(exact, [twin for twin in twins if twin.state is State.UNKNOWN])
    is_certain &= not surplus
    if is_certain and entry.id in dealt:
        return Match(run=dealt[entry.id])
    doubtful = {Likeness.POSSIBLE} if is_certain else {Likeness.POSSIBLE, Likeness.EXACT}
    return Match(
        possible=[seen.run for seen in evidence if likeness_of(seen, entry, open_entries) in doubtful]
    )


def likeness_of(seen: Evidence, entry: Entry, open_entries: Sequence[Entry]) -> Likeness:
    """Return how well a run fits a launch."""
    if not may_be(seen, entry):
        return Likeness.NONE
    if seen.data_sha256 == entry.data_sha256:
        # With settings hidden, launches of the same data that differ in them can't be told apart.
        rivals = any(
            other.data_sha256 == entry.data_sha256
            and other.run_type == entry.run_type
            and other.body_sha256 != entry.body_sha256
            for other in open_entries
        )
        is_shown = settings_shown(seen.run.form, entry) is Shown.SAME
        certain = is_timely(seen.run, entry) and (is_shown or not rivals)
        return Likeness.EXACT if certain else Likeness.POSSIBLE
    explained = any(seen.data_sha256 == other.data_sha256 and may_be(seen, other) for other in open_entries)
    # Whether the API serves back the very bytes is not known, so other bytes don't rule a run out.
    return Likeness.NONE if explained else Likeness.POSSIBLE


def deal(exact: Sequence[Evidence], twins: Sequence[Entry]) -> tuple[dict[int, Run], list[Run]]:
    """Deal runs to interchangeable launches; return the run by entry id, and the runs left over."""

    def created(seen: Evidence) -> tuple[datetime | None, str]:
        return seen.run.created_at, str(seen.run.id)

    waiting = sorted(twins, key=lambda twin: (twin.started_at, twin.id))
    dealt: dict[int, Run] = {}
    surplus = []
    for seen in sorted(exact, key=created):
        # The later a launch, the fewer runs were new to it: the oldest that fits wastes none.
        fits = (twin for twin in waiting if may_be(seen, twin) and is_timely(seen.run, twin))
        owner: Entry | None = next(fits, None)
        if owner is None:
            surplus.append(seen.run)
        else:
            waiting.remove(owner)
            dealt[owner.id] = seen.run
    return dealt, surplus


class Shown(Enum):
    """What a served form says of a launch's settings."""

    SAME = auto()
    OTHER = auto()
    TOO_LITTLE = auto()


def settings_shown(form: Mapping[str, Any] | None, entry: Entry) -> Shown:
    """Compare a run's form, as served, with a launch's sheet and parameters."""
    wanted = {"google_sheet_priors_url": entry.priors_url, **entry.parameters}
    served = {name: (form or {}).get(name) for name in wanted}
    if any(value is not None and _plain(value) != _plain(wanted[name]) for name, value in served.items()):
        return Shown.OTHER
    return Shown.TOO_LITTLE if None in served.values() else Shown.SAME


def _may_be_timely(run: Run, entry: Entry) -> bool:
    return run.created_at is None or is_timely(run, entry)


def _plain(value: object) -> str:
    """Return a setting in a form that doesn't depend on how a server spells it."""
    if isinstance(value, list | tuple):
        return ",".join(_plain(item) for item in value)
    text = str(value).strip()
    return sheet_id(text) or text.strip("[]").replace(" ", "").removesuffix(".0")
