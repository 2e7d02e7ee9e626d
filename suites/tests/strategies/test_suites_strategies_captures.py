"""The model behind the strategies produces the events of real servers for the same graph."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from captured import captured

from graphtape_contracts import Exchange
from graphtape_contracts.dialect import Dialect, detect
from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_contracts.parsing.event import event_of, parse
from graphtape_contracts.parsing.exchange_head import stream_options
from graphtape_suites.strategies.model.dialect_data import dialect_data
from graphtape_suites.strategies.model.graph_model import (
    Asks,
    Called,
    Custom,
    Fails,
    Gives,
    Graph,
    ModelStreams,
    RunModel,
    Task,
    Writes,
)
from graphtape_suites.strategies.model.model_stream import MessagePiece, ModelStream
from graphtape_suites.strategies.model.run_view import RunView
from graphtape_suites.strategies.model.simulated_run import SimulatedRun


def message(kind: str, content: str, **more: Any) -> Json:
    common: Json = {
        "content": content,
        "additional_kwargs": {},
        "response_metadata": {},
        "type": kind,
    }
    return common | {"name": None, "id": None} | more


def ai(content: str, **more: Any) -> Json:
    own: Json = {"tool_calls": [], "invalid_tool_calls": [], "usage_metadata": None}
    return message("ai", content, **own | more)


def saying(text: str) -> ModelStream:
    """Return a model that streams *text* word by word and marks the last chunk."""
    return ModelStream(tuple(MessagePiece(word) for word in re.findall(r"\s+|\S+", text)))


def writing(name: str, update: Json, *acts: Any, **more: Any) -> Task:
    return Task(name, acts, Writes(update, **more))


def logs(name: str) -> tuple[Task, ...]:
    return (writing(name, {"log": [name]}),)


QUESTION = {"question": "go on?", "options": ["yes", "no"]}
ASKING = (Task("ask", (), Asks((QUESTION,))),)
INTERRUPTING = Graph({"log": []}, (logs("before"), ASKING))
USER = message("human", "x")


def speaking(name: str, text: str, *acts: Any, **update: Any) -> Task:
    return writing(name, update, *acts, ModelStreams((saying(text),)), includes_streamed=True)


def tool_agent() -> Graph:
    def piece(name: str | None, args: str, id_: str | None) -> MessagePiece:
        return MessagePiece("", ({"name": name, "args": args, "id": id_, "index": 0},))

    def finish(reason: str, read: int, written: int) -> MessagePiece:
        usage = {"input_tokens": read, "output_tokens": written, "total_tokens": read + written}
        return MessagePiece("", (), usage, {"finish_reason": reason, "model_name": "fake-1"})

    called = ModelStream(
        (
            piece("weather", "", "call_1"),
            piece(None, '{"city', None),
            piece(None, '": "Pa', None),
            piece(None, 'ris"}', None),
            finish("tool_calls", 10, 7),
        )
    )
    stream = ModelStream(
        (
            MessagePiece("It is "),
            MessagePiece("sunny in Paris"),
            MessagePiece(" there."),
            finish("stop", 20, 5),
        )
    )
    found = message("tool", "sunny in Paris", tool_call_id="call_1", artifact=None)
    found |= {"status": "success", "name": "weather"}
    return Graph(
        {"messages": [message("human", "weather in Paris?")]},
        (
            (writing("agent", {}, ModelStreams((called,)), includes_streamed=True),),
            (writing("tools", {}, returned=(found,)),),
            (writing("agent", {}, ModelStreams((stream,)), includes_streamed=True),),
        ),
    )


def failing() -> Graph:
    stream = ModelStream(tuple(map(MessagePiece, ("one", " ", "two"))), finished=False)
    error = Fails("ValueError", 'bad value: \u00e9\n second line "quoted"')
    return Graph(
        {"messages": [message("human", "value")]},
        (
            (writing("first", {}, returned=(ai("first step", id="fixed-ai-0"),)),),
            (Task("boom", (ModelStreams((stream,)),), error),),
        ),
    )


def nested() -> Graph:
    asked = {"messages": [message("human", "q", id="4d9e2c29-8644-45d5-ac4c-a10edb0abf48")]}
    leaf = speaking("leaf", "leaf says hi", Custom({"leaf": "writing"}), log=["leaf"])
    inner = Graph(asked | {"log": ["top", "mid"]}, ((leaf,),))
    child = Graph(
        asked | {"log": ["top"]},
        ((writing("mid", {"log": ["mid"]}),), (Task("inner", (Called(inner),), Gives()),)),
    )
    return Graph(
        asked | {"log": []},
        ((writing("top", {"log": ["top"]}),), (Task("child", (Called(child),), Gives()),)),
    )


GRAPHS: dict[str, Graph] = {
    "python/full-agent-all-tuple-noevents": Graph(
        {"messages": [message("human", "hi")]},
        ((speaking("agent", "Hello! You said: hi. Nice to meet you."),),),
    ),
    "python/full-tools-all-tuple-noevents": tool_agent(),
    "python/full-tools-all-messages-noevents": tool_agent(),
    "python/mode-tools-updates": tool_agent(),
    "python/boom-all": failing(),
    "python/full-boom-all-tuple-noevents": failing(),
    "python/interrupt-interrupting-all": INTERRUPTING,
    "python/interrupt-interrupting-values": INTERRUPTING,
    "python/interrupt-interrupting_sub-all-sub": Graph(
        {"log": []},
        (
            logs("before"),
            (
                Task(
                    "sub",
                    (Called(Graph({"log": ["before"]}, (logs("before"), ASKING))),),
                    Gives(),
                ),
            ),
        ),
    ),
    "python/interrupt_before-all": Graph({"log": []}, (), halts=True),
    "python/interrupt_after-all": Graph({"log": []}, (logs("before"),), halts=True),
    "python/full-subgraph-sub-all-tuple-noevents": nested(),
    "python/full-subgraph-all-tuple-noevents": nested(),
    "python/mode-subgraph-sub-messages": nested(),
    "python/mode-subgraph-messages": nested(),
    "aegra/stream-interrupt-values": Graph(
        {}, (logs("before"), (Task("ask", (), Asks(({"question": "Continue?"},))),))
    ),
    "javascript/stream-error-tasks": Graph(
        {"log": []},
        (
            logs("ok"),
            (Task("boom", (), Fails("TypeError", "boom: failed in the middle of the run")),),
        ),
    ),
}

_RENAMED = {"trail": "log", "steps": "log"}
_NOT_COMPARED = ("metadata", "timestamp", "config", "parent_config")
_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}(?![0-9a-f])")


class Normal:
    """Replaces ids with numbers in order of appearance, and removes times."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def events(self, events: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
        return [(self._text(name), self._value(data)) for name, data in events]

    def _value(self, value: Any) -> Any:
        if is_object(value):
            kept = {_RENAMED.get(k, k): v for k, v in value.items() if k not in _NOT_COMPARED}
            return {self._text(key): self._value(item) for key, item in sorted(kept.items())}
        if is_list(value):
            # Of the metadata of a message, only the depth of its namespace is compared.
            return [
                item.get("langgraph_checkpoint_ns", "").count("|")
                if is_object(item) and "langgraph_node" in item
                else self._value(item)
                for item in value
            ]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        return _ID.sub(lambda id_: self._ids.setdefault(id_[0], f"id {len(self._ids)}"), text)


