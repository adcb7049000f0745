"""What goes to the API and what comes from it: frozen, passive, and tolerant of what it serves."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from numbers import Integral, Real
from pathlib import Path
from typing import Annotated, Any, SupportsInt, cast

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

from recast_api._input_errors import FormError
from recast_api.sheets import LONGEST_URL, sheet_form

CleanData = str | bytes | bytearray | memoryview | os.PathLike[str]
"""What clean data may be given as."""

MOST_WINDOWS = 100
"""Holdout windows of one run: the API takes 100 runs a day, and the documents know of 4 windows at most."""


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


@dataclass(frozen=True, slots=True)
class _OnlyFor:
    """Marks a field of the form that only one run type uses."""

    run_type: RunType


class RunForm(BaseModel):
    r"""The settings and data of one run, checked as far as they can be before they are sent.

    `clean_data` is given as CSV text, as its bytes in UTF-8 or as the path of a file, and kept as text; its
    line ends become `\n` and a leading byte order mark goes. `n_holdout` (periods) and `days_per_holdout` go
    with a stability loop alone, `holdout_days` with a holdout alone; all three are optional, as the API has
    it, and taken as NumPy and pandas give them. Only what surely can't be right is refused.

    Raises:
        FormError: with the sentences of every field at fault in `details`.
    """

    model_config = ConfigDict(frozen=True)

    # A title is what people call the field, in sentences and on pages. After the first three come the
    # optional ones.
    run_type: RunType = Field(title="Run type")
    google_sheet_priors_url: str = Field(title="Priors sheet")
    clean_data: str = Field(title="Clean data", repr=False)
    n_holdout: Annotated[int | None, _OnlyFor(RunType.STABILITY_LOOP)] = Field(
        default=None, title="Stability loop periods"
    )
    days_per_holdout: Annotated[int | None, _OnlyFor(RunType.STABILITY_LOOP)] = Field(
        default=None, title="Days per period"
    )
    holdout_days: Annotated[tuple[int, ...] | None, _OnlyFor(RunType.HOLDOUT)] = Field(
        default=None, title="Holdout days"
    )

    def __init__(
        self,
        *,
        run_type: RunType | str,
        google_sheet_priors_url: str,
        clean_data: CleanData,
        n_holdout: SupportsInt | None = None,
        days_per_holdout: SupportsInt | None = None,
        holdout_days: Iterable[SupportsInt] | None = None,
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

    @classmethod
    def titles(cls) -> dict[str, str]:
        """Return what people call the fields, by the API's names, in the order in which they are shown."""
        return {name: str(field.title) for name, field in cls.model_fields.items()}

    @classmethod
    def optional_fields(cls, run_type: str | None = None) -> tuple[str, ...]:
        """Return the names of the optional fields: all of them, or those that a run type uses."""
        optional = [name for name, field in cls.model_fields.items() if not field.is_required()]
        return tuple(name for name in optional if run_type is None or _only_for(name) in (None, run_type))

    def body(self) -> dict[str, dict[str, Any]]:
        """Return the request body, `{"form": {…}}`, with the fields that this run type uses."""
        extras = {name: getattr(self, name) for name in self.optional_fields()}
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
            raise ValueError(f"Run type must be one of {', '.join(RunType)}, not {_shown(value)}.")
        return RunType(value)

    @field_validator("google_sheet_priors_url", mode="before")
    @classmethod
    def _check_sheet(cls, value: object) -> str:
        url = value.strip() if isinstance(value, str) else ""
        if not url:
            raise ValueError("The priors sheet is missing.")
        if len(url) > LONGEST_URL:
            raise ValueError(f"The priors sheet's address is longer than {LONGEST_URL:,} characters.")
        if sheet_form(url) is None:
            raise ValueError(
                "The priors sheet must be a Google Sheets link such as "
                "https://docs.google.com/spreadsheets/d/…/edit."
            )
        return url

    @field_validator("clean_data", mode="before")
    @classmethod
    def _check_clean_data(cls, value: object) -> str:
        text = _text_of(value).lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            raise ValueError("The clean data is empty.")
        if _is_file_name(text):
            raise ValueError("The clean data is a file's name and not its text; give pathlib.Path(…).")
        if not _is_utf8(text):
            raise ValueError("The clean data holds a character that can't be written as UTF-8.")
        return text

    @field_validator("n_holdout", "days_per_holdout", mode="before")
    @classmethod
    def _check_number(cls, value: object, info: ValidationInfo) -> int | None:
        if value is None:
            return None
        _check_belongs(info)
        number = _positive_integer(value)
        if number is None:
            raise ValueError(f"{_title(info)} must be a whole number of at least 1, not {_shown(value)}.")
        return number

    @field_validator("holdout_days", mode="before")
    @classmethod
    def _check_days(cls, value: object, info: ValidationInfo) -> tuple[int, ...] | None:
        if value is None:
            return None
        _check_belongs(info)
        given = _listed(value)
        if not given:
            raise ValueError("Holdout days must be a list of at least one number of days.")
        if len(given) > MOST_WINDOWS:
            raise ValueError(f"Holdout days must not be more than {MOST_WINDOWS} numbers.")
        days = [_positive_integer(one) for one in given]
        if None in days:
            wrong = ", ".join(_shown(one) for one, number in zip(given, days, strict=True) if number is None)
            raise ValueError(f"Holdout days must be whole numbers of at least 1, not {wrong}.")
        return tuple(number for number in days if number is not None)


