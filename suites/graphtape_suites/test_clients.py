"""The official Python SDK reads from a response what is in it."""

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
    "The installed Python SDK reads from a stream the events that are in it, and no others.",
)
def test_the_python_sdk_reads_streams(session: Session) -> None:
    """What the raw reader read is given to the SDK once more."""
    for exchange in _whole(session, Kind.STREAM):
        expected = list(_events(exchange))
        got = _tried(sdk.read_stream, exchange)
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
    """Line feeds that keep the connection alive do not disturb it."""
    for exchange in _whole(session, Kind.WAIT):
        expected, got = parse(exchange.body), _tried(sdk.read_output, exchange)
        if got != expected:
            fail_check(f"expected {str(expected)[:300]}, got {str(got)[:300]}")


@check(
    "clients.refusal",
    Level.MUST,
    "The installed Python SDK raises an error with the status of a request that is refused.",
)
def test_the_python_sdk_tells_refusals(session: Session) -> None:
    """A refusal is an exception that has the status."""
    for exchange in _whole(session, Kind.REFUSAL):
        if exchange.request.method != "POST" or exchange.response.status < 400:
            continue
        try:
            sdk.read_stream(exchange)
        except Exception as error:  # Which class it is depends on the version of the SDK.
            status = getattr(getattr(error, "response", None), "status_code", None)
            if status != exchange.response.status:
                fail_check(
                    f"expected an error with status {exchange.response.status}, got {error!r}"
                )
        else:
            fail_check(f"expected an error because of status {exchange.response.status}, got none")


def _whole(session: Session, kind: Kind) -> Iterator[Exchange]:
    """Yield the exchanges of a *kind* that are complete, of all scenarios.

    Raises NotExercised if there is none.
    """
    if not sdk.installed():
        not_applicable(f"there is no SDK to read with: pip install {sdk.DISTRIBUTION}")
    seen = 0
    for scenario in session.scenarios:
        for judged in session.checked(scenario):
            if judged.head.kind is kind and judged.exchange.end is End.COMPLETE:
                seen += 1
                yield judged.exchange
    if not seen:
        raise NotExercised(f"nothing that was tried is answered with a {kind}")


def _events(exchange: Exchange) -> Iterator[sdk.Read]:
    id_: str | None = None
    for frame in exchange.frames:
        id_ = frame.id if frame.id is not None else id_
        event = event_of(frame, 0)
        if event is not None:
            yield sdk.Read(event.name, None if event.value is Absent.EMPTY else event.value, id_)


def _tried(read: Any, exchange: Exchange) -> Any:
    try:
        return read(exchange)
    except Exception as error:  # Whatever the SDK raises is what its users get.
        fail_check(f"expected to be read by the SDK {sdk.installed()}, got {error!r}")
