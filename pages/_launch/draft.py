"""What would be launched as things stand, or what it still waits for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pages._launch.checked import Checked
from pages._shared import analysis
from pages._shared.analysis import Plan
from pages._shared.data_facts import facts_of
from recast_api import FormError, RunForm
from recast_api.clean_data import Finding
from recast_api.journal import DataFacts

Problems = Mapping[str, tuple[str, ...]]
"""Sentences by the API's name of the field that they are about."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The form, where it is whole; else what is missing and what is wrong, field by field."""

    form: RunForm | None = None
    data_sha256: str = ""
    """Of the clean data in the form: what was confirmed of it holds for no other."""
    facts: DataFacts = field(default_factory=DataFacts)
    findings: tuple[Finding, ...] = ()
    """All that was found: in the data, against the earlier run, and for the run type."""
    waits_for: tuple[str, ...] = ()
    """What has not been given yet, in words."""
    problems: Problems = field(default_factory=dict)
    """What can't be sent as given."""


def draft(checked: Checked | None, fields: Mapping[str, Any], problems: Problems) -> Draft:
    """Data and fields as a form; `problems` are what the page has already found wrong with its widgets."""
    fields = {**fields, "clean_data": checked.data.text if checked else ""}
    waits_for = tuple(
        words
        for name, words in (("clean_data", "data"), ("google_sheet_priors_url", "the priors sheet's URL"))
        if not fields[name].strip()
    )
    found = checked.findings if checked else ()
    try:
        form = RunForm(**fields)
    except FormError as error:
        # A field that hasn't been filled in yet is waited for, not complained about.
        told = {name: messages for name, messages in error.details.items() if fields.get(name)}
        return Draft(waits_for=waits_for, problems={**told, **problems}, findings=found)
    if problems or checked is None:
        return Draft(problems=problems, findings=found)
    for_run_type = analysis.findings_for_plan(checked.data, Plan.of(form), checked.roles)
    return Draft(
        form=form,
        data_sha256=checked.data.sha256,
        facts=replace(facts_of(checked.data), kpi=checked.roles.kpi),
        findings=(*found, *for_run_type),
    )
