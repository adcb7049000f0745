from typing import Any

import requests

from recast_api.sandbox import Account, Sandbox

SHEET = "https://docs.google.com/spreadsheets/d/abc/edit"
HOUR = 3600.0


def launch(sandbox: Sandbox, account: Account, size: int) -> int:
    form = {"run_type": "model_run", "google_sheet_priors_url": SHEET, "clean_data": "x" * size}
    return requests.post(
        f"{sandbox.base_url}/v1/clients/{account.client_slug}/runs",
        json={"form": form},
        headers={"Authorization": f"Bearer {account.token}"},
        timeout=30,
    ).status_code


def sizes(sandbox: Sandbox, account: Account) -> list[int]:
    return [run.held_bytes for run in sandbox.runs(account.token)]


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


def test_beyond_the_bytes_others_data_goes_first_then_ones_own_oldest() -> None:
    with Sandbox(most_bytes=1000) as sandbox:
        bystander = sandbox.open_account()
        other = sandbox.open_account(demo=False)
        account = sandbox.open_account(demo=False)
        assert launch(sandbox, other, 600) == 201
        assert launch(sandbox, account, 300) == 201
        assert launch(sandbox, account, 301) == 201
        assert sandbox.runs(other.token) == []
        assert sizes(sandbox, account) == [301, 300]
        assert launch(sandbox, account, 500) == 201
        assert sizes(sandbox, account) == [500, 301]
        assert launch(sandbox, account, 5000) == 201
        assert sizes(sandbox, account) == [5000]
        assert len(sandbox.runs(bystander.token)) == 40
