"""What goes to the API and what comes from it: frozen, passive, and tolerant of what it serves."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from numbers import Integral
from typing import Annotated, Any, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from recast_api.errors import FormError

# Sheet ids are letters, digits, - and _; /d/e/… is a published copy and not the sheet.
_SHEET_URL = re.compile(
    r"(?i:https://docs\.google\.com)/spreadsheets/d/(?!e/)[A-Za-z0-9_-]+(?:[/?#][!-~]*)?", re.ASCII
)


class RunType(StrEnum):
    """What a run does."""

    MODEL_RUN = "model_run"
    PARAMETER_RECOVERY = "parameter_recovery"
    STABILITY_LOOP = "stability_loop"
    HOLDOUT = "holdout"


class RunStatus(StrEnum):
    """Where a run stands: four statuses on its way, four at its end."""

    LAUNCHING = "launching"
    WAITING = "waiting"
    RUNNING = "running"
    PROCESSING = "processing"
    SUCCESS = "success"
    ERROR = "error"
    ABORTED = "aborted"
    SYNCING_FAILED = "syncing_failed"

    @property
    def is_in_progress(self) -> bool:
        """Whether to look again later."""
        return self in _IN_PROGRESS

    @property
    def is_finished(self) -> bool:
        """Whether the run has ended, well or not."""
        return self not in _IN_PROGRESS


_IN_PROGRESS = frozenset({RunStatus.LAUNCHING, RunStatus.WAITING, RunStatus.RUNNING, RunStatus.PROCESSING})

_WORDS = {
    "n_holdout": "Stability loop periods",
    "days_per_holdout": "Days per period",
    "holdout_days": "Holdout days",
}
_RUN_TYPE_OF = {
    "n_holdout": RunType.STABILITY_LOOP,
    "days_per_holdout": RunType.STABILITY_LOOP,
    "holdout_days": RunType.HOLDOUT,
}
"""The fields that only one run type uses."""


class RunForm(BaseModel):
    r"""The settings and data of one run, checked as far as they can be before they are sent.

    `clean_data` is CSV text; its line ends become `\n` and a leading byte order mark goes. `n_holdout`
    (periods) and `days_per_holdout` go with a stability loop alone, `holdout_days` with a holdout alone;
    all three are optional, as the API has it.

    Raises:
        FormError: with the sentences of every field at fault in `details`.
    """

    model_config = ConfigDict(frozen=True)

    run_type: RunType
    google_sheet_priors_url: str
    clean_data: str = Field(repr=False)
    n_holdout: int | None = None
    days_per_holdout: int | None = None
    holdout_days: tuple[int, ...] | None = None

    def __init__(
        self,
        *,
        run_type: RunType | str,
        google_sheet_priors_url: str,
        clean_data: str,
        n_holdout: int | None = None,
        days_per_holdout: int | None = None,
        holdout_days: Sequence[int] | None = None,
    ) -> None:
        try:
            super().__init__(
                run_type=run_type,
                google_sheet_priors_url=google_sheet_priors_url,
                clean_data=clean_data,
                n_holdout=n_holdout,
                days_per_holdout=days_per_holdout,
                holdout_days=holdout_days,
            )
            return
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False)
        # Raised out here so that it doesn't carry pydantic's error, and with it all of the data, along.
        raise FormError({str(p["loc"][0]): (str(p["ctx"]["error"]),) for p in problems})

    def body(self) -> dict[str, dict[str, Any]]:
        """Return the request body, `{"form": {…}}`, with the fields that this run type uses."""
        extras = {name: getattr(self, name) for name in _RUN_TYPE_OF}
        return {
            "form": {
                "run_type": str(self.run_type),
                "google_sheet_priors_url": self.google_sheet_priors_url,
                "clean_data": self.clean_data,
                **{
                    name: list(value) if isinstance(value, tuple) else value
                    for name, value in extras.items()
                    if value is not None
                },
            }
        }

    def json_bytes(self) -> bytes:
        """Return exactly the bytes that a launch sends."""
        return json.dumps(self.body(), ensure_ascii=False).encode()

    @field_validator("run_type", mode="before")
    @classmethod
    def _check_run_type(cls, value: object) -> RunType:
        if not isinstance(value, str) or value not in list(RunType):
            raise ValueError(f"Run type must be one of {', '.join(RunType)}, not {value!r}.")
        return RunType(value)

    @field_validator("google_sheet_priors_url", mode="before")
    @classmethod
    def _check_sheet(cls, value: object) -> str:
        url = value.strip() if isinstance(value, str) else ""
        if not url:
            raise ValueError("The priors sheet is missing.")
        if not _SHEET_URL.fullmatch(url):
            raise ValueError(
                "The priors sheet must be a Google Sheets link such as "
                "https://docs.google.com/spreadsheets/d/…/edit."
            )
        return url

    @field_validator("clean_data", mode="before")
    @classmethod
    def _check_clean_data(cls, value: object) -> str:
        if not isinstance(value, str):
            raise ValueError("The clean data must be CSV text.")
        text = value.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            raise ValueError("The clean data is empty.")
        if not _is_utf8(text):
            raise ValueError("The clean data holds a character that can't be written as UTF-8.")
        return text

    @field_validator("n_holdout", "days_per_holdout", mode="before")
    @classmethod
    def _check_number(cls, value: object, info: ValidationInfo) -> int | None:
        if value is None:
            return None
        _check_belongs(info)
        if not _is_positive_integer(value):
            raise ValueError(f"{_words(info)} must be a whole number of at least 1, not {value!r}.")
        return int(cast(int, value))

    @field_validator("holdout_days", mode="before")
    @classmethod
    def _check_days(cls, value: object, info: ValidationInfo) -> tuple[int, ...] | None:
        if value is None:
            return None
        _check_belongs(info)
        if isinstance(value, str) or not isinstance(value, Sequence) or not value:
            raise ValueError("Holdout days must be a list of at least one number of days.")
        wrong = [repr(days) for days in value if not _is_positive_integer(days)]
        if wrong:
            raise ValueError(f"Holdout days must be whole numbers of at least 1, not {', '.join(wrong)}.")
        return tuple(int(days) for days in value)


def _check_belongs(info: ValidationInfo) -> None:
    # Absent where the run type itself is wrong, which is then all there is to say.
    run_type = info.data.get("run_type")
    wanted = _RUN_TYPE_OF[str(info.field_name)]
    if run_type not in (None, wanted):
        raise ValueError(f"{_words(info)} can be given with the run type {wanted} only, not with {run_type}.")


def _words(info: ValidationInfo) -> str:
    return _WORDS[str(info.field_name)]


def _is_positive_integer(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 1


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _time(value: object) -> datetime | None:
    """Read an ISO 8601 time in UTC; without a zone it is taken for UTC; None where it can't be read."""
    try:
        moment = datetime.fromisoformat(cast(str, value))
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
    # Some servers write "no time" as the year 1, which breaks down when shown in another zone.
    return moment if 1970 <= moment.year <= 9000 else None


