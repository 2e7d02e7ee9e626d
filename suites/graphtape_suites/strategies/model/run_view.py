"""Selects the events of a simulated run that a request asks for, or the output of the run.

Observed on langgraph-api 0.16.7 (and LangGraph.js, Aegra, where named):

- Events of subgraphs are shown only if the request has `stream_subgraphs`, except those of the mode
  `events`, which are always shown.
- If the request has `messages`, `messages-tuple` or `events`, a streamed message has the same id in
  all modes. Without these three modes, `-0` is appended to the id.
- Without these three modes, but with `custom` or subgraphs, a message that a node returned without
  an id has the id null in `updates` and `tasks`. It has the id null in `values`, too, if no message
  reducer assigns an id.
- If the request has both modes of messages, only `messages-tuple` is shown, except by LangGraph.js,
  which shows both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_suites.strategies.messages import copied
from graphtape_suites.strategies.model.dialect_data import dialect_data, error_data, wait_error
from graphtape_suites.strategies.model.engine_events import (
    EngineEvent,
    ReturnedMessages,
    Shown,
    StreamedChunk,
)
from graphtape_suites.strategies.model.simulated_run import SimulatedRun

NamedEvent = tuple[str, Any]
"""The name and the data of an event."""

_STREAMING = {"messages", "messages-tuple", "events"}


@dataclass(frozen=True)
class RunView:
    """Selects events by the options of a request, and formats them for the dialect."""

    modes: frozenset[str]
    subgraphs: bool = False
    dialect: Dialect | None = None
    completes: bool = False
    """Whether a streamed message is repeated in full at its end (LangGraph.js may do so)."""

    def events(self, run: SimulatedRun) -> list[NamedEvent]:
        """Return the events of a stream, without heartbeats."""
        shown: list[NamedEvent] = []
        for number, engine_events in enumerate(run.attempts, 1):
            shown.append(("metadata", {"run_id": run.run_id, "attempt": number}))
            shown += _Attempt(self, run).show(engine_events)
        if run.error:
            shown.append(("error", error_data(run.error, self.dialect)))
        if self.dialect is Dialect.AEGRA:
            shown.append(("end", {"status": _status(run)}))
        return shown

    def output(self, run: SimulatedRun) -> Any:
        """Return the body of a wait."""
        nothing: Json | None = None if self.dialect is Dialect.JAVASCRIPT else {}
        if run.error:
            return wait_error(run.error, self.dialect)
        shown = list(_Attempt(self, run).show(run.attempts[-1]))
        states = [data for name, data in shown if name in ("values", "updates")]
        asked = [data for data in states if _asks(data)]
        every = [item for data in asked for item in data["__interrupt__"]]
        if every and self.dialect in (None, Dialect.PYTHON):
            return asked[0] if len(asked) == 1 else {"__interrupt__": every}
        values = [data for name, data in shown if name == "values"]
        if every and values:  # Aegra; observed with a single interrupt in the superstep.
            return {**values[-1], "__interrupt__": _once_each(every)}
        return values[-1] if values else nothing


def _status(run: SimulatedRun) -> str:
    if run.error:
        return "error"
    return "interrupted" if run.interrupted else "success"


def _once_each(interrupts: Iterable[Json]) -> list[Json]:
    return list({interrupt["id"]: interrupt for interrupt in interrupts}.values())


def _asks(data: Any) -> bool:
    return is_object(data) and is_list(data.get("__interrupt__")) and bool(data["__interrupt__"])


class _Attempt:
    """Shows the events of one attempt of a run in a view."""

    def __init__(self, view: RunView, run: SimulatedRun) -> None:
        self._view = view
        self._in_dialect = dialect_data(view.dialect)
        self._shown_ids: set[str] = set()
        self._completed: set[str] = set()
        self._ids: dict[str, str | None] = {}
        self._null: dict[str, str | None] = {}
        self._null_in_state: dict[str, str | None] = {}
        if not view.modes & _STREAMING:
            if view.dialect is not Dialect.JAVASCRIPT:
                self._ids = {id_: f"{id_}-0" for id_ in run.model_ids}
            if view.dialect in (None, Dialect.PYTHON) and (
                "custom" in view.modes or view.subgraphs
            ):
                self._null = dict.fromkeys(run.message_ids.given_ids)
                self._null_in_state = dict.fromkeys(run.message_ids.ids_not_in_state)

    def show(self, engine_events: Iterable[EngineEvent]) -> Iterator[NamedEvent]:
        for event in engine_events:
            match event:
                case Shown(mode, value):
                    yield from self._show(event, mode, value)
                case StreamedChunk() if self._is_near(event):
                    yield from self._stream_model(event)
                case ReturnedMessages() if self._is_near(event):
                    yield from self._return(event)
                case _:
                    pass

    def _is_near(self, event: EngineEvent) -> bool:
        return self._view.subgraphs or not event.namespace

    def _name(self, mode: str, event: EngineEvent) -> str:
        return "|".join((mode, *event.namespace))

    def _show(self, event: Shown, mode: str, value: Any) -> Iterator[NamedEvent]:
        view = self._view
        if mode == "events":
            if mode in view.modes:
                yield mode, self._in_dialect(mode, value)
            return
        if not self._is_near(event):
            return
        given_ids = self._null_in_state if mode == "values" else self._null
        changed = copied(value, self._ids | given_ids)
        data = self._in_dialect(mode, changed)
        static = mode == "updates" and value == {"__interrupt__": []}
        if mode in view.modes:
            yield self._name(mode, event), data
        elif (
            # Without the mode `updates`, Aegra sends interrupts as `values`.
            mode == "updates"
            and view.dialect is Dialect.AEGRA
            and _asks(value)
            and "values" in view.modes
        ):
            yield self._name("values", event), data
        if view.dialect is Dialect.JAVASCRIPT:
            if static and "values" in view.modes:
                yield self._name("values", event), data
            if mode == "values" and "messages" in view.modes and not event.namespace:
                yield from self._complete(data)

    def _complete(self, state: Any) -> Iterator[NamedEvent]:
        """Repeat each new message of the state in full, as LangGraph.js does."""
        kept = state.get("messages") if is_object(state) else None
        new = [m for m in kept or () if m["id"] not in self._completed]
        self._completed |= {message["id"] for message in new}
        fresh = [m for m in new if self._view.completes or m["id"] not in self._shown_ids]
        if fresh:
            yield "messages/complete", fresh

    def _stream_model(self, event: StreamedChunk) -> Iterator[NamedEvent]:
        stream = event.stream
        chunk = stream.chunks(event.model_id)[event.count - 1]
        if self._tuples:
            data = [self._in_dialect("messages", chunk), event.metadata]
            yield self._name("messages", event), data
        if self._partials:
            id_: str = chunk["id"]
            if id_ not in self._shown_ids:
                yield "messages/metadata", {id_: {"metadata": event.metadata}}
            shown: Json = self._in_dialect("messages", stream.so_far(event.count, event.model_id))
            yield "messages/partial", [shown]
        self._shown_ids.add(chunk["id"])

    def _return(self, event: ReturnedMessages) -> Iterator[NamedEvent]:
        for message in event.messages:
            if message["id"] in self._shown_ids | event.known:
                continue
            self._shown_ids.add(message["id"])
            shown = self._in_dialect("messages", message)
            if self._tuples:
                yield self._name("messages", event), [shown, event.metadata]
            if self._partials and self._view.dialect is not Dialect.JAVASCRIPT:
                yield "messages/metadata", {message["id"]: {"metadata": event.metadata}}
                yield "messages/complete", [shown]

    @property
    def _tuples(self) -> bool:
        return "messages-tuple" in self._view.modes

    @property
    def _partials(self) -> bool:
        both = self._view.dialect is Dialect.JAVASCRIPT
        return "messages" in self._view.modes and (both or not self._tuples)
