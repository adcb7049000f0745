"""How long reading, checking and comparing take, as ratios to `pandas.read_csv` in the same process.

python -m tests.clean_data.benchmark
"""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from recast_api.clean_data import check, check_against, check_data, check_run_type, compare, read
from tests.clean_data.make import csv_text, daily_frame
from tests.clean_data.planted import times


def seconds(call: Callable[[], object], repeat: int) -> float:
    """The median of several calls, after one that doesn't count."""
    call()
    taken = []
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def told(what: str, ratio: float, limit: float, detail: str) -> bool:
    print(f"{what:<62} {ratio:6.2f}   limit {limit:5.2f}   {'ok' if ratio <= limit else 'OVER'}   {detail}")
    return ratio <= limit


def as_na(text: str) -> str:
    """Write one NA in every column."""
    rows = [line.split(",") for line in text.splitlines()]
    for index in range(1, len(rows[0])):
        rows[1 + 37 * index % (len(rows) - 1)][index] = "NA"
    return "".join(",".join(row) + "\n" for row in rows)


def each_number(text: str, written: Callable[[float], str]) -> str:
    """Write every number another way."""
    header, *rows = (line.split(",") for line in text.splitlines())
    lines = (",".join([day, *(written(float(cell)) for cell in cells)]) for day, *cells in rows)
    return "\n".join([",".join(header), *lines, ""])


def as_money(text: str) -> str:
    return each_number(text, '"${:,.2f}"'.format)


def as_decimal_commas(text: str) -> str:
    return text.replace(",", ";").replace(".", ",")


def as_scientific(text: str) -> str:
    return each_number(text, "{:.5E}".format)


UGLY: dict[str, tuple[Callable[[str], str], str]] = {
    "one NA per column": (as_na, "missing_words"),
    "$1,234.50": (as_money, "number_format"),
    "decimal commas": (as_decimal_commas, "separator"),
    "1.23450E+03": (as_scientific, "scientific_notation"),
}
"""What spoils a file, and the fix that puts it right."""


def reading(
    rows: int, columns: int, factor: float, plus: float, repeat: int, kind: str = "", *, fixed: bool = False
) -> bool:
    spoil, fix = UGLY.get(kind, (str, ""))
    raw = spoil(csv_text(daily_frame(rows, columns))).encode()
    separator = ";" if b";" in raw else ","
    plain = seconds(lambda: pd.read_csv(io.BytesIO(raw), sep=separator), repeat)
    fixes = [fix] if fixed else []
    ours = seconds(lambda: check(read(raw, fixes=fixes)), repeat)
    limit = factor + plus / plain
    detail = f"{1000 * ours:.0f} ms to {1000 * plain:.0f} ms, {len(raw) / 1e6:.1f} MB"
    doing = f"{'read, fix and check' if fixed else 'read and check'} {rows:,} × {columns}"
    return told(f"{doing}, {kind or 'plain'}", ours / plain, limit, detail)


def comparing(repeat: int) -> bool:
    frame = daily_frame(1000, 60)
    one = csv_text(frame).encode()
    other = csv_text(times("tiktok", slice(100, 137), 1.5)(frame)).encode()
    plain = seconds(lambda: [pd.read_csv(io.BytesIO(raw)) for raw in (one, other)], repeat)
    new, old = read(other), read(one)
    ours = seconds(lambda: compare(new, old).sentence, repeat)
    return told("compare 1,000 × 60, to read_csv of both", ours / plain, 1, f"{1000 * ours:.1f} ms")


def memory(rows: int, columns: int, limit: float, kind: str = "", *, fixed: bool = False) -> bool:
    """Growth of a fresh process over what it holds after its imports, file and all."""
    spoil, fix = UGLY.get(kind, (str, ""))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "clean.csv")
        path.write_text(spoil(csv_text(daily_frame(rows, columns))))
        command = [sys.executable, "-m", "tests.clean_data.benchmark", "--memory-of", str(path)]
        command += [fix] if fixed else []
        grown = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        size = path.stat().st_size
    doing = f"peak memory {'with the fix ' if fixed else ''}{rows:,} × {columns}, {kind or 'plain'}"
    return told(doing, grown / size, limit, f"{grown / 1e6:.0f} MB")


def growth(path: Path, fixes: list[str]) -> int:
    before = peak()
    check(read(path.read_bytes(), fixes=fixes))
    return peak() - before


def peak() -> int:
    """Bytes held at most so far. Not `ru_maxrss`: that one is handed on by the process that started us."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


def settings(repeat: int) -> None:
    """What an edit of one setting costs, when only what depends on it is computed again."""
    data, earlier = read(csv_text(daily_frame(1000, 60))), read(csv_text(daily_frame(1000, 60).iloc[:-7]))
    parts: dict[str, Callable[[], object]] = {
        "the data by itself": lambda: check_data(data),
        "another earlier run": lambda: check_against(data, earlier),
        "another holdout": lambda: check_run_type(data, "holdout", holdout_days=[14, 28]),
    }
    for what, call in parts.items():
        print(f"checks after an edit, 1,000 × 60: {what:<20} {1000 * seconds(call, repeat):5.1f} ms")


def main() -> int:
    if sys.argv[1:2] == ["--memory-of"]:
        print(growth(Path(sys.argv[2]), sys.argv[3:]))
        return 0
    met = [
        reading(1_000, 60, 8, 0, 15),
        reading(20_000, 300, 4, 0, 5),
        comparing(31),
        memory(20_000, 300, 6),
    ]
    for kind in UGLY:
        met += [
            reading(1_000, 60, 8, 0.015, 15, kind),
            reading(20_000, 300, 10, 0, 5, kind),
            memory(20_000, 300, 8, kind),
            reading(1_000, 60, 8, 0.040, 15, kind, fixed=True),
            reading(20_000, 300, 18, 0, 3, kind, fixed=True),
            memory(20_000, 300, 10, kind, fixed=True),
        ]
    settings(15)
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
