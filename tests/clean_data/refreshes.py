"""Honest weekly refreshes of two made-up clients: `python -m tests.clean_data.refreshes`.

Each week's file is the one of the week before with seven days more, checked against it as an analyst would
on a Monday, with the As-of Date of the priors sheet and a holdout. The data has all that honest data has: a
rhythm of weekdays, a season, promotions, channels in flights, a channel that is launched midway, one that
was ended with notice, a sparse one, late orders, days on which the shops are closed. Nothing is wrong with
it: prints every finding above Note with its week, and ends with 1 if there is any. Takes a few seconds.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recast_api.clean_data import CleanData, Finding, Level, check, read

Numbers = NDArray[np.float64]

FIRST = date(2023, 1, 2)
"""The first day of each file, a Monday."""
BEFORE = 7 * 119
"""Days in the file that the first week's is compared with: over the 27 months that Recast recommends."""
WEEKS = 60
DAYS = BEFORE + 7 * WEEKS
HOLDOUT = (14, 28)
LATE = (0.91, 0.96, 0.98, 0.99)
"""What is booked by Monday of the orders of Sunday, Saturday and so on; the rest comes within a week."""
ENDED = BEFORE - 150
"""Day on which the channel ends that was ended with notice, five months before the first week."""
LAUNCHED = BEFORE + 7 * 30
"""Day on which the new channel starts: with the 31st week."""
CAMPAIGNS = (
    (360, 0.5, 4),
    (690, 0.6, 3),
    (150, 0.45, 5),
    (520, 0.7, 4),
    (905, 0.55, 4),
    (1120, 0.5, 3),
    (1200, 0.5, 4),
)
"""The promotions: day of the start, how much more is sold, length in days."""


