"""From records to what they mean: a frame, and remarks on everything that stands between it and the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from recast_api.clean_data.findings import Finding, Fix, Level
from recast_api.clean_data.reading import date_column, date_formats, number_columns, number_findings, tidy
from recast_api.clean_data.reading.fixes import TRIM, Edit, Offer, Remark
from recast_api.clean_data.reading.header import Layout, Source, fault, filled_records, lay_out
from recast_api.clean_data.reading.number_columns import NumberColumns
from recast_api.clean_data.reading.tokens import Offsets

MANY_TEXTS = 50
"""With more columns of text than this a frame is put together at once: pandas slows down insert by insert."""


@dataclass(frozen=True, eq=False, slots=True)
class Understanding:
    """What a text came to."""

    source: Source
    remarks: tuple[Remark, ...]
    frame: pd.DataFrame
    date_column: str | None = None
    header: int = 0
    """Index of the record with the names."""
    rows: Offsets = field(default_factory=lambda: np.empty(0, np.int64))
    """Index of the record of each row of the frame."""

    @property
    def lines(self) -> Offsets:
        """Line of the delivered file on which each row begins."""
        return self.source.lines(self.rows)

    def on_request(self, name: str) -> Offer | None:
        """Return a fix that checks offer, if it would change anything."""
        if self.date_column is None:
            return None
        days = self.frame[self.date_column].to_numpy("datetime64[D]")
        if name == "sort_by_date":
            return _sorting(self, np.argsort(days, kind="stable"))
        return _trimming(self, days, name.removeprefix(TRIM)) if name.startswith(TRIM) else None


def understand(source: Source) -> Understanding:
    """Find out as much as the records let."""
    filled = filled_records(source.records)
    if not len(filled):
        empty = Finding.of(
            Level.BLOCK, "No cell of the file holds anything.", "Export it again.", check="empty_file"
        )
        return Understanding(source, (Remark(empty),), pd.DataFrame())
    wrong = fault(source, filled)
    if wrong:
        return Understanding(source, (Remark(wrong),), pd.DataFrame(), None, int(filled[0]))
    layout, remarks = tidy.named(lay_out(source, filled))
    remarks = [*tidy.outside(source, filled), *remarks]
    names = [layout.names[place] for place in layout.places]
    if not all(name.strip() for name in names) or len(set(names)) < len(names):
        return Understanding(source, tuple(remarks), pd.DataFrame(), None, layout.header)
    return _table(layout, remarks)


def _table(layout: Layout, remarks: list[Remark]) -> Understanding:
    place, told = date_column.find(layout)
    remarks += told
    days = None
    if place is not None:
        cells = layout.texts(place)
        days = date_formats.parse(cells)
        remarks += date_column.remarks(layout, place, cells, days)
    columns = number_columns.parse(layout, place)
    remarks += number_findings.remarks(layout, columns)
    frame = _frame(layout, columns, place, days.days if days else None)
    name = None if place is None else layout.names[place]
    return Understanding(layout.source, tuple(remarks), frame, name, layout.header, layout.rows)


def _frame(
    layout: Layout, columns: NumberColumns, date_place: int | None, days: date_formats.Days | None
) -> pd.DataFrame:
    values = layout.columns.numbers
    for place, parsed in columns.parsed.items():
        values[:, place] = parsed.values
    others: dict[int, np.ndarray] = {
        place: np.array([cell or None for cell in cells], object)
        for place, cells in columns.texts.items()
        if not columns.clean(place)
    }
    if date_place is not None and days is not None:
        others[date_place] = days.astype("datetime64[us]")
    if len(others) > MANY_TEXTS:
        return pd.DataFrame({layout.names[p]: others.get(p, values[:, p]) for p in layout.places})
    numeric = [place for place in layout.places if place not in others]
    apart = len(numeric) != values.shape[1] - numeric[0] if numeric else True
    block = values[:, numeric] if apart else values[:, numeric[0] :]
    frame = pd.DataFrame(block, columns=[layout.names[place] for place in numeric], copy=False)
    for position, place in enumerate(layout.places):
        if place in others:
            frame.insert(position, layout.names[place], others[place])
    return frame


def _sorting(found: Understanding, order: Offsets) -> Offer | None:
    moved = int(np.count_nonzero(order != np.arange(len(order))))
    if not moved:
        return None
    below = np.arange(found.header + 1, len(found.source.records))
    others = np.setdiff1d(below, found.rows)
    edit = Edit(order=np.concatenate([found.rows[order], others]).tolist())
    sentence = "Put the rows in the order of their dates."
    return Offer(Fix(name="sort_by_date", check="unsorted_dates", sentence=sentence, line_count=moved), edit)


def _trimming(found: Understanding, days: date_formats.Days, last: str) -> Offer | None:
    try:
        after = days > np.datetime64(date.fromisoformat(last))
    except ValueError:
        return None
    if not after.any() or after.all():
        return None
    sentence, count = f"Take out the rows after {last}.", int(after.sum())
    edit = Edit(drop_records=frozenset(found.rows[after].tolist()))
    return Offer(Fix(name=TRIM + last, check="incomplete_days", sentence=sentence, line_count=count), edit)
