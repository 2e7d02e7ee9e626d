"""The dialects of the wire: servers that keep the same contract in different words."""

from enum import StrEnum

from understudy_contracts.exchange import Response


class Dialect(StrEnum):
    """A family of servers whose answers look alike."""

    PYTHON = "python"
    """The LangGraph API server for Python graphs (`langgraph dev`), observed at 0.16.7."""
    JAVASCRIPT = "javascript"
    """The LangGraph.js API server, observed at 2.0.0 and 1.5.1."""
    AEGRA = "aegra"
    """Aegra, observed at 0.11.0."""


def detect(response: Response) -> Dialect | None:
    """Tell the dialect of a server by the head of its answer to a run; None for any other server.

    Of the two that run on uvicorn, Aegra numbers every request (`x-request-id`) or has a stream
    end in `/threads/.../stream`. LangGraph.js names no server and allows every origin unasked.
    """
    location = response.header("location") or ""
    if response.header("x-request-id") or (
        location.startswith("/threads/") and location.endswith("/stream")
    ):
        return Dialect.AEGRA
    if response.header("server") == "uvicorn":
        return Dialect.PYTHON
    exposed = response.header("access-control-expose-headers") or ""
    if response.header("server") is None and "x-pagination-total" in exposed:
        return Dialect.JAVASCRIPT
    return None
