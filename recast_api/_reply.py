"""Turn a reply into a value or into the error that it is: pure functions."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from recast_api.errors import (
    BadRequestError,
    Details,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    RedirectError,
    ServerError,
    StatusError,
    UnauthorizedError,
    UnexpectedStatusError,
    UnprocessableError,
    UnreadableResponseError,
)


@dataclass(frozen=True)
class Reply:
    """One answer as it came; `secret` must not appear in an error made from it."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    secret: str = field(default="", repr=False)


def json_in(reply: Reply) -> Any:
    """Return the value in a reply, or raise the error that it is."""
    _check_status(reply)
    try:
        return _whole_characters(json.loads(reply.body))
    except (ValueError, RecursionError):
        problem = unreadable(reply, "it isn't JSON")
    raise problem


def _whole_characters(value: Any) -> Any:
    """Return `value` with U+FFFD for each half of a surrogate pair, which could be neither shown nor sent."""
    match value:
        case str() if not value.isascii():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_whole_characters(item) for item in value]
        case dict():
            return {_whole_characters(key): _whole_characters(item) for key, item in value.items()}
        case _:
            return value


def is_cut_json(reply: Reply) -> bool:
    """Whether a reply of success should be JSON, isn't, and may be the beginning of some.

    A page of HTML never is: it is an answer, whatever its header says.
    """
    if not is_success(reply.status) or not (_media_type(reply) == "" or _media_type(reply).endswith("json")):
        return False
    try:
        json.loads(reply.body)
    except (ValueError, RecursionError):
        return not reply.body.lstrip().startswith(b"<")
    return False


def csv_in(reply: Reply) -> bytes:
    """Return the bytes of a file in a reply, or raise the error that the reply is."""
    _check_status(reply)
    if _media_type(reply) in ("text/html", "application/json"):
        raise unreadable(reply, f"it is {_media_type(reply)} instead of a CSV file")
    return reply.body


def unreadable(reply: Reply, problem: str) -> UnreadableResponseError:
    """Make the error for an answer that isn't what the API documents."""
    message, _ = _explanation(reply)
    quoted = f": {message}" if message else ""
    return UnreadableResponseError(
        f"The API's answer could not be used, because {problem} ({reply.status}{quoted}).",
        method=reply.method,
        path=reply.path,
        status=reply.status,
        server_message=message,
        request_id=_request_id(reply),
    )


_BY_STATUS: dict[int, type[StatusError]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    422: UnprocessableError,
    429: RateLimitedError,
}
_BY_HUNDRED: dict[int, type[StatusError]] = {3: RedirectError, 5: ServerError}


def _check_status(reply: Reply) -> None:
    if is_success(reply.status):
        return
    kind = _BY_STATUS.get(reply.status) or _BY_HUNDRED.get(reply.status // 100, UnexpectedStatusError)
    message, details = _explanation(reply)
    raise kind(
        method=reply.method,
        path=reply.path,
        status=reply.status,
        server_message=message,
        details=details,
        request_id=_request_id(reply),
        retry_after=retry_after(reply),
    )


def is_success(status: int) -> bool:
    """Whether a status says that the request was done."""
    return status // 100 == 2


_LONGEST_RETRY_AFTER = 31 * 86_400
"""Seconds. The API's longest limit counts by the day; more than a month is no time to wait for."""


def retry_after(reply: Reply) -> float | None:
    """Return the seconds in a `Retry-After` header, which is a number or a date; None for anything else."""
    value = _header(reply, "Retry-After").strip()
    try:
        seconds = float(value) if value.isdecimal() else _seconds_until(value)
    except (ValueError, OverflowError):
        return None
    return seconds if seconds <= _LONGEST_RETRY_AFTER else None


def _seconds_until(date: str) -> float:
    moment = parsedate_to_datetime(date)
    wait = moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)
    return max(wait.total_seconds(), 0.0)


def _explanation(reply: Reply) -> tuple[str | None, Details]:
    """Return the server's own words about an error: a message, and sentences by field."""
    location = _header(reply, "Location")
    if location:
        return _plain(f"to {location}", reply.secret), {}
    try:
        answer = json.loads(reply.body)
    except (ValueError, RecursionError):
        return _plain(_text(reply), reply.secret) or None, {}
    if not isinstance(answer, dict):
        return _plain(str(answer), reply.secret) or None, {}
    error = answer.get("error") or answer.get("errors") or answer
    if not isinstance(error, dict):
        return _plain(str(error), reply.secret) or None, {}
    message = error.get("message")
    return _plain(str(message), reply.secret) if message else None, _details(error, reply.secret)


def _details(error: Mapping[str, Any], secret: str) -> Details:
    served = error.get("details") or {}
    if not isinstance(served, dict):
        served = {"base": served}  # the name that the API uses for what is no single field's fault
    return {
        _plain(name, secret): tuple(
            _plain(str(sentence), secret)
            for sentence in (sentences if isinstance(sentences, list) else [sentences])
        )
        for name, sentences in served.items()
    }


_LONGEST_MESSAGE = 200
_LONGEST_PAGE = 20_000
"""Characters of an error page that are searched for its words."""


def _text(reply: Reply) -> str:
    """Return the words of a plain text or of an HTML page."""
    text = _masked(reply.body.decode(errors="replace"), reply.secret)
    if _media_type(reply) != "text/html" and not text.lstrip().startswith("<"):
        return text
    page = text[:_LONGEST_PAGE]
    page = re.sub(r"(?is)<(script|style|title)\b.*?(</\1\s*>|\Z)|<!--.*?(-->|\Z)", " ", page)
    return html.unescape(re.sub(r"<[^>]*>?", " ", page))


def _plain(text: str, secret: str = "") -> str:
    """`text` without the secret, on one line, and not too long."""
    text = _masked(text, secret)[:_LONGEST_PAGE]
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 1] + "…"


def _masked(text: str, secret: str) -> str:
    return text.replace(secret, "[token]") if secret else text


def _header(reply: Reply, name: str) -> str:
    return next((value for key, value in reply.headers.items() if key.lower() == name.lower()), "")


def _media_type(reply: Reply) -> str:
    return _header(reply, "Content-Type").partition(";")[0].strip().lower()


def _request_id(reply: Reply) -> str | None:
    return _plain(_header(reply, "X-Request-Id"), reply.secret) or None
