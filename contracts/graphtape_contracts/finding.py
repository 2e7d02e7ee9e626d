"""Findings: violations of rules, each understandable without its exchange."""

from dataclasses import dataclass
from enum import StrEnum

from graphtape_contracts.json_value import Absent, Path, show

_LONGEST_QUOTE = 300


class Level(StrEnum):
    """The level of a rule."""

    MUST = "MUST"
    """Every real server complies, and clients break without it."""
    SHOULD = "SHOULD"
    """The servers of the rule's dialects comply, and some clients suffer without it."""
    NOTE = "NOTE"
    """An observation: a violation is legitimate, but worth a look."""

    @property
    def rank(self) -> int:
        """The strictness: 0 for MUST, 1 for SHOULD, 2 for NOTE."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation of a rule: where, what was expected and what was got."""

    rule: str
    level: Level
    statement: str
    source: str
    """Where the requirement was observed, or which client breaks without it."""
    expected: str
    got: str
    frame: int | None = None
    """The number of the frame in the body, from 1, counting comments; None for the head."""
    path: Path = ()
    """The place in the data of the frame, or in the body of a response that is not a stream."""
    exchange: int | None = None
    """The number of the exchange, from 1, if several were checked together."""

    @property
    def where(self) -> str:
        """The place in words: `exchange 2, frame 3, $.messages[0].id`."""
        parts = [f"exchange {self.exchange}"] if self.exchange is not None else []
        parts += [f"frame {self.frame}"] if self.frame is not None else []
        parts += [json_path(self.path)] if self.path else []
        return ", ".join(parts) or "head"

    def __str__(self) -> str:
        """Return the finding as a text of several lines."""
        return (
            f"{self.rule} ({self.level}) at {self.where}\n"
            f"  statement: {self.statement}\n"
            f"  expected:  {self.expected}\n"
            f"  got:       {self.got}\n"
            f"  source:    {self.source}"
        )


def json_path(path: Path) -> str:
    """Return *path* in the notation of RFC 9535: `$.messages[0]['an odd key']`."""
    return "$" + "".join(_segment(part) for part in path)


def _segment(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    if part.isidentifier() and part.isascii():
        return f".{part}"
    escaped = part.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


def quote(value: object) -> str:
    """Return *value* as JSON, cut to 300 characters; for an `Absent`, return its reason."""
    text = value.value if isinstance(value, Absent) else show(value)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}... (cut)"
