"""The ids of a response: fresh and consistent, or as sent by the client."""

from collections.abc import Callable, Iterable
from typing import Any

import orjson
import pytest
from captured import assert_for_each, replayable_captures

from graphtape_contracts import Exchange, Frame, Request, Response, sse
from graphtape_mock.replay.ids import ANY_ID, UUID, recorded_ids
from graphtape_mock.replay.selection import request_body
from graphtape_mock.server.mock import Mock

Call = Callable[..., Exchange]
Captured = Callable[[str], Exchange]
MakeRun = Callable[..., Exchange]
Masked = Callable[[Iterable[Frame]], list[tuple[str, str]]]
ServeRuns = Callable[..., Mock]

GRAPHS = ["agent", "boom", "custom", "fanout", "interrupting", "static", "subgraph-sub", "tools"]
ASSISTANT = "fe096781-5601-53d2-b2f6-0d3403f7e9ca"
RUN = "01a2020c-117f-72c4-ada3-f0d92ad9d43f"
THREAD = "01a2020c-117f-72c4-ada3-f0d92ad9d440"
MESSAGE = "edcc5c47-4eb9-48c3-a3b3-3f5bc968e997"
LOOKS_LIKE = "2d0b36a0-5d2f-4a50-9b3f-5b3c1e1b7f55"
INTERRUPT = "271a4cfa079ec95e7175603ea4d59027"


def ask(call: Call, mock: Mock, body: bytes, path: str = "/runs/stream") -> Exchange:
    """Return the exchange; the body of a stream is split into frames."""
    exchange = call(mock, "POST", path, body)
    assert exchange.response.status == 200
    frames = tuple(sse.decode(exchange.body)) if exchange.is_stream else exchange.frames
    return Exchange(exchange.request, exchange.response, frames)


@pytest.mark.parametrize("graph", GRAPHS)
def test_two_responses_share_no_id_and_are_the_same_otherwise(
    graph: str, captured: Captured, serve_runs: ServeRuns, call: Call, masked: Masked
) -> None:
    recorded = captured(f"python/full-{graph}-all9")
    mock = serve_runs(recorded)

    first, second = (ask(call, mock, recorded.request.body) for _ in range(2))

    ids = [set(recorded_ids(exchange)) for exchange in (recorded, first, second)]
    assert len(ids[0]) == len(ids[1]) == len(ids[2]) > 1
    assert len(ids[0] | ids[1] | ids[2]) == 3 * len(ids[0])
    assert masked(first.frames) == masked(second.frames) == masked(recorded.frames)


def test_every_capture_keeps_its_ids_consistent(
    serve_runs: ServeRuns, call: Call, masked: Masked
) -> None:
    def has_consistent_ids(_: str, capture: Exchange) -> None:
        body = orjson.dumps({"assistant_id": "agent", **request_body(capture)})
        request = Request("POST", "/runs/stream", (), body)
        recorded = Exchange(request, capture.response, capture.frames)

        answered = ask(call, serve_runs(recorded), body)

        assert masked(answered.frames) == masked(recorded.frames)
        assert not recorded_ids(answered).keys() & recorded_ids(recorded).keys()

    assert_for_each(replayable_captures(), has_consistent_ids)


@pytest.mark.parametrize("graph", GRAPHS)
def test_versions_are_kept(
    graph: str, captured: Captured, serve_runs: ServeRuns, call: Call
) -> None:
    recorded = captured(f"python/full-{graph}-all9")

    answered = ask(call, serve_runs(recorded), recorded.request.body)

    assert [id_[14] for id_ in UUID.findall(answered.body.decode())] == [
        id_[14] for id_ in UUID.findall(recorded.body.decode())
    ]


def test_the_head_names_the_run_of_the_body(
    captured: Captured, serve_runs: ServeRuns, call: Call
) -> None:
    recorded = captured("python/full-agent-all9")

    answered = ask(call, serve_runs(recorded), recorded.request.body)

    run_id = orjson.loads(answered.frames[0].data or "")["run_id"]
    assert answered.response.header("location") == f"/runs/{run_id}/stream"
    assert answered.response.header("content-location") == f"/runs/{run_id}"


def test_the_assistant_stays(captured: Captured, serve_runs: ServeRuns, call: Call) -> None:
    recorded = captured("python/full-agent-all9")

    answered = ask(call, serve_runs(recorded), recorded.request.body)

    assert recorded.body.count(ASSISTANT.encode()) > 0
    assert answered.body.count(ASSISTANT.encode()) == recorded.body.count(ASSISTANT.encode())


EVENTS: list[tuple[str, Any]] = [
    ("metadata", {"run_id": RUN, "attempt": 1}),
    (
        "values",
        {
            "messages": [{"type": "human", "content": f"{RUN} {LOOKS_LIKE}", "id": MESSAGE}],
            "order": LOOKS_LIKE,
            "made_of_run": f"x{RUN}y",
            "digest": INTERRUPT,
        },
    ),
    ("values", {"__interrupt__": [{"value": 1, "id": "0" * 31 + "1"}]}),
]
HUMAN = {"role": "user", "content": f"{RUN} {LOOKS_LIKE}"}


