"""Recordings that keep a server busy: a large one, and one that takes minutes."""

from pathlib import Path

import orjson

from graphtape_contracts import Exchange, Request, Response, sse
from graphtape_mock.recordings.file import RecordingWriter

LARGE_MEGABYTES = 8
SLOW_SECONDS = 240.0

_HEAD = (("content-type", "text/event-stream; charset=utf-8"),)


def write_recordings(folder: Path) -> Path:
    """Write the recordings `large` and `slow` into *folder*; return it."""
    folder.mkdir()
    _write(folder / "large.jsonl", {"text": "x" * (LARGE_MEGABYTES << 20)}, 0.0)
    _write(folder / "slow.jsonl", {"text": "x"}, SLOW_SECONDS)
    return folder


def _write(path: Path, values: dict[str, str], at: float) -> None:
    body = orjson.dumps({"assistant_id": "agent", "input": path.stem})
    blocks = (
        (0.0, sse.encode_event("metadata", '{"run_id": "1"}', eol="\r\n")),
        (at, sse.encode_event("values", orjson.dumps(values).decode(), eol="\r\n")),
    )
    frames = tuple(sse.frame(raw, when) for when, raw in blocks)
    request = Request("POST", "/runs/stream", (), body)
    with RecordingWriter(path) as writer:
        writer.add_exchange(Exchange(request, Response(200, _HEAD), frames))
