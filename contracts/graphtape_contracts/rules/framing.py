"""The bytes of a stream: encoding, line ends, blocks, and the JSON in them."""

import codecs
import re
from collections.abc import Iterator

from graphtape_contracts import sse
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.exchange import End, Frame
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import Absent
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.parsing.exchange_head import ExchangeHead
from graphtape_contracts.rule import AnyRule, EventRule, FrameRule, FrameWatch, Report
from graphtape_contracts.rules.sources import ON_EVERY_SERVER
from graphtape_contracts.watch import Violation, each_block, each_event

_LINE_END = re.compile(rb"\r\n|\n|\r")
_EOL_NAMES = {b"\r\n": "CRLF", b"\n": "LF", b"\r": "CR"}
_EVENT_ENDS: dict[Dialect | None, frozenset[bytes]] = {
    Dialect.PYTHON: frozenset({b"\r\n"}),
    Dialect.JAVASCRIPT: frozenset({b"\n"}),
    Dialect.AEGRA: frozenset({b"\n"}),
    None: frozenset({b"\r\n", b"\n"}),
}
_COMMENT_ENDS: dict[Dialect | None, frozenset[bytes]] = {Dialect.AEGRA: frozenset({b"\r\n"})}
_ESCAPE = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\(?:u....|.)")
_HALF = re.compile(r"\\u[dD][89a-fA-F]..")
_COMPACT = re.compile(r'(?:[^"\s]++|"(?:[^"\\]++|\\.)*+")*+')


def _utf8(head: ExchangeHead, report: Report) -> FrameWatch:
    number = 0
    while isinstance(frame := (yield), Frame):
        number += 1
        try:
            # A torn frame may end in the middle of a character.
            codecs.utf_8_decode(frame.raw, "strict", not frame.torn)
        except UnicodeDecodeError as error:
            wrong = frame.raw[error.start : error.end].hex(" ")
            report("UTF-8", f"{wrong} at byte {error.start} of the block", at=number)


def _complete(head: ExchangeHead, report: Report) -> FrameWatch:
    number, last = 0, None
    while isinstance(item := (yield), Frame):
        number, last = number + 1, item
    if item is End.COMPLETE and last is not None and last.torn:
        tail = quote(last.raw.decode("utf-8", "replace"))
        report("a blank line after the last block", f"the end after {tail}", at=number)


def _no_bom(head: ExchangeHead, report: Report) -> FrameWatch:
    first = yield
    if isinstance(first, Frame) and first.raw.startswith(sse.BOM):
        report("a field name at the start of the stream", "a byte order mark", at=1)


def _no_nul(head: ExchangeHead, frame: Frame) -> Iterator[Violation]:
    if b"\0" in frame.raw:
        yield Violation("no NUL", f"a NUL at byte {frame.raw.index(0)} of the block")


def _ends_of(dialect: Dialect | None, frame: Frame) -> frozenset[bytes]:
    """Return the line ends that are allowed in a block."""
    apart = frame.comment is not None and frame.event is None and frame.data is None
    ends = _EVENT_ENDS[dialect]
    return _COMMENT_ENDS.get(dialect, ends) if apart else ends


def _line_ends(head: ExchangeHead, report: Report) -> FrameWatch:
    number = 0
    held: tuple[str, str] | None = None
    while isinstance(item := (yield), Frame):
        if held is not None:
            report(*held, at=number)
            held = None
        number += 1
        if item.torn:
            continue
        allowed = _ends_of(head.dialect, item)
        found = _LINE_END.findall(item.raw)
        wrong = {*found} - allowed
        if not wrong:
            continue
        expected = " or ".join(_EOL_NAMES[end] for end in sorted(allowed))
        got = " and ".join(_EOL_NAMES[end] for end in sorted(wrong))
        if found[-1] == b"\r" and {*found[:-1]} <= allowed:
            held = expected, got  # The stream may have been cut between CR and LF of a CRLF.
        else:
            report(expected, got, at=number)
    if held is not None and item is End.COMPLETE:
        report(*held, at=number)


def _no_stray_blocks(head: ExchangeHead, frame: Frame) -> Iterator[Violation]:
    if frame.event is None and frame.data is None and frame.comment is None:
        got = quote(frame.raw.decode("utf-8", "replace"))
        yield Violation("an event or a comment", f"the block {got}")


def _has_name(head: ExchangeHead, event: Event) -> Iterator[Violation]:
    if event.frame.data is not None and not event.name:
        yield Violation("an event with a name", "data without a name")


def _has_data(head: ExchangeHead, event: Event) -> Iterator[Violation]:
    # The SDKs accept an `end` without data.
    if event.frame.data is None and event.name != "end":
        yield Violation("a `data` line", f"the event {quote(event.name)} without a `data` line")


def _json(head: ExchangeHead, event: Event) -> Iterator[Violation]:
    if event.value is Absent.NOT_JSON:
        yield Violation("one JSON value", quote(event.frame.data))


def _not_empty(head: ExchangeHead, event: Event) -> Iterator[Violation]:
    if event.value is Absent.EMPTY and event.frame.data is not None and event.name != "end":
        yield Violation("a JSON value, `null` if there is none", "empty data")


