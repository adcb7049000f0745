"""The body of a launch: read, checked, and turned into what a run keeps. Knows no HTTP beyond the status."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn

RUN_TYPES = ("model_run", "parameter_recovery", "stability_loop", "holdout")
REQUIRED = ("google_sheet_priors_url", "clean_data", "run_type")
OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "stability_loop": ("n_holdout", "days_per_holdout"),
    "holdout": ("holdout_days",),
}
LONGEST_URL = 2_000
"""Characters; browsers and proxies give up on longer addresses."""
MOST_HOLDOUT_DAYS = 100
_MOST = 2**31 - 1
"""Larger whole numbers don't fit the usual integer column of a database."""


class RejectionError(Exception):
    """A request that is answered with an error: status, message and, per field, what is wrong."""

    def __init__(self, status: int, message: str, details: Mapping[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.details = status, message, details

    def as_json(self) -> dict[str, Any]:
        """Return the error body, as the API's sibling endpoints have it."""
        error: dict[str, Any] = {"message": self.message}
        if self.details:
            error["details"] = self.details
        return {"error": error}


class Launch(NamedTuple):
    """An accepted launch: the form without its clean data, and the clean data as UTF-8."""

    form: Mapping[str, Any]
    clean_data: bytes


def read(body: bytes) -> Launch:
    """Read a launch from a request body, of which it holds as few copies as it can at a time.

    Raises `RejectionError` with 400 (not JSON, no form, a required field missing or blank) or 422 (wrong
    values, all of them at once).
    """
    try:
        text = body.decode()
        # A large body: each spelling of it goes as soon as the next is there.
        del body
        document = json.loads(text, parse_constant=_no_constant)
        del text
    except (ValueError, RecursionError):
        raise RejectionError(400, "The request body is not valid JSON in UTF-8") from None
    form = _form(document)
    missing = [field for field in REQUIRED if _is_blank(form.get(field))]
    if missing:
        raise RejectionError(400, f"Missing required parameter: {', '.join(missing)}")
    kept = {field: form[field] for field in _fields_used(form) if form.get(field) is not None}
    found = {field: _CHECKS[field](value) for field, value in kept.items()}
    details = {field: messages for field, messages in found.items() if messages}
    if details:
        raise RejectionError(422, f"Validation failed: {', '.join(details)}", details)
    clean_data = kept.pop("clean_data")
    return Launch(kept, clean_data.encode())


def _no_constant(name: str) -> NoReturn:
    # Python reads NaN and Infinity, which JSON does not have.
    raise ValueError(name)


def _form(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict) or document.get("form") in (None, "", {}):
        raise RejectionError(400, "Missing required parameter: form")
    form = document["form"]
    if not isinstance(form, dict):
        raise RejectionError(400, "Parameter form must be an object")
    return form


def _is_blank(value: object) -> bool:
    # Unlike `strip`, this makes no copy of a large text.
    return value is None or (isinstance(value, str) and (not value or value.isspace()))


def _fields_used(form: Mapping[str, Any]) -> tuple[str, ...]:
    run_type = form["run_type"]
    return (*REQUIRED, *OPTIONAL.get(run_type if isinstance(run_type, str) else "", ()))


def _run_type(value: object) -> list[str]:
    return [] if value in RUN_TYPES else [f"must be one of: {', '.join(RUN_TYPES)}"]


def _text(value: object) -> list[str]:
    if not isinstance(value, str):
        return ["must be a string"]
    try:
        value.encode()
    except UnicodeEncodeError:
        return ["must be text that UTF-8 can hold"]
    return []


def _url(value: object) -> list[str]:
    long = isinstance(value, str) and len(value) > LONGEST_URL
    return [f"must be {LONGEST_URL} characters or fewer"] if long else _text(value)


def _clean_data(value: object) -> list[str]:
    returns = isinstance(value, str) and "\r" in value
    return [*(["must use \\n line endings, but contains \\r"] if returns else []), *_text(value)]


def _count(value: object) -> list[str]:
    if isinstance(value, bool) or not isinstance(value, int):
        return ["must be an integer"]
    return [] if 1 <= value <= _MOST else ["must be 1 or more" if value < 1 else f"must be {_MOST} or less"]


def _counts(value: object) -> list[str]:
    if not isinstance(value, list):
        return ["must be an array of integers"]
    if not value:
        return ["must not be empty"]
    if len(value) > MOST_HOLDOUT_DAYS:
        return [f"must have {MOST_HOLDOUT_DAYS} items or fewer"]
    return list(dict.fromkeys(f"each item {message}" for item in value for message in _count(item)))


_CHECKS: Mapping[str, Callable[[object], list[str]]] = {
    "run_type": _run_type,
    "google_sheet_priors_url": _url,
    "clean_data": _clean_data,
    "n_holdout": _count,
    "days_per_holdout": _count,
    "holdout_days": _counts,
}
