"""Checks of the data for the run type and its settings."""

# ruff: noqa: D401 - the docstring of a check is its explanation for the analyst, not a command

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recast_api.clean_data.checks.collinearity import CORRELATION_NOTE, correlated_pairs
from recast_api.clean_data.checks.rule import rule
from recast_api.clean_data.checks.values import NEW_CHANNEL_DAYS
from recast_api.clean_data.columns import Role
from recast_api.clean_data.daily import Mask, Table
from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.planning.settings import Settings, is_count
from recast_api.clean_data.planning.windows import BURN_IN_DAYS, Window
from recast_api.clean_data.sentences import counted, noted, percent, shorten, some

ENOUGH_TRAINING_DAYS = 365
"""Own rule: a year, so that every season was seen."""
PEAK_SHARE = 0.01
"""Own rule: the highest 1 % of days."""
MANY_CHANNELS = 20
"""Own rule; Recast, modelling FAQ: recovery is harder with more channels."""
BEYOND_SHARE, BEYOND_DAYS = 0.50, 7
"""Own rule: most days of a week or more."""
LARGEST_SHARE = 0.50
"""Own rule: stability periods over half the history."""


@dataclass(frozen=True)
class Plan:
    """A run as it is set up: data, settings, and the windows that follow from them."""

    table: Table
    settings: Settings
    windows: tuple[Window, ...]
    """Smallest first; empty where the data isn't daily."""

    @property
    def largest(self) -> Window | None:
        """The window that leaves the fewest days."""
        return self.windows[-1] if self.windows else None

    @property
    def nothing_left(self) -> bool:
        """Whether the largest window takes all days, however the settings are read.

        It isn't known whether one of a stability loop's periods is the model of all days. If so, its windows
        are one fewer: so more periods than there are windows, or a single one, leave nothing for sure.
        """
        if self.largest is None or self.largest.training_days_left:
            return False
        return (
            self.settings.run_type == "holdout"
            or len(self.windows) == 1
            or self.settings.n_holdout != len(self.windows)
        )

    def held_out(self, window: Window) -> Mask:
        """Tell which rows a window leaves out."""
        assert self.table.days is not None
        return np.asarray(self.table.days >= np.datetime64(window.first))

    def channels_off(self, rows: Mask) -> list[str]:
        """Return the channels that spend elsewhere but not in these rows."""
        inside = np.asarray(np.any(self.table.active[:, rows], axis=1))
        on = {index for index in self.table.column_indexes(Role.SPEND) if self.table.active_days[index]}
        return [self.table.columns[index] for index in sorted(on) if not inside[index]]


@rule(
    Level.BLOCK,
    threshold="a number of days that is zero, negative or no integer",
    source="Recast: array of integers; integer",
)
def holdout_settings(plan: Plan) -> Iterator[Finding]:
    """The days to hold out are whole numbers above zero."""
    wrong: list[str] = []
    if plan.settings.run_type == "holdout":
        wrong = [
            f"{shorten(str(days), 20)} isn't a whole number above zero"
            for days in plan.settings.holdout_days
            if not is_count(days)
        ]
    elif plan.settings.run_type == "stability_loop":
        settings = {"periods": plan.settings.n_holdout, "days per period": plan.settings.days_per_holdout}
        wrong = [
            f"{name}: {shorten(str(value), 20)} isn't a whole number above zero"
            for name, value in settings.items()
            if value is not None and not is_count(value)
        ]
    if wrong:
        yield Finding.of(
            Level.BLOCK,
            f"Held-out days can't be right: {some(wrong)}.",
            "Give each as a whole number of days.",
            values=wrong[:3],
        )


