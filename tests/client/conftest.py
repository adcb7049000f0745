"""A form to launch, and a server for replies that the sandbox shouldn't know."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from recast_api import DEFAULT_RETRY, RecastClient, RunForm, Timeout

QUICK_RETRY = DEFAULT_RETRY.new(backoff_factor=0, backoff_jitter=0)
SHEET = "https://docs.google.com/spreadsheets/d/abc/edit"


@pytest.fixture
def form(clean_csv: str) -> RunForm:
    return RunForm(run_type="model_run", google_sheet_priors_url=SHEET, clean_data=clean_csv)


@dataclass(frozen=True)
class Received:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class OtherServer:
    """Answers with the replies queued by `answer`, the last of them for good."""

    base_url: str
    replies: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def answer(self, body: Any = b"", status: int = 200, **headers: str) -> None:
        """Queue one reply; a body that isn't bytes goes out as JSON, `a_b="c"` as the header `a-b: c`."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies.append((status, {"Content-Type": "application/json"} | named, content))


@pytest.fixture
def other_server() -> Iterator[OtherServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            other.received.append(Received(self.command, self.path, dict(self.headers), body))
            status, headers, content = other.replies.pop(0) if len(other.replies) > 1 else other.replies[0]
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        other = OtherServer(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield other
        server.shutdown()
        thread.join()


@pytest.fixture
def other_client(other_server: OtherServer) -> Iterator[RecastClient]:
    with RecastClient(
        token="gr_other",
        client_slug="acme",
        base_url=other_server.base_url,
        timeout=Timeout(connect=5, read=5, launch=5),
        retry=QUICK_RETRY,
    ) as client:
        yield client
