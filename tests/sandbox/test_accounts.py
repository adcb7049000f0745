import gc
import json
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import pytest
import requests

from recast_api.sandbox import Account, Sandbox

SHEET = "https://docs.google.com/spreadsheets/d/abc/edit"
FORM_BYTES = len(json.dumps({"run_type": "model_run", "google_sheet_priors_url": SHEET}))
HOUR = 3600.0


def launch(sandbox: Sandbox, account: Account, size: int, url: str = SHEET) -> int:
    form = {"run_type": "model_run", "google_sheet_priors_url": url, "clean_data": "x" * size}
    return requests.post(
        f"{sandbox.base_url}/v1/clients/{account.client_slug}/runs",
        json={"form": form},
        headers=bearer(account),
        timeout=30,
    ).status_code


def bearer(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.token}"}


def sizes(account: Account) -> list[int]:
    """Bytes of clean data of the runs launched, newest first; looked up without using the account."""
    return [len(run.clean_data) for run in account.launched()][::-1]


def test_every_visitor_has_an_own_copy_of_the_demo_client(sandbox: Sandbox) -> None:
    one, two = sandbox.open_account(), sandbox.open_account()
    assert one.token != two.token
    assert one.token.startswith("gr_sandbox_")
    assert launch(sandbox, one, 5) == 201
    assert len(sandbox.runs(one.token)) == 41
    assert sandbox.runs(one.token)[0].id == sandbox.runs(two.token)[0].id + 1


def test_an_open_token_is_returned_as_it_is(sandbox: Sandbox) -> None:
    account = sandbox.open_account("gr_mine", "acme", demo=False)
    assert launch(sandbox, account, 5) == 201
    assert sandbox.open_account("gr_mine", "other") is account
    assert account.client_slug == "acme"
    assert len(sandbox.runs("gr_mine")) == 1


def test_a_closed_account_is_401(api: Any, sandbox: Sandbox, account: Account) -> None:
    sandbox.close_account(account.token)
    sandbox.close_account(account.token)
    assert api.get().status_code == 401
    assert sandbox.runs(account.token) == []


def test_the_token_is_not_in_the_repr(account: Account) -> None:
    assert repr(account) == "Account(client_slug='acme', runs=0)"


def test_reset_forgets_everything(api: Any, sandbox: Sandbox, account: Account) -> None:
    api.launched()
    sandbox.faults.respond(500)
    sandbox.reset()
    assert (sandbox.requests, len(sandbox.faults), sandbox.runs(account.token)) == ([], 0, [])
    assert api.get().status_code == 401


def test_idle_accounts_go_when_another_is_opened() -> None:
    now = 1_800_000_000.0
    sandbox = Sandbox(clock=lambda: now)
    idle, used = sandbox.open_account(), sandbox.open_account()
    now += 11 * HOUR
    assert len(sandbox.runs(used.token)) == 40
    now += 2 * HOUR
    sandbox.open_account()
    assert len(sandbox.runs(used.token)) == 40
    assert sandbox.runs(idle.token) == []


def test_moving_the_sandboxs_clock_makes_nobody_idle() -> None:
    sandbox = Sandbox()
    account = sandbox.open_account()
    sandbox.advance(seconds=100 * HOUR)
    sandbox.open_account()
    assert len(sandbox.runs(account.token)) == 40


def test_beyond_the_cap_the_least_recently_used_goes() -> None:
    sandbox = Sandbox(most_accounts=2)
    first, second = sandbox.open_account(), sandbox.open_account()
    assert sandbox.runs(first.token)
    sandbox.open_account()
    assert sandbox.runs(first.token)
    assert sandbox.runs(second.token) == []


def test_a_flood_of_new_accounts_evicts_none_that_is_used() -> None:
    sandbox = Sandbox(most_accounts=20)
    used, left = sandbox.open_account(), sandbox.open_account()
    for _ in range(100):
        sandbox.open_account()
        assert len(sandbox.runs(used.token)) == 40
    assert sandbox.runs(left.token) == []


def test_beyond_its_share_an_account_loses_its_own_oldest_runs() -> None:
    with Sandbox(most_account_bytes=2 * FORM_BYTES + 400) as sandbox:
        account, demo = sandbox.open_account(demo=False), sandbox.open_account()
        for size in (300, 100):
            assert launch(sandbox, account, size) == 201
        assert sizes(account) == [100, 300]
        assert launch(sandbox, account, 1) == 201
        assert sizes(account) == [1, 100]
        assert launch(sandbox, account, 5000) == 201
        assert sizes(account) == [5000]
        assert launch(sandbox, demo, 5000) == 201
        assert len(sandbox.runs(demo.token)) == 41


