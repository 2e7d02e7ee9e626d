"""Generated requests at four levels: bytes on a socket, HTTP, JSON, and the routes of the API."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any
from urllib.parse import quote

import orjson

from graphtape_contracts.json_value import is_object
from graphtape_contracts.schema import load
from graphtape_suites.strategies.wrong_fields import VALUES

HOST = b"server.test"
AGENT = "fe096781-5601-53d2-b2f6-0d3403f7e9ca"
_UUIDS = (AGENT, "11111111-1111-4111-8111-111111111111", "00000000-0000-0000-0000-000000000000")
_ROUTES: tuple[str, ...] = tuple(
    orjson.loads((files("graphtape_mock.server") / "routes.json").read_bytes())
)
_STATEFUL = tuple(
    route
    for route in _ROUTES
    if route.split()[1].startswith(("/assistants", "/threads", "/runs"))
    and not any(word in route for word in ("crons", "store", "state", "history", "copy"))
)
"""Routes that the mock implements, most of them."""
_RUN_ROUTES = ("/runs/stream", "/runs/wait")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "QUERY", "x")

_MOST_DELAY = 0.5
"""Seconds of a delay that a client waits for."""


@dataclass(frozen=True, slots=True)
class FuzzRequest:
    """The bytes of a request, and what HTTP demands of a server that gets them."""

    level: str
    raw: bytes
    target: str = ""
    """Method and path, for messages."""
    is_whole: bool = True
    """Whether it is a request as HTTP defines it, which must be answered."""
    is_delayed: bool = False
    """Whether its run begins so late that only the head of the response can be waited for."""

    @property
    def has_body(self) -> bool:
        """Whether the response has a body."""
        return not self.raw.startswith(b"HEAD ")


def request(
    method: str, target: str, body: bytes = b"", fields: Sequence[tuple[str, str]] = ()
) -> bytes:
    """Return the bytes of a request with a Content-Length."""
    lines = [f"{method} {target} HTTP/1.1".encode(), b"Host: " + HOST]
    lines += [f"{name}: {value}".encode() for name, value in fields]
    lines += [b"Content-Length: %d" % len(body)] if body or method == "POST" else []
    return b"\r\n".join([*lines, b"", body])


def generate(random: Random) -> FuzzRequest:
    """Return a request of one of the levels."""
    return random.choice(_LEVELS)(random)


def body_of_run(random: Random) -> dict[str, Any]:
    """Return the body of a recorded run request, with some fields changed."""
    body = dict(random.choice(_recorded_bodies()))
    for _ in range(random.choice((0, 0, 1, 2))):
        body[random.choice(_fields("background-run-request.json"))] = value(random)
    body.pop("webhook", None)  # It might be called.
    return body


def value(random: Random, depth: int = 0) -> Any:
    """Return a JSON value, mostly of an unexpected type or size."""
    kind = random.randrange(10 if depth < 3 else 7)
    if kind < 3:
        return random.choice(VALUES)
    if kind < 5:
        return random.choice(_NUMBERS)
    if kind < 7:
        return random.choice(_TEXTS)
    if kind == 7:
        return [value(random, depth + 1) for _ in range(random.randrange(4))]
    if kind == 8:
        return {random.choice(_TEXTS): value(random, depth + 1) for _ in range(3)}
    return {name: value(random, depth + 1) for name in random.sample(_any_field(), 3)}


_NUMBERS = (
    0,
    -1,
    1,
    5,
    2**31,
    2**53 + 1,
    2**63,
    -(2**63) - 1,
    10**30,
    0.1,
    -0.0,
    1e7,
    1e308,
    5e-324,
)
_TEXTS = (
    *("", " ", "agent", "é\n\u2028<b>'\"\\", "\0", "\x1b[31m", "a" * 300, "null", "../..", "%00"),
    *("values", "updates", "enqueue", "cancel", "delete", "thread_id", "\U0001f600", *_UUIDS),
)


def _on_the_socket(random: Random) -> FuzzRequest:
    raw = bytearray(request("POST", random.choice(_RUN_ROUTES), orjson.dumps(_plain(random))))
    for _ in range(random.randint(1, 3)):
        random.choice(_DAMAGES)(random, raw)
    return FuzzRequest("socket", bytes(raw), "raw bytes", is_whole=False)


def _flip(random: Random, raw: bytearray) -> None:
    raw[random.randrange(len(raw))] = random.randrange(256)


def _drop(random: Random, raw: bytearray) -> None:
    start = random.randrange(len(raw))
    del raw[max(start, 1) : start + random.randint(1, 40)]


def _double(random: Random, raw: bytearray) -> None:
    start = random.randrange(len(raw))
    raw[start:start] = raw[start : start + random.randint(1, 40)]


def _insert(random: Random, raw: bytearray) -> None:
    start = random.randrange(len(raw))
    raw[start:start] = random.choice(_INSERTED)


def _chunked(random: Random, raw: bytearray) -> None:
    head, _, body = bytes(raw).partition(b"\r\n\r\n")
    size = random.choice((b"%x" % len(body), b"-1", b"ffffffffffffffffffff", b"z", b"0", b""))
    raw[:] = head + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\n" + body


def _pipeline(random: Random, raw: bytearray) -> None:
    raw.extend(bytes(raw) if random.random() < 0.5 else request("GET", "/ok"))


_DAMAGES: tuple[Callable[[Random, bytearray], None], ...] = (
    *(_flip, _flip, _drop, _double, _insert, _chunked, _pipeline),
)
_INSERTED = (
    *(b"\0", b"\r\n", b"\n", b"\r\n\r\n", b" ", b": ", b"\r\n folded", b"\xff\xfe", b"HTTP/1.1 "),
    *(b"\r\nContent-Length: 5", b"\r\nExpect: 100-continue", b"\r\nUpgrade: websocket"),
    *(
        b"x" * 70_000,
        b"\r\nx: " + b"y" * 70_000,
        b"\r\nHost: other",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n",
    ),
)


def _in_http(random: Random) -> FuzzRequest:
    method, target = random.choice(_METHODS), random.choice(_targets())
    fields = random.sample(_HEADERS, random.randrange(4))
    body = orjson.dumps(_plain(random)) if random.random() < 0.5 else b""
    raw = request(method, target, body, fields)
    return FuzzRequest("HTTP", raw, f"{method} {target}")


@cache
def _targets() -> tuple[str, ...]:
    return (
        *_RUN_ROUTES,
        *(route.split()[1] for route in _ROUTES),
        *("/nope", "//runs/stream", "/runs/stream/", "/runs/../ok", "/%2e%2e/ok", "/runs%2Fstream"),
        *("/ok?a=1&a=2&=&&", "/ok?" + "x" * 3000, "/%00", "/%ff%fe", "/info;a=b", "/" + "a/" * 500),
        *("/openapi.json?version=3.1", "/openapi.json?version=x", "/docs", "/runs/stream?stream=x"),
    )


_HEADERS = (
    ("Origin", "https://app.example"),
    ("Origin", "null"),
    ("Sec-Fetch-Site", "cross-site"),
    ("Access-Control-Request-Method", "POST"),
    ("Access-Control-Request-Headers", "x-a, \u00e9"),
    ("Content-Type", "text/plain"),
    ("Content-Type", "application/json; charset=utf-16"),
    ("Content-Type", "multipart/form-data"),
    ("Content-Encoding", "gzip"),
    ("Accept", "text/html;q=x"),
    ("Accept-Encoding", "gzip;q=0, *;q=5"),
    ("Connection", "close"),
    ("Connection", "keep-alive, x"),
    ("Last-Event-ID", "-1"),
    ("Last-Event-ID", "9" * 400),
    ("Range", "bytes=0-5"),
    ("Cookie", "a=" + "b" * 4000),
    ("X-Api-Key", "wrong"),
    ("X-Forwarded-For", "1.2.3.4, x"),
    ("If-None-Match", "*"),
)


def _in_json(random: Random) -> FuzzRequest:
    target = random.choice(_RUN_ROUTES)
    body = body_of_run(random)
    raw = json.dumps(body, ensure_ascii=random.random() < 0.5).encode("utf-8", "replace")
    if random.random() < 0.3:
        raw = random.choice(_TWISTS)(random, raw)
    delay = body.get("after_seconds")
    is_delayed = isinstance(delay, int | float) and delay > _MOST_DELAY
    return FuzzRequest(
        "JSON", request("POST", target, raw), f"POST {target}", is_delayed=is_delayed
    )


_TWISTS: tuple[Callable[[Random, bytes], bytes], ...] = (
    lambda random, raw: raw[: random.randrange(len(raw))],
    lambda _, raw: raw + raw,
    lambda _, raw: b"\xef\xbb\xbf" + raw,
    lambda _, raw: raw[:-1] + b',"input":NaN}',
    lambda _, raw: raw[:-1] + b',"input":"\\ud800"}',
    lambda _, raw: raw[:-1] + b',"input":"\xff"}',
    lambda _, raw: raw[:-1] + b',"input":1e999}',
    lambda _, raw: raw[:-1] + b',"input":' + b"9" * 5000 + b"}",
    lambda random, raw: (
        raw[:-1] + b',"x":' + _nested(random.choice((90, 300, 1000, 20_000))) + b"}"
    ),
    lambda _, raw: raw[:-1] + b',"metadata":{"a\\u0000":1},"metadata":5}',
)


def _nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def _on_a_route(random: Random) -> FuzzRequest:
    method, _, path = random.choice((*_ROUTES, *_STATEFUL, *_STATEFUL)).partition(" ")
    segments = [
        quote(random.choice(_TEXTS) or "x", safe="") if segment.startswith("{") else segment
        for segment in path.split("/")
    ]
    target = "/".join(segments) + random.choice(("", "", "?" + _query(random)))
    body = b""
    if method not in ("GET", "DELETE") or random.random() < 0.1:
        names = random.sample(_any_field(), random.randrange(4))
        sent = {name: value(random) for name in names} if random.random() < 0.9 else value(random)
        if is_object(sent):
            sent.pop("webhook", None)
        body = json.dumps(sent).encode()
    return FuzzRequest("route", request(method, target, body), f"{method} {path}", is_delayed=True)


def _query(random: Random) -> str:
    names = ("limit", "offset", "xray", "recurse", "stream_mode", "cancel_on_disconnect", "status")
    pairs = ((random.choice(names), str(value(random, 3))) for _ in range(random.randint(1, 3)))
    return "&".join(f"{name}={quote(text)}" for name, text in pairs)


def _plain(random: Random) -> dict[str, Any]:
    return random.choice(_recorded_bodies())


@cache
def _recorded_bodies() -> tuple[dict[str, Any], ...]:
    """Return the bodies of the bundled runs, with the view of most clients."""
    bodies: list[dict[str, Any]] = []
    folder = files("graphtape_mock.recordings") / "bundled"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        for line in file.read_bytes().split(b"\n")[1:-1]:
            found: dict[str, Any] = orjson.loads(line)
            if found.get("request", {}).get("path") in _RUN_ROUTES:
                bodies.append(found["request"]["json"] | {"stream_mode": ["updates"]})
    return tuple(bodies)


@cache
def _fields(schema: str) -> tuple[str, ...]:
    return tuple(sorted(load(schema)["properties"]))


@cache
def _any_field() -> tuple[str, ...]:
    """Return the fields of all requests, and those that searches take."""
    schemas = ("background-run-request", "assistant-create-request", "assistants-search-request")
    known = {
        name for schema in (*schemas, "thread-create-request") for name in _fields(f"{schema}.json")
    }
    return (*sorted(known), "sort_by", "sort_order", "limit", "offset", "ids", "run_ids", "status")


_LEVELS: tuple[Callable[[Random], FuzzRequest], ...] = (
    *(_on_the_socket, _in_http, _in_json, _on_a_route),
)
