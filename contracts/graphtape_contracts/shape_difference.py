"""The differences between two shapes, as a reader of such values sees them.

A reader knows the values before. Whatever comes that he never saw may break him, what no longer
comes may be missed by him, and what he may ignore (a new field) does him no harm:

- A type that is new beside the others is a change, null too: who reads a text fails on null as he
  fails on a number. A type that no longer comes is none: he was ready for more.
- Where only null was seen, nothing was known; where an array was empty, nothing of its items. What
  comes there now is `FILLED` in the first case, and nothing to tell in the second.
- Nothing is told of what is below a field that is new or gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from graphtape_contracts.finding import json_path
from graphtape_contracts.json_value import Path
from graphtape_contracts.shape import ENTRY, Fields, Shape

NONE_OF_IT = "none of it"
"""What there is of a type of message, or of other objects, that does not come."""

_ITEMS = 0
"""Stands in a path for all items of an array."""
_NULL = frozenset(("null",))


class Change(StrEnum):
    """What kind of difference it is."""

    MISSING = "missing"
    """A field that each object had is in none."""
    SOMETIMES = "not always there"
    """A field that each object had is missing in some."""
    UNSEEN = "not seen"
    """A field that some objects had is in none; or a type of message that came does not."""
    NEW = "new"
    """A field, or a type of message, that did not come before."""
    FILLED = "no longer null"
    """Where only null was seen there is a value."""
    WIDENED = "of a further type"
    """A type that did not come before, beside one that did."""
    RETYPED = "of another type"
    """None of the types that came before; or messages where there were other objects."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two shapes."""

    change: Change
    path: str
    """Where, in the notation of RFC 9535; `[*]` for all items of an array, `.*` of a map."""
    before: str
    after: str
    message: str = ""
    """The type of the message that it is in, or that it is about; empty outside of messages."""
    types: frozenset[str] = frozenset()
    """The types that did not come before, where it is about types."""


def differences(before: Shape, after: Shape) -> Iterator[Difference]:
    """Yield what differs between the shape *before* and the shape *after*, outermost first.

    Nothing differs between a shape and itself. Where *after* is but a part of *before*, nothing is
    told but what is `UNSEEN`.
    """
    return _compare(before, after, (), "")


def _compare(before: Shape, after: Shape, path: Path, message: str) -> Iterator[Difference]:
    if change := _change_of_types(before.types, after.types):
        types = after.types - before.types
        yield Difference(change, _show_path(path), show(before), show(after), message, types)
    if before.items and after.items:
        yield from _compare(before.items, after.items, (*path, _ITEMS), message)
    if before.objects and after.objects:
        yield from _compare_objects(before, after, path, message)


def _change_of_types(before: frozenset[str], after: frozenset[str]) -> Change | None:
    if not before or after <= before:
        return None
    if before == _NULL:
        return Change.FILLED
    return Change.RETYPED if before.isdisjoint(after) else Change.WIDENED


def _compare_objects(before: Shape, after: Shape, path: Path, message: str) -> Iterator[Difference]:
    where = _show_path(path)
    common = before.objects.keys() & after.objects.keys()
    if not common:
        yield Difference(Change.RETYPED, where, show(before), show(after), message)
        return
    for kind in sorted(before.objects.keys() - common):
        yield Difference(Change.UNSEEN, where, _show_kind(kind), NONE_OF_IT, kind or message)
    for kind in sorted(after.objects.keys() - common):
        yield Difference(Change.NEW, where, NONE_OF_IT, _show_kind(kind), kind or message)
    for kind in sorted(common):
        yield from _compare_fields(before.objects[kind], after.objects[kind], path, kind or message)


def _compare_fields(
    before: Fields, after: Fields, path: Path, message: str
) -> Iterator[Difference]:
    for name in sorted(before.shapes.keys() | after.shapes.keys()):
        old, new = before.shapes.get(name), after.shapes.get(name)
        below = (*path, name)
        if new and name in before.always - after.always:
            yield Difference(
                Change.SOMETIMES, _show_path(below), "in each object", "not in each", message
            )
        if old and new:
            yield from _compare(old, new, below, message)
        elif new:
            yield Difference(Change.NEW, _show_path(below), "absent", show(new), message)
        elif old and name != ENTRY:
            change = Change.MISSING if name in before.always else Change.UNSEEN
            yield Difference(change, _show_path(below), show(old), "absent", message)


def show(shape: Shape) -> str:
    """Return what values of that *shape* are, in words: `string or null`."""
    names = sorted(shape.types - {"object"}, key=lambda name: (name == "null", name))
    objects = [_show_kind(kind) for kind in sorted(shape.objects)] or ["object"]
    names = (objects if "object" in shape.types else []) + names
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def _show_kind(kind: str) -> str:
    return f"{kind} message" if kind else "object"


def _show_path(path: Path) -> str:
    # The one index that there is stands for all of them.
    return json_path(path).replace("[0]", "[*]").replace("['*']", ".*")
