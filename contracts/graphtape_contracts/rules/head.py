"""The status and headers of a response."""

import re
from collections import Counter

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.heads import RUN_PATH, STREAM_HEADS, THREAD_RUN_PATH, WAIT_HEADS
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.parsing.identifiers import UUID, run_at
from graphtape_contracts.rule import OUTPUTS, RUNS, STREAMS, AnyRule, HeadRule, Report
from graphtape_contracts.rules.sources import ON_EVERY_SERVER

_KNOWN = frozenset(Dialect)
_HEADS = {Kind.STREAM: STREAM_HEADS, Kind.WAIT: WAIT_HEADS}
_LOCATED = frozenset(dialect for dialect, head in STREAM_HEADS.items() if head.location)
_UNBUFFERED = frozenset(dialect for dialect, head in STREAM_HEADS.items() if head.x_accel_buffering)
_CACHE_CONTROL = frozenset(head.cache_control for head in STREAM_HEADS.values())
_PLACEHOLDER = re.compile(r"\{\w+\}")


def _parameters(head: ExchangeHead) -> tuple[str, dict[str, str]]:
    """Return the media type of a response, in its original case, and its parameters."""
    media_type, *rest = (head.response.header("content-type") or "").split(";")
    split = (parameter.partition("=") for parameter in rest)
    named = {name.strip().lower(): value.strip().strip('"') for name, _, value in split}
    return media_type.strip(), named


def _status(head: ExchangeHead, report: Report) -> None:
    if head.request is not None and head.request.method != "POST":
        return
    if 200 < head.response.status < 300:
        report("200", str(head.response.status))


def _stream_type(head: ExchangeHead, report: Report) -> None:
    # The SDKs compare it case-sensitively.
    if _parameters(head)[0] != "text/event-stream":
        report("text/event-stream", quote(head.response.header("content-type")))


def _charset(head: ExchangeHead, report: Report) -> None:
    charset = _parameters(head)[1].get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8"):
        report("utf-8", quote(charset))


def _once(head: ExchangeHead, report: Report) -> None:
    times = Counter(name for name, _ in head.response.headers)
    for name in ("content-type", "content-location", "location"):
        if times[name] > 1:
            report(f"one header {name}", f"{times[name]} headers {name}")


def _encoding(head: ExchangeHead, report: Report) -> None:
    encoding = head.response.header("content-encoding")
    if encoding is not None and encoding.lower() != "identity":
        report("no content-encoding", quote(encoding))


def _length(head: ExchangeHead, report: Report) -> None:
    length = head.response.header("content-length")
    if length is not None:
        report("no content-length", quote(length))


def _location_form(head: ExchangeHead, report: Report) -> None:
    location = head.response.header("content-location")
    if location is not None and run_at(head.response) is None:
        report(f"{RUN_PATH} or {THREAD_RUN_PATH}, with UUIDs", quote(location))


def _has_content_location(head: ExchangeHead, report: Report) -> None:
    if head.response.header("content-location") is None:
        report("a header content-location", "none")


def _dialect_location(head: ExchangeHead, report: Report) -> None:
    location = head.response.header("content-location")
    if location is None or head.dialect is None or run_at(head.response) is None:
        return
    template = _HEADS[head.kind][head.dialect].content_location
    if not re.fullmatch(_PLACEHOLDER.sub(UUID, template), location):
        report(template, quote(location))


def _location(head: ExchangeHead, report: Report) -> None:
    run = head.response.header("content-location")
    location = head.response.header("location")
    if run is None or run_at(head.response) is None:
        return
    expected = run + ("/stream" if head.kind in STREAMS else "/join")
    if location is None:
        if head.dialect in _LOCATED:
            report(expected, "no location")
    elif not location.endswith(expected) or not re.match("/(?!/)", location):
        report(expected, quote(location))


def _cache_control(head: ExchangeHead, report: Report) -> None:
    value = head.response.header("cache-control")
    directives = {part.partition("=")[0].strip().lower() for part in (value or "").split(",")}
    if not directives & _CACHE_CONTROL:
        report("no-store or no-cache", quote(value))


def _buffering(head: ExchangeHead, report: Report) -> None:
    value = head.response.header("x-accel-buffering")
    if value != "no":
        report("no", quote(value))


def _output_type(head: ExchangeHead, report: Report) -> None:
    # The rule applies to known dialects only, so the default is never used.
    allowed = WAIT_HEADS[head.dialect or Dialect.PYTHON].content_types
    if _parameters(head)[0].lower() not in allowed:
        report(" or ".join(sorted(allowed)), quote(head.response.header("content-type")))


