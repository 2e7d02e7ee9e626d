"""Generated requests: the mock answers each, in time, without a failure of its own."""

import logging
from collections import Counter

import pytest
from fuzz_client import send_all
from fuzz_requests import generate
from rounds import ROUNDS, random_for, shares, table

from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server.mock import Mock, bundled_recordings
from graphtape_mock.server.running import BackgroundServer

PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_every_request_is_answered(
    part: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    requests = [
        generate(random_for("fuzz", number)) for number in shares(ROUNDS.requests, PARTS)[part]
    ]
    mock = Mock(load([bundled_recordings()]), ReplayOptions(speed=0))

    with BackgroundServer(mock) as server:
        results = send_all(server.url, requests)

    printed = capfd.readouterr().err
    counts = Counter((result.request.level, result.status) for result in results)
    rows = [(*key, number) for key, number in sorted(counts.items())]
    print(table("responses", ("level", "status", "number"), rows))
    flaws = [str(result) for result in results if result.flaw]
    logged = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert not flaws, "\n".join(flaws)
    assert not logged, "\n".join(map(logging.Formatter().format, logged))
    assert "Traceback" not in printed, printed
