"""The client programs print the answers of the mock. Each has its own environment.

The environments need package registries, so these tests run only in `tox run -e clients`.
"""

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from environments import run

from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server.mock import Mock, bundled_recordings
from graphtape_mock.server.running import BackgroundServer

CLIENTS = Path(__file__).parent.parent / "clients"

QUESTION = "Hello! My name is Bagatur and I am 26 years old."
ANSWER = "Hello Bagatur! It is good to meet you. 26 is a fine age. What can I do for you?"

HUMAN = {
    "content": QUESTION,
    "additional_kwargs": {},
    "response_metadata": {},
    "type": "human",
    "name": None,
}
AI = {
    "content": ANSWER,
    "additional_kwargs": {},
    "response_metadata": {"finish_reason": "stop", "model_name": "fake-1"},
    "type": "ai",
    "name": None,
    "tool_calls": [],
    "invalid_tool_calls": [],
    "usage_metadata": {"input_tokens": 11, "output_tokens": 19, "total_tokens": 30},
}
UPDATE = {"agent": {"messages": [AI]}}
STATE = {"messages": [HUMAN, AI]}


@pytest.fixture(scope="session")
def deployment() -> Iterator[str]:
    """The URL of a mock with the bundled recordings."""
    mock = Mock(load([bundled_recordings()]), ReplayOptions(speed=0))
    with BackgroundServer(mock) as server:
        yield server.url


def without_ids(value: object) -> object:
    """Return *value* without the ids of its messages, which are new in every run."""
    if isinstance(value, dict):
        return {key: without_ids(part) for key, part in value.items() if key != "id"}
    if isinstance(value, list):
        return [without_ids(part) for part in value]
    return value


@pytest.mark.parametrize("version", ["0.4.14", "0.2.9"])
def test_the_python_sdk_prints_the_update_and_the_state(
    deployment: str, python_with: Callable[[str], Path], version: str
) -> None:
    python = python_with(f"langgraph-sdk=={version}")

    printed = run([str(python), str(CLIENTS / "stateless.py")], LANGGRAPH_API_URL=deployment)

    assert [without_ids(ast.literal_eval(line)) for line in printed.splitlines()] == [UPDATE, STATE]


@pytest.mark.parametrize("version", ["2.0.0", "1.15.0"])
def test_the_javascript_sdk_prints_the_update_and_the_state(
    deployment: str, javascript_with: Callable[[str], Path], version: str
) -> None:
    folder = javascript_with(version)

    printed = run(["node", str(folder / "stateless.mjs")], LANGGRAPH_API_URL=deployment)

    assert [without_ids(json.loads(line)) for line in printed.splitlines()] == [UPDATE, STATE]


def test_curl_prints_the_events_and_the_state(deployment: str) -> None:
    printed = run([str(CLIENTS / "stateless.sh")], LANGGRAPH_API_URL=deployment)

    *events, state = printed.split("\r\n\r\n")
    metadata, update = (event.split("\r\ndata: ") for event in events)
    assert metadata[0] == "event: metadata"
    assert json.loads(metadata[1]).keys() == {"run_id", "attempt"}
    assert update[0] == "event: updates"
    assert without_ids(json.loads(update[1])) == UPDATE
    assert without_ids(json.loads(state)) == STATE


def test_a_remote_graph_does_not_duplicate_the_user_message(
    deployment: str, python_with: Callable[[str], Path]
) -> None:
    python = python_with("langgraph==1.2.22")

    printed = run([str(python), str(CLIENTS / "remote_graph.py")], LANGGRAPH_API_URL=deployment)

    assert printed.splitlines() == [
        f"alone: human: {QUESTION}",
        f"alone: ai: {ANSWER}",
        f"in a parent: human: {QUESTION}",
        f"in a parent: ai: {ANSWER}",
    ]
