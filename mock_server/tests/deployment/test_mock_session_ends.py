"""A session with a deployment ends: by its time, by the size of a response, by Ctrl-C."""

import threading
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from scripted_deployment import (
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

from graphtape_contracts import End, Exchange, Request
from graphtape_mock.deployment.body import ResponseBody
from graphtape_mock.deployment.budget import BudgetExhausted, BudgetLimits, RunBudget
from graphtape_mock.deployment.client import DeploymentClient
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.errors import DeploymentError, LimitReached, Stopped, TimeOver
from graphtape_mock.deployment.limits import Limits

RUN = Request("POST", "/runs/stream", (), b"{}")
LINE = "POST /runs/stream"
METADATA = event("metadata", {"run_id": "1"})
BEAT = b": heartbeat\r\n\r\n"
PLAIN_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"


@pytest.fixture
def deployment() -> Generator[Deployment]:
    with deployed(scripts_of_a_server(stream(METADATA))) as deployment:
        yield deployment


@dataclass
class Time:
    """A clock that a test moves."""

    now: float = 0.0


@pytest.fixture
def time() -> Time:
    return Time()


def for_ever(piece: bytes, *first: bytes, head: bytes = STREAM_HEAD) -> Script:
    """Return the script that repeats *piece* until the client is gone."""

    def script(asked: Asked) -> None:
        asked.send(head, *map(chunk, first))
        while True:
            asked.send(chunk(piece))

    return script


def silent(*pieces: bytes) -> Script:
    """Return the script that sends *pieces*, and then nothing until the client is gone."""

    def script(asked: Asked) -> None:
        asked.send(*pieces)
        asked.hold()

    return script


def ask(url: str, folder: Path, limits: Limits) -> tuple[Exchange, list[str]]:
    """Make a run; return the exchange, and what a limit said."""
    reasons: list[str] = []
    with DeploymentConnection(url, limits=limits) as upstream:
        client = DeploymentClient(upstream, RunBudget(BudgetLimits(10, 1000), folder))
        return client.ask(RUN, on_limit=reasons.append), reasons


@pytest.mark.parametrize(
    "script",
    [
        silent(STREAM_HEAD, chunk(METADATA)),
        silent(PLAIN_HEAD, METADATA),
        for_ever(BEAT, METADATA),
    ],
    ids=["silent", "without-length", "heartbeats"],
)
def test_a_run_that_never_ends_is_stopped_when_the_time_is_over(
    deployment: Deployment, tmp_path: Path, script: Script
) -> None:
    deployment.scripts[LINE] = script

    exchange, reasons = ask(deployment.url, tmp_path, Limits(pause=60.0, seconds=0.5))

    assert exchange.frames[0].event == "metadata"
    assert exchange.end is End.STOPPED
    (reason,) = reasons
    assert "--max-time" in reason


@pytest.mark.parametrize("sent", [(), (b"HTTP/1.1 200",)], ids=["nothing", "half-a-head"])
def test_a_response_that_does_not_begin_ends_with_the_time(
    deployment: Deployment, tmp_path: Path, sent: tuple[bytes, ...]
) -> None:
    deployment.scripts[LINE] = silent(*sent)

    with pytest.raises(BudgetExhausted, match="--max-time"):
        ask(deployment.url, tmp_path, Limits(pause=60.0, seconds=0.5))


def test_when_the_time_is_over_nothing_is_asked(deployment: Deployment, time: Time) -> None:
    with DeploymentConnection(
        deployment.url, limits=Limits(seconds=100.0), clock=lambda: time.now
    ) as upstream:
        time.now = 101.0
        for request in (RUN, Request("GET", "/info")):
            with pytest.raises(TimeOver):
                upstream.fetch(request.method, request.path, request.body)

    assert deployment.asked == []


def test_what_drips_is_stopped_when_the_time_is_over(deployment: Deployment, time: Time) -> None:
    def drip(asked: Asked) -> None:
        asked.send(STREAM_HEAD, chunk(METADATA))
        time.now = 101.0
        asked.send(chunk(b":"))
        asked.hold()

    deployment.scripts[LINE] = drip
    with (
        DeploymentConnection(
            deployment.url, limits=Limits(seconds=100.0), clock=lambda: time.now
        ) as upstream,
        upstream.open(RUN) as response,
        pytest.raises(TimeOver),
    ):
        list(response.chunks())


MANY = 100_000


@pytest.mark.parametrize(
    ("script", "kept"),
    [
        (for_ever(b"data: " + b"a" * 1000 + b"\n"), 0),
        (for_ever(b"a" * 1000, METADATA), 1),
        (for_ever(event("values", "a" * 1000)), 90),
    ],
    ids=["no-blank-line", "one-line", "events"],
)
def test_a_response_that_is_too_large_is_kept_up_to_the_limit(
    deployment: Deployment, tmp_path: Path, script: Script, kept: int
) -> None:
    deployment.scripts[LINE] = script

    exchange, reasons = ask(deployment.url, tmp_path, Limits(body_bytes=MANY))

    assert len(exchange.frames) >= kept
    assert len(exchange.body) <= MANY
    assert exchange.end is End.STOPPED
    (reason,) = reasons
    assert "--max-bytes" in reason


def test_a_body_that_is_no_stream_has_a_limit_too(deployment: Deployment, tmp_path: Path) -> None:
    head = STREAM_HEAD.replace(b"text/event-stream", b"application/json")
    deployment.scripts[LINE] = for_ever(b"a" * 1000, head=head)

    exchange, reasons = ask(deployment.url, tmp_path, Limits(body_bytes=MANY))

    assert 90_000 < len(exchange.body) <= MANY
    assert (exchange.end, len(reasons)) == (End.STOPPED, 1)


def test_a_block_is_counted_from_the_end_of_the_one_before(deployment: Deployment) -> None:
    blocks = [event("values", "a" * 20_000)] * 4  # Each is smaller than a quarter of the limit.
    deployment.scripts[LINE] = stream(*blocks)

    with (
        DeploymentConnection(deployment.url, limits=Limits(body_bytes=MANY)) as upstream,
        upstream.open(RUN) as response,
    ):
        body = ResponseBody(RUN, response)
        frames = [frame for piece in body.chunks() for frame in body.frames_of(piece)]

    assert (len(frames), body.end, body.limit_reached) == (4, End.COMPLETE, False)


def test_a_description_that_is_too_large_is_an_error(deployment: Deployment) -> None:
    deployment.scripts["GET /info"] = say(answer(200, b"a" * 2000))

    with (
        DeploymentConnection(deployment.url, limits=Limits(body_bytes=1000)) as upstream,
        pytest.raises(LimitReached, match="--max-bytes"),
    ):
        upstream.fetch("GET", "/info")


def test_reads_in_other_threads_end_when_the_session_is_stopped(deployment: Deployment) -> None:
    reading, ended = threading.Event(), list[BaseException]()

    def hang(asked: Asked) -> None:
        asked.send(STREAM_HEAD, chunk(METADATA))
        asked.hold()

    deployment.scripts[LINE] = hang
    with DeploymentConnection(deployment.url) as upstream:

        def read() -> None:
            try:
                with upstream.open(RUN) as response:
                    for _ in response.chunks():
                        reading.set()
            except DeploymentError as error:
                ended.append(error)

        thread = threading.Thread(target=read)
        thread.start()
        assert reading.wait(20)
        upstream.abort()
        thread.join(20)
        with pytest.raises(Stopped):
            upstream.fetch("GET", "/info")
        with pytest.raises(Stopped):
            upstream.sleep(1000)

    assert [type(error) for error in ended] == [Stopped]


def test_a_stopped_body_is_kept_as_stopped(deployment: Deployment) -> None:
    deployment.scripts[LINE] = silent(STREAM_HEAD, chunk(METADATA))
    with (
        DeploymentConnection(deployment.url) as upstream,
        upstream.open(RUN) as response,
    ):
        body = ResponseBody(RUN, response)
        for _ in body.chunks():
            upstream.abort()

    assert (body.end, body.limit_reached) == (End.STOPPED, False)


def test_a_socket_that_is_closed_already_is_passed_over(deployment: Deployment) -> None:
    with DeploymentConnection(deployment.url) as upstream:
        upstream.fetch("GET", "/info")
        upstream.fetch("GET", "/info")
        upstream.abort()


@pytest.mark.parametrize("over", [False, True])
def test_the_last_word_is_said_also_when_the_session_is_over(
    deployment: Deployment, time: Time, over: bool
) -> None:
    with DeploymentConnection(
        deployment.url, key="k", limits=Limits(seconds=100.0), clock=lambda: time.now
    ) as upstream:
        time.now = 101.0 if over else 0.0
        upstream.tell("POST", "/threads/1/runs/2/cancel")
        upstream.tell("POST", "no path")

    (asked,) = deployment.asked
    assert (asked.line, asked.headers["x-api-key"]) == ("POST /threads/1/runs/2/cancel", "k")


BUSY = answer(429, {"detail": "busy"}, b"Retry-After: 7")
LATER = answer(503, {"detail": "busy"}, b"Retry-After: Wed, 21 Oct 2199 07:28:00 GMT")


@pytest.mark.parametrize(
    ("replies", "limits", "slept", "status"),
    [
        ([BUSY, BUSY], Limits(), [7.0, 7.0], 200),
        ([BUSY], Limits(retries=0), [], 429),
        ([BUSY] * 3, Limits(retries=2), [7.0, 7.0], 429),
        ([BUSY], Limits(seconds=6.0), [], 429),
        ([LATER], Limits(), [], 503),
    ],
    ids=["comes back", "no retry", "retries used up", "no time", "too late"],
)
def test_a_request_is_made_again_when_the_deployment_says(
    deployment: Deployment,
    replies: list[bytes],
    limits: Limits,
    slept: list[float],
    status: int,
) -> None:
    scripts = iter([*map(say, replies), *[stream(METADATA)] * 2])
    deployment.scripts[LINE] = lambda asked: next(scripts)(asked)
    waits, told = list[float](), list[float]()

    with (
        DeploymentConnection(
            deployment.url, limits=limits, sleep=waits.append, clock=lambda: 0.0
        ) as upstream,
        upstream.open_retrying(RUN, told.append) as response,
    ):
        assert response.response.status == status

    assert waits == told == slept


def test_a_description_is_asked_for_again(deployment: Deployment) -> None:
    scripts = iter([say(BUSY), say(answer(200, {"version": "1"}))])
    deployment.scripts["GET /info"] = lambda asked: next(scripts)(asked)

    waits: list[float] = []
    with DeploymentConnection(deployment.url, sleep=waits.append) as upstream:
        assert upstream.fetch("GET", "/info").response.status == 200

    assert waits == [7.0]


def test_a_wait_ends_with_the_time(deployment: Deployment) -> None:
    with (
        DeploymentConnection(deployment.url, limits=Limits(seconds=0.5)) as upstream,
        pytest.raises(TimeOver),
    ):
        upstream.sleep(60)
