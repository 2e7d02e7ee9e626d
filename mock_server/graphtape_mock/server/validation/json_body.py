"""JSON request bodies, validated by a schema."""

from typing import Any, cast
from uuid import UUID

import orjson

from graphtape_contracts.json_value import Json
from graphtape_contracts.parsing.nesting import is_deeper
from graphtape_contracts.schema import first_error
from graphtape_mock.server.errors import ApiError

_LEVELS = 255

CONFIGURABLE_AND_CONTEXT = (
    "Cannot specify both configurable and context. Prefer setting context alone. Context was "
    "introduced in LangGraph 0.6.0 and is the long term planned replacement for configurable."
)


def parse_json_body(body: bytes, schema: str) -> Any:
    """Return the JSON in *body*; raises ApiError 422 if *schema* forbids it.

    Raises ApiError as `read_json` does.
    """
    payload = read_json(body)
    validate(payload, schema)
    return payload


def read_json(body: bytes) -> Any:
    """Return the JSON in *body*; raises ApiError 422 if it is not JSON.

    The server uses orjson too, so both refuse the same: NaN, numbers beyond 64-bit floats,
    a byte order mark, lone surrogates, broken UTF-8, more than 1024 levels. Raises ApiError 400 for
    more than 255 levels: the server's schema validator goes no deeper (observed).
    """
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ApiError(422, "Invalid JSON in request body") from None
    # Fewer brackets can't open that many levels.
    if body.count(b"[") + body.count(b"{") > _LEVELS and is_deeper(payload, _LEVELS):
        raise ApiError(400, "Recursion limit reached")
    return payload


def validate(payload: Any, schema: str) -> None:
    """Raise ApiError 422 if *schema* forbids *payload*."""
    if error := first_error(schema, payload):
        raise ApiError(422, str(error))


def parse_uuid(text: str, detail: str) -> str:
    """Return the canonical spelling of a UUID; raises ApiError 422 with *detail*.

    Upper case, no dashes, braces and `urn:uuid:` are accepted.
    """
    try:
        return str(UUID(text))
    except ValueError:
        raise ApiError(422, detail) from None


# Keys that the server sets itself and drops silently from requests. Observed on langgraph-api
# 0.16.7 by sending each key and looking at the run object of POST /runs.
_RESERVED_METADATA = frozenset(
    ("thread_id", "assistant_id", "run_id", "cron_id", "counters_since_delta_snapshot")
)
_RESERVED_CONFIGURABLE = frozenset(
    (
        "langgraph_auth_user",
        "langgraph_auth_user_id",
        "langgraph_auth_permissions",
        "langgraph_request_id",
        "__langsmith_project__",
        "__langsmith_example_id__",
        "__request_start_time_ms__",
        "__after_seconds__",
        "__otel_traceparent__",
        "__otel_tracestate__",
        "__dd_trace_headers__",
        "__pregel_node_finished",
        "__context_provided__",
    )
)


def strip_metadata(metadata: Any) -> Any:
    """Return *metadata* without the reserved keys."""
    return _strip(metadata, _RESERVED_METADATA)


def strip_configurable(configurable: Any) -> Any:
    """Return *configurable*, or a context, without the reserved keys."""
    return _strip(configurable, _RESERVED_CONFIGURABLE)


def strip_config(config: Json) -> Json:
    """Return *config* without the reserved keys in `configurable` and `metadata`."""
    strips = {"configurable": strip_configurable, "metadata": strip_metadata}
    return {key: strips[key](value) if key in strips else value for key, value in config.items()}


def _strip(value: Any, reserved: frozenset[str]) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: item for key, item in cast(Json, value).items() if key not in reserved}
