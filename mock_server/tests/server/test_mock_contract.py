"""The mock's own responses violate no rule of the contract."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Any

import orjson
import pytest

from graphtape_contracts import Exchange, sse
from graphtape_contracts.checker import check, check_related
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level
from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server.mock import Mock, bundled_recordings

Call = Callable[..., Exchange]

RECORDINGS = {recording.name: recording for recording in load([bundled_recordings()]).recordings}
MODE_SETS: list[list[str]] = [
    *([mode] for mode in STREAM_MODES),
    *(list(pair) for pair in combinations(("values", "updates", "tasks", "messages"), 2)),
    [mode for mode in STREAM_MODES if mode != "messages-tuple"],
    list(STREAM_MODES),
]


@cache
def mock() -> Mock:
    """Return a mock of all bundled recordings."""
    return Mock(load([bundled_recordings()]), ReplayOptions(speed=0))


def asked_again(call: Call, recording: Recording, path: str, **view: Any) -> Exchange:
    """Return the response to the recorded request with another *view*."""
    (run,) = recording.runs
    body = orjson.loads(run.request.body) | view
    answer = call(mock(), "POST", path, orjson.dumps(body))
    # uvicorn adds this header below the application.
    head = replace(answer.response, headers=(("server", "uvicorn"), *answer.response.headers))
    frames = tuple(sse.decode(answer.body)) if head.is_event_stream else answer.frames
    return replace(answer, response=head, frames=frames)


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_view_of_a_recording_keeps_the_contract(name: str, call: Call) -> None:
    answers = [
        asked_again(call, RECORDINGS[name], path, stream_mode=modes, stream_subgraphs=subgraphs)
        for modes in MODE_SETS
        for subgraphs in (False, True)
        for path in ("/runs/stream", "/runs/wait")
    ]

    findings = [
        finding
        for answer in answers
        for finding in check(answer)
        if finding.level is not Level.NOTE
    ]
    related = check_related(answers, deterministic=True)

    assert {answer.response.status for answer in answers} == {200}
    assert list(map(str, findings + related)) == []


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_is_seen_as_what_it_is(name: str, call: Call) -> None:
    answer = asked_again(call, RECORDINGS[name], "/runs/stream")

    assert check(answer, dialect=Dialect.JAVASCRIPT) != []
