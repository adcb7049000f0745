"""Several replicas on one Postgres."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from recast_api.journal import (
    AlreadyIntendedError,
    Journal,
    JournalUnavailableError,
    Outcome,
    OutcomeConflictError,
    Owner,
    State,
)
from recast_api.sandbox import Account, Sandbox
from tests.journal.desk import some_intent
from tests.journal.postgres import HOW, programs, running_postgres
from tests.required_tools import require


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
    command = [sys.executable, "-m", "tests.journal.launch_from_threads"]
    arguments = [address, sandbox.base_url, account.token, "20"]
    replicas = [
        subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for _ in range(2)
    ]
    for replica in replicas:
        assert replica.stdout
        assert replica.stdout.readline() == "ready\n"
    for replica in replicas:
        assert replica.stdin
        replica.stdin.write("go\n")
        replica.stdin.flush()
    printed = [replica.communicate(timeout=60)[0].strip() for replica in replicas]

    counts = [dict(pair.split("=") for pair in line.split()) for line in printed]
    assert sum(int(count.get("launched", 0)) for count in counts) == 20, printed
    assert sum(int(count.get("refused", 0)) for count in counts) == 20, printed
    assert sum(request.method == "POST" for request in sandbox.requests) == 20
    assert len(sandbox.runs(account.token)) == 20
    with closing(Journal(address)) as journal:
        entries = journal.entries(Owner.of(account.token))
    assert [entry.state for entry in entries] == [State.LAUNCHED] * 20


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
    entry = journal.intend(some_intent(parameters={"holdout_days": [14]}, listed_ids=(1, "b")))
    journal.record(entry.id, Outcome.unknown("No answer.", 502))
    assert journal.begin_look(entry.id)
    assert journal.begin_look(entry.id) is None
    found = journal.record(entry.id, Outcome.found(2786, matched_by="data", by="this program"))

    assert (found.run_id, found.listed_ids, found.parameters) == (2786, (1, "b"), {"holdout_days": [14]})
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
    columns = ("resend_of", "dismissed", "details", "kpi")
    _run_sql(
        address,
        *(f"ALTER TABLE recast_journal DROP COLUMN {name}" for name in columns),
        "UPDATE recast_journal_version SET version = 1",
    )

    with closing(Journal(address)) as again:
        assert again.entries(some_intent().owner)[0].dismissed == ()
        assert again.dismiss(1, 5).dismissed == (5,)


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
