"""Changes between two responses to the same request, and their severity."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from captured import captured, captures
from drifting import (
    Edit,
    Events,
    all_data,
    data,
    events,
    events_of,
    header,
    recorded,
    status,
    with_body,
    with_events,
)

from graphtape_contracts import End, Exchange, Request
from graphtape_contracts.json_value import Json
from graphtape_contracts.langchain.messages import is_message
from graphtape_mock.drift.compare_runs import compare
from graphtape_mock.drift.requests import is_run
from graphtape_mock.drift.severity import Severity, merge_duplicates
from graphtape_mock.server.mock import bundled_recordings

BREAKING, ADDITIVE, COSMETIC = Severity
NAMES = sorted(path.stem for path in bundled_recordings().iterdir())
ID = "01a20afa-a99a-75ae-b1ba-7ca409a824e4"


def without(name: str) -> Edit:
    """Return an edit that removes every event *name*."""
    return events(lambda listed: [event for event in listed if event[0] != name])


def renamed(old: str, new: str) -> Edit:
    """Return an edit that renames the events *old*."""
    return events(lambda listed: [(new if n == old else n, d) for n, d in listed])


def first_last(listed: Events) -> Events:
    return [*listed[1:], listed[0]]


def first_update_first(listed: Events) -> Events:
    names = [name for name, _ in listed]
    update = listed[names.index("updates")]
    listed.remove(update)
    listed.insert(1, update)
    return listed


def in_messages(kind: str, **fields: Any) -> Edit:
    """Return an edit that sets *fields* in messages of one *kind*; Ellipsis removes a field."""

    def edit(value: Json) -> Json:
        if not is_message(value) or value["type"] != kind:
            return value
        edited = value | fields
        return {key: field for key, field in edited.items() if field is not ...}

    return all_data(edit)


def error(kind: str) -> Edit:
    """Return an edit that ends the stream with an error of the class *kind*."""
    return events(lambda listed: [*listed, ("error", {"error": kind, "message": "no"})])


def not_the_tool(exchange: Exchange) -> Exchange:
    """Return the run of an agent as if it had called no tool."""
    return with_events(exchange, events_of(recorded("tools-unused")))


TOOLS: list[tuple[str, Edit, set[tuple[Severity, str]]]] = [
    ("status", status(500), {(BREAKING, "status")}),
    ("other media type", header("content-type", "text/plain"), {(BREAKING, "header")}),
    ("other charset", header("content-type", "text/event-stream"), set()),
    ("no location", header("location", None), {(BREAKING, "header")}),
    ("other location", header("location", f"/x/{ID}"), {(BREAKING, "header")}),
    ("other id in location", header("location", f"/runs/{ID}/stream"), set()),
    ("no content-location", header("content-location", None), {(BREAKING, "header")}),
    ("other cache-control", header("cache-control", "private"), {(COSMETIC, "header")}),
    ("no x-accel-buffering", header("x-accel-buffering", None), {(COSMETIC, "header")}),
    ("new header", header("x-new", "1"), {(ADDITIVE, "header")}),
    ("other proxy", header("via", "1.1 proxy"), set()),
    ("other server", header("server", "nginx"), set()),
    ("no updates", without("updates"), {(BREAKING, "event-missing")}),
    ("no partial messages", without("messages"), {(BREAKING, "event-missing")}),
    (
        "renamed event",
        renamed("updates", "update"),
        {(BREAKING, "event-missing"), (ADDITIVE, "event-new")},
    ),
    ("new event", events(lambda found: [*found, ("news", {})]), {(ADDITIVE, "event-new")}),
    ("each event twice", events(lambda found: [e for e in found for _ in "12"]), set()),
    ("metadata last", events(first_last), {(BREAKING, "order")}),
    ("updates before tasks", events(first_update_first), {(BREAKING, "order")}),
    (
        "new node",
        events(lambda found: [*found[:-1], ("updates", {"b": {}}), found[-1]]),
        {(ADDITIVE, "variant-new")},
    ),
    (
        "other node",
        data("updates", lambda value: {f"new_{k}": v for k, v in value.items()}),
        {(BREAKING, "variant-missing"), (ADDITIVE, "variant-new")},
    ),
    (
        "no tool this time",
        not_the_tool,
        {(COSMETIC, k) for k in ("event-missing", "variant-missing", "unseen")},
    ),
    ("field of messages gone", in_messages("ai", tool_calls=...), {(BREAKING, "missing")}),
    ("new field in messages", in_messages("ai", more=1), {(ADDITIVE, "new")}),
    ("other type in messages", in_messages("ai", id=1), {(BREAKING, "retyped")}),
    (
        "other type of messages",
        in_messages("AIMessageChunk", type="ai"),
        {(BREAKING, "variant-missing"), (ADDITIVE, "variant-new"), (BREAKING, "retyped")},
    ),
    ("other text", in_messages("ai", content="Something else altogether."), set()),
    (
        "other usage",
        in_messages("ai", usage_metadata={"input_tokens": 1, "cached": 2}),
        set(),
    ),
    ("other provider", in_messages("ai", response_metadata={"model": "x"}), set()),
    (
        "other arguments",
        in_messages("ai", tool_calls=[{"name": "x", "args": {"a": 1}, "id": "", "type": ""}]),
        set(),
    ),
    ("content in blocks", in_messages("ai", content=[{"type": "text"}]), {(BREAKING, "retyped")}),
    ("new key of the state", data("values", lambda state: state | {"a": 1}), {(ADDITIVE, "new")}),
    ("no key of the state", data("values", lambda state: {}), {(BREAKING, "missing")}),
    ("error", error("ValueError"), {(BREAKING, "failure")}),
    (
        "run id renamed",
        data("metadata", lambda value: {"id": value["run_id"], "attempt": 1}),
        {(BREAKING, "missing"), (ADDITIVE, "new")},
    ),
    ("cut", lambda exchange: replace(exchange, end=End.CUT), {(BREAKING, "ending")}),
    ("stopped", lambda exchange: replace(exchange, end=End.STOPPED), {(BREAKING, "ending")}),
]


@pytest.mark.parametrize(
    ("edit", "expected"), [case[1:] for case in TOOLS], ids=[case[0] for case in TOOLS]
)
def test_a_change_is_told_with_its_severity(
    edit: Edit, expected: set[tuple[Severity, str]]
) -> None:
    run = recorded("tools")

    found = {(drift.severity, drift.kind) for drift in compare(run, edit(run))}

    assert found == expected


@pytest.mark.parametrize("name", NAMES)
def test_nothing_changed_in_the_same_answer(name: str) -> None:
    run = recorded(name)

    assert compare(run, run) == []


def test_an_agent_that_goes_another_way_breaks_nobody() -> None:
    tools, none = recorded("tools"), recorded("tools-unused")

    there, back = compare(tools, none), compare(none, tools)

    assert {drift.severity for drift in there} == {COSMETIC}
    assert {drift.severity for drift in back} == {ADDITIVE}
    assert "tool message is not seen" in {drift.summary for drift in there}
    assert "tool message is new" in {drift.summary for drift in back}


def test_a_change_is_told_once_for_all_places() -> None:
    run = recorded("tools")

    (drift,) = merge_duplicates(compare(run, in_messages("tool", status=...)(run)))

    assert drift.summary == "'status' of tool messages is missing"
    assert (drift.before, drift.after) == ("string", "absent")
    assert drift.where[:2] == ("last state $.messages[*].status", "values $.messages[*].status")
    assert "tasks (end) of tools $.result.messages[*].status" in drift.where


def test_the_worst_is_told_first() -> None:
    run = recorded("tools")
    edited = header("cache-control", "private")(in_messages("ai", more=1)(status(200)(run)))

    drifts = merge_duplicates(compare(run, with_events(edited, events_of(edited)[:-1])))

    severities = [drift.severity for drift in drifts]
    assert severities == sorted(severities, key=lambda severity: severity.rank)


def changed_state(edit: Edit) -> set[tuple[Severity, str, str]]:
    """Return the changes that are reported for the edited run of the graph `state`."""
    run = recorded("state")
    return {(d.severity, d.kind, d.summary) for d in merge_duplicates(compare(run, edit(run)))}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            all_data(lambda value: {("cost" if k == "total" else k): v for k, v in value.items()}),
            {
                (BREAKING, "missing", "'total' is missing"),
                (ADDITIVE, "new", "'cost' is new"),
            },
        ),
        (
            all_data(lambda value: value | ({"total": "9"} if "total" in value else {})),
            {(BREAKING, "retyped", "'total' is of another type")},
        ),
        (
            data("metadata", lambda value: value | {"attempt": None}),
            {(BREAKING, "retyped", "'attempt' is of another type")},
        ),
    ],
    ids=["renamed", "other type", "null"],
)
def test_a_change_of_the_state_is_told(
    edit: Edit, expected: set[tuple[Severity, str, str]]
) -> None:
    assert changed_state(edit) == expected


def test_null_beside_a_type_breaks_whoever_reads_it() -> None:
    def null_first(listed: Events) -> Events:
        number = next(n for n, (name, value) in enumerate(listed) if name == "values" and value)
        listed[number] = ("values", listed[number][1] | {"customer": None})
        return listed

    assert changed_state(events(null_first)) == {
        (BREAKING, "widened", "'customer' is of a further type")
    }


def test_another_class_of_error_is_told_and_another_text_is_none() -> None:
    run = recorded("failing")

    def fails(kind: str, message: str) -> Edit:
        return data("error", lambda _: {"error": kind, "message": message})

    kind = events_of(run)[-1][1]["error"]
    assert compare(run, fails(kind, "another text")(run)) == []
    (drift,) = compare(run, fails("KeyError", "x")(run))
    assert (drift.severity, drift.kind) == (BREAKING, "failure")
    assert (drift.before, drift.after) == (kind, "KeyError")


def test_a_run_that_fails_no_more_breaks_nobody() -> None:
    run = recorded("failing")

    (drift,) = compare(run, without("error")(run))

    assert (drift.severity, drift.summary) == (ADDITIVE, "the run no longer fails")


def test_an_error_that_is_not_the_last_is_out_of_order() -> None:
    run = recorded("failing")

    (drift,) = compare(run, events(lambda found: [found[0], found[-1], *found[1:-1]])(run))

    assert (drift.severity, drift.kind) == (BREAKING, "order")


def test_an_error_of_no_class_is_one_too() -> None:
    run = recorded("failing")

    (drift,) = compare(run, data("error", lambda _: "broken")(run))

    assert drift.after == "an error without a class"


def test_in_a_subgraph_ids_do_not_count_and_its_events_do() -> None:
    run = recorded("subgraphs")

    def moved(listed: Events) -> Events:
        return [(name.replace("0", "1"), value) for name, value in listed]

    def hidden(listed: Events) -> Events:
        return [event for event in listed if "|" not in event[0]]

    assert compare(run, events(moved)(run)) == []
    found = compare(run, events(hidden)(run))
    assert {(drift.severity, drift.kind) for drift in found} == {(BREAKING, "event-missing")}
    assert any("updates|research:*" in drift.summary for drift in found)


def test_of_an_answer_that_was_recorded_in_part_nothing_is_missed() -> None:
    run = recorded("state")
    part = replace(with_events(run, events_of(run)[:6]), end=End.CUT)

    assert {drift.severity for drift in compare(part, run)} == {ADDITIVE}
    assert compare(part, part) == []


AI: Json = {"type": "ai", "content": "", "id": "1", "name": None}


def wait(value: Any) -> Exchange:
    run = recorded("tools")
    request = Request("POST", "/runs/wait", (), run.request.body)
    return with_body(
        header("content-type", "application/json")(replace(run, request=request)), value
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 2}, []),
        ({"a": 1}, {"b": 1}, [(BREAKING, "missing"), (ADDITIVE, "new")]),
        (
            {"a": [{"b": 1}]},
            {"a": [{"b": 1}, {"c": 1}]},
            [(BREAKING, "sometimes"), (ADDITIVE, "new")],
        ),
        ({"a": 1}, {"__error__": {"error": "KeyError"}}, [(BREAKING, "failure")]),
        ({"a": 1}, [1], [(BREAKING, "retyped")]),
        ([AI | {"name": "x"}] * 2, [AI | {"name": "x"}, AI], [(COSMETIC, "widened")]),
        ([AI], [AI | {"name": "x"}], [(COSMETIC, "filled")]),
        ({"a": None}, {"a": 1}, [(ADDITIVE, "filled")]),
    ],
)
def test_the_output_of_a_run_is_compared(
    before: Any, after: Any, expected: list[tuple[Severity, str]]
) -> None:
    found = compare(wait(before), wait(after))

    assert [(drift.severity, drift.kind) for drift in found] == expected


def test_a_stream_that_is_none_any_more_is_told_by_its_head() -> None:
    run = recorded("tools")

    (drift,) = compare(run, with_body(header("content-type", "application/json")(run), {}))

    assert (drift.before, drift.after) == ("text/event-stream", "application/json")


def test_another_status_is_told_with_its_detail() -> None:
    run = recorded("tools")

    (drift,) = compare(run, with_body(status(422)(run), {"detail": "no " * 100}))

    assert (drift.before, drift.after) == ("200", f"422 ({('no ' * 100)[:200]})")


def test_no_answer_of_a_real_server_breaks_who_knows_another_one() -> None:
    """The captures have several responses to each request, hours apart."""
    runs = {name: exchange for name, exchange in captures().items() if is_run(exchange.request)}
    pairs = [
        (one, other)
        for (name, one), (other_name, other) in permutations(runs.items(), 2)
        if name.split("/")[0] == other_name.split("/")[0]
        and one.request == other.request
        and one.response.status == other.response.status
    ]

    broken = [d for pair in pairs for d in compare(*pair) if d.severity is BREAKING]

    assert broken == []
    assert len(pairs) > 20


MESSAGES = "python/full-tools-all-messages-noevents"


def test_messages_that_are_not_announced_before_are_out_of_order() -> None:
    run = captured(MESSAGES)

    def late(listed: Events) -> Events:
        announced = [event for event in listed if event[0] == "messages/metadata"]
        return [event for event in listed if event not in announced] + announced

    found = compare(run, events(late)(run))

    assert {(drift.severity, drift.kind) for drift in found} == {(BREAKING, "order")}
    assert "messages/partial comes before messages/metadata" in {drift.summary for drift in found}


def test_the_messages_of_each_type_are_compared() -> None:
    run = captured(MESSAGES)
    found = compare(run, in_messages("ai", id=1)(run))

    assert "messages/partial of ai $[*].id" in {place for d in found for place in d.where}


def test_what_is_announced_of_messages_is_compared_whatever_their_ids_are() -> None:
    run = captured(MESSAGES)

    def without_node(value: Json) -> Json:
        return {key: field for key, field in value.items() if key != "langgraph_node"}

    (drift,) = merge_duplicates(compare(run, all_data(without_node)(run)))

    assert drift.where == ("messages/metadata $.metadata.langgraph_node",)


def test_a_new_header_that_clients_read_is_told_as_new() -> None:
    run = recorded("tools")

    (drift,) = compare(header("content-location", None)(run), run)

    assert (drift.severity, drift.after) == (ADDITIVE, "/runs/{id}")


def test_a_server_of_another_kind_is_told() -> None:
    run = recorded("tools")
    other = header("x-request-id", "0" * 32)(
        header("location", f"/threads/{ID}/runs/{ID}/stream")(run)
    )

    found = [drift for drift in compare(run, other) if drift.kind == "dialect"]

    assert [(drift.severity, drift.before, drift.after) for drift in found] == [
        (BREAKING, "python", "aegra")
    ]
