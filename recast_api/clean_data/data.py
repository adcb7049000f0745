"""Clean data: a file as it was understood, and the text that would be sent for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recast_api.clean_data.findings import Finding, Fix


@dataclass(frozen=True, eq=False)
class CleanData:
    """A file as it was understood, and the text that would be sent for it."""

    text: str
    r"""What would be sent: `\n` line ends, no byte order mark, accepted fixes made. Empty if no text."""
    frame: pd.DataFrame
    """One column per column of the file, in its order: datetime64 for the dates, float64 where every cell is
    a number or missing, else the cells as they stand. Row numbers without a name and empty rows and columns
    are left out. Without columns where the file can't be read."""
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

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of the bytes that would be sent, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def readable(self) -> bool:
        """Whether there is a frame to check."""
        return len(self.frame.columns) > 0
