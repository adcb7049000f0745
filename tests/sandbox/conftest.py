from collections.abc import Iterator
from typing import Any

import pytest
import requests

from recast_api.sandbox import Account, Sandbox

SHEET = "https://docs.google.com/spreadsheets/d/abc/edit"


class Api:
    """The routes of one account, asked with plain requests."""

    def __init__(self, sandbox: Sandbox, account: Account) -> None:
        self.runs_url = f"{sandbox.base_url}/v1/clients/{account.client_slug}/runs"
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {account.token}"

    def get(self, path: str = "", **query: Any) -> requests.Response:
        return self.session.get(self.runs_url + path, params=query, timeout=30)

    def post(self, body: bytes | str) -> requests.Response:
        return self.session.post(self.runs_url, data=body, timeout=30)

    def launch(self, **form: Any) -> requests.Response:
        form = {
            "run_type": "model_run",
            "google_sheet_priors_url": SHEET,
            "clean_data": "date,revenue\n2026-01-01,1\n",
            **form,
        }
        return self.session.post(self.runs_url, json={"form": form}, timeout=30)

    def launched(self, **form: Any) -> int:
        response = self.launch(**form)
        assert response.status_code == 201, response.text
        return int(response.json()["id"])

    def status(self, run_id: int) -> str:
        return str(self.get(f"/{run_id}").json()["status"])


@pytest.fixture
def api(sandbox: Sandbox, account: Account) -> Iterator[Api]:
    api = Api(sandbox, account)
    with api.session:
        yield api


@pytest.fixture
def other_api(sandbox: Sandbox) -> Iterator[Api]:
    api = Api(sandbox, sandbox.open_account(client_slug="acme", demo=False))
    with api.session:
        yield api
