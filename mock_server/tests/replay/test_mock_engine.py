"""ReplayEngine: from a run request to the response."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from graphtape_contracts import Exchange
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.replay.engine import MAX_TEMPLATES, ReplayEngine, ReplayOptions
from graphtape_mock.replay.errors import NotRecorded
from graphtape_mock.replay.library import Library
from graphtape_mock.replay.run_response import RunResponse
from graphtape_mock.server.errors import ApiError
from graphtape_mock.server.mock import Mock

MakeRun = Callable[..., Exchange]
ServeRuns = Callable[..., Mock]


def request(**body: Any) -> bytes:
    return orjson.dumps({"assistant_id": "agent"} | body)


def respond(
    mock: Mock, raw: bytes, path: str = "/runs/stream", name: str | None = None
) -> RunResponse:
    return mock.replay.respond(mock.parser.parse(raw), path, name)


def body_of(mock: Mock, raw: bytes, path: str = "/runs/stream", name: str | None = None) -> bytes:
    return respond(mock, raw, path, name).body()


@pytest.fixture
def mock(make_run: MakeRun, serve_runs: ServeRuns) -> Mock:
    """A mock of a run with input 1."""
    events: list[tuple[str, Any]] = [("metadata", {}), ("values", 1), ("updates", 2)]
    return serve_runs(make_run(events, input=1, stream_mode=["values", "updates"]))


def test_a_response_has_the_requested_view(mock: Mock) -> None:
    assert body_of(mock, request(input=1)).count(b"event: ") == 2
    assert b"event: updates" in body_of(mock, request(input=1, stream_mode="updates"))
    assert body_of(mock, request(input=1), "/runs/wait") == b"1"


def test_a_miss_says_how_to_record(mock: Mock) -> None:
    with pytest.raises(NotRecorded) as caught:
        respond(mock, request(input=2), "/runs/stream")

    assert "- input: recorded 1, requested 2" in str(caught.value)
    assert "graphtape record URL --assistant agent --input 2" in str(caught.value)


def test_an_unknown_recording_is_an_error_with_the_known_names(mock: Mock) -> None:
    with pytest.raises(NotRecorded) as caught:
        respond(mock, request(input=1), "/runs/stream", "other")

    assert str(caught.value) == "No recording is named 'other'. There are: run"


def test_a_pinned_recording_answers_whatever_the_request(mock: Mock) -> None:
    assert b"event: values" in body_of(mock, request(input=2), name="run")


def test_a_view_that_was_not_recorded_names_the_recording(mock: Mock) -> None:
    with pytest.raises(NotRecorded) as caught:
        respond(mock, request(input=1, stream_mode="custom"), "/runs/stream")

    assert "Recording 'run' can't show" in str(caught.value)
    assert "holds no custom" in str(caught.value)


def test_the_nearest_recording_answers_where_that_was_chosen(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    mock = serve_runs(make_run([("values", 1)], input=1), nearest=True)

    nearest, exact = (respond(mock, request(input=n), "/runs/wait") for n in (2, 1))

    assert (nearest.is_nearest, exact.is_nearest) == (True, False)
    assert nearest.run is exact.run


def test_without_a_recording_there_is_no_nearest(mock: Mock) -> None:
    empty = ReplayEngine(Library([]), ReplayOptions(nearest=True))

    with pytest.raises(NotRecorded, match="No recording answers"):
        empty.respond(mock.parser.parse(request(input=1)), "/runs/wait")


def test_recordings_of_one_request_are_answered_in_order(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    mock = serve_runs(make_run([("values", "first")]), make_run([("values", "second")]))

    bodies = [body_of(mock, request(), "/runs/wait") for _ in range(3)]

    assert bodies == [b'"first"', b'"second"', b'"second"']


def test_an_assistant_of_the_graph_is_answered_from_the_recordings_of_the_graph(
    mock: Mock,
) -> None:
    made = mock.catalogue.create({"graph_id": "agent", "metadata": {"a": 1}})

    body = body_of(mock, request(assistant_id=made.assistant_id, input=1), "/runs/wait")

    assert body == b"1"


def test_an_assistant_with_recordings_of_its_own_is_answered_from_those(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    own = "0b5a7f5e-9a0e-4b35-8a4e-6d3a4a1d9d10"
    mock = serve_runs(
        make_run([("values", "graph")]), make_run([("values", "own")], assistant_id=own)
    )

    assert body_of(mock, request(assistant_id=own), "/runs/wait") == b'"own"'
    assert body_of(mock, request(), "/runs/wait") == b'"graph"'


def test_another_library_answers_from_then_on(mock: Mock, make_run: MakeRun) -> None:
    before = body_of(mock, request(input=1), "/runs/wait")

    mock.use(Library([Recording("new", (make_run([("values", "new")], input=1),))]))

    assert before == b"1"
    assert body_of(mock, request(input=1), "/runs/wait") == b'"new"'


def test_an_assistant_that_appears_later_is_understood(mock: Mock, make_run: MakeRun) -> None:
    with pytest.raises(ApiError, match="Invalid assistant"):
        respond(mock, request(assistant_id="late"), "/runs/wait")

    mock.use(Library([Recording("new", (make_run([("values", 2)], assistant_id="late"),))]))

    assert body_of(mock, request(assistant_id="late"), "/runs/wait") == b"2"


def test_more_views_than_templates_are_cached_get_responses(mock: Mock) -> None:
    asked = [request(input=1, metadata={"n": n}) for n in range(MAX_TEMPLATES + 2)] * 2

    assert {body_of(mock, raw, "/runs/wait") for raw in asked} == {b"1"}


def test_the_run_that_would_answer_is_known_without_using_up_its_turn(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    mock = serve_runs(make_run([("values", "first")]), make_run([("values", "second")]))
    asked = mock.parser.parse(request())

    known = [mock.replay.would_answer(asked) for _ in range(2)]

    assert known == [mock.replay.library.runs[0]] * 2
    assert body_of(mock, request(), "/runs/wait") == b'"first"'


@pytest.mark.parametrize("body", [{"input": 2}, {"input": 1, "stream_mode": "custom"}], ids=str)
def test_no_run_would_answer_a_request_without_a_recording(mock: Mock, body: Any) -> None:
    assert mock.replay.would_answer(mock.parser.parse(request(**body))) is None
