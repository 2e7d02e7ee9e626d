"""The mock, as a test sees it."""

from collections.abc import Iterable

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
    """A mock deployment on a real socket, as it was at the start: nothing is asked yet.

    Runs are answered at once, by the recording that was made of the same request, with ids that
    are the same whenever the test runs.
    """

    def __init__(self, running_mock: RunningMock) -> None:
        self._host = running_mock
        self._allows_unmatched = False
        self._told: set[str] = set()
        self.url = running_mock.url
        """Where it answers."""

    def use(
        self,
        recording: str | None = None,
        *,
        fault: Fault | Iterable[Fault] = (),
        speed: float | None = None,
        times: int | None = None,
    ) -> None:
        """Answer runs from the *recording* of that name, whatever they ask for, from now on.

        *fault* is what goes wrong with each (`graphtape_suites.faults`), *speed* the pace: 1 as
        recorded, 0 at once. With *times* it is for the next so many requests, and those for the
        next requests follow each other in the order in which they were asked for. Recording and
        speed stay as they are where nothing is said of them.

        Raises UnknownRecording (a LookupError) where there is none of that name, unless it is to
        be recorded.
        """
        direction = ResponseOverride(self._known(recording), speed, _faults(fault))
        overrides = self._host.overrides
        if times is None:
            self._host.do(lambda: overrides.set(direction))
        else:
            self._host.do(lambda: overrides.queue(direction, times))

    def hold(
        self, recording: str | None = None, *, fault: Fault | Iterable[Fault] = ()
    ) -> HeldResponse:
        """Hold the answer to the next run back, and return what lets it go step by step.

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
        """What was asked so far, in its order."""
        return [received_request(entry) for entry in self._host.entries()]

    def assert_called(
        self, path: str, *, assistant_id: str | None = None, times: int | None = None
    ) -> None:
        """Fail unless *path* was asked for, with that assistant, so many *times* (or at all)."""
        __tracebackhide__ = True
        requests = self.requests
        found = sum(request.is_for(path, assistant_id) for request in requests)
        if found == times or (times is None and found > 0):
            return
        whom = f" with assistant_id {assistant_id!r}" if assistant_id is not None else ""
        wanted = "at least one request" if times is None else _requests(times)
        raise AssertionError(
            f"expected {wanted} to {path}{whom}, got {found or 'none'}; asked was:\n"
            f"{list_requests(requests)}"
        )

    def wait_for(self, n: int, timeout: float = 10.0) -> None:
        """Return as soon as *n* requests were answered since the test began.

        A request is answered when the head of its response leaves. In a coroutine, await
        `asyncio.to_thread(graphtape_mock.wait_for, n)`. Raises TimeoutError after *timeout*
        seconds.
        """
        __tracebackhide__ = True
        if not self._host.wait_for(n, timeout):
            raise TimeoutError(
                f"expected {_requests(n)} to be answered within {timeout:g} s; asked was:\n"
                f"{list_requests(self.requests)}"
            )

    def allow_unmatched(self) -> None:
        """Let requests that no recording answers be: the client gets the 404, the test goes on."""
        self._allows_unmatched = True

    def problems(self) -> str:
        """Return what went wrong since it was asked last, or nothing; the plugin fails the test."""
        found = problems(self._host.entries(), with_misses=not self._allows_unmatched)
        new = [problem for problem in found if problem not in self._told]
        self._told.update(new)
        return "\n\n".join(new)

    def _known(self, recording: str | None) -> str | None:
        names = self._host.names
        if recording is not None and recording not in names and not self._host.records:
            raise UnknownRecording(recording, names)
        return recording


def _faults(fault: Fault | Iterable[Fault]) -> tuple[Fault, ...]:
    return (fault,) if isinstance(fault, Fault) else tuple(fault)


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count} requests"
