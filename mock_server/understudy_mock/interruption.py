"""Ctrl-C at the right moment."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts_held() -> Generator[None]:
    """Let a Ctrl-C wait for the end of the block, so that what the block does is done whole."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Signals only ever interrupt the main thread.
        return
    caught: list[int] = []

    def hold(number: int, frame: FrameType | None) -> None:
        caught.append(number)

    before = signal.signal(signal.SIGINT, hold)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if caught:
        raise KeyboardInterrupt
