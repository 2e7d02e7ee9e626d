"""Streams whose bytes are not a valid event stream."""

import orjson
from editing import with_body

from broken_servers.changes import Parts, each, frames, nth, raw, streams
from broken_servers.response_change import ResponseChange
from broken_servers.server import BrokenServer
from graphtape_contracts import Frame
from graphtape_contracts.parsing.event import parse

SEPARATOR = "\u2028".encode()
"""A character that some writers mistake for a line end."""
NEW_LINE = b"\r\ndata: "


def _indented(frame: Frame) -> Parts:
    text = orjson.dumps(parse(frame.data), option=orjson.OPT_INDENT_2)
    lines = b"".join(b"data: " + line + b"\r\n" for line in text.splitlines())
    return [f"event: {frame.event}\r\n".encode() + lines + b"\r\n"]


def _python_for_json(frame: Frame) -> Parts:
    return [f"event: {frame.event}\r\ndata: {parse(frame.data)!r}\r\n\r\n".encode()]


SERVERS = [
    BrokenServer(
        "framing.utf8",
        "text is written as Latin-1",
        ResponseChange(each("values", raw(b'"content":"', b'"content":"\xe9'))),
    ),
    BrokenServer(
        "framing.complete",
        "the blank line after the last event is missing",
        ResponseChange(streams(with_body(lambda all_: all_.removesuffix(b"\r\n")))),
    ),
    BrokenServer(
        "framing.named",
        "values have no name",
        ResponseChange(each("values", raw(b"event: values\r\n", b""))),
    ),
    BrokenServer(
        "framing.named",
        "there are no blank lines between events",
        ResponseChange(
            streams(with_body(lambda all_: all_.replace(b"\r\n\r\nevent: values", b"\r\n")))
        ),
    ),
    BrokenServer(
        "framing.with-data",
        "an event has only a name",
        ResponseChange(frames(lambda all_: [*all_, b"event: values\r\n\r\n"])),
    ),
    BrokenServer(
        "framing.json",
        "data is Python instead of JSON",
        ResponseChange(each("updates", _python_for_json)),
    ),
    BrokenServer(
        "framing.json",
        "data is cut after 60 bytes",
        ResponseChange(each("values", lambda frame: [frame.raw[:75] + b"\r\n\r\n"])),
    ),
    BrokenServer(
        "framing.json",
        "numbers are NaN, which is not JSON",
        ResponseChange(each("values", raw(b'"additional_kwargs":{}', b'"additional_kwargs":NaN'))),
    ),
    BrokenServer(
        "framing.json",
        "lines are split at U+2028",
        ResponseChange(frames(lambda all_: [f.raw.replace(SEPARATOR, NEW_LINE) for f in all_])),
    ),
    BrokenServer(
        "framing.not-empty",
        "null is written as an empty string",
        ResponseChange(each("updates", lambda f: [f, b"event: custom\r\ndata: \r\n\r\n"])),
    ),
    BrokenServer(
        "framing.no-lone-surrogates",
        "texts are cut in the middle of a surrogate pair",
        ResponseChange(each("values", raw(b'"content":"', b'"content":"\\ud83d'))),
    ),
    BrokenServer(
        "framing.line-ends",
        "lines end with CR alone",
        ResponseChange(streams(with_body(lambda all_: all_.replace(b"\r\n", b"\r")))),
    ),
    BrokenServer(
        "framing.line-ends",
        "lines end with LF alone",
        ResponseChange(streams(with_body(lambda all_: all_.replace(b"\r\n", b"\n")))),
    ),
    BrokenServer(
        "framing.no-stray-blocks",
        "a block has only an id",
        ResponseChange(nth("values", 0, lambda frame: [frame, b"id: 7\r\n\r\n"])),
    ),
    BrokenServer(
        "framing.no-bom",
        "a byte order mark comes first",
        ResponseChange(streams(with_body(lambda all_: b"\xef\xbb\xbf" + all_))),
    ),
    BrokenServer(
        "framing.no-nul",
        "a comment has a NUL in it",
        ResponseChange(nth("values", 0, lambda frame: [frame, b": \0\r\n\r\n"])),
    ),
    BrokenServer(
        "fields.once",
        "the name of an event is written twice",
        ResponseChange(each("values", raw(b"event: values", b"event: values\r\nevent: values"))),
    ),
    BrokenServer(
        "fields.order",
        "the name comes after the data",
        ResponseChange(
            each(
                "values",
                lambda f: [f"data: {f.data}\r\nevent: {f.event}\r\n\r\n".encode()],
            )
        ),
    ),
    BrokenServer(
        "fields.one-data-line", "data is indented JSON", ResponseChange(each("values", _indented))
    ),
    BrokenServer(
        "fields.space",
        "no space follows the colon",
        ResponseChange(each("values", raw(b"data: ", b"data:"))),
    ),
    BrokenServer(
        "fields.no-retry",
        "a field tells clients when to retry",
        ResponseChange(each("metadata", raw(b"event", b"retry: 3000\r\nevent"))),
    ),
]
