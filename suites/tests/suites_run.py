"""Functions that run the suites as users do, and serve deployments for them to check."""

from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import pytest
from inner_sessions import set_heap_aside
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

import graphtape_suites
from graphtape_contracts.json_value import is_object
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server.mock import Mock, bundled_recordings
from graphtape_mock.server.running import BackgroundServer
from graphtape_suites.checks.check import all_checks
from graphtape_suites.runner.profile import SMOKE
from graphtape_suites.runner.settings import Settings
from graphtape_suites.runner.target import Target, open_target

PACKAGE = Path(graphtape_suites.__file__).parent
RECORDINGS = ("tools", "failing")
"""The recordings to run: a graph that uses most features, and one that fails."""

# Import lazily imported modules once; otherwise each session in this process imports them.
all_checks()
import_module("httpcore")


def run_suites(
    pytester: pytest.Pytester,
    *options: str,
    only: Collection[str] = (),
    ini: tuple[str, ...] = (),
    apart: bool = False,
) -> pytest.RunResult:
    """Run the suites, or *only* some of them, against the mock and in the profile `smoke`.

    *options* may name another deployment or profile. With *apart*, they run in another process.
    """
    set_heap_aside()
    recordings = " ".join(str(bundled_recordings() / f"{name}.jsonl") for name in RECORDINGS)
    settings = ("[pytest]", f"graphtape_recordings = {recordings}", *ini)
    pytester.makeini("\n".join(settings))
    profile = () if "--graphtape-profile" in options else ("--graphtape-profile", "smoke")
    # Without `confcutdir`, pytest would find the configuration of this checkout above the suites.
    # pytest-asyncio would warn that one of its settings is missing.
    plain = ("-p", "no:cacheprovider", "-p", "no:asyncio")
    arguments = ("--confcutdir", str(PACKAGE), *plain, *profile, *options)
    suites = [f"graphtape_suites.test_{suite}" for suite in only] or ["graphtape_suites"]
    if apart:
        # Each worker would import the plugin of Schemathesis, which takes long.
        without = ("-p", "no:schemathesis")
        return pytester.runpytest_subprocess(*without, *arguments, "--pyargs", *suites)
    # Assertions of modules that are already imported cannot be rewritten.
    return pytester.runpytest_inprocess("--assert=plain", *arguments, "--pyargs", *suites)


class _Collecting:
    """A pytest plugin that stores the collected tests."""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = list(session.items)


def collected(
    pytester: pytest.Pytester, *arguments: str, only: Collection[str] = ()
) -> list[pytest.Item]:
    """Return the collected tests of the suites, or of *only* some, and tests in *arguments*."""
    set_heap_aside()
    collecting = _Collecting()
    suites = [f"graphtape_suites.test_{suite}" for suite in only] or ["graphtape_suites"]
    pytest.main(
        [
            *("--confcutdir", str(PACKAGE), "--rootdir", str(pytester.path), "--assert=plain"),
            *("-p", "no:cacheprovider", "--collect-only", "-qq", *arguments, "--pyargs", *suites),
        ],
        plugins=[collecting],
    )
    return collecting.items


@dataclass(slots=True)
class Asked:
    """A request that a deployment received."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int = 0
    """The status of the response; 0 until it is sent."""

    @property
    def is_run(self) -> bool:
        """Whether the request is for a run."""
        return self.method == "POST" and self.path in ("/runs/stream", "/runs/wait", "/runs")

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the body; empty if the body is not a JSON object."""
        try:
            body = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return body if is_object(body) else {}


class Deployment(Mock):
    """The mock, which stores its requests and lets a test replace or change responses."""

    def __init__(
        self,
        answer: Callable[[Asked], Response | None],
        alter: Callable[[Asked, MutableHeaders], object],
    ) -> None:
        files = [bundled_recordings() / f"{name}.jsonl" for name in RECORDINGS]
        super().__init__(load(files), ReplayOptions(speed=0, nearest=True))
        self.asked: list[Asked] = []
        self.url = ""
        self._answer = answer
        self._alter = alter

    @property
    def runs(self) -> list[Asked]:
        """The requests for runs that got status 200."""
        return [asked for asked in self.asked if asked.is_run and asked.status == 200]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request."""
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        asked = Asked(scope["method"], scope["path"], headers, body)
        self.asked.append(asked)
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return whole.pop() if whole else await receive()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                asked.status = message["status"]
                self._alter(asked, MutableHeaders(raw=message["headers"]))
            await send(message)

        answer = self._answer(asked) or super().__call__
        await answer(scope, again, noting)


def _unchanged(*_: object) -> None:
    return None


@contextmanager
def deployed(
    answer: Callable[[Asked], Response | None] = _unchanged,
    alter: Callable[[Asked, MutableHeaders], object] = _unchanged,
) -> Generator[Deployment]:
    """Serve the mock. *answer* may return another response; *alter* may change headers."""
    deployment = Deployment(answer, alter)
    with BackgroundServer(deployment) as server:
        deployment.url = server.url
        yield deployment


SETTINGS = Settings(
    url=None,
    headers=(),
    assistants=(),
    inputs=(),
    profile=SMOKE,
    level="note",
    dialect=None,
    contract=None,
    max_runs=1000,
    max_seconds=600.0,
    concurrency=2,
    timeout=20.0,
    repeat=1,
    deterministic=True,
    expected_failures=None,
    recordings=tuple(bundled_recordings() / f"{name}.jsonl" for name in RECORDINGS),
)


@contextmanager
def targeted(folder: Path, url: str | None = None, **changes: Any) -> Generator[Target]:
    """Open the deployment at *url*, or else the mock, with *changes* to `SETTINGS`."""
    with open_target(replace(SETTINGS, url=url, **changes), folder) as target:
        yield target
