import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import requests

from recast_api.sandbox import CannotListenError, Sandbox

COMMAND = (sys.executable, "-m", "recast_api.sandbox")


@contextmanager
def served(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The sandbox in a process of its own; ended by Ctrl-C unless it has ended."""
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_lines_to_paste_into_a_shell_and_a_quiet_end() -> None:
    with served("--port", "0", "--token", "a'b", "--client", "acme", "--minute", "0.5") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        shell = "".join(lines) + 'printf "%s\\n" "$RECAST_BASE_URL" "$API_PAT" "$RECAST_CLIENT_SLUG"'
        output = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True).stdout
        base_url, token, slug = output.splitlines()
        assert (token, slug) == ("a'b", "acme")
        response = requests.get(
            f"{base_url}/v1/clients/acme/runs/2786", headers={"Authorization": f"Bearer {token}"}, timeout=30
        )
        assert response.json()["run_type"] == "holdout"
        process.send_signal(signal.SIGINT)
        assert process.communicate() == ("", "")
        assert process.returncode == 0


def test_a_taken_port_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        expected = f"The sandbox can't listen on 127.0.0.1, port {port}: Address already in use."
        with pytest.raises(CannotListenError) as caught:
            Sandbox(port=port).start()
        assert str(caught.value) == expected
        done = subprocess.run([*COMMAND, "--port", str(port)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", expected + "\n")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--port", "65536"),
        ("--port", "x"),
        ("--minute", "-1"),
        ("--minute", "nan"),
        ("--minute", "x"),
        ("--token", "two words"),
        ("--client", "a/b"),
    ],
)
def test_a_wrong_option_is_a_sentence(option: str, value: str) -> None:
    done = subprocess.run([*COMMAND, option, value], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"argument {option}: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_host_that_is_not_here_is_a_sentence() -> None:
    # 192.0.2.0/24 is set aside for documentation.
    with pytest.raises(CannotListenError, match=r"^The sandbox can't listen on 192.0.2.1, port 0: .*\.$"):
        Sandbox(host="192.0.2.1").start()


def test_a_host_that_does_not_resolve_is_a_sentence() -> None:
    with pytest.raises(CannotListenError, match=r"^The sandbox can't listen on 1::2::3, port 0: .*\.$"):
        Sandbox(host="1::2::3").start()


@pytest.mark.parametrize(("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("localhost", "localhost")])
def test_the_base_url_can_be_called(host: str, shown: str) -> None:
    with Sandbox(host=host) as sandbox:
        assert sandbox.base_url.startswith(f"http://{shown}:")
        assert requests.get(sandbox.base_url, timeout=30).status_code == 404


def test_an_ipv6_host() -> None:
    # Not every machine has IPv6.
    with suppress(CannotListenError), Sandbox(host="::1") as sandbox:
        assert sandbox.base_url.startswith("http://[::1]:")
        assert requests.get(sandbox.base_url, timeout=30).status_code == 404


def test_join_waits_for_the_stop() -> None:
    sandbox = Sandbox().start()
    stopper = threading.Timer(0.1, sandbox.stop)
    stopper.start()
    sandbox.join()
    stopper.join()
    with pytest.raises(RuntimeError):
        _ = sandbox.base_url


def test_there_is_no_address_before_the_start() -> None:
    with pytest.raises(RuntimeError, match="call start"):
        _ = Sandbox().base_url


def test_start_and_stop_may_be_repeated_and_keep_the_accounts() -> None:
    sandbox = Sandbox()
    sandbox.stop()
    sandbox.join()
    address = sandbox.start().base_url
    assert sandbox.start().base_url == address
    account = sandbox.open_account()
    sandbox.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=30)
    with sandbox:
        response = requests.get(
            f"{sandbox.base_url}/v1/clients/democlient/runs",
            headers={"Authorization": f"Bearer {account.token}"},
            timeout=30,
        )
    assert response.json()["pagination"]["total_count"] == 40
