"""Generated requests to the mock and to a real `langgraph dev`: the statuses are equal.

    tox run -e endurance

GRAPHTAPE_LIVE_URL is the URL of a server that runs already; without it, one is started.
"""

import os
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fuzz_client import FuzzResult, send_all
from fuzz_requests import FuzzRequest, generate
from rounds import ROUNDS, random_for, table

from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server.mock import Mock, bundled_recordings
from graphtape_mock.server.running import BackgroundServer

SERVERS = Path(__file__).parent.parent / "servers"
NOT_COMPARED = {
    501: "not implemented by graphtape",
    404: "in no recording",
}
"""Statuses of the mock that no server sends for the same reason."""
OWN_OPTION = "a query of graphtape's own"
EXPECTED = {"", OWN_OPTION, *NOT_COMPARED.values()}
"""Kinds of differences that do not count, and the empty name of none."""


@pytest.fixture(name="real", scope="module")
def _real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real server with the example graphs."""
    if url := os.environ.get("GRAPHTAPE_LIVE_URL"):
        yield url.rstrip("/")
        return
    folder = tmp_path_factory.mktemp("server")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = [SERVERS / "langgraph-dev" / "start", str(port), folder]
    subprocess.run(command, check=True, env=os.environ | {"JOBS": "10"})
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        subprocess.run([SERVERS / "stop", folder], check=True)


def requests() -> list[FuzzRequest]:
    """Return the requests: HTTP alone, as bytes that are no request may be answered or not."""
    generated = (generate(random_for("real", number)) for number in range(10 * ROUNDS.requests))
    whole = (request for request in generated if request.is_whole)
    return [request for request, _ in zip(whole, range(ROUNDS.real_requests), strict=False)]


def kind(mock: FuzzResult, real: FuzzResult) -> str:
    """Return the kind of a difference; empty if there is none that counts."""
    if mock.status == real.status:
        return ""
    reason = NOT_COMPARED.get(mock.status)
    if reason and (mock.status == 501 or b"ecording" in mock.body):
        return reason
    if "/openapi.json?version=" in mock.request.target:
        return OWN_OPTION
    return f"{mock.request.level} {mock.request.target[:60]}: {mock.status}, real {real.status}"


def test_the_mock_answers_with_the_status_of_the_server(real: str) -> None:
    asked = requests()
    library = load([bundled_recordings()])

    with BackgroundServer(Mock(library, ReplayOptions(speed=0, nearest=True))) as server:
        ours = send_all(server.url, asked, at_once=1)
    theirs = send_all(real, asked, at_once=1)

    kinds = Counter(kind(mock, other) for mock, other in zip(ours, theirs, strict=True))
    print(table("statuses", ("kind", "requests"), kinds.most_common()))
    different = [
        f"{kind(mock, other)}: {mock.request.raw[:400]!r}: {mock.body[:99]!r}, {other.body[:99]!r}"
        for mock, other in zip(ours, theirs, strict=True)
        if kind(mock, other) not in EXPECTED
    ]
    assert not different, "\n".join(different)
    assert len(asked) == ROUNDS.real_requests