def test_the_settings_of_a_run_count_too() -> None:
    with Sandbox(most_account_bytes=3000) as sandbox:
        account = sandbox.open_account(demo=False)
        for _ in range(2):
            assert launch(sandbox, account, 1, url="h" * 1400) == 201
        assert sizes(account) == [1, 1]
        assert launch(sandbox, account, 1, url="h" * 1400) == 201
        assert sizes(account) == [1, 1]
        assert [run.id for run in sandbox.runs(account.token)] == [2788, 2787]


def test_beyond_the_bytes_those_idle_longest_lose_their_oldest_runs_but_never_their_account() -> None:
    with Sandbox(most_bytes=4 * FORM_BYTES + 1000) as sandbox:
        bystander, idle = sandbox.open_account(), sandbox.open_account(demo=False)
        used, account = sandbox.open_account(demo=False), sandbox.open_account(demo=False)
        assert launch(sandbox, idle, 200) == 201
        assert launch(sandbox, idle, 300) == 201
        assert launch(sandbox, used, 400) == 201
        sandbox.advance(minutes=61)
        assert launch(sandbox, account, 100) == 201
        assert (sizes(idle), sizes(used)) == ([300, 200], [400])
        assert len(sandbox.runs(used.token)) == 1
        assert launch(sandbox, account, 101) == 201
        assert (sizes(idle), sizes(used)) == ([300], [400])
        assert sandbox.runs(used.token)
        assert launch(sandbox, account, 300) == 201
        assert (sizes(idle), sizes(used), sizes(account)) == ([], [400], [300, 101, 100])
        assert sandbox.open_account(idle.token) is idle
        assert [launch(sandbox, each, 1) for each in (idle, bystander)] == [201, 201]
        assert len(sandbox.runs(bystander.token)) == 41


def test_what_is_in_progress_goes_after_all_else_and_last_that_of_others() -> None:
    with Sandbox(most_bytes=3 * FORM_BYTES + 600) as sandbox:
        sandbox.freeze_clock()
        finished, watched = sandbox.open_account(demo=False), sandbox.open_account(demo=False)
        account = sandbox.open_account(demo=False)
        assert launch(sandbox, finished, 200) == 201
        sandbox.advance(minutes=61)
        assert launch(sandbox, watched, 200) == 201
        assert sizes(finished) == [200]
        assert launch(sandbox, account, 200) == 201
        assert launch(sandbox, account, 200) == 201
        assert (sizes(finished), sizes(watched)) == ([], [200])
        assert launch(sandbox, account, 201) == 201
        assert (sizes(account), sizes(watched)) == ([201], [200])
        assert launch(sandbox, account, 5000) == 201
        assert (sizes(account), sizes(watched)) == ([5000], [])
        assert launch(sandbox, watched, 1) == 201


def test_large_launches_of_one_cost_others_nothing() -> None:
    with Sandbox(most_bytes=100_000, most_account_bytes=30_000) as sandbox:
        others = [sandbox.open_account() for _ in range(3)]
        account = sandbox.open_account()
        assert [launch(sandbox, other, 10_000) for other in others] == [201] * 3
        sandbox.advance(minutes=61)
        assert [launch(sandbox, account, 20_000) for _ in range(14)] == [201] * 14
        assert [len(sandbox.runs(other.token)) for other in others] == [41] * 3


def visit(sandbox: Sandbox, account: Account, session: requests.Session) -> None:
    """Ask for all that the API offers, and for some errors, over a connection that stays open."""
    assert launch(sandbox, account, 5) == 201
    runs_url = f"{sandbox.base_url}/v1/clients/democlient/runs"
    for path, status in (("", 200), ("/2786/downloads/clean_data", 200), ("/1", 404), ("?page=x", 422)):
        assert session.get(runs_url + path, headers=bearer(account), timeout=30).status_code == status


FORGET: dict[str, Callable[[Sandbox, Account], Any]] = {
    "closed": lambda sandbox, account: sandbox.close_account(account.token),
    "one too many": lambda sandbox, _: sandbox.open_account(),
    "reset": lambda sandbox, _: sandbox.reset(),
}


@pytest.mark.parametrize("forget", FORGET.values(), ids=FORGET)
def test_what_hangs_on_an_account_goes_with_it(forget: Callable[[Sandbox, Account], Any]) -> None:
    with Sandbox(most_accounts=1) as sandbox, requests.Session() as session:
        account = sandbox.open_account()
        visit(sandbox, account, session)
        things = WeakKeyDictionary({account: "its journal"})
        gc.collect()
        assert things[sandbox.open_account(account.token)] == "its journal"
        forget(sandbox, account)
        del account
        gc.collect()
        assert len(things) == 0


def test_accounts_are_told_apart_by_identity(sandbox: Sandbox) -> None:
    one = sandbox.open_account("gr_one")
    assert {one: 1, sandbox.open_account("gr_two"): 2}[one] == 1
    sandbox.close_account("gr_one")
    assert sandbox.open_account("gr_one") != one
