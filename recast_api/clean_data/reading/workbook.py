"""Take bytes; hand on a sheet of a workbook as the text of a CSV, or nothing where they are no workbook.

Reads `.xlsx` and `.xlsm`. Calamine makes values of the cells. It gives no limit and leaves out errors, so the
sheet's cells are counted before, and those that it would read as empty are noted.
"""

from __future__ import annotations

import io
import posixpath
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain, repeat
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

import numpy as np
from python_calamine import CalamineError, CalamineSheet, load_workbook

from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.reading.tokens import Offsets, quoted
from recast_api.clean_data.sentences import counted, shorten

MOST_CELLS = 2_000_000
"""Of the rectangle around a sheet's values: 5,000 days of 400 columns. Calamine holds each of them, empty or
not, and a sheet of two values can span 17 billion."""
MOST_UNPACKED = 150_000_000
"""Bytes of the parts that are read: XML takes 40 to 70 for each cell, and unpacks to a thousandfold."""
LONGEST_EXPANSION = 30
"""Digits up to which a number is written without an exponent."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BOOK = "xl/workbook.xml"
_LINKS = "xl/_rels/workbook.xml.rels"
_SHARED = (_BOOK, _LINKS, "xl/styles.xml", "xl/sharedstrings.xml")
"""Parts that are read whichever sheet is."""
_REFERENCE = re.compile("([A-Za-z]{1,3})([0-9]{1,7})")
_CHUNK = 1 << 18

_UNREADABLE = (
    *(BadZipFile, zlib.error, EOFError, expat.ExpatError, CalamineError),
    # What `zipfile` raises for an odd directory, for a cipher and for a compression that it doesn't know.
    *(LookupError, OSError, OverflowError, NotImplementedError, RuntimeError, ValueError),
)
"""What a damaged workbook is known by."""

Value = str | float | bool | date | time | timedelta
"""What calamine makes of a cell."""
Place = tuple[int, int]
"""Row and column, the first being 0."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """What a file is as a workbook."""

    text: str | None = None
    """The sheet as CSV; empty where it can't be read, None where the file is no workbook."""
    origin: Offsets | None = None
    """Row of the sheet that each line of the text came from."""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    """Names of all its sheets of cells, in their order; those that are hidden last."""
    findings: tuple[Finding, ...] = ()


def _refusal(sentence: str, advice: str, check: str = "other_file") -> Finding:
    return Finding.of(Level.BLOCK, sentence, advice, check=check)


_PROTECTED = _refusal(
    "The file is an Excel workbook that is protected by a password.",
    "Save it without the password, or export the sheet as CSV.",
)
_DAMAGED = _refusal(
    "The Excel workbook (.xlsx) can't be read: it is damaged, or wasn't saved completely.",
    "Open it in Excel and save it again, or export the sheet as CSV.",
)
_TOO_LARGE = _refusal(
    f"The sheet is too large to be read here: its values span more than {MOST_CELLS:,} cells, or much text.",
    "Export it as CSV, or delete what stands far from the table.",
)
_EMPTY = _refusal("The sheet has no values.", "Choose another sheet, or export the data again.", "empty_file")


class _RefusedError(Exception):
    """A workbook that isn't read, and why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.sentence)
        self.finding = finding


def as_text(data: bytes | str, sheet: str | None = None) -> Workbook:
    """Read the sheet of that name, else the first that has values."""
    if isinstance(data, str):
        return Workbook()
    if data.startswith(_OLE) and _ENCRYPTED in data:
        return Workbook("", findings=(_PROTECTED,))
    if not data.startswith(_ZIP) or _BOOK.encode() not in data:
        return Workbook()
    parts: dict[str, str] = {}
    try:
        package = _Package(data)
        parts |= _parts(package)
        return _read(data, package, parts, sheet)
    except _RefusedError as error:
        finding = error.finding
    except _UNREADABLE:
        finding = _DAMAGED
    # Its names stay known, so that another sheet can be chosen.
    chosen = sheet if sheet in parts else next(iter(parts), "")
    return Workbook("", None, chosen or "", tuple(parts), (finding,))


def _parts(package: _Package) -> dict[str, str]:
    """Return the part of each sheet of cells by its name."""
    links, names = _Links(package.unpacked(_LINKS)).parts, _Names(package.unpacked(_BOOK))
    return {name: links[key] for name, key in (names.shown | names.hidden).items() if key in links}


def _read(data: bytes, package: _Package, parts: dict[str, str], wanted: str | None) -> Workbook:
    tried = parts if wanted is None or wanted not in parts else {wanted: parts[wanted]}
    found = ((name, _Cells(package.unpacked(part))) for name, part in tried.items())
    chosen = next(((name, cells) for name, cells in found if cells.rows), None)
    if chosen is None:
        raise _RefusedError(_EMPTY)
    name, cells = chosen
    for _ in package.unpacked(*_SHARED):
        pass  # only to know that they aren't too large
    sheet = load_workbook(io.BytesIO(data)).get_sheet_by_name(name)
    lines = [",".join(row) for row in _rows(sheet, cells)]
    counts = [line.count("\n") + 1 for line in lines]
    return Workbook(
        text="\n".join(lines) + "\n",
        origin=np.repeat(np.arange(1, len(lines) + 1), counts),
        sheet=name,
        sheets=tuple(parts),
        findings=(_found(name, list(parts), len(lines)),),
    )


def _found(name: str, names: Sequence[str], rows: int) -> Finding:
    which = f"of its {len(names)} sheets, " if len(names) > 1 else "its sheet "
    return Finding.of(
        Level.CONFIRM,
        f"The file is a workbook: {which}“{shorten(name)}” is sent as CSV, {counted(rows, 'row')} in all.",
        "Compare the first and last rows with the sheet. Numbers are sent in full, not as rounded there.",
        check="workbook",
        values=[name],
    )


class _Package:
    """The parts of a workbook, unpacked no further than to a limit."""

    def __init__(self, data: bytes) -> None:
        self._archive = ZipFile(io.BytesIO(data))
        self._left = MOST_UNPACKED

    def unpacked(self, *names: str) -> Iterator[bytes]:
        """Yield the bytes of parts, some at a time. Small and capital letters are the same in their names."""
        for entry in self._archive.infolist():
            if entry.filename.lower() not in names:
                continue
            # The directory's sizes are claims: what is there is read, up to the limit.
            entry.file_size, entry.CRC = self._left + 1, None  # type: ignore[assignment]
            with self._archive.open(entry) as part:
                while chunk := part.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise _RefusedError(_TOO_LARGE)
                    yield chunk


class _Parsed:
    """What one part of a workbook says. Prefixes of names don't matter."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = lambda tag, values: self.start(tag.rpartition(" ")[2], values)
        self.parser.EndElementHandler = lambda tag: self.end(tag.rpartition(" ")[2])
        for chunk in chunks:
            self.parser.Parse(chunk)
        self.parser.Parse(b"", True)

    def start(self, tag: str, values: dict[str, str]) -> None:
        """Take an element and its attributes."""

    def end(self, tag: str) -> None:
        """Take the end of an element."""


