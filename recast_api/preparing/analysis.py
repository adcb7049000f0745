"""The three questions asked of clean data, each with just the values that its answer depends on.

So a page can remember each answer by itself, and a changed holdout doesn't check the data again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Self

from recast_api.clean_data import (
    CleanData,
    Finding,
    Role,
    Settings,
    check_against,
    check_data,
    check_run_type,
    guess_roles,
    suggest_kpi,
)

Findings = tuple[Finding, ...]


@dataclass(frozen=True)
class Roles:
    """Which column is what, as guessed or as a person said. One value that can be a key of a cache."""

    kpi: str | None
    of: tuple[tuple[str, Role], ...]
    """Of each column of numbers."""

    @classmethod
    def guessed(cls, data: CleanData) -> Self:
        """Return the roles by the columns' names, for data whose analyst isn't asked."""
        kpi = suggest_kpi(data)
        return cls(kpi, tuple(guess_roles(data, kpi).items()))


def findings_of_data(data: CleanData, roles: Roles) -> Findings:
    """Return what reading found and what can be said of the data by itself, worst first."""
    return check_data(data, kpi=roles.kpi, roles=dict(roles.of))


def findings_against(
    data: CleanData, earlier: CleanData | None, roles: Roles, as_of: date | None
) -> Findings:
    """Return what can be said of the data against an earlier run's and the As-of Date, worst first."""
    return check_against(data, earlier, kpi=roles.kpi, roles=dict(roles.of), as_of=as_of)


def findings_for_settings(data: CleanData, settings: Settings, roles: Roles) -> Findings:
    """Return what can be said of the data for the settings of a run, worst first."""
    return check_run_type(data, settings, kpi=roles.kpi, roles=dict(roles.of))


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """How the three are asked: as they are, or through a cache in front of each."""

    of_data: Callable[[CleanData, Roles], Findings] = findings_of_data
    against: Callable[[CleanData, CleanData | None, Roles, date | None], Findings] = findings_against
    for_settings: Callable[[CleanData, Settings, Roles], Findings] = findings_for_settings


UNCACHED = Analysis()
