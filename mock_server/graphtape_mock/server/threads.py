"""The endpoints of threads."""

from starlette.requests import Request
from starlette.responses import Response

from graphtape_mock.server.request_body import BODY_LIMIT, read_json_request
from graphtape_mock.server.responses import empty_response, json_response
from graphtape_mock.server.routes import Endpoints, path_parameter
from graphtape_mock.server.thread_store import ThreadStore


def thread_endpoints(threads: ThreadStore, body_limit: int = BODY_LIMIT) -> Endpoints:
    """Return the endpoints of threads."""

    async def create(request: Request) -> Response:
        body = await read_json_request(request, "thread-create-request.json", body_limit)
        return json_response(threads.create(body))

    async def get(request: Request) -> Response:
        return json_response(threads.get(path_parameter(request)))

    async def delete(request: Request) -> Response:
        threads.delete(path_parameter(request))
        return empty_response()

    return {
        "POST /threads": create,
        "GET /threads/{thread_id}": get,
        "DELETE /threads/{thread_id}": delete,
    }