def _no_lone_surrogates(head: ExchangeHead, event: Event) -> Iterator[Violation]:
    text = event.frame.data or ""
    if "\\u" not in text or isinstance(event.value, Absent):
        return
    lone = next((e for e in _ESCAPE.finditer(text) if _HALF.fullmatch(e[0])), None)
    if lone is not None:
        got = f"a lone surrogate: {lone[0]} at character {lone.start()}"
        yield Violation("no lone surrogates", got)


def _compact(head: ExchangeHead, event: Event) -> Iterator[Violation]:
    if not isinstance(event.value, Absent) and not _COMPACT.fullmatch(event.frame.data or ""):
        yield Violation("JSON without white space between its tokens", quote(event.frame.data))


RULES: tuple[AnyRule, ...] = (
    FrameRule(
        id="framing.utf8",
        level=Level.MUST,
        statement="A stream is valid UTF-8.",
        source=f"{ON_EVERY_SERVER}; langgraph-sdk 0.2 to 0.4.2 for Python fail on anything else",
        judge=_utf8,
    ),
    FrameRule(
        id="framing.complete",
        level=Level.MUST,
        statement="A complete stream ends with a blank line, which completes its last block.",
        source=f"{ON_EVERY_SERVER}, also when the run was cancelled; langgraph-sdk 0.1 for Python "
        "drops a last block without a blank line",
        judge=_complete,
    ),
    EventRule(
        id="framing.named",
        level=Level.MUST,
        statement="Every event with data has a name.",
        source=f"{ON_EVERY_SERVER}; clients interpret the data by the name",
        judge=each_event(_has_name),
    ),
    EventRule(
        id="framing.with-data",
        level=Level.MUST,
        statement="Every event has data, except `end`, which may have none.",
        source=f"{ON_EVERY_SERVER}; the HTML standard drops events without a `data` line",
        judge=each_event(_has_data),
    ),
    EventRule(
        id="framing.json",
        level=Level.MUST,
        statement="The data of an event is one JSON value, or empty.",
        source=f"{ON_EVERY_SERVER}; on anything else the SDKs abort the stream with an error",
        judge=each_event(_json),
    ),
    EventRule(
        id="framing.not-empty",
        level=Level.SHOULD,
        statement="The data of an event is not empty: null is written as `null`.",
        source="observed on langgraph-api 0.16.7 and LangGraph.js 2.0.0 and 1.5.1; Aegra 0.11.0 "
        "writes null as empty data (aegra/stream-custom), on which langgraph-sdk 2.0.0 for "
        "JavaScript fails",
        dialects=frozenset({Dialect.PYTHON, Dialect.JAVASCRIPT}),
        judge=each_event(_not_empty),
    ),
    EventRule(
        id="framing.no-lone-surrogates",
        level=Level.SHOULD,
        statement="No string contains a lone surrogate (half of a pair).",
        source="observed on langgraph-api 0.16.7, which never sends one; langgraph-sdk 0.4.14 for "
        "Python raises on the one that LangGraph.js 1.5.1 sends "
        "(javascript-1.5.1/odd-stream-lone-surrogate)",
        judge=each_event(_no_lone_surrogates),
    ),
    FrameRule(
        id="framing.line-ends",
        level=Level.SHOULD,
        statement="Lines end with CRLF on langgraph-api, with LF on LangGraph.js, and with LF "
        "on Aegra except in heartbeats, which use CRLF. No server ends a line with CR alone.",
        source=f"{ON_EVERY_SERVER}; parsers that split at line feeds miss a lone CR",
        judge=_line_ends,
    ),
    FrameRule(
        id="framing.no-stray-blocks",
        level=Level.SHOULD,
        statement="Every block is an event or a comment.",
        source=f"{ON_EVERY_SERVER}; @langchain/langgraph-sdk 2.0.0 and langgraph-sdk 0.1 for "
        "Python turn a block of only an `id` or a `retry` into an event without a name",
        judge=each_block(_no_stray_blocks),
    ),
    FrameRule(
        id="framing.no-bom",
        level=Level.SHOULD,
        statement="A stream does not start with a byte order mark.",
        source=f"{ON_EVERY_SERVER}; with one, langgraph-sdk 0.4.2 and older for Python lose the "
        "name of the first event",
        judge=_no_bom,
    ),
    FrameRule(
        id="framing.no-nul",
        level=Level.SHOULD,
        statement="A stream contains no NUL.",
        source=f"{ON_EVERY_SERVER}, where a NUL in data is escaped or replaced; the HTML standard "
        "ignores an `id` with a NUL",
        judge=each_block(_no_nul),
    ),
    EventRule(
        id="framing.compact",
        level=Level.NOTE,
        statement="JSON is written without white space between its tokens.",
        source="observed on langgraph-api 0.16.7 and Aegra 0.11.0; LangGraph.js 2.0.0 indents",
        dialects=frozenset({Dialect.PYTHON, Dialect.AEGRA}),
        judge=each_event(_compact),
    ),
)
