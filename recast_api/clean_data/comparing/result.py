"""What differs between two files of clean data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recast_api.clean_data.daily import Days, Numbers, as_date
from recast_api.clean_data.invisible import visible
from recast_api.clean_data.sentences import counted, day_span, percent, shorten, some

SMALL_REVISION = 0.01
"""Own rule: revisions up to 1 % of a column's total are usual between weekly refreshes."""
RECENT_REVISION_DAYS = 60
"""Own rule: a change of an older day isn't a late booking any more."""
LATE_DAYS = 14
"""Own rule: orders and spend are up to two weeks late, so that each refresh changes these days."""
LATE_SHARE = 0.30
"""Own rule: late bookings move the sum of these two weeks by less: half of the last four days, say."""
HEAT_DAYS, HEAT_COLUMNS = 200, 40
"""Greatest size of the heat map; in longer spans, several days share a row."""


class Verdict(StrEnum):
    """What happened to the data, in a few words."""

    SAME = "no change"
    APPEND = "pure append"
    EXTENDED = "history extended"
    """By days before the first one."""
    CUT = "history cut"
    """By days at the start."""
    REVISED = "append and small revisions"
    REWRITTEN = "history rewritten"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, eq=False)
class DayChange:
    """Days that only one of two files has: before, within and after the span of the other."""

    before: Days
    """Before the other's first day: the history begins earlier or later, nothing in it was added or lost."""
    inside: Days
    after: Days

    @property
    def count(self) -> int:
        """How many there are from the other's first day on."""
        return self.inside.size + self.after.size


class Kind(StrEnum):
    """Why the values of a column changed, where the changed cells show it."""

    SCALED = "scaled"
    """Multiplied by one factor."""
    SHIFTED = "shifted"
    """Moved by whole days."""
    SWAPPED = "swapped"
    """Exchanged with those of another column."""
    BLANKS_TO_ZEROS = "blanks to zeros"
    ZEROS_TO_BLANKS = "zeros to blanks"
    LATE = "late"
    """Booked late: only in the last two weeks before days were added, and by no more than is usual."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the values of a column changed."""

    kind: Kind
    cells: int
    """Changed cells that it explains; the others were revised besides."""
    factor: float = 1.0
    """New as a multiple of old, to four digits."""
    days: int = 0
    """Days by which values stand later now; earlier, if negative."""
    swapped: tuple[str, ...] = ()
    """The two columns that were exchanged."""
    share: float = 0.0
    """Change of the last two weeks as a share of their old total."""

    @property
    def words(self) -> str:
        """What happened, the same for all columns to which the same happened: `multiplied by 1.19`."""
        if self.kind is Kind.SCALED:
            return "with the sign reversed" if self.factor == -1 else f"multiplied by {self.factor:.4g}"
        if self.kind is Kind.SHIFTED:
            return f"moved {counted(abs(self.days), 'day')} {'later' if self.days > 0 else 'earlier'}"
        if self.kind is Kind.SWAPPED:
            return f"{' and '.join(shorten(name, 30) for name in self.swapped)} exchanged"
        return _WORDS[self.kind]


_WORDS = {
    Kind.BLANKS_TO_ZEROS: "empty cells are 0 now",
    Kind.ZEROS_TO_BLANKS: "zeros are empty cells now",
    Kind.LATE: f"only in the last {LATE_DAYS} days before the new ones",
}


@dataclass(frozen=True, slots=True)
class Rounded:
    """A column of which one file has fewer decimals."""

    column: str
    cells: int
    """Cells that differ only by that; they don't count as changed."""
    decimals: int
    """Decimals in the file that has fewer; -2 for whole hundreds."""
    in_new: bool
    """Whether that is the first of the two files."""


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """What changed in one column on the days that both have."""

    column: str
    cells: int
    """Cells that changed."""
    total_old: float
    total_new: float
    moved: float
    """Sum of the changes without their sign; a filled or emptied cell counts with its whole value."""
    first: date
    last: date
    cause: Cause | None = None
    """Why it changed, where that shows."""

    @property
    def change(self) -> float:
        """New total less old total."""
        return self.total_new - self.total_old

    @property
    def change_share(self) -> float:
        """`change` as a share of the old total; infinite where that was zero."""
        return _share(self.change, self.total_old)

    @property
    def moved_share(self) -> float:
        """`moved` as a share of the greater total; infinite where both are zero."""
        return _share(self.moved, max(abs(self.total_old), abs(self.total_new)))


