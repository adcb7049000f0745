"""Several replicas on one Postgres."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import create_engine, text

from recast_api.journal import (
    AlreadyIntendedError,
    Journal,
    JournalUnavailableError,
    Listed,
    Outcome,
    OutcomeConflictError,
    Owner,
    State,
)
from recast_api.sandbox import Account, Sandbox
from tests.journal.desk import some_intent
from tests.journal.postgres import HOW, programs, running_postgres
from tests.journal.replicas import launched_by_two_replicas
from tests.required_tools import require

SINCE_VERSION_4 = (
    "listed_tail",
    "listed_whole",
    "listed_count",
    "doubt",
    "failures",
    "failure",
    "last_attempt_at",
    "look_not_before",
)


@pytest.fixture(scope="module")
def _postgres() -> Iterator[str]:
    require(programs() is not None, HOW)
    with running_postgres() as address:
        yield address


@pytest.fixture
def address(_postgres: str) -> str:
    _run_sql(_postgres, "DROP TABLE IF EXISTS recast_journal, recast_journal_version")
    return _postgres


@pytest.fixture
def journal(address: str) -> Iterator[Journal]:
    journal = Journal(address, patience=1)
    yield journal
    journal.close()


def _run_sql(address: str, *statements: str) -> None:
    engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_two_processes_and_forty_threads_share_one_budget(
    address: str, sandbox: Sandbox, account: Account
) -> None:
    counted = launched_by_two_replicas(address, sandbox, account, threads=20, forms="own")

    assert counted == {"launched": 20, "refused": 20}
    assert sum(request.method == "POST" for request in sandbox.requests) == 20
    assert len(sandbox.runs(account.token)) == 20
    with closing(Journal(address)) as journal:
        entries = journal.entries(Owner.of(account.token))
    assert [entry.state for entry in entries] == [State.LAUNCHED] * 20


def test_of_the_same_launch_from_two_processes_and_twenty_threads_one_is_sent(
    address: str, sandbox: Sandbox, account: Account
) -> None:
    counted = launched_by_two_replicas(address, sandbox, account, threads=10, forms="same")

    assert counted == {"launched": 1, "same": 19}
    assert sum(request.method == "POST" for request in sandbox.requests) == 1


def test_an_empty_server_is_prepared_by_many_at_once(address: str) -> None:
    journals = [Journal(address) for _ in range(8)]
    threads = [threading.Thread(target=journal.intend, args=(some_intent(),)) for journal in journals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(journals[0].entries(some_intent().owner)) == 8
    for journal in journals:
        journal.close()


def test_entries_keep_their_kinds_of_value(journal: Journal) -> None:
    entry = journal.intend(
        some_intent(parameters={"holdout_days": [14]}, listed=Listed(ids=(1, "b"), count=10**30))
    )
    journal.record(entry.id, Outcome.unknown("No answer.", 502))
    assert journal.begin_look(entry.id)
    assert journal.begin_look(entry.id) is None
    found = journal.record(entry.id, Outcome.found(2786, matched_by="data", by="this program"))

    assert (found.run_id, found.parameters) == (2786, {"holdout_days": [14]})
    assert found.listed == Listed(ids=(1, "b"), count=10**30)
    assert (found.state, found.status) == (State.FOUND, 502)
    assert found.started_at == entry.started_at
    assert journal.owned_run_ids(entry.base_url, entry.client_slug) == {2786}
    assert journal.recover() == []


def test_tickets_and_runs_are_taken_once(journal: Journal) -> None:
    first = journal.intend(some_intent(ticket="preview 1"))
    with pytest.raises(AlreadyIntendedError):
        journal.intend(some_intent(ticket="preview 1"))
    journal.record(first.id, Outcome.launched(7))
    with pytest.raises(OutcomeConflictError):
        journal.record(journal.intend(some_intent()).id, Outcome.launched(7))


def test_an_older_journal_is_brought_up_to_date(journal: Journal, address: str) -> None:
    journal.intend(some_intent())
    columns = ("resend_of", "dismissed", "details", "kpi", *SINCE_VERSION_4)
    _run_sql(
        address,
        *(f"ALTER TABLE recast_journal DROP COLUMN {name}" for name in columns),
        "UPDATE recast_journal_version SET version = 1",
    )

    with closing(Journal(address)) as again:
        assert again.entries(some_intent().owner)[0].dismissed == ()
        assert again.dismiss(1, 5).dismissed == (5,)
        assert again.entries(some_intent().owner)[0].listed == Listed()


def test_a_newer_journal_and_a_locked_one_stop_launches_with_a_sentence(
    journal: Journal, address: str
) -> None:
    journal.intend(some_intent())
    engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE recast_journal_version SET version = 99"))
        with pytest.raises(JournalUnavailableError, match="locked"):
            journal.intend(some_intent())
    engine.dispose()

    with pytest.raises(JournalUnavailableError, match="newer version"):
        journal.intend(some_intent())


def test_a_server_that_went_away_and_came_back_is_used_again(journal: Journal, address: str) -> None:
    journal.intend(some_intent())
    _run_sql(
        address,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
    )

    journal.intend(some_intent())

    assert len(journal.entries(some_intent().owner)) == 2


def test_a_server_that_is_not_there_stops_launches_with_a_sentence() -> None:
    require(programs() is not None, HOW)
    with running_postgres() as address:
        journal = Journal(address, patience=1)
        journal.intend(some_intent())

    with pytest.raises(JournalUnavailableError, match="could not be reached"):
        journal.intend(some_intent())
    journal.close()
