"""The frames of a recorded run that a request with given stream modes receives.

A recording holds one or more exchanges of the same run request, made with different views. Uses
the recorded exchange closest to the requested view, drops extra events and derives the rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from graphtape_contracts import Exchange, Frame
from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_contracts.langchain.messages import messages_in
from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_mock.recordings.file import line_end
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.recordings.view import View
from graphtape_mock.replay import derivation
from graphtape_mock.replay.errors import NotRecorded
from graphtape_mock.replay.graph_output import output_only
from graphtape_mock.replay.recorded_event import RecordedEvent, event_of, frame_of

_ALL_NAMES = View(frozenset(STREAM_MODES)).event_names | View(frozenset(("messages",))).event_names


class ViewNotRecorded(NotRecorded):
    """No exchange of a recorded run covers the requested view; `missing` names the modes."""

    def __init__(
        self, missing: frozenset[str], *, subgraphs: bool, recording: str | None = None
    ) -> None:
        super().__init__(missing, subgraphs, recording)
        self.missing, self.subgraphs, self.recording = missing, subgraphs, recording

    def in_recording(self, name: str) -> "ViewNotRecorded":
        """Return the same error with the name of the recording in its text."""
        return ViewNotRecorded(self.missing, subgraphs=self.subgraphs, recording=name)

    def __str__(self) -> str:
        reason = "the recording was made without stream_subgraphs"
        if self.missing:
            reason = f"the recording holds no {', '.join(sorted(self.missing))}"
        if self.recording is None:
            return reason
        return (
            f"Recording {self.recording!r} can't show this view of its run: {reason}. Record it "
            "again with graphtape record."
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """The frames of a response, and the exchange they come from."""

    source: Exchange
    frames: tuple[Frame, ...]
    derived: bool
    """Whether some frames are derived, not just picked from the source."""


def request_body(exchange: Exchange) -> Json:
    """Return the JSON object that was sent; an empty one if it is not an object."""
    return object_in(exchange.request.body)


def view_of(body: Json) -> View:
    """Return the view that the *body* of a run request selects."""
    modes: Any = body.get("stream_mode") or ["values"]
    return View(
        frozenset(map(str, modes if is_list(modes) else [modes])),
        bool(body.get("stream_subgraphs", False)),
        body.get("on_completion") == "keep",
    )


def select_stream(
    exchanges: Sequence[Exchange], view: View, output: Sequence[str] = ()
) -> Selection:
    """Return the frames of the response of `POST /runs/stream` to a request with *view*.

    *exchanges* belong to one run request; *output* has the keys of the graph's output schema.
    Raises ViewNotRecorded, and NotReplayable for an event from which the view can't be derived.
    """
    streams = [e for e in exchanges if e.request.path == "/runs/stream" and e.is_stream]
    source, shown = _closest(streams, view)
    if shown == view:
        return Selection(source, source.frames, derived=False)
    changes = _changes(shown, view)
    needed = view.event_names
    if changes:
        needed |= _DERIVED_FROM
    numbered = enumerate(source.frames, 1)
    kept = [(number, frame) for number, frame in numbered if _is_shown(frame, needed, view)]
    if not changes:
        return Selection(source, tuple(frame for _, frame in kept), derived=False)
    frames = _derive(kept, source, shown, view, output)
    return Selection(source, tuple(frames), derived=True)


def can_show(exchanges: Sequence[Exchange], view: View) -> bool:
    """Return whether *exchanges*, those of one run request, cover *view*."""
    return recorded_wait(exchanges, view) is not None or any(
        exchange.is_stream and _covers(view_of(request_body(exchange)), view)
        for exchange in exchanges
    )


def recorded_wait(exchanges: Sequence[Exchange], view: View) -> Exchange | None:
    """Return the exchange with `POST /runs/wait` and exactly this *view*, if there is one."""
    for exchange in exchanges:
        if exchange.request.path == "/runs/wait" and view_of(request_body(exchange)) == view:
            return exchange
    return None


def _closest(exchanges: Sequence[Exchange], view: View) -> tuple[Exchange, View]:
    shown = [(exchange, view_of(request_body(exchange))) for exchange in exchanges]
    able = [pair for pair in shown if _covers(pair[1], view)]
    if not able:
        missing = min((_missing(source, view) for _, source in shown), key=len, default=view.modes)
        raise ViewNotRecorded(missing, subgraphs=view.subgraphs)
    return min(able, key=lambda pair: _changes_cost(pair[1], view))


def _covers(source: View, view: View) -> bool:
    """Return whether *source* holds everything in *view*, possibly in another form."""
    return source.subgraphs >= view.subgraphs and not _missing(source, view)


def _missing(source: View, view: View) -> frozenset[str]:
    """Return the modes that *source* lacks for *view*."""
    wanted = set(view.modes)
    # A summed-up message no longer shows whether it comes from a subgraph.
    cut_out = source.subgraphs > view.subgraphs
    if view.in_chunks or (view.shows_messages and (source.in_chunks or cut_out)):
        wanted.discard("messages")  # In chunks, or summed up from them.
        wanted.add("messages-tuple")
    if not view.keep:
        wanted.discard("checkpoints")  # A run that does not keep its thread sends no checkpoints.
        return frozenset(wanted - source.modes)
    # Checkpoints, also those in debug, are sent only if the run keeps its thread.
    without = frozenset[str]() if source.keep else frozenset(("checkpoints", "debug"))
    return frozenset(wanted - (source.modes - without))


def _changes(source: View, view: View) -> list[str]:
    """Return the names of the differences between *source* and *view*, worst first."""
    differs = {
        "keep": source.keep != view.keep,
        "streams": source.streams != view.streams,
        "state": source.shows_whole_state > view.shows_whole_state and view.shows_state,
        "nulls": source.nulls_ids != view.nulls_ids,
        "subgraphs": source.subgraphs != view.subgraphs,
        "tags": "events" in view.modes and source.shows_messages != view.shows_messages,
        "chunks": view.shows_messages and source.in_chunks != view.in_chunks,
    }
    return [name for name, different in differs.items() if different]


def _changes_cost(source: View, view: View) -> tuple[Any, ...]:
    changes = _changes(source, view)
    order = ("keep", "streams", "state", "nulls", "subgraphs", "tags", "chunks")
    return (*(name in changes for name in order), len(source.modes))


_DERIVED_FROM = frozenset(("values", "updates", "tasks", "debug"))
"""Events that derivations need, whether or not the view shows them."""


def _is_shown(frame: Frame, needed: frozenset[str], view: View) -> bool:
    if frame.event is None:
        return True
    base = frame.event.partition("|")[0]
    if base == "messages" or base.startswith("messages/"):
        return view.shows_messages
    return base in needed or base not in _ALL_NAMES


def _derive(
    kept: list[tuple[int, Frame]], source: Exchange, shown: View, view: View, output: Sequence[str]
) -> Iterator[Frame]:
    eol = line_end(source.frames)
    changes = _changes(shown, view)
    decoded = [(number, event_of(frame) or frame) for number, frame in kept]
    plain = [e._replace(number=n) for n, e in decoded if isinstance(e, RecordedEvent)]
    derived: Iterable[RecordedEvent] = plain
    if "keep" in changes and not view.keep:
        derived = derivation.without_checkpoints(derived)
    if "subgraphs" in changes:
        derived = derivation.without_subgraphs(derived)
    if "streams" in changes and not view.streams:
        derived = derivation.unstreamed_ids(derived)
    if "nulls" in changes and view.nulls_ids:
        derived = derivation.null_ids(derived, _sent_ids(source))
    if "state" in changes:
        derived = output_only(derived, output, _sent_keys(source))
    if "tags" in changes and not view.shows_messages:
        derived = derivation.untagged(derived)
    if "chunks" in changes and shown.in_chunks:
        derived = derivation.partial_messages(derived)
    names = view.event_names
    frames = [
        frame_of(event, eol)
        for event in derived
        if event.base in names or event.base not in _ALL_NAMES
    ]
    others = [e for _, e in decoded if isinstance(e, Frame)]
    yield from sorted([*frames, *others], key=lambda frame: frame.at)


def _sent_keys(exchange: Exchange) -> frozenset[str]:
    input_ = request_body(exchange).get("input")
    return frozenset(input_ if is_object(input_) else ())


def _sent_ids(exchange: Exchange) -> Iterator[str]:
    for message in messages_in(request_body(exchange).get("input")):
        if isinstance(message["id"], str):
            yield message["id"]


def wait_frames(frames: Iterable[Frame]) -> Iterator[Frame]:
    """Yield the frames of the body of `POST /runs/wait`, made from those of a stream.

    Observed for every mode and pair of modes on 15 graphs: an error is the whole body; one
    event with interrupts is the body; the interrupts of several are joined, and the state is
    lost; otherwise the last values are the body. Heartbeats become line feeds.
    """
    body = b"{}"
    interrupted: list[tuple[bytes, list[Any]]] = []
    at = 0.0
    for frame in frames:
        at = frame.at
        if frame.comment is not None and frame.event is None:
            yield Frame(frame.at, b"\n")
        elif frame.event == "error" and frame.data is not None:
            body = b'{"__error__":' + frame.data.encode() + b"}"
            interrupted.clear()
        elif frame.event in ("values", "updates") and frame.data is not None:
            if interrupts := _interrupts(frame.data):
                interrupted.append((frame.data.encode(), interrupts))
            elif frame.event == "values":
                body = frame.data.encode()
    if len(interrupted) == 1:
        body = interrupted[0][0]
    elif interrupted:
        joined = [interrupt for _, interrupts in interrupted for interrupt in interrupts]
        body = orjson.dumps({"__interrupt__": joined})
    yield Frame(at, body)


def _interrupts(data: str) -> list[Any]:
    if '"__interrupt__"' not in data:
        return []
    found = object_in(data).get("__interrupt__")
    return found if is_list(found) else []
