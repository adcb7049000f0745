"""The calls about runs, and waiting for one."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from pydantic import ValidationError

from recast_api._http import Transport
from recast_api._reply import Reply, csv_in, json_in, unreadable
from recast_api.errors import (
    ApiError,
    ArgumentError,
    ConnectionDroppedError,
    ConnectionFailedError,
    LaunchUnansweredError,
    NotFoundError,
    RateLimitedError,
    RequestTimeoutError,
    RunFailedError,
    ServerError,
    StatusError,
    UnreadableResponseError,
    WaitTimeoutError,
)
from recast_api.models import Run, RunForm, RunPage

Value = TypeVar("Value")

# As in the API document's own example, for runs that take 20 to 60 minutes.
_WAIT_SECONDS = 90 * 60
_POLL_SECONDS = 60

_TRANSIENT = (
    ConnectionFailedError,
    ConnectionDroppedError,
    RequestTimeoutError,
    RateLimitedError,
    ServerError,
)
"""Errors that a later try of the same read may well not meet."""

_TRANSIENT_ONCE = (NotFoundError, UnreadableResponseError)
"""What a load balancer answers now and then in place of the API. Twice in a row, it is the API's answer."""

_REFUSALS = range(400, 500)
"""Statuses that say that no run was launched. Before a redirect or a server error one may have been."""


class Clock(Protocol):
    """The two things that `Runs.wait` needs of a clock."""

    def now(self) -> float:
        """Seconds since any fixed moment, never going back."""

    def sleep(self, seconds: float) -> None:
        """Let that many seconds pass."""


class _SystemClock:
    now = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)