@dataclass(frozen=True, eq=False)
class Client:
    """A made-up client, with all that will have happened by the last week."""

    name: str
    kpi: str
    frame: pd.DataFrame
    """Every day as it is known in the end."""
    launched: str
    """The channel that is launched midway."""
    quarterly: bool
    """Whether the As-of Date moves with the quarter; else it stays where it was when the model was built."""

    def as_of(self, last: date) -> date:
        return date(last.year, 3 * ((last.month - 1) // 3) + 1, 1) if self.quarterly else date(2024, 12, 31)

    def file(self, week: int) -> CleanData:
        """The file of a week's Monday: all days up to Sunday, without what is still to be booked."""
        days = BEFORE + 7 * week
        unknown = [self.launched] if days <= LAUNCHED else []
        frame = self.frame.iloc[:days].drop(columns=unknown)
        booked = np.ones(days)
        booked[: -len(LATE) - 1 : -1] = LATE
        digits = 0 if self.kpi == "orders" else 2
        frame[self.kpi] = (frame[self.kpi].to_numpy() * booked).round(digits)
        frame["search_brand"] = (frame["search_brand"].to_numpy() * (1 - (1 - booked) / 10)).round(2)
        if digits == 0:
            frame[self.kpi] = frame[self.kpi].astype(int)
        return read(frame.to_csv(index=False, lineterminator="\n"))

    def expected(self, finding: Finding, week: int) -> bool:
        """Whether a finding is right: a new channel is a new column, and all its first days are held out."""
        age = BEFORE + 7 * week - LAUNCHED
        right = {"columns_changed": 0 < age <= 7, "untrained_channel": 0 < age <= max(HOLDOUT)}
        return finding.columns == (self.launched,) and right.get(finding.check, False)


def _rhythm(weekdays: tuple[float, ...]) -> Numbers:
    """One factor per day by the weekday, Monday first."""
    return np.resize(np.array(weekdays), DAYS)


def _season(height: float, peak: int) -> Numbers:
    """One factor per day over the year, highest on the day of the year given."""
    return np.asarray(1 + height * np.cos(2 * np.pi * (np.arange(DAYS) - peak) / 365.25))


def _promotions(shift: int) -> tuple[Numbers, Numbers]:
    """The 0/1 column of promotions, and the factor on sales."""
    marks, lift = np.zeros(DAYS), np.ones(DAYS)
    for start, more, length in CAMPAIGNS:
        marks[start + shift : start + shift + length] = 1
        lift[start + shift : start + shift + length] += more
    return marks, lift


def _running(usual: float, random: np.random.Generator, weekdays: tuple[float, ...]) -> Numbers:
    """Spend of a channel that always runs: a budget by the month, paced by weekday, with noise."""
    budgets = usual * random.uniform(0.85, 1.2, DAYS // 30 + 1)
    return np.repeat(budgets, 30)[:DAYS] * _rhythm(weekdays) * random.lognormal(0, 0.12, DAYS)


def _flights(usual: float, random: np.random.Generator) -> Numbers:
    """Spend of a channel that runs for some weeks, and pauses for some."""
    on, day = np.zeros(DAYS), int(random.integers(0, 21))
    while day < DAYS:
        length = 7 * int(random.integers(3, 7))
        on[day : day + length] = 1
        day += length + 7 * int(random.integers(2, 6))
    return on * usual * random.lognormal(0, 0.2, DAYS)


def _sparse(usual: float, random: np.random.Generator) -> Numbers:
    """Spend of a channel that is booked now and then, such as events: about one day in nine."""
    return (random.random(DAYS) < 0.11) * usual * random.lognormal(0, 0.4, DAYS)


def _launched(usual: float, random: np.random.Generator, weekdays: tuple[float, ...]) -> Numbers:
    """Spend of a channel that starts midway and takes three weeks to reach its level."""
    ramp = np.clip((np.arange(DAYS) - LAUNCHED + 1) / 21, 0, 1)
    return ramp * _running(usual, random, weekdays)


def _ended(usual: float, random: np.random.Generator, weekdays: tuple[float, ...]) -> Numbers:
    return np.where(np.arange(DAYS) < ENDED, _running(usual, random, weekdays), 0)


def _carried(spend: Numbers, kept: float) -> Numbers:
    """Spend with its carryover: what of the day before still works is added."""
    carried = np.zeros_like(spend)
    for day in range(DAYS):
        carried[day] = spend[day] + (kept * carried[day - 1] if day else 0)
    return carried * (1 - kept)


def _dated(columns: dict[str, Numbers]) -> pd.DataFrame:
    days = [(FIRST + timedelta(days=day)).isoformat() for day in range(DAYS)]
    return pd.DataFrame({"date": days} | {name: values.round(2) for name, values in columns.items()})


def online_shop(seed: int) -> Client:
    """Sells every day of the week, most on Sundays and before Christmas; its KPI is revenue."""
    random = np.random.default_rng([seed, 1])
    week = (1.0, 0.95, 0.95, 1.0, 1.1, 1.2, 1.3)
    marks, lift = _promotions(0)
    spend = {
        "tv_linear": _flights(2600, random),
        "meta_prospecting": _running(2100, random, (0.9, 0.9, 1.0, 1.0, 1.1, 1.2, 1.1)),
        "meta_retargeting": _running(760, random, (1.0, 1.0, 1.0, 1.0, 1.0, 1.1, 1.2)),
        "search_brand": _running(900, random, week),
        "search_generic": _running(1700, random, (1.1, 1.1, 1.1, 1.0, 0.9, 0.8, 0.9)),
        "tiktok": _launched(800, random, (1.0, 1.0, 1.0, 1.0, 1.1, 1.2, 1.2)),
        "podcasts": _ended(450, random, (1.0, 1.0, 1.0, 1.0, 1.0, 0.8, 0.8)),
        "influencers": _sparse(2400, random),
    }
    price = np.repeat(random.choice([24.99, 25.99, 26.49, 27.49], DAYS // 91 + 1), 91)[:DAYS]
    sales = 14_000 + 2.1 * _carried(sum(spend.values(), np.zeros(DAYS)), 0.6)
    sales *= _rhythm(week) * _season(0.15, 350) * lift * random.lognormal(0, 0.06, DAYS)
    frame = _dated({"revenue": sales, **spend, "price": price, "promotion": marks})
    return Client("online shop", "revenue", frame.astype({"promotion": int}), "tiktok", quarterly=False)


def closed_on_sundays(seed: int) -> Client:
    """A chain of shops that are closed on Sundays, most visited in spring; its KPI is orders."""
    random = np.random.default_rng([seed, 2])
    marks, lift = _promotions(-23)
    spend = {
        "radio": _flights(1200, random),
        "out_of_home": _flights(800, random),
        "meta": _running(2300, random, (1.0, 1.0, 1.0, 1.1, 1.2, 1.1, 0.7)),
        "search_brand": _running(1200, random, (1.1, 1.0, 1.0, 1.0, 1.1, 1.2, 0.6)),
        "display": _running(600, random, (1.0, 1.0, 1.0, 1.0, 1.0, 0.9, 0.9)),
        "youtube": _launched(450, random, (1.0, 1.0, 1.0, 1.0, 1.0, 1.1, 1.1)),
        "newspapers": _ended(800, random, (0.7, 0.8, 1.0, 1.0, 1.1, 1.6, 0.8)),
        "events": _sparse(1800, random),
    }
    price = np.repeat(random.choice([11.9, 12.4, 12.9], DAYS // 120 + 1), 120)[:DAYS]
    orders = 420 + 0.05 * _carried(sum(spend.values(), np.zeros(DAYS)), 0.5)
    orders *= _rhythm((0.9, 0.9, 0.95, 1.0, 1.2, 1.5, 0.0)) * _season(0.12, 120) * lift
    orders = random.poisson(orders * random.lognormal(0, 0.05, DAYS)).astype(np.float64)
    frame = _dated({"orders": orders, **spend, "price": price, "promotion": marks})
    return Client("closed on Sundays", "orders", frame.astype({"promotion": int}), "youtube", quarterly=True)


def refreshes(client: Client, weeks: range) -> Iterator[tuple[int, Finding]]:
    """Check a client's weeks one after another; yield what isn't a Note and isn't right, with the week."""
    earlier = client.file(weeks.start - 1)
    for week in weeks:
        data = client.file(week)
        last = FIRST + timedelta(days=BEFORE + 7 * week - 1)
        found = check(
            data,
            kpi=client.kpi,
            earlier=earlier,
            as_of=client.as_of(last),
            today=last + timedelta(days=1),
            run_type="holdout",
            holdout_days=HOLDOUT,
        )
        for finding in found:
            if finding.level is not Level.NOTE and not client.expected(finding, week):
                yield week, finding
        earlier = data


def main() -> int:
    """Refresh all clients; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=WEEKS, help=f"how many weeks, at most {WEEKS}")
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds, from 0 on")
    options = parser.parse_args()
    start, counted = time.monotonic(), Counter[tuple[str, str]]()
    for make in (online_shop, closed_on_sundays):
        for seed in range(options.seeds):
            client = make(seed)
            for week, finding in refreshes(client, range(1, options.weeks + 1)):
                counted[client.name, finding.check] += 1
                where = f"{client.name}, seed {seed}, week {week}"
                print(f"{where}: [{finding.level}] {finding.check}: {finding.sentence}")
    for (name, rule), count in counted.most_common():
        print(f"{count:5}  {rule}, {name}")
    files = 2 * options.seeds * options.weeks
    print(f"{counted.total()} findings above Note in {files} refreshes, {time.monotonic() - start:.0f} s")
    return 1 if counted else 0


if __name__ == "__main__":
    sys.exit(main())
