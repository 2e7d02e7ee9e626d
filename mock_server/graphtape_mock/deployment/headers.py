"""The headers that a user adds to requests: where they come from, and which are secret."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from graphtape_contracts import Headers
from graphtape_mock.deployment.errors import BadHeader
from graphtape_mock.redaction.redactor import Redactor

KEY_VARIABLES = ("LANGGRAPH_API_KEY", "LANGSMITH_API_KEY", "LANGCHAIN_API_KEY")
"""Environment variables with the API key; the first that is set wins, as in official clients."""

HEADERS_VARIABLE = "GRAPHTAPE_HEADERS"
"""The environment variable with headers to add, one a line, such as `Name: value`."""

ORDINARY_HEADERS = frozenset(
    (
        "accept",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "connection",
        "content-type",
        "host",
        "last-event-id",
        "origin",
        "referer",
        "user-agent",
    )
)
"""Headers that every client sends; the values of all others may be credentials."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def key_from(environment: Mapping[str, str]) -> str | None:
    """Return the API key in *environment* without quotes around it, or None."""
    for name in KEY_VARIABLES:
        if key := environment.get(name, "").strip().strip("\"'"):
            return key
    return None


def header_fields(lines: Iterable[str]) -> Headers:
    """Return the header fields in *lines* such as `Name: value`. Raises BadHeader."""
    pairs: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not _HEADER_NAME.fullmatch(name):
            # Only the name is shown: the value may be a key.
            raise BadHeader(f"expected 'Name: value', got {name[:20]!r} ...")
        pairs.append((name.lower(), value.strip()))
    return tuple(pairs)


def headers_in(text: str, where: str) -> Headers:
    """Return the header fields in *text*, one a line; empty lines and comments (#) are skipped.

    Raises BadHeader, which names *where* and the line.
    """
    found: Headers = ()
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            try:
                found += header_fields([line])
            except BadHeader:
                # No part of the line is shown, because it may be a key without a name.
                raise BadHeader(f"{where}, line {number}: expected 'Name: value'") from None
    return found


def read_headers(file: Path) -> Headers:
    """Return the header fields in *file*, as in `headers_in`. Raises BadHeader and OSError."""
    try:
        return headers_in(file.read_text(encoding="utf-8-sig"), str(file))
    except UnicodeDecodeError:
        raise BadHeader(f"{file}: expected lines of UTF-8, such as 'Name: value'") from None


def headers_from(environment: Mapping[str, str]) -> Headers:
    """Return the header fields in GRAPHTAPE_HEADERS. Raises BadHeader."""
    return headers_in(environment.get(HEADERS_VARIABLE, ""), HEADERS_VARIABLE)


def merged(*sources: Headers) -> Headers:
    """Return the fields of all *sources*; a field replaces those of its name in earlier sources."""
    kept: Headers = ()
    for source in sources:
        names = {name for name, _ in source}
        kept = (*(field for field in kept if field[0] not in names), *source)
    return kept


def request_headers(body: bytes) -> Headers:
    """Return the headers that are recorded for a request with this *body*; none is secret."""
    accept = ("accept", "*/*")
    return (accept, ("content-type", "application/json")) if body else (accept,)


def secrets_among(headers: Headers, redactor: Redactor) -> tuple[str, ...]:
    """Return the values of *headers*, which the user added: each may be a credential.

    Values of ORDINARY_HEADERS are left out, unless *redactor* takes the name for secret. A value
    with a scheme, such as `Bearer abc`, is returned both with and without the scheme. Values
    that are too short to be secret are included; the redactor ignores them.
    """
    values = [
        value
        for name, value in headers
        if name not in ORDINARY_HEADERS or redactor.names_secret(name)
    ]
    return tuple(filter(None, (*values, *(value.partition(" ")[2] for value in values))))
