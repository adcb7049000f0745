"""A form to launch, and two servers for replies that the sandbox shouldn't know."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from recast_api import DEFAULT_RETRY, RecastClient, RunForm, Timeout
from tests.required_tools import require

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
    connection: int
    """The port at the client's end: the same for two requests over one connection."""


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

        def handle(self) -> None:
            with suppress(OSError):  # a client that has had enough of it
                super().handle()

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            port = self.client_address[1]
            other.received.append(Received(self.command, self.path, dict(self.headers), body, port))
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


@dataclass
class RawServer:
    """Sends the bytes queued in `answers` as they are, one answer per connection, the last of them for good.

    An answer may be many pieces, between which there is a pause; the connection is closed behind it.
    """

    base_url: str
    answers: list[Iterable[bytes]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """The first line of each."""
    was_hung_up: threading.Event = field(default_factory=threading.Event)
    """Set when a client closed its end in the middle of an answer."""

    def serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            head = list(iter(lambda: stream.readline().strip().decode(), ""))
            self.requests.append(head[0])
            lengths = [line.split(":")[1] for line in head if line.lower().startswith("content-length")]
            stream.read(int(*lengths))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            try:
                for piece in answer:
                    connection.sendall(piece)
                    time.sleep(0.01)
            except OSError:
                self.was_hung_up.set()


@pytest.fixture
def raw_server() -> Iterator[RawServer]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        raw = RawServer(f"http://127.0.0.1:{listener.getsockname()[1]}")

        def accept() -> None:
            with suppress(OSError), ThreadPoolExecutor() as threads:  # when the listener is shut down
                while True:
                    threads.submit(raw.serve, listener.accept()[0])

        thread = threading.Thread(target=accept)
        thread.start()
        yield raw
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture
def raw_client(raw_server: RawServer) -> Iterator[RecastClient]:
    with RecastClient(
        token="gr_raw",
        client_slug="acme",
        base_url=raw_server.base_url,
        timeout=Timeout(connect=5, read=5, launch=5, total=10, launch_total=10),
        retry=QUICK_RETRY,
    ) as client:
        yield client


def certify(folder: Path, name: str = "IP:127.0.0.1") -> tuple[Path, Path]:
    """Write a certificate for one host of these tests, and its key."""
    require(which("openssl") is not None, "This test needs openssl: apt-get install openssl")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subject = ["-subj", "/CN=test", "-addext", f"subjectAltName={name}"]
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            *subject,
            "-out",
            certificate,
            "-keyout",
            key,
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key
