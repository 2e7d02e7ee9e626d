"""`graphtape drift`: its requests, output, files and exit codes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import orjson
import pytest
from facts import missing
from scripted_deployment import (
    ASSISTANT,
    STREAM_HEAD,
    Asked,
    Deployment,
    Script,
    answer,
    chunk,
    deployed,
    event,
    say,
    scripts_of_a_server,
    stream,
    wait_until,
)

from graphtape_contracts import Exchange, Frame, Request, Response
from graphtape_mock.cli.main import run
from graphtape_mock.deployment.headers import KEY_VARIABLES
from graphtape_mock.recordings.file import RecordingWriter, read
from graphtape_mock.redaction.walk import Walk
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server.mock import Mock, bundled_recordings
from graphtape_mock.server.running import BackgroundServer

METADATA = event("metadata", {"run_id": "1", "attempt": 1})
VALUES = event("values", {"a": 1})
RUN = "POST /runs/stream"
FILE = "recordings/agent.jsonl"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and an environment without API keys."""
    monkeypatch.chdir(tmp_path)
    for name in KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def deployment(folder: Path, capsys: pytest.CaptureFixture[str]) -> Generator[Deployment]:
    """A server with the graph `agent`, and a recording of one of its runs in `FILE`."""
    with deployed(scripts_of_a_server(stream(METADATA, VALUES))) as deployment:
        record(deployment, '{"a":0}')
        capsys.readouterr()
        deployment.asked.clear()
        yield deployment


def record(deployment: Deployment, input_: str, *options: str) -> None:
    command = ["record", deployment.url, "--assistant", "agent", "--input", input_, *options]
    assert run(command) in (0, 1)


def drift(deployment: Deployment, *options: str) -> int:
    return run(["drift", *options, "recordings", deployment.url])


def once(first: Script, then: Script) -> Script:
    """Return a script that runs *first* the first time, and *then* after that."""
    scripts: Iterator[Script] = iter([first])
    return lambda asked: next(scripts, then)(asked)


