"""The run object: the response of POST /runs and /runs/batch to a run that will start."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from graphtape_contracts.json_value import Json, is_object
from graphtape_mock.replay.run_request import RunRequest
from graphtape_mock.server.assistant import Assistant
from graphtape_mock.server.run_request import requested_modes
from graphtape_mock.server.validation.run_checks import time_after


def run_object(
    request: RunRequest,
    assistant: Assistant,
    run_id: str,
    thread_id: str,
    now: datetime,
    *,
    request_id: str | None = None,
) -> Json:
    """Return the object of a pending run of *assistant*, created *now* (UTC).

    *request_id* is the header `x-request-id`; all runs of a batch share one. Fields and their
    order as langgraph-api 0.16.7 sends them.
    """
    body = request.body
    ids = {
        "run_id": run_id,
        "thread_id": thread_id,
        "graph_id": request.graph_id,
        "assistant_id": request.assistant,
    }
    given = _given_configurable(request)
    from_server = {
        "langgraph_auth_user": None,
        "langgraph_auth_user_id": "",
        "langgraph_auth_permissions": list[str](),
        "langgraph_request_id": request_id or str(uuid4()),
        **_tracer(body),
        "__request_start_time_ms__": int(now.timestamp() * 1000),
        "__after_seconds__": request.after_seconds,
    }
    inherited = assistant.part("config").get("configurable")
    inherited = inherited if is_object(inherited) else {}
    configurable = inherited | given | from_server | ids
    configurable["user_id"] = given.get("user_id") or inherited.get("user_id") or ""
    config_metadata: Json = request.config.get("metadata") or {}
    metadata = assistant.part("metadata") | config_metadata | request.metadata
    metadata["assistant_id"] = request.assistant
    # The server adds the context, or the configurable instead of it, before its own keys.
    context = request.context or request.config.get("configurable") or {}
    return {
        "run_id": run_id,
        "thread_id": thread_id,
        "assistant_id": request.assistant,
        "metadata": metadata,
        "status": "pending",
        "kwargs": {
            "input": request.input,
            "command": body.get("command"),
            "config": assistant.part("config")
            | request.config
            | {"configurable": configurable, "metadata": metadata},
            "context": assistant.part("context") | context,
            "stream_mode": requested_modes(body),
            "interrupt_before": request.interrupt_before,
            "interrupt_after": request.interrupt_after,
            "webhook": request.webhook,
            "feedback_keys": body.get("feedback_keys"),
            "temporary": request.on_completion == "delete",
            "subgraphs": request.subgraphs,
            "resumable": request.resumable,
            "checkpoint_during": body.get("checkpoint_during", True),
            "durability": request.durability,
        },
        "multitask_strategy": body.get("multitask_strategy") or "enqueue",
        "created_at": time_after(now, request.after_seconds).isoformat(),
        "updated_at": now.isoformat(),
        "langsmith_session_name": None,
    }


def _given_configurable(request: RunRequest) -> Json:
    given: Json = request.config.get("configurable") or {}
    if request.context:
        given = request.context | {"__context_provided__": True}
    if checkpoint_id := request.body.get("checkpoint_id"):
        given = given | {"checkpoint_id": str(UUID(checkpoint_id))}
    return given | dict(request.body.get("checkpoint") or {})


def _tracer(body: Json) -> Json:
    tracer: dict[str, Any] = body.get("langsmith_tracer") or {}
    if not tracer:
        return {}
    return {
        "__langsmith_project__": tracer.get("project_name"),
        "__langsmith_example_id__": tracer.get("example_id"),
    }
