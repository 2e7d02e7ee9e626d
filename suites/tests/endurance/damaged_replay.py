"""Does with a damaged recording all that a user may do with it, and returns what went wrong."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

import orjson
from application import call

from graphtape_contracts import End, Exchange
from graphtape_contracts.catalogue import select_rules
from graphtape_contracts.finding import Level
from graphtape_contracts.rule import AnyRule
from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_mock.cli.recording_text import one_line, render
from graphtape_mock.recordings.file import parse
from graphtape_mock.recordings.recording import BrokenRecording, Recording
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import Library
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.recorded_deployment import BadRecordedResponse
from graphtape_mock.verify.judgement import JudgementOptions, judge_content

_GETS = ("/info", "/assistants/agent", "/openapi.json", "/docs")
_POSTS = ("/assistants/search", "/assistants/count")
_NOT_IN_A_HEAD = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made of a damaged recording."""

    kind: str
    """A few words that many recordings have in common, for a table."""
    flaws: tuple[str, ...] = ()


def try_recording(random: Random, name: str, content: bytes) -> Outcome:
    """Load the recording, replay it in every view, verify it and show it."""
    path = f"{name}.jsonl"
    judging = JudgementOptions(_rules(), None, False, None, False)
    try:
        recording = parse(content, path, name)
    except BrokenRecording as error:
        flaws = [] if str(error).startswith(f"{path}:{error.line}: ") else [f"no line: {error}"]
        return Outcome("refused with its line", tuple(flaws))
    judged = judge_content(content, path, name, judging)
    list(render(recording, path, None))
    one_line(recording)
    try:
        mock = Mock(Library([recording]), ReplayOptions(speed=0, keep_ids=True))
    except BadRecordedResponse as error:
        flaws = [] if name in str(error) else [f"no name: {error}"]
        return Outcome("refused as a deployment", tuple(flaws))
    flaws = asyncio.run(_replay(random, mock, recording))
    kind = "served, with findings" if judged.findings or judged.cut else "served, without findings"
    return Outcome(kind, tuple(flaws))


@cache
def _rules() -> tuple[AnyRule, ...]:
    return tuple(select_rules(None, Level.NOTE))


async def _replay(random: Random, mock: Mock, recording: Recording) -> list[str]:
    flaws: list[str] = []
    recorded = Counter(exchange.response.status for exchange in recording.exchanges)
    for method, path, body in _requests(random, recording):
        try:
            status, headers, got = await call(mock, method, path, body)
        except Exception as error:
            flaws.append(f"{method} {path} {body[:200]!r}: {type(error).__name__}: {error}")
            continue
        wrong = {
            "a failure of ours": b"graphtape failed" in got,
            "a silent 500": status >= 500 and not recorded[status] and status != 501,
            "a head that can't be sent": any(map(_NOT_IN_A_HEAD.search, headers)),
            "a refusal without a reason": status == 404 and b"detail" not in got,
            "another body": not _is_as_recorded(recording, path, body, status, got),
        }
        flaws += [f"{method} {path} {body[:200]!r}: {flaw}" for flaw, so in wrong.items() if so]
    return flaws


def _requests(random: Random, recording: Recording) -> Iterator[tuple[str, str, bytes]]:
    yield from (("GET", path, b"") for path in _GETS)
    yield from (("POST", path, b"{}") for path in _POSTS)
    for exchange in recording.exchanges:
        # What is asked for is what a client can ask for: the path may be damaged, too.
        if exchange.request.path.startswith("/assistants/"):
            yield exchange.request.method, exchange.request.path, exchange.request.body
    for exchange in recording.runs:
        yield "POST", exchange.request.path, exchange.request.body
        for view in _views(random):
            body = _body(exchange) | view
            yield "POST", "/runs/stream", orjson.dumps(body)
        yield "POST", "/runs/wait", orjson.dumps(_body(exchange) | {"stream_mode": ["values"]})


def _views(random: Random) -> Iterator[dict[str, Any]]:
    for mode in STREAM_MODES:
        yield {"stream_mode": [mode], "stream_subgraphs": random.random() < 0.5}
    yield {"stream_mode": ["updates", "messages"], "stream_subgraphs": False}


def _body(exchange: Exchange) -> dict[str, Any]:
    return object_in(exchange.request.body) or {"assistant_id": "agent"}


def _is_as_recorded(recording: Recording, path: str, body: bytes, status: int, got: bytes) -> bool:
    """Return whether the response to a recorded request is one of those recorded for it."""
    same = [
        exchange
        for exchange in recording.runs
        if (exchange.request.path, exchange.request.body) == (path, body)
        and (exchange.end, exchange.response.status) == (End.COMPLETE, 200)
    ]
    bodies = [b"".join(frame.raw for frame in exchange.frames) for exchange in same]
    return status != 200 or not bodies or got in bodies
