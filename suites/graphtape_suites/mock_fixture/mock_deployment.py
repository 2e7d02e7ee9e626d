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

    It answers each run from the recording of that request, without delays and with the same ids
    in every session.
    """

    def __init__(self, running_mock: RunningMock) -> None:
        self._mock = running_mock
        self._allows_unmatched = False
        self._reported: set[str] = set()
        self.url = running_mock.url
        """The URL of the mock."""

    def use(
        self,
        recording: str | None = None,
        *,
        fault: Fault | Iterable[Fault] = (),
        speed: float | None = None,
        times: int | None = None,
    ) -> None:
        """Answer all runs from now on with the recording named *recording*.

        *fault* is one or several faults of `graphtape_suites.faults`; *speed* is the pace: 1 as
        recorded, 0 without delays. With *times*, the call applies only to the next *times*
        requests; several such calls apply one after the other. If *recording* or *speed* is None,
        its current value stays.

        Raises UnknownRecording (a LookupError) for an unknown name, unless missing recordings are
        recorded; TypeError if *fault* is not a fault; ValueError for a *speed* below 0 or *times*
        below 1.
        """
        _check_least("speed", speed, 0)
        _check_least("times", times, 1)
        override = ResponseOverride(self._known(recording), speed, _faults(fault))
        overrides = self._mock.overrides
        if times is None:
            self._mock.do(lambda: overrides.set(override))
        else:
            self._mock.do(lambda: overrides.queue(override, times))

    def hold(
        self, recording: str | None = None, *, fault: Fault | Iterable[Fault] = ()
    ) -> HeldResponse:
        """Hold back the response to the next run; return an object that sends it step by step.

        See `use` for *recording* and *fault*.
        """
        steps = Steps()
        override = ResponseOverride(self._known(recording), 0, _faults(fault), steps)
        self._mock.do(lambda: self._mock.overrides.queue(override))

        def add_step(step: Step) -> None:
            self._mock.do(lambda: steps.add(step))

        return HeldResponse(add_step)

    @property
    def requests(self) -> list[ReceivedRequest]:
        """The requests of this test so far, in order."""
        return [received_request(entry) for entry in self._mock.entries()]

    def assert_called(
        self, path: str, *, assistant_id: str | None = None, times: int | None = None
    ) -> None:
        """Fail unless *path* was requested *times* times (at least once by default).

        With *assistant_id*, count only requests for that assistant.
        """
        __tracebackhide__ = True
        requests = self.requests
        found = sum(request.is_for(path, assistant_id) for request in requests)
        if found == times or (times is None and found > 0):
            return
        assistant = f" with assistant_id {assistant_id!r}" if assistant_id is not None else ""
        wanted = "at least one request" if times is None else _requests(times)
        raise AssertionError(
            f"expected {wanted} to {path}{assistant}, got {found or 'none'}; the requests were:\n"
            f"{list_requests(requests)}"
        )

    def wait_for(self, n: int, timeout: float = 10.0) -> None:
        """Wait until *n* requests of this test have been answered.

        A request is answered when the headers of its response are sent. In a coroutine, await
        `asyncio.to_thread(graphtape_mock.wait_for, n)`. Raises TimeoutError after *timeout*
        seconds.
        """
        __tracebackhide__ = True
        if not self._mock.wait_for(n, timeout):
            raise TimeoutError(
                f"expected {_requests(n)} to be answered within {timeout:g} s; the requests were:\n"
                f"{list_requests(self.requests)}"
            )

    def allow_unmatched(self) -> None:
        """Let the test pass even if a request matches no recording; the client still gets a 404."""
        self._allows_unmatched = True

    def problems(self) -> str:
        """Return the problems since the last call, or an empty string; any problem fails a test."""
        found = problems(self._mock.entries(), with_misses=not self._allows_unmatched)
        new = [problem for problem in found if problem not in self._reported]
        self._reported.update(new)
        return "\n\n".join(new)

    def _known(self, recording: str | None) -> str | None:
        names = self._mock.names
        if recording is not None and recording not in names and not self._mock.records:
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
