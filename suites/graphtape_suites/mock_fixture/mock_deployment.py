"""The interface of the fixture `graphtape_mock`."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.replay.fault import Fault
from graphtape_mock.replay.library import UnknownRecording
from graphtape_mock.replay.steps import Step
from graphtape_mock.server.journal import Entry
from graphtape_mock.server.overrides import ResponseOverride, Steps
from graphtape_suites.mock_fixture.held_response import HeldResponse
from graphtape_suites.mock_fixture.problems import new_problems
from graphtape_suites.mock_fixture.received_request import (
    ReceivedRequest,
    list_requests,
    received_request,
    sent_secrets,
)
from graphtape_suites.mock_fixture.running_mock import RunningMock
from graphtape_suites.printing.printed_text import printed_text


class MockDeployment:
    """A mock deployment on a local socket, for one test.

    It answers each run from the recording of that request, without delays and with the same ids
    in every session.
    """

    def __init__(self, running_mock: RunningMock, test: str, folder: Path) -> None:
        """Use *running_mock* in the test with the id *test*.

        Text that is too long to print is kept in the folder `.graphtape` in *folder*.
        """
        self._mock = running_mock
        self._test, self._folder = test, folder
        self._allows_unmatched = False
        self._reported: set[tuple[int, str]] = set()
        self._secrets: tuple[str, ...] = ()
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

        A name may begin with folders: `billing/agent`. Raises UnknownRecording (a LookupError) for
        an unknown name, unless missing recordings are recorded; AmbiguousRecording (a LookupError)
        for a name that several files have; ForkedProcess (a RuntimeError) in a forked child;
        TypeError if *fault* is not a fault; ValueError for a *speed* below 0 or *times*
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
        entries = self._mock.entries()
        redactor = self._redactor_for(entries)
        return [received_request(entry, redactor) for entry in entries]

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
            self._printed(
                f"expected {wanted} to {path}{assistant}, got {found or 'none'}; the requests "
                f"were:\n{list_requests(requests)}"
            )
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
                self._printed(
                    f"expected {_requests(n)} to be answered within {timeout:g} s; the requests "
                    f"were:\n{list_requests(self.requests)}"
                )
            )

    def allow_unmatched(self) -> None:
        """Let the test pass even if a request matches no recording; the client still gets a 404."""
        self._allows_unmatched = True

    def in_test(self) -> AbstractContextManager[None]:
        """Run the body of the test; see `RunningMock.in_test`."""
        return self._mock.in_test()

    def problems(self) -> str:
        """Return the problems since the last call, or an empty string; any problem fails a test."""
        entries = self._mock.entries()
        redact = self._redactor_for(entries).redact_text
        found = new_problems(
            enumerate(entries, 1 + self._mock.dropped),
            self._reported,
            with_misses=not self._allows_unmatched,
            folder=self._folder,
            test=self._test,
        )
        return printed_text("\n\n".join(found), redact, self._folder, self._test)

    def redact(self, text: str) -> str:
        """Return *text* without secrets, among them the credentials in requests of this test."""
        return Redactor(secrets=self._secrets).redact_text(text)

    def _printed(self, text: str) -> str:
        return printed_text(text, self.redact, self._folder, self._test)

    def _redactor_for(self, entries: Sequence[Entry]) -> Redactor:
        self._secrets = sent_secrets(entries) or self._secrets
        redactor = Redactor(secrets=self._secrets)
        for secret in self._secrets:
            redactor.redact_text(secret)  # The order numbers the placeholders.
        return redactor

    def _known(self, recording: str | None) -> str | None:
        """Return the full name of *recording*, which may be new if the session records."""
        if recording is None:
            return None
        try:
            return self._mock.resolve(recording)
        except UnknownRecording:
            if self._mock.records:
                return recording
            raise


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
