"""The plugin, from outside: unused recordings are listed at the end of the session."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from user_project import copy_recording, project

from graphtape_suites.mock_fixture.settings import MockSettings
from graphtape_suites.mock_fixture.used_recordings import UsedRecordings

USES_ONE = """
@pytest.mark.parametrize("number", range(2))
def test_agent(graphtape_mock, number):
    ask(graphtape_mock)
"""


@pytest.fixture(name="user_tests", autouse=True)
def _user_tests(pytester: pytest.Pytester) -> None:
    """A project with two recordings: `agent`, which a test uses, and `tools`, which is unused."""
    project(pytester, USES_ONE, "graphtape_recordings = mine")
    for name in ("agent", "tools"):
        copy_recording(name, Path(pytester.path, "mine"))


def test_unused_recordings_are_listed(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest("-W", "error")

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "*= graphtape: *unused* =*",
            "tools",
            "*graphtape_recordings*--graphtape-fail-unused*",
        ]
    )
    result.stdout.no_fnmatch_line("agent")


def test_unused_recordings_fail_the_session_if_wanted(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest("-W", "error", "--graphtape-fail-unused")

    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*= graphtape: *unused* =*", "tools"])
    result.stdout.no_fnmatch_line("*--graphtape-fail-unused*")


def test_a_session_that_failed_anyhow_fails_as_it_did(pytester: pytest.Pytester) -> None:
    Path(pytester.path, "test_broken.py").write_text("import nothing_of_that_name\n")

    result = pytester.runpytest("--graphtape-fail-unused")

    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_a_session_that_stops_early_counts_what_it_used(pytester: pytest.Pytester) -> None:
    Path(pytester.path, "test_z.py").write_text("def test_fails():\n    assert False\n")

    result = pytester.runpytest("-x")

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*= graphtape: *unused* =*", "tools"])
    result.stdout.no_fnmatch_line("agent")


def test_all_used_is_nothing_to_tell(pytester: pytest.Pytester) -> None:
    Path(pytester.path, "mine", "tools.jsonl").unlink()

    result = pytester.runpytest("--graphtape-fail-unused")

    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*graphtape: *unused*")


def test_a_session_that_does_not_use_the_mock_is_told_nothing(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest("--graphtape-fail-unused", "-k", "no_such_test")

    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.no_fnmatch_line("*graphtape: *unused*")


def test_workers_count_together(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    Path(pytester.path, "test_tools.py").write_text(
        "def test_tools(graphtape_mock):\n"
        "    from test_workers_count_together import ask\n"
        "    graphtape_mock.use('tools')\n"
        "    ask(graphtape_mock)\n"
    )
    copy_recording("slow", Path(pytester.path, "mine"))

    result = pytester.runpytest_subprocess(
        "-n", "2", "--dist", "load", "-W", "error", "--graphtape-fail-unused"
    )

    result.assert_outcomes(passed=3)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*= graphtape: *unused* =*", "slow"])
    result.stdout.no_fnmatch_line("agent")
    result.stdout.no_fnmatch_line("tools")


def test_a_worker_hands_over_what_it_counted() -> None:
    worker = SimpleNamespace(workeroutput=dict[str, Any]())
    settings = MockSettings((), "none", "", fail_unused=True)
    counts, total = (
        UsedRecordings(cast(pytest.Config, config), settings) for config in (worker, None)
    )
    session = cast(pytest.Session, SimpleNamespace(exitstatus=pytest.ExitCode.OK))

    counts.add(("a", "b"), ("a",), ())
    counts.pytest_sessionfinish(session)
    total.pytest_testnodedown(worker)
    total.pytest_testnodedown(object())  # A worker that crashed.

    assert session.exitstatus == pytest.ExitCode.OK
    assert total.unused == ["b"]