RULES: tuple[AnyRule, ...] = (
    HeadRule(
        id="head.status",
        level=Level.MUST,
        statement="A run that was started is answered with 200, whether it fails or not.",
        source=f"{ON_EVERY_SERVER}, also for runs that fail",
        kinds=RUNS | {Kind.REFUSAL},
        judge=_status,
    ),
    HeadRule(
        id="head.stream-type",
        level=Level.MUST,
        statement="The content type of a stream is `text/event-stream`, in lower case.",
        source=f"{ON_EVERY_SERVER}; the SDKs refuse any other, even `Text/Event-Stream`",
        kinds=STREAMS,
        judge=_stream_type,
    ),
    HeadRule(
        id="head.charset",
        level=Level.SHOULD,
        statement="The charset of a stream is utf-8, or not specified.",
        source=f"{ON_EVERY_SERVER}; clients that respect it would misread characters",
        kinds=STREAMS,
        judge=_charset,
    ),
    HeadRule(
        id="head.once",
        level=Level.MUST,
        statement="There is at most one Content-Type, one Content-Location and one Location.",
        source=f"{ON_EVERY_SERVER}; clients join several values with a comma and "
        "cannot read the result",
        kinds=RUNS | STREAMS | OUTPUTS,
        judge=_once,
    ),
    HeadRule(
        id="head.content-location-form",
        level=Level.MUST,
        statement="Content-Location, if present, is the path of the run: `/runs/{run_id}`, or "
        "the same under `/threads/{thread_id}`, with UUIDs.",
        source=f"{ON_EVERY_SERVER}; the SDKs read the ids of the run and the thread from it",
        judge=_location_form,
    ),
    HeadRule(
        id="head.content-location",
        level=Level.SHOULD,
        statement="The response to a run has a Content-Location.",
        source=f"{ON_EVERY_SERVER}; without it the callback `on_run_created` of the SDKs is not "
        "called; the embedded server of LangGraph.js 2.0.0 has none",
        judge=_has_content_location,
    ),
    HeadRule(
        id="head.scheme",
        level=Level.SHOULD,
        statement="Content-Location includes the thread on Aegra, and on langgraph-api for a "
        "wait; elsewhere it does not.",
        source=f"{ON_EVERY_SERVER}; if the header includes the thread, the SDKs request the state "
        "of the run when its stream ends without `end`",
        dialects=_KNOWN,
        judge=_dialect_location,
    ),
    HeadRule(
        id="head.location",
        level=Level.SHOULD,
        statement="Location is the path in Content-Location followed by `/stream`, or by `/join` "
        "for a wait. LangGraph.js sends none.",
        source=f"{ON_EVERY_SERVER}; the SDKs reconnect there when a connection is lost, and the "
        "JavaScript SDK fails on a full URL",
        kinds=RUNS | STREAMS | OUTPUTS,
        judge=_location,
    ),
    HeadRule(
        id="head.no-encoding",
        level=Level.SHOULD,
        statement="A stream is not compressed, even if the client accepts compression.",
        source=f"{ON_EVERY_SERVER}; compression delays events",
        kinds=STREAMS,
        judge=_encoding,
    ),
    HeadRule(
        id="head.no-length",
        level=Level.SHOULD,
        statement="A stream has no Content-Length: its head is sent before the run ends.",
        source=f"{ON_EVERY_SERVER}; a server that knows the length has buffered the whole stream",
        kinds=STREAMS,
        judge=_length,
    ),
    HeadRule(
        id="head.cache-control",
        level=Level.SHOULD,
        statement="The Cache-Control of a stream is `no-store` or `no-cache`.",
        source=f"{ON_EVERY_SERVER}: no-store on langgraph-api, no-cache on the others; otherwise a "
        "cache might return the response of an earlier run",
        kinds=STREAMS,
        judge=_cache_control,
    ),
    HeadRule(
        id="head.no-buffering",
        level=Level.SHOULD,
        statement="The X-Accel-Buffering of a stream is `no`.",
        source="observed on langgraph-api 0.16.7 and Aegra 0.11.0; without it nginx buffers events",
        kinds=STREAMS,
        dialects=_UNBUFFERED,
        judge=_buffering,
    ),
    HeadRule(
        id="head.output-type",
        level=Level.SHOULD,
        statement="The content type of a wait is `application/json`; on LangGraph.js it may be "
        "`text/plain`.",
        source=f"{ON_EVERY_SERVER}; clients that check the type do not parse other bodies",
        kinds=OUTPUTS,
        dialects=_KNOWN,
        judge=_output_type,
    ),
)
