"""The public API of the package is light to import, complete, and sufficient to write a test."""

import gzip
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from captured import captured

import graphtape_contracts
from graphtape_contracts import Exchange, Frame, Request, check

STREAM = "python/mode-agent-values"
WAIT = "python/wait-boom-values"


def _httpx_response(exchange: Exchange, **options: Any) -> httpx.Response:
    def respond(request: httpx.Request) -> httpx.Response:
        response = exchange.response
        headers, body = response.headers, httpx.ByteStream(exchange.body)
        return httpx.Response(response.status, headers=headers, stream=body)

    sent = exchange.request
    with httpx.Client(transport=httpx.MockTransport(respond), base_url="http://server") as client:
        return client.request(sent.method, sent.path, content=sent.body, **options)


def _requests_response(exchange: Exchange, body: object = None) -> Any:
    """Return a stand-in for a `requests.Response`."""
    sent, response = exchange.request, exchange.response
    request = SimpleNamespace(
        method=sent.method,
        url=f"http://server{sent.path}",
        path_url=sent.path,
        headers={"Content-Type": b"application/json"},
        body=sent.body if body is None else body,
    )
    return SimpleNamespace(
        status_code=response.status,
        headers={name.title(): value for name, value in response.headers},
        content=exchange.body,
        request=request,
    )


@pytest.mark.parametrize("make", [_httpx_response, _requests_response])
@pytest.mark.parametrize("name", [STREAM, WAIT])
def test_a_captured_response_complies_with_the_contract(name: str, make: Any) -> None:
    response = make(captured(name))

    assert check(Exchange.from_response(response)) == []


@pytest.mark.parametrize("make", [_httpx_response, _requests_response])
@pytest.mark.parametrize("name", [STREAM, WAIT])
def test_the_exchange_of_a_response_has_its_parts(name: str, make: Any) -> None:
    recorded = captured(name)

    exchange = Exchange.from_response(make(recorded))

    assert exchange.request.method == recorded.request.method
    assert exchange.request.path == recorded.request.path
    assert exchange.request.body == recorded.request.body
    assert exchange.response.status == recorded.response.status
    assert exchange.response.header("content-type") == recorded.response.header("content-type")
    assert exchange.frames == recorded.frames
    assert exchange.end == recorded.end


def test_a_response_that_violates_the_contract_is_reported() -> None:
    response = _httpx_response(captured(STREAM))
    response.headers["content-type"] = "Text/Event-Stream"

    found = check(Exchange.from_response(response))

    assert [finding.rule for finding in found] == ["head.stream-type"]


def test_the_path_includes_the_query() -> None:
    response = _httpx_response(captured(STREAM), params={"a": "1"})

    assert Exchange.from_response(response).request.path == "/runs/stream?a=1"


def test_repeated_headers_of_httpx_stay_separate() -> None:
    request = httpx.Request("GET", "http://server/ok")
    response = httpx.Response(204, headers=[("Vary", "a"), ("vary", "b")], request=request)

    exchange = Exchange.from_response(response)

    assert exchange.response.headers == (("vary", "a"), ("vary", "b"))
    assert exchange.frames == ()


def test_a_compressed_body_is_decompressed() -> None:
    request = httpx.Request("GET", "http://server/ok")
    response = httpx.Response(
        200, headers={"content-encoding": "gzip"}, content=gzip.compress(b"{}"), request=request
    )

    exchange = Exchange.from_response(response)

    assert exchange.frames == (Frame(0.0, b"{}"),)
    assert exchange.response.header("content-encoding") == "gzip"


def test_a_request_body_of_text_is_encoded() -> None:
    exchange = Exchange.from_response(_requests_response(captured(STREAM), body='"é"'))

    assert exchange.request == Request(
        "POST", "/runs/stream", (("content-type", "application/json"),), '"é"'.encode()
    )


def test_a_request_body_that_was_streamed_is_refused() -> None:
    with pytest.raises(TypeError, match="list_iterator"):
        Exchange.from_response(_requests_response(captured(STREAM), body=iter([b"{}"])))


def test_the_error_about_another_object_names_its_type() -> None:
    other: Any = "200 OK"

    with pytest.raises(TypeError, match="got str"):
        Exchange.from_response(other)


@pytest.mark.parametrize("name", graphtape_contracts.__all__)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(graphtape_contracts, name) is not None
    assert name in dir(graphtape_contracts)


def test_an_unknown_name_raises_an_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = graphtape_contracts.no_such_name


@pytest.mark.parametrize("module", ["graphtape_contracts", "graphtape_contracts.sse"])
def test_an_import_loads_no_rules_and_no_jsonschema(module: str) -> None:
    program = f"import sys, {module}; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout.split()

    assert "graphtape_contracts.sse" in loaded
    heavy = ("jsonschema", "orjson", "graphtape_contracts.rules", "graphtape_contracts.parsing")
    assert [name for name in loaded if name.startswith(heavy)] == []