@rule(
    Level.CONFIRM,
    threshold="a number of days that is there twice",
    source="own rule: Recast doesn't say what it makes of it",
)
def repeated_holdout(plan: Plan) -> Iterator[Finding]:
    """The same number of days held out twice is the same test twice, or a typing mistake."""
    counts = Counter(days for days in plan.settings.holdout_days if is_count(days))
    twice = [str(days) for days, times in counts.items() if times > 1]
    if plan.settings.run_type == "holdout" and twice:
        yield Finding.of(
            Level.CONFIRM,
            f"The same number of days is held out more than once: {some(twice)}.",
            "Give each number once, unless you want the same test twice.",
            values=twice[:3],
        )


@rule(
    Level.BLOCK,
    Level.CONFIRM,
    threshold="no day before the window, however the settings are read (Block); "
    f"under {ENOUGH_TRAINING_DAYS} left after {BURN_IN_DAYS} days burn-in (Confirm)",
    source="Recast: burn-in of 60 days; the windows are inferred; a year is own choice",
)
def training_days(plan: Plan) -> Iterator[Finding]:
    """What is left to fit is the history before the largest window, less 60 days of burn-in."""
    window = plan.largest
    if window and plan.nothing_left:
        yield Finding.of(
            Level.BLOCK,
            f"Holding out the last {window.days:,} days leaves no days to train on.",
            "Hold out fewer days, or add history.",
            values=[str(window.days)],
        )
    elif window and window.fitted_days_left < ENOUGH_TRAINING_DAYS:
        left = max(window.fitted_days_left, 0)
        yield Finding.of(
            Level.CONFIRM,
            f"Holding out the last {window.days:,} days leaves {counted(window.training_days_left, 'day')} "
            f"to train on, of which {left:,} are used for the fit after {BURN_IN_DAYS} days of burn-in.",
            "Hold out fewer days, or add history. The window is inferred: Recast doesn't publish it.",
            values=[str(left)],
        )


@rule(
    Level.CONFIRM,
    threshold="no spend before the largest window",
    source="Robyn stops; Meridian #638, LightweightMMM #124 crash",
)
def untrained_channel(plan: Plan) -> Iterator[Finding]:
    """A channel without spend before the window can't be learnt, yet has to be forecast."""
    if plan.largest and plan.largest.fitted_days_left > 0:
        names = plan.channels_off(~plan.held_out(plan.largest))
        if names:
            yield Finding.of(
                Level.CONFIRM,
                f"Channels without spend before {plan.largest.first}, when the largest window begins: "
                f"{some(names)}.",
                "Hold out fewer days, so that the model sees some of their spend.",
                columns=names,
            )


@rule(
    Level.CONFIRM,
    threshold=f"spend over the highest before the window on more than {percent(BEYOND_SHARE)} of its days, "
    f"{BEYOND_DAYS} or more, after {NEW_CHANNEL_DAYS} days of spend or more",
    source="own rule; Recast: a holdout tests the forecast of real later spend",
)
def extrapolated_window(plan: Plan) -> Iterator[Finding]:
    """A channel that spends far more in the window than ever before is forecast from nothing."""
    notes: dict[str, str] = {}
    for window in plan.windows:
        held_out = plan.held_out(window)
        for name, share in _beyond(plan.table, held_out).items():
            if window.days >= BEYOND_DAYS and window.fitted_days_left > 0:
                notes.setdefault(name, f"on {percent(share)} of the last {window.days:,} days")
    if notes:
        yield Finding.of(
            Level.CONFIRM,
            f"Spend is above all that comes before the held-out days: {noted(notes)}.",
            "Expect a poor forecast of these days, or hold out others: the model hasn't seen what so much "
            "spend does.",
            columns=tuple(notes),
        )


def _beyond(table: Table, held_out: Mask) -> dict[str, float]:
    """Return the channels that mostly spend more in the window than ever before, with the share of days."""
    spends = [
        p
        for p in table.column_indexes(Role.SPEND)
        if np.count_nonzero(table.active[p, ~held_out]) >= NEW_CHANNEL_DAYS
    ]
    shares = {p: table.filled[p, held_out] > table.filled[p, ~held_out].max() for p in spends}
    return {table.columns[p]: float(days.mean()) for p, days in shares.items() if days.mean() > BEYOND_SHARE}


