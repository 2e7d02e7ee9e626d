"""The plugin leaves the process and the folder of the user's tests as they are."""

import pytest
from suites_run import run_suites
from user_project import project

HOST = """
import asyncio
import gc
import json
import locale
import logging
import os
import pathlib
import signal
import socket
import sys
import threading
import warnings

LOGGERS = ("", "asyncio", "uvicorn", "uvicorn.access", "uvicorn.error", "httpx", "mine")
FIRST = {}


def logger_state(name):
    logger = logging.getLogger(name)
    handlers = [type(one).__name__ for one in logger.handlers]
    return (logger.level, logger.propagate, logger.disabled, handlers, len(logger.filters))


def snapshot():
    umask = os.umask(0)
    os.umask(umask)
    with warnings.catch_warnings(action="ignore"):
        policy = type(asyncio.get_event_loop_policy()).__module__
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1")
    return {
        "loggers": {name: logger_state(name) for name in LOGGERS},
        "disabled below": logging.root.manager.disable,
        "policy": policy,
        "warnings": [str(one) for one in warnings.filters],
        "environment": {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"},
        "folder": os.getcwd(),
        "signals": {name: str(signal.getsignal(getattr(signal, name))) for name in names},
        "hooks": [str(sys.excepthook), str(threading.excepthook), str(sys.unraisablehook)],
        "timeout": socket.getdefaulttimeout(),
        "locale": locale.setlocale(locale.LC_ALL),
        "collector": (gc.isenabled(), gc.get_threshold()),
        "limits": (sys.getrecursionlimit(), sys.getswitchinterval(), umask),
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "files": sorted(p.name for p in pathlib.Path().rglob("*") if "cache" not in p.parts[0]),
    }


def pytest_sessionstart():
    logging.getLogger("uvicorn").setLevel(logging.DEBUG)
    logging.getLogger("uvicorn.access").addHandler(logging.NullHandler())
    FIRST.update(snapshot())


def pytest_sessionfinish():
    last = snapshot()
    changed = {key: [FIRST[key], last[key]] for key in FIRST if FIRST[key] != last[key]}
    pathlib.Path("changed.json").write_text(json.dumps(changed))
"""


@pytest.fixture(name="_host", autouse=True)
def _watched(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makepyfile(host=HOST)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", str(pytester.path), prepend=":")


def test_a_session_with_the_mock_changes_nothing(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
import host

def test_host(request):
    before = host.snapshot()
    mock = request.getfixturevalue("graphtape_mock")
    ask(mock)
    ask(mock, path="/runs/stream")
    after = host.snapshot()
    del before["threads"], after["threads"]
    assert after == before
""",
    )

    result = pytester.runpytest_subprocess("-p", "host")

    result.assert_outcomes(passed=1)
    assert (pytester.path / "changed.json").read_text() == "{}"


def test_a_session_of_the_suites_changes_nothing(pytester: pytest.Pytester) -> None:
    result = run_suites(
        pytester, "-p", "host", "-k", "any-request or stream.default", only=["stream"], apart=True
    )

    assert result.ret == pytest.ExitCode.OK
    assert (pytester.path / "changed.json").read_text() == "{}"
