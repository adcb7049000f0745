"""Giving memory back: a free host has room for some twenty visitors, if what they left is really free.

Python returns large pieces to the C library, which by itself keeps many of them for later, in a heap for
each thread; and each click of each visitor runs in a thread. Elsewhere than on glibc nothing is done.
"""

import ctypes
import gc
import os
from collections.abc import Callable

import streamlit as st

# Their numbers in glibc's malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MOST_ARENAS = -1, -3, -8

_LARGE = 256 * 1024
"""Bytes from which a piece is taken from the system by itself and goes back to it by itself: columns of
numbers and files are, small objects aren't."""


@st.cache_resource(show_spinner=False)
def settle() -> bool:
    """Set the C library to give memory back, once for the server process; tell whether it could be set."""
    mallopt = _of_the_c_library("mallopt")
    settings = {_TRIM_THRESHOLD: _LARGE, _MMAP_THRESHOLD: _LARGE, _MOST_ARENAS: 2}
    return mallopt is not None and all(mallopt(name, value) for name, value in settings.items())


def give_back(_session: object = None) -> None:
    """Return to the system what nobody holds any more."""
    gc.collect()
    trim = _of_the_c_library("malloc_trim")
    if trim is not None:
        trim(0)


def _of_the_c_library(name: str) -> Callable[..., int] | None:
    # Only on POSIX does None name the program itself, with the C library in it.
    return getattr(ctypes.CDLL(None), name, None) if os.name == "posix" else None


@st.cache_resource(scope="session", show_spinner=False, on_release=give_back)
def watch_session() -> object:
    """Give memory back when this browser session ends. What it had cached is let go of just before."""
    return object()
