"""What the check step hands on: the data, what its columns are, what it is compared with, what was found."""

from dataclasses import dataclass
from datetime import date

from pages._shared.analysis import Roles
from pages._shared.source import Source
from recast_api.clean_data import CleanData, Finding


@dataclass(frozen=True)
class Checked:
    """Clean data and all that the analyst said about it."""

    source: Source
    data: CleanData
    roles: Roles
    earlier: CleanData | None
    """The clean data of the run that it is compared with."""
    earlier_run: str | None
    as_of: date | None
    findings: tuple[Finding, ...]
    """Of the data and against the earlier run; those for the run type come with the settings."""
