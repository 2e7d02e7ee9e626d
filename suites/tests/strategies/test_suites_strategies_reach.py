"""The strategies draw every kind of exchange that they claim to draw."""

import json
import sys
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from graphtape_contracts import Exchange, Frame
from graphtape_contracts.dialect import Dialect, detect
from graphtape_contracts.json_value import is_list, is_object, objects_in
from graphtape_contracts.langchain.messages import messages_in
from graphtape_contracts.parsing.event import event_of
from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_suites.strategies import json_values, refusals, streams, waits

_EXAMPLES = settings(
    max_examples=50,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
_MOST_ROUNDS = 100


class Sample:
    """Examples drawn from strategies on demand, the same in every session.

    Examples are drawn in a limited number of rounds with different seeds, as long as more are
    needed, because other releases of Hypothesis may draw rare examples later.
    """

    def __init__(self, *strategies: Any) -> None:
        self._strategies = strategies
        self._drawn: list[Any] = []
        self._rounds = 0

    def __iter__(self) -> Iterator[Any]:
        number = 0
        while number < len(self._drawn) or self._rounds < _MOST_ROUNDS:
            if number == len(self._drawn):
                self._draw()
            yield self._drawn[number]
            number += 1

    def _draw(self) -> None:
        for strategy in self._strategies:

            @seed(self._rounds)
            @_EXAMPLES
            @given(strategy)
            def collect(example: Any) -> None:
                self._drawn.append(example)

            collect()
        self._rounds += 1


def test_a_sample_is_finite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "_MOST_ROUNDS", 1)

    assert 0 < len(list(Sample(json_values()))) <= _EXAMPLES.max_examples


@pytest.fixture(name="legal_streams", scope="module")
def _legal_streams() -> Sample:
    modes = [mode for mode in STREAM_MODES if mode != "messages-tuple"]
    return Sample(
        streams(),
        streams(modes=STREAM_MODES, subgraphs=True),
        streams(modes=modes, subgraphs=True),
        streams(Dialect.PYTHON, modes=("values", "updates", "tasks", "custom")),
        streams(Dialect.AEGRA, modes=("custom",)),
    )


def _data(exchange: Exchange, *modes: str) -> Iterator[Any]:
    """Yield the data of the events of *modes*."""
    for number, frame in enumerate(exchange.frames, 1):
        event = event_of(frame, number)
        if event is not None and event.mode in modes:
            yield event.value


def _frames(test: Callable[[Frame], object]) -> Callable[[Exchange], bool]:
    return lambda exchange: any(test(frame) for frame in exchange.frames)


def _named(*names: str) -> Callable[[Exchange], bool]:
    return _frames(lambda frame: frame.event in names)


def _has(mode: str, test: Callable[[Any], object]) -> Callable[[Exchange], bool]:
    return lambda exchange: any(test(value) for value in _data(exchange, mode))


def _depth(exchange: Exchange) -> int:
    return max((frame.event or "").count("|") for frame in exchange.frames)


def _result_of(test: Callable[[Any], object]) -> Callable[[Exchange], bool]:
    return _has("tasks", lambda task: "result" in task and test(task))


def _speakers(exchange: Exchange) -> list[str]:
    return [value[0]["id"] for value in _data(exchange, "messages")]


def _returns(ids: list[str]) -> bool:
    """Whether an id occurs again after another id."""
    changes = [a for a, b in pairwise([*ids, ""]) if a != b]
    return len(changes) > len(set(changes))


def _keys(value: Any) -> Iterator[str]:
    return (key for found in objects_in(value) for key in found)


def _is_of(dialect: Dialect | None) -> Callable[[Exchange], bool]:
    return lambda exchange: detect(exchange.response) is dialect