def test_what_only_looks_like_an_id_stays_and_copies_of_ids_follow(
    make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    recorded = make_run(EVENTS, input=[HUMAN])

    answered = ask(call, serve_runs(recorded), recorded.request.body)

    run_id = orjson.loads(answered.frames[0].data or "")["run_id"]
    data = orjson.loads(answered.frames[1].data or "")
    assert (data["order"], data["digest"]) == (LOOKS_LIKE, INTERRUPT)
    assert data["made_of_run"] == f"x{run_id}y"
    assert run_id != RUN


def test_an_interrupt_has_32_hex_digits_again(
    make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    recorded = make_run(EVENTS, input=[HUMAN])

    answered = ask(call, serve_runs(recorded), recorded.request.body)

    (interrupt,) = orjson.loads(answered.frames[2].data or "")["__interrupt__"]
    assert ANY_ID.fullmatch(interrupt["id"])
    assert len(interrupt["id"]) == 32
    assert interrupt["id"] != "0" * 31 + "1"


SENT_IDS = [LOOKS_LIKE, LOOKS_LIKE.upper(), "mine", 'quo"te\\ \n é', "", INTERRUPT, "x" * 300]


@pytest.mark.parametrize("path", ["/runs/stream", "/runs/wait"])
@pytest.mark.parametrize("id_", SENT_IDS)
def test_the_id_of_a_sent_message_comes_back(
    id_: str, path: str, captured: Captured, serve_runs: ServeRuns, call: Call
) -> None:
    recorded = captured("python/mode-agent-values")
    asked = request_body(recorded)
    asked["input"]["messages"][0]["id"] = id_

    answered = ask(call, serve_runs(recorded), orjson.dumps(asked), path)

    *_, last = answered.frames
    state = orjson.loads(last.data or last.raw)
    assert state["messages"][0]["id"] == id_


@pytest.mark.parametrize("recorded_id", [LOOKS_LIKE, "mine", 'quo"te\\ \n é', "", "x" * 300])
def test_an_id_that_was_sent_while_recording_gives_way_to_the_next_one(
    recorded_id: str, make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    human = {"type": "human", "content": "hi", "id": recorded_id}
    text = f"not an id: {recorded_id}"
    recorded = make_run([("values", {"messages": [human], "text": text})], input=[human])
    mock = serve_runs(recorded)

    (chosen,), (made,) = (
        ask(call, mock, orjson.dumps({"assistant_id": "agent", "input": [sent]})).frames
        for sent in (human | {"id": "next"}, {"role": "user", "content": "hi"})
    )

    assert orjson.loads(chosen.data or "")["messages"][0]["id"] == "next"
    assert UUID.fullmatch(orjson.loads(made.data or "")["messages"][0]["id"])


@pytest.mark.parametrize("recorded_id", ["mine", "values", "human", "type"])
def test_text_that_is_equal_to_an_id_that_was_sent_stays(
    recorded_id: str, make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    human = {"type": "human", "content": recorded_id, "id": recorded_id}
    data = {"messages": [human], "text": f"{recorded_id} {recorded_id}", "name": recorded_id}
    recorded = make_run([("values", data)], input=[human])
    asked = {"assistant_id": "agent", "input": [human | {"id": "next"}]}

    (answered,) = ask(call, serve_runs(recorded), orjson.dumps(asked)).frames

    assert orjson.loads(answered.data or "") == data | {"messages": [human | {"id": "next"}]}


def test_a_message_that_the_response_does_not_hold_changes_nothing(
    make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    recorded = make_run([("values", {"n": 1})], input=[HUMAN])
    asked = {"assistant_id": "agent", "input": [HUMAN | {"id": "mine"}]}

    answered = ask(call, serve_runs(recorded), orjson.dumps(asked))

    assert answered.body == recorded.body


def test_the_same_id_twice_stays_the_same_twice(
    make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    messages = [{"type": "human", "content": text, "id": id_} for text, id_ in ("ab", "cd")]
    recorded = make_run([("values", messages)], input=messages)
    asked = {"assistant_id": "agent", "input": [m | {"id": "twin"} for m in messages]}

    (answered,) = ask(call, serve_runs(recorded), orjson.dumps(asked)).frames

    assert [m["id"] for m in orjson.loads(answered.data or "")] == ["twin", "twin"]


def test_a_seed_gives_the_same_bytes_in_every_session(
    captured: Captured, serve_runs: ServeRuns, call: Call
) -> None:
    recorded = captured("python/full-tools-all9")
    sessions = [
        serve_runs(recorded, seed=7, now=lambda: 1.0),
        serve_runs(recorded, seed=7, now=lambda: 9.0),
        serve_runs(recorded, seed=8, now=lambda: 1.0),
    ]

    first, again, other = (
        [ask(call, mock, recorded.request.body).body for _ in range(2)] for mock in sessions
    )

    assert first == again != other
    assert first[0] != first[1]


def test_a_run_that_shows_no_ids_has_some_in_its_head(
    make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    recorded = make_run([("values", {})])
    without_headers = Exchange(
        recorded.request, Response(200, recorded.response.headers), recorded.frames
    )

    stream = ask(call, serve_runs(without_headers), recorded.request.body)
    wait = ask(call, serve_runs(without_headers), recorded.request.body, "/runs/wait")

    assert stream.response.headers == recorded.response.headers
    run = UUID.findall(wait.response.header("location") or "")
    assert wait.response.headers == (
        ("location", f"/threads/{run[0]}/runs/{run[1]}/join"),
        ("content-location", f"/threads/{run[0]}/runs/{run[1]}"),
        ("content-type", "application/json"),
        ("vary", "Origin"),
    )
    assert [id_[14] for id_ in run] == ["7", "7"]
    assert run[0] != run[1]


def test_recorded_ids_are_kept_where_that_was_chosen(
    captured: Captured, serve_runs: ServeRuns, call: Call
) -> None:
    recorded = captured("python/full-agent-all9")

    answered = ask(call, serve_runs(recorded, keep_ids=True), recorded.request.body)

    assert answered.body == recorded.body
    assert answered.response.header("location") == recorded.response.header("location")
