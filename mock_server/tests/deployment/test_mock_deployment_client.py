"""The client returns exchanges with a live deployment: complete, stopped, and retried."""

import gzip
from collections.abc import Generator, Iterator
from pathlib import Path

import orjson
import pytest
from scripted_deployment import (
    END,
    STREAM_HEAD,
    Asked,
    Deployment,
    Script,
    answer,
    chunk,
    deployed,
    event,
    say,
    scripts_of_a_server,
    stream,
)

from graphtape_contracts import End, Frame, Request, Response
from graphtape_mock.deployment.budget import MOST_RETRIES, BudgetExhausted, BudgetLimits, RunBudget
from graphtape_mock.deployment.client import DeploymentClient, starts_runs
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.errors import DeploymentError

METADATA = event("metadata", {"run_id": "1", "attempt": 1})
VALUES = event("values", {"a": 1})
STREAM = Request("POST", "/runs/stream", (("content-type", "application/json"),), b"{}")
WAIT = Request("POST", "/runs/wait", (), b"{}")
CANCEL = "POST /threads/1/runs/2/cancel"
LOCATED = b"Content-Location: /threads/1/runs/2"


@pytest.fixture
def deployment() -> Generator[Deployment]:
    """A server whose runs show metadata and values."""
    with deployed(scripts_of_a_server(stream(METADATA, VALUES))) as deployment:
        yield deployment


@pytest.fixture
def slept() -> list[float]:
    """The seconds of each wait of the client."""
    return []


@pytest.fixture
def client(
    deployment: Deployment, tmp_path: Path, slept: list[float]
) -> Generator[DeploymentClient]:
    """A client with a budget of ten runs and a hundred seconds; it never really waits."""
    run_budget = RunBudget(
        BudgetLimits(10, 100), tmp_path, clock=lambda: 1000.0, sleep=slept.append
    )
    with DeploymentConnection(deployment.url) as upstream:
        yield DeploymentClient(upstream, run_budget)


def one_after_the_other(*scripts: Script) -> Script:
    """Return a script that runs the next of the given scripts each time."""
    waiting: Iterator[Script] = iter(scripts)
    return lambda asked: next(waiting)(asked)


def test_an_exchange_has_the_request_and_the_whole_response(client: DeploymentClient) -> None:
    exchange = client.ask(STREAM)

    assert exchange.request == STREAM
    assert exchange.response.status == 200
    assert [frame.event for frame in exchange.frames] == ["metadata", "values"]
    assert exchange.body == METADATA + VALUES
    assert exchange.end is End.COMPLETE
    assert client.run_budget.spent.runs == 1


def test_a_response_can_keep_the_header_of_its_encoding(
    deployment: Deployment, client: DeploymentClient
) -> None:
    packed = answer(200, gzip.compress(b"{}"), b"content-encoding: gzip")
    deployment.scripts["POST /runs/wait"] = say(packed)

    with DeploymentConnection(deployment.url, keep_encoding=True) as upstream:
        exchange = DeploymentClient(upstream, client.run_budget).ask(WAIT)

    assert exchange.response.header("content-encoding") == "gzip"
    assert exchange.body == b"{}"


def test_another_body_is_pieces_of_bytes(deployment: Deployment, client: DeploymentClient) -> None:
    deployment.scripts["POST /runs/wait"] = say(answer(200, {"a": 1}))

    exchange = client.ask(WAIT)

    assert exchange.frames == (Frame(exchange.frames[0].at, b'{"a":1}'),)


def test_a_request_that_starts_no_run_costs_none(client: DeploymentClient) -> None:
    exchange = client.ask(Request("GET", "/info"))

    assert orjson.loads(exchange.body) == {"version": "0.16.7"}
    assert client.run_budget.spent.runs == 0


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/runs/stream", True),
        ("POST", "/runs/wait?x=1", True),
        ("POST", "/runs", True),
        ("POST", "/runs/batch", True),
        ("GET", "/runs/stream", False),
        ("POST", "/assistants/search", False),
    ],
)
def test_some_requests_start_runs(method: str, path: str, expected: bool) -> None:
    assert starts_runs(Request(method, path)) is expected


def test_a_run_that_was_refused_costs_nothing(
    deployment: Deployment, client: DeploymentClient
) -> None:
    deployment.scripts["POST /runs/stream"] = say(answer(422, {"detail": "no"}))

    assert client.ask(STREAM).response.status == 422
    assert client.run_budget.spent.runs == 0


def test_a_request_is_retried_where_the_deployment_asks_for_it(
    deployment: Deployment, client: DeploymentClient, slept: list[float]
) -> None:
    deployment.scripts["POST /runs/stream"] = one_after_the_other(
        say(answer(429, {}, b"Retry-After: 7")), say(answer(503, {})), stream(METADATA)
    )

    exchange = client.ask(STREAM)

    assert exchange.response.status == 200
    assert slept == [7.0, 1.0]
    assert (client.run_budget.spent.runs, client.run_budget.spent.waits) == (1, 2)


def test_a_request_is_not_retried_for_ever(
    deployment: Deployment, client: DeploymentClient, slept: list[float]
) -> None:
    deployment.scripts["POST /runs/stream"] = say(answer(429, {}, b"Retry-After: 2"))

    assert client.ask(STREAM).response.status == 429
    assert slept == [2.0] * MOST_RETRIES
    assert len(deployment.bodies("POST /runs/stream")) == MOST_RETRIES + 1
    assert client.run_budget.spent.runs == 0


