"""Requests, as bytes, that are invalid or unusual HTTP or JSON."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from comparison import Case
from connection import HOST, Ask, ask_for
from run_cases import read_inputs

from graphtape_contracts import Headers

INPUTS = read_inputs()
GOOD = json.dumps(INPUTS["agent"]).encode()
UUID_OF_AGENT = "fe096781-5601-53d2-b2f6-0d3403f7e9ca"
ORIGIN = ("Origin", "https://app.example")


def _deep(levels: int) -> bytes:
    nested = b"[" * levels + b"]" * levels
    return b'{"assistant_id":"agent","input":{"messages":' + nested + b"}}"


BODIES: dict[str, bytes] = {
    "empty": b"",
    "truncated": b'{"assistant_id":',
    "trailing comma": GOOD[:-1] + b",}",
    "single quotes": b"{'assistant_id':'agent'}",
    "NaN": b'{"assistant_id":"agent","input":NaN}',
    "too large a number": b'{"assistant_id":"agent","input":1E400}',
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
    "UTF-16": GOOD.decode().encode("utf-16"),
    "broken UTF-8": b'{"assistant_id":"\xff"}',
    "lone surrogate": b'{"assistant_id":"\\ud800"}',
    "gzip": gzip.compress(GOOD, mtime=0),
    "white space around": b" \r\n\t" + GOOD + b"\n",
    "after the end": GOOD + b"x",
    "a key twice": b'{"assistant_id":"nobody",' + GOOD[1:],
    "2000 levels": _deep(2000),
    "array": b"[]",
    "array of an object": b"[" + GOOD + b"]",
    "string": b'"x"',
    "number": b"5",
    "null": b"null",
    "true": b"true",
    "no assistant": b"{}",
    "no assistant but input": b'{"input":{"log":[]}}',
    "assistant null": b'{"assistant_id":null}',
    "assistant a number": b'{"assistant_id":5}',
    "long": b'{"input":"' + b"x" * 100_000 + b'"}',
}
"""Request bodies by name; the server rejects most of them."""

_BAD_MODES: tuple[Any, ...] = (
    *(None, "", "VALUES", "tools", "lifecycle", "values,updates", 5, {}, [5], [""]),
)

FIELDS: dict[str, dict[str, Any]] = {
    "unknown graph": {"assistant_id": "no-such"},
    "empty graph": {"assistant_id": ""},
    "graph in capitals": {"assistant_id": "Agent"},
    "graph after a space": {"assistant_id": " agent"},
    "graph in odd letters": {"assistant_id": "é\n\u2028<b>'\"\\"},
    "unknown UUID": {"assistant_id": "11111111-1111-4111-8111-111111111111"},
    "nil UUID": {"assistant_id": "00000000-0000-0000-0000-000000000000"},
    "UUID": {"assistant_id": UUID_OF_AGENT},
    "UUID in capitals": {"assistant_id": UUID_OF_AGENT.upper()},
    "UUID without dashes": {"assistant_id": UUID_OF_AGENT.replace("-", "")},
    "UUID in braces": {"assistant_id": f"{{{UUID_OF_AGENT}}}"},
    "UUID as URN": {"assistant_id": f"urn:uuid:{UUID_OF_AGENT}"},
    "resume": {"command": {"resume": "yes"}},
    "configurable and context": {"config": {"configurable": {"a": 1}}, "context": {"b": 2}},
    "checkpoint a text": {"checkpoint": "x"},
    "checkpoint true": {"checkpoint": True},
    "checkpoint id a number": {"checkpoint_id": 1},
    "tracer a text": {"langsmith_tracer": "x"},
    "config metadata a text": {"config": {"metadata": "x"}},
    "delay of ages": {"after_seconds": 1e12},
    "NUL in a key": {"config": {"configurable": {"a\0b": 1}}},
    "NUL in a context": {"context": {"a\0b": 1}},
    "two errors": {"stream_mode": 5, "metadata": 5},
    "tags": {"config": {"tags": "x"}},
    "recursion limit a text": {"config": {"recursion_limit": "x"}},
    "command a list": {"command": []},
    "goto a number": {"command": {"goto": 5}},
    **{
        f"webhook {url}": {"webhook": url}
        for url in (
            "http://127.0.0.1:9/hook",
            "http://localhost/hook",
            "http://169.254.169.254/latest",
            "/relative",
            "ftp://example.com/hook",
            "x" * 4097,
            "",
        )
    },
    **{f"stream mode {mode!r}": {"stream_mode": mode} for mode in _BAD_MODES},
    **{
        f"{field} null": {field: None}
        for field in (
            "metadata",
            "config",
            "context",
            "webhook",
            "on_disconnect",
            "on_completion",
            "feedback_keys",
            "stream_subgraphs",
            "stream_resumable",
            "after_seconds",
            "durability",
            "checkpoint_during",
            "langsmith_tracer",
        )
    },
    **{
        f"{field} {value!r}": {field: value}
        for field, values in {
            "metadata": (5, [], "x"),
            "config": (5, [], "x"),
            "context": (5, [], "x"),
            "on_disconnect": ("CANCEL", 5, "rollback"),
            "on_completion": ("complete", True),
            "feedback_keys": ("a", [5], {}),
            "stream_subgraphs": ("true", 1),
            "stream_resumable": ("true", 0),
            "after_seconds": ("5", True, []),
            "durability": ("SYNC", True),
            "checkpoint_during": ("x", 1),
        }.items()
        for value in values
    },
}
"""Fields to add to a valid request, by name; all but the assistant UUIDs are rejected."""

METHODS = ("GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "QUERY", "FOO")

HEADERS: dict[str, Headers] = {
    "key": (("X-Api-Key", "wrong"), ("Authorization", "Bearer wrong"), ("Cookie", "a=b")),
    "request id": (("X-Request-ID", "mine"),),
    "accepts JSON": (("Accept", "application/json"),),
    "accepts HTML": (("Accept", "text/html"), ("Accept-Encoding", "gzip, br, zstd")),
    "last event": (("Last-Event-ID", "-1"),),
    "origin": (ORIGIN,),
    "origin null": (("Origin", "null"),),
    "closes": (("Connection", "close"),),
    "expects": (("Expect", "100-continue"),),
}
"""Header fields to add to a valid request, by name."""

PREFLIGHTS: dict[str, Headers] = {
    "plain": (ORIGIN, ("Access-Control-Request-Method", "POST")),
    "headers": (
        ORIGIN,
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type, x-api-key"),
    ),
    "other method": (ORIGIN, ("Access-Control-Request-Method", "FOO")),
    "private network": (
        ORIGIN,
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Private-Network", "true"),
    ),
    "origin null": (("Origin", "null"), ("Access-Control-Request-Method", "POST")),
    "origin only": (ORIGIN,),
}


def refused_cases(path: str) -> Iterator[Case]:
    """Yield requests to *path* whose body is invalid or unusual."""
    for name, body in BODIES.items():
        yield _case(f"body {name}", ask_for("POST", path, body))
    for name, fields in FIELDS.items():
        body = json.dumps(INPUTS["agent"] | fields).encode()
        yield _case(f"field {name}", ask_for("POST", path, body))
    yield _case("refused with origin", ask_for("POST", path, b"{}", (ORIGIN,)))
    crash = json.dumps(INPUTS["agent"] | {"checkpoint": True}).encode()
    yield _case("crash with origin", ask_for("POST", path, crash, (ORIGIN,)))


def http_cases(path: str) -> Iterator[Case]:
    """Yield requests to *path* that are invalid or unusual HTTP."""
    for method in METHODS:
        yield _case(f"method {method}", ask_for(method, path))
        yield _case(f"method {method} with origin", ask_for(method, path, headers=(ORIGIN,)))
    for name, headers in HEADERS.items():
        yield _case(f"headers {name}", ask_for("POST", path, GOOD, headers))
    for name, headers in PREFLIGHTS.items():
        yield _case(f"preflight {name}", ask_for("OPTIONS", path, headers=headers))
    for target in (
        f"{path}/",
        f"{path}//",
        f"/{path}",
        path.upper(),
        f"{path}/x",
        f"{path}?a=b",
        path.replace("r", "%72", 1),
        f"http://elsewhere.example{path}",
        f"{path}#x",
    ):
        yield _case(f"target {target}", ask_for("POST", target, GOOD))
    for media_type in ("text/plain", "application/xml", "application/json; charset=latin-1"):
        yield _case(media_type, _bytes("POST", path, f"Content-Type: {media_type}", body=GOOD))
    yield _case("no content type", _bytes("POST", path, body=GOOD))
    yield _case("chunked", _bytes("POST", path, "Transfer-Encoding: chunked", chunked=GOOD))
    yield _case("HTTP/1.0", _bytes("POST", path, body=GOOD, version="HTTP/1.0"))
    yield _case("no host", _bytes("POST", path, body=GOOD, host=False))
    keep = "Connection: keep-alive"
    yield _case("HTTP/1.0 keep-alive", _bytes("POST", path, keep, body=GOOD, version="HTTP/1.0"))
    yield _case("no HTTP", Ask(b"GARBAGE\r\n\r\n"))
    yield _case("no version", Ask(f"GET {path}\r\n\r\n".encode()))
    yield _case("bad length", _bytes("POST", path, "Content-Length: x"))
    yield _case("bad header", _bytes("POST", path, "no colon"))
    yield _case("half closed", replace(ask_for("POST", path, GOOD), half_close=True))


def _case(name: str, ask: Ask) -> Case:
    return Case(name, replace(ask, waits_for_close=True))


def _bytes(
    method: str,
    target: str,
    *lines: str,
    body: bytes = b"",
    chunked: bytes = b"",
    version: str = "HTTP/1.1",
    host: bool = True,
) -> Ask:
    head = [f"{method} {target} {version}".encode()]
    head += [b"Host: " + HOST] * host
    head += [line.encode() for line in lines]
    if body:
        head.append(b"Content-Length: %d" % len(body))
    if chunked:
        pieces = (chunked[:7], chunked[7:])
        body = b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"
    return Ask(b"\r\n".join([*head, b"", body]))
