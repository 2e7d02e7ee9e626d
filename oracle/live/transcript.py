"""Turns a reply into lines that can be compared: the head, then the events or the body."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from connection import Reply
from masking import ID, Mask

_SHOWN = 200
"""The number of characters shown before and after the place where two lines differ."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A masked reply. Two transcripts are equal if a client cannot distinguish the replies."""

    lines: tuple[str, ...]
    """The status line, the header fields, then each event as sent, or else the body."""
    ordered: bool = True
    """Whether the order of the events is compared; False if branches run in parallel."""
    ids: tuple[tuple[str, ...], ...] = ()
    """All places of each id; empty if the order is compared."""


def transcribe(
    reply: Reply, hosts: Sequence[str], kept: Collection[str] = (), *, ordered: bool = True
) -> Transcript:
    """Return the transcript of a *reply*, with *hosts* and all ids but *kept* masked.

    Comments and heartbeats are left out. Lines of events are unchanged, so line ends and the order
    of fields and keys are compared, too.
    """
    host = re.compile("|".join(map(re.escape, hosts)))
    head = list(_head(reply))
    if not ordered:
        head = ["\n".join(head)]  # The order of header fields is always compared.
    lines = [host.sub("<host>", line) for line in (*head, *_body(reply))]
    mask = Mask(kept, numbered=ordered)
    masked = tuple(mask.hide(line) for line in lines)
    if ordered:
        return Transcript(masked)
    places: dict[str, list[str]] = {}
    for line, hidden in zip(lines, masked, strict=True):
        for match in ID.finditer(line):
            places.setdefault(match.group(), []).append(f"character {match.start()} of {hidden}")
    ids = sorted(tuple(sorted(found)) for found in places.values())
    return Transcript(masked, ordered=False, ids=tuple(ids))


def _head(reply: Reply) -> Iterator[str]:
    yield from reply.interim
    yield reply.status_line or "no answer"
    for name, value in reply.headers:
        match name:
            case "date":
                yield "date: <date>"
            case "allow":  # Its order differs in every server process.
                yield f"allow: {', '.join(sorted(value.split(', ')))}"
            case _:
                yield f"{name}: {value}"
    if reply.closed:
        yield "connection closed"


def _body(reply: Reply) -> Iterator[str]:
    text = reply.body.decode(errors="backslashreplace")
    if not reply.header("content-type").startswith("text/event-stream"):
        yield text.lstrip("\n")
        return
    for block in re.findall(r".*?\r\n\r\n|.+", text, re.DOTALL):
        if not block.startswith(":"):
            yield block


def difference(expected: Transcript, got: Transcript) -> str:
    """Describe the first difference of two transcripts; empty if they are equal."""
    if not expected.ordered:
        return _difference_of_sets(expected, got)
    for number, (old, new) in enumerate(zip_longest(expected.lines, got.lines)):
        if old != new:
            return f"line {number}:\n{_both(old, new)}"
    return ""


def _difference_of_sets(expected: Transcript, got: Transcript) -> str:
    missing = Counter(expected.lines) - Counter(got.lines)
    unexpected = Counter(got.lines) - Counter(expected.lines)
    if missing or unexpected:
        return f"lines in any order:\n{_both(_first(missing), _first(unexpected))}"
    for old, new in zip_longest(expected.ids, got.ids):
        if old != new:
            return f"an id occurs in other places:\n{_both(_lines(old), _lines(new))}"
    return ""


def _first(lines: Counter[str]) -> str | None:
    return min(lines, default=None)


def _lines(places: Sequence[str] | None) -> str | None:
    return None if places is None else "\n".join(places)


def _both(old: str | None, new: str | None) -> str:
    if old is None or new is None:
        return f"  expected {_cut(old, 0)}\n  got      {_cut(new, 0)}"
    alike = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
    start = max(0, (min(len(old), len(new)) if alike is None else alike) - _SHOWN)
    return f"  expected {_cut(old, start)}\n  got      {_cut(new, start)}"


def _cut(text: str | None, start: int) -> str:
    if text is None:
        return "nothing"
    end = start + 2 * _SHOWN
    before, after = "..." if start else "", "..." if len(text) > end else ""
    return f"{before}{text[start:end]!r}{after}"