class _Links(_Parsed):
    """The part of each sheet of cells, by the key under which the workbook lists it."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.parts: dict[str, str] = {}
        super().__init__(chunks)

    def start(self, tag: str, values: dict[str, str]) -> None:
        if tag == "Relationship" and values["Type"].endswith("/worksheet"):
            path = posixpath.normpath(posixpath.join("/xl", values["Target"]))
            self.parts[values["Id"]] = path.lstrip("/").lower()


class _Names(_Parsed):
    """The names of the sheets and their keys; those that are shown before those that are hidden."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.shown: dict[str, str] = {}
        self.hidden: dict[str, str] = {}
        super().__init__(chunks)

    def start(self, tag: str, values: dict[str, str]) -> None:
        if tag == "sheet":
            names = self.shown if values.get("state", "visible") == "visible" else self.hidden
            names[values["name"]] = next((value for key, value in values.items() if key.endswith(" id")), "")


class _Cells(_Parsed):
    """How far the values of a sheet reach, and those that calamine takes for empty.

    These are errors, and formulas whose results weren't saved.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.rows = self.columns = 0
        self.unread: dict[Place, str] = {}
        self._row = self._column = -1
        self._type = self._text = ""
        self._parts: set[str] = set()
        super().__init__(chunks)

    def start(self, tag: str, values: dict[str, str]) -> None:
        if tag == "row":
            self._row = int(values.get("r", self._row + 2)) - 1
            self._column = -1
        elif tag == "c":
            self._row, self._column = self._place(values.get("r", ""))
            self._type, self._text, self._parts = values.get("t", ""), "", set()
        elif tag in ("v", "is", "f"):
            self._reach(tag)

    def end(self, tag: str) -> None:
        self.parser.CharacterDataHandler = None
        if tag != "c" or not self._parts:
            return
        if self._type == "e":
            self.unread[self._row, self._column] = self._text
        elif self._parts == {"f"}:
            self.unread[self._row, self._column] = f"={self._text}"

    def _place(self, reference: str) -> Place:
        if not reference:
            return self._row, self._column + 1
        parts = _REFERENCE.fullmatch(reference)
        if not parts:
            raise _RefusedError(_DAMAGED)
        column = 0
        for letter in parts[1].upper():
            column = column * 26 + ord(letter) - ord("A") + 1
        return int(parts[2]) - 1, column - 1

    def _reach(self, tag: str) -> None:
        self.rows, self.columns = max(self.rows, self._row + 1), max(self.columns, self._column + 1)
        if self.rows * self.columns > MOST_CELLS:
            raise _RefusedError(_TOO_LARGE)
        self._parts.add(tag)
        if tag == "f" or self._type == "e":
            self._text = ""
            self.parser.CharacterDataHandler = self._take

    def _take(self, text: str) -> None:
        self._text += text


def _rows(sheet: CalamineSheet, cells: _Cells) -> Iterator[list[str]]:
    """Yield the cells of each row from the first on, as they stand in a CSV."""
    left = sheet.start[1] if sheet.start else 0
    found = chain(sheet.iter_rows(), repeat(()))
    unread: dict[int, dict[int, str]] = {}
    for (row, column), text in cells.unread.items():
        unread.setdefault(row, {})[column] = text
    for index, values in zip(range(cells.rows), found, strict=False):
        texts = [""] * left + [quoted(_text(value), ",") for value in values]
        texts += [""] * (cells.columns - len(texts))
        for column, text in unread.get(index, {}).items():
            texts[column] = quoted(text, ",")
        yield texts


def _text(value: Value) -> str:
    """Return a value as a CSV has it: a day as YYYY-MM-DD, a number in full and without an exponent."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float | int):
        return _number(float(value))
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()


def _number(value: float) -> str:
    text = repr(value + 0.0)  # which makes 0 of -0
    if "e" in text and abs(Decimal(text).adjusted()) <= LONGEST_EXPANSION:
        text = f"{Decimal(text):f}"
    return text.removesuffix(".0")
