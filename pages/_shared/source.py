"""A file of clean data as it came, from an upload or from an earlier run."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Source:
    """The bytes and a name for them."""

    name: str
    data: bytes = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        """What stands for the bytes in a cache key."""
        return hashlib.sha256(self.data).hexdigest()
