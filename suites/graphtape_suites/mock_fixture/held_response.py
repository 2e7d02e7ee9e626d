"""A response that a test sends step by step."""

from collections.abc import Callable

from graphtape_mock.replay.steps import Advance, Finish, SendEvent, Step, Until


class HeldResponse:
    """A response that sends its headers, then waits for the test to send each part of its body.

    Its methods do not wait for the client, and may be called before the request arrives. No
    heartbeats are sent.
    """

    def __init__(self, add: Callable[[Step], None]) -> None:
        self._add = add

    def advance(self, n: int = 1) -> None:
        """Send the next *n* events; the body of a wait counts as one."""
        self._add(Advance(n))

    def until(self, event: str) -> None:
        """Send everything up to and including the next event named *event*, in any namespace."""
        self._add(Until(event))

    def send(self, event: str, data: object) -> None:
        """Send an event that is not in the recording, with *data* as JSON."""
        self._add(SendEvent(event, data))

    def finish(self) -> None:
        """Send the rest and end the response."""
        self._add(Finish())
