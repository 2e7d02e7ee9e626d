"""Events: the name, the namespace and the decoded data of a frame."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from graphtape_contracts.exchange import Frame
from graphtape_contracts.json_value import Absent
from graphtape_contracts.parsing.nesting import is_too_deep


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream: a frame with a name or with data."""

    number: int
    """The number of the frame in the body, from 1, counting comments."""
    frame: Frame
    mode: str
    """The name without the namespace: `updates` of `updates|child:UUID`."""
    namespace: tuple[str, ...]
    """The parts of the namespace of a subgraph, outermost first: `("child:UUID",)`."""
    value: Any
    """The decoded data, or an `Absent`. Shared: do not modify it."""

    @property
    def name(self) -> str:
        """The name with the namespace, as sent; empty if the frame has no name."""
        return self.frame.event or ""


def event_of(frame: Frame, number: int) -> Event | None:
    """Return the event in *frame*, frame *number* of the body; None if comment or torn block."""
    if frame.torn or (frame.event is None and frame.data is None):
        return None
    mode, *namespace = (frame.event or "").split("|")
    return Event(number, frame, mode, tuple(namespace), parse(frame.data))


def parse(text: str | bytes | None) -> Any:
    """Decode *text* as JSON; return the value, or the `Absent` reason why there is none.

    Accepts whatever JavaScript's `JSON.parse` accepts, including escaped lone surrogates, which
    LangGraph.js 2.0.0 sends. NaN and the infinities are not JSON.
    """
    if text is None or not text.strip():
        return Absent.EMPTY
    if isinstance(text, bytes):
        try:
            text = text.decode(json.detect_encoding(text), "surrogatepass")
        except UnicodeDecodeError:
            return Absent.NOT_JSON
    if is_too_deep(text):
        return Absent.TOO_DEEP
    # Python rejects integers of more than 4,300 digits; JSON.parse reads any number as a float.
    for integer in (int, float):
        try:
            return json.loads(text, parse_constant=_refuse, parse_int=integer)
        except ValueError:
            continue
    return Absent.NOT_JSON


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
