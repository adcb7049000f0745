"""Several replicas on one Postgres."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

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
from tests.journal.relay import Relay
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


@pytest.fixture
def relay(address: str) -> Iterator[Relay]:
    relay = Relay(make_url(address).port or 0)
    yield relay
    relay.close()


@pytest.fixture
def distant(address: str, relay: Relay) -> Iterator[Journal]:
    """A journal whose server may fall silent."""
    url = make_url(address).set(port=relay.port)
    journal = Journal(url.render_as_string(hide_password=False), patience=0.5)
    yield journal
    journal.close()


def test_a_server_that_takes_connections_and_says_nothing_stops_launches_with_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        journal = Journal(f"postgresql://desk@127.0.0.1:{silent.getsockname()[1]}/postgres", patience=0.5)

        with pytest.raises(JournalUnavailableError, match="Nothing is launched unless"):
            journal.intend(some_intent())


def test_a_server_that_falls_silent_does_not_hang_a_launch(distant: Journal, relay: Relay) -> None:
    distant.intend(some_intent())

    with relay.silent():
        with pytest.raises(JournalUnavailableError, match=r"did not answer in time\. Nothing is launched"):
            distant.intend(some_intent())
        with pytest.raises(JournalUnavailableError, match="journal"):
            distant.entries(some_intent().owner)

    distant.intend(some_intent())
    assert len(distant.entries(some_intent().owner)) == 2


def test_a_server_that_falls_silent_in_mid_transaction_does_not_hang_a_launch(
    address: str, relay: Relay
) -> None:
    journal = SilencedMidway(
        make_url(address).set(port=relay.port).render_as_string(hide_password=False), patience=0.5
    )
    journal.entries(some_intent().owner)  # it is open

    with ExitStack() as journal.network:
        journal.relay = relay
        with pytest.raises(JournalUnavailableError, match="did not answer in time"):
            journal.intend(some_intent())
    journal.relay = None

    # Its server lets go of the transaction, and nothing of it stays.
    assert [entry.state for entry in journal.entries(some_intent().owner)] == []
    assert journal.intend(some_intent()).state is State.SENDING
    journal.close()


class SilencedMidway(Journal):
    network: ExitStack
    relay: Relay | None = None

    def _judge(self, *judged: Any) -> None:
        super()._judge(*judged)
        if self.relay is not None:
            self.network.enter_context(self.relay.silent())


def test_an_answer_for_a_silent_server_is_kept_until_it_speaks_again(distant: Journal, relay: Relay) -> None:
    entry = distant.intend(some_intent())
    with relay.silent(), pytest.raises(JournalUnavailableError) as silence:
        distant.answered(entry, Outcome.launched(7))
    assert "Nothing is launched" not in str(silence.value)

    assert distant.owned_run_ids(entry.base_url, entry.client_slug) == {7}


def test_reading_a_table_that_another_program_keeps_to_itself_ends_with_a_sentence(
    address: str, journal: Journal
) -> None:
    journal.intend(some_intent())
    engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE recast_journal IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(JournalUnavailableError, match="did not answer in time"):
            journal.entries(some_intent().owner)
    engine.dispose()

    assert len(journal.entries(some_intent().owner)) == 1


def test_whoever_comes_while_another_thread_waits_for_a_silent_server_does_not_wait_for_long(
    relay: Relay, distant: Journal
) -> None:
    refused: list[str] = []

    def read() -> None:
        try:
            distant.entries(some_intent().owner)
        except JournalUnavailableError as error:
            refused.append(str(error))

    readers = [threading.Thread(target=read) for _ in range(12)]
    with relay.silent():
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()

    assert len(refused) == 12
    assert any("did not answer in time" in sentence for sentence in refused)
    distant.intend(some_intent())


def test_a_row_that_went_with_its_database_is_put_in_again_by_its_ticket(
    journal: Journal, address: str
) -> None:
    first, mine = journal.intend(some_intent()), journal.intend(some_intent())
    _run_sql(address, "DROP TABLE recast_journal, recast_journal_version")
    with closing(Journal(address)) as replica:
        others = [replica.intend(some_intent()) for _ in range(2)]

    written = journal.answered(mine, Outcome.launched(7))

    assert [other.id for other in others] == [first.id, mine.id]
    assert (written.ticket, written.run_id) == (mine.ticket, 7)
    assert written.id not in (first.id, mine.id)
    assert [journal.entry(other.owner, other) for other in others] == others
