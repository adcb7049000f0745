"""A field of the form is known to all who spell it: the form, the settings, the page and the sandbox."""

from dataclasses import fields

import pytest

from pages._launch.fields import FIELDS
from recast_api import RunForm, RunType
from recast_api.clean_data import Settings
from recast_api.clean_data.planning.settings import OptionalFields
from recast_api.sandbox import forms


def test_the_settings_and_the_page_have_the_optional_fields_of_the_form() -> None:
    optional = set(RunForm.optional_fields())
    assert {one.name for one in fields(Settings)} == {"run_type", *optional}
    assert set(OptionalFields.__annotations__) == optional
    assert set(FIELDS) == optional


@pytest.mark.parametrize("run_type", RunType)
def test_the_sandbox_takes_the_fields_that_the_form_sends(run_type: RunType) -> None:
    assert set(forms.OPTIONAL.get(run_type, ())) == set(RunForm.optional_fields(run_type))
