"""The application: every route of the LangGraph API, those of runs as the caller wants them.

    app = create_app(
        catalogue=catalogue,                  # Catalogue
        threads=threads,                      # Threads
        active=active,                        # ActiveRuns
        run_routes=[Route("/runs/stream", stream, methods=["POST"]), ...],
        cors_origins=("*",),
        body_limit=BODY_LIMIT,                # of the endpoints that are not in run_routes
    )

An endpoint may raise Refusal, and ClientDisconnect where nobody is left to answer.
"""

from collections.abc import Collection, Sequence
from typing import cast

from orjson import JSONEncodeError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from understudy_mock.active import ActiveRuns
from understudy_mock.answer import empty_response
from understudy_mock.api_routes import SYSTEM_PATHS, lay_out, redirect_or_404
from understudy_mock.body import BODY_LIMIT
from understudy_mock.catalogue import Catalogue
from understudy_mock.cors import Cors
from understudy_mock.neighbours import (
    assistant_endpoints,
    cancel_endpoints,
    system_endpoints,
    thread_endpoints,
)
from understudy_mock.refusal import Crash, Refusal
from understudy_mock.threads import Threads


def create_app(
    *,
    catalogue: Catalogue,
    threads: Threads,
    active: ActiveRuns,
    run_routes: Sequence[BaseRoute],
    cors_origins: Collection[str] = ("*",),
    body_limit: int = BODY_LIMIT,
) -> Starlette:
    """Return the application that answers every request to the LangGraph API."""
    endpoints = {
        **system_endpoints(catalogue),
        **assistant_endpoints(catalogue, body_limit),
        **thread_endpoints(threads, body_limit),
        **cancel_endpoints(active, body_limit),
    }
    app = Starlette(
        routes=[*run_routes, *lay_out(endpoints)],
        middleware=[Middleware(Cors, allow_origins=cors_origins)],
        exception_handlers={
            Refusal: _answer_refusal,
            HTTPException: _answer_http_exception,
            JSONEncodeError: _answer_crash,
            ClientDisconnect: _answer_nobody,
        },
    )
    app.router.redirect_slashes = False
    app.router.default = _fallback(app.routes)
    return app


def _fallback(routes: list[BaseRoute]) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await redirect_or_404(routes, scope)(scope, receive, send)

    return answer


async def _answer_refusal(_: Request, refusal: Exception) -> Response:
    return cast(Refusal, refusal).response()


async def _answer_http_exception(request: Request, error: Exception) -> Response:
    """Answer what Starlette's router refuses: a method that no route of the path takes."""
    refused = cast(HTTPException, error)
    if request.url.path in SYSTEM_PATHS:
        return Refusal(404, "Not Found").response()
    allowed = sorted((refused.headers or {}).get("Allow", "").split(", "))
    headers = (("allow", ", ".join(allowed)),)
    return Refusal(refused.status_code, refused.detail, headers).response()


async def _answer_crash(_request: Request, _error: Exception) -> Response:
    """Answer what no response can repeat: JSON of 254 levels. Observed: the server crashes too."""
    return Crash().response()


async def _answer_nobody(_request: Request, _error: Exception) -> Response:
    return empty_response()
