"""Delays Ctrl-C until a block of code has ended."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts_held(*, forget: bool = False) -> Generator[None]:
    """Delay a Ctrl-C until the end of the block, then raise KeyboardInterrupt.

    With *forget*, a Ctrl-C during the block is ignored.
    """
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
    if caught and not forget:
        raise KeyboardInterrupt
