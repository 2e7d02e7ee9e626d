"""The comparison reports exactly the differences that a client can see."""

from dataclasses import replace

import pytest
from connection import Reply
from transcript import difference, transcribe

RUN = "01a20ac4-20b0-7473-af99-5639765394bd"
TASK = "8d3c2a10-52a2-4e5f-9a3d-1c1b0d0e5a4f"
OTHER_RUN = "01a20ac4-9999-7473-af99-000000000000"
OTHER_TASK = "99999999-52a2-4e5f-9a3d-000000000000"

EVENTS = (
    f'event: metadata\r\ndata: {{"run_id":"{RUN}"}}\r\n\r\n',
    ": heartbeat\r\n\r\n",
    f'event: tasks\r\ndata: {{"id":"{TASK}","at":"2026-11-23T23:30:00.1+00:00"}}\r\n\r\n',
    f'event: values\r\ndata: {{"by":"lc_run--{RUN}-0","of":"{TASK}"}}\r\n\r\n',
)


def reply(*events: str) -> Reply:
    headers = (
        ("date", "Mon, 23 Nov 2026 23:35:54 GMT"),
        ("location", f"/runs/{RUN}/stream"),
        ("content-type", "text/event-stream; charset=utf-8"),
    )
    return Reply((), "HTTP/1.1 200 OK", headers, tuple(map(str.encode, events)), closed=False)


def compare(expected: Reply, got: Reply, *, ordered: bool = True) -> str:
    hosts = ["127.0.0.1:1", "127.0.0.1:2"]
    return difference(
        transcribe(expected, hosts, ordered=ordered), transcribe(got, hosts, ordered=ordered)
    )


def changed(old: str, new: str) -> Reply:
    return reply("".join(EVENTS).replace(old, new))


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2026-11-23T23:30:00.1", "2026-12-01T01:02:03"),
        (": heartbeat\r\n\r\n", ""),
        (TASK, OTHER_TASK),
    ],
    ids=["time", "heartbeat", "id"],
)
def test_values_that_vary_between_runs_are_not_compared(old: str, new: str, ordered: bool) -> None:
    assert compare(reply(*EVENTS), changed(old, new), ordered=ordered) == ""


def test_dates_and_addresses_are_not_compared() -> None:
    first, second = (
        replace(
            reply(f"event: a\r\ndata: http://127.0.0.1:{n}\r\n\r\n"), headers=(("date", str(n)),)
        )
        for n in (1, 2)
    )

    assert compare(first, second) == ""


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f'"of":"{TASK}"', f'"of":"{RUN}"'),
        (f'"of":"{TASK}"', f'"of":"{OTHER_TASK}"'),
        (f'run_id":"{RUN}', f'run_id":"{OTHER_RUN}'),
        (f"lc_run--{RUN}-0", f"lc_run--{RUN}"),
        (f'"by":"lc_run--{RUN}-0","of":"{TASK}"', f'"of":"{TASK}","by":"lc_run--{RUN}-0"'),
        ("\r\n", "\n"),
        ("event: tasks\r\n", "event: updates\r\n"),
        ("data: ", "data:"),
        ("event: values", "id: 1\r\nevent: values"),
    ],
    ids=["other id", "new id", "run", "suffix", "keys", "line ends", "name", "space", "field"],
)
def test_visible_changes_are_differences(old: str, new: str, ordered: bool) -> None:
    assert compare(reply(*EVENTS), changed(old, new), ordered=ordered)


@pytest.mark.parametrize(
    "got",
    [
        replace(reply(*EVENTS), status_line="HTTP/1.1 201 Created"),
        replace(reply(*EVENTS), headers=reply().headers[::-1]),
        replace(reply(*EVENTS), interim=("HTTP/1.1 100 Continue",)),
        replace(reply(*EVENTS), closed=True),
        reply(*EVENTS[:-1]),
        reply(*EVENTS, EVENTS[-1]),
        reply(*EVENTS[:-1], EVENTS[-1][:-2]),
    ],
    ids=["status", "headers", "interim", "closed", "short", "long", "torn"],
)
@pytest.mark.parametrize("ordered", [True, False])
def test_each_part_of_a_reply_is_compared(got: Reply, ordered: bool) -> None:
    assert compare(reply(*EVENTS), got, ordered=ordered)


def test_order_is_compared_unless_branches_are_parallel() -> None:
    swapped = reply(EVENTS[0], EVENTS[3], EVENTS[2])

    assert "line" in compare(reply(*EVENTS), swapped)
    assert compare(reply(*EVENTS), swapped, ordered=False) == ""


def test_a_difference_shows_both_sides() -> None:
    text = compare(reply(*EVENTS), changed("event: tasks", "event: updates"))

    assert text.startswith("line 5:\n  expected 'event: tasks")
    assert "\n  got      'event: updates" in text
