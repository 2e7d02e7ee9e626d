"""Threads that outlive the test that started them, and the requests that they send later."""

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType
from typing import Any

_SHARED = (
    "anyio",
    "asyncio",
    "concurrent.futures",
    "multiprocessing",
    "queue",
    "selectors",
    "socketserver",
)
"""Packages whose threads wait for the work of whole sessions: pools, event loops, servers."""


class LateThreads:
    """The threads that tests started themselves and left running.

    Threads of pools, event loops and servers are excluded, because they may serve several tests.
    """

    def __init__(self) -> None:
        self._before: set[threading.Thread] = set()
        self._late: set[threading.Thread] = set()

    def begin(self) -> None:
        """Begin a test."""
        self._before = set(threading.enumerate())

    def end(self) -> None:
        """End the test: threads that it started and that are still alive are late from now on."""
        frames = _frames()
        started = set(threading.enumerate()) - self._before
        self._late = {thread for thread in self._late | started if thread.is_alive()}
        self._late -= {thread for thread in started if _is_shared(frames.get(thread.ident or 0))}

    def sent(self, address: tuple[str, int] | None) -> bool:
        """Return whether a late thread sent the request that just came from *address*.

        A client without asyncio waits for the response in the thread that sent the request, so its
        socket is in use there.
        """
        late = [thread for thread in self._late if thread.is_alive()]
        if not late or address is None:
            return False
        frames = _frames()
        return any(
            _has_address(used, address)
            for thread in late
            for frame in _stack(frames.get(thread.ident or 0))
            for used in _sockets(frame)
        )


def _frames() -> dict[int, FrameType]:
    """Return the innermost frame of each thread, by its id."""
    current_frames: Callable[[], dict[int, FrameType]] = vars(sys)["_current_frames"]
    return current_frames()


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _is_shared(innermost: FrameType | None) -> bool:
    modules = (str(frame.f_globals.get("__name__")) for frame in _stack(innermost))
    return any(f"{module}.".startswith(f"{name}.") for module in modules for name in _SHARED)


def _sockets(frame: FrameType) -> Iterator[socket.socket]:
    """Yield the sockets in the variables of a *frame*, up to two attributes deep."""
    for value in list(frame.f_locals.values()):
        for part in (value, *_attributes(value)):
            yield from (one for one in (part, *_attributes(part)) if isinstance(one, socket.socket))


def _attributes(value: Any) -> tuple[Any, ...]:
    return () if isinstance(value, type) else tuple(getattr(value, "__dict__", {}).values())


def _has_address(used: socket.socket, address: tuple[str, int]) -> bool:
    with suppress(OSError):  # It is closed.
        return tuple(used.getsockname()[:2]) == tuple(address[:2])
    return False
