"""The output of `graphtape verify` for recordings and transcripts."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from facts import missing

from graphtape_contracts import End, Exchange, Frame, Request, Response
from graphtape_contracts.catalogue import find_rule
from graphtape_contracts.rules import RULES
from graphtape_mock.cli.main import run
from graphtape_mock.recordings.file import RecordingWriter
from graphtape_mock.server.mock import bundled_recordings
from graphtape_mock.verify.judgement import JudgementOptions, judge_file

Captured = Callable[[str], Exchange]
Write = Callable[[str, Iterable[Exchange]], str]
Printed = pytest.CaptureFixture[str]

STREAM = "python/mode-agent-values"
OTHER = "python/boom-updates"
ALL = JudgementOptions(RULES)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write *exchanges* to the recording *name*; return its path."""

    def write(name: str, exchanges: Iterable[Exchange]) -> str:
        path = tmp_path / name
        with RecordingWriter(path, recorded_at="now") as writer:
            for exchange in exchanges:
                writer.add_exchange(exchange)
        return str(path)

    return write


@pytest.fixture
def transcript(tmp_path: Path, captured: Captured) -> Callable[[bytes], str]:
    """Write the output of `curl -i` for a stream with this body to a file; return its path."""
    headers = captured(STREAM).response.headers
    head = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers)

    def write(body: bytes) -> str:
        path = tmp_path / "curl.txt"
        path.write_bytes(head.encode() + b"\r\n" + body)
        return str(path)

    return write


def swapped(exchange: Exchange) -> Exchange:
    """Return *exchange* with its first two frames swapped."""
    first, second, *rest = exchange.frames
    return replace(exchange, frames=(second, first, *rest))


