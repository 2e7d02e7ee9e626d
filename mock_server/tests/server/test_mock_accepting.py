"""Accepting connections while the process has no descriptor left."""

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import Any

import pytest

from graphtape_mock.server import accepting
from graphtape_mock.server.accepting import Acceptor
from graphtape_mock.server.running import open_socket

GIVE_UP_SECONDS = 30


class _Greeting(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"hello")
        transport.close()


class _Scarce:
    """A listening socket whose first accepts fail, each with one of the errors."""

    def __init__(self, listening: socket.socket, *errors: OSError) -> None:
        self._listening = listening
        self._errors = list(errors)

    def accept(self) -> Any:
        if self._errors:
            raise self._errors.pop(0)
        return self._listening.accept()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._listening, name)


def greet(*errors: OSError) -> bytes:
    """Return what a client receives of a server that fails with *errors* first."""
    listening = open_socket("127.0.0.1", 0)

    async def main() -> bytes:
        acceptor = Acceptor(_Scarce(listening, *errors))  # type: ignore[arg-type]  # not a whole socket
        acceptor.start(asyncio.get_running_loop(), _Greeting)
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        received = await asyncio.wait_for(reader.read(), GIVE_UP_SECONDS)
        writer.close()
        acceptor.close()
        return received

    return asyncio.run(main())


@pytest.fixture(name="_soon")
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "RETRY_SECONDS", 0.0)


@pytest.mark.usefixtures("_soon")
def test_a_client_waits_for_a_descriptor_and_the_log_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scarce = OSError(errno.EMFILE, "Too many open files")

    assert greet(scarce, scarce, scarce) == b"hello"
    assert [record.args for record in caplog.records] == [("Too many open files",)]


@pytest.mark.parametrize("error", [BlockingIOError(), ConnectionAbortedError()])
def test_a_client_that_went_before_it_was_accepted_is_nothing_to_log(
    error: OSError, caplog: pytest.LogCaptureFixture
) -> None:
    assert greet(error) == b"hello"
    assert caplog.records == []


def test_a_connection_that_can_not_be_served_is_closed_and_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(asyncio.BaseEventLoop, "connect_accepted_socket", fail)

    assert greet() == b""
    assert len(caplog.records) == 1


def test_a_closed_acceptor_can_be_closed_again(make_run: Callable[..., Any]) -> None:
    acceptor = Acceptor(open_socket("127.0.0.1", 0))

    acceptor.close()
    acceptor.close()
