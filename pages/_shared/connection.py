"""Which API this browser session talks to, and with whose token.

First found wins: what the analyst typed for this session, the server's secrets, its environment,
the sandbox. The token is held by the session's client alone.
"""

import hashlib
import os
import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast
from urllib.parse import urlsplit
from uuid import uuid4
from weakref import WeakKeyDictionary

import streamlit as st

from pages._shared import keys, visitor
from recast_api import RecastClient, RecastError, understood_token
from recast_api.journal import Journal, Owner
from recast_api.launching import Launcher
from recast_api.sandbox import Account, Sandbox

DEFAULT_BASE_URL = "https://api.getrecast.com"

_opening_journal = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where to connect; `token` is kept out of every representation."""

    token: str = field(repr=False)
    client_slug: str
    base_url: str


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One session's way to one client of one API."""

    client: RecastClient
    journal: Journal
    owner: Owner
    """Whose launches this session may see: a one-way fingerprint of the token, never the token."""
    launcher: Launcher
    account: Account | None = None
    """The sandbox's account of this browser, where the connection is to the embedded sandbox."""
    token_end: str
    """The last characters of the token: enough to tell two of them apart, no more."""
    key: str = field(default_factory=lambda: uuid4().hex)
    """Changes with every new connection; the part of each cache key that stands for the token."""

    @cached_property
    def scope(self) -> str:
        """Stands for the API, the client and the token: the same whenever a session comes back to them."""
        whose = f"{self.client.base_url} {self.client_slug} {self.owner.fingerprint}"
        return hashlib.sha256(whose.encode()).hexdigest()[:16]

    @property
    def is_sandbox(self) -> bool:
        return self.account is not None

    @property
    def client_slug(self) -> str:
        return self.client.client_slug

    @property
    def host(self) -> str:
        return urlsplit(self.client.base_url).netloc

    @property
    def poll_seconds(self) -> float:
        """How often to look at a run in progress.

        Reads may count against the API's 20 requests a minute; in the sandbox a whole run takes less
        than a minute.
        """
        return 2.0 if self.is_sandbox else 30.0


def current() -> Connection:
    """The session's connection, made on first use."""
    connection = cast("Connection | None", st.session_state.get(keys.CONNECTION))
    if connection is None or (connection.is_sandbox and not _is_still_open(connection)):
        connection = _connect()
        st.session_state[keys.CONNECTION] = connection
    return connection


def use_token(token: str, client_slug: str) -> str | None:
    """Connect this session with a token of the analyst's own.

    Returns the sentence that says why not, in which case the old connection stays.
    """
    typed = Settings(token=token.strip(), client_slug=client_slug.strip(), base_url=configured_base_url())
    try:
        connection = _open(typed)
        connection.client.runs.list(per_page=1)
    except RecastError as error:
        return str(error)
    _choose(typed, connection)
    return None


def use_sandbox() -> None:
    """Connect this session with its own copy of the sandbox's demo client."""
    _choose("sandbox", _open_sandbox())


def use_configured() -> None:
    """Connect this session by the server's own settings."""
    _choose(None, None)


def configured() -> Settings | None:
    """The server's own settings, where this visitor may use them.

    Until there is sign-in that is a visitor on the same machine: a token of the server's is not lent
    to whoever finds the address.
    """
    token = _setting("token", "API_PAT", "RECAST_PAT")
    client_slug = _setting("client_slug", "RECAST_CLIENT_SLUG")
    if not (token and client_slug and visitor.is_on_this_machine()):
        return None
    return Settings(token=token, client_slug=client_slug, base_url=configured_base_url())


def configured_base_url() -> str:
    """Where a token is sent. Never typed by a visitor: the server would fetch any address for them."""
    return _setting("base_url", "RECAST_BASE_URL") or DEFAULT_BASE_URL


def _choose(choice: Settings | str | None, connection: Connection | None) -> None:
    st.session_state[keys.CONNECTION_CHOICE] = choice
    if connection is None:
        st.session_state.pop(keys.CONNECTION, None)
    else:
        st.session_state[keys.CONNECTION] = connection


def _connect() -> Connection:
    choice = st.session_state.get(keys.CONNECTION_CHOICE)
    settings = choice if isinstance(choice, Settings) else configured()
    if choice == "sandbox" or settings is None:
        return _open_sandbox()
    return _open(settings)


def _open(settings: Settings) -> Connection:
    return _connected(settings, _journal())


def _open_sandbox() -> Connection:
    sandbox = _sandbox()
    account = sandbox.open_account(token=_sandbox_token())
    settings = Settings(token=account.token, client_slug=account.client_slug, base_url=sandbox.base_url)
    return _connected(settings, _journal_of(account), account)


def _connected(settings: Settings, journal: Journal, account: Account | None = None) -> Connection:
    token = understood_token(settings.token)
    client = RecastClient(token=token, client_slug=settings.client_slug, base_url=settings.base_url)
    owner = Owner.of(token, visitor.email())
    return Connection(
        client=client,
        journal=journal,
        owner=owner,
        launcher=Launcher(client, journal, owner=owner),
        account=account,
        token_end=token[-4:],
    )


def _is_still_open(connection: Connection) -> bool:
    """The sandbox forgets accounts that nobody used for hours; being asked for keeps one open."""
    return _sandbox().open_account(token=_sandbox_token()) is connection.account


def _sandbox_token() -> str:
    """A token of this browser's own that outlives a reload of the page."""
    if keys.SANDBOX_TOKEN not in st.session_state:
        secret = visitor.browser_secret() or uuid4().bytes
        digest = hashlib.sha256(b"recast sandbox " + secret).hexdigest()
        st.session_state[keys.SANDBOX_TOKEN] = f"gr_sandbox_{digest[:32]}"
    return cast(str, st.session_state[keys.SANDBOX_TOKEN])


@st.cache_resource(show_spinner=False, on_release=Sandbox.stop)
def _sandbox() -> Sandbox:
    """The embedded sandbox: one for the server process, an account of its own for each browser."""
    return Sandbox(keep_bodies=False).start()


@st.cache_resource(show_spinner=False, on_release=Journal.close)
def _journal() -> Journal:
    """The server's journal; what each person sees of it is their own."""
    return Journal(_setting("journal_url", "RECAST_JOURNAL_URL") or None)


def _journal_of(account: Account) -> Journal:
    """A journal of the account's own: every account counts its runs from the same number, and nobody is to
    notice that there are others."""
    with _opening_journal:
        journals = _sandbox_journals()
        if account not in journals:
            journals[account] = Journal.temporary()
        return journals[account]


@st.cache_resource(show_spinner=False)
def _sandbox_journals() -> WeakKeyDictionary[Account, Journal]:
    """Each goes with its account, and is gone from the disk then."""
    return WeakKeyDictionary()


def _setting(name: str, *variables: str) -> str:
    # st.secrets raises on every access where there is no secrets file.
    if st.secrets.load_if_toml_exists() and (value := st.secrets.get("recast", {}).get(name)):
        return str(value).strip()
    return next((os.environ[v].strip() for v in variables if os.environ.get(v, "").strip()), "")
