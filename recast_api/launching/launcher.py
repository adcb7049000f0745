"""Send a launch once: write it down, send it, write the outcome down; and what a person can do afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from recast_api import (
    ConnectionFailedError,
    LaunchUnansweredError,
    RecastClient,
    RecastError,
    Run,
    RunForm,
    StatusError,
)
from recast_api.journal import (
    AlreadyIntendedError,
    Budget,
    DataFacts,
    Earlier,
    Entry,
    Guard,
    Intent,
    Journal,
    Outcome,
    OutcomeConflictError,
    Owner,
    RunId,
    Usage,
)
from recast_api.launching.looking import Reconciler, Reconciliation, Seen
from recast_api.launching.run_list import RunList, read_run_list, was_there
from recast_api.launching.schedule import SCHEDULE, Schedule, can_resend

DUPLICATE_DAYS = 14
_COUNTED = timedelta(days=1, minutes=10)  # the day that the limit counts, and some for clocks that differ


class ResendRefusedError(RecastError):
    """The launch may not be sent again: its run was found, or may still be there."""


class Launcher:
    """Launches runs of one client for one person, through a journal.

    Safe to share between threads, like the client and the journal it is made of.
    """

    def __init__(
        self, client: RecastClient, journal: Journal, *, owner: Owner, schedule: Schedule = SCHEDULE
    ) -> None:
        self._client = client
        self._journal = journal
        self._owner = owner
        self._schedule = schedule
        self._reconciler = Reconciler(client.runs, journal)

    def launch(
        self,
        form: RunForm,
        *,
        ticket: str | None = None,
        facts: DataFacts | None = None,
        note: str = "",
        reasons: Mapping[str, str] | None = None,
        confirmed: Collection[int] = (),
        over_budget: bool = False,
    ) -> Entry:
        """Write a launch down, send it once, write down what became of it, and return its entry.

        `ticket` names one decision to launch, such as one preview on screen: with the same ticket it is sent
        once however often this is called, and later calls return the first one's entry. `confirmed` are the
        ids of `earlier` launches that a person wants to repeat; `over_budget` sends even though the API's
        limits are used up by our count.

        An exception of this program's own (`RecastError`) means that nothing was sent: the run list could
        not be read, the journal not written, the same was launched or is on its way (`SameLaunchError`), or
        the launch doesn't fit the limits (`BudgetExceededError`). Once it was sent the entry says what is
        known, even where the journal can't.
        """
        intent = self._intent(
            form,
            facts=facts or DataFacts(),
            note=note,
            reasons=dict(reasons or {}),
            **({"ticket": ticket} if ticket else {}),
        )
        return self._launch(form, intent, confirmed, over_budget=over_budget)

    def reconcile(self, entry: Entry) -> Reconciliation:
        """Look for an unknown launch in the run list, once, and adopt its run if that is certain."""
        self._refuse_other_client(entry)
        return self._reconciler.look(entry)

    def adopt(self, entry: Entry, run_id: RunId, *, by: str) -> Entry:
        """Write down that a person says this run is the launch, and return the entry.

        Raises `OutcomeConflictError` for a run that was there before the launch or that another entry
        owns, and `ApiError` where the run can't be read.
        """
        self._refuse_other_client(entry)
        run = self._client.runs.get(run_id)
        if was_there(run, entry):
            message = f"Run {run.id} was there before this launch was sent, so it can't be its run."
            raise OutcomeConflictError(message, entry=entry)
        return self._journal.record(entry, Outcome.found(run.id, matched_by="a person said so", by=by))

    def dismiss(self, entry: Entry, run_id: RunId) -> Entry:
        """Write down that a person says this run is not the launch's; later looks leave it out."""
        return self._journal.dismiss(entry, run_id)

    def give_up(self, entry: Entry, *, by: str) -> Entry:
        """Write down that a person stops looking for it, which they may do at any time."""
        return self._journal.record(entry, Outcome.given_up(by))

    def can_resend(self, entry: Entry) -> bool:
        """Tell whether sending again may be offered."""
        return can_resend(entry, self._schedule)

    def resend(
        self, entry: Entry, form: RunForm, *, confirmed: Collection[int] = (), over_budget: bool = False
    ) -> Entry:
        """Give up an unknown launch and send the same again, as a new entry, which is returned.

        Looks a last time first. Raises `ResendRefusedError`, with nothing sent, when the launch has not
        been missing twice, when that look doesn't find it missing, or when the form isn't the same; and what
        `launch` raises, except that launches before the one that is sent again need not be confirmed.
        """
        if _sha256(form.json_bytes()) != entry.body_sha256:
            message = (
                "This isn't the same launch: the settings or the data differ. Start a new launch instead."
            )
            raise ResendRefusedError(message)
        if not self.can_resend(entry):
            message = (
                "This launch has not been looked for long enough to send it again: its run may still show up."
            )
            raise ResendRefusedError(message)
        # The looks before may be hours old, and the run may be listed by now.
        last_look = self.reconcile(entry)
        if last_look.seen is not Seen.NOT_FOUND:
            message = f"Not sent again. {last_look.sentence}"
            raise ResendRefusedError(message)
        missing = last_look.entry
        intent = self._intent(
            form,
            facts=missing.facts,
            note=missing.note,
            reasons=missing.reasons,
            resend_of=missing.id,
            # Derived, not new: two clicks on "send again" are one decision, and so get one ticket.
            ticket=_sha256(f"resend {missing.ticket}".encode()),
        )
        return self._launch(form, intent, confirmed, over_budget=over_budget)

    def usage(self) -> Usage:
        """Return what is used of the API's limits: an estimate. Raises `ApiError`."""
        budget = Budget(listed=self._list_for_budget().listed)
        return self._journal.usage(self._owner, self._client.base_url, self._client.client_slug, budget)

    def earlier(self, form: RunForm) -> list[Earlier]:
        """Return the launches that this one may repeat, newest first.

        Of the last 14 days and those still on their way: this person's with the same settings and data, and
        those of other people or tokens with the same client, run type and data.
        """
        return self._journal.earlier(self._intent(form), self._days_ago())

    def similar_runs(self, form: RunForm) -> list[Run]:
        """Return runs of the same type from the last 14 days that the journal knows nothing about.

        The run list is read to its end only where that takes few pages, so there may be more. Ask
        `has_same_data` whether one of them has the same data, which costs a download.
        """
        since = self._days_ago()
        owned = self._journal.owned_run_ids(self._client.base_url, self._client.client_slug)
        listed = read_run_list(self._client.runs, since).runs.values()
        recent = [run for run in listed if run.created_at is None or run.created_at >= since]
        return [run for run in recent if run.id not in owned and run.run_type in (None, form.run_type)]

    def has_same_data(self, run_id: RunId, form: RunForm) -> bool:
        """Tell whether a run's clean data, as served, is the form's, byte for byte. Raises `ApiError`."""
        return self._reconciler.data_sha256(run_id) == _sha256(form.clean_data.encode())

    def _intent(self, form: RunForm, **decisions: Any) -> Intent:
        fields = form.body()["form"]
        return Intent(
            owner=self._owner,
            base_url=self._client.base_url,
            client_slug=self._client.client_slug,
            run_type=fields.pop("run_type"),
            priors_url=fields.pop("google_sheet_priors_url"),
            data_sha256=_sha256(fields.pop("clean_data").encode()),
            body_sha256=_sha256(form.json_bytes()),
            parameters=fields,
            **decisions,
        )

    def _launch(
        self, form: RunForm, intent: Intent, confirmed: Collection[int], *, over_budget: bool
    ) -> Entry:
        # Read before the launch is written down: where the list can't be read nothing was sent, and a later
        # look knows from it which runs are new.
        run_list = self._list_for_budget()
        intent = replace(intent, listed=run_list.remembered())
        budget = None if over_budget else Budget(listed=run_list.listed)
        guard = Guard(since=self._days_ago(), confirmed=confirmed)
        try:
            entry = self._journal.intend(intent, budget=budget, guard=guard)
        except AlreadyIntendedError as earlier:
            return earlier.entry
        return self._send(form, entry)

    def _send(self, form: RunForm, entry: Entry) -> Entry:
        try:
            run_id = self._client.runs.launch(form)
        except LaunchUnansweredError as error:
            return self._settle(entry, Outcome.unknown(str(error), error.status))
        except StatusError as error:
            return self._settle(entry, Outcome.rejected(error.status, str(error), error.details))
        except ConnectionFailedError as error:
            return self._settle(entry, Outcome.not_sent(str(error)))
        except Exception as error:
            # An error that nobody foresaw doesn't say how far the request got.
            message = f"Sending was interrupted by an unexpected error: {type(error).__name__}."
            return self._settle(entry, Outcome.unknown(message))
        except BaseException:
            # Ctrl-C, or Streamlit stopping the script. It has to go on, but the launch must not stay
            # `sending`.
            self._settle(entry, Outcome.unknown("The program was ended while it waited for the answer."))
            raise
        return self._settle(entry, Outcome.launched(run_id))

    def _settle(self, entry: Entry, outcome: Outcome) -> Entry:
        """Write down the outcome and return the entry with it, even where the journal can't be written."""
        try:
            written = self._journal.answered(entry, outcome)
            # Where another entry owns the run, the journal keeps this entry without one. The API's answer
            # named the run nevertheless, so the person who launched it gets to see it.
            return replace(written, run_id=outcome.run_id) if written.state is outcome.state else written
        except Exception as error:
            return replace(
                entry,
                state=outcome.state,
                run_id=outcome.run_id,
                status=outcome.status,
                details=outcome.details,
                message=f"{outcome.message} This is not written down yet: {error}".strip(),
            )

    def _list_for_budget(self) -> RunList:
        return read_run_list(self._client.runs, self._journal.now() - _COUNTED)

    def _days_ago(self) -> datetime:
        return self._journal.now() - timedelta(days=DUPLICATE_DAYS)

    def _refuse_other_client(self, entry: Entry) -> None:
        if (entry.base_url, entry.client_slug) != (self._client.base_url, self._client.client_slug):
            message = (
                f"Launch {entry.id} went to client {entry.client_slug} at {entry.base_url}; "
                "connect to that to look for it."
            )
            raise OutcomeConflictError(message, entry=entry)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
