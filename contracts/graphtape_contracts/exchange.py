"""Exchanges: requests with the whole responses to them. Rules check them, recordings store them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, Self

from graphtape_contracts.frame import Frame
from graphtape_contracts.sse import decode

__all__ = ["End", "Exchange", "Frame", "Headers", "ReadResponse", "Request", "Response"]

Headers = tuple[tuple[str, str], ...]
"""Pairs of name (in lower case) and value, in the order in which they were sent."""


class ReadResponse(Protocol):
    """A response of httpx or requests whose body has been read."""

    @property
    def status_code(self) -> int:
        """The status."""
        ...

    @property
    def headers(self) -> Mapping[str, Any]:
        """The headers."""
        ...

    @property
    def content(self) -> bytes:
        """The body, without content coding."""
        ...

    @property
    def request(self) -> Any:
        """The request that was sent.

        It has `method`, `headers`, and either `url` and `content` (httpx) or `path_url` and
        `body` (requests).
        """
        ...


class End(StrEnum):
    """How the body of a response ended."""

    COMPLETE = "complete"
    """The server ended the body as HTTP requires."""
    CUT = "cut"
    """The connection was lost before the end of the body."""
    STOPPED = "stopped"
    """The client closed the connection before the end."""
    UNKNOWN = "unknown"
    """The end was not recorded, as when the recorder was killed."""


@dataclass(frozen=True, slots=True)
class Request:
    """The request: method, path, headers and body."""

    method: str
    path: str
    """Path and query, as on the request line."""
    headers: Headers = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """The status and headers of a response."""

    status: int
    headers: Headers = ()

    def header(self, name: str) -> str | None:
        """Return the first value of the header *name* (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def is_event_stream(self) -> bool:
        """Whether the body is an event stream."""
        media_type = self.header("content-type") or ""
        return media_type.split(";")[0].strip().lower() == "text/event-stream"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and the whole response to it."""

    request: Request
    response: Response
    frames: tuple[Frame, ...]
    end: End = End.COMPLETE

    @property
    def body(self) -> bytes:
        """The bytes of the whole body, without transfer coding."""
        return b"".join(frame.raw for frame in self.frames)

    @property
    def is_stream(self) -> bool:
        """Whether the body is an event stream."""
        return self.response.is_event_stream

    @classmethod
    def from_response(cls, response: ReadResponse) -> Self:
        """Return the exchange of an `httpx.Response` or a `requests.Response`.

        An event stream becomes one frame per block; any other body becomes a single frame. All
        times are 0.0, which means unknown. The bytes are those of `response.content`: they are
        decompressed, although the headers still name the content coding. Headers that were sent
        several times stay separate with httpx; requests has joined them.

        Raises TypeError if *response* is another kind of object, or if the body of its request is
        neither bytes nor text. httpx raises an error of its own if the body has not been read
        (`response.read()`) or the response has no request.
        """
        try:
            status, headers, body = response.status_code, response.headers, response.content
            request = _request(response.request)
        except AttributeError as error:
            raise TypeError(
                "expected a response of httpx or requests with its request, "
                f"got {type(response).__name__}: {error}"
            ) from None
        head = Response(status, _headers(headers))
        if head.is_event_stream:
            return cls(request, head, tuple(decode(body)))
        return cls(request, head, (Frame(0.0, body),) if body else ())


def _request(request: Any) -> Request:
    if hasattr(request, "path_url"):  # requests.PreparedRequest
        path, body = str(request.path_url), request.body
    else:  # httpx.Request
        path, body = bytes(request.url.raw_path).decode("ascii"), request.content
    if isinstance(body, str):
        body = body.encode()
    if not isinstance(body, bytes | None):
        raise TypeError(
            f"expected a request body of bytes or text, got {type(body).__name__}; "
            "send the body as a whole"
        )
    return Request(str(request.method), path, _headers(request.headers), body or b"")


def _headers(headers: Any) -> Headers:
    # httpx keeps repeated headers apart in multi_items().
    items = getattr(headers, "multi_items", headers.items)()
    return tuple((_text(name).lower(), _text(value)) for name, value in items)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
