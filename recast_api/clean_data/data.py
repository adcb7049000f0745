"""Clean data: a file as it was understood, and the text that would be sent for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Protocol, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recast_api.clean_data.findings import Change, Finding, Fix

Subject = TypeVar("Subject")
Answer = TypeVar("Answer")


def once(compute: Callable[[Subject], Answer]) -> Callable[[Subject], Answer]:
    """Compute something about clean data or a table once: several checks ask for it, and none changes it."""
    known: WeakKeyDictionary[Subject, Answer] = WeakKeyDictionary()

    @wraps(compute)
    def answer(subject: Subject) -> Answer:
        if subject not in known:
            known[subject] = compute(subject)
        return known[subject]

    return answer


class Fixable(Protocol):
    """What reading keeps of a text to say what a fix would do to it, without reading it again."""

    def fix(self, name: str) -> Fix | None:
        """Return the fix of that name, if it would change anything."""

    def changes(self, name: str) -> Iterator[Change]:
        """Yield the lines that a fix would change."""


@dataclass(frozen=True, eq=False)
class CleanData:
    """A file as it was understood, and the text that would be sent for it."""

    text: str
    r"""What would be sent: `\n` line ends, no byte order mark, accepted fixes made. Empty if no text."""
    frame: pd.DataFrame
    """One column per column of the file, in its order: datetime64 for the dates, float64 where every cell is
    a number or missing, else the cells as they stand. Row numbers, empty rows and columns, and rows that are
    no days (totals, units, notes) are left out. Without columns where the file can't be read."""
    date_column: str | None
    """Which column of the frame holds the days; None if there is none, or more than one might."""
    lines: NDArray[np.int64]
    """Line of the delivered file on which each row of the frame begins, the header being line 1."""
    findings: tuple[Finding, ...]
    """What reading noticed, worst first."""
    fixes: tuple[Fix, ...]
    """Every fix for this file, those accepted among them."""
    accepted: tuple[str, ...]
    """Names of the fixes that were made; those that don't apply to this file are left out."""
    encoding: str
    separator: str
    text_lines: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """Line of the delivered file that each line of `text` came from."""
    sheet: str = ""
    """Of a workbook, the sheet that was read."""
    sheets: tuple[str, ...] = ()
    """Of a workbook, the names of all sheets that could be."""
    fixable: Fixable | None = field(default=None, repr=False)
    """Kept for `preview` and `fix`; None where the file holds no text."""

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of the bytes that would be sent, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def fix(self, name: str) -> Fix | None:
        """Return a fix that could still be made, if it would change anything.

        Those that checks name are among them (`sort_by_date`, `trim_after:YYYY-MM-DD`), unlike in `fixes`.
        """
        return self.fixable.fix(name) if self.fixable else None

    @property
    def readable(self) -> bool:
        """Whether there is a frame to check."""
        return len(self.frame.columns) > 0