@pytest.mark.parametrize("file", sorted(bundled_recordings().iterdir()), ids=lambda f: f.stem)
def test_the_bundled_recordings_keep_the_contract(file: Path, capsys: Printed) -> None:
    assert run(["verify", str(file)]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert missing(first, [file, "7 exchanges", "python"]) == []


def test_a_broken_promise_is_told_with_its_place(
    write: Write, captured: Captured, capsys: Printed
) -> None:
    path = write("a.jsonl", [captured(OTHER), swapped(captured(STREAM))])

    assert run(["verify", path]) == 1
    told = capsys.readouterr().out.splitlines()
    facts = ["exchange 2", "frame 1", "line 8", "POST /runs/stream"]
    assert missing(told[0], [path, "2 exchanges", "python", "1 finding"]) == []
    assert missing(told[1], ["order.metadata-first (MUST)", *facts]) == []
    assert missing(told[-1], ["1 file", "2 exchanges", "1 at MUST"]) == []


def test_the_line_told_is_that_of_the_frame(write: Write, captured: Captured) -> None:
    killed = replace(captured(OTHER), end=End.UNKNOWN)
    path = Path(write("a.jsonl", [killed, swapped(captured(STREAM))]))

    (remark,) = judge_file(path, JudgementOptions((find_rule("order.metadata-first"),))).findings

    line = path.read_text(encoding="utf-8").splitlines()[(remark.line or 0) - 1]
    assert json.loads(line)["event"] == "values"
    assert remark.finding.exchange == 2


def test_a_transcript_is_judged_without_its_request(
    transcript: Callable[[bytes], str], captured: Captured, capsys: Printed
) -> None:
    path = transcript(captured(STREAM).body)

    assert run(["verify", path]) == 0
    assert missing(capsys.readouterr().out, [path, "1 exchange", "python"]) == []


def test_a_finding_in_a_transcript_has_no_line_and_no_request(
    transcript: Callable[[bytes], str], captured: Captured, capsys: Printed
) -> None:
    path = transcript(swapped(captured(STREAM)).body)

    assert run(["verify", path]) == 1
    told = capsys.readouterr().out.splitlines()[1]
    assert missing(told, ["order.metadata-first (MUST)", "frame 1"]) == []
    assert "line" not in told
    assert "/runs" not in told


def test_a_transcript_is_judged_by_its_request_where_that_is_told(
    transcript: Callable[[bytes], str], captured: Captured, capsys: Printed
) -> None:
    path = transcript(captured(STREAM).body)
    request = 'POST /runs/stream {"assistant_id": "agent", "stream_mode": "updates"}'

    assert run(["verify", "--request", request, path]) == 1
    assert missing(capsys.readouterr().out, ["events.asked (MUST)", "frame 2"]) == []


def test_an_interrupted_transcript_has_no_torn_tail(
    transcript: Callable[[bytes], str], captured: Captured
) -> None:
    path = transcript(captured(STREAM).body[:-5])

    assert run(["verify", path]) == 1
    assert run(["verify", "--stopped", path]) == 0


def test_programs_get_json(write: Write, captured: Captured, capsys: Printed) -> None:
    path = write("a.jsonl", [swapped(captured(STREAM))])

    assert run(["verify", "--format", "json", path]) == 1
    (told,) = json.loads(capsys.readouterr().out)["files"]
    (finding,) = told["findings"]
    assert (told["file"], told["exchanges"], told["dialect"]) == (path, 1, "python")
    assert (finding["rule"], finding["level"]) == ("order.metadata-first", "MUST")
    assert (finding["exchange"], finding["frame"], finding["line"]) == (1, 1, 3)
    assert finding["path"] == "$"


def test_github_gets_annotations_at_the_lines_of_the_file(
    write: Write, captured: Captured, capsys: Printed
) -> None:
    path = write("a,b.jsonl", [swapped(captured(STREAM))])

    assert run(["verify", "--format", "github", path]) == 1
    (told,) = capsys.readouterr().out.splitlines()
    named = path.replace(",", "%2C")
    assert told.startswith(f"::error file={named},line=3,title=order.metadata-first::")
    assert missing(told, ["%0A", "exchange 1", "frame 1"]) == []


def test_a_good_file_is_no_annotation(write: Write, captured: Captured, capsys: Printed) -> None:
    path = write("a.jsonl", [captured(STREAM)])

    assert run(["verify", "--format", "github", path]) == 0
    assert capsys.readouterr().out == ""


def test_promises_that_bind_less_are_left_aside(write: Write, captured: Captured) -> None:
    exchange = captured(STREAM)
    headers = tuple(pair for pair in exchange.response.headers if pair[0] != "cache-control")
    path = write("a.jsonl", [replace(exchange, response=Response(200, headers))])

    assert run(["verify", path]) == 1
    assert run(["verify", "--level", "must", path]) == 0


def test_a_named_dialect_is_judged_as_that(
    write: Write, captured: Captured, capsys: Printed
) -> None:
    path = write("a.jsonl", [captured(STREAM)])

    assert run(["verify", "--dialect", "javascript", path]) == 1
    assert "javascript" in capsys.readouterr().out


def test_a_server_may_be_of_no_known_dialect(
    write: Write, captured: Captured, capsys: Printed
) -> None:
    exchange = captured(STREAM)
    telling = ("server", "location")
    head = Response(200, tuple(h for h in exchange.response.headers if h[0] not in telling))
    path = write("a.jsonl", [replace(exchange, response=head)])

    assert run(["verify", path]) == 0
    told = capsys.readouterr().out
    assert missing(told, [path, "1 exchange"]) == []
    assert "python" not in told.removeprefix(path)


def test_what_a_server_sent_is_harmless_to_a_terminal(
    write: Write, captured: Captured, capsys: Printed
) -> None:
    exchange = captured(STREAM)
    frame = Frame(0.0, b"", event="values\x1b[2J", data="1")
    evil = replace(frame, raw=b"event: values\x1b[2J\ndata: 1\n\n")
    path = write("a.jsonl", [replace(exchange, frames=(evil,))])

    assert run(["verify", path]) == 1
    assert "\x1b" not in capsys.readouterr().out


def test_the_schema_of_the_output_is_taken_from_the_recording(
    write: Write, captured: Captured
) -> None:
    schema = b'{"output_schema":{"type":"object","properties":{"messages":{"type":"number"}}}}'
    told = Exchange(
        Request("GET", "/assistants/1/schemas"),
        Response(200, (("content-type", "application/json"),)),
        (Frame(0.0, schema),),
    )
    broken = replace(told, frames=(Frame(0.0, b"[]"),))

    with_schema = judge_file(Path(write("a.jsonl", [told, broken, captured(STREAM)])), ALL)
    without = judge_file(Path(write("b.jsonl", [broken, captured(STREAM)])), ALL)
    with_two = judge_file(Path(write("c.jsonl", [told, told, captured(STREAM)])), ALL)

    verdicts = (with_schema, without, with_two)
    told_wrong = [{r.finding.rule for r in verdict.findings} for verdict in verdicts]
    assert ["data.advertised" in rules for rules in told_wrong] == [True, False, False]


def test_a_pinned_version_judges_by_its_own_rules(
    write: Write, captured: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a.jsonl", [swapped(captured(STREAM))])
    monkeypatch.setattr("graphtape_contracts.catalogue.frozen_levels", {"0.1": {}}.__getitem__)

    assert run(["verify", "--contract", "0.1", path]) == 0


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--contract", "7.7"], ["0.16", "'7.7'"]),
        (["--level", "high"], ["--level", "'high'"]),
        (["--dialect", "go"], ["--dialect", "'go'"]),
        (["--request", "/runs/stream"], ["--request", "/runs/stream"]),
        (["--request", "POST"], ["--request", "POST"]),
    ],
)
def test_wrong_use_is_told(
    arguments: list[str], facts: list[str], tmp_path: Path, capsys: Printed
) -> None:
    assert run(["verify", *arguments, str(tmp_path)]) == 2
    assert missing(capsys.readouterr().err, facts) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"# Title", "a.x"),
        (b"", "a.x"),
        (b'{"a":1}\n', "a.x:1: "),
        (b"HTTP/1.1 200 OK\r\n", "a.x"),
        (None, "a.x: "),
    ],
    ids=["other", "empty", "other JSON", "torn head", "missing"],
)
def test_a_file_that_can_not_be_read_is_told_and_hides_no_other(
    content: bytes | None,
    message: str,
    tmp_path: Path,
    write: Write,
    captured: Captured,
    capsys: Printed,
) -> None:
    good = write("good.jsonl", [captured(STREAM)])
    bad = tmp_path / "a.x"
    for written in [content] if content is not None else []:
        bad.write_bytes(written)

    assert run(["verify", str(bad), good]) == 2
    told = capsys.readouterr()
    assert message in told.err
    assert missing(told.out, [good, "1 exchange", "python"]) == []


