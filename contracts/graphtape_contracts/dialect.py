"""The dialects: families of servers whose responses look alike."""

import re
from enum import StrEnum

from graphtape_contracts.exchange import Response


class Dialect(StrEnum):
    """A family of servers whose responses look alike."""

    PYTHON = "python"
    """The LangGraph API server for Python graphs (`langgraph dev`), observed at 0.16.7."""
    JAVASCRIPT = "javascript"
    """The LangGraph.js API server, observed at 2.0.0 and 1.5.1."""
    AEGRA = "aegra"
    """Aegra, observed at 0.11.0."""


_PYTHON_STREAM = re.compile(r"/runs/[^/]+/stream")
_AEGRA_STREAM = re.compile(r"/threads/[^/]+/runs/[^/]+/stream")
_AEGRA_REQUEST_ID = re.compile(r"[0-9a-f]{32}")


def detect(response: Response) -> Dialect | None:
    """Return the dialect of the server that sent *response*; None for an unknown server.

    The `location` of a stream distinguishes Aegra from the Python server, even behind a proxy that
    replaces `server`. Only Aegra adds an `x-request-id` of 32 hex digits to every response.
    LangGraph.js sends no `server` header, and exposes headers to browsers even without an `origin`.
    """
    location = response.header("location") or ""
    if _PYTHON_STREAM.fullmatch(location):
        return Dialect.PYTHON
    request_id = response.header("x-request-id") or ""
    if _AEGRA_REQUEST_ID.fullmatch(request_id):
        return Dialect.AEGRA
    if _AEGRA_STREAM.fullmatch(location) and response.header("cache-control") == "no-cache":
        # The Python server sends this location too, when a run is joined, but with no-store.
        return Dialect.AEGRA
    if response.header("server") == "uvicorn":
        return Dialect.PYTHON
    exposed = response.header("access-control-expose-headers") or ""
    if response.header("server") is None and "x-pagination-total" in exposed:
        return Dialect.JAVASCRIPT
    return None
