"""The recording format: exchanges in a file of JSON Lines, one frame a line.

The first line describes the deployment and the recording. An exchange is a line with the request
and the head of the response, then one line for each frame, then a line that says how the body
ended. Frames are appended as they arrive, so a process that is killed loses at most one frame.

A frame is stored as JSON if encoding that gives the same bytes, else as text, else raw, so that a
recording replays byte for byte. `graphtape_contracts/schemas/recording.json` is the JSON Schema of
the lines.
"""

from dataclasses import dataclass, field
from typing import Any

from graphtape_contracts import Exchange

FORMAT = 1
SUFFIX = ".jsonl"

RUN_PATHS = ("/runs/stream", "/runs/wait")


class BrokenRecording(ValueError):
    """A file that is not a recording."""

    def __init__(self, path: str, line: int, expected: str, got: str) -> None:
        """Name the file *path* and its *line*, counted from 1."""
        super().__init__(path, line, expected, got)
        self.path, self.line, self.expected, self.got = path, line, expected, got

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True, slots=True)
class Recording:
    """Exchanges with one deployment, plus when they were recorded and what server answered."""

    name: str
    exchanges: tuple[Exchange, ...]
    recorded_at: str = ""
    """The time of the recording, in ISO 8601 and UTC."""
    server: dict[str, Any] = field(default_factory=dict[str, Any])
    """The body of `GET /info`, and the `url` of the deployment."""
    note: str = ""
    redacted: tuple[dict[str, Any], ...] = ()
    """What was replaced by placeholders: objects of `kind`, `place` and `count`."""
    kept: tuple[str, ...] = ()
    """The JSON keys that look like names of secrets, but whose values were kept."""
    lines: tuple[int, ...] = field(default=(), compare=False)
    """The line number, from 1, at which each exchange begins; its frames follow, one a line.
    Empty if the recording was not read from a file."""

    @property
    def runs(self) -> tuple[Exchange, ...]:
        """The exchanges that are stateless runs, in the order of the file."""
        return tuple(e for e in self.exchanges if e.request.path in RUN_PATHS)
