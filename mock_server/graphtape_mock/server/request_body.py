"""Reading request bodies, up to a limit."""

from collections.abc import Iterable

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from graphtape_mock.server.errors import ApiError

BODY_LIMIT = 64 * 1024 * 1024
"""Bytes that a request body may have, unless told otherwise."""


async def read_body(
    receive: Receive,
    limit: int = BODY_LIMIT,
    headers: Iterable[tuple[bytes, bytes]] = (),
) -> bytes:
    """Return the body of a request.

    Raises ApiError 413 as soon as it is certain that the body is over the *limit*: before a byte
    is read where the content length among *headers* says so, else while reading. Raises
    ClientDisconnect where the client goes away in the middle.
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


def _too_large(limit: int) -> ApiError:
    return ApiError(413, f"Request body too large (limit: {limit} bytes)")
