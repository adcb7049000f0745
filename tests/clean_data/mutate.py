"""Changes every number of the checks a little, one at a time, and tells which changes no test notices.

`python -m tests.clean_data.mutate [--only WORD] [--thresholds] [--jobs 2] [--list]`

A fraction is made a tenth smaller and larger, an integer one less and one more. What survives is not pinned:
somebody can move that threshold and hear nothing. Prints the survivors with their lines and the share, and
ends with 1 if that is 5 % or more.

No file is changed. The tests that could notice are collected and run once as they are; then, for each change,
a fork of this process puts the changed numbers into the modules that it has in memory, and runs the tests
until one fails: those first that have the name of what was changed in theirs.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import re
import signal
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, wraps
from types import CodeType, FunctionType
from typing import Any, TextIO

import numpy as np
import pytest

from recast_api import clean_data
from tests.clean_data.mutants import CHECKED, ROOT, Mutant, all_mutants

MOST_SURVIVORS = 0.05
"""Share of the changes that may go unnoticed (the goal of issue 10)."""
SECONDS = 300
"""A change that makes the tests run longer than this is noticed: some loop doesn't end."""
PLAIN = (int, float, str, bytes, date, np.generic, re.Pattern)
"""Types of what a module computes from its constants when it is imported, alone or in tuples."""


def codes_in(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from codes_in(constant)


def is_plain(value: object) -> bool:
    return all(map(is_plain, value)) if isinstance(value, tuple) else isinstance(value, PLAIN)


def put_in(mutant: Mutant) -> None:
    """Put what a change makes of a module into the module in memory, and into those that import from it."""
    module = importlib.import_module(mutant.module)
    code = mutant.code
    fresh: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__}
    exec(code, fresh)
    by_name = {(one.co_qualname, one.co_firstlineno): one for one in codes_in(code)}
    for one in [one for one in gc.get_objects() if isinstance(one, FunctionType)]:
        new = by_name.get((one.__code__.co_qualname, one.__code__.co_firstlineno))
        if one.__globals__ is vars(module) and new is not None:
            one.__code__ = new
            made = fresh.get(one.__name__)
            if isinstance(made, FunctionType):
                one.__defaults__, one.__kwdefaults__ = made.__defaults__, made.__kwdefaults__
    importers = [one for name, one in sys.modules.items() if name.startswith("recast_api.clean_data")]
    for name, value in list(vars(module).items()):
        if is_plain(value) and not name.startswith("__") and value != fresh[name]:
            for importer in importers:
                if vars(importer).get(name, module) is value:
                    setattr(importer, name, fresh[name])


def remember_readings() -> None:
    """Let a file that was read be read no more: no change of a check changes that."""
    anew = clean_data.read

    @cache
    def remembered(data: bytes | str, fixes: tuple[str, ...]) -> clean_data.CleanData:
        return anew(data, fixes=fixes)

    @wraps(anew)
    def read(data: bytes | str, *, fixes: Sequence[str] = (), **others: Any) -> clean_data.CleanData:
        if others:
            return anew(data, fixes=fixes, **others)
        # A copy, so that nothing is kept that was computed from it.
        return replace(remembered(data, tuple(fixes)))

    vars(clean_data)["read"] = read


def likely_first(items: Sequence[pytest.Item], name: str) -> list[pytest.Item]:
    """Return the tests in the order in which they are likely to notice a change of what has that name."""
    words = set(re.findall(r"[a-z]{3,}", name.lower()))
    return sorted(items, key=lambda item: -len(words & set(re.findall(r"[a-z]{3,}", item.nodeid.lower()))))


