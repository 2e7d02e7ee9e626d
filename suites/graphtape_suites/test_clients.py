"""Clients: the official Python SDK reads responses unchanged."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from graphtape_contracts import End, Exchange
from graphtape_contracts.finding import Level
from graphtape_contracts.json_value import Absent
from graphtape_contracts.parsing.event import event_of, parse
from graphtape_contracts.parsing.exchange_head import Kind
from graphtape_suites.checks import sdk
from graphtape_suites.checks.check import NotExercised, check, fail_check, not_applicable
from graphtape_suites.session.session import Session


@check(
    "clients.stream",
    Level.MUST,
    "The installed Python SDK reads exactly the events of a stream.",
)
def test_the_python_sdk_reads_streams(session: Session) -> None:
    """The SDK is given the recorded bytes of each stream; no request is sent."""
    for exchange in _complete_exchanges(session, Kind.STREAM):
        expected = list(_events(exchange))
        got = _try_reading(sdk.read_stream, exchange)
        if got != expected:
            pairs = zip_longest(expected, got)
            wanted, read = next(pair for pair in pairs if pair[0] != pair[1])
            fail_check(f"expected {wanted or 'no further event'}, got {read or 'none'}")


@check(
    "clients.wait",
    Level.MUST,
    "The installed Python SDK returns the output of a run unchanged.",
)
def test_the_python_sdk_reads_outputs(session: Session) -> None:
    """The SDK ignores the line feeds that keep the connection alive."""
    for exchange in _complete_exchanges(session, Kind.WAIT):
        expected, got = parse(exchange.body), _try_reading(sdk.read_output, exchange)
        if got != expected:
            fail_check(f"expected {str(expected)[:300]}, got {str(got)[:300]}")


@check(
    "clients.refusal",
    Level.MUST,
    "The installed Python SDK raises an error with the status of a refused request.",
)
def test_the_python_sdk_raises_errors_for_refusals(session: Session) -> None:
    """The error that the SDK raises has the status of the response."""
    for exchange in _complete_exchanges(session, Kind.REFUSAL):
        if exchange.request.method != "POST" or exchange.response.status < 400:
            continue
        try:
            sdk.read_stream(exchange)
        except Exception as error:  # The class of the error depends on the version of the SDK.
            status = getattr(getattr(error, "response", None), "status_code", None)
            if status != exchange.response.status:
                fail_check(
                    f"expected an error with status {exchange.response.status}, got {error!r}"
                )
        else:
            fail_check(f"expected an error because of status {exchange.response.status}, got none")


def _complete_exchanges(session: Session, kind: Kind) -> Iterator[Exchange]:
    """Yield the complete exchanges of a *kind*, of all scenarios.

    Raises NotExercised if there are none.
    """
    if not sdk.installed():
        not_applicable(f"the SDK is not installed: pip install {sdk.DISTRIBUTION}")
    seen = 0
    for scenario in session.scenarios:
        for checked in session.checked(scenario):
            if checked.head.kind is kind and checked.exchange.end is End.COMPLETE:
                seen += 1
                yield checked.exchange
    if not seen:
        raise NotExercised(f"this session has no response of the kind {kind}")


def _events(exchange: Exchange) -> Iterator[sdk.Read]:
    id_: str | None = None
    for frame in exchange.frames:
        id_ = frame.id if frame.id is not None else id_
        event = event_of(frame, 0)
        if event is not None:
            yield sdk.Read(event.name, None if event.value is Absent.EMPTY else event.value, id_)


def _try_reading(read: Any, exchange: Exchange) -> Any:
    try:
        return read(exchange)
    except Exception as error:  # Users would get the same exception.
        fail_check(f"expected SDK {sdk.installed()} to read the response, got {error!r}")
