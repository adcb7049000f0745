"""One replica: launches from many threads at once. `python -m tests.journal.launch_from_threads …`.

`forms` says whether the threads launch the `same` form or each its `own`, of all replicas' threads.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter

from recast_api import RecastClient
from recast_api.journal import BudgetExceededError, Journal, Owner, SameLaunchError
from recast_api.launching import Launcher
from tests.journal.desk import DATA, some_form


def main(journal_url: str, base_url: str, token: str, threads: str, forms: str) -> None:
    client = RecastClient(token=token, client_slug="acme", base_url=base_url)
    launcher = Launcher(client, Journal(journal_url, patience=30), owner=Owner.of(token))
    outcomes: Counter[str] = Counter()

    def launch(number: int) -> None:
        own = f"{os.getpid()}{number:02}"
        form = some_form(DATA.replace("100.00", own) if forms == "own" else DATA)
        try:
            outcomes[launcher.launch(form).state] += 1
        except BudgetExceededError:
            outcomes["refused"] += 1
        except SameLaunchError:
            outcomes["same"] += 1

    clicks = [threading.Thread(target=launch, args=(number,)) for number in range(int(threads))]
    print("ready", flush=True)
    sys.stdin.readline()  # so that all replicas begin at once
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    print(" ".join(f"{name}={count}" for name, count in sorted(outcomes.items())), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
