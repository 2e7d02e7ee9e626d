"""Redacts recordings, and finds the secrets that are left in a file."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from graphtape_mock.recordings.file import write
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.redaction.exchange import redact_exchange
from graphtape_mock.redaction.found import PLACEHOLDERS
from graphtape_mock.redaction.redactor import Redactor


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """A secret that is still in a file."""

    line: int
    """The line of the file, counted from 1."""
    rule: str
    """The rule that found it, such as `github-token`."""

    def __str__(self) -> str:
        return f"line {self.line}: {self.rule}"


def redact_recording(recording: Recording, redactor: Redactor) -> Recording:
    """Return *recording* without its secrets, with a summary of what was replaced.

    Placeholders that *recording* already has stay as they are.
    """
    redactor.keep_placeholders(_highest_placeholder(recording))
    exchanges = tuple(redact_exchange(exchange, redactor) for exchange in recording.exchanges)
    server = orjson.loads(redactor.redact(orjson.dumps(recording.server)))
    note = redactor.redact_text(recording.note)
    found = [{"kind": r.kind, "place": r.place, "count": r.count} for r in redactor.replaced]
    return replace(
        recording,
        exchanges=exchanges,
        server=server,
        note=note,
        redacted=_added(recording.redacted, found),
        kept=tuple(sorted({*recording.kept, *redactor.keep})),
    )


def _highest_placeholder(recording: Recording) -> int:
    heads = ((e.request.path, *e.request.headers, *e.response.headers) for e in recording.exchanges)
    texts = [recording.note, repr(recording.server), *map(repr, heads)]
    bodies = (body for e in recording.exchanges for body in (e.request.body, e.body))
    content = b"\n".join([*(text.encode(errors="replace") for text in texts), *bodies])
    return max(map(int, PLACEHOLDERS.findall(content)), default=0)


def _added(
    before: tuple[dict[str, Any], ...], found: list[dict[str, Any]]
) -> tuple[dict[str, Any], ...]:
    """Return the entries of both, with those of the same kind and place added up."""
    counts: dict[tuple[str, str], int] = {}
    for entry in (*before, *found):
        key = str(entry.get("kind")), str(entry.get("place"))
        counts[key] = counts.get(key, 0) + int(entry.get("count", 1))
    return tuple({"kind": k, "place": p, "count": count} for (k, p), count in counts.items())


def write_redacted(
    recording: Recording, path: Path, redactor: Redactor, allowed: Collection[str] = ()
) -> tuple[FoundSecret, ...]:
    """Write *recording*, redacted, to the new file *path*; scan the file and return what is found.

    Secrets found by *allowed* rules are left out. Raises OSError.
    """
    write(redact_recording(recording, redactor), path)
    return tuple(find_secrets(path.read_bytes(), redactor, allowed))


def find_secrets(
    content: bytes, redactor: Redactor, allowed: Collection[str] = ()
) -> Iterator[FoundSecret]:
    """Yield the secrets in the *content* of a file, except those of *allowed* rules."""
    for number, line in enumerate(content.split(b"\n"), 1):
        for hit in redactor.scan(line):
            if hit.rule not in allowed:
                yield FoundSecret(number, hit.rule)
