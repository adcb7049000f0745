"""The command that changes thresholds finds them, and a change reaches the code that runs."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.clean_data.mutants import (
    NO_THRESHOLDS,
    ROOM,
    ROOT,
    Exchange,
    all_mutants,
    as_written,
    changed,
    numbers_of,
)

SOURCE = '''
LIMIT, WEEKS = 0.25, 8
SIZE: int = 5 * 10**6
EDGES = (-2, 7.5)

class Kind:
    FIRST = 12

    def far(self, days=30):
        return days > 1

@rule(threshold=99)
def speaks(rows):
    """Speak of 40 rows."""
    half, weeks = rows[:3] // 2, rows[: -8 * 7] if len(rows) < 7 else rows.reshape(-1, 7)
    return rows[-14:], rows[5], half.sum(axis=4) < 28, shorten(rows, 60), 2 * half > 0.9 + 0.0
'''


def test_the_numbers_that_may_be_thresholds_are_found() -> None:
    assert [(name, constant, value) for name, constant, _, value in numbers_of(ast.parse(SOURCE))] == [
        ("LIMIT", True, 0.25),
        ("WEEKS", True, 8),
        ("SIZE", True, 5_000_000),
        ("EDGES", True, -2),
        ("EDGES", True, 7.5),
        ("far", False, 30),
        ("speaks", False, 7),
        ("speaks", False, -14),
        ("speaks", False, 28),
        ("speaks", False, 0.9),
    ]


@pytest.mark.parametrize(
    ("value", "become"),
    [(7, ("6", "8")), (0.5, ("0.45", "0.55")), (-2, ("-3", "-1")), (1e-9, ("9e-10", "1.1e-09"))],
)
def test_a_number_is_changed_both_ways(value: float, become: tuple[str, str]) -> None:
    assert changed(value) == become


def test_a_change_of_each_file_compiles() -> None:
    for path, mutant in {mutant.path: mutant for mutant in all_mutants()}.items():
        assert mutant.code.co_filename == str(path)


@pytest.mark.parametrize(("file", "name"), NO_THRESHOLDS)
def test_what_is_no_threshold_has_a_number(file: str, name: str) -> None:
    assert name in {"*", *(found[0] for found in numbers_of(ast.parse((ROOM / file).read_text("utf-8"))))}


def test_a_number_within_an_f_string_is_changed() -> None:
    source = "def speaks(rows):\n    return f'{rows} of {len(rows) * 1e6:.0f} and '\\\n        f'{rows > 14}'"
    tree = ast.parse(source)
    assert [as_written(source, node, value) for _, _, node, value in numbers_of(tree)] == ["1e6", "14"]
    _, _, number, _ = numbers_of(tree)[1]
    assert "rows > 15" in ast.unparse(Exchange(number, ast.Constant(15)).visit(tree))


CHANGE = """
import gc

from recast_api.clean_data import preview
from recast_api.clean_data.checks import calendar, since_last_run
from recast_api.clean_data.daily import Table
from recast_api.clean_data.planning import newest_days
from recast_api.clean_data.reading import date_formats
from tests.clean_data.make import daily_frame
from tests.clean_data.mutants import all_mutants
from tests.clean_data.mutate import InMemory, put_in
from recast_api.clean_data import read

table = Table.of(read(daily_frame(60).to_csv(index=False)))
kept = table.varies
# What is imported before the tests run may be frozen.
gc.freeze()
memory = InMemory()
changes = (
    ("LOW", "0.66"), ("not_daily", "29"), ("preview", "51"), ("MONTHS", "2"),
    ("varies", "9e-07"),
)
for one in all_mutants():
    if (one.name, one.after) in changes:
        assert put_in(one, memory), one
print(newest_days.LOW, since_last_run.LOW, 29 in calendar.not_daily.find.__code__.co_consts)
print(preview.__kwdefaults__ or preview.__defaults__)
print(date_formats.MONTHS['mrt'])
print(table.varies is kept)
"""


def test_a_change_reaches_what_runs_and_no_file() -> None:
    before = {one.path: one.path.read_bytes() for one in all_mutants()}
    printed = subprocess.check_output([sys.executable, "-c", CHANGE], cwd=ROOT, text=True)
    assert printed.splitlines() == ["0.66 0.66 True", "(51,)", "2", "False"]
    assert before == {path: path.read_bytes() for path in before}