@pytest.mark.parametrize("options", [(), ("--repeat", "2", "--concurrency", "4")])
def test_the_mock_never_drifts_from_what_it_serves(
    options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = bundled_recordings()
    mock = Mock(load([folder]), ReplayOptions(speed=0))

    with BackgroundServer(mock) as server:
        code = run(["drift", "--fail-on", "additive", *options, str(folder), server.url])

    *of_files, total = capsys.readouterr().out.splitlines()
    names = sorted(map(str, folder.iterdir()))
    assert sorted(line.partition(":")[0] for line in of_files) == names
    assert missing(total, [f"{len(names)} files", f"{len(names) * 7} responses"]) == []
    assert code == 0


def test_the_same_answers_are_no_drift(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    code = drift(deployment)

    printed = capsys.readouterr()
    assert code == 0
    of_the_file, total = printed.out.splitlines()
    assert missing(of_the_file, [FILE, 7]) == []
    assert missing(total, [1, 7]) == []
    progress, spent = printed.err.splitlines()
    assert missing(progress, ["agent", "1 of 1", "2 events"]) == []
    assert missing(spent, ["1 of 50", "of 600 s"]) == []


def test_runs_are_tagged_and_end_when_we_go(deployment: Deployment) -> None:
    drift(deployment)

    (asked,) = deployment.bodies(RUN)
    (recorded,) = read(Path(FILE)).runs
    tagged = {"metadata": {"graphtape": "drift"}, "on_disconnect": "cancel"}
    assert asked == orjson.loads(recorded.request.body) | tagged


def test_a_terminal_sees_a_line_that_lives(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    drift(deployment)

    lines = capsys.readouterr().err.split("\r")
    told = [line.split(",")[0] for line in lines[1:]]
    assert [line.rpartition(": ")[2] for line in told] == ["1 event", "2 events", "2 events"]
    assert all(missing(line, ["agent", "1 of 1"]) == [] for line in told)


BROKEN = event("values", {"b": 1})
MORE = event("values", {"a": 1, "b": 1})


@pytest.mark.parametrize(
    ("block", "options", "expected"),
    [
        (VALUES, (), 0),
        (MORE, (), 0),
        (MORE, ("--fail-on", "additive"), 1),
        (BROKEN, (), 1),
    ],
)
def test_the_exit_code_tells_how_bad_it_is(
    deployment: Deployment, block: bytes, options: tuple[str, ...], expected: int
) -> None:
    deployment.scripts[RUN] = stream(METADATA, block)

    assert drift(deployment, *options) == expected


def test_drift_is_told_for_people(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts[RUN] = stream(METADATA, BROKEN, event("news", {}))

    drift(deployment)

    lines = capsys.readouterr().out.splitlines()
    facts: list[list[object]] = [
        [FILE, 7, "1 breaking", "2 additive"],
        ["breaking", "'a'", "$.a", "POST /runs/stream"],
        ["number"],
        ["absent"],
        ["additive", "'b'", "$.b", "POST /runs/stream"],
        ["absent"],
        ["number"],
        ["additive", "news", "POST /runs/stream"],
        ["absent"],
        [],
        ["1 file", 7, "1 breaking", "2 additive"],
    ]
    assert [missing(line, told) for line, told in zip(lines, facts, strict=True)] == [[]] * 11


def test_drift_is_told_for_programs(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts[RUN] = stream(METADATA, BROKEN)

    drift(deployment, "--format", "json", "--max-runs", "1", "--repeat", "2")
    drift(deployment, "--format", "json")

    unasked, told = (json.loads(text) for text in _documents(capsys.readouterr().out))
    (not_asked,) = unasked["files"][0]["not_asked"]
    assert missing(not_asked.pop("reason"), ["1 of 1"]) == []
    assert not_asked == {"request": RUN, "line": 20}
    first = told["files"][0]["drifts"][0]
    assert missing(first.pop("summary"), ["'a'"]) == []
    assert first == {
        "request": RUN,
        "line": 20,
        "severity": "breaking",
        "kind": "missing",
        "before": "number",
        "after": "absent",
        "where": ["last state $.a", "values $.a"],
    }
    assert told["files"][0]["compared"] == 7
    assert told["spent"]["runs"] == 1


def _documents(text: str) -> list[str]:
    first, second = text.split("\n}\n{\n")
    return [first + "\n}", "{\n" + second]


def test_drift_is_told_to_github(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts[RUN] = stream(METADATA, BROKEN)

    drift(deployment, "--format", "github")

    breaking, additive = capsys.readouterr().out.splitlines()
    assert breaking.startswith(f"::error file={FILE},line=20,title=")
    assert missing(breaking, ["POST /runs/stream", "'a'", "$.a", "number", "absent"]) == []
    assert additive.startswith(f"::warning file={FILE},line=20,title=")
    assert missing(additive, ["POST /runs/stream", "'b'", "$.b", "absent", "number"]) == []


def test_a_refusal_that_is_none_any_more_is_told(
    deployment: Deployment, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts[RUN] = say(answer(422, {"detail": "no"}))
    (folder / FILE).unlink()
    record(deployment, '{"a":0}')

    assert drift(deployment) == 0
    deployment.scripts[RUN] = stream(METADATA)
    assert drift(deployment) == 1
    told = capsys.readouterr().out
    assert 0 < told.index("422\n") < told.index("200\n")


def test_what_every_answer_shows_is_drift(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    news = event("news", {})
    deployment.scripts[RUN] = once(stream(METADATA, BROKEN, news), stream(METADATA, VALUES, news))

    code = drift(deployment, "--repeat", "3")

    printed = capsys.readouterr()
    assert code == 0
    assert len(deployment.bodies(RUN)) == 3
    assert missing(printed.out, [7, "1 additive"]) == []
    assert missing(printed.err, ["agent", "3 of 3"]) == []


def test_requests_that_recordings_share_are_made_once(deployment: Deployment) -> None:
    record(deployment, '{"a":1}')
    deployment.asked.clear()

    drift(deployment)

    lines = [asked.line for asked in deployment.asked]
    assert lines.count(RUN) == 2
    assert lines.count(f"GET /assistants/{ASSISTANT}") == 1


def test_what_is_not_asked_for_lack_of_budget_is_told(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    record(deployment, '{"a":1}')
    capsys.readouterr()

    code = drift(deployment, "--max-runs", "1")

    printed = capsys.readouterr()
    assert code == 1
    told = printed.out.splitlines()
    (at,) = [n for n, line in enumerate(told) if line.startswith("recordings/agent-2.jsonl")]
    assert missing(told[at], [6, 1]) == []
    assert missing(told[at + 1], ["POST /runs/stream", "line 20", "1 of 1"]) == []
    assert missing(printed.err.splitlines()[-1], ["1 of 1"]) == []


def test_github_shows_what_was_not_asked_as_an_error(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts[RUN] = say(answer(429, {}, b"Retry-After: 999"))

    code = drift(deployment, "--format", "github")

    assert code == 1
    told = capsys.readouterr().out
    assert told.startswith(f"::error file={FILE},line=20,title=")
    assert missing(told, ["POST /runs/stream", 999, 600]) == []


def test_who_asks_to_come_back_is_asked_again(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    later = say(answer(429, {}, b"Retry-After: 0"))
    deployment.scripts[RUN] = once(later, stream(METADATA, VALUES))

    assert drift(deployment) == 0
    assert missing(capsys.readouterr().err.splitlines()[-1], ["1 of 50", "1 time"]) == []


def test_who_asks_to_come_back_for_ever_was_not_asked(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts[RUN] = say(answer(503, {}, b"Retry-After: 0"))

    assert drift(deployment) == 1
    assert missing(capsys.readouterr().out, ["POST /runs/stream", 503]) == []


def test_there_is_no_more_time_than_was_given(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    code = drift(deployment, "--max-time", "0.000001")

    assert code == 2
    assert missing(capsys.readouterr().err, ["--max-time", "1e-06 s"]) == []


def test_what_is_about_a_thread_of_then_is_left_aside_and_kept(
    deployment: Deployment, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    thread = Request("GET", "/threads/01a20afa-a99a-75ae-b1ba-7ca409a824e4/state")
    state = Exchange(thread, Response(200), (Frame(0.1, b"{}"),))
    recording = read(folder / FILE)
    (folder / FILE).unlink()
    with RecordingWriter(folder / FILE) as writer:
        for exchange in (state, *recording.runs):
            writer.add_exchange(exchange)
    deployment.scripts[RUN] = stream(METADATA, MORE)

    code = drift(deployment, "--update")

    updated = read(folder / FILE)
    assert code == 0
    assert missing(capsys.readouterr().out, ["1 response", "1 additive"]) == []
    assert updated.exchanges[0] == state
    assert updated.server == {"url": deployment.url}


def test_placeholders_can_not_be_asked_for(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(FILE).unlink()
    record(deployment, '{"password":"secret-1"}')
    deployment.asked.clear()

    code = drift(deployment)

    assert code == 1
    assert deployment.bodies(RUN) == []
    assert missing(capsys.readouterr().out, ["POST /runs/stream", "placeholder"]) == []


def test_the_key_is_sent_and_never_printed(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGSMITH_API_KEY", "my-own-key-1")
    deployment.scripts[RUN] = say(answer(422, {"detail": "no my-own-key-1, token-of-mine"}))

    drift(deployment, "--header", "Authorization: token-of-mine")

    printed = capsys.readouterr()
    asked = deployment.asked[-1].headers
    assert (asked["x-api-key"], asked["authorization"]) == ("my-own-key-1", "token-of-mine")
    assert missing(printed.out, [422, "no [redacted-1], [redacted-2]"]) == []
    assert "my-own-key-1" not in printed.out + printed.err


def test_additions_are_written_into_the_recording(
    deployment: Deployment, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts[RUN] = stream(
        METADATA,
        event("values", {"a": 2, "metadata": {"graphtape": "drift"}, "password": "s-123456"}),
    )
    before = read(folder / FILE)

    code = drift(deployment, "--update")

    after = read(folder / FILE)
    assert code == 0
    assert FILE in capsys.readouterr().err.splitlines()[-1]
    assert [e.request for e in after.exchanges] == [e.request for e in before.exchanges]
    assert after.runs[0].frames[-1].data == ('{"a":2,"metadata":{},"password":"[redacted-2]"}')
    assert (after.server["url"], after.server["version"]) == (deployment.url, "0.16.7")
    assert drift(deployment, "--fail-on", "additive") == 0
    assert [path.name for path in (folder / "recordings").glob("*agent*")] == ["agent.jsonl"]


def test_a_recording_is_not_updated_with_what_may_be_a_secret(
    deployment: Deployment,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def missed(walk: Walk, data: bytes) -> object:
        return iter(())

    monkeypatch.setattr(Walk, "find", missed)
    token = "gh" + "p_" + "a1B2c3D4e5" * 4
    deployment.scripts[RUN] = stream(METADATA, event("values", {"a": 2, "text": token}))
    before = (folder / FILE).read_bytes()

    drift(deployment, "--update")

    assert missing(capsys.readouterr().err, [FILE, "github-token"]) == []
    assert (folder / FILE).read_bytes() == before


@pytest.mark.parametrize(
    ("script", "told_of"),
    [
        (stream(METADATA, VALUES), []),
        (stream(METADATA, BROKEN), [FILE, "POST /runs/stream"]),
        (stream(METADATA, VALUES, MORE, event("error", {})), []),
        (say(answer(429, {}, b"Retry-After: 999")), []),
    ],
    ids=["the same", "broken", "failed", "unasked"],
)
def test_a_recording_that_would_lose_something_stays(
    deployment: Deployment,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    script: Script,
    told_of: list[str],
) -> None:
    before = (folder / FILE).read_bytes()
    deployment.scripts[RUN] = script

    drift(deployment, "--update")

    printed = capsys.readouterr().err
    assert (folder / FILE).read_bytes() == before
    assert missing(printed, told_of) == []
    assert (FILE in printed) == bool(told_of)


def test_a_recording_of_which_not_all_was_asked_stays(
    deployment: Deployment, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / FILE).read_bytes()
    deployment.scripts["GET /info"] = say(answer(200, {"version": "0.16.7", "more": 1}))
    deployment.scripts[RUN] = say(answer(429, {}, b"Retry-After: 999"))

    code = drift(deployment, "--update")

    assert code == 1
    assert (folder / FILE).read_bytes() == before
    assert FILE in capsys.readouterr().err


def test_a_way_that_the_agent_did_not_go_is_not_lost(
    deployment: Deployment, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nodes = [event("updates", {"agent": {"a": 1}}), event("updates", {"tools": {"b": 1}})]
    deployment.scripts[RUN] = stream(METADATA, *nodes)
    record(deployment, '{"a":0}', "--force")
    before = (folder / FILE).read_bytes()
    deployment.scripts[RUN] = stream(METADATA, nodes[0], event("news", {}))

    code = drift(deployment, "--update")

    assert code == 0
    assert (folder / FILE).read_bytes() == before
    assert missing(capsys.readouterr().err, [FILE, "POST /runs/stream"]) == []


def test_of_several_answers_one_that_shows_all_is_kept(
    deployment: Deployment, folder: Path
) -> None:
    deployment.scripts[RUN] = once(
        stream(METADATA, BROKEN, event("news", {"n": 1})),
        stream(METADATA, VALUES, event("news", {"n": 2})),
    )

    drift(deployment, "--update", "--repeat", "2")

    assert read(folder / FILE).runs[0].frames[-1].data == '{"n":2}'


def test_a_disk_that_is_full_leaves_the_recording_as_it_was(
    deployment: Deployment,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def write(file: int, data: bytes) -> int:
        raise OSError(28, "No space left on device", FILE)

    before = (folder / FILE).read_bytes()
    deployment.scripts[RUN] = stream(METADATA, MORE)
    monkeypatch.setattr("graphtape_mock.recordings.file.os.write", write)

    code = drift(deployment, "--update")

    assert code == 2
    assert (folder / FILE).read_bytes() == before
    assert missing(capsys.readouterr().err, [FILE, "No space left on device"]) == []
    assert [path.name for path in (folder / "recordings").glob("*agent*")] == ["agent.jsonl"]


def test_a_deployment_that_is_gone_in_the_middle_is_told(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts[RUN] = Asked.reset

    code = drift(deployment)

    printed = capsys.readouterr()
    assert code == 2
    assert missing(printed.out, ["6 responses", 1]) == []
    assert missing(printed.err, [deployment.url]) == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["http://127.0.0.1:9"], ["RECORDINGS"]),
        (["none", "http://127.0.0.1:9"], ["none"]),
        (["empty", "http://127.0.0.1:9"], ["empty"]),
        (["broken.jsonl", "http://127.0.0.1:9"], ["broken.jsonl:1: "]),
        ([FILE, "127.0.0.1:9"], ["URL", "http://", "LANGGRAPH_API_URL"]),
        ([FILE, "http://127.0.0.1:9"], ["http://127.0.0.1:9"]),
        ([FILE, "http://127.0.0.1:9", "--header", "x"], ["'Name: value'", "'x'"]),
        ([FILE, "http://127.0.0.1:9", "--repeat", "0"], ["--repeat"]),
        ([FILE, "http://127.0.0.1:9", "--fail-on", "cosmetic"], ["--fail-on", "cosmetic"]),
    ],
)
def test_wrong_use_is_told(
    deployment: Deployment,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    expected: list[str],
) -> None:
    (folder / "broken.jsonl").write_text("broken")
    (folder / "empty").mkdir()

    code = run(["drift", *arguments])

    assert code == 2
    assert missing(capsys.readouterr().err, expected) == []


def test_our_own_failure_is_told_apart(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("graphtape_mock.cli.drift.drift_of_recording", fail)

    assert drift(deployment) == 3


def test_ctrl_c_leaves_no_run_and_tells_what_was_seen(deployment: Deployment, folder: Path) -> None:
    left: list[bool] = []

    def hang(asked: Asked) -> None:
        try:
            asked.send(STREAM_HEAD, chunk(METADATA))
            asked.hold()
        finally:  # The client may reset the connection when it exits.
            left.append(True)

    deployment.scripts[RUN] = hang
    command = [sys.executable, "-m", "graphtape_mock", "drift", FILE, deployment.url]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_until(lambda: bool(deployment.bodies(RUN)))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)

    wait_until(lambda: bool(left))
    assert process.returncode == 2
    assert missing(out, ["POST /runs/stream", "line 20", "Ctrl-C"]) == []
    assert "Ctrl-C" in err.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["http://127.0.0.1:9", FILE], ["URL"]),
        ([FILE], ["URL", "LANGGRAPH_API_URL", "http://"]),
        (["http://127.0.0.1:9"], ["RECORDINGS"]),
    ],
)
def test_the_url_goes_last_and_is_needed(
    arguments: list[str],
    facts: list[str | int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("LANGGRAPH_API_URL", raising=False)

    assert run(["drift", *arguments]) == 2
    assert missing(capsys.readouterr().err, facts) == []


def test_the_url_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGGRAPH_API_URL", "http://127.0.0.1:9")

    assert run(["drift", str(bundled_recordings() / "agent.jsonl")]) == 2
    assert missing(capsys.readouterr().err, ["http://127.0.0.1:9"]) == []


def test_a_recording_that_is_not_whole_is_not_repeated(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (bundled_recordings() / "agent.jsonl").read_text(encoding="utf-8")
    (folder / "cut.jsonl").write_text(whole.replace('"end":"complete"', '"end":"cut"'))

    assert run(["drift", "cut.jsonl", "http://127.0.0.1:9"]) == 2
    assert missing(capsys.readouterr().err, ["cut.jsonl", "--force"]) == []
