"""A reverse proxy on this machine, as small as one can be: it changes header lines and passes bytes on."""

import socket
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


@contextmanager
def forwarding(url: str, *header_lines: str, without: Collection[str] = ()) -> Iterator[str]:
    """The address of a proxy to `url` that changes the first request of a connection.

    The headers named in `without` are left out, `header_lines` are added. A browser opens a connection of
    its own for a websocket, whose only request is the handshake.
    """
    dropped = {name.lower() for name in without}
    port = urlsplit(url).port
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                inward, _ = listener.accept()
                threading.Thread(target=connect, args=(inward,), daemon=True).start()

    def connect(inward: socket.socket) -> None:
        with suppress(OSError), inward, socket.create_connection(("127.0.0.1", port)) as outward:
            outward.sendall(changed(inward.recv(65_536)))
            threading.Thread(target=pump, args=(outward, inward), daemon=True).start()
            pump(inward, outward)

    def changed(request: bytes) -> bytes:
        head, _, rest = request.partition(b"\r\n\r\n")
        request_line, *lines = head.decode("latin-1").split("\r\n")
        kept = [line for line in lines if line.partition(":")[0].lower() not in dropped]
        return "\r\n".join([request_line, *kept, *header_lines]).encode("latin-1") + b"\r\n\r\n" + rest

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
