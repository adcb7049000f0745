"""Everything that a person has put into the launch page: one value for each API, client and token.

The value is the truth, the widgets show it: a widget's own state goes when another page is visited or
another client connected, this stays until the browser tab is closed. So what was put in for one client is
never on the page of another, and is there again when its client is.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar, cast

import streamlit as st

from pages._launch.job import Job
from pages._shared import keys, uploads
from pages._shared.connection import Connection
from pages._shared.source import Source
from recast_api import RunType

UPLOAD, EARLIER = "Upload a CSV", "Data of an earlier run"

_MOST_CLIENTS = 30
"""More than an operator refreshes on a Monday; what was put in for the one left longest ago goes first."""
_MOST_REMEMBERED = 8
"""Files about which something is remembered for one client."""
_MOST_QUESTIONS = 100
"""More than there are checks."""

Name = TypeVar("Name")
Value = TypeVar("Value")


class Latest(OrderedDict[Name, Value], Generic[Name, Value]):
    """A mapping that forgets what was used longest ago, so that a session doesn't grow without end."""

    def __init__(self, most: int = _MOST_REMEMBERED) -> None:
        super().__init__()
        self._most = most

    def used(self, name: Name, new: Value) -> Value:
        """The value of that name, which is `new` where there was none, as the one used last."""
        value = self.setdefault(name, new)
        self.move_to_end(name)
        while len(self) > self._most:
            self.popitem(last=False)
        return value


@dataclass(eq=False)
class FileChoices:
    """What a person chose for one file. None where the page's own guess stands."""

    fixes: tuple[str, ...] = ()
    sheet: str | None = None
    """Of a workbook."""
    kpi: str | None = None
    spend: list[str] | None = None


@dataclass(eq=False)
class Answer:
    """A person's tick."""

    ticked: bool = False


@dataclass(eq=False)
class Approval:
    """What a person confirmed of one and the same data, and why."""

    answers: Latest[str, Answer] = field(default_factory=lambda: Latest(_MOST_QUESTIONS))
    """By what was asked, to the letter."""
    reason: str = ""

    def answer(self, question: str) -> Answer:
        return self.answers.used(question, Answer())


@dataclass(eq=False)
class Entered:
    """What is on the launch page of one client. Its widgets write into it."""

    scope: str
    way: str = UPLOAD
    upload: Source | None = None
    let_go: str | None = None
    """The name of a file that had to make room for others'."""
    run: str | None = None
    """The earlier run whose data is taken."""
    baseline: str | None = None
    """The earlier run that the data is compared with, where it isn't the one suggested."""
    kpi: str | None = None
    """The column last chosen as this client's KPI."""
    as_of: date | None = None
    run_type: str = RunType.MODEL_RUN.value
    priors_url: str = ""
    optional: dict[str, Any] = field(default_factory=dict)
    """What is in the form's optional fields, by the API's names."""
    note: str = ""
    job: Job | None = None
    uploads_taken: int = 0
    """The uploader is a new one for each file: it gives its own copy away."""
    changes: dict[str, int] = field(default_factory=dict)
    """How often something was changed other than by its widget, by its name."""
    file_choices: Latest[str, FileChoices] = field(default_factory=Latest)
    """By the SHA-256 of the file as it came."""
    approvals: Latest[str, Approval] = field(default_factory=Latest)
    """By the SHA-256 of the data that would be sent."""
    compared: Latest[str, tuple[str, ...]] = field(default_factory=Latest)
    """Runs found to have the same data, by the SHA-256 of that data."""

    def choices_for(self, source: Source) -> FileChoices:
        return self.file_choices.used(source.sha256, FileChoices())

    def approval(self, data_sha256: str) -> Approval:
        return self.approvals.used(data_sha256, Approval())

    def change(self, **values: Any) -> None:
        """Change what was put in, other than by its widget."""
        for name, value in values.items():
            setattr(self, name, value)
            self.changes[name] = self.changes.get(name, 0) + 1

    def take_upload(self, source: Source | None) -> None:
        self.upload, self.let_go = source, None
        self.uploads_taken += 1

    def key(self, name: str, *about: object) -> str:
        """The key of a widget of this page: another after each such change, so that it begins anew."""
        return keys.of_launch_page(self.scope, name, self.changes.get(name, 0), *about)


def of(connection: Connection) -> Entered:
    """What was put in for the client that the session is connected to."""
    everything: Latest[str, Entered] = st.session_state.setdefault(keys.LAUNCHES, Latest(_MOST_CLIENTS))
    entered = everything.used(connection.scope, Entered(connection.scope))
    _make_room([other for other in everything.values() if other is not entered], entered)
    return entered


def widget(holder: object, name: str, key: str) -> dict[str, Any]:
    """The arguments that make a widget write what a person changes into `holder.<name>`; into `holder[name]`
    where the holder is a dictionary.

    What it shows to begin with is given to it as its default. It isn't assigned through the session: that
    reaches the browser once, or never, where the next click interrupts the script, and then the page shows
    one thing and means another.
    """
    return {"key": key, "on_change": _take, "args": (holder, name, key)}


def _take(holder: object, name: str, key: str) -> None:
    if isinstance(holder, dict):
        holder[name] = st.session_state[key]
    else:
        setattr(holder, name, st.session_state[key])


def _make_room(others: list[Entered], entered: Entered) -> None:
    """Let go of files, those of the clients left longest ago first, until what is held is little enough."""
    held = [other for other in (*others, entered) if other.upload]
    excess = sum(cast(Source, one.upload).size for one in held) - uploads.most_bytes_kept()
    for other in others:
        if excess > 0 and other.upload:
            excess -= other.upload.size
            other.let_go, other.upload = other.upload.name, None
