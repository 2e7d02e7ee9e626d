"""The response to one run request: its ids, its head, and its body whole or paced."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import orjson

from graphtape_mock.replay.library import RecordedRun
from graphtape_mock.replay.pacing import Chunk, Pace, TimedPiece, one_by_one, schedule
from graphtape_mock.replay.request_fields import delay_of
from graphtape_mock.replay.response_plan import Head, ResponsePlan
from graphtape_mock.replay.response_template import RUN, THREAD, ResponseTemplate
from graphtape_mock.replay.run_request import RunRequest
from graphtape_mock.replay.selection import wait_frames
from graphtape_mock.replay.thread_state import ThreadState, thread_state_of

_LAST_MILLISECOND = 253402300799999
"""The end of the year 9999, in milliseconds since the epoch."""


class RunResponse(NamedTuple):
    """The response to one request."""

    request: RunRequest
    run: RecordedRun
    template: ResponseTemplate
    values: list[bytes]
    """The ids of this response, one for each slot of the template."""
    is_nearest: bool
    """Whether no recording matched and the nearest one is used."""
    now: Callable[[], float]
    """Returns the time of day, in seconds since the epoch."""

    @property
    def run_id(self) -> str:
        """The id of the run, as the client sees it."""
        return self.values[RUN].decode()

    @property
    def thread_id(self) -> str:
        """The id of the thread, as the client sees it."""
        return self.values[THREAD].decode()

    @property
    def recording(self) -> str:
        """The name of the recording."""
        return self.run.name

    def head(self) -> list[tuple[bytes, bytes]]:
        """Return the header fields."""
        return self.template.render_head(self.values)

    def body(self) -> bytes:
        """Return the whole body, for speed 0."""
        if self.template.gives_event_ids:
            return b"".join(chunk.body for chunk in self.chunks(0))
        return self.template.body.render(self.values)

    def chunks(self, speed: float) -> Iterator[Chunk]:
        """Yield the chunks of the body and their due times at *speed*, heartbeats included."""
        pace = self.pace(speed)
        return schedule(self._pieces(pace), pace)

    def plan(self, speed: float, head: Head) -> ResponsePlan:
        """Return the plan with this *head* and a chunk for each event, for faults and steps."""
        template = self.template
        pace = self.pace(speed)
        chunks = one_by_one(self._pieces(pace), pace)
        return ResponsePlan(tuple(head), tuple(chunks), template.eol, template.is_stream)

    def pace(self, speed: float) -> Pace:
        """Return the pace at *speed*, shifted by the `after_seconds` of the request."""
        shift = delay_of(self.request.body) - self.template.delay
        return Pace(speed, shift, self.template.heartbeat)

    def seconds(self, speed: float) -> float:
        """Return how long the run takes at *speed*, in seconds."""
        pieces = self.template.pieces
        return self.pace(speed).due(pieces[-1].at if pieces else 0.0)

    def cancelled_body(self, seconds: float) -> bytes:
        """Return the body of a wait that is cancelled *seconds* into the recorded run.

        It holds the last values up to that time.
        """
        pace = self.pace(1)
        frames = [frame for frame in self.template.frames if pace.due(frame.at) <= seconds]
        *_, body = wait_frames(frames)
        return self.template.fill(body.raw, self.values)

    def thread_state(self) -> ThreadState:
        """Return the state in which the run leaves its thread."""
        recorded = thread_state_of(self.template.source.frames)
        content = orjson.dumps((recorded.values, recorded.interrupts))
        values, interrupts = orjson.loads(self.template.fill(content, self.values))
        return ThreadState(recorded.status, values, recorded.error, interrupts)

    def _pieces(self, pace: Pace) -> Iterator[TimedPiece]:
        event_id = self._event_ids(pace) if self.template.gives_event_ids else None
        return self.template.render(self.values, event_id)

    def _event_ids(self, pace: Pace) -> Callable[[float], bytes]:
        """Return a function from the recorded time of an event to its id.

        Observed on 0.16.7: `{epoch ms}-0` of the moment the event is sent, not unique.
        """
        start = self.now()
        return lambda at: b"%d-0" % min((start + pace.due(at)) * 1000, _LAST_MILLISECOND)
