"""LangChain events of impossible runs."""

from collections.abc import Callable
from typing import Any

from mutation import Change, Mutant, doubled, renewed, swapped, with_data, with_frames, without

from graphtape_contracts import Exchange, Frame
from graphtape_contracts.parsing.event import parse

_ANOTHER_RUN = "01a20208-0000-7000-8000-000000000000"
_TOOLS = "python/full-tools-all9"


def _with_each(change: Callable[[Any], Any]) -> Change:
    """Make a change that passes the data of every event of the mode through *change*."""

    def apply(frames: list[Frame]) -> list[Frame | bytes]:
        return [renewed(f, change) if f.event == "events" else f for f in frames]

    return with_frames(apply)


def _graph_renamed(data: Any) -> Any:
    """Replace the run id in the events of the graph itself, which have no parents."""
    new = {} if data["parent_ids"] else {"run_id": _ANOTHER_RUN}
    return (
        data
        | new
        | {"parent_ids": [_ANOTHER_RUN, *data["parent_ids"][1:]][: len(data["parent_ids"])]}
    )


def _without_grandparent(data: Any) -> Any:
    """Remove the outermost parent of every run that has two parents."""
    return data | {"parent_ids": data["parent_ids"][-1:]}


def _ends_early(exchange: Exchange) -> Exchange:
    """Swap the last two events of the mode: the ends of a node and of the graph."""
    places = [place for place, frame in enumerate(exchange.frames) if frame.event == "events"]
    return swapped(places[-2], places[-1])(exchange)


def _nth(event: str, frames: tuple[Frame, ...]) -> int:
    names = [parse(f.data)["event"] for f in frames if f.event == "events"]
    return names.index(event)


def _on(event: str, change: Callable[[int], Change]) -> Change:
    """Make a change from a function that takes the index of the first *event* of the mode."""
    return lambda exchange: change(_nth(event, exchange.frames))(exchange)


def _setting(place: str, **fields: Any) -> Change:
    return _on(place, lambda nth: with_data("events", lambda data: data | fields, nth))


MUTANTS = [
    Mutant(
        "langchain.root-first",
        "the graph has another id than the run",
        "python/interrupt_after-events",
        _with_each(_graph_renamed),
    ),
    Mutant(
        "langchain.root-last",
        "a node ends after the graph",
        "python/full-agent-all9",
        _ends_early,
    ),
    Mutant(
        "langchain.started",
        "a model streams without a start",
        _TOOLS,
        _on("on_chat_model_start", lambda nth: without("events", nth)),
    ),
    Mutant(
        "langchain.started",
        "a tool ends twice",
        _TOOLS,
        _on("on_tool_end", lambda nth: doubled("events", nth)),
    ),
    Mutant(
        "langchain.start-once",
        "a tool starts twice",
        _TOOLS,
        _on("on_tool_start", lambda nth: doubled("events", nth)),
    ),
    Mutant(
        "langchain.run-stable",
        "a model streams with another name",
        _TOOLS,
        _setting("on_chat_model_stream", name="Another"),
    ),
    Mutant(
        "langchain.run-stable",
        "a tool ends as a chain",
        _TOOLS,
        _setting("on_tool_end", event="on_chain_end"),
    ),
    Mutant(
        "langchain.parents",
        "the graph is missing from the parents",
        _TOOLS,
        _with_each(_without_grandparent),
    ),
    Mutant(
        "langchain.known",
        "an event has an unknown name",
        _TOOLS,
        _setting("on_chain_stream", event="on_chain_progress"),
    ),
    Mutant(
        "message-assembly.output",
        "a chunk of a model is missing",
        "python/full-agent-all9",
        _on("on_chat_model_stream", lambda nth: without("events", nth)),
        # The `messages` events of this message are complete.
        also=frozenset(("message-assembly.streamed",)),
    ),
]
