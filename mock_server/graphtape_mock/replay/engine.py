"""From a run request to the response that answers it: validated, matched, made ready, paced."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from graphtape_contracts.json_value import Json
from graphtape_mock.replay.ids import IdSource
from graphtape_mock.replay.library import Library, NoMatch, RecordedRun, UnknownRecording
from graphtape_mock.replay.matching import match_form
from graphtape_mock.replay.pacing import Chunk, Clock, LoopClock, TimedPiece, one_by_one, schedule
from graphtape_mock.replay.request_fields import request_fields_key
from graphtape_mock.replay.response_plan import ResponsePlan
from graphtape_mock.replay.response_template import (
    RUN,
    THREAD,
    ResponseTemplate,
    make_response_template,
)
from graphtape_mock.replay.selection import ViewNotRecorded, view_of
from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.errors import NotAvailable
from graphtape_mock.server.run_request import RunRequest, parse_run

MAX_REMEMBERED = 256
MAX_REMEMBERED_BODY = 16 * 1024
"""Bytes of a request body that is remembered as understood; longer ones are read every time."""

Value = TypeVar("Value")
Head = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How recordings are replayed."""

    speed: float = 1.0
    """1 as recorded, 2 twice as fast, 0 at once."""
    keep_ids: bool = False
    """Whether responses carry the recorded ids in place of fresh ones."""
    seed: int | None = None
    """Makes fresh ids repeatable."""
    nearest: bool = False
    """Whether the nearest recording answers a request that none was made of."""
    clock: Clock = field(default_factory=LoopClock)
    now: Callable[[], float] = time.time
    """The time of day, in seconds since the epoch."""


class Understood(NamedTuple):
    """A run request, the canonical form it is looked up by, and what else its answer depends on."""

    request: RunRequest
    match_form: Json
    shown: Hashable


class RunResponse(NamedTuple):
    """What answers one request."""

    request: RunRequest
    run: RecordedRun
    prepared: ResponseTemplate
    values: list[bytes]
    """What fills the gaps of `prepared`: the ids of this response."""
    is_nearest: bool

    @property
    def run_id(self) -> str:
        """The id of the run, as the client sees it."""
        return self.values[RUN].decode()

    @property
    def thread_id(self) -> str:
        """The id of the thread, as the client sees it."""
        return self.values[THREAD].decode()


