"""Compares the headers of two responses, and the dialects that the headers reveal.

Clients read the media type, and find their run by `content-location` and `location`. These values
are compared, with ids masked, and so is `cache-control`. Other headers are compared only by
presence. Headers of proxies and of HTTP itself are ignored.
"""

import re
from collections.abc import Iterator

from graphtape_contracts import Response
from graphtape_contracts.dialect import detect
from graphtape_contracts.parsing.identifiers import UUID
from graphtape_mock.drift.severity import Drift, Severity

_ID = re.compile(UUID)
_READ = ("content-type", "content-location", "location")
"""The headers that clients read."""
_TRANSPORT = frozenset(
    (
        "accept-ranges",
        "age",
        "alt-svc",
        "connection",
        "content-encoding",
        "content-length",
        "date",
        "etag",
        "keep-alive",
        "server",
        "strict-transport-security",
        "transfer-encoding",
        "vary",
        "via",
        "x-request-id",
    )
)
"""Headers set by proxies or by HTTP itself, not by the deployment."""
_ABSENT = "absent"


def compare_headers(before: Response, after: Response) -> Iterator[Drift]:
    """Yield the changes in the headers from *before* to *after*."""
    for name in _READ:
        old, new = _form(before, name), _form(after, name)
        if old == _ABSENT != new:
            yield _drift(Severity.ADDITIVE, name, "is new", old, new)
        elif old != new:
            yield _drift(Severity.BREAKING, name, "changed", old, new)
    known, names = dict(before.headers), dict(after.headers)
    for name in sorted((known.keys() | names.keys()) - {*_READ, *_TRANSPORT}):
        old, new = known.get(name, _ABSENT), names.get(name, _ABSENT)
        if old == _ABSENT:
            yield _drift(Severity.ADDITIVE, name, "is new", old, "there")
        elif new == _ABSENT:
            yield _drift(Severity.COSMETIC, name, "is gone", "there", new)
        elif name == "cache-control" and old != new:
            yield _drift(Severity.COSMETIC, name, "changed", old, new)


def compare_dialects(before: Response, after: Response) -> Iterator[Drift]:
    """Yield a change if the headers reveal two different kinds of server."""
    old, new = detect(before), detect(after)
    if old is not None and new is not None and old is not new:
        yield Drift(
            Severity.BREAKING, "dialect", "another kind of server responds", old.value, new.value
        )


def _form(response: Response, name: str) -> str:
    value = response.header(name)
    if value is None:
        return _ABSENT
    if name == "content-type":
        return value.split(";")[0].strip().lower()
    return _ID.sub("{id}", value)


def _drift(severity: Severity, name: str, what: str, before: str, after: str) -> Drift:
    return Drift(severity, "header", f"the header {name} {what}", before, after)
