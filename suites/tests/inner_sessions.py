"""Faster pytest sessions inside a test."""

import gc
from functools import cache


@cache
def set_heap_aside() -> None:
    """Exclude all current objects from garbage collection; call it before an inner session.

    pytest collects garbage twice at the end of each session, to report unclosed resources. Most of
    the objects belong to the outer session and are never freed.
    """
    gc.collect()
    gc.freeze()
