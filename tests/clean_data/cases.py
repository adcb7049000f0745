"""Tries the cases of a folder on the code: `python -m tests.clean_data.cases FOLDER [--only WORD] [--brief]`.

The folder holds a `cases.json`: a list of files with what is expected of each, and the files. Prints which
cases hold and which don't, with what was found, and ends with 1 where one fails that isn't marked a wish.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from recast_api.clean_data import CleanData, Comparison, Finding, Level, check, compare, read

LEVELS = list(Level)
CHANGE_SAID = r"chang|moved|multipl|times|lower|higher|%|×"
REWORDED = {"1 day at the end": ("The last day (",)}
"""Texts that cases rule out, and how the same is said since."""
SPACE_SHOWN = r"\s[”\"'’»]|[␣␠·⎵]|U\+|.*\b(?:end|ends|behind|after|trailing)\b"


@dataclass(frozen=True, eq=False)
class Outcome:
    """What the code makes of a case."""

    data: CleanData
    earlier: CleanData | None
    findings: tuple[Finding, ...]

    @cached_property
    def comparison(self) -> Comparison:
        assert self.earlier is not None, "an expectation of a comparison needs an earlier file"
        return compare(self.data, self.earlier)

    @property
    def above_note(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.level is not Level.NOTE]

    @cached_property
    def said(self) -> list[str]:
        """Every text that a reader sees: a finding's sentence with its advice, and that of the comparison."""
        texts = [f"{finding.sentence} {finding.advice}" for finding in self.findings]
        return texts if self.earlier is None else [*texts, self.comparison.sentence]


def outcome(folder: Path, case: Mapping[str, Any]) -> Outcome:
    data = read((folder / case["file"]).read_bytes())
    earlier = read((folder / case["earlier"]).read_bytes()) if "earlier" in case else None
    return Outcome(data, earlier, check(data, earlier=earlier, **case.get("options", {})))


def _fits(finding: Finding, wanted: Mapping[str, Any]) -> bool:
    """Whether a finding is of the checks (`a|b`), level and column wanted, and of no check ruled out."""
    return (
        ("check" not in wanted or finding.check in wanted["check"].split("|"))
        and ("level" not in wanted or finding.level == wanted["level"])
        and ("column" not in wanted or wanted["column"] in finding.columns)
        and finding.check not in wanted.get("not_check", ())
    )


def must(got: Outcome, wanted: list[dict[str, Any]]) -> Iterator[str]:
    for one in wanted:
        if not any(_fits(finding, one) for finding in got.findings):
            yield f"no finding with {one}"


def never(got: Outcome, checks: list[str]) -> Iterator[str]:
    for name in sorted({finding.check for finding in got.findings} & set(checks)):
        yield f"{name} speaks"


def never_level(got: Outcome, levels: list[str]) -> Iterator[str]:
    for finding in got.findings:
        if finding.level in levels:
            yield f"{finding.check} is a {finding.level}"


def never_above_note(got: Outcome, checks: list[str]) -> Iterator[str]:
    for finding in got.above_note:
        if finding.check in checks:
            yield f"{finding.check} is a {finding.level}"


def only_above_note(got: Outcome, checks: list[str]) -> Iterator[str]:
    for finding in got.above_note:
        if finding.check not in checks:
            yield f"{finding.check} is a {finding.level}"


def max_level(got: Outcome, limits: dict[str, str]) -> Iterator[str]:
    for finding in got.findings:
        limit = limits.get(finding.check, Level.BLOCK)
        if LEVELS.index(finding.level) < LEVELS.index(Level(limit)):
            yield f"{finding.check} is a {finding.level}"


def never_text(got: Outcome, texts: list[str]) -> Iterator[str]:
    for text in texts:
        for same in (text, *REWORDED.get(text, ())):
            if any(same in said for said in got.said):
                yield f"“{same}” is said"


def says_any(got: Outcome, patterns: list[str]) -> Iterator[str]:
    """What keeps the file from being launched has to be said in these words."""
    blocks = [f"{f.sentence} {f.advice}" for f in got.findings if f.level is Level.BLOCK]
    for pattern in patterns:
        if not any(re.search(pattern, text, re.IGNORECASE) for text in blocks):
            yield f"no Block says {pattern}"


def numeric(got: Outcome, columns: list[str]) -> Iterator[str]:
    for name in columns:
        if name not in got.data.frame.columns or got.data.frame[name].dtype.kind not in "iuf":
            yield f"{name} isn't a column of numbers"


