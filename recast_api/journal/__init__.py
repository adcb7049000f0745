"""The journal: every launch, written down before it is sent, and what became of it.

Knows neither the client nor Streamlit. Holds no token and no data, only a token's one-way fingerprint and
the data's SHA-256. By default a SQLite file in the user's data directory; for several replicas, Postgres.
"""

from recast_api.journal.budget import Budget, ListedRun, Usage
from recast_api.journal.entries import (
    RUN_STATES,
    DataFacts,
    Earlier,
    Entry,
    Intent,
    Listed,
    Outcome,
    Owner,
    RunId,
    State,
    utc_now,
)
from recast_api.journal.errors import (
    AlreadyIntendedError,
    BudgetExceededError,
    JournalError,
    JournalUnavailableError,
    OutcomeConflictError,
    SameLaunchError,
)
from recast_api.journal.export import entries_csv
from recast_api.journal.guard import Guard
from recast_api.journal.store import (
    CATCHING_UP,
    LOOK_LEASE,
    NOT_FOUND_BEFORE_RESEND,
    SENDING_LEASE,
    Journal,
)

__all__ = [
    "CATCHING_UP",
    "LOOK_LEASE",
    "NOT_FOUND_BEFORE_RESEND",
    "RUN_STATES",
    "SENDING_LEASE",
    "AlreadyIntendedError",
    "Budget",
    "BudgetExceededError",
    "DataFacts",
    "Earlier",
    "Entry",
    "Guard",
    "Intent",
    "Journal",
    "JournalError",
    "JournalUnavailableError",
    "Listed",
    "ListedRun",
    "Outcome",
    "OutcomeConflictError",
    "Owner",
    "RunId",
    "SameLaunchError",
    "State",
    "Usage",
    "entries_csv",
    "utc_now",
]
