"""From clean data and settings to the form that would be sent, or to what it still lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from recast_api.clean_data import CleanData, Finding, Settings, worst_first
from recast_api.errors import FormError
from recast_api.journal import DataFacts
from recast_api.models import RunForm
from recast_api.preparing.analysis import UNCACHED, Analysis, Roles
from recast_api.preparing.facts import facts_of

Problems = Mapping[str, tuple[str, ...]]
"""Sentences by the API's name of the field that they are about."""

_NEEDED = {"clean_data": "data", "google_sheet_priors_url": "the priors sheet's URL"}


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Clean data, what its columns are, what it is compared with, and what was found."""

    name: str
    """Of the file, for a title."""
    data: CleanData
    roles: Roles
    earlier: CleanData | None = None
    """The clean data of the run that it is compared with."""
    earlier_run: str | None = None
    """That run's id."""
    as_of: date | None = None
    """The As-of Date of the priors sheet."""
    findings: tuple[Finding, ...] = ()
    """Of the data and against the earlier run, worst first; those for the settings come with the draft."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The form, where it is whole; else what is missing and what is wrong, field by field."""

    form: RunForm | None = None
    settings: Settings
    data_sha256: str = ""
    """Of the clean data in the form: what was confirmed of it holds for no other."""
    facts: DataFacts = field(default_factory=DataFacts)
    findings: tuple[Finding, ...] = ()
    """All that was found: in the data, against the earlier run, and for the settings."""
    for_settings: tuple[Finding, ...] = ()
    """Those of them that are about the settings."""
    waits_for: tuple[str, ...] = ()
    """What has not been given yet, in words."""
    problems: Problems = field(default_factory=dict)
    """What can't be sent as given."""


def check_clean_data(
    name: str,
    data: CleanData,
    roles: Roles | None = None,
    *,
    earlier: CleanData | None = None,
    earlier_run: str | None = None,
    as_of: date | None = None,
    analysis: Analysis = UNCACHED,
) -> Checked:
    """Ask all that can be asked of clean data before the settings are known; roles not given are guessed."""
    roles = roles or Roles.guessed(data)
    found = worst_first([*analysis.of_data(data, roles), *analysis.against(data, earlier, roles, as_of)])
    return Checked(
        name=name,
        data=data,
        roles=roles,
        earlier=earlier,
        earlier_run=earlier_run,
        as_of=as_of,
        findings=found,
    )


def draw_up(
    checked: Checked | None,
    settings: Settings,
    priors_url: str,
    *,
    problems: Problems | None = None,
    analysis: Analysis = UNCACHED,
) -> Draft:
    """Make data and settings into a form. Raises nothing: what is wrong with them is in the draft.

    `problems` are what was found wrong before, such as text in a field that takes a number. A field that
    hasn't been filled in yet is waited for, not complained about.
    """
    problems = dict(problems or {})
    text = checked.data.text if checked else ""
    needed = {"clean_data": text, "google_sheet_priors_url": priors_url}
    missing = [name for name, value in needed.items() if not value.strip()]
    found = checked.findings if checked else ()
    try:
        form = RunForm(**settings.as_fields(), google_sheet_priors_url=priors_url, clean_data=text)
    except FormError as error:
        wrong = {name: messages for name, messages in error.details.items() if name not in missing}
        waits_for = tuple(_NEEDED[name] for name in missing)
        return Draft(settings=settings, findings=found, waits_for=waits_for, problems={**wrong, **problems})
    if problems or checked is None:
        return Draft(settings=settings, findings=found, problems=problems)
    for_settings = analysis.for_settings(checked.data, settings, checked.roles)
    return Draft(
        form=form,
        settings=settings,
        data_sha256=checked.data.sha256,
        facts=facts_of(checked.data, checked.roles.kpi),
        findings=(*found, *for_settings),
        for_settings=for_settings,
    )
