"""The status and headers of an answer."""

import re
from collections import Counter

from graphtape_contracts.parsing.exchange_head import Call, Kind
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level
from graphtape_contracts.parsing.identifiers import UUID, run_at
from graphtape_contracts.rule import OUTPUTS, RUNS, STREAMS, AnyRule, HeadRule, Report, quote

_KNOWN = frozenset(Dialect)
_LOCATED = frozenset({Dialect.PYTHON, Dialect.AEGRA})
_OBSERVED = "observed on langgraph-api 0.16.7, LangGraph.js 2.0.0 and 1.5.1, Aegra 0.11.0"
_OF_RUN, _OF_THREAD = "/runs/{run_id}", "/threads/{thread_id}/runs/{run_id}"
_SCHEMES: dict[tuple[Dialect | None, Kind], str] = {
    (Dialect.PYTHON, Kind.STREAM): _OF_RUN,
    (Dialect.PYTHON, Kind.WAIT): _OF_THREAD,
    (Dialect.JAVASCRIPT, Kind.STREAM): _OF_RUN,
    (Dialect.JAVASCRIPT, Kind.WAIT): _OF_RUN,
    (Dialect.AEGRA, Kind.STREAM): _OF_THREAD,
    (Dialect.AEGRA, Kind.WAIT): _OF_THREAD,
}
_PLACEHOLDER = re.compile(r"\{\w+\}")
_OUTPUT_TYPES: dict[Dialect | None, set[str]] = {
    Dialect.PYTHON: {"application/json"},
    Dialect.JAVASCRIPT: {"application/json", "text/plain"},
    Dialect.AEGRA: {"application/json"},
}


def _parameters(call: Call) -> tuple[str, dict[str, str]]:
    """Return the media type of an answer as it is written, and its parameters."""
    media_type, *rest = (call.response.header("content-type") or "").split(";")
    split = (parameter.partition("=") for parameter in rest)
    named = {name.strip().lower(): value.strip().strip('"') for name, _, value in split}
    return media_type.strip(), named


def _status(call: Call, report: Report) -> None:
    if call.request is not None and call.request.method != "POST":
        return
    if 200 < call.response.status < 300:
        report("200", str(call.response.status))


def _stream_type(call: Call, report: Report) -> None:
    # As it is written: the SDKs compare it with care for upper and lower case.
    if _parameters(call)[0] != "text/event-stream":
        report("text/event-stream", quote(call.response.header("content-type")))


def _charset(call: Call, report: Report) -> None:
    charset = _parameters(call)[1].get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8"):
        report("utf-8", quote(charset))


def _once(call: Call, report: Report) -> None:
    times = Counter(name for name, _ in call.response.headers)
    for name in ("content-type", "content-location", "location"):
        if times[name] > 1:
            report(f"one header {name}", f"{times[name]} of them")


def _encoding(call: Call, report: Report) -> None:
    encoding = call.response.header("content-encoding")
    if encoding is not None and encoding.lower() != "identity":
        report("no content-encoding", quote(encoding))


def _length(call: Call, report: Report) -> None:
    length = call.response.header("content-length")
    if length is not None:
        report("no content-length", quote(length))


def _location_form(call: Call, report: Report) -> None:
    location = call.response.header("content-location")
    if location is not None and run_at(call.response) is None:
        report(f"{_OF_RUN} or {_OF_THREAD}, with UUIDs", quote(location))


def _located(call: Call, report: Report) -> None:
    if call.response.header("content-location") is None:
        report("a header content-location", "none")


def _scheme(call: Call, report: Report) -> None:
    location = call.response.header("content-location")
    if location is None or run_at(call.response) is None:
        return
    scheme = _SCHEMES[call.dialect, call.kind]
    if not re.fullmatch(_PLACEHOLDER.sub(UUID, scheme), location):
        report(scheme, quote(location))


def _location(call: Call, report: Report) -> None:
    run = call.response.header("content-location")
    location = call.response.header("location")
    if run is None or run_at(call.response) is None:
        return
    expected = run + ("/stream" if call.kind in STREAMS else "/join")
    if location is None:
        if call.dialect in _LOCATED:
            report(expected, "no location")
    elif not location.endswith(expected) or not re.match("/(?!/)", location):
        report(expected, quote(location))


def _cache_control(call: Call, report: Report) -> None:
    value = call.response.header("cache-control")
    directives = {part.partition("=")[0].strip().lower() for part in (value or "").split(",")}
    if not directives & {"no-store", "no-cache"}:
        report("no-store or no-cache", quote(value))


def _buffering(call: Call, report: Report) -> None:
    value = call.response.header("x-accel-buffering")
    if value != "no":
        report("no", quote(value))


