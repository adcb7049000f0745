"""What can be known of the visitor behind this browser session before there is sign-in."""

from urllib.parse import urlsplit

import streamlit as st

_LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}

# A proxy on this machine makes every visitor of the internet look local; each of these betrays one.
_FORWARDING_HEADERS = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Server",
    "X-Real-Ip",
    "X-Client-Ip",
    "True-Client-Ip",
    "Cf-Connecting-Ip",
    "Fly-Client-Ip",
)


def is_on_this_machine() -> bool:
    """Whether the browser runs on the server's own machine, as far as headers can't fake it.

    `ip_address` is None for a loopback peer. That alone is not enough: behind a proxy the peer is the
    proxy, and some tunnels add no header at all, which leaves the host name that the browser asked for.
    """
    if st.context.ip_address is not None:
        return False
    headers = st.context.headers
    if any(name in headers for name in _FORWARDING_HEADERS):
        return False
    return urlsplit(f"//{headers.get('Host', 'localhost')}").hostname in _LOOPBACK_HOSTS


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
