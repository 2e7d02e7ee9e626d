"""A test project of somebody else, in which the plugin is a guest."""

from collections.abc import Callable
from pathlib import Path

import pytest

HELLO = "Hello! My name is Bagatur and I am 26 years old."
"""What the bundled recording `agent` was asked."""

ASK = """
import json
import urllib.error
import urllib.request

import pytest
from understudy_suites import faults

HELLO = "{hello}"


def ask(mock, content=HELLO, path="/runs/wait", assistant="agent", **fields):
    message = {{"role": "human", "content": content}}
    body = {{"assistant_id": assistant, "input": {{"messages": [message]}}}} | fields
    request = urllib.request.Request(mock.url + path, json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=20) as response:
        return response.read()

""".format(hello=HELLO)
"""What the tests of the project begin with: `ask(understudy_mock)`."""

Run = Callable[..., pytest.RunResult]


def project(pytester: pytest.Pytester, tests: str, *ini: str) -> None:
    """Write a project whose tests are *tests*, with further lines of its configuration."""
    pytester.makepyfile(ASK + tests)
    # Which plugins are installed beside ours is not what is tested.
    lines = ("[pytest]", "addopts = -p no:asyncio -p no:cacheprovider", *ini)
    pytester.makeini("\n".join(lines))


def copy_recording(name: str, folder: Path, as_: str | None = None) -> None:
    """Copy the bundled recording *name* into *folder*."""
    from understudy_mock.server import bundled_recordings

    folder.mkdir(parents=True, exist_ok=True)
    content = (bundled_recordings() / f"{name}.jsonl").read_bytes()
    (folder / f"{as_ or name}.jsonl").write_bytes(content)
