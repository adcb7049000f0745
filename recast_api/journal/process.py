"""Which process is sending a launch, and whether that process has ended.

A row that says `sending` will never be settled if its process has ended. That can only be judged on the same
computer and in the same process namespace (container); the rows of any other process wait until their lease
has run out.
"""

from __future__ import annotations

import os
import platform
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """One process on one computer. `started` tells it from a later one with the same number."""

    host: str
    number: int
    started: str

    def __str__(self) -> str:
        return f"{self.host}|{self.number}|{self.started}"

    @classmethod
    def parse(cls, text: str) -> Process:
        """Return the process that `str()` wrote."""
        host, number, started = text.rsplit("|", 2)
        return cls(host, int(number), started)


@cache
def this_host() -> str:
    """Return a name for this computer and process namespace, which changes when it restarts."""
    boot = _read(_PROC / "sys/kernel/random/boot_id")
    namespace = _PROC / "self/ns/pid"
    space = str(namespace.readlink()) if namespace.is_symlink() else ""
    return "/".join((platform.node(), boot, space))


def this_process() -> Process:
    """Return the process this code runs in."""
    return Process(this_host(), os.getpid(), _start_of(os.getpid()))


def is_gone(process: Process) -> bool:
    """Tell whether the process has surely ended; False when that can't be judged from here."""
    # On Windows os.kill(number, 0) would end the process instead of asking for it.
    if process.host != this_host() or os.name != "posix":
        return False
    with suppress(PermissionError):  # another user's process, so it exists
        try:
            os.kill(process.number, 0)
        except ProcessLookupError:
            return True
    # A number is given again after its process has ended, so the start time must be the same, too.
    started = _start_of(process.number)
    return started not in ("", process.started)


def _start_of(number: int) -> str:
    """Return when a process started, in the kernel's ticks; empty where the system doesn't say."""
    # The second field, the program's name, may hold blanks: count from its closing bracket.
    fields = _read(_PROC / str(number) / "stat").rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 else ""


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
