"""The transport to the API: session, time and size limits, retry policy. Only this file knows requests."""

import ipaddress
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3 import exceptions as urllib3_errors
from urllib3.util.retry import Retry

from recast_api._reply import Reply
from recast_api._wire import Call, CutJsonError, OutOfTimeError, TooLargeError, watch
from recast_api.errors import (
    ApiError,
    ConnectionDroppedError,
    ConnectionFailedError,
    RequestTimeoutError,
    UnreadableResponseError,
)


class Timeout(NamedTuple):
    """How long to wait, in seconds: for each step of a call, and for the call as a whole.

    What is reached first ends the call. The whole lasts from the first try to the end of the answer, pauses
    between tries included; one that has begun by then may go beyond it.
    """

    # Three SYN packets on a lossy line (sent at 0, 1 and 3 s) and a TLS handshake. It is also how long
    # one block of 16 kB of a launch may take to go out.
    connect: float = 10.0
    # Between two pieces of an answer. A read is cheap to ask for again.
    read: float = 30.0
    # A launch of 20 MB and more is parsed and stored before it is answered, and giving up on it costs the
    # analyst a reconciliation: longer than the 60 s after which common load balancers answer 504.
    launch: float = 90.0
    # All of a read. 50 MB of clean data take 200 s over a line of 2 Mbit/s, and four tries of which none is
    # answered 120 s and their pauses.
    total: float = 300.0
    # All of a launch. The same 50 MB take 400 s to go out at 1 Mbit/s, and then it is waited for.
    launch_total: float = 600.0


MOST_JSON_BYTES = 64_000_000
"""Unpacked. A run echoes its form, and with it perhaps 50 MB of clean data; a page of the list has 100 runs,
so room for 0.6 MB of clean data in each."""

MOST_FILE_BYTES = 100_000_000
"""Unpacked. Twice the 50 MB that launches have been tried with, a seventh of what a free host has."""


DEFAULT_RETRY = Retry(
    total=3,  # a restart of the server is over by then, a person at the screen hasn't left
    allowed_methods=("GET",),
    status_forcelist=(429, 502, 503, 504),  # siblings of the API send 429 without Retry-After
    backoff_factor=0.5,  # waits of 0, 1 and 2 s
    backoff_jitter=0.5,  # so that many sessions don't come back at once
    backoff_max=5,  # for callers who raise `total`
    retry_after_max=60,  # the longest of the API's rate windows that is worth waiting for
)


class Transport:
    """Sends requests with one token to one base URL.

    May be shared between threads: nothing about it changes after it was made, it keeps no cookies, and
    urllib3's pool of connections is safe to share.
    """

    def __init__(self, *, token: str, base_url: str, timeout: Timeout, retry: Retry | None) -> None:
        retry = retry or DEFAULT_RETRY
        self.base_url = base_url
        self._token = token
        self._timeout = timeout
        # The last answer is an answer like any other: its status becomes an error here, not in urllib3.
        self._reads = self._session(retry.new(raise_on_status=False, redirect=False))
        # Only a connection that was never made is tried again for a launch, whatever the caller's policy
        # says. "Other" is TLS to urllib3, which repeats it for every method, and TLS may break afterwards.
        self._launch_retry = retry.new(
            allowed_methods=("GET",), other=0, redirect=False, raise_on_status=False
        )

    def close(self) -> None:
        """Close idle connections."""
        self._reads.close()

    def get_json(self, path: str, params: Mapping[str, int] | None = None) -> Reply:
        """Ask for JSON, again where that may help."""
        call = Call("GET", path, self._token, self._timeout.total, MOST_JSON_BYTES, retries_cut_json=True)
        return self._exchange(self._reads, call, self._timeout.read, accept="application/json", params=params)

    def get_file(self, path: str) -> Reply:
        """Ask for a CSV file, again where that may help."""
        call = Call("GET", path, self._token, self._timeout.total, MOST_FILE_BYTES)
        return self._exchange(self._reads, call, self._timeout.read, accept="text/csv")

    def post(self, path: str, body: bytes) -> Reply:
        """Send `body` once.

        Over a connection of its own: an old one that the server is just closing would leave it unknown
        whether the request arrived.
        """
        call = Call("POST", path, self._token, self._timeout.launch_total, MOST_JSON_BYTES)
        with self._session(self._launch_retry) as session:
            return self._exchange(session, call, self._timeout.launch, accept="application/json", body=body)

    def _session(self, retry: Retry) -> requests.Session:
        session = _Session()
        # As an auth object, because ~/.netrc would replace a plain header.
        session.auth = _Bearer(self._token)
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter(max_retries=retry))
        return session

    def _exchange(
        self,
        session: requests.Session,
        call: Call,
        seconds_between_pieces: float,
        *,
        accept: str,
        params: Mapping[str, int] | None = None,
        body: bytes | None = None,
    ) -> Reply:
        # A stream goes out block by block, each with a time limit of its own, and its position tells
        # afterwards whether all of it went out.
        stream = None if body is None else BytesIO(body)
        headers = {"Accept": accept} | ({} if body is None else {"Content-Type": "application/json"})
        try:
            with call.under_way():
                response = session.request(
                    call.method,
                    self.base_url + call.path,
                    params=params,
                    data=stream,
                    headers=headers,
                    timeout=(self._timeout.connect, seconds_between_pieces),
                    allow_redirects=False,
                    stream=True,  # nothing is left to read
                    proxies=_proxies(self.base_url),
                )
            response.raw.release_conn()
            return call.reply
        # requests' own errors are OSErrors, a few of urllib3's come through as they are.
        except (OSError, urllib3_errors.HTTPError) as error:
            is_sent = None if body is None or stream is None else stream.tell() == len(body)
            failure = _failure(error, call, self.base_url, is_sent=is_sent)
            is_cut_json = any(isinstance(cause, CutJsonError) for cause in _causes(error))
        if is_cut_json:
            # An answer for all that, and for others to say what is wrong with it.
            return call.reply
        # Raised out here because requests' error holds the request, and with it the token.
        raise failure


