"""Which Google Sheet an address names, in any spelling that browsers, Drive and other people hand out.

The API shows one form, `https://docs.google.com/spreadsheets/d/<id>/edit`; which others it takes isn't
published. Pure functions of text: nothing is asked of Google.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

LONGEST_URL = 2_000
"""Characters. A sheet's address has about 100, with every parameter known some 300; browsers and servers cut
off at about 2,000."""

# Sheet ids are letters, digits, - and _; /d/e/… is a published copy and not the sheet.
_ID = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN = re.compile(r"https://docs\.google\.com/spreadsheets/d/(?!e/)([A-Za-z0-9_-]+)(?:[/?#][!-~]*)?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")

_DOCS = "docs.google.com"
_HOSTS = (_DOCS, "drive.google.com", "sheets.google.com", "spreadsheets.google.com")
_USUAL_PORTS = {"https": (None, 443), "http": (None, 80)}


class SheetForm(StrEnum):
    """How an address names a Google Sheet.

    PLAIN is the form that the API shows. OTHER surely names a sheet and is spelled another way: for the
    second of several accounts (`/u/1/`), in a company's domain (`/a/acme.com/`), with capitals in the host's
    name. Of UNCLEAR it can't be told whether the API would take it: a file in Drive, a published sheet,
    `http://`, no scheme, an old address.
    """

    PLAIN = "plain"
    OTHER = "other"
    UNCLEAR = "unclear"


def sheet_form(url: str) -> SheetForm | None:
    """Return how an address names a sheet, or None where it surely isn't a sheet's address."""
    named = _named(url)
    return named and named.form


def sheet_id(url: str) -> str | None:
    """Return the id of the sheet that an address names: the same for every spelling.

    None where it isn't a sheet's address, and for a published sheet, whose address doesn't tell its id.
    """
    named = _named(url)
    return named and named.id


def plain_address(url: str) -> str | None:
    """Return the form of an address that the API shows, or None where the sheet's id isn't known."""
    own_id = sheet_id(url)
    return own_id and f"https://{_DOCS}/spreadsheets/d/{own_id}/edit"


class _Named(NamedTuple):
    form: SheetForm
    id: str | None


def _named(url: str) -> _Named | None:
    url = url.strip()
    if plain := _PLAIN.fullmatch(url):
        return _Named(SheetForm.PLAIN, plain[1])
    parts = _split(url)
    if parts is None:
        return None
    steps = _steps_without_account(parts.path)
    if steps[:3] == ["spreadsheets", "d", "e"] and len(steps) > 3:
        return _Named(SheetForm.UNCLEAR, None)
    own_id = _id_in(steps, parts.query)
    if own_id is None:
        return None
    is_sheet = steps[0] == "spreadsheets" and parts.hostname == _DOCS and url.lower().startswith("https://")
    return _Named(SheetForm.OTHER if is_sheet else SheetForm.UNCLEAR, own_id)


def _split(url: str) -> SplitResult | None:
    """Return the parts of an address on one of Google's hosts for sheets, a missing scheme being https."""
    # urlsplit would take line breaks and tabs out, and so join what doesn't belong together.
    if not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url if _SCHEME.match(url) else f"https://{url.removeprefix('//')}")
        is_usual = parts.port in _USUAL_PORTS.get(parts.scheme, ()) and parts.username is None
    except ValueError:
        return None
    return parts if is_usual and parts.hostname in _HOSTS else None


def _steps_without_account(path: str) -> list[str]:
    """Return the steps of a path without those that say whose account it was opened in."""
    # Each by itself, because an escaped slash is part of a step.
    steps = [unquote(step) for step in path.split("/")[1:]]
    if steps[:1] == ["a"]:
        steps = steps[2:]
    for index in (0, 1):
        if steps[index : index + 1] == ["u"] and "".join(steps[index + 1 : index + 2]).isdecimal():
            del steps[index : index + 2]
    return steps


def _id_in(steps: Sequence[str], query: str) -> str | None:
    match steps:
        case ["spreadsheets" | "file", "d", step, *_] | ["d", step, *_]:
            found = step
        case ["open" | "uc" | "ccc" | "pub"] | ["spreadsheet", "ccc" | "pub"]:
            parameters = parse_qs(query)
            found = (parameters.get("key") or parameters.get("id") or [""])[0]
        case _:
            return None
    return found if _ID.fullmatch(found) else None
