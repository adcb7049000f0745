"""Changes every number of the checks a little, one at a time, and tells which changes no test notices.

`python -m tests.clean_data.mutate [--only WORD] [--thresholds] [--jobs 2] [--list]`, and for a quick look
`[--tests WORDS] [--first N]`: what survives some of the tests may be noticed by others.

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
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, cached_property, wraps
from pathlib import Path
from types import FunctionType
from typing import Any, TextIO
from weakref import WeakKeyDictionary

import numpy as np
import pytest

from recast_api import clean_data
from tests.clean_data.mutants import CHECKED, ROOT, Mutant, all_mutants

MOST_SURVIVORS = 0.05
"""Share of the changes that may go unnoticed (the goal of issue 10)."""
SECONDS = 300
"""A change that makes the tests run longer than this is noticed: some loop doesn't end."""
NOT_REACHED = 2
"""How a trial ends when a change makes neither other code nor another value."""


def functions_in(modules: Sequence[dict[str, Any]]) -> list[FunctionType]:
    """Return all functions that were defined in these, wherever they are kept: in checks, classes, tables."""
    found = [one for one in gc.get_objects() if type(one) is FunctionType]
    return [one for one in found if any(one.__globals__ is module for module in modules)]


class InMemory:
    """What a change has to be put into, and what was computed before it."""

    def __init__(self) -> None:
        gc.unfreeze()
        modules = [one for name, one in sys.modules.items() if name.startswith("recast_api.clean_data")]
        self.modules = [vars(one) for one in modules]
        self.functions = functions_in(self.modules)
        once = {
            kind: [name for name, value in vars(kind).items() if isinstance(value, cached_property)]
            for module in self.modules
            for kind in module.values()
            if isinstance(kind, type)
        }
        self.computed = [(one, once[type(one)]) for one in gc.get_objects() if once.get(type(one))]
        # Objects that no collection looks at stay shared with the process that this is a fork of.
        gc.freeze()

    def forget(self) -> None:
        """Let what was computed once of data that tests keep be computed anew."""
        for one, names in self.computed:
            for name in names:
                vars(one).pop(name, None)
        for module in self.modules:
            for value in module.values():
                if isinstance(value, WeakKeyDictionary):
                    value.clear()


def differ(value: object, fresh: object) -> bool:
    """Return whether a module computes something else at import. Functions are compared by their code."""
    if isinstance(value, np.ndarray) and isinstance(fresh, np.ndarray):
        return value.tobytes() != fresh.tobytes()
    return " at 0x" not in repr(value) and repr(value) != repr(fresh)


def put_in(mutant: Mutant, memory: InMemory) -> bool:
    """Put what a change makes of a module into the module in memory, and into those that import from it.

    Returns whether that changes anything.
    """
    reached = False
    module = vars(importlib.import_module(mutant.module))
    fresh: dict[str, Any] = {"__name__": module["__name__"], "__file__": module["__file__"]}
    exec(mutant.code, fresh)
    made = {(one.__qualname__, one.__code__.co_firstlineno): one for one in functions_in([fresh])}
    for one in memory.functions:
        new = made.get((one.__qualname__, one.__code__.co_firstlineno))
        if one.__globals__ is module and new is not None:
            reached |= one.__code__ != new.__code__ or one.__defaults__ != new.__defaults__
            reached |= one.__kwdefaults__ != new.__kwdefaults__
            one.__code__, one.__defaults__ = new.__code__, new.__defaults__
            one.__kwdefaults__ = new.__kwdefaults__
    for name, value in list(module.items()):
        if not name.startswith("__") and differ(value, fresh.get(name, value)):
            reached = True
            for importer in memory.modules:
                if importer.get(name, module) is value:
                    importer[name] = fresh[name]
    memory.forget()
    return reached


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


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", text.lower()))


