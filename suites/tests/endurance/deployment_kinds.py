"""Kinds of deployments that misbehave, as data: what they send, and where they pause."""

import gzip
import zlib
from dataclasses import dataclass

import orjson

ASSISTANT = "fe096781-5601-53d2-b2f6-0d3403f7e9ca"
"""The id of the assistant of the graph `agent`."""
RUN = "01a20000-0000-7000-8000-000000000001"
EVENTS = 6
"""Events of a good stream."""

RUN_PATH = "run"
"""Stands for the paths of runs where a kind names the paths that it answers badly."""

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait before the next step."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Repeat:
    """Send *data* as often as *times* says, and wait after each."""

    data: bytes
    times: int
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Reset:
    """Reset the connection."""


Step = bytes | Pause | Repeat | Reset

HOLD = Pause(3600)
"""Say nothing more."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to misbehave."""

    name: str
    steps: tuple[Step, ...]
    codes: frozenset[int]
    """The exit codes that `graphtape record` may end with."""
    path: str = RUN_PATH
    """The path whose response is bad; all others are those of a good deployment."""
    is_endless: bool = False
    """Whether it never ends by itself."""


def event(name: str, data: object) -> bytes:
    """Return the block of one event."""
    return b"event: %s\r\ndata: %s\r\n\r\n" % (name.encode(), orjson.dumps(data))


