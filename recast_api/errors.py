"""Everything that `recast_api` raises; each error's text is a sentence for the person at the screen.

    RecastError
    ├── ConfigurationError        token, client slug, base URL or time limit can't be used (a ValueError)
    ├── ArgumentError             a run id, page or interval can't be used (a ValueError)
    ├── FormError                 a run form can't be right; one sentence per field (a ValueError)
    ├── ApiError                  a call failed; carries method, path and what the server said
    │   ├── ConnectionFailedError     the API was not reached, or broke off before it had all of the request
    │   ├── ConnectionDroppedError    the request was sent and the connection broke
    │   ├── RequestTimeoutError       the request was sent and no answer came in time
    │   ├── UnreadableResponseError   an answer came and isn't what the API documents, or is too large
    │   ├── LaunchUnansweredError     a launch was sent and its outcome is unknown
    │   └── StatusError               the API answered with an error
    │       ├── RedirectError             3xx to a read; for a launch the outcome is unknown then
    │       ├── BadRequestError           400
    │       ├── UnauthorizedError         401
    │       ├── ForbiddenError            403
    │       ├── NotFoundError             404
    │       ├── UnprocessableError        422
    │       ├── RateLimitedError          429
    │       ├── ServerError               5xx
    │       └── UnexpectedStatusError     any other status
    └── WaitError                 a wait that did not end with a successful run; carries the run last read
        ├── RunFailedError            the run ended in error, aborted or syncing_failed
        └── WaitTimeoutError          out of time (a TimeoutError)

Retries are spent by the time one of these is raised. A launch raises a `StatusError` for 400 to 499 alone,
which say that no run was launched; any other answer without a run's id is a `LaunchUnansweredError`.

Import them from here or from `recast_api`: that the first of them are written in `_input_errors` is no one's
business but the models'.
"""

import math
from collections.abc import Mapping
from typing import ClassVar

from recast_api._input_errors import (
    ArgumentError,
    ConfigurationError,
    Details,
    FormError,
    RecastError,
)
from recast_api.models import Run

__all__ = [
    "ApiError",
    "ArgumentError",
    "BadRequestError",
    "ConfigurationError",
    "ConnectionDroppedError",
    "ConnectionFailedError",
    "Details",
    "ForbiddenError",
    "FormError",
    "LaunchUnansweredError",
    "NotFoundError",
    "RateLimitedError",
    "RecastError",
    "RedirectError",
    "RequestTimeoutError",
    "RunFailedError",
    "ServerError",
    "StatusError",
    "UnauthorizedError",
    "UnexpectedStatusError",
    "UnprocessableError",
    "UnreadableResponseError",
    "WaitError",
    "WaitTimeoutError",
]


class ApiError(RecastError):
    """A call of the API failed.

    `method` and `path` say which call; `status`, `server_message` (plain text on one line, shortened),
    `details` (by field) and `request_id` are there where the server said so.
    """

    def __init__(
        self,
        sentence: str,
        *,
        method: str,
        path: str,
        status: int | None = None,
        server_message: str | None = None,
        details: Mapping[str, tuple[str, ...]] | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(sentence)
        self.method = method
        self.path = path
        self.status = status
        self.server_message = server_message
        self.details: Details = dict(details or {})
        self.request_id = request_id


class ConnectionFailedError(ApiError):
    """The API was not reached, or the connection broke before it had all of the request."""


class ConnectionDroppedError(ApiError):
    """The request was sent and the connection broke before the whole answer was there."""


class RequestTimeoutError(ApiError):
    """The request was sent and no answer came in time, or not all of it."""


class UnreadableResponseError(ApiError):
    """An answer came that isn't what the API documents, or that is larger than it may be."""


class LaunchUnansweredError(ApiError):
    """A launch was sent and its outcome is unknown: look in the run list before sending it again.

    `cause` is what happened instead of an answer.
    """

    def __init__(self, cause: ApiError) -> None:
        super().__init__(
            "The launch was sent and a run may have started, but its answer never came; look in the run list "
            f"before you send it again. What happened: {cause}",
            method=cause.method,
            path=cause.path,
            status=cause.status,
            server_message=cause.server_message,
            details=cause.details,
            request_id=cause.request_id,
        )
        self.cause = cause


class StatusError(ApiError):
    """The API answered with an error."""

    meaning: ClassVar[str] = "The API answered with a status that isn't documented for this call"

    def __init__(
        self,
        *,
        method: str,
        path: str,
        status: int,
        server_message: str | None = None,
        details: Mapping[str, tuple[str, ...]] | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        answer = f"{status}: {server_message}" if server_message else f"{status}"
        wait = f" The API asks to wait {_span(retry_after)}." if retry_after else ""
        super().__init__(
            f"{self.meaning} ({answer}).{wait}",
            method=method,
            path=path,
            status=status,
            server_message=server_message,
            details=details,
            request_id=request_id,
        )
        self.retry_after = retry_after
        """Seconds after which the server wants to be asked again, where it said so."""


def _span(seconds: float) -> str:
    """Return a time to wait in words, rounded up."""
    if seconds <= 120:
        return f"{math.ceil(seconds)} s"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} minutes" if minutes <= 120 else f"{math.ceil(minutes / 60)} hours"


class RedirectError(StatusError):
    """The API answered with a redirect, which is not followed: the base URL is probably wrong.

    The run may have been launched before the redirect, so for a launch it becomes a `LaunchUnansweredError`.
    """

    meaning = "The API redirected the request, so the base URL is probably wrong"


class BadRequestError(StatusError):
    """Something required is missing from the request, or it could not be read."""

    meaning = "The API could not read the request, or something required is missing from it"


class UnauthorizedError(StatusError):
    """The token is missing, wrong or revoked."""

    meaning = "The API did not accept the token; check it, or generate a new one in the Recast app"


class ForbiddenError(StatusError):
    """The token is valid and may not do this."""

    meaning = "This token may not do that; check the client slug, or ask for access"


class NotFoundError(StatusError):
    """There is no such client or run, or this token does not reach it."""

    meaning = "The API knows no such client or run, or this token does not reach it"


class UnprocessableError(StatusError):
    """The API read the request and found wrong values; see `details`."""

    meaning = "The API found something wrong in what was sent"


class RateLimitedError(StatusError):
    """Too many requests; `retry_after` is how many seconds to wait, where the server said so.

    The text says it, too.
    """

    meaning = "Too many requests; the API takes 20 runs a minute and 100 a day, so wait before the next one"


class ServerError(StatusError):
    """The API has a problem of its own."""

    meaning = "The API has a problem of its own; try again later"


class UnexpectedStatusError(StatusError):
    """The API answered with a status that isn't documented for this call."""


class WaitError(RecastError):
    """A wait that did not end with a successful run; `run` is the run as last read."""

    run: Run | None


class RunFailedError(WaitError):
    """The run ended in `error`, `aborted` or `syncing_failed`."""

    run: Run

    def __init__(self, run: Run) -> None:
        super().__init__(f"Run {run.id} ended with the status {run.status}.")
        self.run = run


class WaitTimeoutError(WaitError, TimeoutError):
    """The run was not known to be finished when the time was up.

    `run` is None where it could never be read; the last attempt's error is then the `__cause__`.
    """

    def __init__(self, run_id: int | str, run: Run | None, *, seconds: float) -> None:
        state = "it could not be read" if run is None else f"its last status was {run.status or 'missing'}"
        super().__init__(f"Run {run_id} was not finished after {seconds:g} seconds of waiting; {state}.")
        self.run_id = run_id
        self.run = run