def all_pass(session: pytest.Session, items: Sequence[pytest.Item]) -> bool:
    """Run tests until one fails; return whether none did."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return False
    return True


class Trial:
    """A plugin that runs the tests for each change rather than once."""

    def __init__(self, mutants: Sequence[Mutant], jobs: int, progress: TextIO) -> None:
        self.mutants = mutants
        self.no_change = replace(mutants[0], after=mutants[0].before)
        self.jobs = jobs
        self.progress = progress
        self.running: dict[int, Mutant] = {}
        self.tried = 0
        self.survivors: list[Mutant] = []
        self.unchanged_pass = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.unchanged_pass = bool(session.items) and all_pass(session, session.items)
        if not self.unchanged_pass:
            return True
        for mutant in (self.no_change, *self.mutants):
            self._start(session, mutant)
        while self.running:
            self._end_of_one()
        # That a change is noticed means something only if no change is not.
        self.unchanged_pass = self.no_change in self.survivors
        self.survivors = [one for one in self.survivors if one is not self.no_change]
        return True

    def _start(self, session: pytest.Session, mutant: Mutant) -> None:
        while len(self.running) >= self.jobs:
            self._end_of_one()
        with warnings.catch_warnings():
            # No thread of the parent holds a lock that a child would need.
            warnings.simplefilter("ignore", DeprecationWarning)
            process = os.fork()
        if process:
            self.running[process] = mutant
            return
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(SECONDS)
            put_in(mutant)
            os._exit(0 if all_pass(session, likely_first(session.items, mutant.name)) else 1)
        finally:
            # The changed module can't be imported: that is noticed.
            os._exit(1)

    def _end_of_one(self) -> None:
        process, status = os.wait()
        mutant = self.running.pop(process)
        self.tried += mutant is not self.no_change
        if status == 0:
            self.survivors.append(mutant)
        print(f"\r{self.tried} of {len(self.mutants)}", end="", file=self.progress, flush=True)


def survivors_of(
    mutants: Sequence[Mutant], folders: Sequence[str], jobs: int, progress: TextIO
) -> list[Mutant]:
    """Return the changes that the tests of these folders don't notice.

    The tests of any data (hypothesis) are left out: they hold for every threshold, and take long.
    """
    trial = Trial(mutants, jobs, progress)
    arguments = ["-q", "-s", "-n0", "-p", "no:cacheprovider", "-p", "no:randomly", "-m", "not hypothesis"]
    imported_before = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    paths = [str(ROOT / "tests" / "clean_data" / folder) for folder in folders]
    pytest.main([*arguments, *imported_before, f"--rootdir={ROOT}", *paths], plugins=[trial])
    if not trial.unchanged_pass:
        sys.exit(f"The tests don't pass without any change: {' '.join(folders)}")
    return trial.survivors


def in_silence(mutants: Sequence[Mutant], jobs: int) -> list[Mutant]:
    """Try the changes while nothing that the tests print is shown; return the survivors in order."""
    progress, shown = open(os.dup(2), "w"), (os.dup(1), os.dup(2))  # noqa: PTH123, SIM115 - a descriptor
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    try:
        survivors = []
        # Those of reading first: the others needn't read a file twice.
        if reading := [one for one in mutants if one.of_reading]:
            survivors += survivors_of(reading, ["reading"], jobs, progress)
        if others := [one for one in mutants if not one.of_reading]:
            remember_readings()
            survivors += survivors_of(others, CHECKED, jobs, progress)
    finally:
        for stream, before in zip((1, 2), shown, strict=True):
            os.dup2(before, stream)
        print(file=progress)
    return sorted(survivors, key=mutants.index)


def main() -> int:
    """Try the changes; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", default="", help="only files, constants or functions with this in their name"
    )
    parser.add_argument(
        "--thresholds", action="store_true", help="only constants, no numbers within functions"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--list", action="store_true", help="print the changes without trying them")
    options = parser.parse_args()
    mutants = [one for one in all_mutants() if options.only in str(one)]
    mutants = [one for one in mutants if one.constant or not options.thresholds]
    if options.list:
        print(*mutants, sep="\n")
        return 0
    start = time.monotonic()
    survivors = in_silence(mutants, options.jobs)
    print(*survivors, sep="\n")
    for what, kind in (("constants", True), ("numbers within functions", False)):
        tried, left = (sum(one.constant is kind for one in some) for some in (mutants, survivors))
        print(f"{left} of {tried} changes of {what} survive")
    share = len(survivors) / max(len(mutants), 1)
    print(f"{len(survivors)} of {len(mutants)} survive ({share:.1%}), {time.monotonic() - start:.0f} s")
    return 0 if share < MOST_SURVIVORS else 1


if __name__ == "__main__":
    sys.exit(main())
