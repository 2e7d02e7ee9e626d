"""Faster pytest sessions inside a test."""

import gc
from functools import cache


@cache
def set_heap_aside() -> None:
    """Exclude all current objects from garbage collection; call it before an inner session.

    pytest collects garbage twice at the end of each session, to report unclosed resources. Most
    objects belong to the outer session, so collecting them takes long and frees none.
    """
    gc.collect()
    gc.freeze()
