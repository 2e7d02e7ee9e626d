"""ReplayEngine: from a run request to the answer."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from graphtape_contracts import Exchange
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.replay.engine import (
    MAX_REMEMBERED,
    MAX_REMEMBERED_BODY,
    ReplayEngine,
    ReplayOptions,
    RunResponse,
)
from graphtape_mock.replay.library import Library
from graphtape_mock.server.errors import ApiError
from graphtape_mock.server.mock import Mock

MakeRun = Callable[..., Exchange]
ServeRuns = Callable[..., Mock]


def request(**body: Any) -> bytes:
    return orjson.dumps({"assistant_id": "agent"} | body)


def body_of(
    replay: ReplayEngine, raw: bytes, path: str = "/runs/stream", name: str | None = None
) -> bytes:
    return replay.body(replay.answer(raw, path, name))


@pytest.fixture
def mock(make_run: MakeRun, serve_runs: ServeRuns) -> Mock:
    """A mock of a run with input 1."""
    events: list[tuple[str, Any]] = [("metadata", {}), ("values", 1), ("updates", 2)]
    return serve_runs(make_run(events, input=1, stream_mode=["values", "updates"]))


def test_a_request_is_answered_with_what_it_asks_to_see(mock: Mock) -> None:
    replay = mock.replay

    assert body_of(replay, request(input=1)).count(b"event: ") == 2
    assert b"event: updates" in body_of(replay, request(input=1, stream_mode="updates"))
    assert body_of(replay, request(input=1), "/runs/wait") == b"1"


def test_a_miss_is_a_404_that_says_how_to_record(mock: Mock) -> None:
    with pytest.raises(ApiError) as caught:
        mock.replay.answer(request(input=2), "/runs/stream")

    assert caught.value.status == 404
    assert "- input: recorded 1, asked 2" in caught.value.detail
    assert "graphtape record URL --assistant agent --input 2" in caught.value.detail


def test_an_unknown_pin_is_a_404_that_names_the_recordings(mock: Mock) -> None:
    with pytest.raises(ApiError) as caught:
        mock.replay.answer(request(input=1), "/runs/stream", "other")

    assert caught.value.status == 404
    assert caught.value.detail == "No recording is named 'other'. There are: run"


def test_a_pinned_recording_answers_whatever_was_asked(mock: Mock) -> None:
    assert b"event: values" in body_of(mock.replay, request(input=2), name="run")


def test_a_view_that_was_not_recorded_is_a_404(mock: Mock) -> None:
    with pytest.raises(ApiError) as caught:
        mock.replay.answer(request(input=1, stream_mode="custom"), "/runs/stream")

    assert caught.value.status == 404
    assert "Recording 'run' can't show" in caught.value.detail
    assert "holds no custom" in caught.value.detail


def test_the_nearest_recording_answers_where_that_was_chosen(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    replay = serve_runs(make_run([("values", 1)], input=1), nearest=True).replay

    nearest, exact = (replay.answer(request(input=n), "/runs/wait") for n in (2, 1))

    assert (nearest.is_nearest, exact.is_nearest) == (True, False)
    assert nearest.run is exact.run


def test_without_a_recording_there_is_no_nearest(mock: Mock) -> None:
    empty = ReplayEngine(Library([]), mock.catalogue, ReplayOptions(nearest=True))

    with pytest.raises(ApiError, match="No recording answers"):
        empty.answer(request(input=1), "/runs/wait")


def test_recordings_of_one_request_are_answered_in_order(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    replay = serve_runs(make_run([("values", "first")]), make_run([("values", "second")])).replay

    bodies = [body_of(replay, request(), "/runs/wait") for _ in range(3)]

    assert bodies == [b'"first"', b'"second"', b'"second"']


def test_an_assistant_of_the_graph_is_answered_from_the_recordings_of_the_graph(
    mock: Mock,
) -> None:
    made = mock.catalogue.create({"graph_id": "agent", "metadata": {"a": 1}})

    body = body_of(mock.replay, request(assistant_id=made.assistant_id, input=1), "/runs/wait")

    assert body == b"1"


def test_an_assistant_with_recordings_of_its_own_is_answered_from_those(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    own = "0b5a7f5e-9a0e-4b35-8a4e-6d3a4a1d9d10"
    mock = serve_runs(
        make_run([("values", "graph")]), make_run([("values", "own")], assistant_id=own)
    )

    assert body_of(mock.replay, request(assistant_id=own), "/runs/wait") == b'"own"'
    assert body_of(mock.replay, request(), "/runs/wait") == b'"graph"'


def test_another_library_answers_from_then_on(mock: Mock, make_run: MakeRun) -> None:
    before = body_of(mock.replay, request(input=1), "/runs/wait")

    mock.use(Library([Recording("new", (make_run([("values", "new")], input=1),))]))

    assert before == b"1"
    assert body_of(mock.replay, request(input=1), "/runs/wait") == b'"new"'


def test_an_assistant_that_appears_later_is_understood(mock: Mock, make_run: MakeRun) -> None:
    with pytest.raises(ApiError, match="Invalid assistant"):
        mock.replay.answer(request(assistant_id="late"), "/runs/wait")

    mock.use(Library([Recording("new", (make_run([("values", 2)], assistant_id="late"),))]))

    assert body_of(mock.replay, request(assistant_id="late"), "/runs/wait") == b"2"


@pytest.mark.parametrize("length", [1, MAX_REMEMBERED_BODY + 1])
def test_requests_of_any_length_are_answered_again_and_again(
    length: int, make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    replay = serve_runs(make_run([("values", 1)], input="x" * length)).replay

    assert [body_of(replay, request(input="x" * length), "/runs/wait") for _ in range(2)] == [
        b"1",
        b"1",
    ]


def test_more_requests_than_are_remembered_are_answered(mock: Mock) -> None:
    asked = [request(input=1, metadata={"n": n}) for n in range(MAX_REMEMBERED + 2)] * 2

    assert {body_of(mock.replay, raw, "/runs/wait") for raw in asked} == {b"1"}


def leaving(replay: ReplayEngine, answer: RunResponse) -> list[tuple[float, bytes]]:
    return [(chunk.due, chunk.body.split(b"\r\n")[2]) for chunk in replay.chunks(answer)]


@pytest.mark.parametrize(
    ("speed", "left"),
    [
        (1.0, [(0.1, b"id: 1000100-0"), (0.2, b"id: 1000200-0")]),
        (0.5, [(0.2, b"id: 1000200-0"), (0.4, b"id: 1000400-0")]),
    ],
)
def test_ids_of_events_are_the_milliseconds_of_their_leaving(
    speed: float, left: list[tuple[float, bytes]], make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    run = make_run([("metadata", {}), ("values", 1)])
    replay = serve_runs(run, speed=speed, now=lambda: 1000.0).replay

    answer = replay.answer(request(stream_resumable=True), "/runs/stream")

    assert leaving(replay, answer) == left


def test_at_speed_0_all_ids_of_events_are_of_one_moment(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    run = make_run([("metadata", {}), ("values", 1)])
    replay = serve_runs(run, now=lambda: 1000.0).replay

    body = body_of(replay, request(stream_resumable=True))

    assert body.count(b"\r\nid: 1000000-0\r\n\r\n") == 2
