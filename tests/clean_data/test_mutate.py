"""The command that changes thresholds finds them, and a change reaches the code that runs."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.clean_data.mutants import ROOT, Numbers, all_mutants, changed

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
    half = rows[:3] // 2
    return rows[-14:], rows[5], half.sum(axis=4) < 28, shorten(rows, 60), 2 * half > 0.9 + 0.0
'''


def test_the_numbers_that_may_be_thresholds_are_found() -> None:
    finder = Numbers()
    finder.visit(ast.parse(SOURCE))
    assert [(name, constant, value) for name, constant, _, value in finder.found] == [
        ("LIMIT", True, 0.25),
        ("WEEKS", True, 8),
        ("SIZE", True, 5_000_000),
        ("EDGES", True, -2),
        ("EDGES", True, 7.5),
        ("far", False, 30),
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


def test_each_change_is_of_one_number_and_compiles() -> None:
    for mutant in all_mutants():
        source = mutant.path.read_bytes()
        assert source[mutant.start : mutant.end].decode() == mutant.before
        assert mutant.code.co_filename == str(mutant.path)


CHANGE = """
from recast_api.clean_data import preview
from recast_api.clean_data.checks import patterns, since_last_run
from recast_api.clean_data.planning import newest_days
from tests.clean_data.mutants import all_mutants
from tests.clean_data.mutate import put_in

for one in all_mutants():
    if (one.name, one.after) in (("LOW", "0.66"), ("level_shift", "29"), ("preview", "51")):
        put_in(one)
print(newest_days.LOW, since_last_run.LOW, 29 in patterns.level_shift.find.__code__.co_consts)
print(preview.__kwdefaults__ or preview.__defaults__)
"""


def test_a_change_reaches_what_runs_and_no_file() -> None:
    before = {one.path: one.path.read_bytes() for one in all_mutants()}
    printed = subprocess.check_output([sys.executable, "-c", CHANGE], cwd=ROOT, text=True)
    assert printed.split() == ["0.66", "0.66", "True", "(51,)"]
    assert before == {path: path.read_bytes() for path in before}
