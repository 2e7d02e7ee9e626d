"""The endpoints about the server itself: health, info, OpenAPI document, documentation page."""

from starlette.requests import Request
from starlette.responses import Response

from graphtape_contracts.openapi import VERSIONS, Version, document
from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.errors import ApiError
from graphtape_mock.server.responses import json_response, raw_response
from graphtape_mock.server.routes import Endpoints

_DOCS = b"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>graphtape</title>
<h1>graphtape</h1>
<p>This server stands in for a LangGraph deployment and replays stateless runs from recordings.
<p>Its OpenAPI document lists every route it implements:
<a href="openapi.json">/openapi.json</a>, or
<a href="openapi.json?version=3.1">in OpenAPI 3.1</a> for tools without support for 3.2.
</html>
"""


def system_endpoints(catalogue: AssistantCatalogue) -> Endpoints:
    """Return the endpoints about the server itself."""

    async def ok(request: Request) -> Response:
        try:
            int(request.query_params.get("check_db", "0"))
        except ValueError as error:
            # The server sends the text of this error as the detail.
            raise ApiError(400, str(error)) from None
        return json_response({"ok": True, "services": {}})

    async def info(_: Request) -> Response:
        return json_response(catalogue.info)

    async def openapi(request: Request) -> Response:
        asked = request.query_params.get("version", VERSIONS[0])
        known: dict[str, Version] = {version: version for version in VERSIONS}
        version = known.get(asked)
        if version is None:
            expected = " or ".join(VERSIONS)
            raise ApiError(422, f"Invalid version of OpenAPI: expected {expected}, got {asked!r}")
        return json_response(
            document(version, graphs=catalogue.graphs, requests=catalogue.requests)
        )

    async def docs(_: Request) -> Response:
        return raw_response(_DOCS, "text/html")

    return {
        "GET /": ok,
        "GET /ok": ok,
        "GET /info": info,
        "GET /openapi.json": openapi,
        "GET /docs": docs,
    }
