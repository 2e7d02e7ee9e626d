"""Events as the rules see them: name, namespace and decoded data of a frame."""

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
    """The number of its frame in the body, counted from 1, comments too."""
    frame: Frame
    mode: str
    """Its name without the namespace: `updates` of `updates|child:UUID`."""
    namespace: tuple[str, ...]
    """The parts of the namespace of a subgraph, outermost first: `("child:UUID",)`."""
    value: Any
    """The decoded data; an `Absent` where there is none. Shared: leave it as it is."""

    @property
    def name(self) -> str:
        """Its name on the wire."""
        return self.frame.event or ""


def event_of(frame: Frame, number: int) -> Event | None:
    """Return the event of the *frame* with that *number*; None of a comment or a torn block."""
    if frame.torn or (frame.event is None and frame.data is None):
        return None
    mode, *namespace = (frame.event or "").split("|")
    return Event(number, frame, mode, tuple(namespace), parse(frame.data))


def parse(text: str | bytes | None) -> Any:
    """Return the JSON value that *text* is, or the reason why there is none.

    What JSON.parse takes is taken: escaped halves of surrogate pairs too, as LangGraph.js 2.0.0
    sends them. NaN and the infinities are not JSON.
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
    # Python reads no integer of more than 4,300 digits; JSON.parse takes every one for a float.
    for integer in (int, float):
        try:
            return json.loads(text, parse_constant=_refuse, parse_int=integer)
        except ValueError:
            continue
    return Absent.NOT_JSON


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
