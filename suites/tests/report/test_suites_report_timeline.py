"""A timeline shows the time and lane of each frame, and which frames fail."""

from collections.abc import Sequence

import pytest
from captured import captured
from report_example import event, finding, recorded, results, stream, verdict
from report_page import Node, read_page

from graphtape_contracts import Exchange, sse
from graphtape_suites.report.axis import Axis, seconds
from graphtape_suites.report.lanes import LaneReader
from graphtape_suites.report.page import render
from graphtape_suites.session.scenario_result import ScenarioResult
from graphtape_suites.verdicts.results import Outcome, ScenarioVerdict


def labels(exchange: Exchange) -> list[str]:
    """Return the lane of each frame of *exchange*."""
    reader = LaneReader()
    return [reader.read(frame, number).label for number, frame in enumerate(exchange.frames, 1)]


def drawn(exchange: Exchange, failing: Sequence[int] = (), *, expected: bool = False) -> Node:
    """Return the report about *exchange* alone, in which these frames fail."""
    outcome = Outcome.EXPECTED_FAILURE if expected else Outcome.FAILED
    found = tuple(finding(frame=frame) for frame in failing)
    verdicts = [verdict(outcome, ScenarioVerdict("a", 1, 1, found))] if found else []
    return read_page(render(results(verdicts, [ScenarioResult("a", "b", (exchange,))])))


@pytest.mark.parametrize(
    ("name", "data", "label"),
    [
        ("metadata", "{}", "run"),
        ("error", "{}", "run"),
        ("end", "", "run"),
        ("values", "{}", "values"),
        ("values|child:1|inner:2", "{}", "values in child / inner"),
        ("updates", '{"agent": {}}', "updates: agent"),
        ("updates", '{"a": {}, "b": {}}', "updates: a, b"),
        ("updates", "null", "updates"),
        ("updates|child:1", '{"agent": {}}', "updates: agent in child"),
        ("messages", '[{}, {"langgraph_node": "agent"}]', "messages: agent"),
        ("messages", '[{}, {"langgraph_node": 1}]', "messages"),
        ("messages", "[]", "messages"),
        ("messages", "[1]", "messages"),
        ("messages/partial", '[{"id": "unknown"}]', "messages"),
        ("messages/metadata", "[]", "messages"),
        ("messages/metadata", "{}", "messages"),
        ("messages/metadata", '{"1": null}', "messages"),
        ("tasks", '{"id": "1", "name": "agent", "triggers": []}', "tasks: agent"),
        ("tasks", "{}", "tasks"),
        ("debug", '{"payload": {"id": "1", "name": "agent", "result": 1}}', "debug: agent"),
        ("debug", '{"type": "checkpoint"}', "debug: checkpoint"),
        ("debug", "[]", "debug"),
        (
            "events",
            '{"event": "on_tool_start", "run_id": "1", "name": "search"}',
            "events: search",
        ),
        (
            "events",
            '{"event": "on_tool_end", "run_id": "1", "metadata": {"langgraph_node": "tools"}}',
            "events: tools",
        ),
        ("events", "{}", "events"),
        ("custom", "1", "custom"),
        ("checkpoints", "{}", "checkpoints"),
        ("anything", "not JSON", "anything"),
        ("", "{}", "unnamed"),
    ],
)
def test_the_lane_of_an_event_is_its_mode_and_what_it_is_about(
    name: str, data: str, label: str
) -> None:
    assert labels(stream(event(name, data))) == [label]


@pytest.mark.parametrize(
    ("raw", "torn", "label"),
    [
        (b": heartbeat\n\n", False, "heartbeats"),
        (b": anything\n\n", False, "comments"),
        (b"id: 1\n\n", False, "blocks without event"),
        (b"event: val", True, "torn"),
    ],
)
def test_frames_without_an_event_have_lanes_too(raw: bytes, torn: bool, label: str) -> None:
    assert labels(stream(sse.frame(raw, torn=torn))) == [label]


def test_messages_in_parts_are_in_the_lane_of_the_node_named_before_them() -> None:
    lanes = labels(captured("python/two-messages"))

    assert set(lanes) == {"run", "messages: two", "updates: two"}


def test_lanes_are_ordered_by_mode() -> None:
    root = drawn(recorded("tools"))

    modes = [lane.one("text").text.partition(":")[0] for lane in root.all("g", "lane")]
    assert list(dict.fromkeys(modes)) == [
        "run", "values", "updates", "messages", "tasks", "debug", "events"
    ]  # fmt: skip


def test_a_stream_with_many_nodes_has_one_lane_for_the_rest() -> None:
    frames = [event("updates", f'{{"node {n}": {{}}}}', n / 10) for n in range(100)]

    lanes = [lane.one("text").text for lane in drawn(stream(*frames)).all("g", "lane")]

    assert len(lanes) == 40
    assert lanes[:2] == ["updates: node 0", "updates: node 1"]
    assert lanes[-1] == "other lanes"


def test_time_is_linear_where_that_shows_enough() -> None:
    axis = Axis([1.0, 2.0, 3.0, 4.0])

    assert axis.is_linear
    assert [axis.place(n) for n in range(4)] == [0.25, 0.5, 0.75, 1.0]
    assert axis.ticks() == [
        (0.0, "0 s"), (0.25, "1 s"), (0.5, "2 s"), (0.75, "3 s"), (1.0, "4 s")
    ]  # fmt: skip


def test_short_times_are_in_milliseconds() -> None:
    labels = [label for _, label in Axis([0.01, 0.02, 0.03]).ticks()]

    assert labels == ["0 ms", "10 ms", "20 ms", "30 ms"]


