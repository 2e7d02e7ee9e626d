"""Responses with faults or steps, on a clock that never waits."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from starlette.types import Message, Scope

from graphtape_contracts import Exchange
from graphtape_mock.replay.fault import Cut, Drop, Latency, Stall, Status
from graphtape_mock.replay.pacing import Clock
from graphtape_mock.replay.steps import Advance, Finish, SendEvent, Until
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.overrides import ResponseOverride, Steps

Call = Callable[..., Exchange]
MakeRun = Callable[..., Exchange]
ServeRuns = Callable[..., Mock]
Sent = list[tuple[float, Message]]

EVENTS = [("metadata", {"attempt": 1}), ("values", {"n": 1}), ("values", {"n": 2})]
BODY = orjson.dumps({"assistant_id": "agent"})


class Client:
    """Requests a run from the mock, and records each message with its time."""

    def __init__(self, mock: Mock, clock: Clock, path: str) -> None:
        self.gone = asyncio.Event()
        self.sent: Sent = []
        self._requests = iter([{"type": "http.request", "body": BODY, "more_body": False}])
        self._clock = clock
        scope: Scope = {"type": "http", "method": "POST", "path": path, "headers": []}
        self.asking = asyncio.ensure_future(self._ask(mock, scope))

    async def _ask(self, mock: Mock, scope: Scope) -> None:
        await mock(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        for message in self._requests:
            return message
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.sent.append((self._clock.now() - 100.0, message))

    async def settle(self) -> int:
        """Run all tasks that are ready; return the number of messages sent so far."""
        for _ in range(20):
            await asyncio.sleep(0)
        return len(self.sent)


def drive(mock: Mock, clock: Clock, path: str = "/runs/stream") -> Sent:
    """Return the messages that the mock sends until it finishes, with their times."""

    async def main() -> Sent:
        client = Client(mock, clock, path)
        await client.asking
        return client.sent

    return asyncio.run(main())


def times(sent: Sent) -> list[float]:
    return [round(at, 3) for at, message in sent if message.get("body", b"head")]


@pytest.fixture(name="mock")
def _mock(make_run: MakeRun, serve_runs: ServeRuns, clock: Clock) -> Mock:
    """A mock of a run whose three events are due at 0.1, 0.2 and 0.3 seconds."""
    return serve_runs(make_run(EVENTS), clock=clock, speed=1)


def test_latency_comes_before_the_head(mock: Mock, clock: Clock) -> None:
    mock.overrides.set(ResponseOverride(faults=[Latency(2)]))

    assert times(drive(mock, clock)) == [2.0, 2.1, 2.2, 2.3]


def test_a_stall_comes_between_two_events(mock: Mock, clock: Clock) -> None:
    mock.overrides.set(ResponseOverride(faults=[Stall("metadata", 5)]))

    assert times(drive(mock, clock)) == [0.0, 0.1, 5.2, 5.3]


def test_the_pace_may_be_another(mock: Mock, clock: Clock) -> None:
    mock.overrides.queue(ResponseOverride(speed=0.1))
    mock.overrides.queue(ResponseOverride(speed=0.1, faults=[Drop(1)]))

    assert times(drive(mock, clock)) == [0.0, 1.0, 2.0, 3.0]
    assert times(drive(mock, clock))[-2:] == [5.0, 6.0]


def test_a_stall_for_good_ends_when_the_client_leaves(mock: Mock, clock: Clock) -> None:
    mock.overrides.set(ResponseOverride(faults=[Stall(1)]))

    async def main() -> Sent:
        client = Client(mock, clock, "/runs/stream")
        await client.settle()
        assert not client.asking.done()
        client.gone.set()
        await client.asking
        return client.sent

    assert times(asyncio.run(main())) == [0.0, 0.1]


def test_a_response_says_what_was_done_to_it(mock: Mock, clock: Clock) -> None:
    mock.overrides.queue(ResponseOverride(faults=[Latency(1), Drop("values")]))
    mock.overrides.queue(ResponseOverride(faults=[Drop("wörter")]))

    heads = [dict(drive(mock, clock)[0][1]["headers"]) for _ in range(3)]

    sent = [head.get(b"x-graphtape-fault") for head in heads]
    assert sent == [
        b"latency(seconds=1), drop(event='values')",
        rb"drop(event='w\xf6rter')",
        None,
    ]
    assert [entry.problem for entry in mock.journal.entries] == [
        "",
        "drop(event='wörter'): expected an event 'wörter', got the events metadata, values, values",
        "",
    ]


def test_a_wait_goes_wrong_as_well(mock: Mock, clock: Clock) -> None:
    mock.overrides.set(ResponseOverride(faults=[Status(503, retry_after=2)]))

    head, body, _ = drive(mock, clock, "/runs/wait")

    assert (head[1]["status"], dict(head[1]["headers"])[b"retry-after"]) == (503, b"2")
    assert body[1]["body"] == b'{"detail":"Service Unavailable"}'
    assert mock.journal.entries[0].status == 503


@pytest.mark.parametrize("how", ["reset", "close", "half chunk"])
def test_without_a_connection_a_response_just_stops(mock: Mock, call: Call, how: Any) -> None:
    mock.overrides.set(ResponseOverride(speed=0, faults=[Cut(after=1, how=how)]))

    exchange = call(mock, "POST", "/runs/stream", BODY)

    assert exchange.body.startswith(b"event: metadata")
    assert exchange.end == "cut"


def test_steps_decide_when_events_leave(mock: Mock, clock: Clock) -> None:
    steps = Steps()
    mock.overrides.queue(ResponseOverride(steps=steps))
    steps.add(Advance())

    async def main() -> list[int]:
        client = Client(mock, clock, "/runs/stream")
        counts = [await client.settle()]
        for step in (Until("values"), SendEvent("custom", 1), Finish()):
            steps.add(step)
            counts.append(await client.settle())
        await client.asking
        return counts

    assert asyncio.run(main()) == [2, 3, 4, 6]


def test_a_step_to_what_is_not_there_lets_the_rest_go(mock: Mock, clock: Clock) -> None:
    steps = Steps()
    mock.overrides.queue(ResponseOverride(steps=steps))
    steps.add(Until("updates"))

    sent = drive(mock, clock)

    assert b"".join(m.get("body", b"") for _, m in sent).count(b"event: ") == 3
    assert mock.journal.entries[0].problem == (
        "a held response: expected an event 'updates', got the events metadata, values, values"
    )


def test_a_held_response_ends_when_the_mock_is_reset(mock: Mock, clock: Clock) -> None:
    mock.overrides.queue(ResponseOverride(steps=Steps()))

    async def main() -> Sent:
        client = Client(mock, clock, "/runs/stream")
        await client.settle()
        mock.reset()
        await client.asking
        return client.sent

    assert [message["type"] for _, message in asyncio.run(main())] == [
        *("http.response.start", "http.response.body")
    ]


def test_a_run_that_is_cancelled_is_over_before_its_fault(mock: Mock, clock: Clock) -> None:
    mock.overrides.set(ResponseOverride(faults=[Latency(5), Stall(1)]))

    async def main() -> Sent:
        client = Client(mock, clock, "/runs/stream")
        await asyncio.sleep(0)
        mock.run_registry.cancel(status="all")
        client.gone.set()
        await client.asking
        return client.sent

    assert len(asyncio.run(main())) == 1
