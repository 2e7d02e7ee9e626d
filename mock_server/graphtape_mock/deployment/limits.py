"""The limits of a session with a deployment: seconds, bytes and retries."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from graphtape_mock.deployment.retry import MOST_RETRIES

MEGABYTE = 1_000_000
BODY_BYTES = 256 * MEGABYTE
"""The default of the maximum size of a body."""

_BLOCKS_OF_A_BODY = 4
"""The size of a body divided by that of a block."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a session. The defaults suit an agent that works for minutes."""

    pause: float = 300.0
    """The longest pause in a response, in seconds (option `timeout`)."""
    seconds: float = math.inf
    """The duration of the whole session, in seconds (option `max-time`)."""
    body_bytes: int = BODY_BYTES
    """The size of the body of one response, decoded (option `max-bytes`)."""
    retries: int = MOST_RETRIES
    """The maximum number of retries of one request (0 with option `no-retry`)."""
    prefix: str = "--"
    """The beginning of the names of the options, for messages."""

    @property
    def block_bytes(self) -> int:
        """The size of one block of an event stream: a quarter of a body."""
        return self.body_bytes // _BLOCKS_OF_A_BODY

    @property
    def over_time(self) -> str:
        """The reason for the end of a session that took too long."""
        return f"the {self.seconds:g} s of {self.prefix}max-time are over"

    @property
    def over_body(self) -> str:
        """The reason for the end of a body that is too large."""
        return (
            f"the response is larger than the {_megabytes(self.body_bytes)} of "
            f"{self.prefix}max-bytes"
        )

    @property
    def over_block(self) -> str:
        """The reason for the end of an event stream with a block that is too large."""
        return (
            f"one event is larger than {_megabytes(self.block_bytes)}, a quarter of "
            f"{self.prefix}max-bytes"
        )


def parse_size(text: str) -> int:
    """Return the bytes in *text*, such as `1000000`, `500kB` or `256MB`. Raises ValueError."""
    found = _SIZE.fullmatch(text.strip())
    size = int(float(found[1]) * _UNITS[found[2].lower()]) if found else 0
    if size < 1:
        raise ValueError(f"expected a size such as 256MB, got {text!r}")
    return size


_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(k|M|G|)B?", re.IGNORECASE)
_UNITS = {"": 1, "k": 1000, "m": MEGABYTE, "g": 1000 * MEGABYTE}


def _megabytes(count: int) -> str:
    return f"{count / MEGABYTE:g} MB"


class Deadline:
    """The time at which a session ends."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        """Set the end of the session to *seconds* from now, by *clock*."""
        self._clock = clock
        self._at = clock() + seconds if math.isfinite(seconds) else math.inf

    @property
    def left(self) -> float:
        """The seconds until the deadline; 0 if it has passed."""
        return max(0.0, self._at - self._clock()) if math.isfinite(self._at) else math.inf

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return self.left == 0
