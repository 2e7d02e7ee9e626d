"""Checks a recording or a transcript, and collects the findings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from graphtape_contracts import End, Exchange, Request
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
    """Options for the check of files."""

    rules: tuple[AnyRule, ...]
    dialect: Dialect | None = None
    """The kind of server; None to detect it."""
    deterministic: bool = False
    """Whether equal requests always get equal responses."""
    request: Request | None = None
    """The request of the transcripts. If None, they are checked as responses to runs."""
    stopped: bool = False
    """Whether curl was interrupted, so that transcripts are incomplete."""


@dataclass(frozen=True, slots=True)
class LocatedFinding:
    """A finding, with its place in the file."""

    finding: Finding
    request: str
    """Method and path of the request; empty if unknown."""
    line: int | None = None
    """The line in the recording, counted from 1; None for a transcript."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The findings in one file."""

    file: str
    exchanges: int
    dialect: Dialect | None
    """The dialect named by the user, or else the first detected dialect."""
    findings: tuple[LocatedFinding, ...]
    cut: tuple[str, ...] = ()
    """A text for each incomplete exchange of a recording, such as `exchange 7 ended as 'cut'`."""


def judge_file(file: Path, judging: JudgementOptions) -> Judgement:
    """Return the judgement on the recording or transcript in *file*.

    Raises BrokenRecording, BrokenTranscript, or OSError if the file cannot be read.
    """
    return judge_content(file.read_bytes(), str(file), file.stem, judging)


def judge_content(content: bytes, path: str, name: str, judging: JudgementOptions) -> Judgement:
    """Return the judgement on a recording or transcript with this *content*.

    *path* is used in messages; *name* is the name of the recording. Raises BrokenRecording or
    BrokenTranscript.
    """
    if transcript.is_transcript(content):
        return _judge_transcript(path, content, judging)
    if not content.lstrip().startswith(b"{"):
        raise transcript.BrokenTranscript(
            path,
            'a recording, whose first line is {"graphtape":1,...}, or what `curl -i` printed, '
            'whose first line is "HTTP/1.1 200 OK"',
            repr(content[:40])[1:] if content else "an empty file",
        )
    return _judge_recording(path, recording_file.parse(content, path, name), judging)


def _judge_transcript(path: str, content: bytes, judging: JudgementOptions) -> Judgement:
    shown = transcript.parse(content, path, stopped=judging.stopped)
    head = parse_head(judging.request, shown.response, dialect=judging.dialect)
    findings = check_body(head, shown.frames, shown.end, judging.rules)
    located = tuple(LocatedFinding(finding, "") for finding in findings)
    return Judgement(path, 1, head.dialect, located)


def _judge_recording(path: str, recording: Recording, judging: JudgementOptions) -> Judgement:
    exchanges = recording.exchanges
    detected = (detect(exchange.response) for exchange in exchanges)
    dialect = judging.dialect or next((found for found in detected if found), None)
    findings = [
        *_each(exchanges, judging, dialect),
        *check_related(
            exchanges, judging.rules, dialect=dialect, deterministic=judging.deterministic
        ),
    ]
    located: list[LocatedFinding] = []
    for finding in findings:
        number = (finding.exchange or 1) - 1
        request = exchanges[number].request
        line = recording.lines[number] + (finding.frame or 0)
        located.append(LocatedFinding(finding, f"{request.method} {request.path}", line))
    cut = tuple(
        f"exchange {number} ended as {exchange.end.value!r}"
        for number, exchange in enumerate(exchanges, 1)
        if exchange.end is not End.COMPLETE
    )
    return Judgement(path, len(exchanges), dialect, tuple(located), cut)


def _each(
    exchanges: Sequence[Exchange], judging: JudgementOptions, dialect: Dialect | None
) -> Iterator[Finding]:
    output_schema = _output_schema(exchanges)
    for number, exchange in enumerate(exchanges, 1):
        for finding in check(exchange, judging.rules, dialect=dialect, output_schema=output_schema):
            yield replace(finding, exchange=number)


def _output_schema(exchanges: Sequence[Exchange]) -> Json | None:
    """Return the output schema if *exchanges* contain exactly one; None otherwise."""
    shown: list[Json] = []
    for exchange in exchanges:
        if _SCHEMAS.search(exchange.request.path) and exchange.response.status == 200:
            body = parse_json(exchange.body)
            schema = body.get("output_schema") if is_object(body) else None
            shown += [schema] if is_object(schema) else []
    return shown[0] if len(shown) == 1 else None
