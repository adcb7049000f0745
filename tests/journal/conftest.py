from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from recast_api.journal import Journal
from recast_api.sandbox import Sandbox
from tests.journal.desk import Desk, FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def journal(tmp_path: Path, clock: FakeClock) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.sqlite3", clock=clock)
    yield journal
    journal.close()


@pytest.fixture
def desk(sandbox: Sandbox, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(sandbox, tmp_path / "journal.sqlite3")
    yield desk
    desk.client.close()
