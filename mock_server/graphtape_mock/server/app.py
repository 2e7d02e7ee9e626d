"""The application: every route of the LangGraph API, those of runs as the caller wants them.

    app = create_app(
        catalogue=catalogue,                  # AssistantCatalogue
        threads=threads,                      # ThreadStore
        active=active,                        # ActiveRuns
        run_routes=[Route("/runs/stream", stream, methods=["POST"]), ...],
        cors_origins=("*",),
        body_limit=BODY_LIMIT,                # of the endpoints that are not in run_routes
    )

An endpoint may raise ApiError, and ClientDisconnect where nobody is left to answer.
"""

from collections.abc import Collection, Sequence
from typing import cast

from orjson import JSONEncodeError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from graphtape_mock.server.active_runs import ActiveRuns
from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.cors import Cors
from graphtape_mock.server.endpoints import (
    assistant_endpoints,
    cancel_endpoints,
    system_endpoints,
    thread_endpoints,
)
from graphtape_mock.server.errors import ApiError, NotAvailable, ServerCrash
from graphtape_mock.server.journal import entry_of
from graphtape_mock.server.request_body import BODY_LIMIT
from graphtape_mock.server.responses import empty_response
from graphtape_mock.server.routes import SYSTEM_PATHS, lay_out, redirect_or_404
from graphtape_mock.server.thread_store import ThreadStore


def create_app(
    *,
    catalogue: AssistantCatalogue,
    threads: ThreadStore,
    active: ActiveRuns,
    run_routes: Sequence[Route],
    cors_origins: Collection[str] = ("*",),
    body_limit: int = BODY_LIMIT,
) -> ASGIApp:
    """Return the application that answers every request to the LangGraph API."""
    endpoints = {
        **system_endpoints(catalogue),
        **assistant_endpoints(catalogue, body_limit),
        **thread_endpoints(threads, body_limit),
        **cancel_endpoints(active, body_limit),
    }
    app = Starlette(
        routes=[*run_routes, *lay_out(endpoints)],
        exception_handlers={
            HTTPException: _answer_http_exception,
            **dict.fromkeys(_EXPECTED, _answer_expected),
        },
    )
    app.router.redirect_slashes = False
    app.router.default = _fallback(app.routes)
    return Cors(_Shortcut(app, run_routes), cors_origins)


class _Shortcut:
    """Sends runs past the router and what Starlette has around it.

    Each of these layers is passed with every write and every pause of a stream: together they
    took more time than the stream itself (`benchmarks/`).
    """

    def __init__(self, app: ASGIApp, run_routes: Sequence[Route]) -> None:
        self._app = app
        self._runs = {route.path: route.app for route in run_routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        run = self._runs.get(scope["path"]) if is_post else None
        if run is None:
            await self._app(scope, receive, send)
            return
        try:
            await run(scope, receive, send)
        except _EXPECTED as error:
            await _response_to(error, scope)(scope, receive, send)


def _fallback(routes: list[BaseRoute]) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await redirect_or_404(routes, scope)(scope, receive, send)

    return answer


_EXPECTED = (ApiError, JSONEncodeError, ClientDisconnect)
"""What an endpoint may raise."""


def _response_to(error: Exception, scope: Scope) -> Response:
    if isinstance(error, NotAvailable):
        entry_of(scope).miss = error.detail
    if isinstance(error, ApiError):
        return error.response()
    if isinstance(error, JSONEncodeError):
        # No response can repeat JSON of 254 levels. Observed: the server crashes too.
        return ServerCrash().response()
    return empty_response()  # Nobody is left to read it.


async def _answer_expected(request: Request, error: Exception) -> Response:
    return _response_to(error, request.scope)


async def _answer_http_exception(request: Request, error: Exception) -> Response:
    """Answer what Starlette's router refuses: a method that no route of the path takes."""
    refused = cast(HTTPException, error)
    if request.url.path in SYSTEM_PATHS:
        return ApiError(404, "Not Found").response()
    allowed = sorted((refused.headers or {}).get("Allow", "").split(", "))
    headers = (("allow", ", ".join(allowed)),)
    return ApiError(refused.status_code, refused.detail, headers).response()
