"""A test project of somebody else, in which the plugin is a guest."""

from pathlib import Path

import httpcore
import pytest
from inner_sessions import set_heap_aside

from graphtape_mock.server.mock import bundled_recordings
from graphtape_suites.mock_fixture import mock_deployment as deployment
from graphtape_suites.mock_fixture import running_mock

# What a session inside of ours is the first to import is forgotten with it, and imported anew by
# the next: its errors are then others than those that httpx knows.
IMPORTED_ONCE = (httpcore, deployment, running_mock)

HELLO = "Hello! My name is Bagatur and I am 26 years old."
"""What the bundled recording `agent` was asked."""

ASK = f"""
import json
import urllib.error
import urllib.request

import pytest
from graphtape_suites import faults

HELLO = "{HELLO}"


class Refused(Exception):
    def __init__(self, error):
        super().__init__(error.code)
        self.code, self.headers, self.body = error.code, error.headers, error.read()
        error.close()


def post(mock, path, body, headers={{}}):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(mock.url + path, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.read()
    except urllib.error.HTTPError as error:
        raise Refused(error) from None


def ask(mock, content=HELLO, path="/runs/wait", assistant="agent", **fields):
    message = {{"role": "human", "content": content}}
    body = {{"assistant_id": assistant, "input": {{"messages": [message]}}}} | fields
    return post(mock, path, body)

"""
"""What the tests of the project begin with: `ask(graphtape_mock)`."""


def project(pytester: pytest.Pytester, tests: str, *ini: str) -> None:
    """Write a project whose tests are *tests*, with further lines of its configuration."""
    set_heap_aside()
    pytester.makepyfile(ASK + tests)
    # Which plugins are installed beside ours is not what is tested, and to import Schemathesis
    # takes longer than most of these tests.
    without = "-p no:asyncio -p no:schemathesis -p no:cacheprovider"
    lines = ("[pytest]", f"addopts = {without}", *ini)
    pytester.makeini("\n".join(lines))


def copy_recording(name: str, folder: Path, as_: str | None = None) -> None:
    """Copy the bundled recording *name* into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    content = (bundled_recordings() / f"{name}.jsonl").read_bytes()
    (folder / f"{as_ or name}.jsonl").write_bytes(content)