def test_a_burst_after_a_long_wait_is_drawn_wider() -> None:
    times = [60.0 + n * 0.001 for n in range(50)]

    axis = Axis(times)

    places = [axis.place(n) for n in range(50)]
    assert not axis.is_linear
    assert len({round(place, 2) for place in places}) > 25
    assert places == sorted(places)
    assert places[-1] == 1.0


def test_ticks_on_a_stretched_axis_show_the_time_at_their_place() -> None:
    axis = Axis([10.0, *(10.0 + n / 10_000 for n in range(1, 400)), 20.0])

    times = [float(label.removesuffix(" s")) for _, label in axis.ticks()]

    assert not axis.is_linear
    assert (times[0], times[-1]) == (0.0, 20.0)
    assert times == sorted(set(times))


def test_simultaneous_frames_are_drawn_in_their_order() -> None:
    axis = Axis([0.0, 0.0, 0.0])

    assert [round(axis.place(n), 3) for n in range(3)] == [0.333, 0.667, 1.0]
    assert axis.ticks() == []
    assert not axis.is_linear


def test_times_below_a_nanosecond_count_as_zero() -> None:
    assert Axis([5e-324]).ticks() == []


def test_times_that_go_back_are_drawn_at_the_latest_time() -> None:
    axis = Axis([1.0, 0.5, -1.0, 2.0])

    assert [axis.place(n) for n in range(4)] == [0.5, 0.5, 0.5, 1.0]


@pytest.mark.parametrize("span", [1e-8, 0.0013, 0.9, 1.0, 7.3, 95.0, 86_400.0])
def test_ticks_are_few_and_distinct(span: float) -> None:
    ticks = Axis([span * n / 10 for n in range(1, 11)]).ticks()

    assert 3 <= len(ticks) <= 6
    assert len({label for _, label in ticks}) == len(ticks)
    assert all(0 <= place <= 1 for place, _ in ticks)


@pytest.mark.parametrize(
    ("time", "words"),
    [(0.0, "0 s"), (0.00123, "1.23 ms"), (0.0999, "99.9 ms"), (0.5, "500 ms"), (1.2, "1.2 s")],
)
def test_times_are_in_the_unit_that_reads_best(time: float, words: str) -> None:
    assert seconds(time) == words


def test_frames_at_one_place_are_one_taller_mark() -> None:
    frames = [event("custom", "1", at) for at in (1.0, 2.0, *(3.0 + n / 1e6 for n in range(8)))]
    frames += [event("custom", "1", 4.0 + n) for n in range(30)]

    marks = drawn(stream(*frames)).one("g", "lane").all("rect", "mark")

    assert [mark.text for mark in marks[:4]] == [
        "frame 1, 1 s",
        "frame 2, 2 s",
        "8 of the frames 3 to 10, 3 s to 3 s",
        "frame 11, 4 s",
    ]
    assert [mark.attributes["height"] for mark in marks[:4]] == ["8", "8", "11", "8"]


def test_a_failing_frame_has_a_mark_of_its_own_and_a_flag() -> None:
    frames = [event("custom", "1", 1.0) for _ in range(10)]

    root = drawn(stream(*frames), [7])

    svg = root.one("svg")
    mark = svg.with_id("x1-1-m7")
    assert (mark.tag, mark.text) == ("circle", "frame 7 fails")
    assert svg.one("g", "flag").text == "✗ 7"
    assert svg.attributes["aria-label"].endswith("frame 7 fails.")
    assert root.with_id("x1-1").attributes["open"] == ""


def test_an_expected_failure_is_marked_as_expected() -> None:
    svg = drawn(stream(event("custom", "1", 1.0)), [1], expected=True).one("svg")

    assert svg.one("circle", "expected_failure").text == "frame 1 fails (expected failure)"
    assert "expected_failure" in svg.one("g", "flag").attributes["class"]


def test_flags_of_adjacent_frames_do_not_overlap() -> None:
    frames = [event("custom", "1", n / 10) for n in range(20)]

    flags = drawn(stream(*frames), [3, 4, 5]).all("g", "flag")

    assert len({flag.one("text").attributes["y"] for flag in flags}) == 3


def test_flags_stay_in_the_picture() -> None:
    frames = [event("custom", "1", float(n)) for n in range(1, 21)]

    first, last = drawn(stream(*frames), [1, 20]).all("g", "flag")

    assert "start" in first.attributes["class"]
    assert "end" in last.attributes["class"]


@pytest.mark.parametrize(
    ("times", "caption"),
    [
        ([1.0, 2.0], "Time since the request. A taller"),
        ([60.0 + n / 1000 for n in range(50)], "not to scale"),
        ([0.0, 0.0], "times are unknown"),
    ],
)
def test_the_caption_explains_the_axis(times: list[float], caption: str) -> None:
    root = drawn(stream(*(event("custom", "1", at) for at in times)))

    assert caption in root.one("figcaption").text


def test_a_stream_without_frames_has_no_timeline() -> None:
    root = drawn(stream())

    assert root.all("svg") == []
    assert "No frames received." in root.with_id("x1-1").text


def test_a_finding_about_a_missing_frame_marks_nothing() -> None:
    root = drawn(stream(event("custom", "1")), [2])

    assert root.all("circle") == []
    assert "No frame fails." in root.one("svg").attributes["aria-label"]
    assert "frame 2" in root.one("ul", "failures").text


def test_a_response_that_is_no_stream_has_no_timeline() -> None:
    root = drawn(captured("python-cases/bad-stream-no-assistant"), [1])

    assert root.all("svg") == []
    assert "HTTP 422" in root.with_id("x1-1").all("summary")[0].text
    assert "frame 1" in root.one("ul", "failures").text
