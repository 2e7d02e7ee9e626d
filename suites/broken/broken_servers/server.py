"""Defines a broken server: the mock with one fault, which must make one requirement fail."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from broken_servers.response_change import ResponseChange
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import Library
from graphtape_mock.server.mock import Mock

AppChange = Callable[[ASGIApp], ASGIApp]
"""A function that wraps the mock in an application with one fault."""

MOST = ("tools", "failing")
"""Recordings that together cover most features."""


@dataclass(frozen=True, slots=True)
class BrokenServer:
    """The mock with one fault."""

    requirement: str
    """The id of the requirement that must fail."""
    wrong: str
    """A short, unique description of the fault."""
    change: AppChange
    runs: tuple[str, ...] = MOST
    """The names of the recordings to run; most scenarios run only the first."""
    speed: float = 0.0
    """The speed of replay relative to the recording; 0 sends everything at once."""
    profile: str = "smoke"
    """The smallest profile that detects the fault."""
    options: tuple[str, ...] = ()
    """Further options of pytest."""
    live: bool = False
    """Whether the server must be tried live, because the fault depends on time, on the connection,
    on later requests of a client, or on randomly drawn requests."""

    @property
    def is_offline(self) -> bool:
        """Whether the fault shows in changed recordings of the mock, without a live server."""
        return isinstance(self.change, ResponseChange) and not self.live

    def __str__(self) -> str:
        """Return the id of its test."""
        return f"{self.requirement}: {self.wrong}"


class BrokenMock(Mock):
    """The mock, wrapped in the fault of a broken server."""

    def __init__(self, library: Library, broken: BrokenServer) -> None:
        """Replay *library* with the fault of *broken*."""
        super().__init__(library, ReplayOptions(speed=broken.speed, nearest=True))
        self._broken = broken.change(super().__call__)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request with the fault."""
        await self._broken(scope, receive, send)
