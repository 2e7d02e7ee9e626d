"""The plugin, from outside: no conflicts with other plugins or with names in a project."""

from pathlib import Path

import pytest
from user_project import ASK, project

TEST = """
def test_answer(graphtape_mock):
    assert b"Bagatur" in ask(graphtape_mock)
"""


def test_workers_have_a_mock_each(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    project(
        pytester,
        """
import pathlib

@pytest.fixture(scope="session")
def url(graphtape_server, worker_id):
    pathlib.Path(f"url-{worker_id}").write_text(graphtape_server.url)
    return graphtape_server.url

@pytest.mark.parametrize("number", range(20))
def test_answer(graphtape_mock, url, number):
    assert graphtape_mock.url == url
    assert b"Bagatur" in ask(graphtape_mock)
    graphtape_mock.assert_called("/runs/wait", times=1)
""",
    )

    result = pytester.runpytest_subprocess("-n", "2", "-W", "error", "--strict-markers")

    result.assert_outcomes(passed=20)
    urls = {Path(pytester.path, f"url-gw{number}").read_text() for number in range(2)}
    assert len(urls) == 2


ASYNC_TEST = """
import asyncio

async def post_all(mock):
    answers = [asyncio.to_thread(ask, mock) for _ in range(3)]
    waiting = asyncio.to_thread(mock.wait_for, 3)
    await asyncio.gather(waiting, *answers)
    mock.assert_called("/runs/wait", times=3)

"""


def test_coroutines_of_pytest_asyncio_use_it(pytester: pytest.Pytester) -> None:
    pytest.importorskip("pytest_asyncio")
    pytester.makepyfile(
        ASK
        + ASYNC_TEST
        + """
@pytest.mark.asyncio
async def test_answers(graphtape_mock):
    await post_all(graphtape_mock)

@pytest.mark.asyncio
async def test_miss(graphtape_mock):
    with pytest.raises(Refused):
        await asyncio.to_thread(ask, graphtape_mock, "Good morning!")
"""
    )
    pytester.makeini(
        "[pytest]\naddopts = -p no:anyio -p no:schemathesis\n"
        "asyncio_default_fixture_loop_scope = function"
    )

    result = pytester.runpytest_subprocess("-W", "error", "--strict-config")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["request 1, POST /runs/wait*"])


def test_coroutines_of_anyio_use_it(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        ASYNC_TEST
        + """
@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.mark.anyio
async def test_answers(graphtape_mock):
    await post_all(graphtape_mock)
""",
    )

    result = pytester.runpytest_subprocess("-W", "error", "--strict-config")

    result.assert_outcomes(passed=1)


def test_pytest_recording_has_its_own_modes(pytester: pytest.Pytester) -> None:
    pytest.importorskip("pytest_recording")
    project(
        pytester,
        """
@pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
def test_answer(graphtape_mock):
    assert b"Bagatur" in ask(graphtape_mock)
""",
    )

    result = pytester.runpytest_subprocess("-W", "error", "--record-mode", "once")

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("mode", ["prepend", "importlib"])
def test_a_project_may_have_packages_named_as_our_folders(
    pytester: pytest.Pytester, mode: str
) -> None:
    project(pytester, "from contracts import A\nfrom suites import B\nfrom mock_server import C\n")
    for name, value in (("contracts", "A"), ("suites", "B"), ("mock_server", "C")):
        package = Path(pytester.path, name)
        package.mkdir()
        Path(package, "__init__.py").write_text(f"{value} = 1\n")
        Path(package, "conftest.py").write_text("")
        Path(package, "test_inside.py").write_text(ASK + TEST)
    Path(pytester.path, "tox.ini").write_text(
        "[pytest]\naddopts = -p no:asyncio -p no:schemathesis\npythonpath = .\n"
    )

    result = pytester.runpytest_subprocess(
        *("-W", "error", "--strict-markers", "--strict-config", "--import-mode", mode)
    )

    result.assert_outcomes(passed=3)


def test_without_the_plugin_nothing_of_it_is_there(pytester: pytest.Pytester) -> None:
    project(pytester, "def test_other():\n    pass\n" + TEST)

    result = pytester.runpytest_subprocess("-p", "no:graphtape", "-W", "error")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*'graphtape_mock'*"])
