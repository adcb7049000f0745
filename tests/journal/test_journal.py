"""The journal alone: entries, outcomes, owners, budget, recovery."""

from __future__ import annotations

import csv
import io
import sqlite3
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recast_api.journal import (
    SENDING_LEASE,
    AlreadyIntendedError,
    Budget,
    BudgetExceededError,
    DataFacts,
    Journal,
    JournalError,
    Listed,
    ListedRun,
    Outcome,
    OutcomeConflictError,
    Owner,
    State,
    entries_csv,
)
from recast_api.journal.process import Process, this_host
from tests.formula_starts import FORMULA_STARTS
from tests.journal.desk import FakeClock, some_intent

FINAL = [
    Outcome.launched(1),
    Outcome.rejected(422, "No."),
    Outcome.not_sent("Refused."),
    Outcome.found(1, matched_by="data", by="this program"),
    Outcome.given_up("ana"),
]


def test_an_entry_comes_back_as_it_was_intended(journal: Journal, clock: FakeClock) -> None:
    intent = some_intent(
        owner=Owner.of("gr_first", " Ana@Example.com "),
        parameters={"holdout_days": [14, 28]},
        facts=DataFacts(
            row_count=3, column_count=2, first_day=date(2026, 1, 1), last_day=date(2026, 1, 3), kpi="revenue"
        ),
        reasons={"gaps": "closed"},
        listed=Listed(ids=(2785, "b7"), tail=("a1",), is_whole=False, back_to=clock(), count=900),
    )

    entry = journal.intend(intent)

    assert {name: getattr(entry, name) for name in intent.__dataclass_fields__} == {
        name: getattr(intent, name) for name in intent.__dataclass_fields__
    }
    assert entry.owner.email == "ana@example.com"
    assert (entry.state, entry.started_at) == (State.SENDING, clock())
    assert entry == journal.entry(intent.owner, entry.id)


def test_neither_token_nor_data_is_in_the_file(journal: Journal) -> None:
    journal.intend(some_intent(owner=Owner.of("gr_very_secret")))

    assert b"very_secret" not in Path(journal.where).read_bytes()
    assert Owner.of("gr_a").fingerprint != Owner.of("gr_b").fingerprint


def test_a_run_id_keeps_its_kind(journal: Journal) -> None:
    for run_id in (2786, "2787", "0f3c"):
        entry = journal.record(journal.intend(some_intent()).id, Outcome.launched(run_id))
        assert entry.run_id == run_id
    assert journal.owned_run_ids("https://api.example.com", "acme") == {2786, "2787", "0f3c"}
    assert journal.owned_run_ids("https://api.example.com", "other") == set()


@pytest.mark.parametrize("outcome", FINAL)
@pytest.mark.parametrize("later", FINAL)
def test_a_final_outcome_stays(journal: Journal, outcome: Outcome, later: Outcome) -> None:
    entry = journal.intend(some_intent())
    journal.record(entry.id, Outcome.unknown("No answer."))
    settled = journal.record(entry.id, outcome)

    if later == outcome or (outcome.state, later.state) == (State.FOUND, State.LAUNCHED):
        assert journal.record(entry.id, later) == settled
    else:
        with pytest.raises(OutcomeConflictError):
            journal.record(entry.id, later)
    assert journal.entry(entry.owner, entry.id) == settled


@pytest.mark.parametrize("outcome", [Outcome.found(1, matched_by="data", by="me"), Outcome.given_up("me")])
def test_only_an_unknown_launch_can_be_found_or_given_up(journal: Journal, outcome: Outcome) -> None:
    entry = journal.intend(some_intent())

    with pytest.raises(OutcomeConflictError):
        journal.record(entry.id, outcome)


def test_why_it_was_unknown_is_kept_when_it_is_found(journal: Journal) -> None:
    entry = journal.intend(some_intent())
    journal.record(entry.id, Outcome.unknown("The connection broke."))

    assert journal.record(entry.id, FINAL[3]).message == "The connection broke."


def test_a_run_has_one_owner_at_a_client(journal: Journal) -> None:
    first, second = journal.intend(some_intent()), journal.intend(some_intent(owner=Owner.of("gr_second")))
    journal.record(first.id, Outcome.launched(7))

    with pytest.raises(OutcomeConflictError, match="Run 7 belongs to launch"):
        journal.record(second.id, Outcome.launched(7))
    elsewhere = journal.intend(some_intent(client_slug="other"))
    assert journal.record(elsewhere.id, Outcome.launched(7)).run_id == 7


