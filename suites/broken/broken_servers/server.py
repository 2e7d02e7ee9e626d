"""What a broken server is: the mock with one thing wrong, and the promise that this breaks."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from broken_servers.answering import Answering
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import Library
from graphtape_mock.server.mock import Mock

Breaking = Callable[[ASGIApp], ASGIApp]
"""Makes of the mock an application that does one thing wrong."""

MOST = ("tools", "failing")
"""Recordings of runs that show most of what there is."""


@dataclass(frozen=True, slots=True)
class BrokenServer:
    """The mock with one thing wrong."""

    requirement: str
    """The id of the promise that the suites must find broken."""
    wrong: str
    """What is wrong, in a few words; no two servers have the same."""
    breaking: Breaking
    runs: tuple[str, ...] = MOST
    """The names of the recordings that are run: the first one by most scenarios."""
    speed: float = 0.0
    """How much faster than recorded it answers; 0 is at once."""
    profile: str = "smoke"
    """The smallest profile that sees it."""
    options: tuple[str, ...] = ()
    """What else pytest is told."""
    live: bool = False
    """Whether an exchange that is changed does not show it: it takes time, is about the connection
    or about what clients do next, or is found with requests that are drawn at random."""

    @property
    def is_offline(self) -> bool:
        """Whether it is enough to change answers of the mock that were recorded."""
        return isinstance(self.breaking, Answering) and not self.live

    def __str__(self) -> str:
        """Return what a test of it is called."""
        return f"{self.requirement}: {self.wrong}"


class BrokenMock(Mock):
    """A mock whose answers go through what breaks them."""

    def __init__(self, library: Library, broken: BrokenServer) -> None:
        super().__init__(library, ReplayOptions(speed=broken.speed, nearest=True))
        self._broken = broken.breaking(super().__call__)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request wrongly."""
        await self._broken(scope, receive, send)
