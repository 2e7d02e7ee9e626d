"""Response templates: made once, rendered with the ids of each response."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

import orjson

from graphtape_contracts import Exchange, Frame, Headers, sse
from graphtape_contracts.json_value import Json
from graphtape_mock.recordings.file import line_end
from graphtape_mock.replay.byte_template import ByteTemplate
from graphtape_mock.replay.ids import ANY_ID, recorded_ids, sent_message_ids, sent_messages
from graphtape_mock.replay.library import RecordedRun
from graphtape_mock.replay.pacing import TimedPiece
from graphtape_mock.replay.recorded_event import is_heartbeat
from graphtape_mock.replay.request_fields import (
    apply_request_fields,
    delay_of,
    without_event_ids,
)
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

_FROM_HTTP_SERVER = frozenset(("date", "server", "transfer-encoding", "content-length"))
"""Headers that the HTTP server writes itself for each response."""

RUN, THREAD = 0, 1
"""The slots of every template for the ids of the run and of its thread."""

_BYTES_OF_ID, _BYTES_OF_PIECE = 200, 800
"""What an id and a piece take in memory beside their text; measured on CPython 3.11."""

_NO_RUN = "01a20000-0000-7000-8000-000000000000"
_NO_THREAD = "01a20000-0000-7000-8000-000000000001"
"""Stand-ins of the right form for ids that a recording does not show."""


@dataclass(frozen=True, slots=True)
class TemplatePiece:
    """A frame with slots for ids; `at` is its recorded time in seconds."""

    at: float
    template: ByteTemplate
    event: str | None
    """The name of the event, without the namespace of a subgraph; None for anything else."""
    is_heartbeat: bool


@dataclass(frozen=True, slots=True)
class ResponseTemplate:
    """A response with slots for its ids."""

    head: tuple[tuple[bytes, ByteTemplate], ...]
    pieces: tuple[TemplatePiece, ...]
    body: ByteTemplate
    """All pieces except the heartbeats, in one."""
    ids: tuple[str, ...]
    """The recorded id of each slot."""
    sent_slots: tuple[int | None, ...]
    """For each message of the recorded request, the slot of its id; None if it has none."""
    eol: sse.Eol
    heartbeat: bytes | None
    """The bytes that keep a silent response alive; None if the recorded server sends none."""
    source: Exchange
    """The recorded exchange."""
    is_stream: bool
    """Whether the response is a stream of events and not the body of a wait."""
    gives_event_ids: bool
    """Whether events get the ids of a resumable stream when they are sent."""
    frames: tuple[Frame, ...]
    """The recorded frames of the stream: the body of a cancelled wait is made from them."""
    parse: Callable[[bytes], ByteTemplate]
    """Makes a template of recorded bytes, with a slot for each recorded id in them."""
    delay: float
    """The `after_seconds` of the recorded request: the recorded times include it."""

    @property
    def size(self) -> int:
        """The bytes that it takes in memory, roughly."""
        piece_bytes = sum(len(frame.raw) for frame in self.frames)
        ids = _BYTES_OF_ID * len(self.ids)
        return 2 * self.body.size + 2 * piece_bytes + ids + _BYTES_OF_PIECE * len(self.pieces)

    def values(self, fresh: list[bytes], body: Json) -> list[bytes]:
        """Return the id of each slot: from a message in the request *body*, else from *fresh*."""
        if any(slot is not None for slot in self.sent_slots):
            for slot, message in zip(self.sent_slots, sent_messages(body), strict=False):
                id_ = message.get("id")
                if slot is not None and isinstance(id_, str):
                    fresh[slot] = orjson.dumps(id_)[1:-1]
        return fresh

    def fill(self, recorded: bytes, values: list[bytes]) -> bytes:
        """Return *recorded* bytes of the run, with its ids replaced by *values*."""
        return self.parse(recorded).render(values)

    def render_head(self, values: list[bytes]) -> list[tuple[bytes, bytes]]:
        """Return the header fields of the response."""
        return [(name, template.render(values)) for name, template in self.head]

    def render(
        self, values: list[bytes], event_id: Callable[[float], bytes] | None = None
    ) -> Iterator[TimedPiece]:
        """Yield the pieces of the body.

        *event_id* returns the id of an event by its recorded time, if the stream is resumable.
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
    """Return the template of the response of *path* to the request *body*, from a recorded *run*.

    With *keep_ids* it has no slots: the response carries the recorded ids. Raises
    ViewNotRecorded.
    """
    view = view_of(body)
    source = recorded_wait(run.exchanges, view) if path == "/runs/wait" else None
    stream: tuple[Frame, ...] = ()
    gives_event_ids = False
    if source is not None:
        frames = source.frames
    else:
        selection = select_stream(run.exchanges, view, run.output)
        source = selection.source
        eol = line_end(source.frames)
        recorded = request_body(source)
        changed = apply_request_fields(selection.frames, recorded, body, eol)
        was_resumable, resumable = (bool(b.get("stream_resumable")) for b in (recorded, body))
        gives_event_ids = resumable and not (keep_ids and was_resumable)
        if gives_event_ids or was_resumable > resumable:
            changed = without_event_ids(changed, eol)
        stream = frames = tuple(changed)
        if path == "/runs/wait":
            frames = tuple(wait_frames(stream))
    builder = _TemplateBuilder(source, path, keep_ids=keep_ids)
    return builder.build(frames, stream, gives_event_ids=gives_event_ids)


