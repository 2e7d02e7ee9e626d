"""Streams with wrong bytes, line ends or blocks."""

from mutation import Mutant, replaced, with_body, with_frames

from graphtape_contracts import Exchange

_VALUES = "python/mode-agent-values"


def _torn(exchange: Exchange) -> Exchange:
    return with_body(exchange.body.removesuffix(b"\r\n"))(exchange)


def _with_bom(exchange: Exchange) -> Exchange:
    return with_body(b"\xef\xbb\xbf" + exchange.body)(exchange)


MUTANTS = [
    Mutant(
        "framing.utf8", "a byte of Latin-1", _VALUES, replaced(b'"content":"', b'"content":"\xe9')
    ),
    Mutant("framing.complete", "the last blank line is missing", _VALUES, _torn),
    Mutant(
        "framing.complete",
        "the last event is incomplete",
        "javascript/stream-docs-updates",
        lambda exchange: with_body(exchange.body[:-9])(exchange),
    ),
    Mutant(
        "framing.json",
        "the data are incomplete",
        _VALUES,
        with_frames(lambda frames: [*frames[:2], b'event: values\r\ndata: {"messages":[\r\n\r\n']),
    ),
    Mutant(
        "framing.json",
        "a number that JSON does not have",
        "python/custom-all",
        with_frames(lambda frames: [*frames, b"event: custom\r\ndata: NaN\r\n\r\n"]),
    ),
    Mutant(
        "framing.json",
        "two values in one event",
        "javascript/stream-custom",
        with_frames(lambda frames: [*frames, b"event: custom\ndata: 1 2\n\n"]),
    ),
    Mutant(
        "framing.not-empty",
        "null is written as empty data",
        "python/custom-all",
        with_frames(lambda frames: [*frames, b"event: custom\r\ndata: \r\n\r\n"]),
    ),
    Mutant(
        "framing.named",
        "an event has no name",
        "aegra/stream-custom",
        replaced(b"event: custom\n", b""),
    ),
    Mutant(
        "framing.named",
        "an event has an empty name",
        "python/custom-all",
        replaced(b"event: custom\r\n", b"event: \r\n"),
        # An empty name is not a known one.
        also=frozenset({"events.known"}),
    ),
    Mutant(
        "framing.with-data",
        "an event has no data",
        "aegra/stream-custom",
        replaced(b"event: custom\ndata: \n", b"event: custom\n"),
    ),
    Mutant(
        "framing.no-lone-surrogates",
        "a lone surrogate",
        _VALUES,
        replaced(b'"content":"', b'"content":"\\ud83d'),
    ),
    Mutant(
        "framing.no-lone-surrogates",
        "a surrogate pair in the wrong order",
        "javascript-1.5.1/stream-docs-updates",
        replaced(b'"content":"', b'"content":"\\ude00\\ud83d'),
    ),
    Mutant("framing.line-ends", "LF in a stream of CRLF", _VALUES, replaced(b"\r\n", b"\n")),
    Mutant(
        "framing.line-ends",
        "CRLF from LangGraph.js",
        "javascript/stream-default",
        lambda exchange: with_body(exchange.body.replace(b"\n", b"\r\n"))(exchange),
    ),
    Mutant(
        "framing.line-ends",
        "LF in a heartbeat of Aegra",
        "aegra/slow-stream-22s",
        replaced(b": heartbeat\r\n\r\n", b": heartbeat\n\n"),
    ),
    Mutant(
        "framing.line-ends",
        "a lone CR from an unknown server",
        "javascript-embed/stream-default",
        lambda exchange: with_body(exchange.body.replace(b"\n", b"\r"))(exchange),
    ),
    Mutant(
        "framing.no-stray-blocks",
        "a block with only an id",
        "aegra/stream-mode-updates",
        replaced(b"\n\n", b"\n\nid: 5\n\n"),
    ),
    Mutant(
        "framing.no-stray-blocks",
        "an extra blank line",
        _VALUES,
        replaced(b"\r\n\r\n", b"\r\n" * 3),
    ),
    Mutant("framing.no-bom", "a byte order mark", _VALUES, _with_bom),
    Mutant(
        "framing.no-nul",
        "a NUL in a comment",
        "javascript-embed/stream-default",
        replaced(b"\n\n", b"\n\n: \0\n\n"),
    ),
    Mutant(
        "framing.compact",
        "a space after a colon",
        _VALUES,
        replaced(b'"messages":', b'"messages": '),
    ),
]
