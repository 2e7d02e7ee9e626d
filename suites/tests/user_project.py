"""The test project of a user of the plugin."""

from pathlib import Path

import httpcore
import pytest
from inner_sessions import set_heap_aside

from graphtape_mock.server.mock import bundled_recordings
from graphtape_suites.mock_fixture import mock_deployment as deployment
from graphtape_suites.mock_fixture import running_mock

# pytest unloads the modules that only an inner session imported, and the next session imports them
# again, with new exception classes that httpx does not catch. So they are imported here.
IMPORTED_ONCE = (httpcore, deployment, running_mock)

HELLO = "Hello! My name is Bagatur and I am 26 years old."
"""The input of the bundled recording `agent`."""

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
"""The first part of each test module of the project, which defines `ask(graphtape_mock)`."""


def project(pytester: pytest.Pytester, tests: str, *ini: str) -> None:
    """Write a project with the test module *tests* and further lines of configuration."""
    set_heap_aside()
    pytester.makepyfile(ASK + tests)
    # Other installed plugins are not under test, and importing Schemathesis takes longer than most
    # of these tests.
    without = "-p no:asyncio -p no:schemathesis -p no:cacheprovider"
    lines = ("[pytest]", f"addopts = {without}", *ini)
    pytester.makeini("\n".join(lines))


def copy_recording(name: str, folder: Path, as_: str | None = None) -> None:
    """Copy the bundled recording *name* into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    content = (bundled_recordings() / f"{name}.jsonl").read_bytes()
    (folder / f"{as_ or name}.jsonl").write_bytes(content)
