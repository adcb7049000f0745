"""Two replicas that launch at once: real processes on one journal."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from recast_api.sandbox import Account, Sandbox


def launched_by_two_replicas(
    journal_url: str, sandbox: Sandbox, account: Account, *, threads: int, forms: str
) -> Counter[str]:
    """Launch from two processes with so many threads each, all at once, and count what came of it."""
    command = [sys.executable, "-m", "tests.journal.launch_from_threads"]
    arguments = [journal_url, sandbox.base_url, account.token, str(threads), forms]
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
    counted: Counter[str] = Counter()
    for replica in replicas:
        for pair in replica.communicate(timeout=60)[0].split():
            name, _, count = pair.partition("=")
            counted[name] += int(count)
    return counted
