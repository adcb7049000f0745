"""The client of one Recast client account: what to connect with, and the way to its runs."""

import math
import re
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from urllib3.util.retry import Retry

from recast_api._http import Timeout, Transport, is_loopback
from recast_api.errors import ConfigurationError
from recast_api.runs import Runs

DEFAULT_BASE_URL = "https://api.getrecast.com"
DEFAULT_TIMEOUT = Timeout()

LONGEST_TOKEN = 1_000
"""Characters. Tokens that carry their owner and rights have a few hundred, those of this API fewer."""
LONGEST_SLUG = 200
"""Characters. It is part of an address, made from a client's name."""


class RecastClient:
    """Calls the Run Launching API for one client, with one token.

    Reads are tried again on 429, 502, 503, 504 and answers that broke off; a launch is sent once. One client
    may be shared between threads. Close it, or use it in a `with` block, to let go of idle connections.

    What was pasted a little carelessly is understood where it is certain: see `understood_token`,
    `understood_slug` and `understood_base_url`.

    Args:
        token: A personal access token. It is kept in memory and shown nowhere.
        client_slug: The client, as in the app's URL after `/clients/`, or that URL.
        base_url: Where the API is, https except on this machine; a path in front of `/v1` is fine.
        timeout: Seconds, as a `Timeout` or a pair (connect, read) whose second number also goes for
            launches; the limits of the whole call are then the usual ones, or the sum where that is more.
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
        token = understood_token(token)
        self.client_slug = understood_slug(client_slug, token)
        self.base_url = understood_base_url(base_url)
        self._transport = Transport(
            token=token, base_url=self.base_url, timeout=_checked_timeout(timeout), retry=retry
        )
        self.runs = Runs(self._transport, self.client_slug)

    def close(self) -> None:
        """Close idle connections."""
        self._transport.close()

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


def understood_token(token: str) -> str:
    """Return the token in what was pasted: two ways of pasting one token give the same.

    Blanks and quotes around it go, and what stands before it in a header (`Bearer`) or in a shell
    (`export API_PAT=`), and line breaks, which a terminal puts into a long line.

    Raises:
        ConfigurationError: where there is no token in it for certain. Its text doesn't repeat the token.
    """
    # Bared before the lines are joined and again after, because a terminal may break them at a blank or
    # within a word such as `Bearer`.
    token = _bare("".join(line.strip() for line in re.split(r"[\r\n]+", _bare(token))))
    if not token:
        raise ConfigurationError("The API token is missing.")
    if len(token) > LONGEST_TOKEN:
        raise ConfigurationError(f"The API token is longer than {LONGEST_TOKEN:,} characters; copy it again.")
    if any(character.isspace() for character in token):
        raise ConfigurationError("The API token contains a space, which no token does; copy it again.")
    # What RFC 6750 allows in the header is visible ASCII without quotes.
    if not all("!" <= character <= "~" and character not in _QUOTES for character in token):
        raise ConfigurationError("The API token contains a character that no token has; copy it again.")
    return token


def understood_slug(client_slug: str, token: str = "") -> str:
    """Return the client slug in what was pasted: the slug, or an address of that client in the app.

    Raises:
        ConfigurationError: where there is no slug in it for certain, or the token instead.
    """
    pasted = _without_quotes(client_slug)
    address = _CLIENT_IN_ADDRESS.search(pasted)
    slug = unquote(address[1]) if address else pasted.strip("/ ")
    if not slug:
        raise ConfigurationError("The client slug is missing.")
    if token and token in slug:
        raise ConfigurationError(
            "The client slug contains the API token; the slug is in the app's URL, after /clients/."
        )
    if len(slug) > LONGEST_SLUG:
        raise ConfigurationError(f"The client slug is longer than {LONGEST_SLUG} characters; copy it again.")
    if any(character.isspace() or character == "/" for character in slug):
        raise ConfigurationError(
            "The client slug contains a space or a slash, which no slug does; it is in the app's URL, "
            "after /clients/."
        )
    if slug in (".", "..") or not slug.isprintable():
        raise ConfigurationError(
            "This can't be a client slug; the slug is in the app's URL, after /clients/."
        )
    return slug


def understood_base_url(base_url: str) -> str:
    """Return the base URL in what was pasted, without the `/v1` that every call adds.

    Raises:
        ConfigurationError: where it can't be one, or where the token would travel in the clear.
    """
    base_url = _without_quotes(base_url)
    parts = _split(base_url)
    if parts is None or not all("!" <= character <= "~" for character in base_url):
        raise ConfigurationError("The base URL must be an address such as https://api.getrecast.com.")
    if parts.username is not None or parts.query or parts.fragment:
        raise ConfigurationError("The base URL must be without user name, query and fragment.")
    if "clients" in parts.path.split("/"):
        raise ConfigurationError(
            "The base URL must be without /clients/ and what follows; the client has a field of its own."
        )
    if parts.scheme == "http" and not is_loopback(base_url):
        raise ConfigurationError(
            "The base URL must begin with https://, because with http:// the token would travel in the "
            "clear; http:// is for this machine alone."
        )
    return urlunsplit(parts._replace(path=re.sub(r"(/+v1)*/*\Z", "", parts.path)))


_LONGEST_PASTE = 4 * LONGEST_TOKEN
"""Characters. Only up to here are prefixes and quotes taken off; anything longer can't be a token or slug."""
_QUOTES = "\"'`“”„‘’"
_BEFORE_TOKEN = re.compile(
    r"\A(?:(?:export\s+)?(?:API_PAT|RECAST_PAT)\s*=|(?:authorization\s*:\s*)?bearer(?:\s+|\Z))\s*",
    re.IGNORECASE,
)
# Nothing in which two readers of addresses may see two hosts, such as a backslash.
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_CLIENT_IN_ADDRESS = re.compile(r"(?:\A|/)clients/+([^/?#\s]+)")


def _bare(token: str) -> str:
    while (
        len(token) <= _LONGEST_PASTE and (shorter := _BEFORE_TOKEN.sub("", _without_quotes(token))) != token
    ):
        token = shorter
    return token


def _without_quotes(text: str) -> str:
    """Return a text without blanks and pairs of quotes around it; a lone quote stays: a part is missing."""
    text = text.strip()
    while 1 < len(text) <= _LONGEST_PASTE and text[0] in _QUOTES and text[-1] in _QUOTES:
        text = text[1:-1].strip()
    return text


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        return None
    return parts if is_usable and _HOST.fullmatch(parts.hostname or "") else None


def _checked_timeout(timeout: Timeout | tuple[float, float]) -> Timeout:
    if not isinstance(timeout, Timeout):
        connect, read = timeout
        # A step that may take longer than a whole call usually does would be cut off: the whole gets as long.
        whole = {
            name: max(getattr(DEFAULT_TIMEOUT, name), connect + read) for name in ("total", "launch_total")
        }
        timeout = Timeout(connect, read, launch=read, **whole)
    if not all(0 < seconds < math.inf for seconds in timeout):
        raise ConfigurationError("Time limits must be more than 0 seconds, and not without end.")
    return timeout
