"""Reads recorded exchanges with the official Python SDK, if it is installed.

A transport of the SDK's HTTP client replays the bytes of the exchange, so the SDK makes no runs.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

import httpx

from graphtape_contracts import Exchange
from graphtape_mock.deployment.headers import request_headers

DISTRIBUTION = "langgraph-sdk"
_URL = "http://deployment.invalid"


class Read(NamedTuple):
    """An event as the SDK returns it."""

    event: str
    data: Any
    id: str | None


def installed() -> str:
    """Return the version of the installed SDK; empty if it is not installed."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return ""


def read_stream(exchange: Exchange) -> list[Read]:
    """Return the events that the SDK reads from the stream of *exchange*; raises its errors."""
    with _client(exchange) as http:
        parts: Iterator[Any] = _sdk(http).runs.stream(None, "agent", input={})
        return [Read(part.event, part.data, getattr(part, "id", None)) for part in parts]


def read_output(exchange: Exchange) -> Any:
    """Return the output that the SDK reads from *exchange*; raises its errors."""
    with _client(exchange) as http:
        return _sdk(http).runs.wait(None, "agent", input={}, raise_error=False)


def _sdk(http: httpx.Client) -> Any:
    return import_module("langgraph_sdk.client").SyncLangGraphClient(http)


def _client(exchange: Exchange) -> httpx.Client:
    def respond(request: httpx.Request) -> httpx.Response:
        if request.method != "POST":
            return httpx.Response(404)  # The exchange is complete: there is nothing to resume.
        return httpx.Response(
            exchange.response.status,
            headers=[h for h in exchange.response.headers if h[0] not in _OF_THE_CONNECTION],
            stream=_Frames(exchange),
        )

    headers = dict(request_headers(b"{}"))
    return httpx.Client(transport=httpx.MockTransport(respond), base_url=_URL, headers=headers)


_OF_THE_CONNECTION = frozenset(
    ("transfer-encoding", "connection", "content-length", "content-encoding")
)


class _Frames(httpx.SyncByteStream):
    """The body of an exchange, frame by frame."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        yield from (frame.raw for frame in self._exchange.frames)
