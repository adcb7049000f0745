"""Reads and checks files damaged at random: `python -m tests.clean_data.fuzz --seconds 60 --seed 0`.

Prints what was tried, and ends with 1 at the first exception or broken promise, after printing the seed that
makes the same file again.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
import warnings
from collections import Counter
from datetime import datetime

from recast_api.clean_data import check, read
from recast_api.clean_data.data import CleanData
from tests.clean_data.make import csv_text, daily_frame

CELLS = (
    *("", " ", "NA", "null", "-", "n/a", "TRUE", "false", "inf", "-inf", "1e5", "1.2E+05", "0x10", "1_000"),
    *("1,234", "1.234", "1.234,50", "1,234.50", "12,5", "$5", "5 €", "(12)", "12%", "12,5 %", "−3", "1 234"),
    *("2025-1-1", "01/02/2025", "31/01/2025", "01/31/2025", "1 Jan 2025", "20250131", "45292", "25/01/31"),
    *(
        "2025-01-31 00:00:00",
        "2025-01-31T00:00:00Z",
        "2025-02-30",
        "Total",
        "=1+1",
        '"',
        '""',
        '"a"',
        '"a\nb"',
    ),
    *("date", "Date", "Unnamed: 0", "é", "\u00a0", "\ufeff", "\u2028", "\0", "x" * 200, "9" * 400, "1e999"),
)
BITS = (
    *(b",", b";", b"\t", b"|", b'"', b"\n", b"\r\n", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe"),
    *(b"sep=;\n", b",,,\n", b"\n\n", b"e", b"-", b".", b"  ", b"\x1a", b"\xa0", b"\xe9", b"{", b"<html>"),
)
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32", "latin-1")


def damaged(seed: int) -> bytes:
    """Return a small CSV with some cells replaced, separators and encoding changed, and bytes thrown in."""
    chance = random.Random(seed)
    days = chance.choice((1, 2, 5, 30, 120))
    rows = [line.split(",") for line in csv_text(daily_frame(days, chance.randint(1, 6), seed)).splitlines()]
    for _ in range(chance.choice((0, 1, 3, len(rows)))):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = chance.choice(CELLS)
    if chance.random() < 0.3:
        place, cells = chance.randrange(len(rows[0])), chance.sample(CELLS, 3)
        for row in rows[1:]:
            row[place] = chance.choice(cells)
    separator = chance.choice(",,,;\t|")
    lines = [separator.join(row) for row in _rewritten(_reshaped(rows, chance), chance)]
    if chance.random() < 0.05:
        lines.insert(0, f"sep={separator}")
    text = chance.choice(("\n", "\n", "\r\n", "\r")).join(lines) + chance.choice(("", "\n", "\n\n"))
    data = text.encode(chance.choice(ENCODINGS) if chance.random() < 0.2 else "utf-8", "replace")
    for _ in range(chance.choice((0, 0, 0, 0, 1, 5))):
        at = chance.randint(0, len(data))
        data = data[:at] + chance.choice(BITS) + data[at + chance.choice((0, 0, 1, 40)) :]
    return data


def _reshaped(rows: list[list[str]], chance: random.Random) -> list[list[str]]:
    """Return the rows as spreadsheets and scripts spoil a table: numbered, padded, parted, shuffled."""
    if chance.random() < 0.1:
        rows = [[str(place - 1) if place else "", *row] for place, row in enumerate(rows)]
    if chance.random() < 0.1:
        rows = [[*row, *[""] * chance.choice((1, 1, 3))] for row in rows]
    if chance.random() < 0.1:
        rows.insert(chance.randint(0, len(rows)), [""] * len(rows[0]))
    if chance.random() < 0.1:
        rows[1:] = chance.sample(rows[1:], len(rows) - 1)
    return _with_other_lines(rows, chance)


def _with_other_lines(rows: list[list[str]], chance: random.Random) -> list[list[str]]:
    """Return the rows with lines among them that are none: titles, units, totals, notes, the header again."""
    width = len(rows[0])
    others = (
        ["Total", *["9"] * (width - 1)],
        ["", *["9"] * (width - 1)],
        ["", *["USD"] * (width - 1)],
        ["Source: x", *[""] * (width - 1)],
        ["Source: x"],
        rows[0],
    )
    if chance.random() < 0.1:
        rows = [*chance.choices(others[3:5], k=chance.randint(1, 3)), *rows]
    if chance.random() < 0.1:
        for other in chance.choices(others, k=chance.randint(1, 3)):
            rows.insert(chance.choice((1, len(rows), chance.randint(1, len(rows)))), [*other])
    if chance.random() < 0.05:
        rows[1:] = [[str(place), *row] for place, row in enumerate(rows[1:])]
    if chance.random() < 0.05:
        rows[0] = [*rows[0], ""]
    return rows


def _rewritten(rows: list[list[str]], chance: random.Random) -> list[list[str]]:
    """Return the rows as they spoil cells: dates of another form, decimal commas, quotation marks."""
    if chance.random() < 0.2:
        pattern = chance.choice(("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y", "%Y%m%d", "%d %b %Y", "%Y-%m-%dT%H:%M"))
        for row in rows[1:]:
            row[:] = [_day_as(cell, pattern) for cell in row]
    if chance.random() < 0.2:
        rows[1:] = [[cell.replace(".", ",") for cell in row] for row in rows[1:]]
    if chance.random() < 0.5:
        rows = [[f'"{cell}"' if "," in cell or ";" in cell else cell for cell in row] for row in rows]
    return rows


def _day_as(cell: str, pattern: str) -> str:
    try:
        return datetime.fromisoformat(cell).strftime(pattern)
    except ValueError:
        return cell


def promises(data: bytes) -> Counter[str]:
    """Read, accept every fix one after another, and check; return how often each rule spoke."""
    first = read(data)
    accepted: list[str] = []
    found = first
    while offered := [fix.name for fix in found.fixes if fix.name not in found.accepted]:
        assert offered[0] not in accepted, f"{offered[0]} has no effect"
        accepted.append(offered[0])
        found = read(data, fixes=accepted)
    again = read(found.text)
    left = {fix.name for fix in again.fixes} & set(accepted)
    assert not left or not found.readable, f"offered again: {left}"
    for reading in (first, found):
        promised(reading)
    return Counter(finding.check for finding in (*check(first), *found.findings))


def promised(data: CleanData) -> None:
    """Check what holds of every reading."""
    assert len(data.lines) == len(data.frame)
    assert "\r" not in data.text
    if data.readable:
        again = read(data.text)
        # With lines fixed away, a header such as <html> makes a table look like a web page, and what is
        # left of a tiny file may hold too many control characters for a text.
        another_kind = any(finding.check in ("other_file", "not_text") for finding in again.findings)
        assert another_kind or again.frame.equals(data.frame), "the text reads differently"
    elif not data.text:
        assert any(finding.level == "block" for finding in data.findings)


def main() -> int:
    """Run until the time is over; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    warnings.simplefilter("error")
    end, seed, rules = time.monotonic() + options.seconds, options.seed, Counter[str]()
    while time.monotonic() < end:
        try:
            rules += promises(damaged(seed))
        except Exception:
            traceback.print_exc()
            print(f"seed {seed}: {damaged(seed)[:2000]!r}", file=sys.stderr)
            return 1
        seed += 1
    print(f"{seed - options.seed:,} files, seeds {options.seed} to {seed - 1}, no exception")
    for rule, count in rules.most_common():
        print(f"{count:9,}  {rule}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
