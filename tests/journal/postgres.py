"""A Postgres server of the tests' own, on a private port, from Debian's `postgresql` package."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOW = "Install Debian's postgresql package to run the tests on Postgres."


def programs() -> Path | None:
    """The folder of initdb and pg_ctl: Debian keeps it off the PATH."""
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return Path(on_path).parent if on_path else debian[-1].parent if debian else None


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the SQLAlchemy address of an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="recast-postgres-"))
    data, port = folder / "data", _free_port()
    # Postgres refuses to run as root, and what it may write must then be its own.
    runuser = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if runuser:
        shutil.chown(folder, "postgres")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"

    def run(program: str, *arguments: str) -> None:
        command = [*runuser, str((programs() or Path()) / program), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)

    try:
        run("initdb", "-D", str(data), "-U", "desk", "-A", "trust", "--no-sync")
        # Its log goes to a file: a pipe would stay open as long as the server runs.
        run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-o", options, "-w", "start")
        try:
            yield f"postgresql://desk@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
