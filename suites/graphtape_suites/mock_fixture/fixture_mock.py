"""The fixture's mock, which separates the requests of a test from those of earlier tests."""

from typing import Any

from starlette.types import Message, Receive, Scope, Send

from graphtape_mock.server.errors import ApiError, NotAvailable
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.overrides import BeforeRun
from graphtape_suites.mock_fixture.late_threads import LateThreads

_OVER = "graphtape: the test that sent this request is over."


class FixtureMock(Mock):
    """A mock whose state belongs to one test at a time.

    `reset` ends the requests in progress. A request that a thread of an earlier test sends later is
    refused with 410. Neither kind of request is in the journal or takes the turn of a recording or
    an override.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Take the arguments of Mock."""
        super().__init__(*arguments, **options)
        self.threads = LateThreads()
        self._test = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as an ASGI application, if it belongs to the current test."""
        if scope["type"] == "http" and self.threads.sent(scope.get("client")):
            await ApiError(410, _OVER).response()(scope, receive, send)
            return
        test = self._test

        async def receive_in_time() -> Message:
            message = await receive()
            return message if test == self._test else {"type": "http.disconnect"}

        await super().__call__(scope, receive_in_time, send)

    def prepare_with(self, prepare: BeforeRun) -> None:
        """Call *prepare* before each run request is matched; see `Overrides.prepare`."""

        async def prepare_in_time(raw: bytes, name: str | None) -> str | None:
            test = self._test
            prepared = await prepare(raw, name)
            if test != self._test:
                raise NotAvailable(410, _OVER)
            return prepared

        self.overrides.prepare = prepare_in_time

    def reset(self) -> None:
        """Return to the initial state, and end the requests in progress."""
        self._test += 1
        super().reset()
