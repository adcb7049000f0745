"""The client of one Recast client account: what to connect with, and the way to its runs."""

from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from urllib3.util.retry import Retry

from recast_api._http import Door, Timeout
from recast_api.errors import ConfigurationError
from recast_api.runs import Runs

DEFAULT_BASE_URL = "https://api.getrecast.com"
DEFAULT_TIMEOUT = Timeout()


class RecastClient:
    """Calls the Run Launching API for one client, with one token.

    Reads are tried again on 429, 502, 503, 504 and broken connections; a launch is sent once. One client
    may be shared between threads. Close it, or use it in a `with` block, to let go of idle connections.

    Args:
        token: A personal access token. It is kept in memory and shown nowhere.
        client_slug: The client, as in the app's URL after `/clients/`.
        base_url: Where the API is; a path in front of `/v1` is fine.
        timeout: Seconds, as a `Timeout` or a pair (connect, read) whose second number also goes for launches.
        retry: Another policy for reads; its connection retries also go for launches.

    Raises:
        ConfigurationError: where one of these can't be used.
    """

    def __init__(
        self,
        *,
        token: str,
        client_slug: str,
        base_url: str = DEFAULT_BASE_URL,
        timeout: Timeout | tuple[float, float] = DEFAULT_TIMEOUT,
        retry: Retry | None = None,
    ) -> None:
        token = _checked_token(token)
        self.client_slug = _checked_slug(client_slug, token)
        self.base_url = _checked_base_url(base_url)
        self._door = Door(token=token, base_url=self.base_url, timeout=_checked_timeout(timeout), retry=retry)
        self.runs = Runs(self._door, self.client_slug)

    def close(self) -> None:
        """Close idle connections."""
        self._door.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"RecastClient(client_slug={self.client_slug!r}, base_url={self.base_url!r})"


def _checked_token(token: str) -> str:
    token = token.strip()
    if not token:
        raise ConfigurationError("The API token is missing.")
    # What RFC 6750 allows in the header is visible ASCII.
    if not all("!" <= character <= "~" for character in token):
        raise ConfigurationError("The API token holds a character that no token has; copy it again.")
    return token


def _checked_slug(client_slug: str, token: str) -> str:
    client_slug = client_slug.strip()
    if not client_slug:
        raise ConfigurationError("The client slug is missing.")
    if client_slug in (".", "..") or not client_slug.isprintable():
        raise ConfigurationError("The client slug isn't one; it stands in the app's URL after /clients/.")
    if token in client_slug:
        raise ConfigurationError("The client slug holds the API token; the slug stands in the app's URL.")
    return client_slug


def _checked_base_url(base_url: str) -> str:
    base_url = base_url.strip()
    try:
        parts = urlsplit(base_url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or not all("!" <= character <= "~" for character in base_url):
        raise ConfigurationError("The base URL must be an address such as https://api.getrecast.com.")
    if parts.username is not None or parts.query or parts.fragment:
        raise ConfigurationError("The base URL must be without user name, query and fragment.")
    return base_url.rstrip("/")


def _checked_timeout(timeout: Timeout | tuple[float, float]) -> Timeout:
    checked = timeout if isinstance(timeout, Timeout) else Timeout(*timeout, launch=timeout[1])
    if not all(seconds > 0 for seconds in checked):
        raise ConfigurationError("Time limits must be more than 0 seconds.")
    return checked
