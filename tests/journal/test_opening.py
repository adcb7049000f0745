"""Files and servers that are old, new, damaged, locked, full or not there."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recast_api.journal import Journal, JournalUnavailableError, Listed, Outcome, State
from recast_api.journal.opening import default_path
from recast_api.journal.schema import VERSION, launches
from tests.journal.desk import FakeClock, some_intent

VERSION_1 = (Path(__file__).parent / "version_1.sql").read_text()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


def test_an_older_journal_is_brought_up_to_date_with_its_rows(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.executescript(VERSION_1)
    connection.close()

    journal = Journal(file)
    (old,) = journal.open_launches(some_intent().owner)
    assert (old.note, old.resend_of, old.dismissed, old.details) == ("Monday", None, (), {})
    assert (old.listed, old.doubt, old.failures, old.failure) == (Listed(), "", 0, "")
    assert journal.dismiss(old.id, 5).dismissed == (5,)

    with sqlite3.connect(file) as connection:
        columns = {row[1] for row in connection.execute("PRAGMA table_info(recast_journal)")}
        assert columns == set(launches.columns.keys())
        assert connection.execute("SELECT version FROM recast_journal_version").fetchall() == [(VERSION,)]
    connection.close()


def test_a_list_that_an_older_version_read_in_part_is_still_known_to_be_that(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.executescript(VERSION_1)
        connection.execute(
            "UPDATE recast_journal SET listed_ids = '[7]', listed_back_to = '2026-11-01 09:00:00.000000'"
        )
    connection.close()

    (old,) = Journal(file).open_launches(some_intent().owner)

    assert old.listed == Listed(ids=(7,), is_whole=False, back_to=datetime(2026, 11, 1, 9, tzinfo=UTC))


def test_a_newer_journal_is_left_alone(file: Path) -> None:
    Journal(file).intend(some_intent())
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE recast_journal_version SET version = 99")
    connection.close()
    before = file.read_bytes()

    with pytest.raises(JournalUnavailableError, match="newer version"):
        Journal(file).intend(some_intent())

    assert file.read_bytes() == before


def test_a_journal_that_is_updated_meanwhile_is_not_written_any_more(file: Path) -> None:
    journal = Journal(file)
    journal.intend(some_intent())
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE recast_journal_version SET version = 99")
    connection.close()

    with pytest.raises(JournalUnavailableError, match="newer version"):
        journal.intend(some_intent())


@pytest.mark.parametrize("damage", ["garbage", "truncated", "overwritten"])
def test_an_unreadable_file_is_moved_aside_with_a_sentence(file: Path, damage: str) -> None:
    journal = Journal(file)
    for _ in range(50):
        journal.intend(some_intent())
    journal.close()
    content = file.read_bytes()
    damaged = {
        "garbage": b"This is not a database. " * 200,
        "truncated": content[: len(content) // 2],
        "overwritten": content[:100] + b"\xff" * 4000 + content[4100:],
    }[damage]
    file.write_bytes(damaged)
    bystander = file.with_name("other.txt")
    bystander.write_text("mine")

    again = Journal(file, clock=FakeClock())
    again.intend(some_intent())

    (aside,) = file.parent.glob("journal.sqlite3.unreadable-*")
    assert aside.read_bytes() == damaged
    assert str(aside) in again.notices[0]
    assert len(again.entries(some_intent().owner)) == 1
    assert bystander.read_text() == "mine"


def test_what_belongs_to_an_unreadable_file_is_moved_with_it(file: Path) -> None:
    Journal(file).intend(some_intent())
    replica = sqlite3.connect(file)  # keeps SQLite from tidying up its side files
    replica.execute("SELECT * FROM recast_journal").fetchall()
    Journal(file).intend(some_intent())
    file.write_bytes(b"This is not a database. " * 200)

    Journal(file).intend(some_intent())

    moved = {path.name.partition(".unreadable-")[2].partition("-")[2] for path in file.parent.glob("*.un*")}
    assert moved == {"", "wal", "shm"}
    replica.close()


def test_a_file_that_vanishes_is_begun_anew(file: Path) -> None:
    journal = Journal(file)
    journal.answered(journal.intend(some_intent()), Outcome.launched(7))
    for part in file.parent.iterdir():
        part.unlink()

    with pytest.raises(JournalUnavailableError):
        journal.intend(some_intent())
    assert journal.intend(some_intent()).id == 1
    assert "was missing" in journal.notices[0]
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("is_open_elsewhere", [True, False])
def test_what_is_left_of_a_file_that_vanished_does_not_get_into_the_next_one(
    file: Path, is_open_elsewhere: bool
) -> None:
    replica = sqlite3.connect(file)
    Journal(file).intend(some_intent())
    replica.execute("SELECT * FROM recast_journal").fetchall()  # keeps the side files
    for _ in range(20):
        Journal(file).intend(some_intent(note="old"))
    sides = {side: side.read_bytes() for side in file.parent.glob(f"{file.name}-*")}
    file.unlink()
    if not is_open_elsewhere:
        replica.close()
        for side, content in sides.items():
            side.write_bytes(content)  # as after a crash

    journal = Journal(file)
    assert len(sides) == 2
    assert journal.entries(some_intent().owner) == []
    journal.intend(some_intent(note="new"))

    replica.close()
    assert [entry.note for entry in Journal(file).entries(some_intent().owner)] == ["new"]


def test_a_locked_journal_can_still_be_read(file: Path) -> None:
    Journal(file).intend(some_intent())
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    assert len(Journal(file, patience=0.1).entries(some_intent().owner)) == 1

    other.execute("ROLLBACK")
    other.close()


def test_a_locked_file_stops_a_launch_with_a_sentence(file: Path) -> None:
    journal = Journal(file, patience=0.1)
    journal.intend(some_intent())
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(JournalUnavailableError, match="locked by another program"):
        journal.intend(some_intent())

    other.execute("ROLLBACK")
    other.close()
    assert len(journal.entries(some_intent().owner)) == 1


def test_a_file_locked_from_the_start_is_not_taken_for_an_unreadable_one(file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("CREATE TABLE something (x)")
    other.execute("BEGIN EXCLUSIVE")

    with pytest.raises(JournalUnavailableError, match="locked by another program"):
        Journal(file, patience=0.1).intend(some_intent())

    other.execute("ROLLBACK")
    other.close()
    Journal(file).intend(some_intent())
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_full_disk_stops_a_launch_with_a_sentence(file: Path) -> None:
    Journal(file).intend(some_intent())
    code = f"""
        import sys
        from pathlib import Path
        from recast_api.journal import Journal, JournalUnavailableError
        from tests.journal.desk import some_intent
        try:
            for _ in range(100):
                Journal(Path({str(file)!r})).intend(some_intent(note="x" * 10_000))
        except JournalUnavailableError as error:
            sys.exit(str(error))
    """

    def fill_the_disk() -> None:
        # The nearest to a full disk that needs no disk of its own: no file may grow beyond this.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        preexec_fn=fill_the_disk,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )

    assert ended.returncode == 1
    assert "is full" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert Journal(file).entries(some_intent().owner)


def test_a_folder_that_can_not_be_made_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")

    with pytest.raises(JournalUnavailableError, match="can't be opened"):
        Journal(tmp_path / "taken" / "journal.sqlite3").intend(some_intent())


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("hunter2 is my password", "can't be read"),
        ("nosuchdatabase://u:hunter2@h/db", "can't be read"),
        ("postgresql://u:hunter2@127.0.0.1:9/db", "could not be reached"),
    ],
)
def test_an_address_that_leads_nowhere_gets_a_sentence_without_its_password(address: str, words: str) -> None:
    journal = Journal(address, patience=1)

    with pytest.raises(JournalUnavailableError, match=words) as refused:
        journal.intend(some_intent())

    assert "hunter2" not in str(refused.value)


def test_the_file_is_for_its_owner_only(file: Path) -> None:
    Journal(f"sqlite:///{file}").intend(some_intent())

    assert file.stat().st_mode & 0o077 == 0


def test_it_lives_in_the_user_s_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    assert default_path().is_relative_to(tmp_path)
    journal = Journal()
    journal.intend(some_intent())
    assert journal.where == str(default_path())


def test_a_launch_is_on_the_disk_when_it_is_written_down(file: Path) -> None:
    """Read by another connection while the first is still open, as after a crash."""
    journal = Journal(file)
    entry = journal.intend(some_intent())

    other = Journal(file)
    assert other.entry(entry.owner, entry.id) == entry
    other.record(entry.id, Outcome.unknown("No answer."))
    assert journal.entries(entry.owner)[0].state is State.UNKNOWN