def _check_belongs(info: ValidationInfo) -> None:
    # Absent where the run type itself is wrong, which is then all there is to say.
    run_type, wanted = info.data.get("run_type"), _only_for(str(info.field_name))
    if None not in (run_type, wanted) and run_type != wanted:
        raise ValueError(f"{_title(info)} can be given with the run type {wanted} only, not with {run_type}.")


def _only_for(name: str) -> RunType | None:
    marks = RunForm.model_fields[name].metadata
    return next((mark.run_type for mark in marks if isinstance(mark, _OnlyFor)), None)


def _title(info: ValidationInfo) -> str:
    return str(RunForm.model_fields[str(info.field_name)].title)


def _positive_integer(value: object) -> int | None:
    """Return a whole number of at least 1; a column with blanks has it as a float."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    # NaN and infinity aren't whole.
    is_whole = isinstance(value, Integral) or float(value).is_integer()
    number = int(cast(SupportsInt, value)) if is_whole else 0
    return number if number >= 1 else None


def _listed(value: object) -> list[object]:
    """Return what a list, or a column or array of pandas or NumPy, holds; nothing where it is no list."""
    convert = getattr(value, "tolist", None)
    items = convert() if callable(convert) else value
    is_list = isinstance(items, Sequence) and not isinstance(items, str | bytes)
    # One more than may be is enough to see that it is too long: a range may be endless.
    return list(islice(cast(Sequence[object], items), MOST_WINDOWS + 1)) if is_list else []


_LONGEST_FILE_NAME = 1_000
"""Characters of text that may be a path; systems allow from 260 to 4,096."""

_LONGEST_SHOWN = 40
"""Characters of a wrong value that a sentence repeats."""


def _shown(value: object) -> str:
    text = str(value) if isinstance(value, Real) else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _text_of(data: object) -> str:
    """Return clean data as text, whichever way it was given."""
    if isinstance(data, str):
        return data
    if isinstance(data, os.PathLike):
        data = _bytes_in(data)
    if not isinstance(data, bytes | bytearray | memoryview):
        raise ValueError("The clean data must be CSV text, its bytes or the path of a file.")
    content = bytes(data)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    raise ValueError(f"The clean data isn't UTF-8 (line {line}); save the file as CSV in UTF-8.")


def _bytes_in(path: os.PathLike[str]) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:  # a path with a zero byte is a ValueError
        reason = getattr(error, "strerror", None) or str(error)
    raise ValueError(f"The clean data can't be read from {_shown(str(path))} ({reason}).")


def _is_file_name(text: str) -> bool:
    line = text.strip() if len(text) <= _LONGEST_FILE_NAME else ""
    return "\n" not in line and line.lower().endswith((".csv", ".tsv", ".txt"))


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
