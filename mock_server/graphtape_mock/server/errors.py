"""Error responses of the server.

    raise ApiError(422, "Invalid JSON in request body")   # {"detail": "..."}
    raise ServerCrash                                     # 500 in plain text, connection closed
    await error.response()(scope, receive, send)

`create_app` turns such an error of an endpoint into its response.
"""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graphtape_contracts import Headers
from graphtape_mock.console.text import escape
from graphtape_mock.replay.errors import NotRecorded
from graphtape_mock.server.responses import json_response


class ApiError(Exception):
    """An error response: a status, the body `{"detail": "..."}`, and optional headers."""

    def __init__(self, status: int, detail: str, headers: Headers = ()) -> None:
        super().__init__(status, detail, headers)
        self.status, self.detail, self.headers = status, detail, headers

    def __str__(self) -> str:
        return f"{self.status}: {self.detail}"

    def response(self) -> Response:
        """Return the response with this error."""
        return json_response({"detail": self.detail}, self.status, self.headers)


class NotAvailable(ApiError):
    """The error for a response that is in no recording, or a route that is not implemented.

    The journal lists the request as a miss.
    """

    def __init__(self, status: int, detail: str, miss: str | None = None) -> None:
        """Take *miss* as the text for the journal; by default the journal has *detail*.

        Pass *miss* if *detail* contains lines that the client sent.
        """
        super().__init__(status, detail)
        self.miss = shown(detail if miss is None else miss)
        """The text for the journal, as a terminal may show it: cut, and escaped."""


MAX_SHOWN = 4096
"""The maximum characters of a miss that people see; the client gets the whole text."""


def shown(text: str) -> str:
    """Return *text* as a terminal may show it: up to `MAX_SHOWN` characters, line by line.

    Control and invisible characters become escapes. A note gives the number of characters cut.
    """
    kept = "\n".join(map(escape, text[:MAX_SHOWN].split("\n")))
    cut = len(text) - MAX_SHOWN
    return kept if cut <= 0 else f"{kept} ... ({cut} more characters)"


class TooMuchToKeep(ApiError):
    """The error for a request to store something that is larger than the mock can keep."""

    def __init__(self, what: str, size: int, limit: int) -> None:
        """Take a name for the thing, *what*, its *size* in memory in bytes, and the *limit*."""
        super().__init__(
            507, f"Too large for graphtape to keep: this {what} takes {size} bytes of {limit}"
        )


class OurFailure(ApiError):
    """A failure of graphtape itself, never of the recorded deployment."""

    def __init__(self, error: Exception) -> None:
        """Name the class of *error*; its text may hold anything, so it goes only into the log."""
        super().__init__(
            500,
            f"graphtape failed: {type(error).__name__}. This is a bug in graphtape, not an error "
            "of the deployment; its log has the traceback.",
        )


def not_recorded(error: NotRecorded) -> NotAvailable:
    """Return the 404 for a run request without a recorded response."""
    return NotAvailable(404, str(error))


class ServerCrash(ApiError):
    """The response of a server whose handler crashed: 500 in plain text.

    Observed on langgraph-api 0.16.7: neither `vary` nor CORS headers, and the server closes the
    connection afterwards.
    """

    def __init__(self) -> None:
        super().__init__(500, "Internal Server Error")

    def response(self) -> Response:
        """Return the response; the connection closes after its last byte."""
        return _BrokenOff(self.detail, self.status, media_type="text/plain")


class _BrokenOff(Response):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The body is complete, but its message promises more: when the application returns, the
        # server closes the connection, without a header that announces it.
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
