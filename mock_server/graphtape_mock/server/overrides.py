"""Overrides: what differs in the next responses (another recording or pace, faults, steps).

Belongs to one event loop.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from graphtape_mock.replay.fault import Fault
from graphtape_mock.replay.steps import Step


class Steps:
    """The steps by which a held response is sent, in the order in which they are added."""

    def __init__(self) -> None:
        self._steps: deque[Step] = deque()
        self.wake: Callable[[], None] = _do_nothing
        """Called when a step is added."""

    def add(self, step: Step) -> None:
        """Add the next step."""
        self._steps.append(step)
        self.wake()

    def pop(self) -> Step | None:
        """Return the next step, if there is one."""
        return self._steps.popleft() if self._steps else None


def _do_nothing() -> None:
    """Wake nothing: no response waits for a step yet."""


@dataclass(frozen=True, slots=True)
class ResponseOverride:
    """How the response to a run request differs from the default."""

    recording: str | None = None
    """The name of the recording to replay whatever the request; None for the one that matches."""
    speed: float | None = None
    """None for the speed of the server."""
    faults: Sequence[Fault] = ()
    steps: Steps | None = None


BeforeRun = Callable[[bytes, str | None], Awaitable[str | None]]
"""Called with the body of a run request and the name of the recording to replay, if one is set;
returns that name or another."""


class Overrides:
    """The override in force, and those queued for the next requests."""

    def __init__(self) -> None:
        self.prepare: BeforeRun | None = None
        """Called before each run request is matched: to record it, for example."""
        self._in_force = ResponseOverride()
        self._queued: deque[tuple[ResponseOverride, int]] = deque()
        """Queued overrides, each with the number of requests that it still applies to."""

    def set(self, override: ResponseOverride) -> None:
        """Replace the override in force; a recording or speed of None keeps the current one."""
        self._in_force = self._completed(override)

    def queue(self, override: ResponseOverride, times: int = 1) -> None:
        """Add *override* for the next *times* requests, after those queued before.

        A recording or speed of None stands for the one in force now.
        """
        self._queued.append((self._completed(override), times))

    def _completed(self, override: ResponseOverride) -> ResponseOverride:
        in_force = self._in_force
        return replace(
            override,
            recording=override.recording or in_force.recording,
            speed=in_force.speed if override.speed is None else override.speed,
        )

    @property
    def recording(self) -> str | None:
        """The name of the recording that the override in force replays, if it has one."""
        return self._in_force.recording

    def next(self) -> ResponseOverride:
        """Return the override for the next request."""
        if not self._queued:
            return self._in_force
        override, times = self._queued.popleft()
        if times > 1:
            self._queued.appendleft((override, times - 1))
        return override

    def clear(self) -> None:
        """Remove all overrides."""
        self._in_force = ResponseOverride()
        self._queued.clear()
