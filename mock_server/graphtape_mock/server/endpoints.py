"""The endpoints around runs: health, assistants, threads, cancelling."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from graphtape_contracts.json_value import Json
from graphtape_contracts.openapi import VERSIONS, Version, document
from graphtape_mock.server.active_runs import ActiveRuns
from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.assistant_search import page
from graphtape_mock.server.errors import ApiError
from graphtape_mock.server.journal import entry_of
from graphtape_mock.server.request_body import BODY_LIMIT, read_body
from graphtape_mock.server.responses import empty_response, json_response, raw_response
from graphtape_mock.server.routes import Endpoints
from graphtape_mock.server.thread_store import ThreadStore
from graphtape_mock.server.validation.json_body import parse_json_body, parse_uuid, validate

_DOCS = b"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>graphtape</title>
<h1>graphtape</h1>
<p>This server stands in for a LangGraph deployment and answers stateless runs from recordings.
<p>What it implements is described by its OpenAPI document:
<a href="openapi.json">/openapi.json</a>, or
<a href="openapi.json?version=3.1">in OpenAPI 3.1</a> for tools that do not know 3.2.
</html>
"""


def system_endpoints(catalogue: AssistantCatalogue) -> Endpoints:
    """Return the endpoints that tell about the server."""

    async def ok(request: Request) -> Response:
        try:
            int(request.query_params.get("check_db", "0"))
        except ValueError as error:
            # The server lets this error decide the text of its answer.
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


def assistant_endpoints(catalogue: AssistantCatalogue, body_limit: int = BODY_LIMIT) -> Endpoints:
    """Return the endpoints of assistants."""

    async def search(request: Request) -> Response:
        body = await _payload(request, "assistants-search-request.json", body_limit)
        found = catalogue.search(body)
        if config := body.get("config"):
            validate(config, "config.json")
        shown, headers = page(found, body)
        return json_response(shown, headers=headers)

    async def count(request: Request) -> Response:
        body = await _payload(request, "assistants-count-request.json", body_limit)
        return json_response(len(catalogue.search(body)))

    async def create(request: Request) -> Response:
        body = await _payload(request, "assistant-create-request.json", body_limit)
        return json_response(catalogue.create(body).fields)

    async def get(request: Request) -> Response:
        return json_response(catalogue.get(_id(request)).fields)

    async def schemas(request: Request) -> Response:
        return json_response(catalogue.schemas(_id(request)))

    async def graph(request: Request) -> Response:
        xray = request.query_params.get("xray", "")
        return json_response(catalogue.graph(_id(request), xray))

    return {
        "POST /assistants/search": search,
        "POST /assistants/count": count,
        "POST /assistants": create,
        "GET /assistants/{assistant_id}": get,
        "GET /assistants/{assistant_id}/schemas": schemas,
        "GET /assistants/{assistant_id}/graph": graph,
    }


def thread_endpoints(threads: ThreadStore, body_limit: int = BODY_LIMIT) -> Endpoints:
    """Return the endpoints of threads."""

    async def create(request: Request) -> Response:
        body = await _payload(request, "thread-create-request.json", body_limit)
        return json_response(threads.create(body))

    async def get(request: Request) -> Response:
        return json_response(threads.get(_id(request)))

    async def delete(request: Request) -> Response:
        threads.delete(_id(request))
        return empty_response()

    return {
        "POST /threads": create,
        "GET /threads/{thread_id}": get,
        "DELETE /threads/{thread_id}": delete,
    }


def cancel_endpoints(active: ActiveRuns, body_limit: int = BODY_LIMIT) -> Endpoints:
    """Return the endpoint that cancels runs."""

    async def cancel(request: Request) -> Response:
        body = await _payload(request, "run-cancel-request.json", body_limit)
        if not active.cancel(**_whom_to_cancel(body)):
            raise ApiError(404, "No runs found to cancel.")
        return empty_response()

    return {"POST /runs/cancel": cancel}


def _whom_to_cancel(body: Json) -> Json:
    if "status" not in body:
        thread_id = parse_uuid(body["thread_id"], "Invalid thread ID: must be a UUID")
        invalid = "Invalid run ID: must be a UUID"
        run_ids = [parse_uuid(run_id, invalid) for run_id in body["run_ids"]]
        return {"thread_id": thread_id, "run_ids": run_ids}
    if body.get("thread_id") or body.get("run_ids"):
        raise ApiError(
            422,
            "When providing a 'status', 'thread_id' and 'run_ids' must be omitted. The 'status' "
            "parameter cancels all runs with the given status, regardless of thread or run ID.",
        )
    return {"status": body["status"]}


async def _payload(request: Request, schema: str, body_limit: int) -> Any:
    body = await read_body(request.receive, body_limit, request.scope["headers"])
    entry_of(request.scope).keep(body)
    return parse_json_body(body, schema)


def _id(request: Request) -> str:
    (value,) = request.path_params.values()
    return str(value)