def chunk(data: bytes) -> bytes:
    """Return *data* as a chunk of the chunked transfer coding."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def answer(
    status: int, value: object, *fields: bytes, media_type: bytes = b"application/json"
) -> bytes:
    """Return a whole response; its body is *value* as JSON, or as it is if it is bytes."""
    body = value if isinstance(value, bytes) else orjson.dumps(value)
    head = (b"HTTP/1.1 %d Said" % status, b"content-type: " + media_type, *fields)
    return b"\r\n".join((*head, b"content-length: %d" % len(body), b"", body))


METADATA = event("metadata", {"run_id": RUN, "attempt": 1})
VALUES = b"".join(event("values", {"n": number}) for number in range(EVENTS - 1))
BODY = METADATA + VALUES
HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"location: /runs/%s/stream\r\ncontent-location: /runs/%s\r\n"
) % (RUN.encode(), RUN.encode())
CHUNKED = b"transfer-encoding: chunked\r\n\r\n"
STREAM = HEAD + CHUNKED
END = b"0\r\n\r\n"
JSON = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


def encoded(name: bytes, data: bytes) -> bytes:
    """Return a response with the Content-Encoding *name*."""
    return HEAD + b"content-encoding: " + name + b"\r\n" + CHUNKED + chunk(data) + END


def with_length(length: bytes) -> bytes:
    """Return a response with the Content-Length *length*."""
    return HEAD + b"content-length: " + length + b"\r\n\r\n" + BODY


def events(*blocks: bytes) -> tuple[Step, ...]:
    """Return a whole event stream, with a chunk for each block."""
    return (STREAM, *map(chunk, blocks), END)


def moved(status: int, place: bytes) -> tuple[Step, ...]:
    """Return a redirect."""
    return (b"HTTP/1.1 %d Moved\r\nlocation: %s\r\ncontent-length: 0\r\n\r\n" % (status, place),)


def refused(status: int, *fields: bytes) -> tuple[Step, ...]:
    """Return a refusal."""
    return (answer(status, {"detail": f"refused with {status}"}, *fields),)


def _bomb(block: bytes, times: int) -> bytes:
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packing.compress(block) for _ in range(times)) + packing.flush()


_PAGE = b"<html><h1>gateway \x1b[31m</h1></html>"
_LARGE = b"a" * MEGABYTE
_BEAT = chunk(b": heartbeat\r\n\r\n")
_BEGUN = chunk(METADATA)

_GOOD: dict[str, tuple[Step, ...]] = {
    "whole": events(METADATA, VALUES),
    "byte-by-byte": (
        STREAM,
        *(step for byte in BODY[:80] for step in (chunk(bytes([byte])), Pause(0.002))),
        chunk(BODY[80:]),
        END,
    ),
    "gzip": (encoded(b"gzip", gzip.compress(BODY)),),
    "identity": (encoded(b"identity", BODY),),
    "http-1.0": (HEAD.replace(b"1.1", b"1.0", 1) + b"\r\n" + BODY,),
    "until-close": (HEAD + b"\r\n" + BODY,),
    "trailer": (HEAD + b"trailer: x-t\r\n" + CHUNKED + chunk(BODY) + b"0\r\nx-t: hello\r\n\r\n",),
    "early-hints": (b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n", *events(BODY)),
    "continue": (b"HTTP/1.1 100 Continue\r\n\r\n", *events(BODY)),
    "chunk-extension": (STREAM, b"%x;a=b\r\n%s\r\n" % (len(BODY), BODY), END),
    "zeros-before-a-size": (STREAM, b"0000%x\r\n%s\r\n" % (len(BODY), BODY), END),
    "many-cookies": (
        HEAD + b"".join(b"set-cookie: a%d=b\r\n" % number for number in range(50)),
        CHUNKED + chunk(BODY) + END,
    ),
    "many-events": (STREAM, Repeat(chunk(event("values", {"n": 1})), 1000), END),
}
"""What is unusual and right: it is recorded, with exit code 0."""

_BAD: dict[str, tuple[Step, ...]] = {
    # What is no stream of events.
    "page": (answer(200, _PAGE, media_type=b"text/html"),),
    "json-in-place-of-a-stream": (answer(200, {"detail": "busy"}),),
    "no-content": (b"HTTP/1.1 204 No\r\n\r\n",),
    "empty": (HEAD + b"content-length: 0\r\n\r\n",),
    "no-event": events(b": only\r\n\r\n", b"retry: 1\r\n\r\n"),
    "heartbeats-alone": (STREAM, Repeat(_BEAT, 300), END),
    # What breaks off, and what does not fit.
    "cut": (STREAM + chunk(BODY[:150]),),
    "cut-in-a-chunk": (STREAM + b"%x\r\n" % len(BODY) + BODY[:170],),
    "reset": (STREAM + chunk(BODY[:150]), Pause(0.1), Reset()),
    "reset-at-once": (Reset(),),
    "closed": (),
    "length-too-long": (with_length(b"%d" % (len(BODY) + 50)),),
    "length-negative": (with_length(b"-5"),),
    "length-twice": (with_length(b"5\r\ncontent-length: 7"),),
    "length-as-text": (with_length(b"five"),),
    "chunk-huge": (STREAM + b"ffffffffffffffffff\r\n" + BODY,),
    "chunk-negative": (STREAM + b"-5\r\n" + BODY,),
    "chunk-without-line-end": (STREAM + b"5\r\nhelloworld" + END,),
    # Encodings.
    "brotli": (encoded(b"br", bytes(range(256)) * 4),),
    "zstandard": (encoded(b"zstd", b"\x28\xb5\x2f\xfd" + bytes(200)),),
    "unknown-encoding": (encoded(b"rot13", BODY),),
    "gzip-broken-off": (encoded(b"gzip", gzip.compress(BODY)[:-12]),),
    "gzip-of-nothing": (encoded(b"gzip", b"not gzip at all, really"),),
    "gzip-bomb": (encoded(b"gzip", _bomb(b"data: " + _LARGE + b"\n\n", 600)),),
    "gzip-bomb-of-one-event": (encoded(b"gzip", _bomb(b"data: " + _LARGE + b"\n", 600)),),
    "transfer-gzip": (
        HEAD + b"transfer-encoding: gzip, chunked\r\n\r\n" + chunk(gzip.compress(BODY)) + END,
    ),
    # Redirects and refusals.
    "redirect-302": moved(302, b"http://127.0.0.2:9/runs/stream?x=1"),
    "redirect-303": moved(303, b"/elsewhere"),
    "redirect-307": moved(307, b"http://127.0.0.2:9/runs/stream"),
    "redirect-308-userinfo": moved(308, b"http://user:word@127.0.0.2:9/"),
    "redirect-to-a-script": moved(301, b"javascript:alert(1)"),
    "redirect-without-place": (b"HTTP/1.1 301 Moved\r\ncontent-length: 0\r\n\r\n",),
    "401": refused(401, b"www-authenticate: Basic"),
    "402": refused(402),
    "403": refused(403),
    "404-page": (answer(404, _PAGE, media_type=b"text/html"),),
    "407": refused(407, b"proxy-authenticate: Basic"),
    "413": refused(413),
    "418": refused(418),
    "422-list": (answer(422, {"detail": [{"loc": ["body"], "msg": "\x1b[2J"}]}),),
    "429-soon": refused(429, b"retry-after: 1"),
    "429-negative": refused(429, b"retry-after: -1"),
    "429-for-ages": refused(429, b"retry-after: 1e9"),
    "429-as-text": refused(429, b"retry-after: soon"),
    "503-at-a-date": refused(503, b"retry-after: Wed, 21 Oct 2099 07:28:00 GMT"),
    "503-again-and-again": refused(503, b"retry-after: 0"),
    "500-text": (answer(500, b"Internal Server Error", media_type=b"text/plain"),),
    "502-page": (answer(502, _PAGE, media_type=b"text/html"),),
    "599": refused(599),
    # Not HTTP.
    "garbage": (b"\x15\x03\x01\x00\x02\x02\x50" * 20,),
    "ssh": (b"SSH-2.0-OpenSSH_9.6\r\n",),
    "http-0.9": (BODY,),
    "http-2": (b"HTTP/2.0 200 OK\r\ncontent-length: 0\r\n\r\n",),
    "icy": (b"ICY 200 OK\r\n\r\n" + BODY,),
    "status-of-bytes": (b"HTTP/1.1 999 \xff\xfe\r\nx\x00y: \x01\r\n\r\n",),
    "field-without-colon": (b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n" + BODY,),
    "switching-protocols": (b"HTTP/1.1 101 Switching\r\nupgrade: websocket\r\n\r\n\x81\x05hello",),
}
"""What is not what was asked for: exit code 1 or 2."""

_ENDLESS: dict[str, tuple[Step, ...]] = {
    "silent": (HOLD,),
    "head-only": (STREAM, HOLD),
    "half-a-head": (HEAD[:60], HOLD),
    "drip": (STREAM, Repeat(chunk(b":"), 10_000, pause=0.2)),
    "head-drip": (b"HTTP/1.1 200 OK\r\nx: ", Repeat(b"y", 10_000, pause=0.2)),
    "heartbeat-forever": (STREAM, _BEGUN, Repeat(_BEAT, 10_000, pause=0.2)),
    "events-forever": (STREAM, _BEGUN, Repeat(chunk(VALUES), 10_000, pause=0.05)),
    "continue-forever": (Repeat(b"HTTP/1.1 100 Continue\r\n\r\n", 10_000, pause=0.05),),
    "early-hints-forever": (
        Repeat(b"HTTP/1.1 103 Hints\r\nlink: </x>\r\n\r\n", 10_000, pause=0.05),
    ),
    "fields-forever": (b"HTTP/1.1 200 OK\r\n", Repeat(b"x: %s\r\n" % (b"y" * 1000), 200_000)),
    "no-blank-line": (STREAM, Repeat(chunk(b"data: " + _LARGE + b"\n"), 3000)),
    "no-line-end": (STREAM, Repeat(chunk(_LARGE), 3000)),
    "large-events": (STREAM, Repeat(chunk(event("values", {"p": "a" * MEGABYTE})), 3000)),
    "json-without-end": (JSON + CHUNKED, Repeat(chunk(_LARGE), 3000)),
    "comments-at-full-speed": (STREAM, Repeat(chunk(b":\n\n" * 20_000), 10_000)),
    "small-events-at-full-speed": (STREAM, Repeat(chunk(b"data: 1\n\n" * 10_000), 10_000)),
    "error-page-without-end": (
        b"HTTP/1.1 500 X\r\ncontent-type: text/html\r\n" + CHUNKED,
        Repeat(chunk(_LARGE), 3000),
    ),
}
"""What never ends, or is too large: exit code 1 or 2, within the limits."""

_DOUBTFUL: dict[str, tuple[Step, ...]] = {
    "length-too-short": (with_length(b"%d" % (len(BODY) - 50)),),
    "length-and-chunks": (HEAD + b"content-length: 5\r\n" + CHUNKED + chunk(BODY) + END,),
    "deflate": (encoded(b"deflate", zlib.compress(BODY)),),
    "gzip-and-more": (encoded(b"gzip", gzip.compress(BODY) + b"and more"),),
    "gzip-twice": (encoded(b"gzip, gzip", gzip.compress(gzip.compress(BODY))),),
    "no-media-type": (b"HTTP/1.1 200 OK\r\n" + CHUNKED + chunk(BODY) + END,),
    "latin-1-field": (
        HEAD + b"x-name: caf\xe9 \xf0\x9f\x98\x80\r\n" + CHUNKED + chunk(BODY) + END,
    ),
    "folded-field": (HEAD + b"x-a: b\r\n c\r\n" + CHUNKED + chunk(BODY) + END,),
    "large-field": (HEAD + b"x-a: " + b"b" * 60_000 + b"\r\n" + CHUNKED + chunk(BODY) + END,),
    "bad-utf-8": events(METADATA, b'event: values\r\ndata: "\xff\xc0\x80\xed\xa0\x80"\r\n\r\n'),
    "nul": events(METADATA, b'event: v\0\r\ndata: {"a":"\0"}\r\nid: a\0b\r\n\r\n'),
    "byte-order-mark": events(b"\xef\xbb\xbf" + METADATA, VALUES),
    "mixed-line-ends": events(
        b"event: a\rdata: 1\r\revent: b\ndata: 2\n\nevent: c\r\ndata: 3\r\n\r\n"
    ),
    "carriage-returns": events(BODY.replace(b"\r\n", b"\r")),
    "no-json": events(METADATA, b"event: values\r\ndata: {not json\r\n\r\n"),
    "nan": events(METADATA, b'event: values\r\ndata: {"a":NaN,"b":1e999}\r\n\r\n'),
    "long-number": events(METADATA, b"event: values\r\ndata: " + b"9" * 5000 + b"\r\n\r\n"),
    "deep": events(
        METADATA, b"event: values\r\ndata: " + b"[" * 50_000 + b"]" * 50_000 + b"\r\n\r\n"
    ),
    "same-key-twice": events(METADATA, b'event: values\r\ndata: {"a":1,"a":2}\r\n\r\n'),
    "escapes": events(
        METADATA, event("error", {"error": "\x1b[2J", "message": "\x9b31m\r\n::error::x"})
    ),
    "many-lines": events(METADATA, b"event: values\r\n" + b"data: 1\r\n" * 50_000 + b"\r\n"),
    "long-name": events(METADATA, b"event: " + _LARGE + b"\r\ndata: 1\r\n\r\n"),
    "long-id": events(METADATA, b"event: values\r\nid: " + _LARGE + b"\r\ndata: 1\r\n\r\n"),
    "two-responses": (*events(BODY), *events(BODY)),
    "more-after-the-end": (*events(BODY), b"and more"),
    "one-large-event": events(METADATA, event("values", {"p": "a" * (12 * MEGABYTE)})),
}
"""What a client may take either way: exit code 0, 1 or 2."""

_ELSEWHERE: dict[str, dict[str, tuple[Step, ...]]] = {
    "/info": {
        "page": (answer(200, _PAGE, media_type=b"text/html"),),
        "503": refused(503),
        "429": refused(429, b"retry-after: 1"),
        "502-page": (answer(502, _PAGE, media_type=b"text/html"),),
        "no-json": (answer(200, b"{not json"),),
        "redirect": moved(302, b"http://127.0.0.2:9/info"),
        "closed": (),
        "silent": (HOLD,),
        "list": (answer(200, [1, 2]),),
        "without-end": (JSON + CHUNKED, Repeat(chunk(_LARGE), 3000)),
        "drip": (JSON + CHUNKED, Repeat(chunk(b" "), 10_000, pause=0.2)),
    },
    "/assistants/search": {
        "null": (answer(200, b"null"),),
        "numbers": (answer(200, [1, 2]),),
        "silent": (HOLD,),
        "403": refused(403),
        "without-end": (JSON + CHUNKED, Repeat(chunk(_LARGE), 3000)),
    },
    f"/assistants/{ASSISTANT}/schemas": {
        "text": (answer(200, "schemas"),),
        "silent": (HOLD,),
        "cut": (JSON + b"content-length: 500\r\n\r\n{",),
        "without-end": (JSON + CHUNKED, Repeat(chunk(_LARGE), 3000)),
    },
}
"""Where another endpoint misbehaves: exit code 0, 1 or 2."""

_ANY = frozenset((0, 1, 2))


def kinds() -> tuple[Kind, ...]:
    """Return all kinds, those that never end among the others."""
    runs = (
        *(Kind(name, steps, frozenset((0,))) for name, steps in _GOOD.items()),
        *(Kind(name, steps, frozenset((1, 2))) for name, steps in _BAD.items()),
        *(Kind(n, steps, frozenset((1, 2)), is_endless=True) for n, steps in _ENDLESS.items()),
        *(Kind(name, steps, _ANY) for name, steps in _DOUBTFUL.items()),
    )
    elsewhere = (
        Kind(f"{path.rpartition('/')[2]}-{name}", steps, _ANY, path)
        for path, bad in _ELSEWHERE.items()
        for name, steps in bad.items()
    )
    return (*runs, *elsewhere)
