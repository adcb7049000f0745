"""A request's body as it comes in: received whole up to a limit, refused with 413 past it."""

import json
from collections.abc import AsyncIterator

from starlette.types import Receive, Send

from recast_api.sandbox.forms import RejectionError

HEARD_OUT = 10
"""How many times the limit is read, and thrown away, from a caller who was refused."""


class HungUpError(Exception):
    """The caller went away in the middle of its request."""


async def chunks(receive: Receive) -> AsyncIterator[bytes]:
    """Yield the body piece by piece; raises `HungUpError`."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HungUpError
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


async def parts(body: AsyncIterator[bytes], declared: int, most: int) -> list[bytes] | None:
    """Return the pieces of the whole body, or None as soon as it is known to be longer than `most` bytes.

    `declared` is what the caller said its length is; 0 where it didn't. Raises `HungUpError`.
    """
    if declared > most:
        return None
    received, size = [], 0
    async for chunk in body:
        size += len(chunk)
        if size > most:
            return None
        received.append(chunk)
    return received


async def refuse(rest: AsyncIterator[bytes], send: Send, most: int) -> None:
    """Answer 413, and hang up once the caller has said what was left to say; raises `HungUpError`.

    Most callers read no answer before they have sent everything: hung up on earlier, they would see a broken
    pipe. So the answer goes out at once, and the rest of the body is read and thrown away, within reason.
    """
    message = f"The request is larger than the {most} bytes that are taken here"
    body = json.dumps(RejectionError(413, message).as_json()).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    left = HEARD_OUT * most
    async for chunk in rest:
        left -= len(chunk)
        if left < 0:
            break
    await send({"type": "http.response.body", "body": b""})
