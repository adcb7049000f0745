"""Journal entries in words."""

from collections.abc import Iterable

from pages._shared import times
from pages._shared.run_words import run_type_word
from recast_api.journal import Entry, State

# A mark beside each word, for a table that has no badges.
OUTCOMES = {
    State.SENDING: "↑ Sending",
    State.LAUNCHED: "✓ Launched",
    State.REJECTED: "✕ Rejected",
    State.NOT_SENT: "✕ Not sent",
    State.UNKNOWN: "? Unknown",
    State.FOUND: "✓ Found again",
    State.GIVEN_UP: "– Given up",
}


def table(entries: Iterable[Entry]) -> list[dict[str, object]]:
    """A row for each entry, in plain text."""
    return [_row(entry) for entry in entries]


def _row(entry: Entry) -> dict[str, object]:
    facts = entry.facts
    return {
        "Started": times.local(entry.started_at),
        "Outcome": OUTCOMES[entry.state],
        "Run": "" if entry.run_id is None else str(entry.run_id),
        "Run type": run_type_word(entry.run_type),
        "Client": entry.client_slug,
        "Rows": facts.row_count,
        "Last day": str(facts.last_day or ""),
        "Data SHA-256": entry.data_sha256[:12],
        "Note": entry.note,
        "Reason": "; ".join(dict.fromkeys(entry.reasons.values())),
        "Message": entry.message,
        "Found by": entry.matched_by or "",
    }
