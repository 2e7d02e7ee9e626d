"""The body of a response: its frames as they arrive, and how it ends."""

from collections.abc import Iterator

from graphtape_contracts import End, Exchange, Frame, Request, sse
from graphtape_mock.deployment.connection import StreamedResponse
from graphtape_mock.deployment.errors import (
    DeploymentError,
    DeploymentTimeout,
    LimitReached,
    Stopped,
)


class ResponseBody:
    """Reads a body once. Callers pass each of `chunks()` to `frames_of`, then call `tail`."""

    def __init__(self, request: Request, response: StreamedResponse) -> None:
        """Read the body of *response*, the response to *request*."""
        self._response = response
        self.undecoded = response.undecoded
        """The encodings that can't be decoded, such as `br`; empty if there are none."""
        self._decoder = sse.Decoder()
        self.is_stream = Exchange(request, response.response, ()).is_stream
        """Whether the body is an event stream."""
        self.end = End.COMPLETE
        """How the body ended; COMPLETE unless it stalled, broke off or was stopped."""
        self.reason = ""
        """Why the body is not complete, or can't be decoded; empty if neither."""
        self.limit_reached = False
        """Whether a limit of the session stopped it."""
        self._in_block = 0
        """The bytes of the last block, which is not complete yet."""

    def now(self) -> float:
        """Return the seconds since the request was sent."""
        return self._response.now()

    def chunks(self) -> Iterator[bytes]:
        """Yield the body as it arrives.

        A body that stalls or reaches a limit ends as STOPPED, one that breaks off as CUT; neither
        is raised. For a body that can't be decoded, `reason` says so.
        """
        self.reason = self._response.undecoded_reason
        try:
            for chunk in self._response.chunks():
                yield chunk
                if self.end is not End.COMPLETE:
                    return
        except (DeploymentTimeout, LimitReached, Stopped) as error:
            self.limit_reached = isinstance(error, LimitReached)
            self.stop(str(error))
        except DeploymentError as error:
            self.end, self.reason = End.CUT, str(error)

    def frames_of(self, chunk: bytes) -> list[Frame]:
        """Return the event blocks that *chunk* completes, or *chunk* itself if not a stream.

        A block that is larger than the limit stops the stream, and `chunks` ends.
        """
        at = self.now()
        if not self.is_stream:
            return [Frame(at, chunk)]
        frames = self._decoder.feed(chunk, at)
        self._in_block += len(chunk) - sum(len(frame.raw) for frame in frames)
        if self._in_block > self._response.limits.block_bytes:
            self.limit_reached = True
            self.stop(self._response.limits.over_block)
        return frames

    def tail(self) -> list[Frame]:
        """Return the rest of a stream that ended without a blank line."""
        return self._decoder.close(self.now())

    def stop(self, reason: str = "") -> None:
        """Mark the body as STOPPED at this point, for *reason*."""
        self.end, self.reason = End.STOPPED, reason
