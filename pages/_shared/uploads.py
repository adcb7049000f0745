"""What an upload may hold of the server's memory.

Streamlit keeps every uploaded file until the session ends, even when the uploader is gone or has another
file; so the page takes the bytes out of its store.
"""

import os
from contextlib import suppress
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages._shared.source import Source

# Measured by `python -m tests.browser.twenty_visitors`, with files of 5 MB.
_VISITORS = 20
_APP_MB = 270
"""The process with its libraries and one visitor without data, and what reading a file takes for a moment."""
_HELD_PER_MB = 3.4
"""Megabytes that a visitor holds for each of the file's: text, numbers, and a launch in the sandbox."""

_SMALLEST_MB = 5
"""Five years of 300 columns: less nobody could work with, even where it is a tight fit."""

_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""What a container may use, in the two ways that Linux says it."""


def largest_mb(memory_mb: float | None = None) -> int:
    """Megabytes that a file may have, so that twenty visitors' fit into the memory at once; at most what
    `server.maxUploadSize` allows."""
    memory_mb = _memory_mb() if memory_mb is None else memory_mb
    fits = (memory_mb - _APP_MB) / (_VISITORS * _HELD_PER_MB)
    return int(min(max(fits, _SMALLEST_MB), st.get_option("server.maxUploadSize")))


def most_bytes_kept() -> int:
    """Of one browser session's files, for all its clients together: that of the one at hand and another."""
    return 2 * largest_mb() * 1_000_000


def take(file: UploadedFile) -> Source:
    """The file, which is then held here alone."""
    source = Source(file.name, file.getvalue())
    context = get_script_run_ctx()
    # Not part of Streamlit's public interface: where a later release keeps files in another way, so be it.
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(session_id=context.session_id, file_id=file.file_id)
    return source


@cache
def _memory_mb() -> float:
    """What there is for this process: the machine's memory, or the container's part of it."""
    limits = [float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))] if os.name == "posix" else []
    for path in _LIMITS:
        with suppress(OSError, ValueError):  # the word "max" is no limit
            limits.append(float(Path(path).read_text()))
    return min(limits, default=float("inf")) / 1e6
