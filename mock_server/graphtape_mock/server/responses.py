"""Responses with the headers of the real server, in its order."""

from typing import Any

import orjson
from starlette.responses import Response

from graphtape_contracts import Headers
from graphtape_contracts.parsing.nesting import is_deeper

VARY = (b"vary", b"Origin")
"""The last header of every response, with or without an origin in the request. CORS headers are
inserted before it; a response without it gets none."""


class ResponseTooDeep(ValueError):
    """A response would contain JSON with more levels than its encoder can write."""


def json_response(content: Any, status: int = 200, headers: Headers = ()) -> Response:
    """Return *content* as a JSON response; *headers* go before Content-Type and Content-Length.

    Raises ResponseTooDeep for more than 254 levels, like the encoder of the real server.
    """
    try:
        body = orjson.dumps(content)
    except orjson.JSONEncodeError:  # Every TypeError is a JSONEncodeError; only depth is expected.
        if is_deeper(content):
            raise ResponseTooDeep from None
        raise
    return raw_response(body, "application/json", status, headers)


def raw_response(
    body: bytes, media_type: str, status: int = 200, headers: Headers = ()
) -> Response:
    """Return a response with this *body*; *headers* come before those of the body."""
    response = Response(body, status, dict(headers), media_type)
    response.raw_headers.append(VARY)
    return response


def empty_response(status: int = 204, headers: Headers = ()) -> Response:
    """Return a response without a body."""
    response = Response(None, status, dict(headers))
    response.raw_headers.append(VARY)
    return response