def _share(part: float, whole: float) -> float:
    if part == 0:
        return 0.0
    return part / abs(whole) if whole else float(np.copysign(np.inf, part))


@dataclass(frozen=True, eq=False)
class Comparison:
    """What differs between two files of clean data; `added` and `new` are of the first."""

    reason: str
    """Why the two can't be compared; empty if they can."""
    added: DayChange
    gone: DayChange
    columns_added: tuple[str, ...]
    columns_lost: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    """Likely renamed, as (old name, new name); these are in neither of the two above."""
    respelled: tuple[tuple[str, str], ...]
    """Names that differ only in case, signs, or a common beginning or end, as (old, new); in none above."""
    not_compared: tuple[str, ...]
    """Columns that both have but that aren't numbers in both."""
    columns: tuple[str, ...]
    """Columns that were compared, by the first file's names."""
    days: Days
    """Days that both have."""
    changed_at: tuple[NDArray[np.intp], NDArray[np.intp]]
    """Of each changed cell, by column and then by day, the index of its column in `columns` and of its day
    in `days`."""
    old: Numbers
    """Values of the changed cells."""
    new: Numbers
    totals_old: Numbers
    """Sum per compared column on shared days."""
    totals_new: Numbers
    same_text: bool
    """Whether the two would be sent as the same bytes."""
    causes: Mapping[int, Cause]
    """Why a column (its index in `columns`) changed, for those of which it shows."""
    rounded: tuple[Rounded, ...]
    """Columns with cells that differ only because one file has fewer decimals."""

    @property
    def cells_changed(self) -> int:
        """How many cells differ."""
        return self.new.size

    @cached_property
    def days_changed(self) -> tuple[date, ...]:
        """The shared days on which any cell differs."""
        return tuple(as_date(day) for day in self.days[np.flatnonzero(np.bincount(self.changed_at[1]))])

    @cached_property
    def _change(self) -> Numbers:
        return np.nan_to_num(self.new) - np.nan_to_num(self.old)

    @cached_property
    def by_column(self) -> tuple[ColumnChange, ...]:
        """The columns with changed cells, the one that changed most first."""
        of_column, of_day = self.changed_at
        moved = np.bincount(of_column, np.abs(self._change), len(self.columns))
        cells = np.bincount(of_column, minlength=len(self.columns))
        # The cells are ordered by column, then by day.
        ends = np.cumsum(cells)
        found = []
        for index in np.flatnonzero(cells):
            first, last = of_day[ends[index] - cells[index]], of_day[ends[index] - 1]
            found.append(
                ColumnChange(
                    self.columns[index],
                    int(cells[index]),
                    float(self.totals_old[index]),
                    float(self.totals_new[index]),
                    float(moved[index]),
                    as_date(self.days[first]),
                    as_date(self.days[last]),
                    self.causes.get(int(index)),
                )
            )
        return tuple(sorted(found, key=lambda c: (-c.moved_share, c.column)))

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Every changed cell as a row: date, column, old, new, change (a missing value counted as 0)."""
        of_column, of_day = self.changed_at
        return pd.DataFrame(
            {
                "date": self.days[of_day].astype("datetime64[s]"),
                "column": np.array(self.columns, object)[of_column],
                "old": self.old,
                "new": self.new,
                "change": self._change,
            }
        )

    @cached_property
    def heat(self) -> pd.DataFrame:
        """Changes by day (rows) and column, as a share of the larger of old and new, from -1 to 1.

        At most 200 × 40: the columns that changed most, several days to a row where the span is longer. It
        reaches from the first to the last changed day; a cell that didn't change is 0.
        """
        shown = [change.column for change in self.by_column[:HEAT_COLUMNS]]
        of_column, of_day = self.changed_at
        if not shown:
            return pd.DataFrame(index=pd.DatetimeIndex([], name="date"))
        start = self.days[of_day.min()]
        offset = (self.days[of_day] - start).astype(np.int64)
        # Days per row of the map, rounded up so that there are at most `HEAT_DAYS` rows.
        width = -(-(int(offset.max()) + 1) // HEAT_DAYS)
        shape = (int(offset.max()) // width + 1, len(self.columns))
        # Each changed cell falls into one field of the map, numbered row by row, over which it is summed.
        field = np.ravel_multi_index((offset // width, of_column), shape)
        fields = int(np.prod(shape))
        larger = np.bincount(field, np.fmax(np.abs(self.old), np.abs(self.new)), fields)
        share = np.bincount(field, self._change, fields) / np.where(larger > 0, larger, 1)
        index = pd.DatetimeIndex(
            (start + np.arange(shape[0]) * np.timedelta64(width, "D")).astype("datetime64[s]"), name="date"
        )
        heat = pd.DataFrame(np.clip(share.reshape(shape), -1, 1), index, list(self.columns))
        return heat[shown]

    @cached_property
    def verdict(self) -> Verdict:
        """What happened, in a few words."""
        if self.reason:
            return Verdict.NOT_COMPARABLE
        columns = self.columns_added or self.columns_lost or self.renamed
        if columns or self.gone.count or (self.cells_changed and not self.revisions_small):
            return Verdict.REWRITTEN
        if self.gone.before.size:
            return Verdict.CUT
        if self.cells_changed or self.added.inside.size:
            return Verdict.REVISED
        if self.added.before.size:
            return Verdict.EXTENDED
        return Verdict.APPEND if self.added.count else Verdict.SAME

    @cached_property
    def revisions_small(self) -> bool:
        """Whether every column changed as is usual between two refreshes."""
        return all(is_small_revision(change, as_date(self.days[-1])) for change in self.by_column)

    @property
    def sentence(self) -> str:
        """The verdict with its reasons, in one sentence."""
        head = self.verdict.value.capitalize()
        if self.reason:
            return f"{head}: {self.reason}."
        parts = [*_days_in_words("added", self.added), *_days_in_words("removed", self.gone)]
        for names, what in ((self.columns_added, "added"), (self.columns_lost, "removed")):
            if names:
                parts.append(f"{counted(len(names), 'column')} {what} ({some(names)})")
        for pairs, what in ((self.renamed, "likely renamed"), (self.respelled, "written differently")):
            if pairs:
                parts.append(f"{what}: {some([f'{visible(old)} to {visible(new)}' for old, new in pairs])}")
        if self.cells_changed:
            parts += [self._cells_in_words(), *self._causes_in_words()]
        if self.rounded:
            cells = counted(sum(rounded.cells for rounded in self.rounded), "cell")
            parts.append(f"only rounded differently: {cells} in {counted(len(self.rounded), 'column')}")
        return f"{head}: {'; '.join(parts)}." if parts else f"{head} on {counted(self.days.size, 'day')}."

    def _cells_in_words(self) -> str:
        worst = max(change.moved_share for change in self.by_column)
        share = f", up to {percent(worst)} of a column's total" if worst else ""
        if not np.isfinite(worst):
            share = ", more than a column's total"
        return (
            f"{counted(self.cells_changed, 'cell')} changed on {counted(len(self.days_changed), 'day')} "
            f"in {counted(len(self.by_column), 'column')}{share}"
        )

    def _causes_in_words(self) -> list[str]:
        parts = []
        for words, changes in by_cause(self.by_column).items():
            cause = changes[0].cause
            if cause is not None:
                names = some([change.column for change in changes])
                parts.append(words if cause.kind is Kind.SWAPPED else f"{words} ({names})")
        return parts


def _days_in_words(what: str, days: DayChange) -> list[str]:
    words = []
    places = ((days.after, "at the end"), (days.inside, "in between"), (days.before, "at the start"))
    for some_days, where in places:
        if some_days.size:
            span = day_span(as_date(some_days[0]), as_date(some_days[-1]))
            words.append(f"{counted(some_days.size, 'day')} {what} {where} ({span})")
    return words


def by_cause(changes: Iterable[ColumnChange]) -> dict[str, list[ColumnChange]]:
    """Return the columns to which the same happened, by what that was in words: empty if it doesn't show."""
    groups: dict[str, list[ColumnChange]] = {}
    for change in changes:
        groups.setdefault(change.cause.words if change.cause else "", []).append(change)
    return groups


def is_small_revision(change: ColumnChange, last: date) -> bool:
    """Tell whether a column changed as is usual in a refresh.

    By up to 1 % and on no day older than 60 days, or late within the last two weeks. Empty cells that
    became zeros change no sum on any day; what was exchanged or moved to another day isn't usual at all.
    """
    kind = change.cause.kind if change.cause else None
    if kind in (Kind.SWAPPED, Kind.SHIFTED):
        return False
    known = kind in (Kind.BLANKS_TO_ZEROS, Kind.ZEROS_TO_BLANKS)
    recent = (last - change.first).days <= RECENT_REVISION_DAYS
    return kind is Kind.LATE or ((recent or known) and change.moved_share <= SMALL_REVISION)
