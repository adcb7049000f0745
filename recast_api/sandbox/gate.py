"""Between the socket and the API: receive every request whole, record it, let a queued fault strike.

One that is too large is refused instead. A body is held no longer than it takes to hand it to the API.
"""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recast_api.sandbox import incoming
from recast_api.sandbox.faults import Answer, Faults, Work

MOST_REQUESTS = 300
MOST_RECORDED_BYTES = 64_000_000


@dataclass
class RecordedRequest:
    """A request as it was received. `status` is what was answered: None before that, and if dropped.

    `body` is empty where bodies aren't kept, and of a request that was too large.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    status: int | None = None


class Gate:
    """The outermost ASGI application; `requests` holds the last 300, or fewer if they are large.

    Bodies of more than `most_request_bytes` are refused; `keep_bodies` is whether the others are recorded.
    """

    def __init__(self, api: ASGIApp, faults: Faults, *, most_request_bytes: int, keep_bodies: bool) -> None:
        self._api, self._faults = api, faults
        self._most_request_bytes, self._keep_bodies = most_request_bytes, keep_bodies
        self._lock = threading.Lock()
        self._requests: deque[RecordedRequest] = deque(maxlen=MOST_REQUESTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Receive, record, answer or fail to."""
        chunks = incoming.chunks(receive)
        declared = int(Headers(scope=scope).get("content-length", 0))
        try:
            parts = await incoming.parts(chunks, declared, self._most_request_bytes)
            if parts is None:
                self._record(scope, b"").status = 413
                await incoming.refuse(chunks, send, self._most_request_bytes)
                return
        except incoming.HungUpError:
            return
        answer = await self._answer(scope, parts)
        await _deliver(answer, scope, receive, send)

    @property
    def requests(self) -> list[RecordedRequest]:
        """The last requests received, oldest first."""
        with self._lock:
            return list(self._requests)

    def forget(self) -> None:
        """Forget the requests received so far."""
        with self._lock:
            self._requests.clear()

    async def _answer(self, scope: Scope, parts: list[bytes]) -> Answer | None:
        """Return the answer to the body in `parts`, which the API takes out of there; None to hang up."""
        if self._keep_bodies:
            # One copy does for the record and for the API.
            parts[:] = [b"".join(parts)]
        record = self._record(scope, parts[0] if self._keep_bodies else b"")
        effect = self._faults.take(scope["method"], scope["path"], bearer_token(Headers(scope=scope)))
        work = _work(self._api, scope, parts)
        answer = await (effect(work) if effect else work())
        record.status = answer.status if answer else None
        return answer

    def _record(self, scope: Scope, body: bytes) -> RecordedRequest:
        headers = {name: value for name, value in Headers(scope=scope).items() if name != "authorization"}
        query = scope["query_string"].decode("latin-1")
        record = RecordedRequest(scope["method"], scope["path"], query, headers, body)
        with self._lock:
            self._requests.append(record)
            while sum(len(each.body) for each in self._requests) > MOST_RECORDED_BYTES:
                self._requests.popleft()
        return record


def bearer_token(headers: Headers) -> str:
    """Return the token in the Authorization header; empty if there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _work(api: ASGIApp, scope: Scope, parts: list[bytes]) -> Work:
    async def receive() -> Message:
        body = b"".join(parts)
        parts.clear()
        return {"type": "http.request", "body": body, "more_body": False}

    async def work() -> Answer:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        await api(scope, receive, send)
        start, *rest = sent
        return Answer(start["status"], tuple(start["headers"]), b"".join(part["body"] for part in rest))

    return work


async def _deliver(answer: Answer | None, scope: Scope, receive: Receive, send: Send) -> None:
    if answer is not None:
        body, cut = answer.body[: answer.cut_at], answer.cut_at is not None
        await send({"type": "http.response.start", "status": answer.status, "headers": list(answer.headers)})
        await send({"type": "http.response.body", "body": body, "more_body": cut})
        if not cut:
            return
    # The server's connections put their transport here (see server.py): ASGI has no word for hanging up.
    scope["state"]["transport"].close()
    # Returning before the connection is known to be gone would make the server answer 500 in our place.
    await receive()
