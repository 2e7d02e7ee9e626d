"""The checks of a run request after its schema, in the order of langgraph-api 0.16.7.

Some undeclared fields crash the handler of the server; the mock sends the same response. Observed
by sending every field with every type of value.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from graphtape_contracts.json_value import Json
from graphtape_mock.server.errors import ApiError, ServerCrash
from graphtape_mock.server.validation.json_body import CONFIGURABLE_AND_CONTEXT
from graphtape_mock.server.validation.webhook import check_webhook


def check_before_assistant(body: Json) -> None:
    """Raise ApiError for errors that the server finds before it looks up the assistant."""
    for check in _BEFORE_ASSISTANT:
        check(body)


def check_after_assistant(body: Json) -> None:
    """Raise ApiError for errors that the server finds after it has looked up the assistant."""
    for check in _AFTER_ASSISTANT:
        check(body)


def _check_checkpoint_id(body: Json) -> None:
    checkpoint_id: Any = body.get("checkpoint_id")
    if not checkpoint_id:
        return
    if not isinstance(checkpoint_id, str):
        raise ServerCrash
    try:
        UUID(checkpoint_id)
    except ValueError:
        raise ApiError(422, "Invalid checkpoint ID") from None


def _check_resume(body: Json) -> None:
    command: Json = body.get("command") or {}
    if command.get("resume"):
        raise ApiError(400, "You must provide a thread_id when resuming.")


def _check_configurable_or_context(body: Json) -> None:
    if body["config"].get("configurable") and body["context"]:
        raise ApiError(400, CONFIGURABLE_AND_CONTEXT)


def _check_checkpoint(body: Json) -> None:
    try:
        dict(body.get("checkpoint") or {})
    except ValueError as error:
        # The server makes the same dictionary and responds with the text of the same error.
        raise ApiError(400, str(error)) from None
    except TypeError:
        raise ServerCrash from None


def _check_tracer(body: Json) -> None:
    _crash_unless_object(body.get("langsmith_tracer"))


def _check_webhook(body: Json) -> None:
    if "webhook" in body:
        check_webhook(body["webhook"])


def _check_config_metadata(body: Json) -> None:
    _crash_unless_object(cast(Json, body["config"]).get("metadata"))


def _crash_unless_object(value: Any) -> None:
    if value and not isinstance(value, dict):
        raise ServerCrash


def _check_after_seconds(body: Json) -> None:
    time_after(datetime.now(UTC), body.get("after_seconds", 0))


def time_after(now: datetime, seconds: float) -> datetime:
    """Return the time *seconds* after *now*.

    Raises ServerCrash beyond the years 1 to 9999, as langgraph-api 0.16.7 was seen to crash.
    """
    try:
        return now + timedelta(seconds=seconds)
    except OverflowError:
        raise ServerCrash from None


_BEFORE_ASSISTANT = (
    _check_checkpoint_id,
    _check_resume,
    _check_configurable_or_context,
    _check_checkpoint,
    _check_tracer,
    _check_webhook,
)
_AFTER_ASSISTANT = (_check_config_metadata, _check_after_seconds)