def thousands_not_lost(got: Outcome, column: str) -> Iterator[str]:
    """Whole numbers, or somebody is asked about the column."""
    asked = any(column in finding.columns for finding in got.above_note)
    values = got.data.frame.get(column)
    whole = (
        values is not None and values.dtype.kind in "iuf" and bool(np.all(np.mod(values.dropna(), 1) == 0))
    )
    if not whole and not asked:
        yield f"{column} isn't whole, and nothing is asked"


def first_day_or_says(got: Outcome, wanted: list[str]) -> Iterator[str]:
    day, pattern = wanted
    column = got.data.date_column
    first = "none" if column is None else str(got.data.frame[column].min().date())
    # A quoted cell says nothing by itself: “2024-01-31T23:00:00Z” has the hour in it.
    said = [re.sub("“[^”]*”", "", text) for text in got.said]
    if first != day and not any(re.search(pattern, text, re.IGNORECASE) for text in said):
        yield f"the first day is {first}, and nothing says {pattern}"


def shows_invisible(got: Outcome, name: str) -> Iterator[str]:
    if not any(re.search(re.escape(name) + f"(?:{SPACE_SHOWN})", f.sentence) for f in got.findings):
        yield f"no sentence shows where the space of {name} is"


def verdict_not(got: Outcome, verdicts: list[str]) -> Iterator[str]:
    if got.comparison.verdict.value in verdicts:
        yield f"the verdict is {got.comparison.verdict.value}"


def reason_not(got: Outcome, texts: list[str]) -> Iterator[str]:
    for text in texts:
        if text in got.comparison.reason:
            yield f"not compared, for “{got.comparison.reason}”"


def comparison_says(got: Outcome, patterns: list[str]) -> Iterator[str]:
    for pattern in patterns:
        if not re.search(pattern, got.comparison.sentence, re.IGNORECASE):
            yield f"the comparison doesn't say {pattern}"


def says_change_of(got: Outcome, column: str) -> Iterator[str]:
    sentences = [finding.sentence for finding in got.findings] + [got.comparison.sentence]
    if not any(re.search(rf"\b{re.escape(column)}\b.*(?:{CHANGE_SAID})", text) for text in sentences):
        yield f"nothing says that values of {column} changed"


def no_rename(got: Outcome, _: bool) -> Iterator[str]:
    if got.comparison.renamed or any(finding.check == "columns_renamed" for finding in got.findings):
        yield f"taken for a renaming: {got.comparison.renamed}"


EXPECTATIONS: dict[str, Callable[[Outcome, Any], Iterator[str]]] = {
    one.__name__: one
    for one in (
        *(must, never, never_level, never_above_note, only_above_note, max_level, never_text, says_any),
        *(numeric, thousands_not_lost, first_day_or_says, shows_invisible),
        *(verdict_not, reason_not, comparison_says, says_change_of, no_rename),
    )
}


def unmet(got: Outcome, expect: Mapping[str, Any]) -> list[str]:
    """Return what is expected and doesn't hold, a line each. An expectation of no known name is an error."""
    return [line for name, wanted in expect.items() for line in EXPECTATIONS[name](got, wanted)]


def report(case: Mapping[str, Any], got: Outcome, missed: list[str], brief: bool) -> None:
    kind = "holds" if not missed else "wish " if case.get("wish") else "FAILS"
    print(f"{kind}  {case['file']}: {'; '.join(missed) or case['what']}")
    if missed and not brief:
        for finding in got.findings:
            print(f"         [{finding.level}] {finding.check}: {finding.sentence}")
        if got.earlier is not None:
            print(f"         comparison: {got.comparison.sentence}")


def main(arguments: list[str] | None = None) -> int:
    """Try the cases; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="only files or kinds with this in their name")
    parser.add_argument("--brief", action="store_true", help="don't print what was found")
    options = parser.parse_args(arguments)
    cases = json.loads((options.folder / "cases.json").read_text("utf-8"))
    held = wishes = failed = 0
    for case in cases:
        if options.only not in case["file"] and options.only not in case.get("kind", ""):
            continue
        got = outcome(options.folder, case)
        missed = unmet(got, case["expect"])
        report(case, got, missed, options.brief)
        held += not missed
        wishes += bool(missed and case.get("wish"))
        failed += bool(missed and not case.get("wish"))
    print(f"{held} hold, {failed} fail, {wishes} wishes are open")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
