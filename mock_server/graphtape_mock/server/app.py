"""The application: every route of the LangGraph API, with runs in front of the router.

    app = create_app(
        catalogue=catalogue,                  # AssistantCatalogue
        threads=threads,                      # ThreadStore
        run_registry=run_registry,            # RunRegistry
        runs={"/runs/stream": stream, ...},   # ASGI applications for POST requests to these paths
        cors_origins=("*",),
        refuse_foreign_pages=False,
        body_limit=BODY_LIMIT,                # of the endpoints that are not in runs
    )

An endpoint may raise ApiError, and ClientDisconnect if the client is gone; runs may also raise
NotRecorded. Any other error is ours: it is logged, and answered with a 500 that says so.
"""

from collections.abc import Collection, Mapping
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from graphtape_mock.replay.errors import NotRecorded
from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.assistants import assistant_endpoints
from graphtape_mock.server.cors import Cors
from graphtape_mock.server.errors import (
    ApiError,
    NotAvailable,
    OurFailure,
    ServerCrash,
    not_recorded,
)
from graphtape_mock.server.failures import report_failure
from graphtape_mock.server.foreign_page import ForeignPages
from graphtape_mock.server.journal import entry_of
from graphtape_mock.server.request_body import BODY_LIMIT
from graphtape_mock.server.responses import ResponseTooDeep, empty_response
from graphtape_mock.server.routes import SYSTEM_PATHS, make_routes, redirect_or_404
from graphtape_mock.server.run_cancellation import cancel_endpoints
from graphtape_mock.server.run_registry import RunRegistry
from graphtape_mock.server.system import system_endpoints
from graphtape_mock.server.thread_store import ThreadStore
from graphtape_mock.server.threads import thread_endpoints


def create_app(
    *,
    catalogue: AssistantCatalogue,
    threads: ThreadStore,
    run_registry: RunRegistry,
    runs: Mapping[str, ASGIApp],
    cors_origins: Collection[str] = ("*",),
    refuse_foreign_pages: bool = False,
    body_limit: int = BODY_LIMIT,
) -> ASGIApp:
    """Return the application that answers every request to the LangGraph API.

    Pages of *cors_origins* may read responses and cancel runs; `*` allows all. With
    *refuse_foreign_pages*, only these pages and pages of this machine may send requests at all;
    then `*` allows no further pages.
    """
    endpoints = {
        **system_endpoints(catalogue),
        **assistant_endpoints(catalogue, body_limit),
        **thread_endpoints(threads, body_limit),
        **cancel_endpoints(run_registry, body_limit),
    }
    app = Starlette(
        routes=make_routes(endpoints),
        exception_handlers={
            HTTPException: _on_http_exception,
            **dict.fromkeys(_EXPECTED, _on_expected_error),
            Exception: _on_failure,
        },
    )
    app.router.redirect_slashes = False
    app.router.default = _fallback(app.routes)
    answers: ASGIApp = Cors(_RunsFirst(runs, app), cors_origins)
    if refuse_foreign_pages:
        answers = ForeignPages(answers, cors_origins)
    if "*" not in cors_origins:
        answers = ForeignPages(answers, cors_origins, loopback=False, paths=["/runs/cancel"])
    return answers


class _RunsFirst:
    """Sends POST requests for runs straight to their endpoints, and all others to the router.

    Runs bypass Starlette because every write and every pause of a stream passes through all its
    layers, which took more time than the stream itself (`benchmarks/`). The router still lists the
    paths of runs, for requests with another method or a slash at the end.
    """

    def __init__(self, runs: Mapping[str, ASGIApp], app: ASGIApp) -> None:
        self._runs = dict(runs)
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        run = self._runs.get(scope["path"]) if is_post else None
        if run is None:
            try:
                await self._app(scope, receive, send)
            except Exception as error:  # Starlette has sent a response.
                report_failure(error, scope)
            return
        try:
            await run(scope, receive, send)
        except _EXPECTED as error:
            await _response_to(error, scope)(scope, receive, send)
        except Exception as error:  # A failure of graphtape.
            report_failure(error, scope)
            if entry_of(scope).status is None:
                await OurFailure(error).response()(scope, receive, send)


def _fallback(routes: list[BaseRoute]) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await redirect_or_404(routes, scope)(scope, receive, send)

    return answer


_EXPECTED = (ApiError, NotRecorded, ResponseTooDeep, ClientDisconnect)
"""The errors that an endpoint may raise."""


def _response_to(error: Exception, scope: Scope) -> Response:
    if isinstance(error, NotRecorded):
        error = not_recorded(error)
    if isinstance(error, NotAvailable):
        entry_of(scope).miss = error.miss
    if isinstance(error, ApiError):
        return error.response()
    if isinstance(error, ResponseTooDeep):
        # Observed: the server crashes, too.
        return ServerCrash().response()
    return empty_response()  # The client is gone.


async def _on_expected_error(request: Request, error: Exception) -> Response:
    return _response_to(error, request.scope)


async def _on_failure(_: Request, error: Exception) -> Response:
    return OurFailure(error).response()


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """Return the response for a method that no route of the path accepts."""
    refused = cast(HTTPException, error)
    if request.url.path in SYSTEM_PATHS:
        return ApiError(404, "Not Found").response()
    allowed = sorted((refused.headers or {}).get("Allow", "").split(", "))
    headers = (("allow", ", ".join(allowed)),)
    return ApiError(refused.status_code, refused.detail, headers).response()
