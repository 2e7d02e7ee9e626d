"""Replaces keys, tokens, cookies and passwords by placeholders.

All data passes through a Redactor before it is written to a file or shown.

Secrets are found by the name of their header or JSON key, by the format of well-known keys, as a
value that the user gave, and by patterns of the user. Equal secrets get equal placeholders,
`[redacted-1]` for the first one, however they are encoded, so requests still match and equal values
stay equal.

Redaction works on bytes: data without a secret is unchanged, and a frame that was torn in the
middle of a secret is redacted too. Secrets are also found in JSON inside JSON strings, at any
depth, because servers quote the request in their error messages.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from graphtape_contracts import Frame, Headers, sse
from graphtape_mock.redaction.found import PLACEHOLDER, PLACEHOLDERS, Found, is_placeholder, merged
from graphtape_mock.redaction.given_values import GivenValues
from graphtape_mock.redaction.json_leaves import Leaf, embedded_leaves
from graphtape_mock.redaction.placeholders import Placeholders, Replaced
from graphtape_mock.redaction.plain_text import Span
from graphtape_mock.redaction.secret_names import SecretNames
from graphtape_mock.redaction.text_look import TextLook
from graphtape_mock.redaction.user_patterns import user_patterns
from graphtape_mock.redaction.walk import Walk


class Hit(NamedTuple):
    """A secret that a last scan finds in bytes that are about to be published."""

    rule: str
    """The kind of secret, such as `github-token`, `named:password` or `given`."""
    span: Span
    """The start and end offsets of the secret."""


class _Finders(NamedTuple):
    """The parts that find secrets; they have no state besides a memory of names."""

    names: SecretNames
    given: GivenValues
    look: TextLook
    walk: Walk


@lru_cache(maxsize=8)  # A request of a run gets a redactor of its own each time it is matched.
def _finders(
    names: tuple[str, ...],
    secrets: tuple[str, ...],
    patterns: tuple[str, ...],
    keep: tuple[str, ...],
) -> _Finders:
    known = SecretNames(names, keep)
    given = GivenValues(secrets)
    look = TextLook(known, given, user_patterns(patterns))
    return _Finders(known, given, look, Walk(known, look))


class Redactor:
    """Replaces secrets by placeholders, numbered by first appearance in all that it redacts."""

    def __init__(
        self,
        names: Iterable[str] = (),
        secrets: Iterable[str] = (),
        *,
        patterns: Iterable[str] = (),
        keep: Iterable[str] = (),
    ) -> None:
        """Also redact values of headers and JSON keys in *names*, and *secrets* anywhere.

        *patterns* are regular expressions for further secrets; values of names in *keep* are left
        as they are. Raises BadPattern, a ValueError, for a pattern that can't be used.
        """
        self.keep = tuple(keep)
        """The names that are not those of secrets."""
        found_by = _finders(tuple(names), tuple(secrets), tuple(patterns), self.keep)
        self._names, self._given, self._look, self._walk = found_by
        self._placeholders = Placeholders()

    @property
    def replaced(self) -> tuple[Replaced, ...]:
        """The secrets that were replaced so far, by kind and place, with their count."""
        return self._placeholders.replaced

    def keep_placeholders(self, highest: int = 0) -> None:
        """Leave existing placeholders as they are, for another pass over redacted data.

        This holds for the placeholders that this redactor made, and for those up to number
        *highest*. New secrets get higher numbers.
        """
        self._placeholders.keep(highest)

    @property
    def given(self) -> GivenValues:
        """The values that the user gave as secrets; they are replaced wherever they occur."""
        return self._given

    def redact(self, data: bytes, *, torn: bool = False, place: str = "") -> bytes:
        """Return *data* without its secrets; *torn* means that it may end inside a secret.

        *place* is the place of *data* that `replaced` reports.
        """
        return self.replace(data, self.find(data, torn=torn), place=place)

    def find(self, data: bytes, *, torn: bool = False) -> Iterator[Found]:
        """Yield the secrets and placeholders in *data*, in no order; some overlap."""
        yield from self._walk.find(data)
        if torn:
            yield from self._look.find_torn(data)

    def replace(self, data: bytes, secrets: Iterable[Found], *, place: str = "") -> bytes:
        """Return *data* with placeholders for the *secrets* in it. *place* is as in `redact`."""
        leaves: list[Leaf] | None = None
        pieces: list[bytes] = []
        done = 0
        for found in merged(secrets, data):
            pieces.append(data[done : found.start])
            done = found.end
            if found.secret is None:
                continue
            if found.kind != PLACEHOLDER:
                leaves = list(embedded_leaves(data)) if leaves is None else leaves
                self._placeholders.count(found.kind, _place(place, found.start, leaves))
            pieces += found.quote, self._placeholders.placeholder(found.secret), found.quote
        return b"".join((*pieces, data[done:])) if done else data

    def redact_text(self, text: str, *, place: str = "") -> str:
        """Return *text* without its secrets. *place* is as in `redact`."""
        return self.redact(text.encode(errors="replace"), place=place).decode()

    def redact_headers(self, headers: Headers, *, place: str = "") -> Headers:
        """Return *headers* with their names and order kept, and without secret values.

        *place* is `request` or `response`; `replaced` reports it.
        """
        return tuple((name, self._header(name, value, place)) for name, value in headers)

    def redact_frame(
        self, frame: Frame, *, stream: bool, first: bool = False, place: str = ""
    ) -> Frame:
        """Return *frame* without its secrets; in a *stream*, it is parsed again as an event block.

        *place* is the place of the frame that `replaced` reports; the event's name is added.
        """
        secrets = self.find(frame.raw, torn=frame.torn)
        return self.replace_in_frame(frame, secrets, stream=stream, first=first, place=place)

    def replace_in_frame(
        self,
        frame: Frame,
        secrets: Iterable[Found],
        *,
        stream: bool,
        first: bool = False,
        place: str = "",
    ) -> Frame:
        """Return *frame* with placeholders for the *secrets* in it; see `redact_frame`."""
        if stream and frame.event is not None:
            place = f"{place} {frame.event}".lstrip()
        raw = self.replace(frame.raw, secrets, place=place)
        if raw == frame.raw:
            return frame
        if stream:
            return sse.frame(raw, frame.at, first=first, torn=frame.torn)
        return Frame(frame.at, raw)

    def names_secret(self, name: str) -> bool:
        """Return whether the value of the header or JSON key *name* is secret."""
        return self._names.has(name)

    def scan(self, data: bytes) -> tuple[Hit, ...]:
        """Return the secrets that are left in redacted *data*, without reading its JSON."""
        return tuple(
            Hit(each.kind, (each.start, each.end))
            for each in merged(self._look.find(data), data)
            # A pattern of the user may still match around a placeholder.
            if not PLACEHOLDERS.search(data, each.start, each.end)
        )

    def _header(self, name: str, value: str, place: str) -> str:
        place = f"{place} header {name}".lstrip()
        if value and self.names_secret(name):
            secret = value.encode(errors="replace")
            if is_placeholder(secret):
                return self._placeholders.placeholder(secret).decode()
            self._placeholders.count(f"named:{name.lower()}", place)
            return self._placeholders.placeholder(secret).decode()
        return self.redact_text(value, place=place)


def redact_json(
    value: Any,
    names: Iterable[str] = (),
    secrets: Iterable[str] = (),
    *,
    patterns: Iterable[str] = (),
    keep: Iterable[str] = (),
) -> Any:
    """Return the JSON *value* with placeholders, numbered from 1 in the order of sorted keys.

    A request with secrets and its recorded form with placeholders give the same value. A value
    that is nested too deep to encode is returned as it is. The other arguments are those of
    Redactor.
    """
    try:
        data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return value
    return orjson.loads(Redactor(names, secrets, patterns=patterns, keep=keep).redact(data))


def _place(place: str, start: int, leaves: list[Leaf]) -> str:
    path = next((leaf.path for leaf in leaves if leaf.start <= start < leaf.end), ())
    for step in path:
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else step
    return place
