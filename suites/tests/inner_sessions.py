"""What makes sessions of pytest inside of ours cheap."""

import gc
from functools import cache


@cache
def set_heap_aside() -> None:
    """Let the collector never again look at what is there now; call it before a session.

    Each session has all garbage collected twice at its end, to tell what was left open. Most of
    what the collector would look at is ours, and stays.
    """
    gc.collect()
    gc.freeze()