class ReplayEngine:
    """Answers run requests from a library of recordings."""

    def __init__(
        self, library: Library, catalogue: AssistantCatalogue, options: ReplayOptions
    ) -> None:
        self.library = library
        self.catalogue = catalogue
        self.options = options
        self._ids = self._fresh_ids()
        self._understood: OrderedDict[Hashable, Understood] = OrderedDict()
        self._prepared: OrderedDict[Hashable, ResponseTemplate] = OrderedDict()

    def use(self, library: Library) -> None:
        """RunResponse from another *library* from now on."""
        self.library = library
        self._understood.clear()
        self._prepared.clear()

    def restart(self) -> None:
        """RunResponse from now on as from the start: with the same ids, in the same order."""
        self._ids = self._fresh_ids()
        self.library.restart()

    def new_id(self) -> str:
        """Return a fresh id of a thread or a run."""
        return self._ids.run_id()

    def random_id(self) -> str:
        """Return a fresh random UUID."""
        return self._ids.random_id()

    def _fresh_ids(self) -> IdSource:
        return IdSource(self.options.seed, now=self.options.now)

    def answer(self, raw: bytes, path: str, name: str | None = None) -> RunResponse:
        """Return what answers the request with the body *raw* to *path*.

        *name* pins a recording. Raises Refusal, NotAvailable (404) where no recording answers.
        """
        return self.answer_to(self._understand(raw), path, name)

    def answer_to(self, understood: Understood, path: str, name: str | None = None) -> RunResponse:
        """Return what answers a request that is already understood. See `answer`."""
        request, form, shown = understood
        is_nearest = False
        try:
            run = self.library.find(form, request.body, name)
        except UnknownRecording as error:
            raise NotAvailable(404, str(error)) from None
        except NoMatch as error:
            if not self.options.nearest or error.nearest is None:
                raise NotAvailable(404, str(error)) from None
            run, is_nearest = error.nearest, True
        prepared = self._prepare(run, path, request.body, shown)
        if self.options.keep_ids:
            values = [id_.encode() for id_ in prepared.ids]
        else:
            values = prepared.values(self._ids.fresh(prepared.ids), request.body)
        return RunResponse(request, run, prepared, values, is_nearest)

    def would_answer(self, raw: bytes, name: str | None = None) -> RecordedRun | None:
        """Return the recorded run that `answer` would answer with; None where there is none.

        Raises Refusal where the request is refused for what it is.
        """
        try:
            request, form, _ = self._understand(raw)
            run = self.library.peek(form, request.body, name)
        except (NotAvailable, UnknownRecording, NoMatch):
            return None
        return run if run.shows(request.body) else None

    def understand(self, request: RunRequest) -> Understood:
        """Return *request* with its canonical form."""
        body = request.body
        return Understood(
            request,
            match_form(body, self._assistant(request)),
            (view_of(body), request.resumable, request_fields_key(body)),
        )

    def body(self, answer: RunResponse) -> bytes:
        """Return the whole body of *answer*, for speed 0."""
        if answer.prepared.gives_event_ids:
            return b"".join(chunk.body for chunk in self.chunks(answer, 0))
        return answer.prepared.whole.render(answer.values)

    def chunks(self, answer: RunResponse, speed: float | None = None) -> Iterator[Chunk]:
        """Yield what leaves when, heartbeats included, at *speed* or that of the options."""
        speed = self.options.speed if speed is None else speed
        return schedule(self._pieces(answer, speed), speed, answer.prepared.heartbeat)

    def script(
        self, answer: RunResponse, head: Head, speed: float, *, is_stream: bool
    ) -> ResponsePlan:
        """Return *answer* laid out piece by piece, to be disturbed or held."""
        prepared = answer.prepared
        chunks = one_by_one(self._pieces(answer, speed), speed, prepared.heartbeat)
        return ResponsePlan(tuple(head), tuple(chunks), prepared.eol, is_stream)

    def _pieces(self, answer: RunResponse, speed: float) -> Iterator[TimedPiece]:
        event_id = self._event_ids(speed) if answer.prepared.gives_event_ids else None
        return answer.prepared.render(answer.values, event_id)

    def _event_ids(self, speed: float) -> Callable[[float], bytes]:
        """Return the id of an event by its recorded time: the milliseconds of its leaving.

        Observed on 0.16.7: `{epoch ms}-0`, not unique.
        """
        start = self.options.now()
        return lambda at: b"%d-0" % ((start + (at / speed if speed else 0)) * 1000)

    def _understand(self, raw: bytes) -> Understood:
        def understand() -> Understood:
            return self.understand(parse_run(raw, self.catalogue))

        if len(raw) > MAX_REMEMBERED_BODY:
            return understand()
        return _remembered(self._understood, (raw, self.catalogue.revision), understand)

    def _assistant(self, request: RunRequest) -> str:
        """Return the assistant that recordings are looked up for: its own, or its graph's."""
        own = request.assistant
        return (
            own
            if own in self.library.assistants
            else self.catalogue.resolve(request.graph_id).assistant_id
        )

    def _prepare(
        self, run: RecordedRun, path: str, body: Json, shown: Hashable
    ) -> ResponseTemplate:
        def make() -> ResponseTemplate:
            try:
                return make_response_template(run, path, body, keep_ids=self.options.keep_ids)
            except ViewNotRecorded as error:
                detail = f"Recording {run.name!r} can't show this view of its run: {error}."
                raise NotAvailable(
                    404, f"{detail} Record it again with graphtape record."
                ) from None

        return _remembered(self._prepared, (run, path, shown), make)


def _remembered(
    memory: OrderedDict[Hashable, Value], key: Hashable, make: Callable[[], Value]
) -> Value:
    if key in memory:
        memory.move_to_end(key)
        return memory[key]
    memory[key] = value = make()
    if len(memory) > MAX_REMEMBERED:
        memory.popitem(last=False)
    return value
