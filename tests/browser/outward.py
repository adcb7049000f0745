"""What a browser asks other hosts for. None of it leaves the machine."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext

_OWN = ("localhost", "127.0.0.1", "::1")


def asked_of_others(context: BrowserContext) -> list[str]:
    """A list that grows with every address on another host that a page of `context` asks for."""
    asked: list[str] = []

    def is_foreign(url: str) -> bool:
        parts = urlsplit(url)
        foreign = parts.scheme not in ("data", "blob") and parts.hostname not in _OWN
        if foreign:
            asked.append(url)
        return foreign

    context.route(is_foreign, lambda route: route.abort())
    return asked
