"""A secret in some bytes."""

import re
from typing import NamedTuple

PLACEHOLDERS = re.compile(rb"\[redacted-([0-9]{1,9})\]")
"""What stands in the place of a secret."""

PLACEHOLDER = "placeholder"
"""The kind of a secret that was replaced before."""


class Found(NamedTuple):
    """Where a secret is, and of which kind."""

    start: int
    end: int
    kind: str
    secret: bytes
    """The secret itself, as it reads without escapes: equal ones get the same placeholder."""
    quote: bytes = b""
    """What to write around the placeholder, where the secret is a number."""


def is_placeholder(data: bytes) -> bool:
    """Return whether *data* is the placeholder of a secret, and nothing else."""
    return PLACEHOLDERS.fullmatch(data) is not None
