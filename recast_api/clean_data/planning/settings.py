"""The settings of a run: its run type, and the fields that only some run types ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self, TypedDict, TypeGuard, Unpack

import numpy as np


class OptionalFields(TypedDict, total=False):
    """The fields that only some run types ask for, as a script spells them out."""

    n_holdout: int | None
    days_per_holdout: int | None
    holdout_days: Sequence[int]


@dataclass(frozen=True, slots=True)
class Settings:
    """What is set for a run beside its data and its priors sheet: one value, from the page to the journal.

    Nothing is refused here. A run form refuses what the API's documents rule out, and `check` says what the
    rest means for the data.
    """

    run_type: str
    """As the API spells it, such as `holdout`."""
    n_holdout: int | None = None
    """Periods of a stability loop."""
    days_per_holdout: int | None = None
    """Days of each of these periods."""
    holdout_days: Sequence[int] = ()
    """Days at the end of the data that each test of a holdout leaves out; kept as a tuple."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "holdout_days", tuple(self.holdout_days))

    @classmethod
    def of(cls, settings: Self | str | None, /, **given: Unpack[OptionalFields]) -> Self | None:
        """Return the settings, whichever way they were given: as one value, or as a run type with its fields.

        None without a run type.
        """
        return cls(settings, **given) if isinstance(settings, str) else settings

    def as_fields(self) -> dict[str, Any]:
        """Return what was given, by the API's name of the field; a run form takes it with data and sheet."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in values.items() if value not in (None, ())}


def is_count(value: object) -> TypeGuard[int]:
    """Tell whether a setting is a whole number above zero."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and int(value) > 0
