"""Selection: one recorded run, requested with other stream modes."""

from collections.abc import Callable, Iterable

import orjson
import pytest
from captured import assert_for_each, stream_captures

from graphtape_contracts import Exchange, Frame
from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_mock.recordings.view import View
from graphtape_mock.replay.selection import (
    ViewNotRecorded,
    recorded_wait,
    request_body,
    select_stream,
    view_of,
)

MESSAGE = "edcc5c47-4eb9-48c3-a3b3-3f5bc968e997"

Captured = Callable[[str], Exchange]
Masked = Callable[[Iterable[Frame]], list[tuple[str, str]]]
MakeRun = Callable[..., Exchange]

AGENT = [
    "checkpoints",
    "custom",
    "debug",
    "messages",
    "messages+messages-tuple",
    "messages-tuple",
    "tasks",
    "updates",
    "values",
    "values+messages",
    "values+updates",
]
TOOLS = [
    "checkpoints",
    "custom",
    "debug",
    "messages",
    "messages-tuple",
    "tasks",
    "updates",
    "updates+custom",
    "values",
]
SUBGRAPH = [
    "custom",
    "messages",
    "values",
    "sub-checkpoints",
    "sub-custom",
    "sub-debug",
    "sub-messages",
    "sub-messages-tuple",
    "sub-tasks",
    "sub-updates",
    "sub-values",
]
FULL = ["full-{}-all-messages-noevents", "full-{}-all-tuple-noevents"]
OTHERS = {
    "boom": ["boom-all", "boom-messages", "boom-updates", "boom-values"],
    "custom": ["custom-all", "custom-events"],
    "interrupting": ["interrupt-interrupting-updates", "interrupt-interrupting-values"],
}
GRAPHS = ["agent", "boom", "custom", "interrupting", "static", "subgraph", "subgraph-sub", "tools"]


def _pairs() -> Iterable[tuple[str, str]]:
    """Yield each recording with all modes, and the requests whose views it covers."""
    yield from (("full-agent-all9", f"mode-agent-{mode}") for mode in AGENT)
    yield from (("full-tools-all9", f"mode-tools-{mode}") for mode in TOOLS)
    yield from (("full-subgraph-sub-all9", f"mode-subgraph-{mode}") for mode in SUBGRAPH)
    for graph in GRAPHS:
        yield from ((f"full-{graph}-all9", name.format(graph)) for name in FULL)
    for graph, names in OTHERS.items():
        yield from ((f"full-{graph}-all9", name) for name in names)
    yield "full-subgraph-sub-all9", "full-subgraph-all9"
    yield from (("full-subgraph-sub-all9", name.format("subgraph")) for name in FULL)
    yield "full-agent-all9", "streammode-dup-mt-m"
    yield "full-agent-all9", "stream-agent-default"


@pytest.mark.parametrize(("recorded", "asked"), list(_pairs()))
def test_a_run_with_all_modes_shows_what_the_server_sends_for_others(
    recorded: str, asked: str, captured: Captured, masked: Masked
) -> None:
    expected = captured(f"python/{asked}")

    projection = select_stream([captured(f"python/{recorded}")], view_of(request_body(expected)))

    assert masked(projection.frames) == masked(expected.frames)


@pytest.mark.parametrize("graph", [*GRAPHS, "fanout"])
def test_messages_are_summed_up_from_tuples(graph: str, captured: Captured, masked: Masked) -> None:
    tuples = captured(f"python/full-{graph}-all-tuple-noevents")
    summed = captured(f"python/full-{graph}-all-messages-noevents")

    projection = select_stream([tuples], view_of(request_body(summed)))

    assert masked(projection.frames) == masked(summed.frames)


@pytest.mark.parametrize("modes", [["messages"], ["values"], ["values", "custom"]])
def test_parallel_branches_are_seen_in_the_recorded_order(
    modes: list[str], captured: Captured
) -> None:
    recorded = captured("python/full-fanout-all-messages-noevents")
    view = View(frozenset(modes))
    shown = view.event_names | {"metadata"}

    projection = select_stream([recorded], view)

    assert [f.event for f in projection.frames] == [
        f.event for f in recorded.frames if f.event in shown
    ]


def test_the_recorded_view_gives_the_recorded_frames() -> None:
    def gives_its_frames(_: str, capture: Exchange) -> None:
        projection = select_stream([capture], view_of(request_body(capture)))

        assert projection.frames == capture.frames
        assert not projection.derived

    new_runs = {
        name: capture
        for name, capture in stream_captures().items()
        if capture.request.path == "/runs/stream"
    }
    assert_for_each(new_runs, gives_its_frames)


def test_the_exchange_that_needs_least_change_is_taken(make_run: MakeRun) -> None:
    everything = make_run([], stream_mode=list(STREAM_MODES), stream_subgraphs=True)
    plain = make_run([], stream_mode=["values", "updates"])
    with_custom = make_run([], stream_mode=["values", "updates", "custom"])
    run = [everything, with_custom, plain]

    taken = [
        select_stream(run, View(frozenset(modes))).source
        for modes in (["updates"], ["updates", "custom"], ["tasks"])
    ]

    assert taken == [plain, with_custom, everything]


def test_a_part_of_the_recorded_frames_is_not_derived(make_run: MakeRun) -> None:
    run = make_run(
        [("metadata", {}), ("values", 1), ("updates", 2), ("values|a:1", 3), ("error", 4)],
        stream_mode=["values", "updates"],
    )

    projection = select_stream([run], View(frozenset(["updates"])))

    assert [frame.event for frame in projection.frames] == ["metadata", "updates", "error"]
    assert not projection.derived


