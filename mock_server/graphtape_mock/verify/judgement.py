"""The verdict on a file: what its exchanges are, and what is wrong with them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from graphtape_contracts import Exchange, Request
from graphtape_contracts.checker import check, check_body, check_related, parse_head
from graphtape_contracts.dialect import Dialect, detect
from graphtape_contracts.finding import Finding
from graphtape_contracts.json_value import Json, is_object
from graphtape_contracts.parsing.event import parse as parse_json
from graphtape_contracts.rule import AnyRule
from graphtape_mock.recordings import file as recording_file
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.verify import transcript

_SCHEMAS = re.compile(r"/assistants/[^/]+/schemas$")


@dataclass(frozen=True, slots=True)
class JudgementOptions:
    """How files are judged."""

    rules: tuple[AnyRule, ...]
    dialect: Dialect | None = None
    """The kind of server; None to detect it."""
    deterministic: bool = False
    """Whether the same request gets the same answer every time."""
    request: Request | None = None
    """What transcripts answer; None if nobody knows: then they are taken for those of a run."""
    stopped: bool = False
    """Whether transcripts end where somebody interrupted curl."""


@dataclass(frozen=True, slots=True)
class LocatedFinding:
    """A finding in a file."""

    finding: Finding
    request: str
    """Method and path of the request; empty where they are not known."""
    line: int | None = None
    """The line of the file, counted from 1, where it has lines."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be said about one file."""

    file: str
    exchanges: int
    dialect: Dialect | None
    """The first one that was detected, or the one that was named."""
    remarks: tuple[LocatedFinding, ...]


def judge_file(file: Path, judging: JudgementOptions) -> Judgement:
    """Return the verdict on the recording or transcript in *file*.

    Raises BrokenRecording, BrokenTranscript, or OSError where the file can't be read.
    """
    content = file.read_bytes()
    if transcript.is_transcript(content):
        return _judge_transcript(str(file), content, judging)
    if not content.lstrip().startswith(b"{"):
        raise transcript.BrokenTranscript(
            str(file),
            'a recording, whose first line is {"graphtape":1,...}, or what `curl -i` printed, '
            'whose first line is "HTTP/1.1 200 OK"',
            repr(content[:40])[1:] if content else "an empty file",
        )
    recording = recording_file.parse(content, str(file), file.stem)
    return _judge_recording(str(file), recording, judging)


def _judge_transcript(file: str, content: bytes, judging: JudgementOptions) -> Judgement:
    shown = transcript.parse(content, file, stopped=judging.stopped)
    call = parse_head(judging.request, shown.response, dialect=judging.dialect)
    findings = check_body(call, shown.frames, shown.end, judging.rules)
    return Judgement(
        file, 1, call.dialect, tuple(LocatedFinding(finding, "") for finding in findings)
    )


def _judge_recording(file: str, recording: Recording, judging: JudgementOptions) -> Judgement:
    exchanges = recording.exchanges
    detected = (detect(exchange.response) for exchange in exchanges)
    dialect = judging.dialect or next((found for found in detected if found), None)
    findings = [
        *_each(exchanges, judging, dialect),
        *check_related(
            exchanges, judging.rules, dialect=dialect, deterministic=judging.deterministic
        ),
    ]
    remarks: list[LocatedFinding] = []
    for finding in findings:
        number = (finding.exchange or 1) - 1
        request = exchanges[number].request
        line = recording.lines[number] + (finding.frame or 0)
        remarks.append(LocatedFinding(finding, f"{request.method} {request.path}", line))
    return Judgement(file, len(exchanges), dialect, tuple(remarks))


def _each(
    exchanges: Sequence[Exchange], judging: JudgementOptions, dialect: Dialect | None
) -> Iterator[Finding]:
    output_schema = _output_schema(exchanges)
    for number, exchange in enumerate(exchanges, 1):
        for finding in check(exchange, judging.rules, dialect=dialect, output_schema=output_schema):
            yield replace(finding, exchange=number)


def _output_schema(exchanges: Sequence[Exchange]) -> Json | None:
    """Return the schema of the graph's output, if exactly one graph tells it."""
    told: list[Json] = []
    for exchange in exchanges:
        if _SCHEMAS.search(exchange.request.path) and exchange.response.status == 200:
            body = parse_json(exchange.body)
            schema = body.get("output_schema") if is_object(body) else None
            told += [schema] if is_object(schema) else []
    return told[0] if len(told) == 1 else None
