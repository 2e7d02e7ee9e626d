"""A response made ready once, and rendered for every request with ids of its own."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import orjson

from graphtape_contracts import Exchange, Frame, Headers, sse
from graphtape_contracts.json_value import Json
from graphtape_mock.recordings.file import line_end
from graphtape_mock.replay.byte_template import ByteTemplate
from graphtape_mock.replay.ids import ANY_ID, recorded_ids, sent_message_ids, sent_messages
from graphtape_mock.replay.library import RecordedRun
from graphtape_mock.replay.pacing import TimedPiece
from graphtape_mock.replay.recorded_event import is_heartbeat
from graphtape_mock.replay.request_fields import apply_request_fields, without_event_ids
from graphtape_mock.replay.selection import (
    recorded_wait,
    request_body,
    select_stream,
    view_of,
    wait_frames,
)

STREAM_HEAD: Headers = (
    ("location", "/runs/{run}/stream"),
    ("content-location", "/runs/{run}"),
    ("cache-control", "no-store"),
    ("connection", "keep-alive"),
    ("x-accel-buffering", "no"),
    ("content-type", "text/event-stream; charset=utf-8"),
    ("vary", "Origin"),
)
"""Head of POST /runs/stream, observed on langgraph-api 0.16.7. The path has no thread."""

WAIT_HEAD: Headers = (
    ("location", "/threads/{thread}/runs/{run}/join"),
    ("content-location", "/threads/{thread}/runs/{run}"),
    ("content-type", "application/json"),
    ("vary", "Origin"),
)
"""Head of POST /runs/wait, observed on langgraph-api 0.16.7. The path has a thread."""

_HOP_BY_HOP = frozenset(("date", "server", "transfer-encoding", "content-length"))
"""What the HTTP server writes anew for each response."""

RUN, THREAD = 0, 1
"""The gaps of every template that stand for the ids of the run and of its thread."""

_NO_RUN = "01a20000-0000-7000-8000-000000000000"
_NO_THREAD = "01a20000-0000-7000-8000-000000000001"
"""Stand for ids that a recording does not show, for their form."""


@dataclass(frozen=True, slots=True)
class TemplatePiece:
    """A frame with gaps for ids; `at` is its recorded time in seconds."""

    at: float
    template: ByteTemplate
    event: str | None
    """The name of the event it is, without the namespace of a subgraph; None where it is none."""
    is_heartbeat: bool


@dataclass(frozen=True, slots=True)
class ResponseTemplate:
    """A response, but for the ids."""

    head: tuple[tuple[bytes, ByteTemplate], ...]
    pieces: tuple[TemplatePiece, ...]
    whole: ByteTemplate
    """All pieces but the heartbeats, in one."""
    ids: tuple[str, ...]
    """The recorded id of each gap."""
    sent_slots: tuple[int | None, ...]
    """For each message of the request, the gap of its id."""
    eol: sse.Eol
    heartbeat: bytes | None
    """What keeps a quiet response alive; None where the recorded server sends nothing."""
    source: Exchange
    """What was recorded."""
    gives_event_ids: bool
    """Whether events get the ids of a resumable stream as they leave."""
    frames: tuple[Frame, ...]
    """The frames of the stream, as recorded: what a cancelled wait is made of."""
    scan: Callable[[bytes], ByteTemplate]
    """Makes a template of recorded bytes."""

    def values(self, fresh: list[bytes], body: Json) -> list[bytes]:
        """Return what fills the gaps: *fresh* ids, and those that the request *body* sent."""
        if any(gap is not None for gap in self.sent_slots):
            for gap, message in zip(self.sent_slots, sent_messages(body), strict=False):
                id_ = message.get("id")
                if gap is not None and isinstance(id_, str):
                    fresh[gap] = orjson.dumps(id_)[1:-1]
        return fresh

    def fill(self, recorded: bytes, values: list[bytes]) -> bytes:
        """Return *recorded* bytes of the run with the ids of a response."""
        return self.scan(recorded).render(values)

    def render_head(self, values: list[bytes]) -> list[tuple[bytes, bytes]]:
        """Return the header fields of the response."""
        return [(name, template.render(values)) for name, template in self.head]

    def render(
        self, values: list[bytes], event_id: Callable[[float], bytes] | None = None
    ) -> Iterator[TimedPiece]:
        """Yield the pieces of the body.

        *event_id* gives the id of an event by its recorded time, where the stream is resumable.
        """
        for piece in self.pieces:
            body = piece.template.render(values)
            if event_id is not None and piece.event is not None:
                end = len(self.eol)
                eol = body[-end:]
                body = b"%bid: %b%b%b" % (body[:-end], event_id(piece.at), eol, eol)
            yield TimedPiece(piece.at, body, piece.is_heartbeat, piece.event)


def make_response_template(
    run: RecordedRun, path: str, body: Json, *, keep_ids: bool = False
) -> ResponseTemplate:
    """Make ready what *path* answers to the request *body*, from a recorded *run*.

    With *keep_ids* nothing has a gap: the response carries the ids that were recorded.
    Raises NotRecorded.
    """
    view = view_of(body)
    source = recorded_wait(run.exchanges, view) if path == "/runs/wait" else None
    stream: tuple[Frame, ...] = ()
    gives_event_ids = False
    if source is not None:
        frames = source.frames
    else:
        projection = select_stream(run.exchanges, view, run.output)
        source = projection.source
        eol = line_end(source.frames)
        recorded = request_body(source)
        adapted = apply_request_fields(projection.frames, recorded, body, eol)
        was_resumable, resumable = (bool(b.get("stream_resumable")) for b in (recorded, body))
        gives_event_ids = resumable and not (keep_ids and was_resumable)
        if gives_event_ids or was_resumable > resumable:
            adapted = without_event_ids(adapted, eol)
        stream = frames = tuple(adapted)
        if path == "/runs/wait":
            frames = tuple(wait_frames(stream))
    preparation = _TemplateBuilder(source, path, body, keep_ids)
    return preparation.prepared(frames, stream, gives_event_ids=gives_event_ids)


class _TemplateBuilder:
    """What is known while a response is made ready."""

    def __init__(self, source: Exchange, path: str, body: Json, keep_ids: bool) -> None:
        self._source = source
        self._path = path
        self._eol: sse.Eol = line_end(source.frames)
        ids = recorded_ids(source)
        run = next((id_ for id_, of in ids.items() if of == "run"), _NO_RUN)
        thread = next((id_ for id_, of in ids.items() if of == "thread"), _NO_THREAD)
        sent = sent_message_ids(source, request_body(source))
        named = [id_ for id_ in sent if id_ is not None]
        self._ids = tuple(dict.fromkeys((run, thread, *ids, *named)))
        self._gap_of = {} if keep_ids else {id_: gap for gap, id_ in enumerate(self._ids)}
        self._sent_gaps = tuple(None if id_ is None else self._gap_of.get(id_) for id_ in sent)
        # An id that a client made up is replaced where a message has it, and nowhere else.
        odd = [re.escape(orjson.dumps(i)[1:-1].decode()) for i in named if not ANY_ID.fullmatch(i)]
        pattern = ANY_ID.pattern
        if odd:
            pattern += rf'|(?<="id":")(?:{"|".join(odd)})(?=")'
        self._pattern = re.compile(pattern.encode())

    def prepared(
        self, frames: tuple[Frame, ...], stream: tuple[Frame, ...], *, gives_event_ids: bool
    ) -> ResponseTemplate:
        """Make ready the *frames* of the response, folded of *stream* for a wait."""
        last = len(frames) - 1
        pieces = tuple(
            TemplatePiece(
                frame.at,
                self._scan(frame.raw),
                None if frame.event is None else frame.event.partition("|")[0],
                is_heartbeat(frame) or (frame.raw == b"\n" and index < last),
            )
            for index, frame in enumerate(frames)
        )
        kept = [f.raw for f, piece in zip(frames, pieces, strict=True) if not piece.is_heartbeat]
        return ResponseTemplate(
            tuple(self._head()),
            pieces,
            self._scan(b"".join(kept)),
            self._ids,
            self._sent_gaps,
            self._eol,
            self._heartbeat(stream),
            self._source,
            gives_event_ids,
            stream,
            self._scan,
        )

    def _heartbeat(self, stream: tuple[Frame, ...]) -> bytes | None:
        """Return what the server sends every five seconds.

        The Python server does so in every response; LangGraph.js was seen to send none.
        """
        if self._path == "/runs/wait":
            return b"\n"
        if self._eol == "\r\n" or any(map(is_heartbeat, stream)):
            return sse.encode_comment(eol=self._eol)
        return None

    def _head(self) -> Iterable[tuple[bytes, ByteTemplate]]:
        if self._source.request.path == self._path and self._source.response.headers:
            for name, value in self._source.response.headers:
                if name not in _HOP_BY_HOP and not name.startswith("access-control-"):
                    yield name.encode("latin-1"), self._scan(value.encode("latin-1"))
            return
        for name, value in WAIT_HEAD if self._path == "/runs/wait" else STREAM_HEAD:
            filled = value.format(run=self._ids[RUN], thread=self._ids[THREAD])
            yield name.encode(), self._scan(filled.encode())

    def _scan(self, text: bytes) -> ByteTemplate:
        pieces: list[bytes | int] = []
        start = 0
        for match in self._pattern.finditer(text):
            gap = self._gap_of.get(orjson.loads(b'"' + match.group() + b'"'))
            if gap is not None:
                pieces += [text[start : match.start()], gap]
                start = match.end()
        return ByteTemplate([*pieces, text[start:]], len(self._ids))
