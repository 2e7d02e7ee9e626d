"""Run inputs: from the options, from the recordings, or from the deployment."""

from pathlib import Path

from graphtape_contracts import Response
from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.record.requests import (
    RecordingRequest,
    load_json,
    make_recording_request,
    make_recording_requests,
    read_text,
)
from graphtape_mock.recordings.try_json import object_in, value_in
from graphtape_mock.recordings.view import VIEW_FIELDS
from graphtape_mock.replay.library import Library
from graphtape_mock.replay.selection import request_body
from graphtape_suites.runner.settings import Settings


class NothingToRun(Exception):
    """There is no assistant or no input; the message names the option that adds one."""


def recorded_inputs(library: Library) -> tuple[RecordingRequest, ...]:
    """Return the run inputs of the recordings of *library*. Raises NothingToRun without runs."""
    run_inputs: dict[str, RecordingRequest] = {}
    for run in library.runs:
        body = request_body(run.exchanges[0])
        assistant = str(body.pop("assistant_id"))
        for field in VIEW_FIELDS:
            body.pop(field, None)
        run_inputs.setdefault(run.name, RecordingRequest(assistant, body, run.name))
    if not run_inputs:
        raise NothingToRun("expected at least one recording of a run, got none")
    return tuple(run_inputs.values())


def wanted_inputs(
    settings: Settings, upstream: DeploymentConnection
) -> tuple[RecordingRequest, ...]:
    """Return the run inputs of *settings*; if they name no input, entries without `input`."""
    if not settings.inputs:
        assistants = settings.assistants or (_first_assistant(upstream),)
        return tuple(RecordingRequest(assistant, {}, None) for assistant in assistants)
    found: list[RecordingRequest] = []
    for text in settings.inputs:
        found += _run_inputs(text, settings.assistants, upstream)
    return tuple(found)


def _run_inputs(
    text: str, assistants: tuple[str, ...], upstream: DeploymentConnection
) -> list[RecordingRequest]:
    where = "--graphtape-input"
    file = file_named(text)
    content = text if file is None else read_text(str(file), where)
    if file is not None and _has_entries(content):
        return make_recording_requests(content, str(file), assistants[0] if assistants else None)
    fields: Json = {"input": load_json(content, where if file is None else str(file))}
    chosen = assistants or (_first_assistant(upstream),)
    return [make_recording_request(assistant, fields, {}, None, where) for assistant in chosen]


def file_named(text: str) -> Path | None:
    """Return the file that a value of --graphtape-input names; None if the value is JSON.

    The file needs no @: pytest reads an argument that starts with @ as a file of more arguments.
    """
    path = Path(text.removeprefix("@"))
    is_json = text.lstrip()[:1] in ("{", "[", '"')
    return path if text.startswith("@") or (not is_json and path.exists()) else None


def _has_entries(content: str) -> bool:
    """Whether a file has entries as for `graphtape record --inputs`, instead of one input."""
    first = value_in(content)
    if is_list(first):
        return True
    entry = first if is_object(first) else object_in(content.partition("\n")[0])
    return "input" in entry and entry.keys() <= {"name", "assistant", "input", "body"}


def _first_assistant(upstream: DeploymentConnection) -> str:
    exchange = upstream.fetch("POST", "/assistants/search", b'{"limit":1,"offset":0}')
    found = value_in(exchange.body)
    if exchange.response.status == 200 and is_list(found) and found and is_object(found[0]):
        return str(found[0].get("assistant_id"))
    raise NothingToRun(
        f"expected {upstream.url} to list an assistant (POST /assistants/search), got "
        f"{_result(exchange.response)}: name one with --graphtape-assistant"
    )


def _result(response: Response) -> str:
    return "none" if response.status == 200 else f"status {response.status}"
