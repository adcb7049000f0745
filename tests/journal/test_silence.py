"""A limit for connections that say nothing any more, on real sockets."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from recast_api.journal.silence import Watch


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    yield near, far
    near.close()
    far.close()


def receive_over(watch: Watch, *connections: object) -> None:
    """Wait for each of the connections in turn, while they are watched."""
    with watch.over():
        for connection in connections:
            watch.take(connection)
            if isinstance(connection, socket.socket) and connection.fileno() >= 0:
                assert connection.recv(1) == b""
        raise ConnectionResetError("they were shut")


def test_a_silent_connection_is_cut_off_and_so_is_the_next_one(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    with pytest.raises(TimeoutError):
        receive_over(Watch(0.01), *pair)  # each waits for the other


def test_a_connection_that_is_closed_or_has_no_socket_is_no_problem(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    closed = socket.socket()
    closed.close()

    with pytest.raises(TimeoutError):
        receive_over(Watch(0.01), closed, object(), pair[0])


def test_what_fails_in_time_or_by_itself_fails_as_it_is(pair: tuple[socket.socket, socket.socket]) -> None:
    watch = Watch(60)

    with pytest.raises(ConnectionRefusedError), watch.over():
        raise ConnectionRefusedError
    with pytest.raises(KeyError), watch.over():
        raise KeyError
    with watch.over():
        watch.take(pair[0])
    pair[1].send(b"x")
    assert pair[0].recv(1) == b"x"  # it is still open
