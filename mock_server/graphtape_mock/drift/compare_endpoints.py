"""Compares two responses of an endpoint that is not a run.

- A new version of the server is cosmetic.
- Descriptions of a deployment and its assistants are compared by shape, without user data
  (metadata, config and context of assistants).
- In the schemas of a graph, a change is breaking if clients may fail because of it: an input field
  is gone or is now required, or an output field is gone.
- In the drawing of a graph, nodes and edges are compared.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from graphtape_contracts import Exchange
from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_contracts.parsing.event import parse
from graphtape_contracts.parsing.identifiers import UUID
from graphtape_contracts.shape import shape_of
from graphtape_contracts.shape_difference import Change, Difference, differences
from graphtape_mock.drift.schema_shape import shape_of_schema
from graphtape_mock.drift.severity import Drift, Severity, drift_of

SCHEMAS = re.compile(r"/assistants/[^/]+/schemas$")
_GRAPH = re.compile(r"/assistants/[^/]+/graph$")
_ASSISTANTS = re.compile(r"/assistants(/search|/[^/]+)?$")
_ID = re.compile(UUID)

_READ_BY_CLIENTS = ("output_schema", "state_schema")
_WRITTEN_BY_CLIENTS = ("input_schema", "config_schema", "context_schema")
_VERSIONS = ("version", "langgraph_py_version", "langgraph_js_version")
_OF_USERS: Json = {"metadata": None, "config": None, "context": None}


def compare_endpoint_responses(before: Exchange, after: Exchange) -> Iterator[Drift]:
    """Yield the changes from the response *before* to *after*, both with the same status."""
    path = urlsplit(before.request.path).path
    old, new = parse(before.body), parse(after.body)
    if is_object(old) and is_object(new):
        if SCHEMAS.search(path):
            yield from _compare_schemas(old, new)
            return
        if _GRAPH.search(path):
            yield from _compare_graphs(old, new)
            return
        yield from _compare_versions(old, new)
    if _ASSISTANTS.search(path):
        old, new = _without_users(old), _without_users(new)
    if is_list(old) and is_list(new) and old and not new:
        yield Drift(
            Severity.BREAKING,
            "empty",
            "the list is empty now",
            f"{len(old)} found",
            "none",
        )
    for difference in differences(shape_of(old), shape_of(new)):
        yield drift_of(difference, "body", strict=not is_list(old))


def _compare_versions(before: Json, after: Json) -> Iterator[Drift]:
    for name in _VERSIONS:
        old, new = before.get(name), after.get(name)
        if isinstance(old, str) and isinstance(new, str) and old != new:
            yield Drift(
                Severity.COSMETIC,
                "version",
                f"the {name} changed",
                old,
                new,
                (f"body $.{name}",),
            )


def _without_users(value: Any) -> Any:
    """Return an assistant, or a list of assistants, without user data."""
    if is_list(value):
        return [_without_users(item) for item in value]
    return {**value, **_OF_USERS} if is_object(value) else value


def _compare_schemas(before: Json, after: Json) -> Iterator[Drift]:
    for name in (*_WRITTEN_BY_CLIENTS, *_READ_BY_CLIENTS):
        old, new = before.get(name), after.get(name)
        if not is_object(new):
            if is_object(old):
                yield _schema(Severity.BREAKING, name, "is gone", "there", "absent")
        elif not is_object(old):
            yield _schema(Severity.ADDITIVE, name, "is new", "absent", "there")
        elif name in _READ_BY_CLIENTS:
            for difference in differences(shape_of_schema(old), shape_of_schema(new)):
                yield drift_of(difference, name, strict=True)
        else:
            # Clients write the input by the old schema, and the graph reads it by the new schema.
            for difference in differences(shape_of_schema(new), shape_of_schema(old)):
                yield _written(difference, name)


def _schema(severity: Severity, name: str, what: str, before: str, after: str) -> Drift:
    return Drift(severity, "schema", f"the {name} {what}", before, after, (name,))


_WRITTEN = {
    Change.MISSING: (Severity.BREAKING, "new, and required"),
    Change.SOMETIMES: (Severity.BREAKING, "required now"),
    Change.UNSEEN: (Severity.ADDITIVE, "new"),
    Change.NEW: (Severity.BREAKING, "gone"),
    Change.FILLED: (Severity.BREAKING, "always null now"),
    Change.WIDENED: (Severity.BREAKING, "of fewer types"),
    Change.RETYPED: (Severity.BREAKING, "of another type"),
}
"""Severity and wording by kind of difference, for values that clients write."""


def _written(difference: Difference, name: str) -> Drift:
    severity, what = _WRITTEN[difference.change]
    field = difference.path.rpartition(".")[2]
    return Drift(
        severity,
        "input",
        f"the input {field!r} is {what}",
        difference.after,
        difference.before,
        (f"{name} {difference.path}",),
    )


def _compare_graphs(before: Json, after: Json) -> Iterator[Drift]:
    old, new = set(_nodes(before)), set(_nodes(after))
    for node in sorted(old - new):
        yield _drawn(Severity.BREAKING, f"the node {node!r} is gone", "there", "absent")
    for node in sorted(new - old):
        yield _drawn(Severity.ADDITIVE, f"the node {node!r} is new", "absent", "there")
    if old == new and (was := set(_edges(before))) != (now := set(_edges(after))):
        shown = [", ".join(sorted(edges)) or "none" for edges in (was - now, now - was)]
        yield _drawn(Severity.COSMETIC, "the edges between the nodes changed", *shown)


def _drawn(severity: Severity, summary: str, before: str, after: str) -> Drift:
    return Drift(severity, "graph", summary, before, after, ("graph",))


def _nodes(graph: Json) -> Iterable[str]:
    return (_ID.sub("*", str(node.get("id"))) for node in _listed(graph, "nodes"))


def _edges(graph: Json) -> Iterable[str]:
    for edge in _listed(graph, "edges"):
        ends = f"{edge.get('source')} -> {edge.get('target')}"
        yield _ID.sub("*", ends) + (" (conditional)" if edge.get("conditional") else "")


def _listed(graph: Json, key: str) -> Iterable[Json]:
    listed = graph.get(key)
    return (item for item in listed if is_object(item)) if is_list(listed) else ()
