"""Which code of `reading/` a call goes through, as the interpreter tells it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from recast_api.clean_data import reading

FOLDER = str(Path(reading.__file__).parent)


def followed(call: Callable[[], object]) -> list[tuple[str, str, int]]:
    """Return file, function and depth of every entry into a file of `reading/` that wasn't at work already.

    A file is at work while one of its functions is: getting an answer from another file isn't entering it.
    """
    at_work: list[str] = []
    entries: list[tuple[str, str, int]] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        path = Path(frame.f_code.co_filename)
        if str(path.parent) != FOLDER:
            return
        if event == "call":
            if path.stem not in at_work:
                entries.append((path.stem, frame.f_code.co_name, len(at_work)))
            at_work.append(path.stem)
        elif event == "return":
            at_work.pop()

    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(None)
    return entries


def files_entered(call: Callable[[], object]) -> list[str]:
    """Return the files in the order in which they are entered; one that follows itself counts once."""
    files = [file for file, _, _ in followed(call)]
    return [file for index, file in enumerate(files) if index == 0 or files[index - 1] != file]


def functions_entered(call: Callable[[], object]) -> set[str]:
    """Return the names of the functions by which files are entered."""
    return {function for _, function, _ in followed(call)}
