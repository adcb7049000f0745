"""A real `kill -9` while the answer is on its way."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from recast_api import RecastClient
from recast_api.journal import Journal, Owner, State
from recast_api.launching import Launcher, Seen
from recast_api.sandbox import Account, Sandbox


def test_a_launch_of_a_killed_process_is_unknown_and_found_again(
    sandbox: Sandbox, account: Account, client: RecastClient, tmp_path: Path
) -> None:
    file = tmp_path / "journal.sqlite3"
    sandbox.faults.slow(30, method="POST")
    replica = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.journal.launch_from_threads",
            f"sqlite:///{file}",
            sandbox.base_url,
            account.token,
            "1",
            "same",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )
    with replica:
        assert replica.stdin
        replica.stdin.write(b"go\n")
        replica.stdin.flush()
        while not sandbox.runs(account.token):
            assert replica.poll() is None
            time.sleep(0.01)
        with closing(Journal(file)) as journal:
            owner = Owner.of(account.token)
            assert [entry.state for entry in journal.open_launches(owner)] == [State.SENDING]
            replica.kill()
            replica.wait()
            (entry,) = journal.open_launches(owner)

            seen = Launcher(client, journal, owner=owner).reconcile(entry)

    assert (entry.state, seen.seen) == (State.UNKNOWN, Seen.FOUND)
    assert seen.entry.run_id == sandbox.runs(account.token)[0].id