class _TemplateBuilder:
    """Builds the template of a response from one recorded exchange."""

    def __init__(self, source: Exchange, path: str, *, keep_ids: bool) -> None:
        self._source = source
        self._path = path
        self._eol: sse.Eol = line_end(source.frames)
        ids = recorded_ids(source)
        sent = sent_message_ids(source, request_body(source))
        named = [id_ for id_ in sent if id_ is not None]
        taken = {*ids, *named}
        run = _first_of("run", ids) or _unused(_NO_RUN, taken)
        thread = _first_of("thread", ids) or _unused(_NO_THREAD, {*taken, run})
        others = (id_ for id_ in dict.fromkeys((*ids, *named)) if id_ not in (run, thread))
        # Run and thread have separate slots even if a recording has the same id for both.
        self._ids = (run, thread, *others)
        slots = {id_: slot for slot, id_ in reversed(tuple(enumerate(self._ids)))}
        self._slot_of = {} if keep_ids else slots
        self._sent_slots = tuple(None if id_ is None else self._slot_of.get(id_) for id_ in sent)
        # An id that a client made up is replaced only where it is the id of a message.
        odd = [re.escape(orjson.dumps(i)[1:-1].decode()) for i in named if not ANY_ID.fullmatch(i)]
        pattern = ANY_ID.pattern
        if odd:
            pattern += rf'|(?<="id":")(?:{"|".join(odd)})(?=")'
        self._pattern = re.compile(pattern.encode())

    def build(
        self, frames: tuple[Frame, ...], stream: tuple[Frame, ...], *, gives_event_ids: bool
    ) -> ResponseTemplate:
        """Return the template of *frames*, which for a wait were made from those of *stream*."""
        last = len(frames) - 1
        pieces = tuple(
            TemplatePiece(
                frame.at,
                self._parse(frame.raw),
                None if frame.event is None else frame.event.partition("|")[0],
                is_heartbeat(frame) or (frame.raw == b"\n" and index < last),
            )
            for index, frame in enumerate(frames)
        )
        kept = [f.raw for f, piece in zip(frames, pieces, strict=True) if not piece.is_heartbeat]
        return ResponseTemplate(
            tuple(self._head()),
            pieces,
            self._parse(b"".join(kept)),
            self._ids,
            self._sent_slots,
            self._eol,
            self._heartbeat(stream),
            self._source,
            self._path == "/runs/stream",
            gives_event_ids,
            stream,
            self._parse,
            delay_of(request_body(self._source)),
        )

    def _heartbeat(self, stream: tuple[Frame, ...]) -> bytes | None:
        """Return the bytes that the server sends every five seconds.

        The Python server sends them in every response; LangGraph.js was seen to send none.
        """
        if self._path == "/runs/wait":
            return b"\n"
        if self._eol == "\r\n" or any(map(is_heartbeat, stream)):
            return sse.encode_comment(eol=self._eol)
        return None

    def _head(self) -> Iterable[tuple[bytes, ByteTemplate]]:
        if self._source.request.path == self._path and self._source.response.headers:
            for name, value in self._source.response.headers:
                if name not in _FROM_HTTP_SERVER and not name.startswith("access-control-"):
                    yield name.encode("latin-1"), self._parse(value.encode("latin-1"))
            return
        for name, value in WAIT_HEAD if self._path == "/runs/wait" else STREAM_HEAD:
            filled = value.format(run=self._ids[RUN], thread=self._ids[THREAD])
            yield name.encode(), self._parse(filled.encode())

    def _parse(self, text: bytes) -> ByteTemplate:
        pieces: list[bytes | int] = []
        start = 0
        for match in self._pattern.finditer(text):
            slot = self._slot_of.get(orjson.loads(b'"' + match.group() + b'"'))
            if slot is not None:
                pieces += [text[start : match.start()], slot]
                start = match.end()
        return ByteTemplate([*pieces, text[start:]], len(self._ids))


def _first_of(kind: str, ids: Mapping[str, str]) -> str | None:
    return next((id_ for id_, of in ids.items() if of == kind), None)


def _unused(stand_in: str, taken: Container[str]) -> str:
    """Return *stand_in*, or an id of the same form if it is among those *taken*."""
    prefix, last = stand_in[:-12], int(stand_in[-12:], 16)
    candidates = (f"{prefix}{number:012x}" for number in count(last))
    return next(id_ for id_ in candidates if id_ not in taken)
