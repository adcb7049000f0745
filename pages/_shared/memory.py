"""Giving memory back: a free host has room for some twenty visitors, if what they left is really free.

Python returns large pieces to the C library, which by itself keeps many of them for later, in a heap for
each thread; and each click of each visitor runs in a thread. Elsewhere than on glibc nothing is done.
"""

import asyncio
import ctypes
import gc
import os
from collections.abc import Callable

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

# Their numbers in glibc's malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MOST_ARENAS = -1, -3, -8

_BEFORE_THE_END = 0.8
"""Of the time for which Streamlit keeps a session; after that time it can't reach the session itself."""
_LARGE = 256 * 1024
"""Bytes from which a piece is taken from the system by itself and goes back to it by itself: columns of
numbers and files are, small objects aren't."""


@st.cache_resource(show_spinner=False)
def settle() -> bool:
    """Set the C library to give memory back, once for the server process; tell whether it could be set."""
    mallopt = _of_the_c_library("mallopt")
    settings = {_TRIM_THRESHOLD: _LARGE, _MMAP_THRESHOLD: _LARGE, _MOST_ARENAS: 2}
    return mallopt is not None and all(mallopt(name, value) for name, value in settings.items())


def _on_disconnect(session_id: str) -> None:
    """Streamlit keeps a session that lost its connection for a while, in case that comes back, and forgets it
    for good only at the end of another one: so this ends it in time."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # let go of for another reason than that
        return
    loop.run_in_executor(None, _give_back)
    kept = float(st.get_option("server.disconnectedSessionTTL"))
    loop.call_later(_BEFORE_THE_END * kept, _end, loop, session_id)


def _end(loop: asyncio.AbstractEventLoop, session_id: str) -> None:
    if Runtime.exists() and not Runtime.instance().is_active_session(session_id):
        Runtime.instance().close_session(session_id)
        loop.run_in_executor(None, _give_back)


def _give_back() -> None:
    gc.collect()
    trim = _of_the_c_library("malloc_trim")
    if trim is not None:
        trim(0)


def _of_the_c_library(name: str) -> Callable[..., int] | None:
    # Only on POSIX does None name the program itself, with the C library in it.
    return getattr(ctypes.CDLL(None), name, None) if os.name == "posix" else None


@st.cache_resource(scope="session", show_spinner=False, on_release=_on_disconnect)
def watch_session() -> str:
    """Give memory back when this browser session ends; its id."""
    context = get_script_run_ctx()
    return "" if context is None else context.session_id
