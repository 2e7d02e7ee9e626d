"""Values that are nested more deeply than what is done with them can bear."""

import sys
from collections.abc import Generator
from contextlib import contextmanager

TOO_DEEP = b"[" * 2 * sys.getrecursionlimit() + b"]" * 2 * sys.getrecursionlimit()
"""JSON that can be read only while `more_nesting` lasts."""


@contextmanager
def more_nesting() -> Generator[None, None, None]:
    """Let Python nest ten times as deeply; Python 3.12 and later read that much as it is."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10 * limit)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
