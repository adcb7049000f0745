"""Ask the checks about a made-up frame."""

from __future__ import annotations

from typing import Any

import pandas as pd

from recast_api.clean_data import Finding, Level, check, read
from tests.clean_data.make import TODAY, csv_text


def found(frame: pd.DataFrame, **options: Any) -> dict[str, Finding]:
    findings = check(read(csv_text(frame)), **{"today": TODAY, **options})
    # One cause, one finding: no check speaks twice, but for its two levels.
    assert len({(finding.check, finding.level) for finding in findings}) == len(findings)
    return {finding.check: finding for finding in reversed(findings)}


def level(frame: pd.DataFrame, name: str) -> Level | None:
    finding = found(frame).get(name)
    return None if finding is None else finding.level
