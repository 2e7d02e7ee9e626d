"""Reading request bodies, up to a limit."""

from collections.abc import Iterable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from graphtape_mock.server.errors import ApiError
from graphtape_mock.server.journal import entry_of
from graphtape_mock.server.validation.json_body import parse_json_body

BODY_LIMIT = 64 * 1024 * 1024
"""Bytes of the longest request body that is accepted by default."""


async def read_body(
    receive: Receive,
    limit: int = BODY_LIMIT,
    headers: Iterable[tuple[bytes, bytes]] = (),
) -> bytes:
    """Return the body of a request.

    Raises ApiError 413 if the body exceeds the *limit*: before reading if the content length in
    *headers* does, otherwise while reading. Raises ClientDisconnect if the client disconnects
    before the end.
    """
    for name, value in headers:
        if name == b"content-length" and int(value) > limit:
            raise _too_large(limit)
    message = await receive()
    body: bytes = message.get("body", b"")
    if len(body) > limit:
        raise _too_large(limit)
    if message["type"] == "http.request" and not message.get("more_body", False):
        return body
    chunks = bytearray(body)
    while message["type"] == "http.request" and message.get("more_body", False):
        message = await receive()
        chunks += message.get("body", b"")
        if len(chunks) > limit:
            raise _too_large(limit)
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return bytes(chunks)


async def read_json_request(request: Request, schema: str, body_limit: int) -> Any:
    """Return the JSON in the body of *request*, validated by *schema*; raises ApiError.

    Writes the body into the journal.
    """
    body = await read_body(request.receive, body_limit, request.scope["headers"])
    entry_of(request.scope).keep(body)
    return parse_json_body(body, schema)


def _too_large(limit: int) -> ApiError:
    return ApiError(413, f"Request body too large (limit: {limit} bytes)")
