"""The body of a response: its frames as they arrive, and how it ends."""

from collections.abc import Iterator

from graphtape_contracts import End, Exchange, Frame, Request, sse
from graphtape_mock.deployment.connection import StreamedResponse
from graphtape_mock.deployment.errors import DeploymentError, DeploymentTimeout


class ResponseBody:
    """Reads a body once: pass each of `chunks()` to `frames_of`, then call `tail`."""

    def __init__(self, request: Request, response: StreamedResponse) -> None:
        """Read the body of *response*, the response to *request*."""
        self._response = response
        self._decoder = sse.Decoder()
        self.is_stream = Exchange(request, response.response, ()).is_stream
        """Whether the body is an event stream."""
        self.end = End.COMPLETE
        """How the body ended; COMPLETE unless it stalled, broke off or was stopped."""
        self.reason = ""
        """Why the body is not complete; empty if it is."""

    def now(self) -> float:
        """Return the seconds since the request was sent."""
        return self._response.now()

    def chunks(self) -> Iterator[bytes]:
        """Yield the body as it arrives.

        A body that stalls ends as STOPPED, one that breaks off as CUT; neither is raised.
        """
        try:
            yield from self._response.chunks()
        except DeploymentTimeout as error:
            self.stop(str(error))
        except DeploymentError as error:
            self.end, self.reason = End.CUT, str(error)

    def frames_of(self, chunk: bytes) -> list[Frame]:
        """Return the event blocks that *chunk* completes; if no stream, *chunk* as a frame."""
        at = self.now()
        return self._decoder.feed(chunk, at) if self.is_stream else [Frame(at, chunk)]

    def tail(self) -> list[Frame]:
        """Return the rest of a stream that ended without a blank line."""
        return self._decoder.close(self.now())

    def stop(self, reason: str = "") -> None:
        """Mark the body as STOPPED at this point, for *reason*."""
        self.end, self.reason = End.STOPPED, reason
