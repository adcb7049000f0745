"""Which API this browser session talks to, and with whose token.

First found wins: what the analyst typed for this session, the server's secrets, its environment,
the sandbox. The token is held by the session's client alone.
"""

import hashlib
import os
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit
from uuid import uuid4

import streamlit as st

from pages._shared import visitor
from recast_api import RecastClient, RecastError
from recast_api.journal import Journal, Owner
from recast_api.launching import Launcher
from recast_api.sandbox import Sandbox

DEFAULT_BASE_URL = "https://api.getrecast.com"

_CHOICE = "connection_choice"
_CONNECTION = "connection"
_SANDBOX_TOKEN = "sandbox_token"


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
    is_sandbox: bool
    token_end: str
    """The last characters of the token: enough to tell two of them apart, no more."""
    key: str = field(default_factory=lambda: uuid4().hex)
    """Changes with every new connection; the part of each cache key that stands for the token."""

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
    connection = cast("Connection | None", st.session_state.get(_CONNECTION))
    if connection is None or (connection.is_sandbox and not _is_still_open(connection)):
        connection = _connect()
        st.session_state[_CONNECTION] = connection
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
    st.session_state[_CHOICE] = choice
    if connection is None:
        st.session_state.pop(_CONNECTION, None)
    else:
        st.session_state[_CONNECTION] = connection


def _connect() -> Connection:
    choice = st.session_state.get(_CHOICE)
    settings = choice if isinstance(choice, Settings) else configured()
    if choice == "sandbox" or settings is None:
        return _open_sandbox()
    return _open(settings)


def _open(settings: Settings) -> Connection:
    return _connected(settings, _journal(), is_sandbox=False)


def _open_sandbox() -> Connection:
    sandbox = _sandbox()
    account = sandbox.open_account(token=_sandbox_token())
    settings = Settings(token=account.token, client_slug=account.client_slug, base_url=sandbox.base_url)
    return _connected(settings, _sandbox_journal(), is_sandbox=True)


def _connected(settings: Settings, journal: Journal, *, is_sandbox: bool) -> Connection:
    client = RecastClient(token=settings.token, client_slug=settings.client_slug, base_url=settings.base_url)
    owner = Owner.of(settings.token, visitor.email())
    return Connection(
        client=client,
        journal=journal,
        owner=owner,
        launcher=Launcher(client, journal, owner=owner),
        is_sandbox=is_sandbox,
        token_end=settings.token[-4:],
    )


def _is_still_open(connection: Connection) -> bool:
    """The sandbox forgets accounts that nobody used for hours; being asked for keeps one open."""
    sandbox = _sandbox()
    sandbox.open_account(token=_sandbox_token())
    return connection.client.base_url == sandbox.base_url


def _sandbox_token() -> str:
    """A token of this browser's own that outlives a reload of the page."""
    if _SANDBOX_TOKEN not in st.session_state:
        secret = visitor.browser_secret() or uuid4().bytes
        digest = hashlib.sha256(b"recast sandbox " + secret).hexdigest()
        st.session_state[_SANDBOX_TOKEN] = f"gr_sandbox_{digest[:32]}"
    return cast(str, st.session_state[_SANDBOX_TOKEN])


@st.cache_resource(show_spinner=False, on_release=Sandbox.stop)
def _sandbox() -> Sandbox:
    """The embedded sandbox: one for the server process, an account of its own for each browser."""
    return Sandbox().start()


@st.cache_resource(show_spinner=False, on_release=Journal.close)
def _journal() -> Journal:
    """The server's journal; what each person sees of it is their own."""
    return Journal(_setting("journal_url", "RECAST_JOURNAL_URL") or None)


@st.cache_resource(show_spinner=False, on_release=Journal.close)
def _sandbox_journal() -> Journal:
    """A journal that goes with the sandbox: its launches aren't real."""
    return Journal.temporary()


def _setting(name: str, *variables: str) -> str:
    # st.secrets raises on every access where there is no secrets file.
    if st.secrets.load_if_toml_exists() and (value := st.secrets.get("recast", {}).get(name)):
        return str(value).strip()
    return next((os.environ[v].strip() for v in variables if os.environ.get(v, "").strip()), "")
