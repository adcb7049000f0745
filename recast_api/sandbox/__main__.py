"""`python -m recast_api.sandbox`: serve the sandbox until Ctrl-C."""

import argparse
import math
import re
import shlex
import sys
from collections.abc import Sequence

from recast_api.sandbox import CannotListenError, Sandbox

MOST_BYTES = 256_000_000
"""Of all that is launched."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve, print what to paste into a shell, wait; returns the exit code."""
    options = _parser().parse_args(arguments)
    # Nobody expects a server of their own to forget them overnight, nor to share it with others.
    sandbox = Sandbox(
        options.host,
        options.port,
        options.minute,
        idle_hours=math.inf,
        most_bytes=MOST_BYTES,
        most_account_bytes=MOST_BYTES,
        keep_bodies=False,
    )
    try:
        sandbox.start()
    except CannotListenError as error:
        print(error, file=sys.stderr)
        return 1
    sandbox.open_account(options.token, options.client)
    print(f"export RECAST_BASE_URL={shlex.quote(sandbox.base_url)}")
    print(f"export API_PAT={shlex.quote(options.token)}")
    print(f"export RECAST_CLIENT_SLUG={shlex.quote(options.client)}")
    print("# The sandbox is running; nothing in it is real. Ctrl-C ends it.", flush=True)
    try:
        sandbox.join()
    except KeyboardInterrupt:
        sandbox.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m recast_api.sandbox",
        description="Serve a make-believe Recast Run Launching API, with a demo client in it.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=_port, default=8787, help="0 picks a free one")
    parser.add_argument("--minute", type=_seconds, default=1.0, help="real seconds a simulated minute takes")
    parser.add_argument("--token", type=_token, default="gr_sandbox", help="the token to accept")
    parser.add_argument("--client", type=_slug, default="democlient", help="the client's slug")
    return parser


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


def _token(text: str) -> str:
    if not re.fullmatch(r"[!-~]+", text):
        raise argparse.ArgumentTypeError("a token is printable ASCII without spaces")
    return text


def _slug(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]+", text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a slug: letters, digits, dots, dashes, underscores"
        )
    return text


if __name__ == "__main__":
    sys.exit(main())
