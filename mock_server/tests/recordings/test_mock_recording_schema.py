"""The schema of a recording's lines and the reader refuse the same lines."""

import base64
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_mock_recording_file import HEADER, OPENING, exchanges

from graphtape_contracts import Exchange
from graphtape_contracts.schema import first_error, load
from graphtape_mock.recordings.file import RecordingWriter, parse
from graphtape_mock.recordings.recording import BrokenRecording

SCHEMA = "recording.json"
KINDS = ("header", "exchange", "frame", "end")

# Floats here are never whole numbers: JSON Schema accepts 200.0 as an integer, the reader does not.
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 2),
    st.sampled_from([99, 100, 200, 599, 600, -0.5, 0.5]),
    st.sampled_from(
        ["", "a", "a\n", "a\r", "\r\n", "\n", "\r", "complete", "cut", "end", "\u2028"]
    ),
    st.sampled_from(
        ["/", "//a", "/\n", "/a b", "/a#", "/a\\b", '/a"b', "/a]", "/a~", "/a\x7f", "/é", "@a/"]
    ),
    st.sampled_from(["AA==", "AAA=", "AAAA", "AAAA\n", "A", "AB==", "=", "AA==AA==", "é"]),
    st.binary(max_size=4).map(lambda raw: base64.b64encode(raw).decode()),
    st.sampled_from(
        [[], {}, [["a", "b"]], [["a"]], [["a", 1]], [1], {"method": "GET", "path": "/"}]
    ),
    st.sampled_from([{"status": 200}, {"status": 99}, {"status": 200, "headers": [["a", "b"]]}]),
)
copies = values.map(lambda value: orjson.loads(orjson.dumps(value)))  # Lines are changed in place.
KEYS = (
    "graphtape recorded_at server note exchange request response eol at event data text id "
    "comment json raw base64 torn end method path headers status other"
).split()
written = [line for kind in KINDS for line in load(SCHEMA)["$defs"][kind]["examples"]]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A line of a recording with a few keys changed, also of its request and response."""
    line: dict[str, Any] = orjson.loads(orjson.dumps(draw(st.sampled_from(written))))
    for _ in range(draw(st.integers(0, 3))):
        inner: list[Any] = [value for value in line.values() if isinstance(value, dict)]
        places: list[dict[str, Any]] = [line, *inner]
        place = draw(st.sampled_from(places))
        key = draw(st.sampled_from([*KEYS, *sorted(place)]))
        place.pop(key, None)
        place |= draw(st.just(dict[str, Any]()) | st.dictionaries(st.just(key), copies, min_size=1))
    return line


def reads(line: object) -> bool:
    """Return whether the reader accepts *line* at its place in a recording."""
    text = orjson.dumps(line) + b"\n"
    first = isinstance(line, dict) and "graphtape" in line
    try:
        parse(text if first else HEADER + OPENING + text, "x", "x")
    except BrokenRecording:
        return False
    return True


@given(exchanges())
@settings(deadline=None)
def test_every_line_that_is_written_is_valid(exchange: Exchange) -> None:
    with TemporaryDirectory() as folder, RecordingWriter(Path(folder, "x.jsonl")) as writer:
        writer.add_exchange(exchange)
        lines = writer.path.read_bytes().splitlines()

    assert [first_error(SCHEMA, orjson.loads(line)) for line in lines] == [None] * len(lines)


@given(mutated())
@settings(deadline=None, max_examples=500)
@example({"graphtape": True})
@example({"at": 0, "event": "a", "text": "a\nb"})
@example({"at": 0, "event": "a", "text": "a\r"})
@example({"at": 0, "event": "a", "data": 1, "text": 1, "id": None})
@example({"at": 0, "json": None, "raw": 1, "base64": 1})
@example({"at": 0, "base64": "AAAA\n"})
@example({"at": 0, "comment": "a\n"})
@example({"at": 0})
@example({"end": "cut"})
def test_the_schema_refuses_what_the_reader_refuses(line: dict[str, Any]) -> None:
    assert (first_error(SCHEMA, line) is None) == reads(line)


@pytest.mark.parametrize("line", [None, 1, "x", [], {}])
def test_what_is_no_line_is_refused_by_both(line: object) -> None:
    assert first_error(SCHEMA, line) is not None
    assert not reads(line)


@pytest.mark.parametrize("kind", KINDS)
def test_the_examples_of_the_schema_are_lines(kind: str) -> None:
    examples = load(SCHEMA)["$defs"][kind]["examples"]

    assert examples
    assert all(first_error(SCHEMA, line) is None and reads(line) for line in examples)