def _status(value: object) -> RunStatus | str:
    text = "" if value is None else str(value)
    return RunStatus(text) if text in list(RunStatus) else text


def _run_type(value: object) -> RunType | str | None:
    if value is None:
        return None
    return RunType(str(value)) if str(value) in list(RunType) else str(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _mapping(value: object) -> Mapping[str, Any] | None:
    return value if isinstance(value, Mapping) else None


class Run(BaseModel):
    """One run as the API served it.

    Only `id` must be there. A status or run type that isn't known stays as it came, a missing status is
    the empty string; times are in UTC, or None where missing or unreadable. `form` is the form as
    served and `raw` everything as served, unknown fields included.
    """

    model_config = ConfigDict(frozen=True)

    id: StrictInt | Annotated[str, StringConstraints(strict=True, min_length=1, pattern=r"\S")]
    status: Annotated[RunStatus | str, BeforeValidator(_status)] = ""
    run_type: Annotated[RunType | str | None, BeforeValidator(_run_type)] = None
    created_at: Annotated[datetime | None, BeforeValidator(_time)] = None
    updated_at: Annotated[datetime | None, BeforeValidator(_time)] = None
    name: Annotated[str | None, BeforeValidator(_text)] = None
    # The form may hold the whole CSV, so neither of these two is part of the representation.
    form: Annotated[Mapping[str, Any] | None, BeforeValidator(_mapping)] = Field(default=None, repr=False)
    raw: Mapping[str, Any] = Field(repr=False)

    @model_validator(mode="before")
    @classmethod
    def _from_served(cls, served: object) -> object:
        if not isinstance(served, Mapping):
            return served
        form = _mapping(served.get("form")) or {}
        run_type = served.get("run_type")
        return {**served, "run_type": form.get("run_type") if run_type is None else run_type, "raw": served}

    @property
    def is_in_progress(self) -> bool:
        """Whether the run is known to be still on its way."""
        return isinstance(self.status, RunStatus) and self.status.is_in_progress

    @property
    def is_finished(self) -> bool:
        """Whether the run is known to have ended. Neither holds for an unknown status."""
        return isinstance(self.status, RunStatus) and self.status.is_finished

    @property
    def succeeded(self) -> bool:
        """Whether the run ended well."""
        return self.status == RunStatus.SUCCESS


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


_Count = Annotated[int | None, BeforeValidator(_count)]


class RunPage(BaseModel):
    """One page of the run list, in the order served; the numbers are None where they weren't served."""

    model_config = ConfigDict(frozen=True)

    items: tuple[Run, ...]
    page: _Count = None
    per_page: _Count = None
    total_pages: _Count = None
    total_count: _Count = None

    @classmethod
    def from_served(cls, served: object) -> "RunPage":
        """Read `{"data": […], "pagination": {…}}`, the same without `pagination`, or a bare array.

        Raises:
            pydantic.ValidationError: where it is none of these or an item is no run.
        """
        if not isinstance(served, Mapping):
            return cls.model_validate({"items": served})
        pagination = _mapping(served.get("pagination")) or {}
        return cls.model_validate({**pagination, "items": served.get("data")})
