"""What the journal holds: an intended launch, and what became of it."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

RunId = int | str
"""An id as the API served it."""


class State(StrEnum):
    """What is known of a launch."""

    SENDING = "sending"
    """Written down; no answer yet."""
    LAUNCHED = "launched"
    """The API answered with a run id."""
    REJECTED = "rejected"
    """The API refused; there is no run."""
    NOT_SENT = "not_sent"
    """The connection was never made; there is no run."""
    UNKNOWN = "unknown"
    """Sent, but the answer is missing; there may be a run."""
    FOUND = "found"
    """Was unknown; its run was found again."""
    GIVEN_UP = "given_up"
    """Was unknown; a person stopped looking for it."""

    @property
    def is_open(self) -> bool:
        """Whether it is still to be settled."""
        return self in (State.SENDING, State.UNKNOWN)

    @property
    def may_have_run(self) -> bool:
        """Whether there is a run, or may be one: such a launch takes a slot of the limits."""
        return self in (State.SENDING, State.UNKNOWN, State.LAUNCHED, State.FOUND)


OPEN_STATES = tuple(state for state in State if state.is_open)
RUN_STATES = tuple(state for state in State if state.may_have_run)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who launches: a one-way fingerprint of the token, and the signed-in e-mail where there is one."""

    fingerprint: str
    email: str | None = None

    @classmethod
    def of(cls, token: str, email: str | None = None) -> Owner:
        """Return the owner for a token, which is not kept.

        The fingerprint is HMAC-SHA-256 of the token under a fixed application key. An API token is long
        and random, so it can't be guessed from it; and the key makes the value useless for looking the
        token up among fingerprints that other programs made.
        """
        digest = hmac.new(b"recast desk journal, owner, 1", token.encode(), hashlib.sha256)
        return cls(digest.hexdigest(), (email or "").strip().casefold() or None)

    def is_same_person(self, other: Owner) -> bool:
        """Tell whether another owner is the same person, by token or by e-mail."""
        same_email = self.email is not None and self.email == other.email
        return same_email or self.fingerprint == other.fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFacts:
    """What the journal keeps of the clean data, besides its hash."""

    row_count: int | None = None
    column_count: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    kpi: str | None = None
    """The column that the analyst says is the KPI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What was read of the run list just before a launch was sent: it tells which runs are new after it."""

    ids: tuple[RunId, ...] = ()
    """Of the runs read from the list's beginning on, in the order served."""
    tail: tuple[RunId, ...] = ()
    """Of the runs read up to the list's end, where the whole wasn't read."""
    is_whole: bool = True
    """Whether `ids` are all there were."""
    back_to: datetime | None = None
    """By the server's clock: no run created after this is missing in `ids`. None where the list isn't seen to
    be newest first."""
    count: int | None = None
    """How many runs there were, by the API's own count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A launch that is about to be sent. Holds no token and no data."""

    owner: Owner
    base_url: str
    client_slug: str
    run_type: str
    priors_url: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """The other fields of the form, without the clean data."""
    data_sha256: str
    body_sha256: str
    """Of the whole request body, byte for byte."""
    facts: DataFacts = DataFacts()
    note: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why findings were confirmed, by the name of the check."""
    ticket: str = field(default_factory=lambda: uuid.uuid4().hex)
    """Names this one decision to launch: the journal takes a ticket once, whoever clicks how often. It also
    names the launch where its number doesn't: a journal whose file was replaced counts anew."""
    listed: Listed = Listed()
    """The run list just before sending."""
    resend_of: int | None = None
    """The unknown entry that this one replaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a launch. Made by the class methods, one for each outcome."""

    state: State
    run_id: RunId | None = None
    status: int | None = None
    message: str = ""
    details: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    matched_by: str | None = None
    settled_by: str | None = None

    @classmethod
    def launched(cls, run_id: RunId) -> Outcome:
        """Return the outcome of an answer with a run id."""
        return cls(state=State.LAUNCHED, run_id=run_id)

    @classmethod
    def rejected(
        cls, status: int | None, message: str, details: Mapping[str, tuple[str, ...]] | None = None
    ) -> Outcome:
        """Return the outcome of a refusal, with its HTTP status and what was said about which field."""
        return cls(state=State.REJECTED, status=status, message=message, details=details or {})

    @classmethod
    def not_sent(cls, message: str) -> Outcome:
        """Return the outcome of a connection that was never made."""
        return cls(state=State.NOT_SENT, message=message)

    @classmethod
    def unknown(cls, message: str, status: int | None = None) -> Outcome:
        """Return the outcome of an answer that is missing or can't be read."""
        return cls(state=State.UNKNOWN, message=message, status=status)

    @classmethod
    def found(cls, run_id: RunId, *, matched_by: str, by: str) -> Outcome:
        """Return the outcome of finding the run again: how it was matched and by whom."""
        return cls(state=State.FOUND, run_id=run_id, matched_by=matched_by, settled_by=by)

    @classmethod
    def given_up(cls, by: str) -> Outcome:
        """Return the outcome of a person no longer looking for it."""
        return cls(state=State.GIVEN_UP, settled_by=by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Intent):
    """One row of the journal: the intent, and what is known of it. Times are aware, in UTC."""

    id: int
    started_at: datetime
    """When it was written down, by this computer's clock; it is sent right after."""
    state: State
    settled_at: datetime | None = None
    """When it came into its present state; None while it is sending."""
    unknown_at: datetime | None = None
    """When it became unknown."""
    run_id: RunId | None = None
    status: int | None = None
    """HTTP status of the answer, where there was one that was not a success."""
    message: str = ""
    details: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What the API said about single fields of the form."""
    matched_by: str | None = None
    settled_by: str | None = None
    looks: int = 0
    """How many looks could read the run list."""
    not_found: int = 0
    """How many of these found no run that could be it."""
    last_look_at: datetime | None = None
    candidates: tuple[RunId, ...] = ()
    """Runs that could be it, by the last look."""
    dismissed: tuple[RunId, ...] = ()
    """Runs that a person said are not it."""
    doubt: str = ""
    """Why the run may exist though the last look found none; empty where there is no such reason."""
    failures: int = 0
    """How many looks in a row could not read the run list."""
    failure: str = ""
    """Why the last of them failed, in a sentence."""
    last_attempt_at: datetime | None = None
    """When a look last ended without a result."""
    look_not_before: datetime | None = None
    """Until when the API asked to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A launch before this one that it may repeat."""

    id: int
    started_at: datetime
    state: State
    mine: bool
    """Whether it is the same person's and of the same settings and data. Otherwise it is another person's,
    or another token's, of the same client, run type and data; nothing more is told of that."""
    run_id: RunId | None
    """Where it is `mine`, and its run is known."""


def utc_now() -> datetime:
    """Return the present time, aware, in UTC: the journal's ordinary clock."""
    return datetime.now(UTC)
