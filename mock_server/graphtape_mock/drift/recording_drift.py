"""The verdict on a recording: what drifted since, and what could not be asked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphtape_contracts import Exchange, Request
from graphtape_mock.drift.advertised import nullable_fields
from graphtape_mock.drift.compare_runs import compare
from graphtape_mock.drift.requests import can_be_repeated, is_redacted, is_run
from graphtape_mock.drift.session import RepeatedRequest, RepeatedResponses
from graphtape_mock.drift.severity import Drift, merge_duplicates
from graphtape_mock.recordings.recording import Recording

REDACTED = "it holds placeholders in the place of secrets"


@dataclass(frozen=True, slots=True)
class ExchangeDrift:
    """One recorded exchange, and what came when it was asked again."""

    recorded: Exchange
    line: int
    """The line of the file at which it begins, counted from 1."""
    drifts: tuple[Drift, ...] = ()
    answers: tuple[Exchange, ...] = ()
    """None if it was not asked."""
    unasked: str = ""
    """Why it was not asked, though it could be; or not as often as it was to be."""

    @property
    def request(self) -> str:
        """Method and path of the request."""
        return f"{self.recorded.request.method} {self.recorded.request.path}"


@dataclass(frozen=True, slots=True)
class RecordingDrift:
    """What is to be said about one recording."""

    file: Path
    recording: Recording
    exchanges: tuple[ExchangeDrift, ...]
    """Its exchanges, in their order."""

    @property
    def drifts(self) -> list[Drift]:
        """All that drifted."""
        return [drift for exchange in self.exchanges for drift in exchange.drifts]

    @property
    def asked(self) -> int:
        """How many of the exchanges were asked again."""
        return sum(bool(exchange.answers) for exchange in self.exchanges)

    @property
    def unasked(self) -> list[ExchangeDrift]:
        """The exchanges that should have been asked again, and were not."""
        return [exchange for exchange in self.exchanges if exchange.unasked]


def requests_to_repeat(recordings: Iterable[Recording], repeat: int) -> list[RepeatedRequest]:
    """Return what is to be asked for *recordings*: each request once, runs *repeat* times."""
    known: dict[Request, RepeatedRequest] = {}
    for recording in recordings:
        for exchange in recording.exchanges:
            request = exchange.request
            if can_be_repeated(request) and not is_redacted(request):
                known.setdefault(request, RepeatedRequest(recording.name, request))
    return [q for q in known.values() for _ in range(repeat if is_run(q.request) else 1)]


def drift_of_recording(
    file: Path, recording: Recording, asked: RepeatedResponses
) -> RecordingDrift:
    """Return the drift of the *recording* in *file*, from the repeated responses."""
    return RecordingDrift(file, recording, tuple(_answered(recording, asked)))


def _answered(recording: Recording, asked: RepeatedResponses) -> Iterator[ExchangeDrift]:
    nullable = nullable_fields(recording.exchanges)
    for exchange, line in zip(recording.exchanges, recording.lines, strict=True):
        request = exchange.request
        if not can_be_repeated(request):
            yield ExchangeDrift(exchange, line)
        elif is_redacted(request):
            yield ExchangeDrift(exchange, line, unasked=REDACTED)
        elif request in asked.unasked:
            yield ExchangeDrift(exchange, line, unasked=asked.unasked[request])
        else:
            answers = asked.answers[request]
            yield ExchangeDrift(
                exchange, line, drifts_between(exchange, answers, nullable), tuple(answers)
            )


def drifts_between(
    recorded: Exchange, answers: Sequence[Exchange], nullable: frozenset[str]
) -> tuple[Drift, ...]:
    """Return what each of the *answers* shows to be otherwise than *recorded*, the worst first.

    What comes in one of the responses is there, and what one of them shows as before is as before.
    """
    first, *others = [compare(recorded, answer, nullable) for answer in answers]
    shown = [{_essence(drift) for drift in other} for other in others]
    return tuple(merge_duplicates(d for d in first if all(_essence(d) in other for other in shown)))


def _essence(drift: Drift) -> tuple[object, ...]:
    return drift.kind, drift.summary, drift.where
