"""Reading with the Python SDK, replaced by a fake so that the SDK need not be installed."""

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from types import ModuleType, SimpleNamespace
from typing import Any

import httpx
import orjson
import pytest

from graphtape_contracts import End, Exchange, Frame, Request, Response, sse
from graphtape_contracts.parsing.event import event_of
from graphtape_contracts.parsing.exchange_head import Kind
from graphtape_suites import test_clients
from graphtape_suites.checks import sdk
from graphtape_suites.checks.check import CheckFailed, NotExercised


class Runs:
    """Reads runs as the SDK does."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def stream(self, *_: object, **__: object) -> Iterator[SimpleNamespace]:
        """Read the events of a stream."""
        response = self._http.post("/runs/stream")
        response.raise_for_status()
        # The SDK requests the rest of a stream that may be incomplete.
        assert self._http.get("/threads/x").status_code == 404
        for frame in sse.decode(response.content):
            if event := event_of(frame, 0):
                yield SimpleNamespace(event=event.name, data=event.value, id=frame.id)

    def wait(self, *_: object, **__: object) -> Any:
        """Read an output."""
        return self._http.post("/runs/wait").json()


class Forgetful(Runs):
    """Reads nothing."""

    def stream(self, *_: object, **__: object) -> Iterator[SimpleNamespace]:
        """Read no events."""
        return iter(())

    def wait(self, *_: object, **__: object) -> Any:
        """Read no output."""
        return None


class Broken(Runs):
    """Raises on every response."""

    def stream(self, *_: object, **__: object) -> Iterator[SimpleNamespace]:
        """Raise."""
        raise ValueError("can't read it")


def _install(monkeypatch: pytest.MonkeyPatch, runs: type[Runs]) -> None:
    def client(http: httpx.Client) -> SimpleNamespace:
        return SimpleNamespace(runs=runs(http))

    module = ModuleType("langgraph_sdk.client")
    vars(module)["SyncLangGraphClient"] = client
    monkeypatch.setitem(sys.modules, "langgraph_sdk", ModuleType("langgraph_sdk"))
    monkeypatch.setitem(sys.modules, "langgraph_sdk.client", module)
    monkeypatch.setattr(sdk, "version", {sdk.DISTRIBUTION: "9.9"}.get)


HEAD = (("content-type", "text/event-stream"), ("transfer-encoding", "chunked"))
STREAM = Exchange(
    Request("POST", "/runs/stream"),
    Response(200, HEAD),
    (
        sse.frame(sse.encode_event("values", "1"), 0.1),
        sse.frame(b": heartbeat\r\n\r\n", 0.2),
        sse.frame(sse.encode_event("values", "[2]"), 0.3),
    ),
)
WAIT = Exchange(
    Request("POST", "/runs/wait"),
    Response(200, (("content-type", "application/json"),)),
    (Frame(0.1, orjson.dumps({"a": 1})),),
)
REFUSED = Exchange(Request("POST", "/runs/stream"), Response(422), ())
OTHER_METHOD = Exchange(Request("GET", "/runs/stream"), Response(405), ())
CUT = Exchange(Request("POST", "/runs/stream"), Response(422), (), End.CUT)


def _showing(kind: Kind, *exchanges: Exchange) -> Any:
    checked = [SimpleNamespace(head=SimpleNamespace(kind=kind), exchange=e) for e in exchanges]
    return SimpleNamespace(scenarios=("x",), checked={"x": checked}.get)


def test_the_sdk_that_is_installed_reads_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, Runs)

    test_clients.test_the_python_sdk_reads_streams(_showing(Kind.STREAM, STREAM))
    test_clients.test_the_python_sdk_reads_outputs(_showing(Kind.WAIT, WAIT))
    test_clients.test_the_python_sdk_raises_errors_for_refusals(
        _showing(Kind.REFUSAL, REFUSED, OTHER_METHOD, CUT)
    )


def _check(test: Any, session: Any, says: str) -> None:
    with pytest.raises(CheckFailed) as caught:
        test(session)

    assert says in str(caught.value)


def test_what_the_sdk_does_not_read_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, Forgetful)

    streams = test_clients.test_the_python_sdk_reads_streams
    _check(streams, _showing(Kind.STREAM, STREAM), "event='values', data=1, id=None), got none")
    outputs = test_clients.test_the_python_sdk_reads_outputs
    _check(outputs, _showing(Kind.WAIT, WAIT), "expected {'a': 1}, got None")
    refusals = test_clients.test_the_python_sdk_raises_errors_for_refusals
    _check(refusals, _showing(Kind.REFUSAL, REFUSED), "because of status 422, got none")


def test_what_the_sdk_fails_at_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, Broken)

    streams = test_clients.test_the_python_sdk_reads_streams
    _check(streams, _showing(Kind.STREAM, STREAM), "SDK 9.9 to read the response, got ValueError")
    refusals = test_clients.test_the_python_sdk_raises_errors_for_refusals
    _check(refusals, _showing(Kind.REFUSAL, REFUSED), "with status 422, got ValueError")


def test_without_an_answer_the_sdk_has_nothing_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, Runs)

    with pytest.raises(NotExercised, match="this session has no response of the kind stream"):
        test_clients.test_the_python_sdk_reads_streams(_showing(Kind.STREAM))


def test_without_an_sdk_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(sdk, "version", none)

    with pytest.raises(pytest.skip.Exception, match="pip install langgraph-sdk"):
        test_clients.test_the_python_sdk_reads_streams(_showing(Kind.STREAM, STREAM))
