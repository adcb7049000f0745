"""What would be launched as things stand, or what it still waits for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from recast_api import FormError, RunForm


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The form, where it is whole; else what is missing and what is wrong, field by field."""

    form: RunForm | None = None
    waits_for: tuple[str, ...] = ()
    """What has not been given yet, in words."""
    problems: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What can't be sent as given, by the API's field name."""


def draft(fields: Mapping[str, Any], problems: Mapping[str, tuple[str, ...]]) -> Draft:
    """`fields` as a form; `problems` are what the page has already found wrong with its widgets."""
    waits_for = tuple(
        words
        for name, words in (("clean_data", "data"), ("google_sheet_priors_url", "the priors sheet's URL"))
        if not str(fields.get(name) or "").strip()
    )
    try:
        form = RunForm(**fields)
    except FormError as error:
        told = {name: messages for name, messages in error.details.items() if fields.get(name)}
        return Draft(waits_for=waits_for, problems={**told, **problems})
    return Draft(form=None if problems else form, problems=problems)
