"""Each check of the suites fails on a wrong response."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from graphtape_contracts import End, Exchange, Frame, Headers, Request, Response, sse
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.json_value import Json
from graphtape_suites import (
    test_concurrency,
    test_consistency,
    test_disconnect,
    test_endpoints,
    test_errors,
    test_isolation,
    test_limits,
    test_modes,
    test_stream,
    test_wait,
)
from graphtape_suites.checks.check import CheckFailed
from graphtape_suites.runner.client import STREAM, WAIT
from graphtape_suites.scenarios import SCENARIOS

STREAM_HEAD: Headers = (("content-type", "text/event-stream"),)
WAIT_HEAD: Headers = (("content-type", "application/json"),)


def _request(path: str, **fields: Any) -> Request:
    return Request("POST", path, (), orjson.dumps({"assistant_id": "agent"} | fields))


def waited(
    output: Any = None, status: int = 200, end: End = End.COMPLETE, **fields: Any
) -> Exchange:
    """Return the exchange of a wait."""
    frames = (Frame(0.1, orjson.dumps({} if output is None else output)),)
    return Exchange(_request(WAIT, **fields), Response(status, WAIT_HEAD), frames, end)


def streamed(
    *events: tuple[str, Any],
    status: int = 200,
    end: End = End.COMPLETE,
    took: float = 0.0,
    **fields: Any,
) -> Exchange:
    """Return the exchange of a stream whose events arrived within *took* seconds."""
    blocks = [sse.encode_event(name, orjson.dumps(data).decode()) for name, data in events]
    frames = [sse.frame(raw, took * n / len(blocks)) for n, raw in enumerate(blocks, 1)]
    response = Response(status, STREAM_HEAD)
    return Exchange(_request(STREAM, **fields), response, tuple(frames), end)


def running(*exchanges: Exchange) -> Any:
    """Return a fake `run_scenario`, which returns these *exchanges* for every scenario."""

    def run_scenario(_: object) -> tuple[Exchange, ...]:
        return exchanges

    return run_scenario


SESSION: Any = SimpleNamespace(
    scenarios=tuple(SCENARIOS.values()), target=SimpleNamespace(dialect=Dialect.PYTHON)
)
SCENARIO = SCENARIOS["stream.unknown-field"]
MARKED: Json = {"metadata": {"graphtape_marker": "a1"}}
FOREIGN = (waited("a1", **MARKED), waited("a1"))
FAILED = {"__error__": {"error": "E", "message": "m"}}
HALF = waited(end=End.CUT)
CRASH = waited(status=500)
DEBUG_TIMES = ("2026-01-01T00:00:00+00:00", "2026-01-01T00:00:02+00:00")


def _debug(took: float, *times: Any) -> Exchange:
    events = (("debug", {"timestamp": time}) for time in times)
    return streamed(*events, took=took, stream_mode="debug")


def _check(test: Callable[..., None], *arguments: Any, message: str) -> None:
    with pytest.raises(CheckFailed) as caught:
        test(*arguments)

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("test", "exchanges", "message"),
    [
        (test_concurrency.test_concurrent_runs_are_not_mixed_up, FOREIGN, '"a1"'),
        (test_concurrency.test_concurrent_runs_all_get_complete_responses, (HALF,), "run 1 of 1"),
        (test_concurrency.test_concurrent_runs_all_get_complete_responses, (CRASH,), "status 500"),
        (
            test_disconnect.test_the_next_run_gets_a_complete_response,
            (waited(), CRASH),
            "status 500",
        ),
        (test_disconnect.test_the_next_run_gets_a_complete_response, (waited(), HALF), "cut"),
        (test_errors.test_wrong_requests_are_refused, (waited(),), "expected 4xx, got 200"),
        (test_errors.test_wrong_requests_are_refused, (waited(status=500, x="y" * 300),), "..."),
        (
            test_limits.test_odd_requests_are_accepted,
            (CRASH,),
            "expected 200 from /runs/wait, got 500",
        ),
        (test_modes.test_a_requested_mode_has_events, (streamed(),), "got none"),
        (test_stream.test_requests_are_read_leniently, (CRASH,), "got status 500"),
        (test_stream.test_requests_are_read_leniently, (waited(),), "got status 200"),
    ],
)
def test_a_check_fails_on_a_wrong_response(
    test: Callable[..., None], exchanges: tuple[Exchange, ...], message: str
) -> None:
    _check(test, SCENARIO, running(*exchanges), message=message)


def test_the_isolation_check_fails_on_metadata_of_another_run() -> None:
    test = test_isolation.test_metadata_of_one_run_never_appears_in_another

    _check(test, running(*FOREIGN), message='"a1"')


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        (
            streamed(("values", {}), end=End.CUT),
            "an incomplete response from the stream and a failure from",
        ),
        (streamed(("values", {}), ("end", None)), "a success from the stream and a failure from"),
    ],
)
def test_a_swallowed_error_fails_the_check(stream: Exchange, message: str) -> None:
    test = test_errors.test_streams_and_waits_agree_on_failures

    _check(test, running(stream, waited(FAILED)), SESSION, message=message)


def test_equal_failures_pass() -> None:
    stream = streamed(("error", {"error": "E", "message": "m"}))

    test_errors.test_streams_and_waits_agree_on_failures(
        running(stream, waited(FAILED), waited(status=422), streamed(status=422)), SESSION
    )


def test_buffered_events_fail_the_check() -> None:
    test = test_stream.test_events_arrive_when_they_happen

    _check(test, running(_debug(0.001, *DEBUG_TIMES)), message="a run of 2.00 s as they happen")


def test_unbuffered_events_pass() -> None:
    test_stream.test_events_arrive_when_they_happen(running(_debug(1.5, *DEBUG_TIMES)))


@pytest.mark.parametrize("times", [(), (5,), ("yesterday",), DEBUG_TIMES[:1]])
def test_a_run_without_timestamps_is_not_applicable(times: tuple[Any, ...]) -> None:
    with pytest.raises(pytest.skip.Exception, match=r"no run took 0\.5 s"):
        test_stream.test_events_arrive_when_they_happen(running(_debug(0.001, *times)))


def _ways(stream: Json, wait: Json) -> Any:
    return running(
        streamed(("values", stream), stream_mode="values"),
        waited(wait, stream_mode="values"),
        streamed(("updates", {}), stream_mode="updates"),
    )


def test_a_wait_with_other_fields_than_its_stream_fails() -> None:
    test = test_consistency.test_a_wait_has_the_fields_of_the_last_values_event

    _check(test, _ways({"a": 1, "b": 2}, {}), SESSION, message="got a, b and none")


def test_a_wait_with_the_fields_of_its_stream_passes() -> None:
    test_consistency.test_a_wait_has_the_fields_of_the_last_values_event(
        _ways({"a": 1}, {"a": 2}), SESSION
    )


def test_a_wait_that_failed_has_no_fields_to_compare() -> None:
    with pytest.raises(pytest.skip.Exception, match="did not both have an object"):
        test_consistency.test_a_wait_has_the_fields_of_the_last_values_event(
            _ways({}, FAILED), SESSION
        )


def _announcing(*paths: str) -> Any:
    return SimpleNamespace(target=SimpleNamespace(announces=paths.__contains__))


def test_a_documented_endpoint_that_is_missing_fails() -> None:
    test = test_endpoints.test_documented_endpoints_exist

    _check(
        test, running(waited(status=404)), _announcing(WAIT), message=f"expected {WAIT} to exist"
    )


def test_without_a_document_the_check_is_not_applicable() -> None:
    with pytest.raises(pytest.skip.Exception, match="no OpenAPI document"):
        test_endpoints.test_documented_endpoints_exist(running(waited()), _announcing())


class _FakePropertyRunner:
    """Runs one case, and stores the complaints."""

    dialect = Dialect.PYTHON
    inputs = None

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.complaints: list[str] = []
        self.ran: list[tuple[str, Json]] = []
        self.runs = 0

    def __call__(self, cases: object, play: Any, *, runs: int = 1) -> None:
        self.runs = runs
        play(self, {"stream_mode": "updates"})

    def run(self, path: str, **fields: Any) -> Exchange:
        self.ran.append((path, fields))
        return self.exchange

    def complain(self, text: str) -> None:
        self.complaints.append(text)


@pytest.mark.parametrize(
    "test",
    [
        test_errors.test_wrong_fields_never_make_the_server_fail,
        test_limits.test_any_json_is_accepted_as_metadata,
        test_limits.test_any_input_that_the_schema_allows_can_be_run,
        test_stream.test_any_stream_request_meets_the_contract,
        test_wait.test_any_wait_request_meets_the_contract,
    ],
)
def test_properties_complain_about_a_server_error(test: Callable[[Any], None]) -> None:
    property_runner = _FakePropertyRunner(CRASH)

    test(property_runner)

    (complaint,) = property_runner.complaints
    assert "500" in complaint


def test_the_consistency_property_sends_equal_requests() -> None:
    property_runner = _FakePropertyRunner(waited())

    test_consistency.test_any_request_gets_the_same_run_from_stream_and_wait(property_runner)  # type: ignore[arg-type]

    asked = {"stream_mode": "updates"}
    assert property_runner.ran == [(STREAM, asked), (WAIT, asked)]
    assert property_runner.runs == 2
    assert property_runner.complaints == []
