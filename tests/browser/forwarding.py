"""A reverse proxy on this machine, as small as one can be: it adds header lines and passes bytes on."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


@contextmanager
def forwarding(url: str, *header_lines: str) -> Iterator[str]:
    """The address of a proxy to `url` that adds `header_lines` to the first request of a connection.

    A browser opens a connection of its own for a websocket, whose only request is the handshake.
    """
    added = "".join(f"{line}\r\n" for line in header_lines).encode()
    port = urlsplit(url).port
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                inward, _ = listener.accept()
                threading.Thread(target=connect, args=(inward,), daemon=True).start()

    def connect(inward: socket.socket) -> None:
        with suppress(OSError), inward, socket.create_connection(("127.0.0.1", port)) as outward:
            request_line, _, rest = inward.recv(65_536).partition(b"\r\n")
            outward.sendall(request_line + b"\r\n" + added + rest)
            threading.Thread(target=pump, args=(outward, inward), daemon=True).start()
            pump(inward, outward)

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://localhost:{listener.getsockname()[1]}"
    finally:
        listener.close()
