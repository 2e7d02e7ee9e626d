"""Calls for client programs to make: methods of the SDKs, with arguments under Python's names."""

from collections.abc import Iterator
from typing import Any

from raw_cases import UUID_OF_AGENT
from run_cases import read_graphs, read_inputs

from graphtape_mock.recordings.view import STREAM_MODES

Call = dict[str, Any]

INPUTS = read_inputs()
PACED = ("agent", "slow", "failing")
"""Inputs that are also run at the recorded pace."""

_PARALLEL = {"fanout"}
"""Graphs whose branches run at the same time."""
_UNKNOWN = "11111111-1111-4111-8111-111111111111"
_LISTS: tuple[list[str], ...] = (
    ["updates", "values"],
    ["messages-tuple", "custom", "values"],
    ["messages", "tasks", "updates"],
    list(STREAM_MODES),
)
_EVERYTHING: dict[str, Any] = {"stream_mode": list(STREAM_MODES), "stream_subgraphs": True}
_FEW: tuple[dict[str, Any], ...] = ({}, *({"stream_mode": modes} for modes in _LISTS))
_VIEWS: tuple[dict[str, Any], ...] = (*_FEW, *({"stream_mode": mode} for mode in STREAM_MODES))
_REMOTE_MODES = ("values", "updates", "messages", "custom", "tasks", "debug")
_REMOTE_FEW: tuple[dict[str, Any], ...] = (
    {},
    {"stream_mode": ["messages", "custom", "values"], "subgraphs": True},
    {"stream_mode": ["values", "updates", "messages", "debug", "custom"]},
)
_REMOTE_VIEWS: tuple[dict[str, Any], ...] = (
    *_REMOTE_FEW,
    *({"stream_mode": mode} for mode in _REMOTE_MODES),
    *({"stream_mode": mode, "subgraphs": True} for mode in _REMOTE_MODES),
    {"stream_mode": ["values", "messages"], "subgraphs": True, "version": "v2"},
)
_SLOW = "slow"
"""The input that is run with fewer views, because its runs take seconds."""
_IN_A_PARENT = ("agent", "context", "failing", "interrupt", "masked", "subgraphs", "tools")
"""Inputs that are also given to a parent graph, which has the remote graph as a node."""


def is_ordered(call: Call) -> bool:
    """Return whether the parts that a *call* returns always have the same order."""
    return not {call.get("graph"), *map(str, call.get("arguments", ()))} & _PARALLEL


def run_call(method: str, body: dict[str, Any], **options: Any) -> Call:
    """Return a call of `runs.METHOD` that makes a stateless run with the request *body*."""
    given = {key: value for key, value in body.items() if key != "assistant_id"}
    arguments = [None, body["assistant_id"]]
    return {"method": f"runs.{method}", "arguments": arguments, "options": given | options}


def run_calls() -> Iterator[Call]:
    """Yield for every input a wait, a stream of each mode, and streams of several modes."""
    for name, body in INPUTS.items():
        yield run_call("wait", body)
        for view in _FEW if name == _SLOW else _VIEWS:
            yield run_call("stream", body, **view)
        for view in _VIEWS if body["assistant_id"] == "subgraphs" else _FEW[-1:]:
            yield run_call("stream", body, stream_subgraphs=True, **view)
    for method in ("stream", "wait"):
        yield run_call(method, INPUTS["agent"], config={"recursion_limit": 0})


def paced_calls() -> Iterator[Call]:
    """Yield calls whose timing is compared."""
    for body in (INPUTS[name] for name in PACED):
        yield run_call("stream", body, stream_mode=["updates", "messages", "custom"])
        yield run_call("wait", body)


def version_2_calls() -> Iterator[Call]:
    """Yield streams with parts in the form of version 2, which langgraph-sdk 0.2 lacks."""
    for body in INPUTS.values():
        yield run_call("stream", body, **_EVERYTHING, version="v2")


def remote_calls() -> Iterator[Call]:
    """Yield calls of RemoteGraph for every input and every graph."""
    for name, body in INPUTS.items():
        options = {k: v for k, v in body.items() if k not in ("assistant_id", "input", "command")}
        call = {"graph": body["assistant_id"], "arguments": [body.get("input")]}
        call |= {key: body[key] for key in ("command",) if key in body}
        yield from (call | method for method in _remote_methods(name, options))
        if name in _IN_A_PARENT:
            yield from (call | method | {"parent": True} for method in _remote_methods(name, {}))
    for graph in (*read_graphs(), "nobody"):
        yield {"graph": graph, "method": "get_graph"}
        yield {"graph": graph, "method": "aget_graph", "options": {"xray": True}}
    yield {"graph": "nobody", "method": "invoke", "arguments": [{}]}


