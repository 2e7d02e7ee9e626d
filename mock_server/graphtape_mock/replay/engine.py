"""The replay engine: a run request in, a response out.

engine = ReplayEngine(library, ReplayOptions(speed=0))
response = engine.respond(request, "/runs/stream")   # raises NotRecorded
response.head(), response.body()
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import NamedTuple
from weakref import WeakKeyDictionary

from graphtape_contracts.json_value import Json
from graphtape_mock.recordings.assistant_id import assistant_key
from graphtape_mock.replay.bounded_cache import BoundedCache
from graphtape_mock.replay.errors import NotRecorded, NotReplayable
from graphtape_mock.replay.ids import IdSource
from graphtape_mock.replay.library import Library, NoMatch, RecordedRun
from graphtape_mock.replay.matching import match_form
from graphtape_mock.replay.pacing import Clock, LoopClock
from graphtape_mock.replay.request_fields import request_fields_key
from graphtape_mock.replay.response_template import ResponseTemplate, make_response_template
from graphtape_mock.replay.run_request import RunRequest
from graphtape_mock.replay.run_response import RunResponse
from graphtape_mock.replay.selection import ViewNotRecorded, view_of

MAX_TEMPLATES = 256
"""The maximum number of cached response templates."""
MAX_TEMPLATE_BYTES = 48 * 1024 * 1024
"""The maximum size of all cached response templates, in bytes; the newest is always cached."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How recordings are replayed."""

    speed: float = 1.0
    """1 replays at the recorded pace, 2 twice as fast, 0 without any delay."""
    keep_ids: bool = False
    """Whether responses carry the recorded ids instead of fresh ones."""
    seed: int | None = None
    """Seed of the fresh ids; None makes different ones every time."""
    nearest: bool = False
    """Whether a request that matches no recording gets the response of the nearest one."""
    clock: Clock = field(default_factory=LoopClock)
    now: Callable[[], float] = time.time
    """Returns the time of day, in seconds since the epoch."""


class MatchKey(NamedTuple):
    """The parts of a request that choose its response."""

    match_form: Json
    """The canonical form that recordings are looked up by."""
    view_key: Hashable
    """The view and the other request fields that shape the response to a recorded run."""


class ReplayEngine:
    """Responds to run requests from a library of recordings."""

    def __init__(self, library: Library, options: ReplayOptions) -> None:
        self.library = library
        self.options = options
        self._ids = self._fresh_ids()
        # An entry lives as long as its request stays in the cache of the server's parser.
        self._keys: WeakKeyDictionary[RunRequest, MatchKey] = WeakKeyDictionary()
        self._templates = BoundedCache[Hashable, ResponseTemplate](
            MAX_TEMPLATES, MAX_TEMPLATE_BYTES
        )

    def use(self, library: Library) -> None:
        """Respond from another *library* from now on."""
        self.library = library
        self._keys.clear()
        self._templates.clear()

    def restart(self) -> None:
        """Start over with the first seeded ids and the first recording of each request."""
        self._ids = self._fresh_ids()
        self.library.restart()

    def new_id(self) -> str:
        """Return a fresh id for a thread or a run."""
        return self._ids.run_id()

    def random_id(self) -> str:
        """Return a fresh random UUID."""
        return self._ids.random_id()

    def _fresh_ids(self) -> IdSource:
        return IdSource(self.options.seed, now=self.options.now)

    def respond(self, request: RunRequest, path: str, recording: str | None = None) -> RunResponse:
        """Return the response to a *request* to *path*: /runs/stream or /runs/wait.

        Uses the recording named *recording* if given, else the one that matches. Raises
        NotRecorded.
        """
        key = self._key(request)
        is_nearest = False
        try:
            run = self.library.find(key.match_form, request.body, recording)
        except NoMatch as error:
            if not self.options.nearest or error.nearest is None:
                raise
            run, is_nearest = error.nearest, True
        template = self._template(run, path, request.body, key.view_key)
        if self.options.keep_ids:
            values = [id_.encode() for id_ in template.ids]
        else:
            values = template.values(self._ids.fresh(template.ids), request.body)
        return RunResponse(request, run, template, values, is_nearest, self.options.now)

    def would_answer(
        self, request: RunRequest, recording: str | None = None, *, may_repeat: bool = True
    ) -> RecordedRun | None:
        """Return the recorded run that matches and covers the view; None if there is none.

        Unlike `respond`, ignores `ReplayOptions.nearest` and does not advance to the next recording
        of the same request. Unless *may_repeat* is True, runs that already had their turn do not
        count.
        """
        form = self._key(request).match_form
        try:
            run = self.library.peek(form, request.body, recording)
        except NotRecorded:
            return None
        if recording is None and not may_repeat and self.library.repeats(form, request.body):
            return None
        return run if run.shows(request.body) else None

    def _key(self, request: RunRequest) -> MatchKey:
        key = self._keys.get(request)
        if key is None:
            body = request.body
            form = match_form(body, self._recorded_assistant(request))
            view_key = (view_of(body), request.resumable, request_fields_key(body))
            key = self._keys[request] = MatchKey(form, view_key)
        return key

    def _recorded_assistant(self, request: RunRequest) -> str:
        """Return the UUID to look up: the assistant's if it was recorded, else its graph's."""
        if request.assistant in self.library.assistants:
            return request.assistant
        return assistant_key(request.graph_id)

    def _template(
        self, run: RecordedRun, path: str, body: Json, view_key: Hashable
    ) -> ResponseTemplate:
        key = (run, path, view_key)
        template = self._templates.get(key)
        if template is not None:
            return template
        try:
            template = make_response_template(run, path, body, keep_ids=self.options.keep_ids)
        except (ViewNotRecorded, NotReplayable) as error:
            raise error.in_recording(run.name) from None
        self._templates.add(key, template, template.size)
        return template
