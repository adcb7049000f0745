"""What can be known of the visitor behind this browser session before there is sign-in."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

import streamlit as st

# What browsers send when they open a websocket, beside `Sec-…`. Whatever else there is was added on the
# way, by a proxy that makes the whole internet look local. There are more such headers (X-Forwarded-For,
# X-Original-Host, Via, Cf-Ray, Fly-Client-Ip, Tailscale-User-Login …) than any list of them could hold.
_SENT_BY_BROWSERS = frozenset(
    (
        *("host", "origin", "connection", "upgrade", "user-agent", "cookie", "authorization"),
        *("accept", "accept-encoding", "accept-language", "cache-control", "pragma", "priority", "dnt"),
    )
)

_HOST = r"(?P<host>localhost|[0-9.]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?"
_HOST_HEADER = re.compile(_HOST, re.IGNORECASE)
_ORIGIN_HEADER = re.compile(f"https?://{_HOST}", re.IGNORECASE)

_LOOPBACK = "::1"


def is_on_this_machine() -> bool:
    """Whether this session's browser runs on the server's own machine; see `is_local`."""
    headers = st.context.headers
    # Streamlit says None where the other end is 127.0.0.1 or ::1.
    return is_local(
        st.context.ip_address or _LOOPBACK,
        [(name, value) for name in headers for value in headers.get_all(name)],
    )


def is_local(peer: str, headers: Iterable[tuple[str, str]]) -> bool:
    """Whether a websocket was opened by a browser on this machine, as far as can be told.

    `peer` is the address of the connection's other end. Behind a proxy on this machine that is the proxy,
    so there may be no header that a browser doesn't send, and both the name that was asked for (Host) and
    the page that asked (Origin) have to be loopback: many proxies rewrite the first, few the second.
    """
    sent: dict[str, list[str]] = {}
    for name, value in headers:
        sent.setdefault(name.lower(), []).append(value)
    return (
        _is_loopback(peer)
        and all(name in _SENT_BY_BROWSERS or name.startswith("sec-") for name in sent)
        and _names_loopback(_HOST_HEADER, sent.get("host", []))
        and _names_loopback(_ORIGIN_HEADER, sent.get("origin", []))
    )


def _names_loopback(pattern: re.Pattern[str], values: list[str]) -> bool:
    """Whether there is one value, and it is a loopback host with any port."""
    found = pattern.fullmatch(values[0]) if len(values) == 1 else None
    if found is None:
        return False
    host = found["host"].lower()
    return host == "localhost" or _is_loopback(host.strip("[]"))


def _is_loopback(address: str) -> bool:
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    # A socket that listens to both families gives IPv4 addresses as ::ffff:127.0.0.1.
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback


def email() -> str | None:
    """The e-mail of a visitor who has signed in, where the server has sign-in."""
    # Without it st.user is empty and has no `is_logged_in`.
    return str(st.user.get("email") or "") or None if st.user.get("is_logged_in") else None


def browser_secret() -> bytes | None:
    """Random bytes that this browser keeps until it is closed, or None where it sent none.

    They are Streamlit's own cross-site-request token. Its cookie reads `2|mask|token xor mask|time`,
    with a new mask for every page, so the token is unmasked to stay the same across reloads.
    """
    parts = st.context.cookies.get("_streamlit_xsrf", "").strip("\"'").split("|")
    try:
        _version, mask, masked, _time = parts
        key, data = bytes.fromhex(mask), bytes.fromhex(masked)
    except ValueError:
        return None
    if len(key) != 4 or len(data) < 16:
        return None
    return bytes(byte ^ key[i % 4] for i, byte in enumerate(data))