def test_the_database_itself_refuses_a_second_owner(journal: Journal) -> None:
    journal.record(journal.intend(some_intent()).id, Outcome.launched(7))
    second = journal.intend(some_intent())

    connection = sqlite3.connect(journal.where)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE recast_journal SET run_id = '7' WHERE id = ?", (second.id,))
    connection.close()


def test_a_person_sees_the_rows_of_their_token_or_e_mail(journal: Journal) -> None:
    old_token = journal.intend(some_intent(owner=Owner.of("gr_old", "ana@example.com")))
    new_token = journal.intend(some_intent(owner=Owner.of("gr_new", "ana@example.com")))
    without = journal.intend(some_intent(owner=Owner.of("gr_old")))

    def seen_by(owner: Owner) -> list[int]:
        return [entry.id for entry in journal.entries(owner)]

    assert seen_by(Owner.of("gr_new", "ANA@example.com")) == [new_token.id, old_token.id]
    assert seen_by(Owner.of("gr_old")) == [without.id, old_token.id]
    assert seen_by(Owner.of("gr_other", "bo@example.com")) == []
    assert seen_by(Owner.of("gr_other")) == []


def test_the_kpi_of_the_latest_launch_for_a_client_is_known(journal: Journal) -> None:
    here = ("https://api.example.com", "acme")
    for kpi in ("revenue", "orders", None):
        journal.intend(some_intent(facts=DataFacts(kpi=kpi)))
    journal.intend(some_intent(facts=DataFacts(kpi="leads"), client_slug="other"))
    journal.intend(some_intent(facts=DataFacts(kpi="installs"), owner=Owner.of("gr_other")))

    assert journal.last_kpi(some_intent().owner, *here) == "orders"
    assert journal.last_kpi(Owner.of("gr_nobody"), *here) is None


def test_a_ticket_is_taken_once(journal: Journal) -> None:
    entry = journal.intend(some_intent(ticket="preview 1"))

    with pytest.raises(AlreadyIntendedError) as refused:
        journal.intend(some_intent(ticket="preview 1"))
    assert refused.value.entry == entry


