"""A hundred concurrent clients, each with a recording of its own."""

import asyncio
import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest

from graphtape_contracts import Exchange
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.ids import UUID as ANY_UUID
from graphtape_mock.replay.library import Library
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.running import BackgroundServer

MakeRun = Callable[..., Exchange]

CLIENTS = 100
MODES = ["values", "updates", "custom"]


def make_events(client: int) -> list[tuple[str, Any]]:
    """Return a run with unique ids, length, names and data."""
    chance = random.Random(client)
    run, message = (str(UUID(int=chance.getrandbits(128), version=4)) for _ in range(2))
    said = {"content": f"I am {client}", "type": "human", "id": message}
    events: list[tuple[str, Any]] = [("metadata", {"run_id": run, "attempt": 1})]
    for number in range(chance.randrange(1, 10)):
        noise = "é\u2028😀" * chance.randrange(200)
        data = {"client": client, "number": number, "messages": [said], "noise": noise}
        events.append((chance.choice(MODES), data))
    return events


def ask(client: int) -> bytes:
    body = {"assistant_id": "agent", "input": {"client": client}, "stream_mode": MODES}
    return orjson.dumps(body)


@pytest.fixture(name="recorded", scope="module")
def _recorded(make_run: MakeRun) -> list[Exchange]:
    """A recorded run for each client."""
    return [
        make_run(make_events(client), input={"client": client}, stream_mode=MODES)
        for client in range(CLIENTS)
    ]


def receive_all(recorded: list[Exchange], options: ReplayOptions) -> list[bytes]:
    """Serve *recorded*, request all runs at once, and return each client's response."""
    recordings = (Recording(f"run-{n}", (run,)) for n, run in enumerate(recorded))

    async def gather(url: str) -> list[bytes]:
        limits = httpx.Limits(max_connections=CLIENTS)
        async with httpx.AsyncClient(base_url=url, limits=limits, timeout=60.0) as http:
            posts = (http.post("/runs/stream", content=ask(n)) for n in range(CLIENTS))
            return [response.content for response in await asyncio.gather(*posts)]

    with BackgroundServer(Mock(Library(recordings), options)) as server:
        return asyncio.run(gather(server.url))


@pytest.mark.parametrize("speed", [0, 1])
def test_each_client_gets_exactly_its_own(recorded: list[Exchange], speed: float) -> None:
    received = receive_all(recorded, ReplayOptions(speed=speed, keep_ids=True))

    assert received == [run.body for run in recorded]


@pytest.mark.parametrize("speed", [0, 1])
def test_no_two_clients_get_the_same_ids(recorded: list[Exchange], speed: float) -> None:
    received = [body.decode() for body in receive_all(recorded, ReplayOptions(speed=speed))]

    ids = [set(ANY_UUID.findall(body)) for body in received]
    assert all(f'"client":{n},' in body for n, body in enumerate(received))
    assert [len(of_client) for of_client in ids] == [2] * CLIENTS
    assert len(set[str]().union(*ids)) == 2 * CLIENTS
