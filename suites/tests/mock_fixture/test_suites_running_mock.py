"""The mock of the fixture: unusable recordings raise one UsageError."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from graphtape_suites.mock_fixture.running_mock import ForkedProcess, run_mock
from graphtape_suites.mock_fixture.settings import MockSettings


def test_recordings_that_are_gone_are_a_usage_error(tmp_path: Path) -> None:
    gone = tmp_path / "gone.jsonl"
    settings = MockSettings((gone,), "none", "", fail_unused=False)

    with (
        pytest.raises(pytest.UsageError, match=r"graphtape_recordings: .*gone"),
        ExitStack() as stack,
    ):
        stack.enter_context(run_mock(settings))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Of forking a process with threads.
def test_a_forked_child_is_told_that_it_can_not_use_the_mock() -> None:
    settings = MockSettings((), "none", "", fail_unused=False)
    with run_mock(settings) as running_mock:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:  # pragma: no cover - measured in the parent only
            refused = 0
            for act in (running_mock.reset, lambda: running_mock.wait_for(1, 5)):
                try:
                    act()
                except ForkedProcess as error:
                    refused += str(os.getppid()) in str(error)
            os.write(writing, str(refused).encode())
            os._exit(0)
        os.close(writing)

        assert os.read(reading, 10) == b"2"

        os.close(reading)
        os.waitpid(child, 0)


def test_another_process_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = MockSettings((), "none", "", fail_unused=False)
    with run_mock(settings) as running_mock, monkeypatch.context() as patched:
        patched.setattr("os.getpid", lambda: -1)
        with pytest.raises(ForkedProcess):
            running_mock.entries()
