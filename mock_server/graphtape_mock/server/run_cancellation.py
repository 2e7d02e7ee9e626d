"""The endpoint that cancels runs: POST /runs/cancel."""

from starlette.requests import Request
from starlette.responses import Response

from graphtape_contracts.json_value import Json
from graphtape_mock.server.errors import ApiError
from graphtape_mock.server.request_body import BODY_LIMIT, read_json_request
from graphtape_mock.server.responses import empty_response
from graphtape_mock.server.routes import Endpoints
from graphtape_mock.server.run_registry import RunRegistry
from graphtape_mock.server.validation.json_body import parse_uuid


def cancel_endpoints(registry: RunRegistry, body_limit: int = BODY_LIMIT) -> Endpoints:
    """Return the endpoint that cancels runs."""

    async def cancel(request: Request) -> Response:
        body = await read_json_request(request, "run-cancel-request.json", body_limit)
        if not registry.cancel(**_runs_to_cancel(body)):
            raise ApiError(404, "No runs found to cancel.")
        return empty_response()

    return {"POST /runs/cancel": cancel}


def _runs_to_cancel(body: Json) -> Json:
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