def events_in(exchange: Exchange) -> list[tuple[str, Any]]:
    events = [event_of(frame, number) for number, frame in enumerate(exchange.frames, 1)]
    return [(event.name, parse(event.frame.data)) for event in events if event is not None]


@pytest.mark.parametrize("name", GRAPHS)
def test_the_model_streams_the_events_of_the_server(name: str) -> None:
    exchange = captured(name)
    asked = stream_options(exchange.request)
    assert asked is not None
    view = RunView(asked.modes, asked.subgraphs, detect(exchange.response))

    events = view.events(SimulatedRun(RunModel(GRAPHS[name]), seed=0))

    assert Normal().events(events) == Normal().events(events_in(exchange))


TWICE = Graph(
    {"log": []},
    ((Task("ask", (), Asks((QUESTION,))), Task("ask2", (), Asks(("second question",)))),),
)
OUTPUTS: dict[str, Graph] = {
    "python/wait-interrupt-interrupting-values": INTERRUPTING,
    "python/wait-interrupt-interrupting-updates": INTERRUPTING,
    "python/wait-interrupt-interrupting-values+updates": INTERRUPTING,
    "python/wait-interrupt-interrupting-messages": INTERRUPTING,
    "python/wait-interrupt-interrupting_twice-values": TWICE,
    "python/wait-interrupt_after-all": Graph({"log": []}, (logs("before"),), halts=True),
    "python/wait-boom-values": failing(),
    "python/wait-mode-updates": GRAPHS["python/full-agent-all-tuple-noevents"],
    "javascript/wait-mode-updates": GRAPHS["python/full-agent-all-tuple-noevents"],
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_model_returns_the_output_of_the_server(name: str) -> None:
    exchange = captured(name)
    asked = stream_options(exchange.request)
    assert asked is not None
    view = RunView(asked.modes, asked.subgraphs, detect(exchange.response))

    output = view.output(SimulatedRun(RunModel(OUTPUTS[name]), seed=0))

    answered = [("output", parse(exchange.body))]
    assert Normal().events([("output", output)]) == Normal().events(answered)


@pytest.mark.parametrize("dialect", Dialect)
def test_user_data_under_the_key_of_interrupts_is_unchanged(dialect: Dialect) -> None:
    state = {"__interrupt__": ["x", {"value": 1}]}

    assert dialect_data(dialect)("values", state) == state
