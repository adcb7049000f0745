"""Checks against the clean data of an earlier run, and of the day on which the priors were set."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from recast_api.clean_data.checks.revisions import INTERCEPT_DAYS, Against
from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.columns import Role
from recast_api.clean_data.comparing.compare import SHARED_COLUMNS
from recast_api.clean_data.comparing.matching import RENAMED, SAME_VALUES
from recast_api.clean_data.daily import as_date
from recast_api.clean_data.findings import Finding, Group, Level
from recast_api.clean_data.invisible import visible
from recast_api.clean_data.planning.newest_days import (
    HIGH,
    LOW,
    RECENT_DAYS,
    WEEKS,
    change_of_level,
    incomplete_tail,
    long_enough,
)
from recast_api.clean_data.sentences import counted, day_span, percent, shorten, some


@rule(
    Level.CONFIRM,
    threshold=f"not a day in the data, or fewer than {INTERCEPT_DAYS} days before it",
    source="Recast: As-of Date is a day in the data; the 30 days before set the intercept",
    group=Group.DATES,
)
def as_of_date(against: Against) -> Iterator[Finding]:
    """The priors sheet's As-of Date has to be a day in the data with 30 days before it."""
    table, as_of = against.table, against.as_of
    if as_of is None or not table.daily or table.days is None:
        return
    days = table.days
    before = int(np.searchsorted(days, np.datetime64(as_of)))
    span = day_span(as_date(days[0]), as_date(days[-1]))
    if not np.isin(np.datetime64(as_of), days):
        yield Finding.of(
            Level.CONFIRM,
            f"The As-of Date {as_of} isn't a day in the data ({span}).",
            "Set it in the priors sheet to a day in the data, usually the day the priors were set.",
            values=[str(as_of)],
        )
    elif before < INTERCEPT_DAYS:
        yield Finding.of(
            Level.CONFIRM,
            f"There are only {counted(before, 'day')} of data before the As-of Date {as_of}.",
            "Choose a later day: the intercept prior is set by the median KPI of the 30 days before it.",
            lines=table.lines[:before],
            values=[str(as_of)],
        )


@rule(
    Level.NOTE,
    threshold=f"no dates, a day twice, or under {percent(SHARED_COLUMNS)} of the columns in common",
    source="own rule",
)
def not_comparable(against: Against) -> Iterator[Finding]:
    """Where days and columns can't be matched, changes can't be checked."""
    if against.comparison and against.comparison.reason and against.table.daily:
        yield Finding.of(
            Level.NOTE,
            f"The data can't be compared with the earlier run's: {against.comparison.reason}.",
            "Choose another run to compare with.",
        )


@rule(
    Level.CONFIRM,
    threshold="any column added or removed",
    source="Recast, managing backtests: these need the same channel set",
)
def columns_changed(against: Against) -> Iterator[Finding]:
    """A different set of channels ends the automatic backtests of earlier models."""
    compared = against.compared
    if compared and (compared.columns_added or compared.columns_lost):
        changes = ((compared.columns_added, "added"), (compared.columns_lost, "removed"))
        parts = [f"{some(names)} {what}" for names, what in changes if names]
        yield Finding.of(
            Level.CONFIRM,
            f"Columns changed since the earlier run: {'; '.join(parts)}.",
            "Automatic backtests need the same channels and end here. New channels need priors.",
            columns=compared.columns_added,
            values=compared.columns_lost,
        )


def _now_called(names: Iterable[tuple[str, str]]) -> str:
    return some([f"{shorten(visible(old), 25)} is now {shorten(visible(new), 25)}" for old, new in names])


@rule(
    Level.CONFIRM,
    threshold=f"a removed and an added column with r over {RENAMED} on shared days, or the same values on "
    f"over {percent(SAME_VALUES)} of them",
    source="own rule; Recast: a channel is known by its name",
)
def columns_renamed(against: Against) -> Iterator[Finding]:
    """A removed and an added column with the same values are probably one column, renamed."""
    compared = against.compared
    if compared and compared.renamed:
        yield Finding.of(
            Level.CONFIRM,
            f"Likely renamed since the earlier run: {_now_called(compared.renamed)}.",
            "Keep the earlier name, or change the priors sheet too: automatic backtests end with a new name.",
            columns=[new for _, new in compared.renamed],
            values=[old for old, _ in compared.renamed],
        )


