"""What a step of reading hands on beside its findings: a fix by its name, and the edit that makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from recast_api.clean_data.reading.tokens import Offsets

Converter = Callable[[str], str]
"""Turns a cell's value into the new one, or returns it as it is. Can be pickled, as `CleanData` keeps it."""


class FixName(StrEnum):
    """Every fix, in the order in which fixes are made. What isn't here can't be offered."""

    READ_AS_CP1252 = "read_as_cp1252"
    READ_AS_CP1254 = "read_as_cp1254"
    READ_AS_CP1250 = "read_as_cp1250"
    READ_AS_ISO8859_2 = "read_as_iso8859_2"
    READ_AS_MAC_ROMAN = "read_as_mac_roman"
    READ_AS_CP850 = "read_as_cp850"
    READ_AS_CP1253 = "read_as_cp1253"
    READ_AS_CP1251 = "read_as_cp1251"
    READ_AS_CP949 = "read_as_cp949"
    READ_AS_CP932 = "read_as_cp932"
    READ_AS_BIG5 = "read_as_big5"
    READ_AS_GB18030 = "read_as_gb18030"
    COMMAS_ARE_DECIMALS = "commas_are_decimals"
    COMMAS_ARE_THOUSANDS = "commas_are_thousands"
    POINTS_ARE_DECIMALS = "points_are_decimals"
    POINTS_ARE_THOUSANDS = "points_are_thousands"
    DROP_SEPARATOR_LINE = "drop_separator_line"
    SEPARATOR = "separator"
    BEGIN_AT_HEADER = "begin_at_header"
    LEAVE_OUT_ROWS = "leave_out_rows"
    DROP_EMPTY_ROWS = "drop_empty_rows"
    DROP_EMPTY_COLUMNS = "drop_empty_columns"
    DROP_INDEX_COLUMN = "drop_index_column"
    CLEAN_NAMES = "clean_names"
    RENAME_DATE_COLUMN = "rename_date_column"
    DATES_ISO = "dates_iso"
    DATES_DAY_FIRST = "dates_day_first"
    DATES_MONTH_FIRST = "dates_month_first"
    DATES_SWAPPED = "dates_swapped"
    DATES_LOCAL_DAY = "dates_local_day"
    DATES_AS_WRITTEN = "dates_as_written"
    MISSING_WORDS = "missing_words"
    TRUE_FALSE = "true_false"
    DECIMAL_COMMA = "decimal_comma"
    NUMBER_FORMAT = "number_format"
    PERCENT = "percent"
    SCIENTIFIC_NOTATION = "scientific_notation"
    SORT_BY_DATE = "sort_by_date"
    TRIM_AFTER = "trim_after"
    """Asked for with a day behind it: `trim_after:YYYY-MM-DD`."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Edit:
    """What to do to the records of a text. Edits can be joined; they are carried out at once."""

    cells: Mapping[int, Converter] = field(default_factory=dict)
    """By column index."""
    replaced: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    """New values by record and column index, where the cell alone doesn't tell; they go before `cells`."""
    header: Mapping[int, str] = field(default_factory=dict)
    """New names, by column index."""
    drop_columns: frozenset[int] = frozenset()
    drop_records: Offsets | None = None
    """Indexes of records. An array, as a file may hold a million empty rows."""
    order: Offsets | None = None
    """Indexes of the records below the header in their new order."""
    text: Converter | None = None
    """For the whole of each record, when its cells are changed."""
    as_commas: bool = False
    """Separate by commas, and take out a `sep=` line."""


@dataclass(frozen=True, eq=False, slots=True)
class Offer:
    """A fix that a step offers for what it found."""

    name: FixName
    check: str
    """The rule whose finding it answers."""
    sentence: str
    """What accepting it does."""
    edit: Edit
    line_count: int | None = None
    """How many lines it touches; None for those of the finding."""