class _Session(requests.Session):
    def get_redirect_target(self, _resp: requests.Response) -> None:
        # Redirected, a POST may become a GET or be repeated, and the token would travel. Without this,
        # requests would still work out where to, and stumble over an address that isn't one.
        return None


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        watch(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        watch(manager)
        return manager


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def is_loopback(base_url: str) -> bool:
    """Whether an address is on this very machine, so that what is sent there doesn't leave it."""
    host = (urlsplit(base_url).hostname or "").removesuffix(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _proxies(base_url: str) -> dict[str, str]:
    """Keep the environment's proxy out of calls to this machine, where the sandbox is."""
    return {"no_proxy": urlsplit(base_url).hostname or ""} if is_loopback(base_url) else {}


class _Failure(NamedTuple):
    kind: type[ApiError]
    sentence: str


_FAILED = _Failure(ConnectionFailedError, "The request did not get through to {host}, so nothing was done")
_DROPPED = _Failure(ConnectionDroppedError, "The connection to {host} broke before the answer was complete")
_SIGNS: dict[tuple[type[Exception], ...], _Failure] = {
    (TooLargeError,): _Failure(UnreadableResponseError, "The answer from {host} is too large to be used"),
    (urllib3_errors.DecodeError, urllib3_errors.InvalidHeader): _Failure(
        UnreadableResponseError, "The answer from {host} could not be decoded"
    ),
    (OutOfTimeError, urllib3_errors.ReadTimeoutError): _Failure(
        RequestTimeoutError, "{host} did not answer in time"
    ),
    (urllib3_errors.ProtocolError,): _DROPPED,
}


def _failure(error: Exception, call: Call, base_url: str, *, is_sent: bool | None) -> ApiError:
    """Return what it means that no complete answer came; `is_sent` is None where that isn't known."""
    causes = _causes(error)
    kind, sentence = _failure_shown_by(causes, is_sent=is_sent)
    reason = str(causes[-1]).rsplit(": ", 1)[-1] or type(causes[-1]).__name__
    host = urlsplit(base_url).netloc
    return kind(f"{sentence.format(host=host)} ({reason}).", method=call.method, path=call.path)


def _failure_shown_by(causes: list[BaseException], *, is_sent: bool | None) -> _Failure:
    if is_sent is not False:
        for types, failure in _SIGNS.items():
            if any(isinstance(cause, types) for cause in causes):
                return failure
    # What remains (TLS, proxy, name, refused) comes before a request, but TLS may also break after it.
    return _DROPPED if is_sent else _FAILED


def _causes(error: BaseException) -> list[BaseException]:
    """Return `error` and the errors nested in it: requests and urllib3 put theirs one into the other."""
    values = [getattr(error, "reason", None), *error.args]
    inner = next((value for value in values if isinstance(value, BaseException)), None)
    return [error] if inner is None else [error, *_causes(inner)]
