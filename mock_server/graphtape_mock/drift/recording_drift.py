"""Collects the drift of a recording: the changes, and the requests that were not repeated."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphtape_contracts import Exchange, Request
from graphtape_mock.drift.advertised import nullable_fields
from graphtape_mock.drift.compare_runs import compare
from graphtape_mock.drift.requests import can_be_repeated, is_known, is_redacted, is_run
from graphtape_mock.drift.session import RepeatedRequest, RepeatedResponses
from graphtape_mock.drift.severity import Drift, merge_duplicates
from graphtape_mock.recordings.recording import Recording

REDACTED = "the request has placeholders instead of secrets"
UNKNOWN = "this is not a request that LangGraph deployments are known to take"


@dataclass(frozen=True, slots=True)
class ExchangeDrift:
    """One recorded exchange, compared with the responses to its repeated request."""

    recorded: Exchange
    line: int
    """The line of the file on which the exchange begins, counted from 1."""
    drifts: tuple[Drift, ...] = ()
    answers: tuple[Exchange, ...] = ()
    """The new responses; empty if the request was not repeated."""
    unasked: str = ""
    """The reason why the request was not repeated as often as planned; empty if it was."""

    @property
    def request(self) -> str:
        """Method and path of the request."""
        return f"{self.recorded.request.method} {self.recorded.request.path}"


@dataclass(frozen=True, slots=True)
class RecordingDrift:
    """The drift of one recording."""

    file: Path
    recording: Recording
    exchanges: tuple[ExchangeDrift, ...]
    """All exchanges of the recording, in the order of the file."""

    @property
    def drifts(self) -> list[Drift]:
        """The changes in all exchanges."""
        return [drift for exchange in self.exchanges for drift in exchange.drifts]

    @property
    def asked(self) -> int:
        """The number of exchanges whose request was repeated."""
        return sum(bool(exchange.answers) for exchange in self.exchanges)

    @property
    def unasked(self) -> list[ExchangeDrift]:
        """The exchanges whose request could not be repeated, or not as often as planned."""
        return [exchange for exchange in self.exchanges if exchange.unasked]


def requests_to_repeat(recordings: Iterable[Recording], repeat: int) -> list[RepeatedRequest]:
    """Return the requests to repeat: each run *repeat* times, each other request once."""
    known: dict[Request, RepeatedRequest] = {}
    for recording in recordings:
        for exchange in recording.exchanges:
            request = exchange.request
            if can_be_repeated(request) and not is_redacted(request):
                known.setdefault(request, RepeatedRequest(recording.name, request))
    return [q for q in known.values() for _ in range(repeat if is_run(q.request) else 1)]


def drift_of_recording(
    file: Path, recording: Recording, responses: RepeatedResponses
) -> RecordingDrift:
    """Return the drift of the *recording* in *file*, compared with the new *responses*."""
    return RecordingDrift(file, recording, tuple(_compared(recording, responses)))


def _compared(recording: Recording, responses: RepeatedResponses) -> Iterator[ExchangeDrift]:
    nullable = nullable_fields(recording.exchanges)
    for exchange, line in zip(recording.exchanges, recording.lines, strict=True):
        request = exchange.request
        if not is_known(request):
            yield ExchangeDrift(exchange, line, unasked=UNKNOWN)
        elif not can_be_repeated(request):
            yield ExchangeDrift(exchange, line)
        elif is_redacted(request):
            yield ExchangeDrift(exchange, line, unasked=REDACTED)
        elif request in responses.unasked:
            yield ExchangeDrift(exchange, line, unasked=responses.unasked[request])
        else:
            answers = responses.answers[request]
            yield ExchangeDrift(
                exchange, line, drifts_between(exchange, answers, nullable), tuple(answers)
            )


def drifts_between(
    recorded: Exchange, answers: Sequence[Exchange], nullable: frozenset[str]
) -> tuple[Drift, ...]:
    """Return the changes from *recorded* that all *answers* show, the most severe first.

    A change that only some of *answers* show is not drift, because agents vary.
    """
    first, *others = [compare(recorded, answer, nullable) for answer in answers]
    shown = [{_identity(drift) for drift in other} for other in others]
    return tuple(
        merge_duplicates(d for d in first if all(_identity(d) in other for other in shown))
    )


def _identity(drift: Drift) -> tuple[object, ...]:
    return drift.kind, drift.summary, drift.where
