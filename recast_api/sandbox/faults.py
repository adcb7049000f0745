"""Faults on purpose: each method queues one fault for the next matching request.

    sandbox.faults.drop_after_work(method="POST")
    sandbox.faults.respond(503, path_contains="/runs/2786", times=2)

"The work" is what the API does with the request: the run a POST creates, or the reading a GET does. Requests
are always received whole before a fault strikes, so that the caller sees the fault and not a broken pipe.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

HTML_PAGE = (
    "<!DOCTYPE html><html><head><title>{status}</title></head>"
    "<body><h1>{status} from the proxy</h1><p>The server is having a moment.</p></body></html>"
)


@dataclass(frozen=True)
class Answer:
    """A response about to be sent. With `cut_at`, the connection dies after that many bytes of the body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    cut_at: int | None = None


Work = Callable[[], Awaitable[Answer]]
"""Does what was asked and returns the answer that would be sent."""

Effect = Callable[[Work], Awaitable[Answer | None]]
"""What a fault makes of a request: an answer, or None for a connection dropped without one."""


class Where(TypedDict, total=False):
    """Which requests a fault strikes, and how often; everything not given matches.

    `skip` lets that many matching requests pass first, `times` (1) is how many it strikes after that.
    """

    method: str
    path_contains: str
    token: str
    skip: int
    times: int


@dataclass
class _Fault:
    effect: Effect
    where: Where
    skip: int
    times: int

    def matches(self, method: str, path: str, token: str) -> bool:
        return (
            self.where.get("method", method).upper() == method
            and self.where.get("path_contains", "") in path
            and self.where.get("token", token) == token
        )


class Faults:
    """The queue of faults; the oldest that matches a request strikes, one per request."""

    def __init__(self) -> None:
        self._queue: list[_Fault] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many strikes are still to come."""
        return sum(fault.times for fault in self._queue)

    def clear(self) -> None:
        """Let everything go right again."""
        with self._lock:
            self._queue.clear()

    def drop_before_work(self, **where: Unpack[Where]) -> None:
        """Close the connection without an answer, with nothing done."""

        async def effect(work: Work) -> None:
            del work

        self._add(effect, where)

    def drop_after_work(self, **where: Unpack[Where]) -> None:
        """Do the work, then close the connection without an answer."""

        async def effect(work: Work) -> None:
            await work()

        self._add(effect, where)

    def respond(
        self,
        status: int,
        body: str | bytes = "",
        *,
        content_type: str = "text/plain; charset=utf-8",
        headers: Mapping[str, str] | None = None,
        after_work: bool = False,
        **where: Unpack[Where],
    ) -> None:
        """Answer with this status and body instead, with nothing done unless `after_work`."""
        answer = _answer(status, body, {"content-type": content_type, **(headers or {})})

        async def effect(work: Work) -> Answer:
            if after_work:
                await work()
            return answer

        self._add(effect, where)

    def html(self, status: int = 502, *, after_work: bool = False, **where: Unpack[Where]) -> None:
        """Answer with a page of HTML, as a proxy or a login wall does."""
        page = HTML_PAGE.format(status=status)
        self.respond(status, page, content_type="text/html; charset=utf-8", after_work=after_work, **where)

    def broken_json(self, **where: Unpack[Where]) -> None:
        """Do the work, but send only the first half of the answer's body, as if that were all."""

        async def effect(work: Work) -> Answer:
            answer = await work()
            return _with_body(answer, answer.body[: len(answer.body) // 2])

        self._add(effect, where)

    def slow(self, seconds: float, *, after_work: bool = True, **where: Unpack[Where]) -> None:
        """Answer properly, but `seconds` (real ones) late; the work is done first unless `after_work=False`.

        Other requests are answered meanwhile.
        """

        async def effect(work: Work) -> Answer:
            if not after_work:
                await asyncio.sleep(seconds)
                return await work()
            answer = await work()
            await asyncio.sleep(seconds)
            return answer

        self._add(effect, where)

    def truncate_download(self, **where: Unpack[Where]) -> None:
        """Announce the whole download, send half of it, close the connection."""

        async def effect(work: Work) -> Answer:
            answer = await work()
            return replace(answer, cut_at=len(answer.body) // 2)

        self._add(effect, {"path_contains": "/downloads/", **where})

    def take(self, method: str, path: str, token: str) -> Effect | None:
        """Take the effect that strikes this request, if any, off the queue."""
        with self._lock:
            for fault in self._queue:
                if not fault.matches(method, path, token):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                self._queue = [queued for queued in self._queue if queued.times > 0]
                return fault.effect
        return None

    def _add(self, effect: Effect, where: Where) -> None:
        if unknown := set(where) - set(Where.__annotations__):
            raise TypeError(f"A fault can't be narrowed down by {', '.join(sorted(unknown))}")
        with self._lock:
            self._queue.append(_Fault(effect, where, where.get("skip", 0), where.get("times", 1)))


def _answer(status: int, body: str | bytes, headers: Mapping[str, str]) -> Answer:
    encoded = tuple((name.lower().encode(), value.encode()) for name, value in headers.items())
    return _with_body(Answer(status, encoded, b""), body.encode() if isinstance(body, str) else body)


def _with_body(answer: Answer, body: bytes) -> Answer:
    headers = tuple(header for header in answer.headers if header[0] != b"content-length")
    return replace(answer, body=body, headers=(*headers, (b"content-length", str(len(body)).encode())))
