"""Google Sheets by their address."""

import re

_SHEET = re.compile(r"(?:/a/[^/]+)?/spreadsheets/(?:u/\d+/)?d/(?!e/)([A-Za-z0-9_-]+)")


def sheet_id(url: str) -> str | None:
    """Return the id of the Google Sheet that an address names, or None."""
    found = _SHEET.search(url)
    return found[1] if found else None
