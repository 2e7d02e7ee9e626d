"""The limits of a session with a deployment: how long it may take, and how much it may send."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from graphtape_mock.deployment.retry import MOST_RETRIES

MEGABYTE = 1_000_000

_BLOCKS_OF_A_BODY = 4
"""How many of the largest event blocks make the largest body."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Each limit, and the option that raises it.

    The defaults suit an agent that works for minutes.
    """

    pause: float = 300.0
    """The longest time in which nothing comes, in seconds: `timeout`."""
    seconds: float = math.inf
    """The longest time for everything, from when the connection is opened: `max-time`."""
    body_bytes: int = 256 * MEGABYTE
    """The largest body of a response, decoded: `max-bytes`."""
    retries: int = MOST_RETRIES
    """How many times a request is made again where the deployment asks for that."""
    prefix: str = "--"
    """What the names of the options begin with."""

    @property
    def block_bytes(self) -> int:
        """The largest block of an event stream: a quarter of a body."""
        return self.body_bytes // _BLOCKS_OF_A_BODY

    @property
    def over_time(self) -> str:
        """The reason why something ends when the time is over."""
        return f"{self.seconds:g} s are over; {self.prefix}max-time allows more"

    @property
    def over_body(self) -> str:
        """The reason why a body ends that is too large."""
        return f"the body has more than {_megabytes(self.body_bytes)}; {self._more_bytes}"

    @property
    def over_block(self) -> str:
        """The reason why an event stream ends whose block is too large."""
        return f"a block of it has more than {_megabytes(self.block_bytes)}; {self._more_bytes}"

    @property
    def _more_bytes(self) -> str:
        return f"{self.prefix}max-bytes allows more (a block is a quarter of it at most)"


def size_of(text: str) -> int:
    """Return the bytes that *text* means: `1000000`, `500kB`, `256MB`, `1GB`. Raises ValueError."""
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
    """The time at which a session is over."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        """Be over in *seconds* by *clock*."""
        self._clock = clock
        self._at = clock() + seconds

    @property
    def left(self) -> float:
        """The seconds that are left; 0 when it is over."""
        return max(0.0, self._at - self._clock())

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return self.left == 0
