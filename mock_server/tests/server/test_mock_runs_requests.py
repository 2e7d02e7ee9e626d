"""The endpoints of runs: request headers, requests without a recording, and the journal."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from graphtape_contracts import Exchange
from graphtape_mock.server.journal import MAX_BODY
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.run_registry import RunRegistry
from graphtape_mock.server.runs import RunEndpoints
from graphtape_mock.server.thread_store import ThreadStore

Call = Callable[..., Exchange]
MakeRun = Callable[..., Exchange]
ServeRuns = Callable[..., Mock]

PIN, NEAREST = "x-graphtape-recording", "x-graphtape-nearest"


def request(**body: Any) -> bytes:
    return orjson.dumps({"assistant_id": "agent"} | body)


def test_a_header_pins_a_recording(make_run: MakeRun, serve_runs: ServeRuns, call: Call) -> None:
    mock = serve_runs(make_run([("values", 1)]))

    pinned, missed = (
        call(mock, "POST", "/runs/wait", request(input=9), ((PIN, name),)) for name in ("run", "x")
    )

    assert (pinned.response.status, pinned.body) == (200, b"1")
    assert (missed.response.status, missed.response.header("vary")) == (404, "Origin")
    assert b"No recording is named 'x'" in missed.body


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"input": 2}, "No recording answers this request."),
        ({"stream_mode": "custom"}, "Recording 'run' can't show this view of its run: the"),
    ],
    ids=str,
)
def test_a_request_without_a_recorded_response_is_a_404_and_a_miss(
    body: dict[str, Any], detail: str, make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    mock = serve_runs(make_run([("values", 1)]))

    response = call(mock, "POST", "/runs/stream", request(**body))

    (entry,) = mock.journal.entries
    assert response.response.status == 404
    assert orjson.loads(response.body) == {"detail": entry.miss}
    assert entry.miss.startswith(detail)


def test_a_nearest_answer_says_so(make_run: MakeRun, serve_runs: ServeRuns, call: Call) -> None:
    mock = serve_runs(make_run([("values", 1)]), nearest=True)

    exact, nearest = (call(mock, "POST", "/runs/wait", request(**i)) for i in ({}, {"input": 2}))

    assert exact.response.header(NEAREST) is None
    assert nearest.response.header(NEAREST) == "run"


def test_the_journal_has_what_was_asked_and_which_recording_answered(
    make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    mock = serve_runs(make_run([("values", 1)]))
    long = request(input="x" * MAX_BODY)
    for path, body in [("/runs/wait", request()), ("/runs/stream", long), ("/runs", request())]:
        call(mock, "POST", path, body)

    call(mock, "GET", "/ok")

    entries = [(e.method, e.path, e.body, e.status, e.recording) for e in mock.journal.entries]
    assert entries == [
        ("POST", "/runs/wait", request(), 200, "run"),
        ("POST", "/runs/stream", None, 404, None),
        ("POST", "/runs", request(), 200, "run"),
        ("GET", "/ok", None, 200, None),
    ]


def test_endpoints_work_without_a_journal(
    make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    mock = serve_runs(make_run([("values", 1)]))
    runs = RunEndpoints(mock.parser, mock.replay, RunRegistry(ThreadStore()))

    answers = [
        call(runs.by_path[path], "POST", path, request()) for path in ("/runs/wait", "/runs")
    ]

    assert [exchange.response.status for exchange in answers] == [200, 200]
