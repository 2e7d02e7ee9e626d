"""Programs of ours in processes of their own: how they end, what they print, what they occupy."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

GRAPHTAPE = (sys.executable, "-m", "graphtape_mock")
PYTEST = (
    *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider"),
    *("-p", "no:asyncio", "-p", "no:schemathesis"),
)
"""Without plugins that take long to import."""

_POLL_SECONDS = 0.005
_TRACEBACK = "Traceback (most recent call last)"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended."""

    code: int
    """Its exit code; a negative number is the signal that killed it."""
    seconds: float
    """The time that its end took: since the first signal, or since the call of `wait`."""
    output: str
    megabytes: float
    """The most memory that it occupied; 0 on a system that does not tell."""
    in_time: bool
    """Whether it ended by itself before the deadline."""

    @property
    def has_traceback(self) -> bool:
        """Whether a traceback was printed."""
        return _TRACEBACK in self.output

    @property
    def last_words(self) -> str:
        """The last line of the output that is neither blank nor the path of a file."""
        lines = reversed(self.output.split("\n"))
        return next((text for text in lines if text.strip() and not text.endswith(".jsonl")), "")


class Program:
    """A program that runs in a session of its own. Use it as a context manager, which kills it."""

    def __init__(
        self,
        command: Sequence[str | Path],
        folder: Path,
        before: Callable[[], None] | None = None,
        **variables: str,
    ) -> None:
        """Start *command* in *folder*, with *variables* added to the environment.

        *before* is called in the new process.
        """
        self._output = folder / f"output-{time.monotonic_ns()}.txt"
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                list(map(str, command)),
                cwd=folder,
                env=os.environ | {"LANGSMITH_TRACING": "false"} | variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=before,
            )
        self._signalled: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.send(signal.SIGKILL)
        self._process.wait()

    @property
    def output(self) -> str:
        """All that it has printed so far, standard error included."""
        return self._output.read_text("utf-8", "replace")

    def send(self, number: int) -> None:
        """Send the signal *number*, unless the program has ended."""
        self._signalled = self._signalled or time.monotonic()
        with suppress(ProcessLookupError):
            os.kill(self._process.pid, number)

    def wait_for_text(self, text: str, seconds: float = 60.0) -> str:
        """Return the output as soon as it holds *text*; fails if the program ends without it."""
        tick, deadline = threading.Event(), time.monotonic() + seconds
        while text not in self.output:
            assert self._process.poll() is None or text in self.output, self.output
            assert time.monotonic() < deadline, self.output
            tick.wait(_POLL_SECONDS)
        return self.output

    def wait(self, bound: float) -> Ended:
        """Wait until it ends; kill it *bound* seconds after the first signal, or from now on."""
        began = self._signalled or time.monotonic()
        tick, megabytes = threading.Event(), 0.0
        while self._process.poll() is None and time.monotonic() < began + bound:
            megabytes = max(megabytes, self._occupied())
            tick.wait(_POLL_SECONDS)
        seconds = time.monotonic() - began
        in_time = self._process.poll() is not None
        self.send(signal.SIGKILL)
        code = self._process.wait()
        return Ended(code, seconds, self.output, megabytes, in_time)

    def _occupied(self) -> float:
        found = None
        with suppress(OSError):
            status = Path(f"/proc/{self._process.pid}/status").read_bytes()
            found = re.search(rb"VmHWM:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0
