"""Rare but valid LangChain events are not reported."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from graphtape_contracts import End, Exchange, Frame, Request, Response, sse
from graphtape_contracts.checker import check
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.parsing.bounded_dict import MAX_ENTRIES
from graphtape_contracts.rules import langchain, message_assembly

RULES = [*langchain.RULES, *message_assembly.RULES]
RUN = "01a20208-2729-776a-acba-1e37338bd21e"
METADATA = ("metadata", {"run_id": RUN, "attempt": 1})

Shown = tuple[str, Any]


def judged(shown: Iterable[Shown], dialect: Dialect = Dialect.PYTHON) -> list[str]:
    """Return the ids of the rules of these families that a stream of *shown* violates."""
    frames: list[Frame] = []
    for name, data in (METADATA, *shown):
        frames += sse.decode(sse.encode_event(name, json.dumps(data)))
    request = Request("POST", "/runs/stream", (), b'{"assistant_id":"a"}')
    response = Response(200, (("content-type", "text/event-stream"),))
    exchange = Exchange(request, response, tuple(frames), End.COMPLETE)
    return [finding.rule for finding in check(exchange, RULES, dialect=dialect)]


def on(event: str, run: str = RUN, *parents: str, **data: Any) -> Shown:
    """Make an event of the LangChain run with the id *run*."""
    model_event = {"event": f"on_{event}", "run_id": run, "name": event.split("_")[0]}
    return "events", model_event | {
        "tags": ["seq:step:1"],
        "parent_ids": list(parents),
        "data": data,
    }


START, END = on("chain_start"), on("chain_end")


def test_a_child_run_may_end_after_its_parent() -> None:
    shown = [
        START,
        on("chain_start", "node", RUN),
        on("tool_start", "tool", RUN, "node"),
        on("chain_end", "node", RUN),
        on("tool_error", "tool", RUN, "node"),
        on("chain_start", "late", RUN, "node"),
    ]

    assert judged([*shown, END]) == []


def test_a_recovered_failure_needs_no_end() -> None:
    assert judged([START, on("chat_model_start", "model", RUN), END]) == []


def test_a_run_id_may_be_used_again_after_its_end() -> None:
    once = [on("chat_model_start", "model", RUN), on("chat_model_end", "model", RUN)]

    assert judged([START, *once, *once, END]) == []


def test_a_run_without_the_callbacks_of_the_graph_has_no_parents() -> None:
    assert judged([START, on("chat_model_start", "model"), END]) == []


@pytest.mark.parametrize("parents", [["hidden"], [RUN, "hidden"], [7]])
def test_a_hidden_parent_is_not_reported(parents: list[Any]) -> None:
    assert judged([START, on("chat_model_start", "model", *parents), END]) == []


def test_a_parent_without_parent_ids_is_not_checked() -> None:
    name, data = START
    untold = {key: value for key, value in data.items() if key != "parent_ids"}

    assert judged([(name, untold), on("tool_start", "tool", RUN)]) == []


def test_custom_and_unreadable_events_are_ignored() -> None:
    odd = [("events", data) for data in (7, {}, {"event": 7}, {"event": "on_tool_end"})]
    dispatched = ("events", {"event": "on_custom_event", "run_id": "unknown", "name": "mine"})

    assert judged([*odd, START, dispatched, END]) == []


@pytest.mark.parametrize("first", [on("chain_end"), on("tool_start"), on("chain_start", RUN, "x")])
def test_the_graph_starts_first(first: Shown) -> None:
    assert "langchain.root-first" in judged([first])


def test_after_a_retry_the_graph_has_an_id_of_its_own() -> None:
    again = ("metadata", {"run_id": RUN, "attempt": 2})

    assert judged([START, again, on("chain_start", "other"), on("chain_end", "other")]) == []
    assert judged([START, ("metadata", 7), on("chain_start", "other")]) == []


def test_dropped_runs_are_not_reported() -> None:
    many = [on("tool_start", f"tool {n}", RUN) for n in range(MAX_ENTRIES + 1)]
    ends = [on("tool_end", f"tool {n}", RUN) for n in range(MAX_ENTRIES + 1)]

    assert judged([START, *many, *ends, END]) == []


def chunk(content: Any) -> Shown:
    """Make the `on_chat_model_stream` event of a chunk."""
    return on("chat_model_stream", "model", RUN, chunk={"content": content})


MODEL = [START, on("chat_model_start", "model", RUN)]


def test_chunks_add_up_to_the_output() -> None:
    end = on("chat_model_end", "model", RUN, output={"content": ["a", "b"]})

    assert judged([*MODEL, chunk(["a"]), chunk(["b"]), end, END]) == []
    assert judged([*MODEL, chunk("a"), end, END]) == ["message-assembly.output"]


def test_tool_calls_add_up_to_the_output() -> None:
    piece = {"name": "f", "args": '{"a":1}', "id": "call_1", "index": 0}
    streamed = on(
        "chat_model_stream", "model", RUN, chunk={"content": "", "tool_call_chunks": [piece]}
    )
    head = {"name": "f", "args": {"a": 1}, "id": "call_1"}
    right, wrong = (
        on("chat_model_end", "model", RUN, output={"content": "", "tool_calls": [made]})
        for made in (head, head | {"args": {}})
    )

    assert judged([*MODEL, streamed, right, END]) == []
    assert judged([*MODEL, streamed, wrong, END]) == ["message-assembly.output"]


def piece(content: str, model: str = "model") -> Shown:
    """Make the `messages` event of a chunk."""
    id_ = f"lc_run--{MODEL_RUNS[model]}"
    return "messages", [{"id": id_, "content": content, "tool_call_chunks": []}, {}]


def model_event(content: str, model: str = "model") -> Shown:
    """Make the `on_chat_model_stream` event of the same chunk."""
    chunk = {"content": content, "id": f"lc_run--{MODEL_RUNS[model]}"}
    return on("chat_model_stream", MODEL_RUNS[model], RUN, chunk=chunk)


MODEL_RUNS = {
    "model": "01a20208-0000-7000-8000-000000000001",
    "other": "01a20208-0000-7000-8000-000000000002",
}
SAID = [piece("a"), model_event("a"), model_event("b"), piece("b")]
BEGINS = [START, *(on("chat_model_start", run, RUN) for run in MODEL_RUNS.values())]


def test_the_chunks_of_a_message_equal_those_in_events() -> None:
    assert judged([*BEGINS, *SAID, END]) == []
    assert judged([*BEGINS, *SAID, piece("c"), END]) == ["message-assembly.streamed"]
    assert judged([*BEGINS, *SAID, piece("d"), model_event("c"), END]) == [
        "message-assembly.streamed"
    ]


def test_chunks_with_the_id_of_the_provider_are_not_compared() -> None:
    provided = on("chat_model_stream", MODEL_RUNS["model"], RUN, chunk={"content": "a", "id": "1"})

    assert judged([*BEGINS, provided, *SAID, END]) == []


def test_empty_chunks_may_be_in_one_mode_only() -> None:
    assert judged([*BEGINS, *SAID, piece(""), END]) == []


@pytest.mark.parametrize(
    "shown",
    [
        [*BEGINS, piece("a"), END],  # Hidden from `events`.
        [*BEGINS, model_event("a"), END],  # Hidden from `messages`.
        [*BEGINS, *SAID, piece("c")],  # Cancelled.
        [*BEGINS, piece("c"), METADATA, *BEGINS, *SAID, END],  # Tried again.
        [*BEGINS, model_event("a", "other"), piece("a"), END],  # Two models.
        [*BEGINS, *SAID, on("chat_model_stream", MODEL_RUNS["model"], RUN, chunk=7), END],
    ],
)
def test_chunks_in_one_mode_only_are_not_compared(shown: list[Shown]) -> None:
    assert "message-assembly.streamed" not in judged(shown)


@pytest.mark.parametrize("data", [{}, {"output": 7}, {"chunk": 7}])
def test_a_model_with_unreadable_output_is_not_checked(data: dict[str, Any]) -> None:
    end = on("chat_model_end", "model", RUN, **data)

    assert (
        judged([*MODEL, on("chat_model_stream", "model", RUN, **data), chunk("a"), end, END]) == []
    )
