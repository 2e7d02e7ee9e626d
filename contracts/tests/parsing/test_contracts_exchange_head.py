from typing import Any

import orjson
import pytest
from captured import captures

from graphtape_contracts import Request, Response
from graphtape_contracts.checker import parse_head
from graphtape_contracts.dialect import Dialect, detect
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind, kind_of, stream_options

STREAM = (("content-type", "text/event-stream"),)
LOCATED = (("content-location", "/runs/1"),)
THREADED = (("content-location", "/threads/1/runs/1"),)
UVICORN = (("server", "uvicorn"),)


def asks(body: Any, path: str = "/runs/stream") -> Request:
    return Request("POST", path, (), orjson.dumps(body))


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("POST", "/runs/stream", 200, Kind.STREAM),
        ("POST", "/prefix/runs/stream?a=1", 200, Kind.STREAM),
        ("POST", "/runs/wait", 200, Kind.WAIT),
        ("POST", "/runs/wait", 422, Kind.REFUSAL),
        ("GET", "/runs/stream", 405, Kind.REFUSAL),
        ("GET", "/runs/stream", 200, Kind.REFUSAL),
        ("POST", "/threads/t/runs/stream", 200, Kind.OTHER),
        ("POST", "/threads/t/runs/wait", 404, Kind.OTHER),
        ("GET", "/threads/t/runs/r/stream", 200, Kind.JOIN_STREAM),
        ("GET", "/runs/r/stream", 200, Kind.JOIN_STREAM),
        ("GET", "/runs/r/stream", 404, Kind.OTHER),
        ("GET", "/threads/t/runs/r/join", 200, Kind.JOIN),
        ("DELETE", "/threads/t/runs/r/join", 200, Kind.OTHER),
        ("GET", "/info", 200, Kind.OTHER),
    ],
)
def test_the_kind_follows_from_the_request(method: str, path: str, status: int, kind: Kind) -> None:
    assert kind_of(Request(method, path), Response(status)) is kind


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (Response(422), Kind.REFUSAL),
        (Response(200, STREAM + LOCATED), Kind.STREAM),
        (Response(200, STREAM), Kind.JOIN_STREAM),
        (Response(200, LOCATED), Kind.WAIT),
        (Response(200), Kind.OTHER),
        (Response(200, (*UVICORN, *STREAM, *THREADED)), Kind.JOIN_STREAM),
        (Response(200, (*UVICORN, *THREADED)), Kind.WAIT),
        (Response(200, (*UVICORN, *LOCATED)), Kind.OTHER),
    ],
)
def test_the_kind_of_an_unknown_request_follows_from_the_response_head(
    response: Response, kind: Kind
) -> None:
    assert kind_of(None, response) is kind


@pytest.mark.parametrize(
    ("mode", "modes"),
    [
        ({}, {"values"}),
        ({"stream_mode": []}, {"values"}),
        ({"stream_mode": "updates"}, {"updates"}),
        ({"stream_mode": ["debug", "tasks", 5]}, {"debug", "tasks"}),
        ({"stream_mode": None}, {"values"}),
    ],
)
def test_the_default_mode_is_values(mode: dict[str, Any], modes: set[str]) -> None:
    asked = stream_options(asks({"assistant_id": "a"} | mode))

    assert asked is not None
    assert asked.modes == modes


def test_options_include_subgraphs_resumption_and_the_thread() -> None:
    asked = stream_options(
        asks({"stream_subgraphs": True, "stream_resumable": True, "on_completion": "keep"})
    )

    assert asked is not None
    assert asked.subgraphs
    assert asked.resumable
    assert asked.keeps_thread
    assert asked.event_names == {"values"}


@pytest.mark.parametrize(
    "request_", [None, Request("GET", "/runs/stream"), asks([]), Request("POST", "/runs/stream")]
)
def test_a_request_that_is_not_a_run_request_has_no_options(request_: Request | None) -> None:
    assert stream_options(request_) is None


def test_an_exchange_has_a_path_if_its_request_is_known() -> None:
    response = Response(200)

    assert parse_head(Request("GET", "/info?x=1"), response).path == "/info"
    assert parse_head(None, response).path == ""


@pytest.mark.parametrize(
    ("folder", "dialect"),
    [
        ("python", Dialect.PYTHON),
        ("python-cases", Dialect.PYTHON),
        ("javascript", Dialect.JAVASCRIPT),
        ("javascript-1.5.1", Dialect.JAVASCRIPT),
        ("aegra", Dialect.AEGRA),
        ("aegra-redis", Dialect.AEGRA),
    ],
)
def test_the_dialect_of_every_captured_run_is_detected(folder: str, dialect: Dialect) -> None:
    found = {
        name: detect(exchange.response)
        for name, exchange in captures().items()
        if name.startswith(f"{folder}/")
        and kind_of(exchange.request, exchange.response) in (Kind.STREAM, Kind.WAIT)
    }

    assert {name for name, got in found.items() if got is not dialect} == set()
    assert found


def test_an_unknown_server_has_no_dialect() -> None:
    head: ExchangeHead = parse_head(asks({}), Response(200, (("server", "nginx"),)))

    assert head.dialect is None


def test_a_given_dialect_overrides_detection() -> None:
    head = parse_head(asks({}), Response(200), dialect=Dialect.AEGRA)

    assert head.dialect is Dialect.AEGRA