@rule(
    Level.CONFIRM,
    threshold="only case, signs, or a beginning or end common to two names differ",
    source="own rule; Recast: a channel is known by its name",
)
def columns_respelled(against: Against) -> Iterator[Finding]:
    """Names that are only written differently are the same columns, but maybe not to the priors sheet."""
    compared = against.compared
    if compared and compared.respelled:
        yield Finding.of(
            Level.CONFIRM,
            f"Names are written differently since the earlier run: {_now_called(compared.respelled)}.",
            "Keep the earlier names, or make sure that the priors sheet has the new ones.",
            columns=[new for _, new in compared.respelled],
            values=[old for old, _ in compared.respelled],
        )


@rule(
    Level.CONFIRM,
    Level.NOTE,
    threshold="first day later than the earlier run's; note if no more days are gone than came at the end",
    source="own rule",
)
def history_cut(against: Against) -> Iterator[Finding]:
    """Data that starts later leaves out days that the earlier model learnt from."""
    compared = against.compared
    if compared and compared.gone.before.size:
        earlier = as_date(compared.gone.before[0])
        # An export of the last so many months loses a week at the start for each that is added.
        moves_along = compared.gone.before.size <= compared.added.after.size
        yield Finding.of(
            Level.NOTE if moves_along else Level.CONFIRM,
            f"The data starts on {against.table.day(0)}, the earlier run's on {earlier}.",
            "The span moves along with the newest days. With over 27 months, nothing that counts is left out."
            if moves_along
            else "Add the earlier days, or confirm that they were left out on purpose.",
            lines=against.table.lines[:1],
        )


@rule(Level.CONFIRM, threshold="the same bytes", source="own rule: the most common mistake")
def same_data(against: Against) -> Iterator[Finding]:
    """The same data gives the same results unless the run type or the priors differ."""
    if against.comparison and against.comparison.same_text:
        yield Finding.of(
            Level.CONFIRM,
            "This is exactly the data of the earlier run.",
            "Launch only if the run type or the priors sheet differs; otherwise use the earlier run.",
        )


@rule(Level.CONFIRM, threshold="last day not later than the earlier run's", source="own rule")
def no_new_days(against: Against) -> Iterator[Finding]:
    """A refresh adds new days; without any, this may be an old export."""
    compared = against.compared
    if compared and not compared.same_text and not compared.added.after.size:
        last = against.table.day(-1)
        earlier = as_date(compared.gone.after[-1]) if compared.gone.after.size else last
        yield Finding.of(
            Level.CONFIRM,
            f"No new days: the data ends on {last}, the earlier run's on {earlier}.",
            "Check that this is the latest export, or confirm that only past days should change.",
            values=[str(last)],
        )


@rule(
    Level.CONFIRM,
    threshold=f"KPI or spend under {percent(LOW)} or over {percent(HIGH)} of the {WEEKS} weeks before",
    source="own rule; Recast, data concerns: KPI suspiciously low in new days",
)
def unusual_new_days(against: Against) -> Iterator[Finding]:
    """New days should be close to the same weekdays of the weeks before."""
    table, compared = against.table, against.compared
    if compared is None:
        return
    # Incomplete days are reported by a check of their own, with the fix that trims them.
    last = table.rows - incomplete_tail(table)[0]
    first = max(table.rows - min(compared.added.after.size, RECENT_DAYS), 0)
    if first >= last or not long_enough(table, table.rows - first):
        return
    odd = {
        name: share for name, share in change_of_level(table, first, last).items() if not LOW <= share <= HIGH
    }
    if odd:
        shares = [f"{shorten(name, 30)} at {percent(share)}" for name, share in odd.items()]
        yield Finding.of(
            Level.CONFIRM,
            f"The new days ({day_span(table.day(first), table.day(last - 1))}) are unusual: "
            f"{some(shares)} of the same weekdays of the eight weeks before.",
            "Check that every source was loaded, and none of them twice.",
            columns=[name for name in odd if table.roles.get(name) == Role.KPI],
            lines=table.lines[first:last],
        )


CHECKS = (
    as_of_date,
    not_comparable,
    columns_changed,
    columns_renamed,
    columns_respelled,
    history_cut,
    same_data,
    no_new_days,
    unusual_new_days,
)
