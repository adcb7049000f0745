"""What a check is: one rule with its levels, its threshold and the source of the threshold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from recast_api.clean_data.columns import Role
from recast_api.clean_data.findings import Finding, Group, Level

Subject = TypeVar("Subject")

GROUP_OF_FILE = {
    "text": Group.COLUMNS,
    "structure": Group.COLUMNS,
    "calendar": Group.DATES,
    "values": Group.SPEND,
    "zeros": Group.SPEND,
    "interruptions": Group.SPEND,
    "levels": Group.SPEND,
    "patterns": Group.SPEND,
    "copies": Group.SPEND,
    "spread": Group.SPEND,
    "units": Group.SPEND,
    "redundant": Group.SPEND,
    "collinearity": Group.SPEND,
    "revisions": Group.EARLIER_RUN,
    "since_last_run": Group.EARLIER_RUN,
    "run_type": Group.RUN_TYPE,
}
"""The group of the checks in each file of this room; a check that belongs elsewhere names its own."""


@dataclass(frozen=True)
class Check(Generic[Subject]):
    """One rule: call it with what it looks at, and it returns its findings."""

    find: Callable[[Subject], Iterable[Finding]]
    levels: tuple[Level, ...]
    threshold: str
    """When it reports a finding, in words."""
    source: str
    """Where the threshold comes from."""
    own_group: Group | None = None
    """Where it isn't the group of its file."""

    @property
    def group(self) -> Group:
        """Where its findings count in a summary."""
        return self.own_group or GROUP_OF_FILE[self.find.__module__.rpartition(".")[2]]

    @property
    def name(self) -> str:
        """Name of the rule, the same as `Finding.check`."""
        return self.find.__name__

    @property
    def what(self) -> str:
        """What the rule says, for the analyst: the docstring of its function on one line."""
        return " ".join((self.find.__doc__ or "").split())

    def __call__(self, subject: Subject) -> tuple[Finding, ...]:
        """Return what the rule finds."""
        return tuple(replace(finding, check=self.name, group=self.group) for finding in self.find(subject))


def rule(
    *levels: Level, threshold: str, source: str, group: Group | None = None
) -> Callable[[Callable[[Subject], Iterable[Finding]]], Check[Subject]]:
    """Make a function into a check; its docstring becomes the explanation.

    It is in the group of its file, unless it names another.
    """

    def decorate(find: Callable[[Subject], Iterable[Finding]]) -> Check[Subject]:
        return Check(find, levels, threshold, source, group)

    return decorate


def by_role(finding: Finding, roles: Mapping[str, Role]) -> Finding:
    """Put a finding about the values of columns where these count: with the KPI, with spend, or with neither.

    The same check looks at all of them; of several columns, the first of these decides.
    """
    if finding.group not in (Group.COLUMNS, Group.SPEND):
        return finding
    found = {roles[name] for name in finding.columns if name in roles}
    groups = {Role.KPI: Group.KPI, Role.SPEND: Group.SPEND, Role.OTHER: Group.COLUMNS}
    return replace(finding, group=next((groups[role] for role in Role if role in found), finding.group))