def test_a_wait_longer_than_the_time_left_exhausts_the_budget(
    deployment: Deployment, client: DeploymentClient
) -> None:
    deployment.scripts["POST /runs/stream"] = say(answer(429, {}, b"Retry-After: 101"))

    with pytest.raises(BudgetExhausted, match="101 s"):
        client.ask(STREAM)


def test_a_run_over_the_budget_is_not_started(
    deployment: Deployment, client: DeploymentClient
) -> None:
    for _ in range(10):
        client.ask(STREAM)

    with pytest.raises(BudgetExhausted, match="10 of 10 runs"):
        client.ask(STREAM)
    assert len(deployment.bodies("POST /runs/stream")) == 10


def hang_after(*blocks: bytes, head: bytes = STREAM_HEAD) -> Script:
    """Return a script that sends *blocks*, then waits until the client disconnects."""

    def script(asked: Asked) -> None:
        asked.send(head, *map(chunk, blocks))
        asked.hold()

    return script


def located(head: bytes) -> bytes:
    """Return *head* with a `content-location` that names the thread and the run."""
    return head.replace(b"connection: close", LOCATED + b"\r\nconnection: close")


def test_the_client_hangs_up_where_stop_when_is_true(
    deployment: Deployment, client: DeploymentClient
) -> None:
    deployment.scripts["POST /runs/stream"] = hang_after(METADATA, VALUES)

    exchange = client.ask(STREAM, stop_when=lambda frame: frame.event == "values")

    assert [frame.event for frame in exchange.frames] == ["metadata", "values"]
    assert exchange.end is End.STOPPED
    assert client.run_budget.spent.runs == 1


def test_the_client_hangs_up_where_on_headers_returns_true(
    deployment: Deployment, client: DeploymentClient
) -> None:
    deployment.scripts["POST /runs/stream"] = hang_after(METADATA)
    heads: list[Response] = []

    def on_headers(response: Response) -> bool:
        heads.append(response)
        return True

    exchange = client.ask(STREAM, on_headers=on_headers)

    assert heads == [exchange.response]
    assert (exchange.frames, exchange.end) == ((), End.STOPPED)


def test_the_client_reads_on_where_on_headers_returns_anything_else(
    client: DeploymentClient,
) -> None:
    heads: list[Response] = []

    exchange = client.ask(STREAM, on_headers=heads.append)

    assert heads == [exchange.response]
    assert exchange.end is End.COMPLETE


@pytest.mark.parametrize("cancelling", [say(answer(202, b"")), Asked.reset, say(answer(307, {}))])
def test_a_run_that_is_not_read_is_cancelled_where_its_thread_is_known(
    deployment: Deployment, client: DeploymentClient, cancelling: Script
) -> None:
    deployment.scripts["POST /runs/stream"] = hang_after(METADATA, head=located(STREAM_HEAD))
    deployment.scripts[CANCEL] = cancelling

    exchange = client.ask(STREAM, stop_when=lambda frame: True)

    assert exchange.end is End.STOPPED
    assert deployment.asked[-1].line == CANCEL


def test_only_runs_are_cancelled(deployment: Deployment, client: DeploymentClient) -> None:
    deployment.scripts["GET /info"] = say(answer(200, {}, LOCATED))

    client.ask(Request("GET", "/info"), stop_when=lambda frame: True)

    assert [asked.line for asked in deployment.asked] == ["GET /info"]


def test_a_run_that_is_silent_for_too_long_is_stopped(
    deployment: Deployment, client: DeploymentClient
) -> None:
    deployment.scripts["POST /runs/stream"] = hang_after(METADATA, head=located(STREAM_HEAD))

    with DeploymentConnection(deployment.url, timeout=1.0) as impatient:
        exchange = DeploymentClient(impatient, client.run_budget).ask(STREAM)

    assert exchange.end is End.STOPPED
    assert deployment.asked[-1].line == CANCEL


@pytest.mark.parametrize("ending", [say(), Asked.reset], ids=["closed", "reset"])
def test_a_body_that_breaks_off_is_cut(
    deployment: Deployment, client: DeploymentClient, ending: Script
) -> None:
    def break_off(asked: Asked) -> None:
        asked.send(STREAM_HEAD, chunk(METADATA))
        ending(asked)

    deployment.scripts["POST /runs/stream"] = break_off

    exchange = client.ask(STREAM)

    assert exchange.end is End.CUT
    assert METADATA.startswith(exchange.body)


def test_a_stream_that_ends_without_a_blank_line_has_a_torn_tail(
    deployment: Deployment, client: DeploymentClient
) -> None:
    deployment.scripts["POST /runs/stream"] = say(STREAM_HEAD, chunk(b"event: val"), END)

    exchange = client.ask(STREAM)

    assert [(frame.raw, frame.torn) for frame in exchange.frames] == [(b"event: val", True)]
    assert exchange.end is End.COMPLETE


def test_no_response_at_all_is_an_error(deployment: Deployment, client: DeploymentClient) -> None:
    deployment.scripts["POST /runs/stream"] = Asked.reset

    with pytest.raises(DeploymentError, match="was lost"):
        client.ask(STREAM)
