"""The route table and its handlers: each checks token and client, then answers."""

import math
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from recast_api.sandbox import forms
from recast_api.sandbox.clock import Clock
from recast_api.sandbox.forms import RejectionError
from recast_api.sandbox.gate import bearer_token
from recast_api.sandbox.state import Account, Accounts, StoredRun, TooManyLaunchesError

ROUTES = (
    ("POST", "/v1/clients/{client_slug}/runs"),
    ("GET", "/v1/clients/{client_slug}/runs"),
    ("GET", "/v1/clients/{client_slug}/runs/{run_id}"),
    ("GET", "/v1/clients/{client_slug}/runs/{run_id}/downloads/clean_data"),
)
"""The whole API: method and path."""

PER_PAGE = 25
MOST_PER_PAGE = 100


class RunsApi:
    """The handlers, in the order of `ROUTES`, over the accounts and the clock they answer from."""

    def __init__(self, accounts: Accounts, clock: Clock, minute: float) -> None:
        self._accounts, self._clock, self._minute = accounts, clock, minute

    def app(self) -> Starlette:
        """The API as an ASGI application."""
        handlers = (self.launch_run, self.list_runs, self.get_run, self.download_clean_data)
        routes = [
            Route(path, handler, methods=[method])
            for (method, path), handler in zip(ROUTES, handlers, strict=True)
        ]
        handled = {RejectionError: _rejected, HTTPException: _no_route}
        app = Starlette(routes=routes, exception_handlers=handled)
        app.router.redirect_slashes = False
        return app

    async def launch_run(self, request: Request) -> Response:
        """Create a run, 201; the rate limits come last, so that a wrong form costs nothing."""
        account = self._account(request)
        # The gate hands the body on in one piece; `request.body()` would copy and keep it.
        form, clean_data = forms.read((await request.receive())["body"])
        now = self._clock.now()
        try:
            run = account.launch(form, clean_data, now=now, minute=self._minute)
        except TooManyLaunchesError:
            return PlainTextResponse("Retry later", 429)
        self._accounts.keep_within_bytes(account, now)
        return JSONResponse({"id": run.id}, 201)

    async def list_runs(self, request: Request) -> Response:
        """One page of runs, newest first."""
        runs = self._account(request).runs()
        page, per_page = _paging(request)
        shown = runs[(page - 1) * per_page : page * per_page]
        pagination = {
            "page": page,
            # Sibling endpoints say 0 on a page past the end.
            "per_page": per_page if shown or page == 1 else 0,
            "total_pages": math.ceil(len(runs) / per_page),
            "total_count": len(runs),
        }
        now = self._clock.now()
        return JSONResponse({"data": [_listed(run, now) for run in shown], "pagination": pagination})

    async def get_run(self, request: Request) -> Response:
        """One run with its form; the form holds no clean data."""
        run = self._run(request)
        return JSONResponse({**_listed(run, self._clock.now()), "form": run.form})

    async def download_clean_data(self, request: Request) -> Response:
        """The CSV, byte for byte as it was launched."""
        return Response(self._run(request).clean_data, media_type="text/csv")

    def _account(self, request: Request) -> Account:
        account = self._accounts.find(bearer_token(request.headers), now=self._clock.real())
        if account is None:
            raise RejectionError(401, "Missing or unknown API token")
        slug = request.path_params["client_slug"]
        if slug != account.client_slug:
            raise RejectionError(404, f"Client {slug} was not found")
        return account

    def _run(self, request: Request) -> StoredRun:
        run = self._account(request).run(request.path_params["run_id"])
        if run is None:
            raise RejectionError(404, f"Run {request.path_params['run_id']} was not found")
        return run


def _listed(run: StoredRun, now: float) -> dict[str, Any]:
    updated, status = run.at(now)
    return {
        "id": run.id,
        "status": status,
        "run_type": run.run_type,
        "created_at": _iso(run.created),
        "updated_at": _iso(updated),
    }


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _paging(request: Request) -> tuple[int, int]:
    parameters = {"page": "1", "per_page": str(PER_PAGE), **request.query_params}
    wrong = [name for name in ("page", "per_page") if not _is_count(parameters[name])]
    if wrong:
        details = {name: ["must be an integer of 1 or more"] for name in wrong}
        raise RejectionError(422, f"Validation failed: {', '.join(wrong)}", details)
    return int(parameters["page"]), min(int(parameters["per_page"]), MOST_PER_PAGE)


def _is_count(text: str) -> bool:
    # Nine digits are plenty, and keep int() away from its own limit.
    return text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= 1


def _rejected(_: Request, error: Exception) -> Response:
    assert isinstance(error, RejectionError)
    return JSONResponse(error.as_json(), error.status)


def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    routes = "; ".join(f"{method} {path}" for method, path in ROUTES)
    message = f"{request.method} {request.url.path} is not served here. There are: {routes}"
    body = RejectionError(error.status_code, message).as_json()
    return JSONResponse(body, error.status_code, error.headers)