def test_forty_threads_share_twenty_slots(journal: Journal) -> None:
    refused = []

    def claim() -> None:
        try:
            journal.intend(some_intent(), budget=Budget())
        except BudgetExceededError:
            refused.append(1)

    threads = [threading.Thread(target=claim) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 20
    assert len(journal.entries(some_intent().owner)) == 20


def test_a_refused_launch_leaves_nothing_behind(journal: Journal) -> None:
    unknown = journal.intend(some_intent())
    journal.record(unknown.id, Outcome.unknown("No answer."))
    for _ in range(2):
        journal.begin_look(unknown.id)
        journal.end_look(unknown.id, [])

    with pytest.raises(BudgetExceededError, match="1 of 1"):
        journal.intend(some_intent(), budget=Budget(per_minute=1))
    # Sent again, it takes the slot that the old one gives back.
    again = journal.intend(some_intent(resend_of=unknown.id), budget=Budget(per_minute=1))
    assert [entry.id for entry in journal.entries(again.owner)] == [again.id, unknown.id]
    with pytest.raises(OutcomeConflictError):
        journal.intend(some_intent(resend_of=unknown.id))


def test_launches_without_a_run_take_no_slot(journal: Journal) -> None:
    for outcome in FINAL[1:3]:
        journal.record(journal.intend(some_intent(), budget=Budget(per_minute=1)).id, outcome)
    mine = some_intent().owner

    used = journal.usage(mine, "https://api.example.com", "acme", Budget())

    assert (used.minute_used, used.day_used, used.possible_at) == (0, 0, None)


def test_the_day_counts_a_token_s_launches_at_every_client(journal: Journal, clock: FakeClock) -> None:
    for number in range(3):
        journal.intend(some_intent(client_slug=f"client {number}"))
        clock.advance(3600)
    mine = some_intent().owner

    used = journal.usage(mine, "https://api.example.com", "acme", Budget(per_day=3))

    assert (used.minute_used, used.day_used) == (0, 3)
    assert used.possible_at == clock() + timedelta(hours=21)


@given(minutes=st.lists(st.integers(0, 30), max_size=12), owned=st.sets(st.integers(0, 11)))
def test_a_launch_and_its_listed_run_are_counted_once(minutes: list[int], owned: set[int]) -> None:
    """Whatever is recorded yet: each run of the list was launched, and written down, at its minute."""
    from recast_api.journal.budget import Taken, usage

    now = FakeClock()()
    times = [now - timedelta(minutes=minute) for minute in minutes]
    listed = [ListedRun(number, at) for number, at in enumerate(times)]
    taken = [
        Taken(at=at, run_id=number if number in owned else None, mine=True, here=True)
        for number, at in enumerate(times)
    ]
    elsewhere = [ListedRun("x", now), ListedRun("without a time", None)]

    used = usage(Budget(listed=listed), taken, now)
    more = usage(Budget(listed=[*listed, *elsewhere]), taken, now)

    assert used.day_used == len(times)
    # A run from elsewhere is one more, unless a launch without a run may have made it: only then unseen.
    assert more.day_used - used.day_used == 1


@pytest.mark.parametrize(("minutes", "used"), [(0, 1), (5, 1), (5.1, 0), (1e7, 0)])
def test_a_listed_run_of_a_far_future_does_not_stop_launches_until_then(
    journal: Journal, clock: FakeClock, minutes: float, used: int
) -> None:
    listed = [ListedRun(7, clock() + timedelta(minutes=minutes))]
    budget = Budget(listed=listed, per_minute=1)

    counted = journal.usage(some_intent().owner, "https://api.example.com", "acme", budget)

    assert (counted.minute_used, counted.day_used) == (used, used)
    assert (counted.possible_at is None) is (used == 0)


def test_launches_of_an_ended_process_become_unknown(tmp_path: Path, clock: FakeClock) -> None:
    gone = Process(this_host(), 1, "another start")
    elsewhere = Process("another computer", 1, "1")
    file = tmp_path / "journal.sqlite3"
    lost = Journal(file, clock=clock, process=gone).intend(some_intent())
    remote = Journal(file, clock=clock, process=elsewhere).intend(some_intent())
    journal = Journal(file, clock=clock)
    mine = journal.intend(some_intent())

    def unknown_ids() -> list[int]:
        return [entry.id for entry in journal.open_launches(mine.owner) if entry.state is State.UNKNOWN]

    assert [entry.id for entry in journal.recover()] == [lost.id]
    assert journal.recover() == []
    assert unknown_ids() == [lost.id]
    clock.advance(SENDING_LEASE.total_seconds())
    assert unknown_ids() == [mine.id, remote.id, lost.id]


def test_an_answer_after_the_lease_is_still_the_truth(journal: Journal, clock: FakeClock) -> None:
    entry = journal.intend(some_intent())
    clock.advance(SENDING_LEASE.total_seconds())
    journal.recover()

    assert journal.record(entry.id, Outcome.launched(3)).state is State.LAUNCHED


def test_a_look_that_ends_late_changes_nothing_settled(journal: Journal) -> None:
    entry = journal.intend(some_intent())
    journal.record(entry.id, Outcome.unknown("No answer."))
    journal.begin_look(entry.id)
    settled = journal.record(entry.id, Outcome.given_up("ana"))

    assert journal.end_look(entry.id, [5]) == settled
    assert journal.begin_look(entry.id) is None


def test_a_launch_that_is_not_there_gets_a_sentence(journal: Journal) -> None:
    with pytest.raises(JournalError, match="no launch 99"):
        journal.record(99, Outcome.launched(1))


def test_entries_can_be_narrowed(journal: Journal, clock: FakeClock) -> None:
    early = journal.intend(some_intent())
    journal.record(early.id, Outcome.launched(1))
    clock.advance(60)
    late = journal.intend(some_intent())

    assert [e.id for e in journal.entries(late.owner, states=[State.LAUNCHED])] == [early.id]
    assert [e.id for e in journal.entries(late.owner, since=clock())] == [late.id]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@cmd", "\t=1", "\r=1", *FORMULA_STARTS])
def test_the_csv_is_inert_in_a_spreadsheet(journal: Journal, start: str) -> None:
    journal.intend(some_intent(note=start, reasons={"gaps": "closed"}))
    entry = journal.record(1, Outcome.launched(2786))

    (row,) = csv.DictReader(io.StringIO(entries_csv([entry]), newline=""))

    assert row["note"] == "'" + start.replace("\0", "")
    assert (row["run"], row["outcome"], row["reasons"]) == ("2786", "launched", "gaps: closed")


def test_a_temporary_journal_goes_when_it_is_closed() -> None:
    journal = Journal.temporary()
    journal.intend(some_intent())
    file = Path(journal.where)
    assert file.exists()

    journal.close()

    assert not file.parent.exists()