@rule(Level.NOTE, threshold="no spend in the largest window", source="own rule")
def untested_channel(plan: Plan) -> Iterator[Finding]:
    """A channel without spend in the window isn't tested by it."""
    if plan.largest and plan.largest.fitted_days_left > 0:
        names = plan.channels_off(plan.held_out(plan.largest))
        if names:
            yield Finding.of(
                Level.NOTE,
                f"Channels without spend in the held-out days, from {plan.largest.first}: {some(names)}.",
                "The test says nothing about these channels.",
                columns=names,
            )


@rule(
    Level.NOTE,
    threshold=f"a day of the highest {percent(PEAK_SHARE)} of the KPI in a window",
    source="own rule",
)
def peak_held_out(plan: Plan) -> Iterator[Finding]:
    """A window that holds the year's peak tests an unusual time."""
    kpi = plan.table.kpi_values
    if plan.largest is None or kpi is None or plan.table.kpi is None or plan.largest.fitted_days_left <= 0:
        return
    count = max(int(PEAK_SHARE * plan.table.rows), 1)
    peaks = np.argsort(np.nan_to_num(kpi, nan=-np.inf))[-count:]
    inside = np.sort(peaks[plan.held_out(plan.largest)[peaks]])
    if inside.size:
        days = [str(plan.table.day(row)) for row in inside]
        yield Finding.of(
            Level.NOTE,
            f"{counted(inside.size, 'peak day')} of {shorten(plan.table.kpi)} "
            f"{'is' if inside.size == 1 else 'are'} held out: {some(days)}.",
            "If a promotion caused the peak, add a spike for it to the priors sheet; otherwise the test "
            "looks worse than the model is.",
            columns=[plan.table.kpi],
            lines=plan.table.lines[inside],
        )


@rule(
    Level.NOTE,
    threshold=f"more than {MANY_CHANNELS} channels, or a pair with |r| over {CORRELATION_NOTE}",
    source="Recast, modelling FAQ: many channels and correlated spend are harder",
)
def hard_recovery(plan: Plan) -> Iterator[Finding]:
    """Parameter recovery is harder with many channels and with highly correlated ones."""
    if plan.settings.run_type != "parameter_recovery":
        return
    channels, pairs = len(plan.table.column_indexes(Role.SPEND)), len(correlated_pairs(plan.table))
    reasons = [counted(channels, "channel")] * (channels > MANY_CHANNELS)
    reasons += [
        counted(pairs, "pair of highly correlated channels", "pairs of highly correlated channels")
    ] * (pairs > 0)
    if reasons:
        yield Finding.of(
            Level.NOTE,
            f"Parameter recovery is harder with {' and '.join(reasons)}.",
            "Read a poor recovery with that in mind.",
        )


@rule(
    Level.CONFIRM,
    threshold=f"periods × days over {percent(LARGEST_SHARE)} of the history",
    source="own rule",
)
def long_stability_loop(plan: Plan) -> Iterator[Finding]:
    """A stability loop over more than half the history compares models of quite different data."""
    window = plan.largest
    if (
        plan.settings.run_type == "stability_loop"
        and window
        and window.fitted_days_left >= ENOUGH_TRAINING_DAYS
        and window.days > LARGEST_SHARE * plan.table.rows
    ):
        yield Finding.of(
            Level.CONFIRM,
            f"The last period leaves out {window.days:,} of {counted(plan.table.rows, 'day')}.",
            "Use fewer or shorter periods, so that the models are alike enough to compare.",
        )


CHECKS = (
    holdout_settings,
    repeated_holdout,
    training_days,
    untrained_channel,
    extrapolated_window,
    untested_channel,
    peak_held_out,
    hard_recovery,
    long_stability_loop,
)
