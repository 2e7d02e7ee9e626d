"""The routes of the whole LangGraph API, each with the endpoint of the mock or a 501.

`routes.json` lists them as langgraph-api 0.16.7 does, in the order in which it tries them: the
order decides which of several matching routes is taken, and which methods a 405 allows.
"""

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from graphtape_mock.server.errors import ApiError, NotAvailable
from graphtape_mock.server.responses import VARY

Endpoint = Any  # What Starlette's Route takes: a function of a request, or an ASGI application.

Endpoints = Mapping[str, Endpoint]
"""Endpoints by method and path, as in `POST /runs/wait`."""

SYSTEM_PATHS = frozenset(("/", "/info", "/ok", "/metrics", "/docs", "/openapi.json"))
"""Paths outside the API proper. Observed: a wrong method gets a 404; no path redirects."""


def api_routes() -> list[str]:
    """Return method and path of every route of the API, in the order of the server."""
    file = resources.files("graphtape_mock.server") / "routes.json"
    routes: list[str] = json.loads(file.read_text(encoding="utf-8"))
    return routes


def make_routes(endpoints: Endpoints) -> list[BaseRoute]:
    """Return a route for every route of the API: to its endpoint, or to a response with 501."""
    return [_route(name, endpoints.get(name) or _not_implemented(name)) for name in api_routes()]


def _route(name: str, endpoint: Endpoint) -> Route:
    method, path = name.split(" ")
    return Route(path, endpoint, methods=[method])


def _not_implemented(name: str) -> Endpoint:
    async def refuse(_: Request) -> Response:
        raise NotAvailable(
            501,
            f"Not implemented by graphtape: {name}. It implements stateless runs and the "
            "routes that their clients need; GET /openapi.json lists them.",
        )

    return refuse


def path_parameter(request: Request) -> str:
    """Return the only parameter in the path of *request*."""
    (value,) = request.path_params.values()
    return str(value)


def redirect_or_404(routes: list[BaseRoute], scope: Scope) -> Response:
    """Return the response for a path without a route: 307 if only a slash is wrong, or 404."""
    path: str = scope["path"]
    other = path.rstrip("/") if path.endswith("/") else f"{path}/"
    if other and other not in SYSTEM_PATHS:
        target = {**scope, "path": other}
        if any(route.matches(target)[0] is not Match.NONE for route in routes):
            response = RedirectResponse(Request(target).url, 307)
            response.raw_headers.append(VARY)
            return response
    raise ApiError(404, "Not Found")
