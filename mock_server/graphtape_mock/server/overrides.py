"""What the next requests get that is not as usual: another recording, pace or fault, or steps.

All of it belongs to one event loop.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from graphtape_mock.replay.fault import Fault
from graphtape_mock.replay.steps import Step


class Steps:
    """The steps by which a held response leaves, in the order in which they are said."""

    def __init__(self) -> None:
        self._steps: deque[Step] = deque()
        self.wake: Callable[[], None] = _nobody
        """Is called when there is a further step."""

    def add(self, step: Step) -> None:
        """Say what leaves next."""
        self._steps.append(step)
        self.wake()

    def pop(self) -> Step | None:
        """Return the next step, if there is one."""
        return self._steps.popleft() if self._steps else None


def _nobody() -> None:
    """Nobody waits for a step yet."""


@dataclass(frozen=True, slots=True)
class ResponseOverride:
    """How requests for runs are answered."""

    recording: str | None = None
    """Its name, whatever is asked for; None for the one that matches."""
    speed: float | None = None
    """None for that of the server."""
    faults: Sequence[Fault] = ()
    steps: Steps | None = None


BeforeRun = Callable[[bytes, str | None], Awaitable[str | None]]
"""Is told the body of a request for a run, and the recording that is to answer it if it has a
name, before it is answered; returns that name, or another."""


class Overrides:
    """The directions that are in force."""

    def __init__(self) -> None:
        self.prepare: BeforeRun | None = None
        """What is done before a request for a run is answered: record it, say."""
        self._lasting = ResponseOverride()
        self._next: deque[ResponseOverride] = deque()

    def give(self, direction: ResponseOverride, times: int | None = None) -> None:
        """Answer by *direction* from now on, or the next requests, so many *times*.

        Those for the next requests are used up in the order in which they were given. Recording
        and speed stay as they are where *direction* says nothing of them.
        """
        lasting = self._lasting
        whole = replace(
            direction,
            recording=direction.recording or lasting.recording,
            speed=lasting.speed if direction.speed is None else direction.speed,
        )
        if times is None:
            self._lasting = whole
        else:
            self._next += [whole] * times

    @property
    def recording(self) -> str | None:
        """The name of the recording that answers everything, if one does."""
        return self._lasting.recording

    def next(self) -> ResponseOverride:
        """Return how the next request is answered."""
        return self._next.popleft() if self._next else self._lasting

    def clear(self) -> None:
        """Answer as usual again."""
        self._lasting = ResponseOverride()
        self._next.clear()
