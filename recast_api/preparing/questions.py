"""What keeps a launch from going, what a person has to confirm before it goes, and whether it may go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from recast_api.clean_data import Level
from recast_api.journal import Earlier
from recast_api.models import RunForm
from recast_api.preparing.form import Draft
from recast_api.sheets import SheetForm, sheet_form

OVER_BUDGET = "budget"
"""The check of the question whether to ask the API though, by our count, its limit is used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the journal and the run list know about launches of the same."""

    earlier: tuple[Earlier, ...] = ()
    """Launches from this desk that it may repeat, newest first: `Launcher.earlier`."""
    same_data: tuple[str, ...] = ()
    """Ids of runs launched elsewhere that were found to have the same data: `Launcher.has_same_data`."""
    possible_at: datetime | None = None
    """When the limits let another launch through, where by our count they don't now: `Usage.possible_at`."""


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that a launch needs a tick for."""

    check: str
    """Name of the rule that asks; the journal keeps the reason under it."""
    sentence: str
    about: str
    """What a tick is given for, to the letter: another of these is another question."""
    run_id: str | None = None
    """The run that it is about, for a link."""
    launches: frozenset[int] = frozenset()
    """Numbers of the earlier launches that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a launch may go as things stand, and what was approved of it."""

    may_go: bool = True
    reasons: Mapping[str, str] = field(default_factory=dict)
    """For the journal, by the name of the check."""
    confirmed: frozenset[int] = frozenset()
    """Earlier launches of the same that the person knows of."""
    over_budget: bool = False
    """Whether the person knows that the limit may be used up."""


def _in_utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _on_in_utc(moment: datetime) -> str:
    return f"on {_in_utc(moment)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """How a moment is put into a sentence: in UTC, unless whoever shows it knows the reader's zone."""

    past: Callable[[datetime], str] = _on_in_utc
    """Such as `12 min ago`, to follow "launched"."""
    future: Callable[[datetime], str] = _in_utc
    """Such as `Mon 23 Nov, 14:05 CET`, to follow "until"."""


IN_UTC = Moments()


def obstacles(draft: Draft, known: Known = NOTHING_KNOWN) -> tuple[str, ...]:
    """Return what keeps the launch from going and can't be confirmed away, a sentence each."""
    return tuple(_obstacles(draft, known))


def _obstacles(draft: Draft, known: Known) -> Iterator[str]:
    if draft.waits_for:
        yield f"Waits for {' and '.join(draft.waits_for)}."
    for messages in draft.problems.values():
        yield from messages
    blocks = sum(finding.level is Level.BLOCK for finding in draft.findings)
    if blocks:
        what = "1 finding blocks" if blocks == 1 else f"{blocks} findings block"
        yield f"{what} this launch: the data can't be right as it is."
    if any(launch.mine and launch.state.is_open for launch in known.earlier):
        yield "The same launch is still unresolved: settle that one first."


def questions(draft: Draft, known: Known, moments: Moments = IN_UTC) -> tuple[Question, ...]:
    """Return what a person has to confirm before the draft may go, each with a sentence to show."""
    if draft.form is None:
        return ()
    return (
        *_of_findings(draft),
        *_of_sheet(draft.form),
        *(_of_launches(known.earlier, moments) or _of_runs_elsewhere(known.same_data)),
        *_of_budget(known.possible_at, moments),
    )


def approve(asked: Sequence[Question], ticked: Collection[Question], reason: str) -> Verdict:
    """Decide whether a launch may go: a tick for each question, and one reason for all of them."""
    if not asked:
        return Verdict()
    if not reason.strip() or not all(question in ticked for question in asked):
        return Verdict(may_go=False)
    return Verdict(
        reasons={question.check: reason.strip() for question in asked},
        confirmed=frozenset().union(*(question.launches for question in asked)),
        over_budget=any(question.check == OVER_BUDGET for question in asked),
    )


def _of_findings(draft: Draft) -> Iterator[Question]:
    for finding in draft.findings:
        if finding.level is Level.CONFIRM:
            yield Question(check=finding.check, sentence=finding.sentence, about=finding.sentence)


def _of_sheet(form: RunForm) -> Iterator[Question]:
    """Which addresses the API takes isn't published."""
    url = form.google_sheet_priors_url
    if sheet_form(url) is SheetForm.UNCLEAR:
        sentence = "It isn't known whether Recast takes this kind of link to the priors sheet."
        yield Question(check="priors_sheet", sentence=sentence, about=url)


def _of_launches(earlier: Collection[Earlier], moments: Moments) -> list[Question]:
    """Ask about launches from this desk: of one's own all is said, of others' only that and when."""
    own = [launch for launch in earlier if launch.mine]
    others = [launch for launch in earlier if not launch.mine]
    asked = []
    if own:
        run_id = str(own[0].run_id)
        sentence = (
            f"The same settings and data were launched {moments.past(own[0].started_at)}: run {run_id}. "
            "The sheet behind the link may have changed since."
        )
        asked.append(_of_same_launch(sentence, own, run_id))
    if others:
        when = moments.past(others[0].started_at)
        sentence = f"A run of this client has this data: it was launched {when}."
        asked.append(_of_same_launch(sentence, others))
    return asked


def _of_same_launch(sentence: str, launches: Sequence[Earlier], run_id: str | None = None) -> Question:
    ids = frozenset(launch.id for launch in launches)
    return Question(
        check="same_launch", sentence=sentence, about=f"launches {sorted(ids)}", run_id=run_id, launches=ids
    )


def _of_runs_elsewhere(same_data: Sequence[str]) -> list[Question]:
    return [
        Question(
            check="same_launch",
            sentence=f"The same data is in a run launched elsewhere: run {run_id}.",
            about=f"run {run_id}",
            run_id=run_id,
        )
        for run_id in same_data[:1]
    ]


def _of_budget(possible_at: datetime | None, moments: Moments) -> Iterator[Question]:
    """Our count may be wrong, and a refusal costs nothing: so it asks."""
    if possible_at is not None:
        sentence = (
            "By our count the limit is used up, so the API will probably refuse this launch until "
            f"{moments.future(possible_at)}. A refused launch costs nothing."
        )
        yield Question(check=OVER_BUDGET, sentence=sentence, about="limit used up")
