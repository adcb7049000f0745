"""Take what reading found and offers; hand on findings that name their fix, and fixes that can be made.

A fix changes a text only when it is accepted, and can be shown as a diff before that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial, reduce

import numpy as np
import pandas as pd

from recast_api.clean_data.findings import Change, Finding, Fix
from recast_api.clean_data.reading.offers import Edit, FixName, Offer
from recast_api.clean_data.reading.rewriting import Rewriting, either, instead, rewritten
from recast_api.clean_data.reading.tokens import Offsets, Records


@dataclass(frozen=True, eq=False, slots=True)
class Fixing:
    """A fix that can be made, and the edit that makes it."""

    fix: Fix
    edit: Edit


def join(
    findings: Iterable[Finding], offers: Sequence[Offer]
) -> tuple[tuple[Finding, ...], tuple[Fixing, ...]]:
    """Join findings with the fixes that answer them.

    A finding names its fix where there is one; where there are several, one of them has to be chosen.
    """
    answers: dict[str, list[Offer]] = {}
    for offer in offers:
        answers.setdefault(offer.check, []).append(offer)
    found = list(findings)
    # A step that makes several findings of one rule names the fix in the one that it answers.
    named = {finding.check for finding in found if finding.fix}
    joined, line_counts = [], dict[str, int]()
    for finding in found:
        line_counts[finding.check] = finding.line_count
        answer = [] if finding.check in named else answers.get(finding.check, [])
        joined.append(replace(finding, fix=answer[0].name.value) if len(answer) == 1 else finding)
    fixings = [_fixing(offer, line_counts[offer.check]) for offer in offers]
    return tuple(joined), tuple(fixings)


def _fixing(offer: Offer, lines_of_finding: int) -> Fixing:
    line_count = lines_of_finding if offer.line_count is None else offer.line_count
    fix = Fix(name=offer.name.value, check=offer.check, sentence=offer.sentence, line_count=line_count)
    return Fixing(fix, offer.edit)


@dataclass(frozen=True, eq=False, slots=True)
class FixableText:
    """A text with the fixes that it could have.

    `CleanData` keeps it for previews. It shares text and frame with that; what it adds is where the records
    are, 32 bytes per row.
    """

    text: str
    records: Records
    """Without what only reading needs, and without bytes, which are those of the text."""
    header: int
    """Index of the record with the names."""
    rows: Offsets
    """Index of the record of each row of the frame."""
    frame: pd.DataFrame
    date_column: str | None
    offered: tuple[Fixing, ...]
    """What reading found; sorting and trimming are asked for by checks."""

    def fix(self, name: str) -> Fix | None:
        """Return the fix of that name, if it would change anything."""
        return next((fixing.fix for fixing in self.ready([name])), None)

    def changes(self, name: str) -> Iterator[Change]:
        """Yield the records that a fix changes, as they stand and as they would."""
        for fixing in self.ready([name]):
            yield from _diff(self._records(), self.header, self.rows, fixing.edit)

    def ready(self, wanted: Collection[str]) -> list[Fixing]:
        """Return the fixes that are wanted and would change something, in the order to make them.

        There is one for each question: of two answers to one, the one that comes first is taken.
        """
        found = [fixing for fixing in self.offered if fixing.fix.name in wanted]
        found += [fixing for name in sorted(set(wanted)) if (fixing := self._asked_for(name))]
        # Sorted backwards, so that the first of two answers overwrites the other.
        by_question = {fixing.fix.check: fixing for fixing in sorted(found, key=_turn, reverse=True)}
        return sorted(by_question.values(), key=_turn)

    def fixed(self, ready: Sequence[Fixing]) -> tuple[str, Offsets]:
        """Make fixes; return the new text, and which line of the delivered file each of its lines is."""
        edit = reduce(_joined, (fixing.edit for fixing in ready))
        text, origin = _apply(self._records(), self.header, self.rows, edit)
        # A mark within the file may have come to its beginning, where it would be a byte order mark.
        return text.lstrip("\ufeff"), origin

    def _records(self) -> Records:
        return replace(self.records, raw=self.text.encode())

    def _asked_for(self, name: str) -> Fixing | None:
        """Return a fix that checks ask for, if it would change anything."""
        if self.date_column is None:
            return None
        days = self.frame[self.date_column].to_numpy("datetime64[D]")
        kind, _, last = name.partition(":")
        if name == FixName.SORT_BY_DATE:
            return self._sorting(np.argsort(days, kind="stable"))
        return self._trimming(days, last) if kind == FixName.TRIM_AFTER else None

    def _sorting(self, order: Offsets) -> Fixing | None:
        moved = int(np.count_nonzero(order != np.arange(len(order))))
        if not moved:
            return None
        below = np.arange(self.header + 1, len(self.records.ends))
        others = np.setdiff1d(below, self.rows)
        sentence = "Put the rows in the order of their dates."
        edit = Edit(order=np.concatenate([self.rows[order], others]))
        return _fixing(Offer(FixName.SORT_BY_DATE, "unsorted_dates", sentence, edit), moved)

    def _trimming(self, days: np.ndarray, last: str) -> Fixing | None:
        try:
            after = days > np.datetime64(date.fromisoformat(last))
        except ValueError:
            return None
        if not after.any() or after.all():
            return None
        fix = Fix(
            name=f"{FixName.TRIM_AFTER}:{last}",
            check="incomplete_days",
            sentence=f"Take out the rows after {last}.",
            line_count=int(after.sum()),
        )
        return Fixing(fix, Edit(drop_records=self.rows[after]))


def _turn(fixing: Fixing) -> tuple[int, str]:
    kind = FixName(fixing.fix.name.partition(":")[0])
    return list(FixName).index(kind), fixing.fix.name


def _joined(one: Edit, other: Edit) -> Edit:
    """Return an edit that does both; where both change a cell, the later one does."""
    cells = dict(one.cells)
    for index, convert in other.cells.items():
        cells[index] = partial(either, cells[index], convert) if index in cells else convert
    return Edit(
        cells=cells,
        replaced={**one.replaced, **other.replaced},
        header={**one.header, **other.header},
        drop_columns=one.drop_columns | other.drop_columns,
        drop_records=_both(one.drop_records, other.drop_records),
        order=other.order if other.order is not None else one.order,
        text=other.text or one.text,
        as_commas=one.as_commas or other.as_commas,
    )


def _both(one: Offsets | None, other: Offsets | None) -> Offsets | None:
    given = [records for records in (one, other) if records is not None]
    return np.unique(np.concatenate(given)) if given else None


def _edited(records: Records, header: int, rows: Offsets, edit: Edit) -> Iterator[tuple[int, str | None]]:
    """Yield the index of each record in its new order, and its new text; None where it is taken out."""
    below = edit.order if edit.order is not None else range(header + 1, len(records.ends))
    dropped = set() if edit.drop_records is None else set(edit.drop_records.tolist())
    rewriting = Rewriting(records, rows, edit)
    for index in (*range(header + 1), *below):
        if index in dropped:
            yield int(index), None
            continue
        if index <= header:
            text = _heading(records, header, index, edit)
        elif edit.cells or edit.drop_columns or edit.as_commas:
            text = rewriting.text(int(index))
        else:
            # Sorting and trimming a long file needn't cut its records into cells.
            text = records.text(index)
        yield int(index), edit.text(text) if edit.text else text


def _heading(records: Records, header: int, index: int, edit: Edit) -> str:
    """Return the header with its names changed, or a line above it: there only the separator may change."""
    cells, separator = records.split(index), records.separator
    if index < header:
        return rewritten(cells, separator, {}, Edit(as_commas=edit.as_commas))
    renaming = {column: partial(instead, name) for column, name in edit.header.items()}
    if records.row_names:
        # There is no cell above the names of rows, unless they are given a name now.
        cells = ["", *cells]
        edit = edit if 0 in renaming else replace(edit, drop_columns=edit.drop_columns | {0})
    return rewritten(cells, separator, renaming, edit)


def _apply(records: Records, header: int, rows: Offsets, edit: Edit) -> tuple[str, Offsets]:
    texts, lines = [], []
    if records.start and not edit.as_commas:
        texts.append(records.raw[: records.start - 1].decode())
        lines.append(records.origin[: records.text_lines[0]])
    for index, text in _edited(records, header, rows, edit):
        if text is not None:
            first = int(records.text_lines[index])
            texts.append(text)
            lines.append(records.origin[first : first + text.count("\n") + 1])
    ending = "\n" if records.raw.endswith(b"\n") else ""
    return "\n".join(texts) + ending, np.concatenate(lines)


def _diff(records: Records, header: int, rows: Offsets, edit: Edit) -> Iterator[Change]:
    if records.start and edit.as_commas:
        yield Change(int(records.origin[0]), records.raw[: records.start - 1].decode(), None)
    for position, (index, text) in enumerate(_edited(records, header, rows, edit)):
        # Where rows are only moved, a row is shown beside the one at that position before.
        old = index if text is None else position
        before = records.text(old)
        if text != before:
            yield Change(int(records.lines[old]), before, text)
