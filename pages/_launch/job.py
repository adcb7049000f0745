"""The launch under way on one client's page: claimed by a click, sent by one run of the script.

The job is a plain object that nothing of Streamlit's touches between the claim and the stored outcome.
So a second click finds the job taken, and a rerun that interrupts the call can't lose its answer.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from uuid import uuid4

from recast_api import RecastError, RunForm
from recast_api.journal import Entry


class Step(Enum):
    CLAIMED = auto()
    SENT = auto()
    DONE = auto()
    REFUSED = auto()
    """Nothing was sent, and `Job.error` says why."""
    CHANGED = auto()
    """Nothing was sent, because it was no longer what was shown and approved."""
    BROKEN_OFF = auto()
    """This program failed; the journal says how far it got."""


@dataclass(eq=False)
class Job:
    """One press of the button, with the form as it was shown then."""

    form: RunForm
    resend_of: Entry | None = None
    """The unknown launch that this one replaces, where a person said so."""
    ticket: str = field(default_factory=lambda: uuid4().hex)
    """The journal takes a ticket once, whatever happens to this session."""
    step: Step = Step.CLAIMED
    entry: Entry | None = None
    error: RecastError | None = None

    @property
    def is_open(self) -> bool:
        return self.step in (Step.CLAIMED, Step.SENT)

    def send(self, launch: Callable[[], Entry], *, is_approved: bool) -> None:
        """Send once, if what would go now is still approved. Until the outcome is stored nothing of
        Streamlit's is called: it could interrupt."""
        self.step = Step.SENT  # by exactly one run of the script
        if not is_approved:
            self.step = Step.CHANGED
            return
        try:
            self.entry = launch()
            self.step = Step.DONE
        except RecastError as error:
            self.error = error
            self.step = Step.REFUSED
        except BaseException:  # else the page would say "sending" for ever
            self.step = Step.BROKEN_OFF
            raise
