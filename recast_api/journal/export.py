"""The journal as a CSV file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from recast_api.inert_csv import inert_csv
from recast_api.journal.entries import Entry

_COLUMNS: dict[str, Callable[[Entry], object]] = {
    "launch": lambda entry: entry.id,
    "started_at": lambda entry: entry.started_at.isoformat(timespec="seconds"),
    "email": lambda entry: entry.owner.email,
    "base_url": lambda entry: entry.base_url,
    "client": lambda entry: entry.client_slug,
    "run_type": lambda entry: entry.run_type,
    "priors_sheet": lambda entry: entry.priors_url,
    "parameters": lambda entry: json.dumps(dict(entry.parameters)) if entry.parameters else "",
    "rows": lambda entry: entry.facts.row_count,
    "columns": lambda entry: entry.facts.column_count,
    "first_day": lambda entry: entry.facts.first_day,
    "last_day": lambda entry: entry.facts.last_day,
    "kpi": lambda entry: entry.facts.kpi,
    "clean_data_sha256": lambda entry: entry.data_sha256,
    "body_sha256": lambda entry: entry.body_sha256,
    "note": lambda entry: entry.note,
    "reasons": lambda entry: "; ".join(f"{check}: {reason}" for check, reason in entry.reasons.items()),
    "outcome": lambda entry: entry.state.value,
    "run": lambda entry: entry.run_id,
    "http_status": lambda entry: entry.status,
    "message": lambda entry: entry.message,
    "settled_at": lambda entry: entry.settled_at and entry.settled_at.isoformat(timespec="seconds"),
    "matched_by": lambda entry: entry.matched_by,
    "settled_by": lambda entry: entry.settled_by,
    "replaces_launch": lambda entry: entry.resend_of,
}


def entries_csv(entries: Iterable[Entry]) -> str:
    """Return the entries as CSV text with a header.

    A cell that a spreadsheet would take for a formula has an apostrophe before it.
    """
    return inert_csv(_COLUMNS, ((read(entry) for read in _COLUMNS.values()) for entry in entries))
