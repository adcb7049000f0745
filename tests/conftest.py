"""Fixtures that many tests share: a sandbox, an account on it, a client of that account, a small file.

The sandbox's clock stands still during a test: move it with `sandbox.advance(minutes=…)`.
"""

import os
import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import settings

from recast_api import RecastClient
from recast_api._http import DEFAULT_RETRY
from recast_api.sandbox import Account, Sandbox


def pytest_xdist_auto_num_workers() -> int:
    """Browsers are mostly waited for: four tests at a time keep two cores busy."""
    return max(4, os.cpu_count() or 1)


_LONGEST_FIRST = (
    "tests/browser/test_every_control.py",
    "tests/browser/",
    "tests/journal/test_never_twice.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, whatever the order otherwise: a worker that is done takes short tests from
    another's end, and none is left with a minute of browsing when all the others have finished."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    ranks = (rank for rank, start in enumerate(_LONGEST_FIRST) if item.nodeid.startswith(start))
    return next(ranks, len(_LONGEST_FIRST))


# How long an example takes says more about what else the machine does than about the code.
settings.register_profile("desk", deadline=None)
settings.load_profile("desk")


@pytest.fixture(scope="session")
def _sandbox_server() -> Iterator[Sandbox]:
    with Sandbox(minute=1.0) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox_server: Sandbox) -> Sandbox:
    _sandbox_server.reset()
    _sandbox_server.freeze_clock()
    return _sandbox_server


@pytest.fixture
def account(sandbox: Sandbox) -> Account:
    return sandbox.open_account(client_slug="acme", demo=False)


@pytest.fixture
def client(sandbox: Sandbox, account: Account) -> Iterator[RecastClient]:
    with RecastClient(
        token=account.token,
        client_slug=account.client_slug,
        base_url=sandbox.base_url,
        retry=DEFAULT_RETRY.new(backoff_factor=0, backoff_jitter=0),
    ) as client:
        yield client


@pytest.fixture
def clean_csv() -> str:
    return daily_csv()


def daily_csv(days: int = 120, channels: tuple[str, ...] = ("search", "social", "tv")) -> str:
    """A plain, valid clean-data file: a row per day up to the end of June 2026, two decimals, no gaps."""
    draw = random.Random(days)
    last = date(2026, 6, 30)
    lines = [",".join(("date", "revenue", *channels))]
    for back in range(days - 1, -1, -1):
        spend = [draw.uniform(50, 500) for _ in channels]
        revenue = 2000 + 3 * sum(spend) + draw.gauss(0, 100)
        values = ",".join(f"{value:.2f}" for value in (revenue, *spend))
        lines.append(f"{last - timedelta(days=back)},{values}")
    return "\n".join(lines) + "\n"
