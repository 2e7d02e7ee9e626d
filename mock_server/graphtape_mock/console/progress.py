"""Shows the progress of runs: one live line on a terminal, plain lines anywhere else."""

from typing import TextIO


class Progress:
    """Writes the progress of *total* runs to *stream*; *live* means that it is a terminal."""

    def __init__(self, stream: TextIO, *, live: bool, total: int, doing: str = "recording") -> None:
        self._stream, self._live, self._total, self._doing = stream, live, total, doing
        self._number = 0
        self._name = ""

    def start(self, name: str) -> None:
        """Begin the next run, which is for the recording *name*."""
        self._number += 1
        self._name = name

    def watch(self, events: int, seconds: float) -> None:
        """Update the live line with the events and seconds so far; without one, do nothing."""
        if self._live:
            self._stream.write(f"\r{self._line(events, seconds)}\x1b[K")
            self._stream.flush()

    def finish(self, events: int, seconds: float, remark: str = "") -> None:
        """Write the line of the finished run: its events, its seconds and a *remark*."""
        start, end = ("\r", "\x1b[K\n") if self._live else ("", "\n")
        self._stream.write(f"{start}{self._line(events, seconds)}{remark}{end}")
        self._stream.flush()

    def say(self, text: str) -> None:
        """Write *text* as a line."""
        self._stream.write(f"\r\x1b[K{text}\n" if self._live else f"{text}\n")
        self._stream.flush()

    def _line(self, events: int, seconds: float) -> str:
        count = "1 event" if events == 1 else f"{events} events"
        number = f"({self._number} of {self._total})"
        return f"{self._doing} {self._name} {number}: {count}, {seconds:.1f} s"
