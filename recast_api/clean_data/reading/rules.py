"""The rules of reading: what it can find in a file. One that is raised and isn't here fails a test."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from recast_api.clean_data.findings import Group, Level
from recast_api.clean_data.reading.number_patterns import OUT_OF_LINE

BLOCK, CONFIRM, NOTE = Level


@dataclass(frozen=True, slots=True)
class ReadingRule:
    """One rule: its findings carry its name."""

    name: str
    what: str
    """What its finding says, for the analyst."""
    levels: tuple[Level, ...]
    threshold: str
    """When it finds something, in words."""
    source: str
    """Where the threshold or the level comes from."""
    group: Group
    """Where its findings count in a summary."""


def _rule(
    name: str, what: str, levels: Level | tuple[Level, ...], threshold: str, source: str
) -> partial[ReadingRule]:
    """Describe a rule; its group is that of the rules that it stands among."""
    all_levels = levels if isinstance(levels, tuple) else (levels,)
    return partial(ReadingRule, name, what, all_levels, threshold, source)


_RFC = "RFC 4180"
_TOOLS = "import tools offer the conversion"
_SAFE = "not a table: nothing could be launched"

_TABLE = (
    _rule("empty_file", "The file holds nothing.", BLOCK, "no cell filled", _SAFE),
    _rule("workbook", "A sheet of an Excel workbook is sent as CSV.", CONFIRM, "any", _TOOLS),
    _rule("other_file", "The file is a workbook, picture, web page …", BLOCK, "known first bytes", _SAFE),
    _rule(
        "not_text", "The file isn't text, or is damaged.", BLOCK, "undecodable byte, NUL, 5 % controls", _SAFE
    ),
    _rule(
        "encoding",
        "The text is converted to UTF-8; which letters the names have is a guess.",
        (CONFIRM, NOTE),
        "not UTF-8, in a name (Confirm) or in cells alone (Note)",
        "Recast: clean data is UTF-8",
    ),
    _rule("byte_order_mark", "A byte order mark is left out.", NOTE, "any", "Robyn #957: dates lost by it"),
    _rule("line_ends", "Line ends differ; all are sent as \\n.", NOTE, "two kinds", "Recast: \\n line ends"),
    _rule("large_file", "The request is large.", NOTE, "over 5 MB", "limit unpublished; Simba takes 50 MB"),
    _rule("stray_quote", "A quotation mark breaks a cell.", BLOCK, "not around a whole cell", _RFC),
    _rule(
        "too_many_columns",
        "The header has too many columns.",
        BLOCK,
        "over 16,384 columns",
        "spreadsheets end there",
    ),
    _rule("one_column", "There is one column only.", BLOCK, "no separator", "a date and a KPI are two"),
    _rule("header_only", "There is a header, but no rows.", BLOCK, "no row", "Robyn, Meridian stop"),
    _rule(
        "header_missing", "The first line is data already.", BLOCK, "over half are values", "Meridian stops"
    ),
    _rule(
        "lines_above_header",
        "Titles or notes stand above the header.",
        BLOCK,
        "up to 30 lines",
        "Meridian stops",
    ),
    _rule(
        "ragged_rows", "Rows have more or fewer cells than the header.", BLOCK, "any", "opencodelists #1121"
    ),
    _rule("duplicate_headers", "A name appears twice in the header.", BLOCK, "any", "Meridian, Robyn stop"),
    _rule("blank_headers", "A column with values has no name.", BLOCK, "any", "Meridian, Robyn stop"),
)

_NAMES = (
    _rule(
        "invisible_in_name",
        "Names hold spaces at the ends, or characters that can't be seen.",
        CONFIRM,
        "any",
        "Recast: the priors sheet spells the names alike",
    ),
    _rule(
        "names_alike",
        "Names differ only in case, or in what can't be seen.",
        CONFIRM,
        "any",
        "Recast's other API matches names whatever their case",
    ),
    _rule("header_spaces", "Names hold spaces.", NOTE, "any", "Robyn stops; Recast: lower_snake_case"),
    _rule("names_in_r", "R would rewrite names.", NOTE, "make.names changes it", "Recast runs on R; Robyn"),
)

_ROWS = (
    _rule("separator_line", "Line 1 is Excel's “sep=,”.", CONFIRM, "any", "other programs read a header"),
    _rule(
        "separator",
        "Cells aren't separated by commas.",
        CONFIRM,
        "; tab | or blanks between quoted names",
        _TOOLS,
    ),
    _rule(
        "empty_rows", "Rows hold nothing.", (CONFIRM, NOTE), "any; note if wholly blank", "Excel leaves them"
    ),
)

_COLUMNS = (
    _rule("empty_columns", "Columns have neither name nor values.", CONFIRM, "any", "Excel leaves them"),
    _rule(
        "index_column",
        "Columns in front number the rows.",
        CONFIRM,
        "named as pandas and R do, and counting",
        "pandas, R",
    ),
)

_DATES = (
    _rule("date_missing", "No column holds dates.", BLOCK, "under 80 % dates", "Robyn finds one or stops"),
    _rule("several_date_columns", "More than one column holds dates.", BLOCK, "none called date", "Robyn"),
    _rule("date_name", "The dates aren't called date.", NOTE, "another name", "Recast's demo renames it"),
    _rule(
        "date_unreadable",
        "A cell among the dates isn't a day; or its row is a total, units, a note or the header again.",
        BLOCK,
        "any",
        "Meridian, Robyn, Simba",
    ),
    _rule(
        "date_order_mixed",
        "Day and month are swapped in places.",
        BLOCK,
        "no order fits all dates, or the rows are in order only with some swapped",
        "pandas, Excel: each date is guessed by itself",
    ),
    _rule("date_order_unknown", "Day can't be told from month.", CONFIRM, "no day over 12", "OneSchema"),
    _rule(
        "date_midnight",
        "Midnight is written in the time of another zone: the day may be a day early.",
        CONFIRM,
        "one time of day, or two with summer time, which is midnight somewhere, on another day",
        "APIs and databases write local days in UTC",
    ),
    _rule("date_format", "Dates aren't written YYYY-MM-DD.", CONFIRM, "any", "Meridian, Robyn: ISO"),
    _rule("date_unpadded", "Dates lack leading zeros.", NOTE, "any", "Recast shows both ways"),
)

_NUMBERS = (
    _rule(
        "not_a_number",
        "A cell among numbers isn't a number.",
        BLOCK,
        "half or more of the cells are numbers",
        "Robyn stops",
    ),
    _rule("decimal_comma", "Numbers have a decimal comma.", CONFIRM, "any", _TOOLS),
    _rule(
        "comma_unknown", "Commas: decimals or thousands?", CONFIRM, "all like 1,234, not among commas", _TOOLS
    ),
    _rule(
        "point_unknown",
        "Points: decimals or thousands?",
        CONFIRM,
        "all like 1.234, not among commas and other decimals, or money, "
        f"or beside whole numbers {OUT_OF_LINE} times as large",
        _TOOLS,
    ),
    _rule(
        "number_format",
        "Currency signs, thousands separators, $ - for 0.",
        CONFIRM,
        "any",
        "Meridian, CSV reference",
    ),
    _rule("percent", "Numbers have percent signs.", CONFIRM, "any", "Meridian, CSV reference"),
    _rule("missing_words", "NA, null, - in place of numbers.", CONFIRM, "any", "Meridian, CSV reference"),
    _rule("true_false", "TRUE and FALSE in place of 1 and 0.", CONFIRM, "any", "R and Excel write them"),
    _rule("scientific_notation", "Numbers like 1.2E+05.", NOTE, "any", "Excel rounds when it writes them"),
)

READING_RULES = tuple(
    rule(group)
    for group, rules in (
        (Group.FILE, _TABLE),
        (Group.COLUMNS, _NAMES),
        (Group.FILE, _ROWS),
        (Group.COLUMNS, _COLUMNS),
        (Group.DATES, _DATES),
        (Group.COLUMNS, _NUMBERS),
    )
    for rule in rules
)
"""All rules of reading, in about the order in which a file comes by them."""