def paced_remote_calls() -> Iterator[Call]:
    """Yield calls of RemoteGraph whose timing is compared."""
    for body in (INPUTS[name] for name in PACED):
        call = {"graph": body["assistant_id"], "arguments": [body["input"]]}
        yield call | {"method": "stream", "options": _REMOTE_FEW[1]}
        yield call | {"method": "invoke", "parent": True}


def _remote_methods(name: str, options: dict[str, Any]) -> Iterator[Call]:
    for method in ("invoke", "ainvoke"):
        yield {"method": method, "options": options}
    yield {"method": "invoke", "options": options | {"version": "v2"}}
    for number, view in enumerate(_REMOTE_FEW if name == _SLOW else _REMOTE_VIEWS):
        method = ("stream", "astream")[number % 2]
        yield {"method": method, "options": options | view}


def unlike_calls() -> dict[str, Call]:
    """Return langgraph-sdk calls with known differences, by a description of the mock's result."""
    return {
        "draws one level of subgraphs": _call("assistants.get_graph", "subgraphs", xray=1),
    }


def unlike_remote_calls() -> dict[str, Call]:
    """Return RemoteGraph calls with known differences, by a description of the mock's result."""
    body = INPUTS["agent-conversation"]
    call = {"graph": body["assistant_id"], "arguments": [body["input"]], "parent": True}
    return {"returns an AI message as recorded": call | {"method": "stream"}}


def endpoint_calls(thread_id: str) -> Iterator[Call]:
    """Yield calls of endpoints besides runs, and invalid calls; no thread has *thread_id*."""
    for graph_id in read_graphs():
        yield _call("assistants.search", graph_id=graph_id)
        yield _call("assistants.count", graph_id=graph_id)
    yield _call("assistants.search", limit=100, sort_by="graph_id", sort_order="asc")
    yield _call("assistants.search", limit=2, offset=1)
    yield _call("assistants.search", metadata={"created_by": "nobody"})
    yield _call("assistants.count")
    yield _call("assistants.count", graph_id="no-such")
    created = {"graph_id": "agent", "assistant_id": UUID_OF_AGENT}
    yield _call("assistants.create", **created, if_exists="do_nothing")
    yield _call("assistants.create", **created)
    for id_ in (UUID_OF_AGENT, "agent", _UNKNOWN):
        yield _call("assistants.get", id_)
        yield _call("assistants.get_schemas", id_)
        yield _call("assistants.get_graph", id_)
        yield _call("assistants.get_graph", id_, xray=True)
    yield from _thread_calls(thread_id)
    yield from _run_object_calls()
    yield from _refused_calls()


def cancel_calls() -> Iterator[Call]:
    """Yield calls that cancel unknown runs; some clients have no such method.

    They cancel by id, because cancelling by status would affect other tests on the same server.
    """
    yield _call("runs.cancel_many", thread_id=_UNKNOWN, run_ids=[_UNKNOWN])
    yield _call("runs.cancel_many", thread_id=_UNKNOWN, run_ids=["x"])
    yield _call("runs.cancel_many", thread_id=_UNKNOWN, run_ids=[_UNKNOWN], action="rollback")


def _thread_calls(thread_id: str) -> Iterator[Call]:
    yield _call("threads.create", thread_id=thread_id, metadata={"a": 1})
    yield _call("threads.create", thread_id=thread_id)
    yield _call("threads.create", thread_id=thread_id, if_exists="do_nothing")
    yield _call("threads.get", thread_id)
    yield _call("threads.delete", thread_id)
    yield _call("threads.get", thread_id)
    yield _call("threads.delete", thread_id)
    yield _call("threads.create")
    yield _call("threads.get", "x")


def _run_object_calls() -> Iterator[Call]:
    body = INPUTS["agent"]
    yield run_call("create", body)
    yield run_call("create", body, **_EVERYTHING, metadata={"a": 1})
    yield run_call("create", INPUTS["context-french"])
    yield _call("runs.create_batch", [body, INPUTS["writer"]])


def _refused_calls() -> Iterator[Call]:
    for method in ("stream", "wait", "create"):
        for assistant_id in ("nobody", _UNKNOWN):
            yield run_call(method, INPUTS["agent"] | {"assistant_id": assistant_id})
    yield run_call("stream", INPUTS["agent"], stream_mode="nothing")
    yield run_call("wait", INPUTS["agent"], command={"resume": 1})


def _call(method: str, *arguments: Any, **options: Any) -> Call:
    given = {"options": options} if options else {}
    return {"method": method, "arguments": arguments, **given}
