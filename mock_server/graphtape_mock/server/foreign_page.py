"""Detects requests that a web page may send without the knowledge of the user.

A browser marks each request that a script of a page sends to another origin: with `Origin`, or, for
some requests, only with `Sec-Fetch-Site`. Programs such as curl send neither.
"""

from collections.abc import Collection, Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from graphtape_mock.server.errors import ApiError

_ORIGIN, _SITE = b"origin", b"sec-fetch-site"


def is_loopback(host: str) -> bool:
    """Return whether *host* is a name or an address of this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def foreign_page(
    headers: Iterable[tuple[bytes, bytes]], allowed: Collection[str], *, loopback: bool = True
) -> str | None:
    """Return the origin of the foreign web page that sent a request with *headers*, if any.

    Pages of the *allowed* origins are not foreign, and neither, if *loopback*, are pages of this
    machine. Returns `another site` if the browser does not name the origin of a foreign page.
    """
    named = {name: value.decode("latin-1") for name, value in headers if name in (_ORIGIN, _SITE)}
    origin = named.get(_ORIGIN)
    if origin is None:
        return "another site" if named.get(_SITE) == "cross-site" else None
    if origin in allowed or (loopback and _is_of_this_machine(origin)):
        return None
    return origin


def _is_of_this_machine(origin: str) -> bool:
    try:
        return is_loopback(urlsplit(origin).hostname or "")
    except ValueError:
        return False


class ForeignPages:
    """Refuses requests from foreign web pages to an application, with status 403."""

    def __init__(
        self,
        app: ASGIApp,
        allowed: Collection[str],
        *,
        loopback: bool = True,
        paths: Collection[str] | None = None,
    ) -> None:
        """Refuse requests to *paths*, by default to any; see `foreign_page` for the rest."""
        self._app = app
        self._allowed, self._loopback = frozenset(allowed), loopback
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request, as an ASGI application."""
        if scope["type"] == "http" and (self._paths is None or scope["path"] in self._paths):
            page = foreign_page(scope["headers"], self._allowed, loopback=self._loopback)
            if page is not None:
                refusal = ApiError(
                    403,
                    f"Refused by graphtape: a web page of {page} sent this request. Pages of an "
                    "origin that --cors names may.",
                )
                await refusal.response()(scope, receive, send)
                return
        await self._app(scope, receive, send)