def all_pass(session: pytest.Session, items: Sequence[pytest.Item]) -> pytest.Item | None:
    """Run tests until one fails; return that one."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return item
    return None


class Trial:
    """A plugin that runs the tests for each change rather than once."""

    def __init__(self, mutants: Sequence[Mutant], jobs: int, first: int | None, progress: TextIO) -> None:
        self.mutants = mutants
        self.first = first
        self.no_change = replace(mutants[0], after=mutants[0].before)
        self.jobs = jobs
        self.progress = progress
        self.running: dict[int, tuple[Mutant, int]] = {}
        self.tried = 0
        self.survivors: list[Mutant] = []
        self.not_reached: list[Mutant] = []
        self.noticing: dict[Path, Counter[int]] = defaultdict(Counter)
        """How many changes of a file each test has noticed so far: it will notice the next."""
        self.unchanged_pass = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.unchanged_pass = bool(session.items) and all_pass(session, session.items) is None
        if not self.unchanged_pass:
            return True
        memory = InMemory()
        for mutant in (self.no_change, *self.mutants):
            self._start(session, mutant, memory)
        while self.running:
            self._end_of_one()
        # That a change is noticed means something only if no change is not.
        self.unchanged_pass = self.no_change in self.survivors
        self.survivors = [one for one in self.survivors if one is not self.no_change]
        return True

    def _likely_first(self, session: pytest.Session, mutant: Mutant) -> list[pytest.Item]:
        """Return the tests in the order in which they are likely to notice a change."""
        words, noticing = (
            words_of(f"{mutant.path.parent.name} {mutant.path.stem} {mutant.name}"),
            self.noticing[mutant.path],
        )
        likely = [2 * len(words & words_of(one.nodeid)) for one in session.items]
        order = sorted(range(len(likely)), key=lambda item: -likely[item] - 3 * min(noticing[item], 3))
        return [session.items[item] for item in order[: self.first]]

    def _start(self, session: pytest.Session, mutant: Mutant, memory: InMemory) -> None:
        while len(self.running) >= self.jobs:
            self._end_of_one()
        answer, end = os.pipe()
        with warnings.catch_warnings():
            # No thread of the parent holds a lock that a child would need.
            warnings.simplefilter("ignore", DeprecationWarning)
            process = os.fork()
        if process:
            os.close(end)
            self.running[process] = mutant, answer
            return
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(SECONDS)
            if not put_in(mutant, memory) and mutant is not self.no_change:
                os._exit(NOT_REACHED)
            noticed = all_pass(session, self._likely_first(session, mutant))
            if noticed is not None:
                os.write(end, str(session.items.index(noticed)).encode())
            os._exit(0 if noticed is None else 1)
        finally:
            # The changed module can't be imported: that is noticed.
            os._exit(1)

    def _end_of_one(self) -> None:
        process, status = os.wait()
        mutant, answer = self.running.pop(process)
        with os.fdopen(answer) as noticed_by:
            if item := noticed_by.read():
                self.noticing[mutant.path][int(item)] += 1
        self.tried += mutant is not self.no_change
        code = os.waitstatus_to_exitcode(status)
        if code in (0, NOT_REACHED):
            self.survivors.append(mutant)
        if code == NOT_REACHED:
            self.not_reached.append(mutant)
        print(f"\r{self.tried} of {len(self.mutants)}", end="", file=self.progress, flush=True)


def survivors_of(
    mutants: Sequence[Mutant], folders: Sequence[str], options: argparse.Namespace, progress: TextIO
) -> list[Mutant]:
    """Return the changes that the tests of these folders don't notice.

    The tests of any data (hypothesis) are left out: they hold for every threshold, and take long.
    """
    trial = Trial(mutants, options.jobs, options.first, progress)
    arguments = ["-q", "-s", "-n0", "-p", "no:cacheprovider", "-p", "no:randomly", "-m", "not hypothesis"]
    arguments += ["-k", options.tests] if options.tests else []
    imported_before = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    paths = [str(ROOT / "tests" / "clean_data" / folder) for folder in folders]
    pytest.main([*arguments, *imported_before, f"--rootdir={ROOT}", *paths], plugins=[trial])
    for mutant in trial.not_reached:
        print(f"\nnothing is changed by {mutant}", file=progress)
    if not trial.unchanged_pass:
        sys.exit(f"The tests don't pass without any change: {' '.join(folders)}")
    return trial.survivors


def in_silence(mutants: Sequence[Mutant], options: argparse.Namespace) -> list[Mutant]:
    """Try the changes while nothing that the tests print is shown; return the survivors in order."""
    progress, shown = open(os.dup(2), "w"), (os.dup(1), os.dup(2))  # noqa: PTH123, SIM115 - a descriptor
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    try:
        survivors = []
        # Those of reading first: the others needn't read a file twice.
        if reading := [one for one in mutants if one.of_reading]:
            survivors += survivors_of(reading, ["reading"], options, progress)
        if others := [one for one in mutants if not one.of_reading]:
            remember_readings()
            survivors += survivors_of(others, CHECKED, options, progress)
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
    parser.add_argument("--tests", default="", help="only tests that match this, as in `pytest -k`: quicker")
    parser.add_argument("--first", type=int, help="only so many of the likeliest tests for each change")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--list", action="store_true", help="print the changes without trying them")
    options = parser.parse_args()
    mutants = [one for one in all_mutants() if options.only in str(one)]
    mutants = [one for one in mutants if one.constant or not options.thresholds]
    if options.list:
        print(*mutants, sep="\n")
        return 0
    start = time.monotonic()
    survivors = in_silence(mutants, options)
    print(*survivors, sep="\n")
    for what, kind in (("constants", True), ("numbers within functions", False)):
        tried, left = (sum(one.constant is kind for one in some) for some in (mutants, survivors))
        print(f"{left} of {tried} changes of {what} survive")
    share = len(survivors) / max(len(mutants), 1)
    print(f"{len(survivors)} of {len(mutants)} survive ({share:.1%}), {time.monotonic() - start:.0f} s")
    return 0 if share < MOST_SURVIVORS else 1


if __name__ == "__main__":
    sys.exit(main())
