"""The endpoints of assistants."""

from starlette.requests import Request
from starlette.responses import Response

from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.assistant_search import page
from graphtape_mock.server.request_body import BODY_LIMIT, read_json_request
from graphtape_mock.server.responses import json_response
from graphtape_mock.server.routes import Endpoints, path_parameter
from graphtape_mock.server.validation.json_body import validate


def assistant_endpoints(catalogue: AssistantCatalogue, body_limit: int = BODY_LIMIT) -> Endpoints:
    """Return the endpoints of assistants."""

    async def search(request: Request) -> Response:
        body = await read_json_request(request, "assistants-search-request.json", body_limit)
        found = catalogue.search(body)
        if config := body.get("config"):
            validate(config, "config.json")
        shown, headers = page(found, body)
        return json_response(shown, headers=headers)

    async def count(request: Request) -> Response:
        body = await read_json_request(request, "assistants-count-request.json", body_limit)
        return json_response(catalogue.count(body))

    async def create(request: Request) -> Response:
        body = await read_json_request(request, "assistant-create-request.json", body_limit)
        return json_response(catalogue.create(body).fields)

    async def get(request: Request) -> Response:
        return json_response(catalogue.get(path_parameter(request)).fields)

    async def schemas(request: Request) -> Response:
        return json_response(catalogue.schemas(path_parameter(request)))

    async def graph(request: Request) -> Response:
        xray = request.query_params.get("xray", "")
        return json_response(catalogue.graph(path_parameter(request), xray))

    return {
        "POST /assistants/search": search,
        "POST /assistants/count": count,
        "POST /assistants": create,
        "GET /assistants/{assistant_id}": get,
        "GET /assistants/{assistant_id}/schemas": schemas,
        "GET /assistants/{assistant_id}/graph": graph,
    }