def test_a_folder_is_verified_file_by_file(
    write: Write, captured: Captured, tmp_path: Path, capsys: Printed
) -> None:
    write("one.jsonl", [captured(STREAM)])
    write("two.jsonl", [captured(STREAM)])

    assert run(["verify", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert missing(printed, ["one.jsonl", "two.jsonl", "2 files"]) == []


def test_an_empty_folder_is_wrong_use(tmp_path: Path, capsys: Printed) -> None:
    assert run(["verify", str(tmp_path)]) == 2
    assert missing(capsys.readouterr().err, [tmp_path, "graphtape record"]) == []


def test_a_recording_that_is_not_whole_is_not_good(
    write: Write, captured: Captured, capsys: Printed
) -> None:
    whole = captured(STREAM)
    path = write("cut.jsonl", [replace(whole, frames=whole.frames[:2], end=End.CUT)])

    assert run(["verify", path]) == 2
    printed = capsys.readouterr().out
    assert missing(printed, ["cut.jsonl", "exchange 1", "cut"]) == []
    assert "good" not in printed


def test_a_transcript_is_read_from_standard_input(transcript: Callable[[bytes], str]) -> None:
    command = [sys.executable, "-m", "graphtape_mock", "verify", "-"]
    content = Path(transcript(b"event: values\r\ndata: {}\r\n\r\n")).read_bytes()
    done = subprocess.run(command, input=content, capture_output=True, check=False)

    assert done.returncode == 1
    assert missing(done.stdout.decode(), ["standard input: ", "order.metadata-first"]) == []


def test_a_request_with_a_torn_body_is_wrong_use(
    transcript: Callable[[bytes], str], capsys: Printed
) -> None:
    assert run(["verify", transcript(b""), "--request", "POST /runs/stream {bad"]) == 2
    assert missing(capsys.readouterr().err, ["--request", "JSON", "{bad"]) == []
