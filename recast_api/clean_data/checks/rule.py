"""What a check is: one rule with its levels, its threshold and the source of the threshold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from recast_api.clean_data.findings import Finding, Level

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Check(Generic[Subject]):
    """One rule: call it with what it looks at, and it returns its findings."""

    find: Callable[[Subject], Iterable[Finding]]
    levels: tuple[Level, ...]
    threshold: str
    """When it reports a finding, in words."""
    source: str
    """Where the threshold comes from."""

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
        return tuple(replace(finding, check=self.name) for finding in self.find(subject))


def rule(
    *levels: Level, threshold: str, source: str
) -> Callable[[Callable[[Subject], Iterable[Finding]]], Check[Subject]]:
    """Make a function into a check; its docstring becomes the explanation."""

    def decorate(find: Callable[[Subject], Iterable[Finding]]) -> Check[Subject]:
        return Check(find, levels, threshold, source)

    return decorate