REFUSED = (400, 404, 405, 422)
FEATURES: dict[str, Callable[[Exchange], object]] = {
    "a retry of the whole run": _has("metadata", lambda data: data["attempt"] == 2),
    "a run out of attempts": _has("metadata", lambda data: data["attempt"] == 3),
    "a graph that can't be created": lambda exchange: exchange.frames[0].event == "error",
    "an error": _named("error"),
    "a failed task": _result_of(lambda task: task["error"]),
    "a dynamic interrupt": _result_of(lambda task: task["interrupts"]),
    "a static interrupt": _has("updates", lambda data: data == {"__interrupt__": []}),
    "a task that writes nothing": _has("updates", lambda data: None in data.values()),
    "an update from a cache": _has("updates", lambda data: "__metadata__" in data),
    "a graph of the functional API": _result_of(lambda task: "__end__" in task["result"]),
    "state that is not an object": _has("values", lambda data: not is_object(data)),
    "a subgraph": lambda exchange: _depth(exchange) >= 1,
    "a subgraph of a subgraph": _frames(lambda f: (f.event or "").count(":") == 2),
    "a graph called twice": _frames(lambda f: (f.event or "").endswith("|1")),
    "a checkpoint": _named("checkpoints"),
    "debug of a checkpoint": _has("debug", lambda data: data["type"] == "checkpoint"),
    "chunks": _has("messages", lambda data: data[0].get("chunk_position") == "last"),
    "two models at once": lambda exchange: _returns(_speakers(exchange)),
    "content blocks": _has("messages", lambda data: is_list(data[0]["content"])),
    "usage": _has("messages", lambda data: data[0].get("usage_metadata")),
    "pieces of tool calls": _has("messages", lambda data: data[0].get("tool_call_chunks")),
    "partial messages": _named("messages/partial"),
    "whole messages": _named("messages/complete"),
    "a message without id": _has(
        "updates",
        lambda data: any(message["id"] is None for message in messages_in(data)),
    ),
    "custom null": _has("custom", lambda data: data is None),
    "custom scalars": _has("custom", lambda data: isinstance(data, str | int | float)),
    "LangChain events": _named("events"),
    "a custom event of LangChain": _has("events", lambda data: data["event"] == "on_custom_event"),
    "an empty key": _has("values", lambda data: "" in _keys(data)),
    "U+2028": _frames(lambda frame: "\u2028" in (frame.data or "")),
    "an emoji": _frames(lambda frame: "\U0001f600" in (frame.data or "")),
    "a comment": _frames(lambda frame: frame.comment is not None),
    "a comment first": lambda exchange: exchange.frames[0].comment is not None,
    "ids": _frames(lambda frame: frame.id),
    "an end event": _named("end"),
    "an unknown event": _named("telemetry"),
    "CRLF": _frames(lambda frame: frame.raw.endswith(b"\r\n\r\n")),
    "LF": _frames(lambda frame: frame.raw.endswith(b"}\n\n")),
    "data of many lines": _frames(lambda frame: frame.raw.count(b"data:") > 1),
    "data that comes before its event": _frames(lambda frame: frame.raw.startswith(b"data:")),
    "empty data": _frames(lambda frame: frame.event == "custom" and frame.data == ""),
    "all modes of a run": lambda exchange: len(exchange.frames) > 100,
    **{f"the dialect {dialect}": _is_of(dialect) for dialect in (*Dialect, None)},
}


@pytest.mark.parametrize("feature", FEATURES)
def test_legal_streams_show_each_feature(legal_streams: Sample, feature: str) -> None:
    shows = FEATURES[feature]

    assert any(shows(exchange) for exchange in legal_streams if exchange.frames)


OUTPUTS: dict[str, Callable[[Any], object]] = {
    "an object without fields": lambda output: output == {},
    "null": lambda output: output is None,
    "other JSON": lambda output: output is not None and not is_object(output),
    "an error": lambda output: is_object(output) and "__error__" in output,
    "an interrupt": lambda output: is_object(output) and "__interrupt__" in output,
}


@pytest.fixture(name="legal_waits", scope="module")
def _legal_waits() -> Sample:
    return Sample(waits())


@pytest.mark.parametrize("kind", OUTPUTS)
def test_legal_outputs_include_each_kind(legal_waits: Sample, kind: str) -> None:
    is_one = OUTPUTS[kind]

    assert any(is_one(json.loads(exchange.body)) for exchange in legal_waits)


@pytest.fixture(name="legal_refusals", scope="module")
def _legal_refusals() -> Sample:
    return Sample(refusals())


@pytest.mark.parametrize("status", REFUSED)
def test_legal_refusals_have_each_status(legal_refusals: Sample, status: int) -> None:
    assert any(exchange.response.status == status for exchange in legal_refusals)


def test_legal_refusals_have_no_other_status(legal_refusals: Sample) -> None:
    statuses = {exchange.response.status for exchange in islice(legal_refusals, 200)}

    assert statuses <= {*REFUSED}


def test_some_json_values_are_deeply_nested() -> None:
    texts = (json.dumps(value) for value in Sample(json_values()))

    assert any(text.count("[") + text.count("{") > 50 for text in texts)