def test_comments_and_broken_blocks_are_kept(make_run: MakeRun, captured: Captured) -> None:
    recorded = captured("python/full-tools-all9")
    odd = (Frame(0.0, b": x\r\n\r\n", comment="x"), Frame(0.0, b"event: metadata\r\n\r\n"))
    source = Exchange(recorded.request, recorded.response, (*recorded.frames, *odd))

    projection = select_stream([source], View(frozenset(["updates"])))

    assert projection.derived
    assert projection.frames[-2:] == odd


@pytest.mark.parametrize(
    ("sent", "shown"), [(MESSAGE, MESSAGE), ("mine", None), (None, None)], ids=str
)
def test_an_id_is_null_where_neither_client_nor_node_gave_it(
    sent: str | None, shown: str | None, make_run: MakeRun
) -> None:
    human = {"type": "human", "content": "hi", "id": sent}
    returned = human | {"id": MESSAGE}
    modes = ["updates", "custom", "events"]
    run = make_run([("updates", {"node": returned})], input=[human], stream_mode=modes)

    projection = select_stream([run], View(frozenset(["updates", "custom"])))

    (frame,) = projection.frames
    assert orjson.loads(frame.data or "") == {"node": human | {"id": shown}}


@pytest.mark.parametrize(
    ("modes", "subgraphs", "message"),
    [
        (["values", "updates", "tasks"], False, "the recording holds no tasks, updates"),
        (["messages-tuple"], False, "the recording holds no messages-tuple"),
        (["values"], True, "the recording was made without stream_subgraphs"),
        (["tasks"], True, "the recording holds no tasks"),
    ],
)
def test_what_was_not_recorded_is_named(
    modes: list[str], subgraphs: bool, message: str, make_run: MakeRun
) -> None:
    run = make_run([], stream_mode=["values", "messages"])

    with pytest.raises(ViewNotRecorded) as caught:
        select_stream([run], View(frozenset(modes), subgraphs))

    assert str(caught.value) == message


def test_messages_of_subgraphs_cannot_be_told_from_others_once_summed_up(
    captured: Captured,
) -> None:
    run = captured("python/full-subgraph-sub-all-messages-noevents")

    with pytest.raises(ViewNotRecorded, match="messages-tuple"):
        select_stream([run], View(frozenset(["messages"])))


def test_a_recorded_wait_shows_no_stream(make_run: MakeRun) -> None:
    with pytest.raises(ViewNotRecorded, match="values"):
        select_stream([make_run(b"{}")], View(frozenset(["values"])))


def test_checkpoints_are_shown_of_kept_threads_only(captured: Captured, masked: Masked) -> None:
    kept = captured("python/boom-keep")
    deleted = captured("python/full-boom-all-messages-noevents")

    projection = select_stream([kept], view_of(request_body(deleted)))

    names = [name for name, _ in masked(projection.frames)]
    assert "checkpoints" not in names
    assert names == [name for name, _ in masked(deleted.frames)]


def test_checkpoints_of_a_run_that_keeps_nothing_are_nothing(make_run: MakeRun) -> None:
    run = make_run([("metadata", {})], stream_mode=["values"])

    projection = select_stream([run], View(frozenset(["values", "checkpoints"])))

    assert projection.frames == run.frames


@pytest.mark.parametrize("mode", ["checkpoints", "debug"])
def test_checkpoints_of_a_kept_run_are_not_made_up(mode: str, make_run: MakeRun) -> None:
    run = make_run([("metadata", {})], stream_mode=["values", "debug", "checkpoints"])

    with pytest.raises(ViewNotRecorded) as missing:
        select_stream([run], View(frozenset(["values", mode]), keep=True))

    assert missing.value.missing == {mode}


def test_a_wait_with_the_same_view_answers_as_it_is(make_run: MakeRun) -> None:
    stream, updates = make_run([]), make_run(b"{}", stream_mode="updates")
    values = make_run(b'{"a":1}', stream_mode=["values"])
    run = [stream, updates, values]

    assert recorded_wait(run, View(frozenset(["values"]))) is values
    assert recorded_wait(run, View(frozenset(["values"]), subgraphs=True)) is None


@pytest.mark.parametrize(
    ("body", "view"),
    [
        ({}, View(frozenset(["values"]))),
        ({"stream_mode": []}, View(frozenset(["values"]))),
        ({"stream_mode": "updates"}, View(frozenset(["updates"]))),
        ({"stream_mode": ["updates", "updates"]}, View(frozenset(["updates"]))),
        ({"stream_subgraphs": True}, View(frozenset(["values"]), subgraphs=True)),
        ({"on_completion": "keep"}, View(frozenset(["values"]), keep=True)),
        ({"on_completion": "delete"}, View(frozenset(["values"]))),
    ],
    ids=str,
)
def test_a_request_asks_for_a_view(body: dict[str, object], view: View) -> None:
    assert view_of(body) == view


@pytest.mark.parametrize(("body", "read"), [(b"", {}), (b"[]", {}), (b'{"a":1}', {"a": 1})])
def test_a_body_that_is_no_object_asks_for_nothing(
    body: bytes, read: dict[str, int], make_run: MakeRun
) -> None:
    run = make_run([])
    request = type(run.request)("POST", "/runs/stream", (), body)

    assert request_body(Exchange(request, run.response, ())) == read
