"""Converts event data from the form of the Python server to the form of another dialect.

Observed on LangGraph.js 2.0.0 and 1.5.1, and on Aegra 0.11.0.
"""

from collections.abc import Callable
from typing import Any

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_suites.strategies.model.graph_model import Fails

DialectData = Callable[[str, Any], Any]
"""A function that takes a stream mode and event data, and returns the data of a dialect."""


def dialect_data(dialect: Dialect | None) -> DialectData:
    """Return the function for *dialect*. For None, it leaves the data in the form of Python."""
    match dialect:
        case Dialect.JAVASCRIPT:
            return _in_javascript
        case Dialect.AEGRA:
            return _in_aegra
        case _:
            return _in_python


def _in_python(mode: str, value: Any) -> Any:
    return value


def _in_javascript(mode: str, value: Any) -> Any:
    if mode == "tasks":
        return _task_in_javascript(_plain(value))
    if mode == "debug":
        payload = _in_javascript(
            "checkpoints" if value["type"] == "checkpoint" else "tasks", value["payload"]
        )
        time = value["timestamp"].replace("+00:00", "Z")
        return {
            "step": value["step"],
            "type": value["type"],
            "timestamp": time,
            "payload": payload,
        }
    if mode == "events":
        return {key: _plain(item) for key, item in value.items() if key != "parent_ids"}
    if mode in ("updates", "values"):
        return _with_interrupts(_plain(value), _interrupt)
    return _plain(value)


def _task_in_javascript(task: Json) -> Json:
    if "input" in task:
        return task | {"interrupts": []}
    error = task["error"]
    if error is not None:
        error = {"message": error["message"], "name": error["error"]}
    return task | {"interrupts": [_interrupt(item) for item in task["interrupts"]], "error": error}


def _plain(value: Any) -> Any:
    """Return *value* with the messages in it as LangChain.js writes them."""
    if is_list(value):
        return [_plain(item) for item in value]
    if not is_object(value):
        return value
    inner = {key: _plain(item) for key, item in value.items()}
    if "response_metadata" not in inner:
        return inner
    unknown = {"chunk_position"} | {
        key for key in ("name", "usage_metadata") if inner.get(key) is None
    }
    kept = {key: item for key, item in inner.items() if key not in unknown}
    if kept["type"] == "AIMessageChunk":
        kept["type"] = "ai"
    return kept | (
        {"tool_call_chunks": kept.get("tool_call_chunks", [])} if kept["type"] == "ai" else {}
    )


def _in_aegra(mode: str, value: Any) -> Any:
    if mode == "debug":
        inner = "checkpoints" if value["type"] == "checkpoint" else "tasks"
        return value | {"payload": _in_aegra(inner, value["payload"])}
    if mode == "tasks" and "result" in value:
        error = value["error"]
        if error is not None:
            error = {"type": error["error"], "message": error["message"]}
        interrupts = [_interrupt(item) for item in value["interrupts"]]
        return value | {"error": error, "interrupts": interrupts}
    if mode in ("updates", "values"):
        return _with_interrupts(value, _interrupt)
    return value


def _with_interrupts(value: Any, change: Callable[[Json], Json]) -> Any:
    if is_object(value) and is_list(value.get("__interrupt__")):
        return value | {"__interrupt__": [change(item) for item in value["__interrupt__"]]}
    return value


def _interrupt(item: Any) -> Any:
    if not is_object(item) or "response_schema" not in item:
        return item  # User data under the key `__interrupt__`.
    return {"id": item["id"], "value": item["value"]}


def error_data(error: Fails, dialect: Dialect | None) -> Json:
    """Return the data of the event `error`."""
    text = f"{error.error}: execution failed" if dialect is Dialect.AEGRA else error.message
    return {"error": error.error, "message": text}


def wait_error(error: Fails, dialect: Dialect | None) -> Json:
    """Return the body of a wait for a run that failed."""
    import json

    match dialect:
        case Dialect.JAVASCRIPT:
            data = {"error": "Error", "message": json.dumps(error_data(error, dialect))}
        case Dialect.AEGRA:
            data = {"error": "Error", "message": error.message}
        case _:
            data = error_data(error, dialect)
    return {"__error__": data}
