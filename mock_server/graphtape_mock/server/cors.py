"""Cross-origin requests, as langgraph-api 0.16.7 answers them.

Starlette's own middleware changed its responses between releases and wraps every message of every
response; this one leaves requests without an origin alone. CORS headers
are inserted before `responses.VARY`; a response without it (of a crashed handler) gets none.
"""

from collections.abc import Collection

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphtape_mock.server.responses import VARY

RawHeaders = list[tuple[bytes, bytes]]

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY")
_EXPOSED = (
    b"access-control-expose-headers",
    b"x-pagination-total, x-pagination-next, content-location",
)
_ALLOW_ORIGIN = b"access-control-allow-origin"
_CREDENTIALS = (b"access-control-allow-credentials", b"true")
_PRIVATE_NETWORK = (b"access-control-allow-private-network", b"true")
_PREFLIGHT_VARY = (
    b"vary",
    b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers, "
    b"Access-Control-Request-Private-Network",
)


class Cors:
    """Lets scripts from *allow_origins* read the responses of an application; `*` allows all."""

    def __init__(self, app: ASGIApp, allow_origins: Collection[str] = ("*",)) -> None:
        self._app = app
        self._everyone = "*" in allow_origins
        self._origins = {origin.encode() for origin in allow_origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request, as an ASGI application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        origin: bytes | None = None
        for name, value in scope["headers"]:
            if name == b"origin":
                origin = value
                break
        is_options = scope["method"] == "OPTIONS"
        if origin is None and not is_options:
            await self._app(scope, receive, send)
        elif is_options and origin is not None and _asks_method(scope):
            await self._preflight(scope, origin)(scope, receive, send)
        else:
            await self._app(scope, receive, self._adding(send, origin, is_options))

    def _adding(self, send: Send, origin: bytes | None, is_options: bool) -> Send:
        readable = [] if origin is None else self._readable(origin)
        private = [_PRIVATE_NETWORK] if is_options else []

        async def send_more(message: Message) -> None:
            if message["type"] == "http.response.start" and VARY in message["headers"]:
                headers: RawHeaders = list(message["headers"])
                place = headers.index(VARY)
                headers[place:place] = readable
                message["headers"] = headers + private
            await send(message)

        return send_more

    def _readable(self, origin: bytes) -> RawHeaders:
        if self._everyone:
            return [(_ALLOW_ORIGIN, b"*"), _EXPOSED]
        allowed = [(_ALLOW_ORIGIN, origin)] if origin in self._origins else []
        return [_CREDENTIALS, _EXPOSED, *allowed]

    def _preflight(self, scope: Scope, origin: bytes) -> PlainTextResponse:
        asked = dict(scope["headers"])
        wanted = asked[_REQUEST_METHOD].decode("latin-1")
        is_allowed = self._everyone or origin in self._origins
        # Observed: a request for the private network is refused, but the headers allow it.
        wrong = {
            "origin": not is_allowed,
            "method": wanted not in _METHODS,
            "private-network": b"access-control-request-private-network" in asked,
        }
        failures = [name for name, is_wrong in wrong.items() if is_wrong]
        text = f"Disallowed CORS {', '.join(failures)}" if failures else "OK"
        response = PlainTextResponse(text, 400 if failures else 200)
        headers: RawHeaders = [_PREFLIGHT_VARY]
        if self._everyone:
            headers.append((_ALLOW_ORIGIN, b"*"))
        headers.append((b"access-control-allow-methods", ", ".join(_METHODS).encode()))
        headers.append((b"access-control-max-age", b"600"))
        if not self._everyone:
            headers.append(_CREDENTIALS)
        if is_allowed and not self._everyone:
            headers.append((_ALLOW_ORIGIN, origin))
        if _REQUEST_HEADERS in asked:
            headers.append((b"access-control-allow-headers", asked[_REQUEST_HEADERS]))
        response.raw_headers = [*headers, *response.raw_headers, _PRIVATE_NETWORK]
        return response


_REQUEST_METHOD = b"access-control-request-method"
_REQUEST_HEADERS = b"access-control-request-headers"


def _asks_method(scope: Scope) -> bool:
    return any(name == _REQUEST_METHOD for name, _ in scope["headers"])
