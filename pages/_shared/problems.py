"""What the API answered instead of what was asked, as one plain sentence on the page."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import streamlit as st

from pages._shared.plain import escape
from recast_api import ApiError, RecastError


@contextmanager
def shown() -> Iterator[None]:
    """Draw a `RecastError` raised in the block where it happened; the rest of the page goes on."""
    try:
        yield
    except RecastError as error:
        draw_problem(error)


def draw_problem(error: RecastError) -> None:
    """The error's sentence, and folded below it what the server said in full."""
    st.error(escape(error), icon=":material/error:")
    details = _details(error)
    if details:
        with st.expander("Details"):
            st.code(details, language=None, wrap_lines=True)


def notices(sentences: Iterable[str]) -> None:
    """What a person should know that stops nothing."""
    for sentence in sentences:
        st.warning(escape(sentence), icon=":material/info:")


def _details(error: RecastError) -> str:
    if not isinstance(error, ApiError):
        return ""
    lines = [f"{error.method} {error.path}"]
    if error.status is not None:
        lines.append(f"HTTP status {error.status}")
    lines += [f"{field}: {', '.join(messages)}" for field, messages in (error.details or {}).items()]
    return "\n".join(lines)