def _output_type(call: Call, report: Report) -> None:
    allowed = _OUTPUT_TYPES[call.dialect]
    if _parameters(call)[0].lower() not in allowed:
        report(" or ".join(sorted(allowed)), quote(call.response.header("content-type")))


RULES: tuple[AnyRule, ...] = (
    HeadRule(
        id="head.status",
        level=Level.MUST,
        promise="A run that was started is answered with 200, whatever becomes of it.",
        source=f"{_OBSERVED}, runs that fail too",
        kinds=RUNS | {Kind.REFUSAL},
        judge=_status,
    ),
    HeadRule(
        id="head.stream-type",
        level=Level.MUST,
        promise="The content type of a stream is `text/event-stream`, in lower case.",
        source=f"{_OBSERVED}; the SDKs refuse any other, `Text/Event-Stream` too",
        kinds=STREAMS,
        judge=_stream_type,
    ),
    HeadRule(
        id="head.charset",
        level=Level.SHOULD,
        promise="The charset of a stream is utf-8, or not given.",
        source=f"{_OBSERVED}; clients that go by it would read other characters",
        kinds=STREAMS,
        judge=_charset,
    ),
    HeadRule(
        id="head.once",
        level=Level.MUST,
        promise="There is at most one Content-Type, one Content-Location and one Location.",
        source=f"{_OBSERVED}; clients join several values with a comma and understand neither",
        kinds=RUNS | STREAMS | OUTPUTS,
        judge=_once,
    ),
    HeadRule(
        id="head.content-location-form",
        level=Level.MUST,
        promise="Content-Location, if given, is the path of the run: `/runs/{run_id}`, or that "
        "under `/threads/{thread_id}`, with UUIDs.",
        source=f"{_OBSERVED}; the SDKs read the ids of the run and the thread from it",
        judge=_location_form,
    ),
    HeadRule(
        id="head.content-location",
        level=Level.SHOULD,
        promise="The answer to a run has a Content-Location.",
        source=f"{_OBSERVED}; without it the callback `on_run_created` of the SDKs is not called; "
        "the embedded server of LangGraph.js 2.0.0 has none",
        judge=_located,
    ),
    HeadRule(
        id="head.scheme",
        level=Level.SHOULD,
        promise="Content-Location names the thread on Aegra, and on langgraph-api for a run that "
        "is waited for; elsewhere it does not.",
        source=f"{_OBSERVED}; where a stream names its thread, the SDKs ask for the state of the "
        "run when it ends without `end`",
        dialects=_KNOWN,
        judge=_scheme,
    ),
    HeadRule(
        id="head.location",
        level=Level.SHOULD,
        promise="Location is the Content-Location and `/stream`, or `/join` for a run that is "
        "waited for, as a path; LangGraph.js has none.",
        source=f"{_OBSERVED}; the SDKs ask there when a connection is lost, and the one for "
        "JavaScript fails on a whole URL",
        kinds=RUNS | STREAMS | OUTPUTS,
        judge=_location,
    ),
    HeadRule(
        id="head.no-encoding",
        level=Level.SHOULD,
        promise="A stream is not compressed, even if the client would accept it.",
        source=f"{_OBSERVED}; compression holds events back",
        kinds=STREAMS,
        judge=_encoding,
    ),
    HeadRule(
        id="head.no-length",
        level=Level.SHOULD,
        promise="A stream has no Content-Length: its head is sent before the run has ended.",
        source=f"{_OBSERVED}; who knows the length held the stream back",
        kinds=STREAMS,
        judge=_length,
    ),
    HeadRule(
        id="head.cache-control",
        level=Level.SHOULD,
        promise="The Cache-Control of a stream is `no-store` or `no-cache`.",
        source=f"{_OBSERVED}: no-store on langgraph-api, no-cache on the others; a cache would "
        "answer a run with another one",
        kinds=STREAMS,
        judge=_cache_control,
    ),
    HeadRule(
        id="head.no-buffering",
        level=Level.SHOULD,
        promise="The X-Accel-Buffering of a stream is `no`.",
        source="observed on langgraph-api 0.16.7 and Aegra 0.11.0; without it nginx holds events "
        "back",
        kinds=STREAMS,
        dialects=_LOCATED,
        judge=_buffering,
    ),
    HeadRule(
        id="head.output-type",
        level=Level.SHOULD,
        promise="The content type of an output is `application/json`; on LangGraph.js it may be "
        "`text/plain`.",
        source=f"{_OBSERVED}; clients that go by the type do not parse the body",
        kinds=OUTPUTS,
        dialects=_KNOWN,
        judge=_output_type,
    ),
)
