from datetime import datetime, timedelta
from typing import Any

import pytest

from recast_api.sandbox import ROUTES, Account, Sandbox


def test_a_run_as_served(api: Any) -> None:
    run_id = api.launched(run_type="holdout", holdout_days=[7])
    run = api.get(f"/{run_id}").json()
    assert list(run) == ["id", "status", "run_type", "created_at", "updated_at", "form"]
    assert (run["id"], run["status"]) == (run_id, "launching")
    assert run["created_at"] == run["updated_at"]
    assert "clean_data" not in run["form"]


def test_a_listed_run_is_the_run_without_its_form(api: Any) -> None:
    run_id = api.launched()
    listed = api.get().json()["data"]
    assert listed == [{key: value for key, value in api.get(f"/{run_id}").json().items() if key != "form"}]


def test_times_are_real_and_in_utc(api: Any, sandbox: Sandbox) -> None:
    run_id = api.launched()
    sandbox.advance(minutes=61)
    run = api.get(f"/{run_id}").json()
    assert run["created_at"].endswith("Z")
    took = datetime.fromisoformat(run["updated_at"]) - datetime.fromisoformat(run["created_at"])
    assert timedelta(seconds=20) <= took <= timedelta(seconds=60)


@pytest.mark.parametrize("csv", ["a,b\n1,2", "date;Größe\n1;2\n\n", '\ufeffd,"x\ny"\n', "no csv at all"])
def test_clean_data_comes_back_byte_for_byte(api: Any, csv: str) -> None:
    response = api.get(f"/{api.launched(clean_data=csv)}/downloads/clean_data")
    assert response.content == csv.encode()
    assert response.headers["content-type"].startswith("text/csv")
    assert response.headers["content-length"] == str(len(csv.encode()))


@pytest.mark.parametrize("run_id", ["1", "9999999999", "abc", "02786", "2786.0", "-1", "%C2%B2"])
@pytest.mark.parametrize("tail", ["", "/downloads/clean_data"])
def test_an_unknown_run_is_404(api: Any, run_id: str, tail: str) -> None:
    api.launched()
    response = api.get(f"/{run_id}{tail}")
    assert response.status_code == 404
    assert "was not found" in response.json()["error"]["message"]


def test_pages_are_newest_first(api: Any, sandbox: Sandbox, account: Account) -> None:
    demo = sandbox.open_account()
    api.session.headers["Authorization"] = f"Bearer {demo.token}"
    api.runs_url = api.runs_url.replace(account.client_slug, demo.client_slug)
    everything = [run.id for run in sandbox.runs(demo.token)]
    assert everything == sorted(everything, reverse=True)

    first = api.get().json()
    assert [run["id"] for run in first["data"]] == everything[:25]
    assert first["pagination"] == {"page": 1, "per_page": 25, "total_pages": 2, "total_count": 40}
    second = api.get(page=2).json()
    assert [run["id"] for run in second["data"]] == everything[25:]
    assert second["pagination"] == {"page": 2, "per_page": 25, "total_pages": 2, "total_count": 40}

    beyond = api.get(page=3).json()
    assert beyond == {
        "data": [],
        "pagination": {"page": 3, "per_page": 0, "total_pages": 2, "total_count": 40},
    }
    assert api.get(per_page=1000).json()["pagination"]["per_page"] == 100
    assert api.get(page=7, per_page=6, sort="x").json()["data"][-1]["id"] == everything[-1]


def test_an_empty_list(api: Any) -> None:
    assert api.get().json() == {
        "data": [],
        "pagination": {"page": 1, "per_page": 25, "total_pages": 0, "total_count": 0},
    }


@pytest.mark.parametrize("nonsense", ["0", "-1", "x", "", "1.5", "²", "9" * 5000])
@pytest.mark.parametrize("name", ["page", "per_page"])
def test_a_page_that_is_no_number_is_422(api: Any, name: str, nonsense: str) -> None:
    response = api.get(**{name: nonsense})
    assert response.status_code == 422
    assert response.json()["error"]["details"] == {name: ["must be an integer of 1 or more"]}


def test_every_reading_route_asks_for_token_and_client(api: Any, sandbox: Sandbox) -> None:
    run_id = api.launched()
    for method, path in ROUTES[1:]:
        elsewhere = sandbox.base_url + path.format(client_slug="nobody", run_id=run_id)
        assert api.session.request(method, elsewhere).status_code == 404
        api.session.headers["Authorization"], token = "", api.session.headers["Authorization"]
        assert api.session.request(method, elsewhere).status_code == 401
        api.session.headers["Authorization"] = token


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/v1/clients/acme/runs/", 404),
        ("GET", "/v1/clients/acme/plans", 404),
        ("DELETE", "/v1/clients/acme/runs", 405),
        ("POST", "/v1/clients/acme/runs/2786", 405),
    ],
)
def test_an_unknown_route_is_told_which_there_are(
    api: Any, sandbox: Sandbox, method: str, path: str, status: int
) -> None:
    response = api.session.request(method, sandbox.base_url + path, allow_redirects=False)
    assert response.status_code == status
    message = response.json()["error"]["message"]
    assert message.startswith(f"{method} {path} is not served here.")
    assert all(f"{known} {route}" in message for known, route in ROUTES)
