"""Finds leaves of JSON that are secret because a key above them is the name of a secret."""

from collections.abc import Iterator

from graphtape_mock.redaction.json_leaves import Leaf, Path
from graphtape_mock.redaction.likely import is_random
from graphtape_mock.redaction.secret_names import SecretNames

_SCHEMA_TYPES: frozenset[str | None] = frozenset(
    ("string", "object", "array", "number", "integer", "boolean", "null")
)
_SCHEMA_KEYS: frozenset[str | int] = frozenset(
    "$anchor $comment $defs $id $ref $schema additionalProperties allOf anyOf const contains"
    " default deprecated description discriminator else enum env_names example examples"
    " exclusiveMaximum exclusiveMinimum extra format if items maxItems maxLength maximum"
    " minItems minLength minimum multipleOf not nullable oneOf pattern patternProperties"
    " prefixItems properties propertyNames readOnly required then title type uniqueItems"
    " writeOnly".split()
)
_SCHEMA_MARKS: frozenset[str | int] = frozenset(
    "$ref allOf anyOf const description enum oneOf title type".split()
)
_SCHEMA_VALUES: frozenset[str | int] = frozenset(("const", "default", "example", "examples"))
_LANGCHAIN_SECRET: frozenset[str | int] = frozenset(("lc", "type", "id"))
_NAME_KEYS = ("name", "key", "header")


def named_leaves(leaves: list[Leaf], names: SecretNames) -> Iterator[tuple[Leaf, str]]:
    """Yield the leaves under a key that is the name of a secret, each with that name."""
    group: list[Leaf] = []
    prefix: Path = ()
    for leaf in leaves:
        own = _secret_prefix(leaf.path, names)
        if group and own != prefix:
            yield from _secrets_of(group, prefix)
            group = []
        if own:
            prefix = own
            group.append(leaf)
        elif _is_weak(leaf, names):
            yield leaf, str(leaf.path[-1])
    if group:
        yield from _secrets_of(group, prefix)
    yield from _pairs(leaves, names)


def _secret_prefix(path: Path, names: SecretNames) -> Path:
    for index, key in enumerate(path):
        if isinstance(key, str) and names.has(key):
            return path[: index + 1]
    return ()


def _is_weak(leaf: Leaf, names: SecretNames) -> bool:
    """Return whether *leaf* has a name that may be that of a secret, and looks like a secret."""
    return (
        leaf.text is not None
        and is_random(leaf.text.encode("utf-8", "replace"))
        and isinstance(key := leaf.path[-1] if leaf.path else 0, str)
        and names.is_weak(key.encode("utf-8", "replace"))
    )


def _secrets_of(group: list[Leaf], prefix: Path) -> Iterator[tuple[Leaf, str]]:
    """Yield the leaves of *group*, all under *prefix*, unless they only describe a secret."""
    name, depth = str(prefix[-1]), len(prefix)
    below = [leaf for leaf in group if len(leaf.path) > depth]
    describes = _is_description(below, depth)
    for leaf in group:
        if not describes or len(leaf.path) == depth or leaf.path[depth] in _SCHEMA_VALUES:
            yield leaf, name


def _is_description(leaves: list[Leaf], depth: int) -> bool:
    """Return whether *leaves* are from a JSON Schema, or from LangChain's stand-in for a secret."""
    keys: set[str | int] = {leaf.path[depth] for leaf in leaves}
    if not keys ^ _LANGCHAIN_SECRET:
        return True
    types = [leaf.text for leaf in leaves if leaf.path[depth:] == ("type",)]
    return bool(keys & _SCHEMA_MARKS) and keys <= _SCHEMA_KEYS and _SCHEMA_TYPES.issuperset(types)


def _pairs(leaves: list[Leaf], names: SecretNames) -> Iterator[tuple[Leaf, str]]:
    """Yield the values of headers that are written as pairs, or as objects of name and value."""
    previous: Leaf | None = None
    named: Leaf | None = None
    for number, leaf in enumerate(leaves):
        path = leaf.path
        if len(path) > 1 and path[-1] == 1 and isinstance(path[-2], int):
            following = leaves[number + 1].path if number + 1 < len(leaves) else ()
            if _is_name_in(path[:-1], 0, previous, names) and following != (*path[:-1], 2):
                yield leaf, str(previous.text if previous else "")
        elif path and path[-1] == "value" and named and named.path[:-1] == path[:-1]:
            yield leaf, str(named.text)
        if path and path[-1] in _NAME_KEYS and leaf.text and names.has(leaf.text):
            named = leaf
        previous = leaf


def _is_name_in(parent: Path, key: int, leaf: Leaf | None, names: SecretNames) -> bool:
    """Return whether *leaf* is at *key* of *parent*, and is the name of a secret."""
    return (
        leaf is not None
        and leaf.path == (*parent, key)
        and leaf.text is not None
        and names.has(leaf.text)
    )
