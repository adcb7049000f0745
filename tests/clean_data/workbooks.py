"""Workbooks written by hand: as few parts as a reader needs, and whatever cells a test wants."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from xml.sax.saxutils import escape, quoteattr

Cell = str | float | bool | date | datetime | time | timedelta | None | tuple[str, str]
"""None is no cell at all; a pair is the type of the cell and its value, as they stand in the file."""
Sheet = Sequence[Sequence[Cell]]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
FORMATS = {date: (1, 14), datetime: (2, 22), time: (3, 21), timedelta: (4, 46), "percent": (5, 10)}
"""Style and built-in number format of each kind of cell."""
DAY_ZERO = date(1899, 12, 30)


def workbook(sheets: Mapping[str, Sheet], hidden: Sequence[str] = (), **changed: str) -> bytes:
    """Write a workbook. `changed` gives a part other content, or none: `styles=""` leaves it out."""
    raw = {name: sheet_xml(rows) for name, rows in sheets.items()}
    return package(raw, hidden, **changed)


def package(sheets: Mapping[str, str], hidden: Sequence[str] = (), **changed: str) -> bytes:
    """Write a workbook whose sheets are given as XML."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": _rels({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": _book(sheets, hidden),
        "xl/_rels/workbook.xml.rels": _rels(
            {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)}
        ),
        "xl/styles.xml": _styles(),
        **{f"xl/worksheets/sheet{n}.xml": text for n, text in enumerate(sheets.values(), 1)},
    }
    for name, text in changed.items():
        parts[next(part for part in parts if name in part)] = text
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            if text:
                packed.writestr(name, text)
    return file.getvalue()


def sheet_xml(rows: Sheet) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = [_cell(f"{letters(index)}{number}", cell) for index, cell in enumerate(row, 1)]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def letters(index: int) -> str:
    """The letters of a column, the first being 1."""
    name = ""
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def serial(value: date | time | timedelta) -> float:
    """A moment as a sheet stores it: days since the end of 1899."""
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    elif isinstance(value, datetime):
        value = timedelta(value.toordinal() - DAY_ZERO.toordinal()) + (
            value - value.replace(hour=0, minute=0, second=0)
        )
    elif isinstance(value, date):
        value -= DAY_ZERO
    return value / timedelta(days=1)


def _cell(place: str, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    if isinstance(cell, tuple) and cell[0] == "percent":
        return f'<c r="{place}" s="5"><v>{cell[1]}</v></c>'
    if isinstance(cell, tuple):
        return f'<c r="{place}" t="{cell[0]}"><v>{escape(cell[1])}</v></c>'
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{cell:d}</v></c>'
    if isinstance(cell, date | time | timedelta):
        return f'<c r="{place}" s="{FORMATS[type(cell)][0]}"><v>{serial(cell)!r}</v></c>'
    return f'<c r="{place}"><v>{cell!r}</v></c>'


def _book(names: Mapping[str, object], hidden: Sequence[str]) -> str:
    def state(name: str) -> str:
        return "hidden" if name in hidden else "visible"

    sheets = [
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}" state="{state(name)}"/>'
        for n, name in enumerate(names, 1)
    ]
    return f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>{"".join(sheets)}</sheets></workbook>'


def _rels(targets: Mapping[str, tuple[str, str]]) -> str:
    each = [
        f'<Relationship Id="{key}" Type="{DOCUMENT}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    ]
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(each)}</Relationships>'


def _styles() -> str:
    formats = ["0", *(str(number) for _, number in FORMATS.values())]
    styles = "".join(f'<xf numFmtId="{number}" applyNumberFormat="1"/>' for number in formats)
    return f'<styleSheet xmlns="{MAIN}"><cellXfs count="{len(formats)}">{styles}</cellXfs></styleSheet>'
