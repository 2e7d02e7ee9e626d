"""The differences between two shapes that could affect a client written for the first shape.

- An additional type is a difference, null included: a client that expects a string fails on null
  as it does on a number. A type that no longer occurs is not: the client handles the others.
- A value in a place where only null was seen before is `FILLED`. Items in an array that was always
  empty before are not a difference.
- Values below a field that is new or gone are not compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from graphtape_contracts.finding import json_path
from graphtape_contracts.json_value import Path
from graphtape_contracts.shape import ENTRY, Fields, Shape

NONE_OF_IT = "none of it"
"""The text for `before` or `after` if there were no such messages or objects."""

_ITEMS = 0
"""The index that represents all items of an array in a path."""
_NULL = frozenset(("null",))


class Change(StrEnum):
    """The kind of a difference."""

    MISSING = "missing"
    """Every object had the field before; no object has it now."""
    SOMETIMES = "not always there"
    """Every object had the field before; only some have it now."""
    UNSEEN = "not seen"
    """Some objects had the field before, but none has it now; or a type of message is gone."""
    NEW = "new"
    """A field, or a type of message, that did not exist before."""
    FILLED = "no longer null"
    """The value was always null before and now is not."""
    WIDENED = "of a further type"
    """The value now has a new type besides one that it had before."""
    RETYPED = "of another type"
    """The value has none of its previous types; or messages have replaced other objects."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two shapes."""

    change: Change
    path: str
    """The JSONPath (RFC 9535); `[*]` are all items of an array, `.*` all entries of a map."""
    before: str
    after: str
    message: str = ""
    """The type of the message that contains the difference, or that is new or gone; else empty."""
    types: frozenset[str] = frozenset()
    """The new types, if `change` is `FILLED`, `WIDENED`, or `RETYPED` because of a type."""


def differences(before: Shape, after: Shape) -> Iterator[Difference]:
    """Yield the differences between the shape *before* and the shape *after*, outermost first."""
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
    """Return the types of *shape* in words: `string or null`."""
    names = sorted(shape.types - {"object"}, key=lambda name: (name == "null", name))
    objects = [_show_kind(kind) for kind in sorted(shape.objects)] or ["object"]
    names = (objects if "object" in shape.types else []) + names
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def _show_kind(kind: str) -> str:
    return f"{kind} message" if kind else "object"


def _show_path(path: Path) -> str:
    # The only index in these paths is `_ITEMS`.
    return json_path(path).replace("[0]", "[*]").replace("['*']", ".*")
