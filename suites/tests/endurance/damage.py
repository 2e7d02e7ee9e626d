"""Damage to recordings: bytes, lines and JSON values dropped, doubled, swapped and retyped."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from random import Random
from typing import Any

import orjson

from graphtape_contracts.json_value import is_list, is_object
from graphtape_mock.server.mock import bundled_recordings

_RETYPED: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**63 - 1, 1e300, "", "x", "\r\nx: y", "é€", "\x1b[31m", "[redacted-1]"),
    *([], ["x"], [None], {}, {"x": 1}, "http://[", "//x", "11111111-1111-4111-8111-111111111111"),
)
_BYTES = (b"\0", b"\r", b"\xff", b"\xef\xbb\xbf", b"{", b"}", b'"', b"\\", b"9" * 400, b"[" * 2000)


def damaged(random: Random) -> tuple[str, bytes]:
    """Return the name of a bundled recording, and its content with one to three damages.

    Most keep only the runs: what they say of the deployment is most of a file.
    """
    name = random.choice(sorted(_contents()))
    lines = list(_contents()[name] if random.random() < 0.2 else _runs_of(name))
    for _ in range(random.choice((1, 1, 2, 3))):
        random.choice(_DAMAGES)(random, lines)
    content = b"\n".join((*lines, b""))
    return name, _damage_bytes(random, content) if random.random() < 0.1 else content


@cache
def _contents() -> dict[str, tuple[bytes, ...]]:
    files = sorted(bundled_recordings().glob("*.jsonl"))
    return {file.stem: tuple(file.read_bytes().split(b"\n")[:-1]) for file in files}


@cache
def _runs_of(name: str) -> tuple[bytes, ...]:
    """Return the lines of the recording *name* without exchanges with other endpoints."""
    lines = _contents()[name]
    starts = [number for number, line in enumerate(lines) if line.startswith(b'{"exchange"')]
    kept = [
        line
        for start, end in zip(starts, (*starts[1:], len(lines)), strict=True)
        for line in lines[start:end]
        if b'"path":"/runs/' in lines[start]
    ]
    return (lines[0], *kept)


def _drop(random: Random, lines: list[bytes]) -> None:
    del lines[random.randrange(len(lines))]


def _double(random: Random, lines: list[bytes]) -> None:
    number = random.randrange(len(lines))
    lines.insert(random.randrange(len(lines)), lines[number])


def _swap(random: Random, lines: list[bytes]) -> None:
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _cut(random: Random, lines: list[bytes]) -> None:
    number = random.randrange(len(lines))
    lines[number] = lines[number][: random.randrange(len(lines[number]) + 1)]


def _change_value(random: Random, lines: list[bytes]) -> None:
    """Change a value somewhere in the JSON of a line."""
    number = random.randrange(len(lines))
    with suppress(orjson.JSONDecodeError):  # Damaged before.
        lines[number] = orjson.dumps(_changed(random, orjson.loads(lines[number])))


def _change_data(random: Random, lines: list[bytes]) -> None:
    """Change what a frame or a request holds, and leave the line as the format wants it."""
    number = random.randrange(len(lines))
    with suppress(orjson.JSONDecodeError, KeyError, TypeError):  # Damaged before, or the end.
        line = orjson.loads(lines[number])
        known = (
            _PLACES_OF_A_REQUEST
            if "request" in line
            else (("data" if "data" in line else "json",),)
        )
        place = random.choice(known)
        *above, last = place
        inner: Any = line
        for key in above:
            inner = inner[key]
        inner[last] = _changed(random, inner[last])
        lines[number] = orjson.dumps(line)


_PLACES_OF_A_REQUEST = (("request", "json"), ("response", "headers"), ("request", "path"))


def _changed(random: Random, value: Any) -> Any:
    """Return *value* with one thing changed in it, at a random depth."""
    keys: list[Any] = []
    if is_object(value):
        keys = list(value)
    elif is_list(value):
        keys = list(range(len(value)))
    if not keys or random.random() < 0.1:
        return random.choice(_RETYPED)
    container: Any = value
    key = random.choice(keys)
    match random.randrange(6):
        case 0:
            del container[key]
        case 1:
            container[key] = container[random.choice(keys)]
        case 2:
            container[key] = [container[key]]
        case _:
            container[key] = _changed(random, container[key])
    return container


def _damage_bytes(random: Random, content: bytes) -> bytes:
    where = random.randrange(len(content) + 1)
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: content[:where] + content[where + random.randint(1, 50) :],
        lambda: content[:where] + random.choice(_BYTES) + content[where:],
        lambda: content[:where] + content[where : where + 50] + content[where:],
        lambda: content[:where],
        lambda: content[:where] + bytes([random.randrange(256)]) + content[where + 1 :],
    )
    return random.choice(ways)()


_DAMAGES: tuple[Callable[[Random, list[bytes]], None], ...] = (
    *(_drop, _double, _swap, _cut, _change_value, _change_value, *(_change_data,) * 24),
)
