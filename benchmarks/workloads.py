"""Requests to measure, and recordings that match them; both are similar to real ones."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from graphtape_contracts import Exchange, Frame, Request, Response, sse
from graphtape_mock.recordings.file import RecordingWriter

EVENT_SECONDS = 0.05
"""The time between two events of a paced stream, in seconds."""
OTHER_RECORDINGS = 11
"""The number of further recordings, which no request matches, as in a real library."""

_ASSISTANT = "fe096781-5601-53d2-b2f6-0d3403f7e9ca"
_RANDOM = random.Random(7)


@dataclass(frozen=True)
class Workload:
    """A kind of request to measure."""

    name: str
    path: str
    body: bytes
    """The request body; `{n}` stands for digits that differ in every request."""


def _uuid(version: int) -> str:
    digits = f"{_RANDOM.getrandbits(128):032x}"
    prefix = "01a2021a" if version == 7 else digits[:8]
    return f"{prefix}-{digits[8:12]}-{version}{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def _request(events: str, mode: str, message_id: str | None = None) -> dict[str, Any]:
    message = {"type": "human", "content": f"A run of {events}, please"}
    if message_id is not None:
        message["id"] = message_id
    return {"assistant_id": "agent", "input": {"messages": [message]}, "stream_mode": mode}


STREAMS = {
    "2 events": (2, "updates"),
    "22 events": (22, "updates"),
    "300 events": (300, "messages-tuple"),
}
WAIT = "wait"

# Some clients send a new id in each request. Twelve digits give all requests the same length.
_OWN_ID = "00000000-0000-4000-8000-{n}"


def _workload(name: str, path: str, request: dict[str, Any]) -> Workload:
    return Workload(name, path, orjson.dumps(request))


WORKLOADS = (
    *(_workload(name, "/runs/stream", _request(name, mode)) for name, (_, mode) in STREAMS.items()),
    _workload(WAIT, "/runs/wait", _request(WAIT, "values")),
    _workload(
        "22 events, message id of its own",
        "/runs/stream",
        _request("22 events", "updates", _OWN_ID),
    ),
    _workload(
        "22 events, metadata of its own",
        "/runs/stream",
        _request("22 events", "updates") | {"metadata": {"trace": "{n}"}},
    ),
)


class _Run:
    """Makes the events of one run, with the same ids in all of them."""

    def __init__(self) -> None:
        self.run_id, self.thread_id = _uuid(7), _uuid(7)
        self._task_id, self._message_id = _uuid(4), _uuid(7)

    def metadata(self) -> tuple[str, Any]:
        return "metadata", {"run_id": self.run_id, "attempt": 1}

    def update(self, number: int) -> tuple[str, Any]:
        text = f"Step {number} is done: " + "the weather in Paris is fine. " * 6
        return "updates", {"agent": {"messages": [_message(text, _uuid(4))]}}

    def token(self, number: int) -> tuple[str, Any]:
        chunk: dict[str, Any] = {
            "content": f" word{number}",
            "additional_kwargs": {},
            "response_metadata": {},
            "type": "AIMessageChunk",
            "name": None,
            "id": f"lc_run--{self._message_id}",
            "tool_calls": [],
            "invalid_tool_calls": [],
            "usage_metadata": None,
            "tool_call_chunks": [],
            "chunk_position": None,
        }
        namespace = f"agent:{self._task_id}"
        shown = {
            "created_by": "system",
            "assistant_id": _ASSISTANT,
            "run_attempt": 1,
            "langgraph_version": "1.2.22",
            "langgraph_api_version": "0.16.7",
            "langgraph_plan": "enterprise",
            "langgraph_host": "self-hosted",
            "langgraph_api_url": "http://127.0.0.1:2024",
            "thread_id": self.thread_id,
            "graph_id": "agent",
            "run_id": self.run_id,
            "ls_integration": "langchain_chat_model",
            "langgraph_step": 1,
            "langgraph_node": "agent",
            "langgraph_triggers": ["branch:to:agent"],
            "langgraph_path": ["__pregel_pull", "agent"],
            "langgraph_checkpoint_ns": namespace,
            "checkpoint_ns": namespace,
            "ls_provider": "genericfakechatmodel",
            "ls_model_type": "chat",
            "lc_versions": {"langchain-core": "1.7.2"},
        }
        return "messages", [chunk, shown]


def _message(text: str, message_id: str, kind: str = "ai") -> dict[str, Any]:
    return {
        "content": text,
        "additional_kwargs": {},
        "response_metadata": {},
        "type": kind,
        "name": None,
        "id": message_id,
        "tool_calls": [],
        "invalid_tool_calls": [],
        "usage_metadata": None,
    }


def _stream(request: dict[str, Any], events: int) -> Exchange:
    run = _Run()

    def shown() -> Iterator[tuple[str, Any]]:
        yield run.metadata()
        for number in range(1, events):
            yield run.update(number) if request["stream_mode"] == "updates" else run.token(number)

    frames = tuple(
        sse.frame(
            sse.encode_event(name, orjson.dumps(data).decode(), eol="\r\n"),
            at=EVENT_SECONDS * number,
        )
        for number, (name, data) in enumerate(shown())
    )
    headers = (
        ("location", f"/runs/{run.run_id}/stream"),
        ("content-location", f"/runs/{run.run_id}"),
        ("cache-control", "no-store"),
        ("connection", "keep-alive"),
        ("x-accel-buffering", "no"),
        ("content-type", "text/event-stream; charset=utf-8"),
        ("vary", "Origin"),
        ("transfer-encoding", "chunked"),
    )
    sent = Request("POST", "/runs/stream", body=orjson.dumps(request))
    return Exchange(sent, Response(200, headers), frames)


def _wait(request: dict[str, Any]) -> Exchange:
    run = _Run()
    text = request["input"]["messages"][0]["content"]
    messages = [_message(text, _uuid(4), "human")]
    messages += [_message("It is fine. " * 5, _uuid(4)) for _ in range(3)]
    path = f"/threads/{run.thread_id}/runs/{run.run_id}"
    headers = (
        ("location", f"{path}/join"),
        ("content-location", path),
        ("content-type", "application/json"),
        ("vary", "Origin"),
        ("transfer-encoding", "chunked"),
    )
    sent = Request("POST", "/runs/wait", body=orjson.dumps(request))
    return Exchange(
        sent, Response(200, headers), (Frame(0.5, orjson.dumps({"messages": messages})),)
    )


def write_recordings(folder: Path) -> None:
    """Write the recordings of all workloads and the further recordings into *folder*."""
    exchanges = {name: _stream(_request(name, mode), n) for name, (n, mode) in STREAMS.items()}
    exchanges[WAIT] = _wait(_request(WAIT, "values"))
    for number in range(OTHER_RECORDINGS):
        name = f"other {number}"
        exchanges[name] = _stream(_request(name, "messages-tuple"), 60)
    for name, exchange in exchanges.items():
        with RecordingWriter(folder / f"{name.replace(' ', '-')}.jsonl") as writer:
            writer.add_exchange(exchange)
