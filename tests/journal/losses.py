"""What can happen to a journal's file behind the program's back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

Loss = Callable[[Path], None]

COPY = "copy"
"""Beside the file: an older state of it."""


def keep_a_copy(file: Path) -> None:
    shutil.copy(file, file.with_name(COPY))


def delete(file: Path) -> None:
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()


def move(file: Path) -> None:
    file.rename(file.with_name("elsewhere.sqlite3"))


def overwrite_with_an_older_copy(file: Path) -> None:
    file.write_bytes(file.with_name(COPY).read_bytes())


def replace_by_an_older_copy(file: Path) -> None:
    shutil.copy(file.with_name(COPY), file.with_name("new"))
    file.with_name("new").replace(file)


def overwrite_with_garbage(file: Path) -> None:
    file.write_bytes(b"This is not a database. " * 200)


def empty(file: Path) -> None:
    file.write_bytes(b"")


LOSSES: dict[str, Loss] = {
    "deleted": delete,
    "moved": move,
    "overwritten with an older copy": overwrite_with_an_older_copy,
    "replaced by an older copy": replace_by_an_older_copy,
    "overwritten with garbage": overwrite_with_garbage,
    "emptied": empty,
}
