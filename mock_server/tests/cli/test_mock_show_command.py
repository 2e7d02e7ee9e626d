"""The output of `graphtape show`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from facts import missing

from graphtape_contracts import End, Exchange, Frame, Request, Response, sse
from graphtape_mock.cli.main import run
from graphtape_mock.cli.recording_text import one_line, render
from graphtape_mock.console.text import escape, shorten
from graphtape_mock.recordings.file import RecordingWriter
from graphtape_mock.recordings.recording import Recording

STREAM = Response(200, (("content-type", "text/event-stream"),))
BODY = (
    b'{"assistant_id":"agent","input":{"a":1},"stream_mode":["values","updates"],'
    b'"stream_subgraphs":true}'
)
RUN = Request("POST", "/runs/stream", (), BODY)


def show(*exchanges: Exchange, width: int | None = None, note: str = "") -> list[str]:
    server = {"url": "http://x", "version": "1"}
    return list(render(Recording("n", exchanges, "now", server, note), "n.jsonl", width))


def stream(*frames: Frame, request: Request = RUN, end: End = End.COMPLETE) -> Exchange:
    return Exchange(request, STREAM, frames, end)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "agent.jsonl"
    with RecordingWriter(path, recorded_at="now") as writer:
        for _ in range(2000):
            writer.add_exchange(
                stream(sse.frame(b'event: a\ndata: "' + b"x" * 200 + b'"\n\n', 1.0))
            )
    return path


def test_a_run_is_shown_as_a_timeline() -> None:
    *lines, last = show(
        stream(
            sse.frame(b"event: values\ndata: {}\n\n", 0.5),
            sse.frame(b": heartbeat\n\n", 5.0001),
            sse.frame(b"event: a\ndata: 1\nretry: 1\n\n", 12.3456),
            sse.frame(b"retry: 3\n\n", 13),
            sse.frame(b"event: upd", 14, torn=True),
            end=End.CUT,
        ),
        note="a note",
    )

    assert lines == [
        "n.jsonl: 1 exchange",
        "recorded now from http://x (version 1)",
        "note: a note",
        "",
        "1. POST /runs/stream  agent: values, updates, subgraphs",
        '   {"input":{"a":1}}',
        "   -> 200, text/event-stream, 2 events in 14.0 s",
        "    1      0.500  values  {}",
        "    2      5.000  :       heartbeat",
        "    3     12.346  a       1",
        "    4     13.000  raw     retry: 3",
        "    5     14.000  torn    event: upd",
    ]
    assert last.split()[0].startswith("cut")


def test_an_answer_that_is_no_stream_is_shown_whole() -> None:
    info = Exchange(Request("GET", "/info"), Response(404), (Frame(0.25, b"no\xff"),))

    assert show(info)[2:] == [
        "",
        "1. GET /info",
        "   -> 404, no content type, 3 bytes",
        "           0.250  no\\xff",
    ]


@pytest.mark.parametrize(
    ("end", "shown"),
    [
        (End.COMPLETE, "                  end"),
        (End.STOPPED, "                  stopped"),
        (End.UNKNOWN, "                  unknown"),
    ],
)
def test_the_end_of_a_stream_is_shown(end: End, shown: str) -> None:
    *_, head, last = show(stream(end=end))

    assert missing(head, [200, "text/event-stream", "0 events"]) == []
    assert last.startswith(shown)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"assistant_id":"a"}', "1. POST /runs/stream  a: values"),
        (b'{"assistant_id":"a","stream_mode":"debug"}', "1. POST /runs/stream  a: debug"),
        (b"no json", "1. POST /runs/stream"),
    ],
)
def test_the_request_is_shown_in_words(body: bytes, shown: str) -> None:
    assert show(stream(request=Request("POST", "/runs/stream", (), body)))[3] == shown


def test_a_recording_without_an_origin_is_shown() -> None:
    first, *_ = render(Recording("n", ()), "n", None)

    assert missing(first, ["n", 0]) == []


def test_lines_are_cut_to_the_width() -> None:
    lines = show(stream(sse.frame(b"event: values\ndata: " + b"x" * 99 + b"\n\n", 0.5)), width=30)

    assert "    1      0.500  values  x..." in lines
    assert max(map(len, lines)) == 30


def test_control_characters_never_reach_the_terminal() -> None:
    data = "\x1b[2J\x9b1m\u202e\u2028\x00\x7f".encode()

    (line,) = [
        li for li in show(stream(sse.frame(b"event: a\x1b\ndata: " + data + b"\n\n"))) if "2J" in li
    ]

    assert line == "    1      0.000  a\\x1b  \\x1b[2J\\x9b1m\\u202e\\u2028\\x00\\x7f"


@pytest.mark.parametrize("text", ["plain", "é", "漢字", "👍", "e\u0301"])
def test_text_that_can_be_seen_is_left_as_it_is(text: str) -> None:
    assert escape(text) == text


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abc..."),
        ("漢字漢", 6, "漢字漢"),
        ("漢字漢字", 6, "漢..."),
        ("e\u0301e\u0301", 4, "e\u0301e\u0301"),
        ("漢字", 3, "..."),
        ("e" + 9 * "\u0301", 4, "e" + 9 * "\u0301"),
    ],
)
def test_text_is_shortened_by_columns(text: str, width: int, shown: str) -> None:
    assert shorten(text, width) == shown


def test_the_command_prints_each_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["show", str(file), str(file)])

    printed = capsys.readouterr().out
    assert code == 0
    assert printed.count(f"{file}: 2000 exchanges\n") == 2
    assert max(map(len, printed.splitlines())) == 100


def test_full_prints_data_whole(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["show", "--full", str(file)])

    assert "x" * 200 in capsys.readouterr().out


def test_a_broken_file_is_told_with_line_and_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"graphtape":1}\n{"at":0,"event":"\xc2\x9b"}\n')

    code = run(["show", str(path)])

    assert code == 2
    facts = [f"{path}:2: ", '"exchange"', '{"at":0,"event":"\\x9b"}']
    assert missing(capsys.readouterr().err, facts) == []


def test_a_missing_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["show", str(tmp_path / "none.jsonl")])

    assert code == 2
    assert capsys.readouterr().err.startswith("Error: can't read ")


def test_a_reader_that_has_enough_is_no_error(file: Path) -> None:
    command = [sys.executable, "-m", "graphtape_mock", "show", "--full", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()

        error = process.stderr.read()

    assert (process.returncode, error) == (0, b"")


def test_what_the_terminal_can_not_write_is_escaped(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with RecordingWriter(path, note="é漢") as writer:
        writer.add_exchange(stream())

    printed = subprocess.check_output(
        [sys.executable, "-m", "graphtape_mock", "show", str(path)],
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )

    assert b"note: \\xe9\\u6f22\n" in printed


def test_a_folder_is_a_line_a_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, end in (("good", End.COMPLETE), ("half", End.CUT)):
        with RecordingWriter(tmp_path / f"{name}.jsonl", recorded_at="now") as writer:
            writer.add_exchange(stream(sse.frame(b"event: values\ndata: {}\n\n", 0.5), end=end))

    assert run(["show", str(tmp_path)]) == 0
    good, half = capsys.readouterr().out.splitlines()
    assert missing(good, ["good:", "agent", '{"a":1}', "values", "updates", "1 event"]) == []
    assert missing(half, ["half:", "cut"]) == []


def test_a_recording_is_read_from_standard_input(file: Path) -> None:
    command = [sys.executable, "-m", "graphtape_mock", "show", "-"]
    with file.open("rb") as content:
        done = subprocess.run(command, stdin=content, capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert done.stdout.startswith("standard input: 2000 exchanges")


def test_a_line_says_how_many_runs_there_are_and_what_became_of_the_first() -> None:
    refused = Exchange(RUN, Response(422, ()), ())

    assert one_line(Recording("a", ())) == "a: no run"
    assert missing(one_line(Recording("a", (refused, refused))), ["2 runs", "422"]) == []
