"""Random mutations: an exchange with one change, and a description of the change."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from editing import with_headers, with_parts, with_status

from graphtape_contracts import Exchange, Frame, sse
from graphtape_contracts.json_value import Absent, Path, is_list, is_object
from graphtape_contracts.parsing.event import event_of, parse

EVENT_NAMES = (
    "metadata",
    "values",
    "updates",
    "messages",
    "messages/partial",
    "messages/complete",
    "tasks",
    "debug",
    "checkpoints",
    "custom",
    "events",
    "error",
    "end",
)


@dataclass(frozen=True)
class Mutation:
    """One change of an exchange: of a frame (*at*, from 0), a path in its data, or a header."""

    kind: str
    base: Exchange
    mutant: Exchange
    at: int | None = None
    path: Path = ()
    old: Any = None
    new: Any = None

    @property
    def frame(self) -> Frame:
        """The frame before the change."""
        assert self.at is not None
        return self.base.frames[self.at]

    @property
    def mode(self) -> str:
        """The name of the changed event, without its namespace; empty if no event was changed."""
        if self.at is None or not self.base.is_stream:
            return ""
        return (self.frame.event or "").split("|")[0]

    @property
    def value(self) -> Any:
        """The parsed data of the event, or else the body, before the change."""
        if self.base.is_stream:
            return parse(self.frame.data)
        return parse(self.base.body)

    def __str__(self) -> str:
        """Describe the change."""
        place = f"{self.frame.event} (frame {self.at})" if self.mode else self.base.request.path
        return f"{self.kind}: {place} {self.path} {self.old!r:.120} -> {self.new!r:.120}"


Mutator = Callable[[Exchange, random.Random], Mutation | None]
"""Makes one random change; returns None if the exchange has nothing to change."""


def _events(exchange: Exchange) -> list[int]:
    return [n for n, frame in enumerate(exchange.frames) if frame.event is not None]


def drop(exchange: Exchange, chance: random.Random) -> Mutation | None:
    """Drop an event."""
    if not (events := _events(exchange)):
        return None
    at = chance.choice(events)
    frames = list(exchange.frames)
    return Mutation(
        "drop an event", exchange, with_parts(exchange, [*frames[:at], *frames[at + 1 :]]), at
    )


def duplicate(exchange: Exchange, chance: random.Random) -> Mutation | None:
    """Send an event twice."""
    if not (events := _events(exchange)):
        return None
    at = chance.choice(events)
    frames = list(exchange.frames)
    twice = [*frames[: at + 1], *frames[at:]]
    return Mutation("send an event twice", exchange, with_parts(exchange, twice), at)


def swap(exchange: Exchange, chance: random.Random) -> Mutation | None:
    """Swap two adjacent events."""
    events = _events(exchange)
    if len(events) < 2:
        return None
    place = chance.randrange(len(events) - 1)
    one, other = events[place], events[place + 1]
    frames = list(exchange.frames)
    frames[one], frames[other] = frames[other], frames[one]
    changed = with_parts(exchange, frames)
    if changed.body == exchange.body:
        return None
    return Mutation("swap two events", exchange, changed, one, new=exchange.frames[other].event)


def _rename(exchange: Exchange, chance: random.Random, names: tuple[str, ...]) -> Mutation | None:
    if not (events := _events(exchange)):
        return None
    at = chance.choice(events)
    frame = exchange.frames[at]
    old, *namespace = (frame.event or "").split("|")
    new = chance.choice([name for name in names if name != old])
    kind = "take another mode's name" if names is EVENT_NAMES else "misspell an event"
    named = f"event: {'|'.join((new, *namespace))}".encode()
    raw = frame.raw.replace(f"event: {frame.event}".encode(), named, 1)
    if raw == frame.raw:
        return None  # A server that writes no space after the colon.
    parts: list[Frame | bytes] = list(exchange.frames)
    parts[at] = raw
    return Mutation(kind, exchange, with_parts(exchange, parts), at, old=old, new=new)


def rename(exchange: Exchange, chance: random.Random) -> Mutation | None:
    """Give an event the name of another mode."""
    return _rename(exchange, chance, EVENT_NAMES)


def misspell(exchange: Exchange, chance: random.Random) -> Mutation | None:
    """Give an event an unknown name."""
    return _rename(exchange, chance, ("value", "Updates", "", "message"))


def truncate(exchange: Exchange, chance: random.Random) -> Mutation | None:
    """Cut a frame, or a body that is not a stream, at a random place; later frames stay."""
    at = chance.choice(_events(exchange)) if _events(exchange) else 0
    if not exchange.frames or len(exchange.frames[at].raw) < 2:
        return None
    raw = exchange.frames[at].raw
    cut = chance.randrange(1, len(raw))
    parts: list[Frame | bytes] = list(exchange.frames)
    parts[at] = raw[:cut]
    changed = with_parts(exchange, parts)
    return Mutation("truncate a frame", exchange, changed, at, old=raw, new=raw[:cut])


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    if is_object(value):
        for key, item in value.items():
            yield from _paths(item, (*path, key))
    elif is_list(value):
        for index, item in enumerate(value):
            yield from _paths(item, (*path, index))


def at_path(value: Any, path: Path) -> Any:
    """Return the part of *value* at *path*."""
    for part in path:
        value = value[part]
    return value


def _changed(value: Any, path: Path, change: Callable[[Any, str | int], None]) -> Any:
    copy = json.loads(json.dumps(value))
    change(at_path(copy, path[:-1]), path[-1])
    return copy


def _data(exchange: Exchange, chance: random.Random) -> tuple[int, Any] | None:
    """Choose an event, or the whole body, whose JSON can be changed."""
    if not exchange.is_stream:
        value = parse(exchange.body)
        return None if isinstance(value, Absent) else (0, value)
    read = [(n, event_of(exchange.frames[n], n)) for n in _events(exchange)]
    found = [(n, e.value) for n, e in read if e and not isinstance(e.value, Absent)]
    return chance.choice(found) if found else None


def _written(exchange: Exchange, at: int, value: Any) -> Exchange:
    text = json.dumps(value, separators=(",", ":"))
    if not exchange.is_stream:
        return with_parts(exchange, [text.encode()])
    frame = exchange.frames[at]
    eol: sse.Eol = "\r\n" if frame.raw.endswith(b"\r\n") else "\n"
    parts: list[Frame | bytes] = list(exchange.frames)
    parts[at] = sse.encode_event(frame.event or "", text, frame.id, eol=eol)
    return with_parts(exchange, parts)


def drop_key(exchange: Exchange, chance: random.Random) -> Mutation | None:
    """Drop a key of an object."""
    chosen = _data(exchange, chance)
    if chosen is None:
        return None
    at, value = chosen
    keys = [path for path in _paths(value) if path and isinstance(path[-1], str)]
    if not keys:
        return None
    path = chance.choice(keys)
    changed = _changed(value, path, lambda parent, key: parent.pop(key))
    old = at_path(value, path)
    return Mutation("drop a key", exchange, _written(exchange, at, changed), at, path, old)


_OTHERS: tuple[Any, ...] = (None, True, 7, "text", [], {})


def change_type(exchange: Exchange, chance: random.Random) -> Mutation | None:
    """Replace a value with one of another type."""
    chosen = _data(exchange, chance)
    if chosen is None:
        return None
    at, value = chosen
    path = chance.choice(list(_paths(value)))
    old = at_path(value, path)
    new = chance.choice([other for other in _OTHERS if _type(other) != _type(old)])

    def put(parent: Any, key: str | int) -> None:
        parent[key] = new

    changed = _changed(value, path, put) if path else new
    mutant = _written(exchange, at, changed)
    return Mutation("change the type of a value", exchange, mutant, at, path, old, new)


def _type(value: Any) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


def change_text(exchange: Exchange, chance: random.Random) -> Mutation | None:
    """Replace a string or a number with another."""
    chosen = _data(exchange, chance)
    if chosen is None:
        return None
    at, value = chosen
    scalars = [p for p in _paths(value) if p and type(at_path(value, p)) in (str, int, float)]
    if not scalars:
        return None
    path = chance.choice(scalars)
    old = at_path(value, path)
    new = old + 1 if isinstance(old, int | float) else f"{old}x"

    def put(parent: Any, key: str | int) -> None:
        parent[key] = new

    mutant = _written(exchange, at, _changed(value, path, put))
    return Mutation("change a value", exchange, mutant, at, path, old, new)


def drop_header(exchange: Exchange, chance: random.Random) -> Mutation | None:
    """Drop a header."""
    if not (headers := exchange.response.headers):
        return None
    at = chance.randrange(len(headers))
    mutant = with_headers(headers[:at] + headers[at + 1 :])(exchange)
    return Mutation("drop a header", exchange, mutant, old=headers[at][0])


def change_header(exchange: Exchange, chance: random.Random) -> Mutation | None:
    """Give a header another value."""
    if not (headers := exchange.response.headers):
        return None
    at = chance.randrange(len(headers))
    name, value = headers[at]
    new = chance.choice(("", "x", f"{value}x", value[1:]))
    if new == value:
        return None
    changed = (*headers[:at], (name, new), *headers[at + 1 :])
    mutant = with_headers(changed)(exchange)
    return Mutation("change a header", exchange, mutant, old=name, new=new)


def change_status(exchange: Exchange, chance: random.Random) -> Mutation | None:
    """Change the status."""
    old = exchange.response.status
    new = chance.choice([status for status in (200, 204, 302, 404, 422, 500) if status != old])
    mutant = with_status(new)(exchange)
    return Mutation("change the status", exchange, mutant, old=old, new=new)


MUTATORS: tuple[Mutator, ...] = (
    drop,
    duplicate,
    swap,
    rename,
    misspell,
    truncate,
    drop_key,
    change_type,
    change_text,
    drop_header,
    change_header,
    change_status,
)
