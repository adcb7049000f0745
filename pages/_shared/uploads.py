"""What an upload may hold of the server's memory.

Streamlit keeps every uploaded file until the session ends, even when the uploader is gone or has another
file; so the page takes the bytes out of its store.
"""

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages._shared.source import Source

MOST_BYTES_KEPT = 40_000_000
"""Of one browser session's files, for all its clients together."""


def largest_mb() -> int:
    """Megabytes that a file may have: `server.maxUploadSize` of the configuration."""
    return int(st.get_option("server.maxUploadSize"))


def take(file: UploadedFile) -> Source:
    """The file, which is then held here alone."""
    source = Source(file.name, file.getvalue())
    context = get_script_run_ctx()
    # Not part of Streamlit's public interface: where a later release keeps files in another way, so be it.
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(session_id=context.session_id, file_id=file.file_id)
    return source
