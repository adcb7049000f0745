"""The summary of findings: each group of rules in one line, with what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recast_api.clean_data.findings import Finding, Group, Level, worst_first
from recast_api.clean_data.sentences import counted, shorten, some

GROUP_NAMES = {
    Group.FILE: "File",
    Group.DATES: "Dates",
    Group.COLUMNS: "Columns",
    Group.KPI: "KPI",
    Group.SPEND: "Spend",
    Group.EARLIER_RUN: "Earlier run",
    Group.RUN_TYPE: "Run type",
}

_NEEDS = {
    Group.FILE: (),
    Group.DATES: (Group.FILE,),
    Group.COLUMNS: (Group.FILE,),
    Group.KPI: (Group.FILE, Group.COLUMNS),
    Group.SPEND: (Group.FILE, Group.COLUMNS),
    Group.EARLIER_RUN: (Group.FILE, Group.DATES, Group.COLUMNS),
    Group.RUN_TYPE: (Group.FILE, Group.DATES, Group.COLUMNS),
}
"""What has to be put right before silence in a group means anything: a column with a word among its numbers
isn't one of numbers, say, and its values aren't looked at."""

_UNCHECKED = frozenset(["not_comparable"])
"""Rules that say of their group that it couldn't be looked at."""


class State(StrEnum):
    """How a group stands."""

    BLOCKED = "blocked"
    TO_CONFIRM = "to confirm"
    NOT_CHECKED = "not checked"
    FINE = "fine"


_STATES = {Level.BLOCK: State.BLOCKED, Level.CONFIRM: State.TO_CONFIRM}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState:
    """One line of a summary. Its texts are plain, and may quote a file's own words."""

    group: Group
    name: str
    """Such as `Dates`, or `Since run 2786`."""
    state: State
    next_step: str
    """What to do first; what there is to read where nothing has to be done."""
    findings: tuple[Finding, ...]
    """What was found, worst first."""

    def __str__(self) -> str:
        """Return the line for a terminal or a log."""
        return f"{self.name}: {self.state}. {self.next_step}"


def summary(
    findings: Iterable[Finding],
    *,
    earlier_run: str | None = None,
    run_type: str | None = None,
    settings_complete: bool = True,
) -> tuple[GroupState, ...]:
    """Return the state of each group, from the file to the run type, with the next step.

        for line in summary(check(data, run_type="holdout", holdout_days=[14]), run_type="holdout"):
            print(line)

    `earlier_run` is the id of the run that the data was compared with (empty where it isn't known),
    `run_type` that of the settings: without them, and without a finding, their lines are left out. Settings
    that aren't complete can't have been checked.
    """
    found: dict[Group, list[Finding]] = {group: [] for group in Group}
    for finding in worst_first(findings):
        found[finding.group].append(finding)
    names = {
        **GROUP_NAMES,
        Group.EARLIER_RUN: f"Since run {shorten(earlier_run)}" if earlier_run else "Since the earlier run",
        Group.RUN_TYPE: shorten(run_type or "run_type").replace("_", " ").capitalize(),
    }
    asked = {Group.EARLIER_RUN: earlier_run is not None, Group.RUN_TYPE: run_type is not None}
    blocked = [group for group, own in found.items() if own and own[0].level is Level.BLOCK]
    waits_for = {group: [GROUP_NAMES[one] for one in _NEEDS[group] if one in blocked] for group in Group}
    if not settings_complete:
        waits_for[Group.RUN_TYPE].append("the settings")
    return tuple(
        _state(group, names[group], tuple(own), waits_for[group])
        for group, own in found.items()
        if own or asked.get(group, True)
    )


def _state(group: Group, name: str, findings: tuple[Finding, ...], waits_for: Sequence[str]) -> GroupState:
    if findings and findings[0].level in _STATES:
        state, step = _STATES[findings[0].level], _step(findings)
    elif waits_for:
        state, step = State.NOT_CHECKED, f"Waits for {some(waits_for)}."
    elif unchecked := tuple(finding for finding in findings if finding.check in _UNCHECKED):
        state, step = State.NOT_CHECKED, _step(unchecked)
    elif findings:
        state, step = State.FINE, f"Nothing has to be done; {counted(len(findings), 'note')} to read."
    else:
        state, step = State.FINE, "Nothing found."
    return GroupState(group=group, name=name, state=state, next_step=step, findings=findings)


def _step(findings: tuple[Finding, ...]) -> str:
    """Return the advice of the first finding, and how many more of its level there are."""
    more = sum(finding.level is findings[0].level for finding in findings) - 1
    return f"{findings[0].advice} (And {more:,} more.)" if more else findings[0].advice
