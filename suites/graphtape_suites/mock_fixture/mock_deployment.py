"""The interface of the fixture `graphtape_mock`."""

from collections.abc import Iterable
from typing import Any

from graphtape_mock.replay.fault import Fault
from graphtape_mock.replay.library import UnknownRecording
from graphtape_mock.replay.steps import Step
from graphtape_mock.server.overrides import ResponseOverride, Steps
from graphtape_suites.mock_fixture.held_response import HeldResponse
from graphtape_suites.mock_fixture.problems import problems
from graphtape_suites.mock_fixture.received_request import (
    ReceivedRequest,
    list_requests,
    received_request,
)
from graphtape_suites.mock_fixture.running_mock import RunningMock


class MockDeployment:
    """A mock deployment on a local socket, for one test.

    It answers a run from the recording of the same request, without delays and with ids that are
    the same in every test run.
    """

    def __init__(self, running_mock: RunningMock) -> None:
        self._host = running_mock
        self._allows_unmatched = False
        self._reported: set[str] = set()
        self.url = running_mock.url
        """Its address."""

    def use(
        self,
        recording: str | None = None,
        *,
        fault: Fault | Iterable[Fault] = (),
        speed: float | None = None,
        times: int | None = None,
    ) -> None:
        """Answer all runs from now on with the *recording* of that name.

        *fault* is one fault or several of `graphtape_suites.faults`; *speed* is the pace, 1 as
        recorded and 0 without delays. With *times* the call applies to that many of the next
        requests only, after those of earlier calls with *times*. A recording or speed that is not
        given stays as it is.

        Raises UnknownRecording (a LookupError) for a name without a recording, unless it is to be
        recorded; TypeError for a *fault* that is none; ValueError for a *speed* below 0 or *times*
        below 1.
        """
        _check_least("speed", speed, 0)
        _check_least("times", times, 1)
        direction = ResponseOverride(self._known(recording), speed, _faults(fault))
        overrides = self._host.overrides
        if times is None:
            self._host.do(lambda: overrides.set(direction))
        else:
            self._host.do(lambda: overrides.queue(direction, times))

    def hold(
        self, recording: str | None = None, *, fault: Fault | Iterable[Fault] = ()
    ) -> HeldResponse:
        """Hold back the response to the next run; the result sends it step by step.

        See `use` for *recording* and *fault*.
        """
        steps = Steps()
        direction = ResponseOverride(self._known(recording), 0, _faults(fault), steps)
        self._host.do(lambda: self._host.overrides.queue(direction))

        def tell(step: Step) -> None:
            self._host.do(lambda: steps.add(step))

        return HeldResponse(tell)

    @property
    def requests(self) -> list[ReceivedRequest]:
        """The requests so far, in order."""
        return [received_request(entry) for entry in self._host.entries()]

    def assert_called(
        self, path: str, *, assistant_id: str | None = None, times: int | None = None
    ) -> None:
        """Fail unless *path* was requested *times* times (at least once by default).

        With *assistant_id*, only requests for that assistant count.
        """
        __tracebackhide__ = True
        requests = self.requests
        found = sum(request.is_for(path, assistant_id) for request in requests)
        if found == times or (times is None and found > 0):
            return
        whom = f" with assistant_id {assistant_id!r}" if assistant_id is not None else ""
        wanted = "at least one request" if times is None else _requests(times)
        raise AssertionError(
            f"expected {wanted} to {path}{whom}, got {found or 'none'}; the requests were:\n"
            f"{list_requests(requests)}"
        )

    def wait_for(self, n: int, timeout: float = 10.0) -> None:
        """Wait until *n* requests of this test have been answered.

        A request is answered when the headers of its response are sent. In a coroutine, await
        `asyncio.to_thread(graphtape_mock.wait_for, n)`. Raises TimeoutError after *timeout*
        seconds.
        """
        __tracebackhide__ = True
        if not self._host.wait_for(n, timeout):
            raise TimeoutError(
                f"expected {_requests(n)} to be answered within {timeout:g} s; the requests were:\n"
                f"{list_requests(self.requests)}"
            )

    def allow_unmatched(self) -> None:
        """Let requests match no recording: the client gets the 404, and the test does not fail."""
        self._allows_unmatched = True

    def problems(self) -> str:
        """Return the problems since the last call, which fail the test; empty if there are none."""
        found = problems(self._host.entries(), with_misses=not self._allows_unmatched)
        new = [problem for problem in found if problem not in self._reported]
        self._reported.update(new)
        return "\n\n".join(new)

    def _known(self, recording: str | None) -> str | None:
        names = self._host.names
        if recording is not None and recording not in names and not self._host.records:
            raise UnknownRecording(recording, names)
        return recording


def _faults(fault: Fault | Iterable[Fault]) -> tuple[Fault, ...]:
    """Return *fault* as a tuple. Raises TypeError for anything but faults."""
    faults: tuple[Any, ...] = (fault,)
    if isinstance(fault, Iterable) and not isinstance(fault, str):
        faults = tuple(fault)
    for one in faults:
        if not isinstance(one, Fault):
            raise TypeError(
                "fault: expected faults of graphtape_suites.faults, such as faults.status(503), "
                f"got {one!r}"
            )
    return faults


def _check_least(name: str, value: float | None, least: int) -> None:
    if value is not None and not value >= least:
        raise ValueError(f"{name}: expected {least} or more, got {value!r}")


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count} requests"
