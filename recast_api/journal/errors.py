"""What the journal can refuse, each in a sentence for the person at the desk.

RecastError
└── JournalError
    ├── JournalUnavailableError   it can't be read or written
    ├── BudgetExceededError       the launch would exceed a limit; says when it can go
    ├── SameLaunchError           the same was launched before, or is on its way; carries that launch
    ├── AlreadyIntendedError      this very launch was started before; carries its entry
    └── OutcomeConflictError      the entry can't take this outcome; carries the entry as it stands
"""

from __future__ import annotations

from datetime import datetime

from recast_api.errors import RecastError
from recast_api.journal.entries import Earlier, Entry


class JournalError(RecastError):
    """The journal refused."""


class JournalUnavailableError(JournalError):
    """The journal can't be read or written. Raised before a launch is sent, it keeps it from being sent."""


class BudgetExceededError(JournalError):
    """The launch would exceed a limit of the API, so it was not sent.

    `possible_at` is the time at which it can go, in UTC; an estimate, like the count behind it.
    """

    def __init__(self, message: str, *, possible_at: datetime) -> None:
        super().__init__(message)
        self.possible_at = possible_at


class SameLaunchError(JournalError):
    """The same was launched lately and that was not confirmed, or is on its way; `earlier` is that one."""

    def __init__(self, message: str, *, earlier: Earlier) -> None:
        super().__init__(message)
        self.earlier = earlier


class AlreadyIntendedError(JournalError):
    """A launch that was started before, by another click, tab or replica; `entry` is that one."""

    def __init__(self, message: str, *, entry: Entry) -> None:
        super().__init__(message)
        self.entry = entry


class OutcomeConflictError(JournalError):
    """The entry can't take this outcome; `entry` is what the journal holds."""

    def __init__(self, message: str, *, entry: Entry) -> None:
        super().__init__(message)
        self.entry = entry
