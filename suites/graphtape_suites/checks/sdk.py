"""What the official Python SDK, if it is installed, makes of an exchange that was read raw.

The bytes of the exchange are given to the SDK once more, through a transport of its HTTP client.
So it reads the same answer, and no further run is made.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

import httpx

from graphtape_contracts import Exchange
from graphtape_mock.deployment.connection import request_headers

DISTRIBUTION = "langgraph-sdk"
_URL = "http://deployment.invalid"


class Read(NamedTuple):
    """An event, as the SDK hands it on."""

    event: str
    data: Any
    id: str | None


def installed() -> str:
    """Return the version of the SDK that is installed; empty if none is."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return ""


def read_stream(exchange: Exchange) -> list[Read]:
    """Return the events that the SDK reads from the stream of *exchange*; raises as it does."""
    with _client(exchange) as http:
        parts: Iterator[Any] = _sdk(http).runs.stream(None, "agent", input={})
        return [Read(part.event, part.data, getattr(part, "id", None)) for part in parts]


def read_output(exchange: Exchange) -> Any:
    """Return what the SDK reads from the output of *exchange*; raises as it does."""
    with _client(exchange) as http:
        return _sdk(http).runs.wait(None, "agent", input={}, raise_error=False)


def _sdk(http: httpx.Client) -> Any:
    return import_module("langgraph_sdk.client").SyncLangGraphClient(http)


def _client(exchange: Exchange) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method != "POST":
            return httpx.Response(404)  # The exchange is whole: there is nothing to come back for.
        return httpx.Response(
            exchange.response.status,
            headers=[h for h in exchange.response.headers if h[0] not in _OF_THE_CONNECTION],
            stream=_Frames(exchange),
        )

    headers = dict(request_headers(b"{}"))
    return httpx.Client(transport=httpx.MockTransport(answer), base_url=_URL, headers=headers)


_OF_THE_CONNECTION = frozenset(
    ("transfer-encoding", "connection", "content-length", "content-encoding")
)


class _Frames(httpx.SyncByteStream):
    """The body of an exchange, piece by piece as it came."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        yield from (frame.raw for frame in self._exchange.frames)
