"""A response that a test lets go step by step."""

from collections.abc import Callable

from graphtape_mock.replay.steps import Advance, Finish, SendEvent, Step, Until


class HeldResponse:
    """The response to one request, of which only the head leaves by itself.

    No step waits for the client: it says what may leave, as soon as the request is there.
    Heartbeats are not sent.
    """

    def __init__(self, tell: Callable[[Step], None]) -> None:
        self._tell = tell

    def advance(self, n: int = 1) -> None:
        """Let the next *n* events go; the body of a wait counts as one."""
        self._tell(Advance(n))

    def until(self, event: str) -> None:
        """Let all go up to and including the next event of that name, namespaces apart."""
        self._tell(Until(event))

    def send(self, event: str, data: object) -> None:
        """Send an event that the recording does not have, with *data* as JSON."""
        self._tell(SendEvent(event, data))

    def finish(self) -> None:
        """Let the rest go, and end the response."""
        self._tell(Finish())
