"""One replica: launches from many threads at once. `python -m tests.journal.launch_from_threads …`."""

from __future__ import annotations

import sys
import threading
from collections import Counter

from recast_api import RecastClient
from recast_api.journal import BudgetExceededError, Journal, Owner
from recast_api.launching import Launcher
from tests.journal.desk import some_form


def main(journal_url: str, base_url: str, token: str, threads: str) -> None:
    client = RecastClient(token=token, client_slug="acme", base_url=base_url)
    launcher = Launcher(client, Journal(journal_url, patience=30), owner=Owner.of(token))
    outcomes: Counter[str] = Counter()

    def launch() -> None:
        try:
            outcomes[launcher.launch(some_form()).state] += 1
        except BudgetExceededError:
            outcomes["refused"] += 1

    clicks = [threading.Thread(target=launch) for _ in range(int(threads))]
    print("ready", flush=True)
    sys.stdin.readline()  # so that all replicas begin at once
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    print(" ".join(f"{name}={count}" for name, count in sorted(outcomes.items())), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