class Runs:
    """The runs of one client; `RecastClient.runs` is one.

    Every call may raise an `ApiError`.
    """

    def __init__(self, transport: Transport, client_slug: str) -> None:
        self._transport = transport
        self._path = f"/v1/clients/{quote(client_slug, safe='')}/runs"

    def launch(self, form: RunForm) -> int | str:
        """Launch a run and return its id as served.

        The form is sent once, as the bytes of `form.json_bytes()`. Only where the connection was never
        made is it tried again.

        Raises:
            LaunchUnansweredError: the outcome is unknown, so look in the run list before sending it again:
                no answer came, or one that is neither a run's id nor a refusal (400 to 499). Any other
                `ApiError` means that no run was launched.
        """
        try:
            reply = self._transport.post(self._path, form.json_bytes())
            return _read(reply, Run.model_validate).id
        except (ConnectionDroppedError, RequestTimeoutError, UnreadableResponseError) as error:
            raise LaunchUnansweredError(error) from error
        except StatusError as error:
            if error.status in _REFUSALS:
                raise
            raise LaunchUnansweredError(error) from error

    def get(self, run_id: int | str) -> Run:
        """Return one run with its form."""
        reply = self._transport.get_json(self._run_path(run_id))
        return _read(reply, Run.model_validate)

    def list(self, page: int = 1, *, per_page: int = 25) -> RunPage:
        """Return one page of the run list. The API counts pages from 1 and serves at most 100 runs on one."""
        if page < 1 or per_page < 1:
            raise ArgumentError("Page and runs per page are counted from 1.")
        params = {"page": page, "per_page": per_page}
        reply = self._transport.get_json(self._path, params)
        return _read(reply, RunPage.from_served)

    def pages(self, *, per_page: int = 100) -> "RunPages":
        """Return an iterator over the pages of the run list, each asked for when it is taken.

        Yields:
            A `RunPage` for each page, in the order served, from the first to the last.

        Raises:
            ArgumentError: for fewer than 1 run per page, when the first page is taken.
            ApiError: where a page can't be read. It can be taken again.
        """
        return RunPages(partial(self.list, per_page=per_page))

    def iterate(self, *, per_page: int = 100) -> Iterator[Run]:
        """Yield every run once, asking for page after page and keeping the order served.

        A run launched in the meantime moves the others down the list: it may be missing here itself, but
        no other is, and none comes twice.
        """
        yielded: set[int | str] = set()
        for page in self.pages(per_page=per_page):
            for run in page.items:
                if run.id not in yielded:
                    yielded.add(run.id)
                    yield run

    def download_clean_data(self, run_id: int | str) -> bytes:
        """Return the clean data that a run was trained on, exactly as served.

        Raises:
            ConnectionDroppedError: where the file broke off before its end.
        """
        return csv_in(self._transport.get_file(f"{self._run_path(run_id)}/downloads/clean_data"))

    def wait(
        self,
        run_id: int | str,
        *,
        timeout: float = _WAIT_SECONDS,
        every: float = _POLL_SECONDS,
        on_poll: Callable[[Run], object] | None = None,
        clock: Clock | None = None,
    ) -> Run:
        """Read a run again and again until it has succeeded, and return it.

        It is read at once, then `every` so many seconds, and for the last time at the deadline. Errors that
        may be transient (connection, time limit, 429, 5xx) don't end the wait, nor does a single 404 or a
        single answer that can't be used, such as a page of HTML; the second in a row does. The time that the
        last call itself takes may go beyond the deadline.

        Args:
            run_id: The run.
            timeout: Seconds to wait.
            every: Seconds between two reads.
            on_poll: Called with the run each time that it could be read.
            clock: Another clock than the system's, for tests.

        Raises:
            RunFailedError: the run ended in `error`, `aborted` or `syncing_failed`.
            WaitTimeoutError: the run wasn't known to be finished in time. An unknown status counts so.
        """
        if not every > 0:
            raise ArgumentError("The seconds between two looks at a run must be more than 0.")
        clock = clock or _SystemClock()
        deadline = clock.now() + timeout
        run: Run | None = None
        problem: ApiError | None = None
        while True:
            previous_problem, problem = problem, None
            try:
                run = self.get(run_id)
            except (*_TRANSIENT, *_TRANSIENT_ONCE) as error:
                if isinstance(error, _TRANSIENT_ONCE) and isinstance(previous_problem, _TRANSIENT_ONCE):
                    raise
                problem = error
            else:
                if on_poll:
                    on_poll(run)
                if run.is_finished:
                    return _successful(run)
            seconds_left = deadline - clock.now()
            if seconds_left <= 0:
                raise WaitTimeoutError(run_id, run, seconds=timeout) from problem
            clock.sleep(min(every, seconds_left))

    def _run_path(self, run_id: int | str) -> str:
        text = str(run_id)
        # Dots would be taken for steps up the path, a blank id for the run list.
        if not text.strip() or text in (".", "..") or not text.isprintable():
            raise ArgumentError(f"{text!r} is not the id of a run.")
        return f"{self._path}/{quote(text, safe='')}"


class RunPages(Iterator[RunPage]):
    """The pages of the run list, one after the other; `Runs.pages` makes one."""

    def __init__(self, read_page: Callable[[int], RunPage]) -> None:
        self._read_page = read_page
        self._number = 0
        self._run_ids: set[int | str] = set()
        self.is_at_end = False
        """Whether the page taken last was the last one: known without asking for another."""

    def __next__(self) -> RunPage:
        if self.is_at_end:
            raise StopIteration
        page = self._read_page(self._number + 1)
        self._number += 1
        run_ids = {run.id for run in page.items}
        self.is_at_end = _is_last(page, self._number, has_new=not run_ids <= self._run_ids)
        self._run_ids |= run_ids
        return page


def _read(reply: Reply, parse: Callable[[Any], Value]) -> Value:
    answer = json_in(reply)
    try:
        return parse(answer)
    except ValidationError as error:
        first_problem = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(step) for step in first_problem["loc"]) or "answer"
    raise unreadable(reply, f"its {field} isn't what the API documents")


def _is_last(page: RunPage, number: int, *, has_new: bool) -> bool:
    """Whether there is no page after this one that would be worth asking for."""
    if not page.items or page.page not in (None, number):
        return True
    # A server that ignores the page number serves page 1 for ever. Where it doesn't say how many pages
    # it has, it gives itself away by serving the same runs again.
    return not has_new if page.total_pages is None else number >= page.total_pages


def _successful(run: Run) -> Run:
    if not run.succeeded:
        raise RunFailedError(run)
    return run
