"""Ids: those in a recorded run, and fresh ones that replace them."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts import Exchange, Response
from graphtape_mock.replay.ids import (
    ANY_ID,
    IdSource,
    message_kind,
    recorded_ids,
    sent_message_ids,
    sent_messages,
)
from graphtape_mock.replay.selection import request_body

Captured = Callable[[str], Exchange]
MakeRun = Callable[..., Exchange]

RUN = "01a2020c-117f-72c4-ada3-f0d92ad9d43f"
THREAD = "01a2020c-117f-72c4-ada3-f0d92ad9d440"
TASK = "b4dd894a-37fb-50d3-3488-bae82f1f1592"
MESSAGE = "edcc5c47-4eb9-48c3-a3b3-3f5bc968e997"
INTERRUPT = "271a4cfa079ec95e7175603ea4d59027"


def test_the_head_of_a_wait_names_run_and_thread(make_run: MakeRun) -> None:
    run = make_run(b"{}")
    response = Response(200, (("location", f"/threads/{THREAD}/runs/{RUN}/join"),))

    ids = recorded_ids(Exchange(run.request, response, run.frames))

    assert ids == {RUN: "run", THREAD: "thread"}


def test_the_head_of_a_stream_names_the_run(make_run: MakeRun) -> None:
    run = make_run([])
    response = Response(200, (("content-location", f"/runs/{RUN}"), ("location", "/elsewhere")))

    assert recorded_ids(Exchange(run.request, response, ())) == {RUN: "run"}


@pytest.mark.parametrize(
    ("name", "data", "ids"),
    [
        ("metadata", {"run_id": RUN, "attempt": 1}, {RUN: "run"}),
        ("metadata", {"run_id": "mine"}, {}),
        ("metadata", 7, {}),
        (f"values|child:{TASK}", {}, {TASK: "other"}),
        ("events", {"run_id": RUN, "parent_ids": [TASK]}, {RUN: "other", TASK: "other"}),
        ("messages", [{}, {"thread_id": THREAD}], {THREAD: "thread"}),
        ("messages", [{}, {"checkpoint_ns": f"a:{TASK}|b:{RUN}"}], {TASK: "other", RUN: "other"}),
        ("tasks", {"id": TASK, "name": "a", "triggers": []}, {TASK: "other"}),
        ("tasks", {"id": TASK, "name": "a", "result": {}}, {TASK: "other"}),
        ("values", {"__interrupt__": [{"value": 1, "id": INTERRUPT}]}, {INTERRUPT: "other"}),
        (
            "values",
            [{"type": "ai", "content": "", "id": f"lc_run--{MESSAGE}-0"}],
            {MESSAGE: "other"},
        ),
        ("values", [{"type": "human", "content": "", "id": MESSAGE}], {MESSAGE: "other"}),
        ("values", [{"type": "human", "content": "", "id": "mine"}], {}),
        ("values", [{"type": "human", "content": "", "id": None}], {}),
    ],
)
def test_ids_of_the_server_are_found(
    name: str, data: Any, ids: dict[str, str], make_run: MakeRun
) -> None:
    assert recorded_ids(make_run([(name, data)])) == ids


@pytest.mark.parametrize(
    "data",
    [
        {"out": MESSAGE},
        {"out": [f"see {MESSAGE}"]},
        {"id": MESSAGE},
        {"id": MESSAGE, "name": "a thing"},
        {"id": MESSAGE, "value": 1},
        {"assistant_id": MESSAGE},
        {"id": INTERRUPT},
        {"type": "human", "content": MESSAGE, "id": None},
    ],
    ids=str,
)
def test_what_only_looks_like_an_id_is_none(data: Any, make_run: MakeRun) -> None:
    assert recorded_ids(make_run([("values", data)])) == {}


def test_a_thread_stays_one_wherever_else_it_is_named(make_run: MakeRun) -> None:
    run = make_run([("events", {"run_id": THREAD}), ("events", {"thread_id": THREAD})])

    assert recorded_ids(run) == {THREAD: "thread"}


@pytest.mark.parametrize("name", ["full-agent-all9", "full-subgraph-sub-all9", "full-tools-all9"])
def test_captured_runs_have_one_run_and_one_thread(name: str, captured: Captured) -> None:
    kinds = list(recorded_ids(captured(f"python/{name}")).values())

    assert (kinds.count("run"), kinds.count("thread")) == (1, 1)
    assert kinds.count("other") > 2


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"role": "user"}, "human"),
        ({"role": "human"}, "human"),
        ({"type": "human"}, "human"),
        ({"role": "assistant"}, "ai"),
        ({"role": "system"}, "system"),
        ({"type": "ai", "role": "user"}, "ai"),
        ({}, ""),
        ({"type": None, "role": None}, ""),
    ],
    ids=str,
)
def test_roles_are_types(message: dict[str, Any], kind: str) -> None:
    assert message_kind(message) == kind


def test_messages_of_the_input_are_found_in_their_order() -> None:
    first, second = {"role": "user", "content": "a"}, {"type": "ai", "content": "b", "id": "x"}
    body = {
        "input": {"messages": [first, {"role": "user"}, {"content": "c"}], "more": [second]},
        "config": {"content": "d", "role": "user"},
    }

    assert list(sent_messages(body)) == [first, second]


def test_the_ids_that_the_server_made_for_sent_messages_are_found(captured: Captured) -> None:
    run = captured("python/mode-agent-values")

    (id_,) = sent_message_ids(run, request_body(run))

    assert id_ is not None
    assert f'"type":"human","name":null,"id":"{id_}"' in str(run.frames[1].data)


def human(id_: str | None, content: str = "hi") -> dict[str, Any]:
    return {"type": "human", "content": content, "id": id_}


def test_equal_messages_have_their_ids_in_order(make_run: MakeRun) -> None:
    run = make_run([("values", [human("a"), human("b"), human("c", "else"), human(None)])])
    sent = {"role": "user", "content": "hi"}

    ids = sent_message_ids(run, {"input": [sent, sent, sent, {**sent, "content": "else"}]})

    assert ids == ["a", "b", None, "c"]


def test_an_id_that_was_sent_is_the_one(make_run: MakeRun) -> None:
    run = make_run([("values", [human("a")])])

    assert sent_message_ids(run, {"input": [{**human("mine")}]}) == ["mine"]


@pytest.mark.parametrize("body", [{}, {"input": None}, {"input": "text"}, {"input": {"a": 1}}])
def test_without_messages_there_are_no_ids(body: dict[str, Any], make_run: MakeRun) -> None:
    assert sent_message_ids(make_run([]), body) == []


@given(st.uuids())
@settings(deadline=None)
def test_a_fresh_uuid_has_the_version_and_variant_of_the_recorded_one(recorded: UUID) -> None:
    (new,) = map(bytes.decode, IdSource().fresh([str(recorded)]))

    assert ANY_ID.fullmatch(new)
    assert new != str(recorded)
    assert (new[14], new[19]) == (str(recorded)[14], str(recorded)[19])


def test_a_fresh_id_of_an_interrupt_has_32_hex_digits() -> None:
    (new,) = map(bytes.decode, IdSource().fresh([INTERRUPT]))

    assert re.fullmatch("[0-9a-f]{32}", new)
    assert new != INTERRUPT


def test_an_id_that_a_client_made_up_gives_way_to_a_random_uuid() -> None:
    (new,) = IdSource().fresh(["my message"])

    assert ANY_ID.fullmatch(new.decode())
    assert (new[14:15], new[19:20]) == (b"4", b"8")


def test_the_hash_of_a_task_is_not_taken_for_a_time() -> None:
    task = "8d3c2a10-52a2-7e5f-9a3d-1c1b0d0e5a4f"

    source = IdSource(now=lambda: 0x01A2020C117F / 1000)
    made = [source.fresh([RUN, task])[1][:13] for _ in range(9)]

    assert b"01a2020c-117f" not in made


def test_version_7_carries_the_time_of_day() -> None:
    source = IdSource(now=lambda: 0x01A2020C117F / 1000)

    assert source.run_id().startswith("01a2020c-117f-7")
    assert source.run_id() != source.run_id()


def test_a_seed_makes_the_same_ids_on_any_day() -> None:
    recorded = [RUN, MESSAGE, INTERRUPT, "mine"]

    first, again = IdSource(7, now=lambda: 0.0), IdSource(7, now=lambda: 1e9)

    assert first.fresh(recorded) == again.fresh(recorded)
    assert first.fresh(recorded) == again.fresh(recorded)
    assert first.run_id() == again.run_id()


def test_another_seed_makes_other_ids() -> None:
    assert IdSource(7).fresh([MESSAGE]) != IdSource(8).fresh([MESSAGE])


def test_a_seeded_id_of_version_7_has_the_recorded_time() -> None:
    (new,) = IdSource(7).fresh([RUN])

    assert new.decode()[:14] == RUN[:14]
    assert new.decode() != RUN
