"""A file of clean data as it came, from an upload or from an earlier run."""

import hashlib
import zlib


class Source:
    """A name, and the bytes under it: told from others by their hash, and held only once.

    A server for many visitors can't hold a file as bytes, as text and as a table for each of them.
    """

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.size = len(data)
        self.sha256 = hashlib.sha256(data).hexdigest()
        self._bytes: bytes | None = data
        self._text: str | None = None
        self._packed = b""

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {self.size} bytes)"

    @property
    def data(self) -> bytes:
        """The file, byte for byte as it came."""
        if self._bytes is not None:
            return self._bytes
        return zlib.decompress(self._packed) if self._text is None else self._text.encode()

    def share(self, text: str) -> None:
        """Let go of the bytes, now that `text`, which was read from them, is held: where it says the very
        same it stands for them, else they are packed."""
        if self._bytes is None:
            return
        if text.encode() == self._bytes:
            self._text = text
        else:
            self._packed = zlib.compress(self._bytes, level=1)
        self._bytes = None
