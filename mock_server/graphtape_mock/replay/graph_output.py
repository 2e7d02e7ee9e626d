"""Graph output: the part of the state that a graph with an output schema shows.

Observed on langgraph-api 0.16.7: values and updates hold only the keys of the output schema;
with the mode `events` they hold the whole state.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from graphtape_contracts import Exchange
from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.replay.recorded_event import RecordedEvent

_INTERRUPT = "__interrupt__"


def output_keys(exchanges: Iterable[Exchange]) -> tuple[str, ...]:
    """Return the keys of the output schema found in the *exchanges* of a recording.

    Empty if there is no schema, or if the output is not an object.
    """
    for exchange in exchanges:
        if exchange.request.path.endswith("/schemas") and exchange.response.status == 200:
            schema = object_in(exchange.body).get("output_schema")
            properties = schema.get("properties") if is_object(schema) else None
            return tuple(properties) if is_object(properties) else ()
    return ()


def output_only(
    events: Iterable[RecordedEvent], output: Sequence[str], sent: Collection[str]
) -> Iterator[RecordedEvent]:
    """Remove the keys that are not in *output* from values and updates.

    A step that wrote no output key sends no values. The input, with the keys *sent*, counts as
    the first step. Events of subgraphs stay as they are.
    """
    shown = list(events)
    whole = [e for e in shown if e.name == "values" and is_object(e.data)]
    if not output or all(e.data.keys() <= {*output, _INTERRUPT} for e in whole):
        yield from shown
        return
    written = set(sent)
    for event in shown:
        if event.name == "updates" and is_object(event.data):
            for update in event.data.values():
                written.update(_keys(update))
            only = {node: _only(node, update, output) for node, update in event.data.items()}
            yield event._replace(data=only)
        elif event.name == "values" and is_object(event.data):
            if _INTERRUPT in event.data or not written.isdisjoint(output):
                yield event._replace(data=_state(event.data, (*output, _INTERRUPT)))
            written.clear()
        else:
            yield event


def _keys(update: Any) -> Iterator[str]:
    for part in update if is_list(update) else [update]:
        if is_object(part):
            yield from part


def _only(node: str, update: Any, output: Sequence[str]) -> Any:
    if node == _INTERRUPT:
        return update
    if is_list(update):
        return [_only(node, part, output) for part in update]
    if not is_object(update):
        return update
    return {key: value for key, value in update.items() if key in output} or None


def _state(state: Json, keys: Sequence[str]) -> Json:
    return {key: state[key] for key in keys if key in state}
