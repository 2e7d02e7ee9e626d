"""The recorder with deployments that respond correctly, badly, or incompletely."""

import gzip
import re
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import httpx
import orjson
import pytest
from scripted_deployment import (
    ASSISTANT,
    END,
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
)

from graphtape_contracts import End, Exchange
from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.deployment.headers import key_from
from graphtape_mock.deployment.info import check_deployment, fetch_assistant_info
from graphtape_mock.deployment.limits import Limits
from graphtape_mock.record.interruption import interrupts_held
from graphtape_mock.record.recorder import Recorder
from graphtape_mock.record.requests import RecordingRequest
from graphtape_mock.record.run_writer import RecordedRunResult
from graphtape_mock.recordings.file import read
from graphtape_mock.recordings.view import EVERYTHING, EXACT
from graphtape_mock.redaction.redactor import Redactor

JOB = RecordingRequest("agent", {"input": {"messages": []}})
METADATA = event("metadata", {"run_id": "1", "attempt": 1})
VALUES = event("values", {"messages": ["é"]})
KEY = "lsv2_pt_0123456789abcdef"
TOKEN = "gh" + "p_" + "a1B2c3D4e5" * 4


def _nothing(events: int, seconds: float) -> None:
    pass


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "agent.jsonl"


def record(
    deployment: Deployment,
    path: Path,
    *,
    job: RecordingRequest = JOB,
    exact: bool = False,
    timeout: float = 30.0,
    watch: Callable[[int, float], None] = _nothing,
    replace: bool = False,
) -> list[RecordedRunResult]:
    """Record *job* in the same way as the command."""
    ticks: Iterator[int] = iter(range(10**6))
    with DeploymentConnection(
        deployment.url, key=KEY, limits=Limits(pause=timeout), clock=lambda: next(ticks) / 10
    ) as upstream:
        deployment_info = fetch_assistant_info(upstream, job.assistant, check_deployment(upstream))
        redactor = Redactor(secrets=upstream.secrets)
        recorder = Recorder(upstream, redactor, path, deployment_info, f"with {KEY}", replace)
        return list(recorder.record(job, EXACT if exact else (EVERYTHING,), watch))


def run_of(path: Path, ending: str = "") -> Exchange:
    """Return the run of the only recording, whose name ends with *ending*."""
    (file,) = path.parent.glob("*.jsonl")
    assert file == path.with_name(f"agent{ending}.jsonl")
    (run,) = read(file).runs
    return run


def test_a_run_is_recorded_as_it_comes(path: Path) -> None:
    heartbeat = b": heartbeat\r\n\r\n"
    with deployed(scripts_of_a_server(stream(METADATA, heartbeat, VALUES))) as deployment:
        (run,) = record(deployment, path)

    assert (run.events, run.end, run.failure, run.refused) == (2, End.COMPLETE, "", False)
    recorded = run_of(path)
    assert recorded.body == METADATA + heartbeat + VALUES
    assert recorded.end is End.COMPLETE
    assert recorded.frames[0].at < recorded.frames[2].at
    assert recorded.response.header("location") == "/runs/1/stream"
    assert recorded.response.header("set-cookie") == "[redacted-2]"
    assert recorded.request.headers == (("accept", "*/*"), ("content-type", "application/json"))


def test_the_run_asks_for_everything_there_is_to_see(path: Path) -> None:
    job = RecordingRequest("agent", {"input": None, "context": {"a": 1}})
    with deployed(scripts_of_a_server(stream(METADATA))) as deployment:
        record(deployment, path, job=job)

    (asked,) = deployment.bodies("POST /runs/stream")
    assert asked == {
        "assistant_id": "agent",
        "input": None,
        "context": {"a": 1},
        "stream_mode": list(STREAM_MODES),
        "stream_subgraphs": True,
    }
    assert run_of(path).request.body == orjson.dumps(asked)


def test_an_exact_recording_has_a_run_for_each_exact_view(path: Path) -> None:
    with deployed(scripts_of_a_server(stream(METADATA))) as deployment:
        runs = record(deployment, path, exact=True)

    assert len(runs) == len(read(path).runs) == len(deployment.bodies("POST /runs/stream")) == 9


def test_the_surroundings_of_the_run_are_recorded_before_it(path: Path) -> None:
    scripts = scripts_of_a_server(stream(METADATA))
    scripts[f"GET /assistants/{ASSISTANT}/graph?xray=true"] = say(answer(200, {"nodes": [1]}))
    with deployed(scripts) as deployment:
        record(deployment, path)

    recording = read(path)
    assert [exchange.request.path for exchange in recording.exchanges] == [
        "/info",
        "/assistants/search",
        f"/assistants/{ASSISTANT}",
        f"/assistants/{ASSISTANT}/schemas",
        f"/assistants/{ASSISTANT}/graph",
        f"/assistants/{ASSISTANT}/graph?xray=true",
        "/runs/stream",
    ]
    assert recording.server == {"url": deployment.url, "version": "0.16.7"}


def test_an_assistant_can_be_named_by_its_uuid(path: Path) -> None:
    job = RecordingRequest(ASSISTANT.upper(), {"input": 1})
    with deployed(scripts_of_a_server(stream(METADATA))) as deployment:
        record(deployment, path, job=job)

    assert deployment.bodies("POST /assistants/search") == [
        {"graph_id": "agent", "limit": 100, "offset": 0}
    ]
    assert len(read(path).exchanges) == 7


@pytest.mark.parametrize("offered", [answer(404, b"no"), answer(200, {}), answer(200, b"<html>")])
def test_a_deployment_without_neighbours_can_be_recorded(path: Path, offered: bytes) -> None:
    scripts: dict[str, Script] = {
        "GET /ok": say(answer(200, {"ok": True})),
        "POST /assistants/search": say(offered),
        "POST /runs/stream": stream(METADATA),
        "default": say(answer(404, b"none here")),
    }
    with deployed(scripts) as deployment:
        record(deployment, path)
        with DeploymentConnection(deployment.url) as upstream:
            deployment_info = fetch_assistant_info(upstream, "agent", check_deployment(upstream))

    assert read(path).exchanges[0].request.path == "/info"
    assert read(path).server == {"url": deployment.url}
    assert deployment_info.notes[0] == "GET /info answered 404; recorded as it is"


def test_the_key_is_sent_and_in_no_file(path: Path) -> None:
    echo = event("debug", {"configurable": {"x-api-key": KEY, "text": f"it is {KEY}"}})
    with deployed(scripts_of_a_server(stream(METADATA, echo, echo[:-20]))) as deployment:
        record(deployment, path)

    assert {asked.headers["x-api-key"] for asked in deployment.asked} == {KEY}
    assert {asked.headers["accept-encoding"] for asked in deployment.asked} == {"identity"}
    content = path.read_text()
    assert KEY[:12] not in content
    assert content.count("[redacted-1]") == 4


def test_the_request_has_the_first_placeholders(path: Path) -> None:
    scripts = scripts_of_a_server(stream(METADATA))
    scripts["GET /info"] = say(answer(200, {"api_key": "theirs"}))
    job = RecordingRequest(
        "agent", {"input": 1, "config": {"configurable": {"openai_api_key": "mine"}}}
    )
    with deployed(scripts) as deployment:
        record(deployment, path, job=job)

    assert b'"openai_api_key":"[redacted-1]"' in run_of(path).request.body
    assert b"theirs" not in path.read_bytes()


def test_user_and_password_of_the_url_are_sent_and_in_no_file(path: Path) -> None:
    with deployed(scripts_of_a_server(stream(METADATA, event("a", "ann:pass-word")))) as deployment:
        deployment.url = deployment.url.replace("://", "://ann:pass-word@") + "/?key=secret"
        deployment.query = "key=secret"
        record(deployment, path)

    assert deployment.asked[-1].headers["authorization"] == "Basic YW5uOnBhc3Mtd29yZA=="
    assert "pass-word" not in path.read_text()
    assert "secret" not in path.read_text()


def test_a_run_that_fails_is_a_good_recording(path: Path) -> None:
    failed = event("error", {"error": "ValueError", "message": "bad"})
    with deployed(scripts_of_a_server(stream(METADATA, failed))) as deployment:
        (run,) = record(deployment, path)

    assert run.failure == "ValueError: bad"
    assert run.end is End.COMPLETE


@pytest.mark.parametrize(
    ("block", "failure"),
    [
        (b"event: error\r\ndata: no json\r\n\r\n", "no json"),
        (b"event: error\r\n\r\n", "an error without a message"),
    ],
)
def test_an_error_of_another_shape_is_told_as_it_is(path: Path, block: bytes, failure: str) -> None:
    with deployed(scripts_of_a_server(stream(block))) as deployment:
        (run,) = record(deployment, path)

    assert run.failure == failure


def test_a_refused_run_is_recorded_and_the_last(path: Path) -> None:
    refusal = answer(422, {"detail": f"no: {KEY}"})
    with deployed(scripts_of_a_server(say(refusal))) as deployment:
        (run,) = record(deployment, path, exact=True)

    assert run.refused
    assert run.failure == "no: [redacted-1]"
    assert run_of(path, ".refused").body == b'{"detail":"no: [redacted-1]"}'


@pytest.mark.parametrize("body", [b"<html>", b""])
def test_an_answer_that_is_no_stream_is_recorded_whole(path: Path, body: bytes) -> None:
    with deployed(scripts_of_a_server(say(answer(200, body)))) as deployment:
        (run,) = record(deployment, path)

    assert run.failure == "a response of application/json, no events"
    assert run.ending == "unexpected"
    assert run_of(path, ".unexpected").body == body


def test_a_compressed_answer_is_recorded_as_what_it_means(path: Path) -> None:
    packed = answer(200, gzip.compress(b'{"a":1}'), b"content-encoding: gzip")
    with deployed(scripts_of_a_server(say(packed))) as deployment:
        record(deployment, path)

    run = run_of(path, ".unexpected")
    assert run.body == b'{"a":1}'
    assert run.response.header("content-encoding") is None
    assert run.response.header("content-length") is None


@pytest.mark.parametrize("ending", [b"", b"5\r\nab"])
def test_a_lost_connection_keeps_all_that_came(path: Path, ending: bytes) -> None:
    torn = VALUES[:20]
    script = say(STREAM_HEAD, chunk(METADATA), chunk(torn), ending)
    with deployed(scripts_of_a_server(script)) as deployment:
        (run,) = record(deployment, path, exact=True)

    assert run.end is End.CUT
    assert "was lost" in run.reason
    recorded = run_of(path, ".cut")
    assert recorded.end is End.CUT
    assert recorded.body.startswith(METADATA + torn)
    assert recorded.frames[-1].torn


def test_a_reset_connection_is_a_lost_one(path: Path) -> None:
    seen = Event()

    def script(asked: Asked) -> None:
        asked.send(STREAM_HEAD, chunk(METADATA))
        seen.wait(20)
        asked.reset()

    with deployed(scripts_of_a_server(script)) as deployment:
        actions: list[Callable[[], object]] = [int, seen.set]

        def release(events: int, seconds: float) -> None:
            actions[events]()

        (run,) = record(deployment, path, watch=release)

    assert run.end is End.CUT
    assert run_of(path, ".cut").body == METADATA


def test_a_stream_that_ends_well_in_the_middle_of_an_event_is_complete(path: Path) -> None:
    with deployed(scripts_of_a_server(stream(METADATA, VALUES[:-2]))) as deployment:
        (run,) = record(deployment, path)

    assert (run.events, run.end) == (1, End.COMPLETE)
    assert [frame.torn for frame in run_of(path).frames] == [False, True]


def test_silence_stops_the_recording_and_keeps_all_that_came(path: Path) -> None:
    def script(asked: Asked) -> None:
        asked.send(STREAM_HEAD, chunk(METADATA))
        asked.hold()

    with deployed(scripts_of_a_server(script)) as deployment:
        (run,) = record(deployment, path, timeout=0.2)

    assert run.end is End.STOPPED
    assert run.reason.startswith(f"{deployment.url} sent nothing for 0.2 s")
    assert run_of(path, ".cut").body == METADATA


def test_an_answer_torn_before_it_could_be_read_loses_no_secret(path: Path) -> None:
    head = b"HTTP/1.1 500 No\r\ncontent-type: text/plain\r\ncontent-length: 99\r\n\r\n"
    with deployed(
        scripts_of_a_server(say(head + b"the key is " + KEY[:12].encode()))
    ) as deployment:
        (run,) = record(deployment, path)

    assert (run.end, run.refused) == (End.CUT, True)
    assert run_of(path, ".refused").body == b"the key is [redacted-2]"


def test_ctrl_c_keeps_all_that_came(path: Path) -> None:
    def script(asked: Asked) -> None:
        asked.send(STREAM_HEAD, chunk(METADATA + VALUES[:9]))
        asked.hold()

    actions: list[Callable[[], object]] = [int, lambda: signal.raise_signal(signal.SIGINT)]

    def interrupt(events: int, seconds: float) -> None:
        actions[events]()

    with deployed(scripts_of_a_server(script)) as deployment:
        (run,) = record(deployment, path, watch=interrupt)

    assert (run.end, run.reason) == (End.STOPPED, "stopped by Ctrl-C")
    recorded = run_of(path, ".cut")
    assert recorded.end is End.STOPPED
    assert recorded.body == METADATA + VALUES[:9]


def test_without_an_answer_there_is_no_file(path: Path) -> None:
    with deployed(scripts_of_a_server(say(b""))) as deployment, pytest.raises(DeploymentError):
        record(deployment, path)

    assert not list(path.parent.glob("**/*.jsonl*"))


def test_a_file_is_replaced_only_by_a_complete_recording(path: Path) -> None:
    with deployed(scripts_of_a_server(stream(METADATA))) as deployment:
        record(deployment, path)
        deployment.scripts["POST /runs/stream"] = stream(METADATA, VALUES)
        record(deployment, path, replace=True)

    assert run_of(path).body == METADATA + VALUES


@pytest.mark.parametrize(
    ("script", "ending"),
    [
        (say(answer(422, {"detail": "no"})), "refused"),
        (say(STREAM_HEAD, chunk(METADATA)), "cut"),
        (say(answer(200, b"<html>")), "unexpected"),
    ],
)
def test_a_good_recording_survives_a_failed_attempt_to_replace_it(
    path: Path, script: Script, ending: str
) -> None:
    with deployed(scripts_of_a_server(stream(METADATA))) as deployment:
        record(deployment, path)
        good = path.read_bytes()
        deployment.scripts["POST /runs/stream"] = script
        record(deployment, path, replace=True)
        record(deployment, path, replace=True)

    assert path.read_bytes() == good
    assert {file.name for file in path.parent.glob("agent*")} == {
        "agent.jsonl",
        f"agent.{ending}.jsonl",
        f"agent.{ending}-2.jsonl",
    }


def test_an_unknown_assistant_is_told_with_what_there_is(path: Path) -> None:
    scripts = scripts_of_a_server(stream())
    for assistant in ("agnet", "11111111-1111-4111-8111-111111111111"):
        with deployed(scripts) as deployment, pytest.raises(DeploymentError) as caught:
            record(deployment, path, job=RecordingRequest(assistant, {"input": 1}))

        assert f"has no assistant {assistant!r}; it offers None, agent" in str(caught.value)
    assert not path.exists()


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_told_before_anything_is_written(path: Path, status: int) -> None:
    scripts: dict[str, Script] = {"default": say(answer(status, {"detail": "no"}))}
    with deployed(scripts) as deployment, pytest.raises(DeploymentError) as caught:
        record(deployment, path)

    assert f"(status {status}): set LANGGRAPH_API_KEY" in str(caught.value)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("reply", [answer(200, b"<html>"), answer(404, {}), answer(200, [1])])
def test_what_is_no_langgraph_deployment_is_told(path: Path, reply: bytes) -> None:
    with deployed({"default": say(reply)}) as deployment, pytest.raises(DeploymentError) as caught:
        record(deployment, path)

    assert "expected a LangGraph deployment" in str(caught.value)


def test_a_redirect_is_told_and_not_followed(path: Path) -> None:
    moved = answer(308, b"", b"location: https://user:pw@elsewhere/info?key=x")
    with deployed({"default": say(moved)}) as deployment, pytest.raises(DeploymentError) as caught:
        record(deployment, path)

    assert "redirect to https://elsewhere/info: use the URL" in str(caught.value)
    assert len(deployment.asked) == 1


def test_nobody_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    with (
        DeploymentConnection(f"http://127.0.0.1:{port}") as upstream,
        pytest.raises(DeploymentError) as caught,
    ):
        check_deployment(upstream)

    assert "can't be reached" in str(caught.value)


def test_a_deployment_that_never_answers_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with (
            DeploymentConnection(url, limits=Limits(pause=0.1)) as upstream,
            pytest.raises(DeploymentError) as caught,
        ):
            check_deployment(upstream)

    assert "0.1 s" in str(caught.value)
    assert "--timeout" in str(caught.value)


def test_a_host_that_takes_no_connection_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object, **__: object) -> None:
        raise httpx.ConnectTimeout("timed out")

    monkeypatch.setattr(httpx.Client, "stream", connect)

    with DeploymentConnection("http://x") as upstream, pytest.raises(DeploymentError) as caught:
        check_deployment(upstream)

    assert str(caught.value) == "http://x did not answer within 5 s: is it running?"


def test_a_failure_of_tls_is_told() -> None:
    with deployed({"default": say(b"no TLS here")}) as deployment:
        url = deployment.url.replace("http", "https")
        with DeploymentConnection(url) as upstream, pytest.raises(DeploymentError) as caught:
            check_deployment(upstream)

    assert "the TLS connection to" in str(caught.value)


@pytest.mark.parametrize(
    "url", ["127.0.0.1:2024", "ftp://x", "http://", "http://x:99999", "http://[", "http://x\x7f/"]
)
def test_a_url_that_is_none_is_told(url: str) -> None:
    with pytest.raises(DeploymentError, match="http://"):
        DeploymentConnection(url)


def test_a_bad_url_is_told_without_its_password() -> None:
    with pytest.raises(DeploymentError) as caught:
        DeploymentConnection("ftp://ann:pass-word@host")

    assert "pass-word" not in str(caught.value)


@pytest.mark.parametrize("value", ["a\nb", "é", "\x7f"])
def test_a_header_that_can_not_be_sent_is_told_without_its_value(value: str) -> None:
    with pytest.raises(DeploymentError) as caught:
        DeploymentConnection("http://x", key=value)

    message = "the value of x-api-key has characters that are not allowed in a header"
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("environment", "key"),
    [
        ({}, None),
        ({"LANGGRAPH_API_KEY": " "}, None),
        ({"LANGCHAIN_API_KEY": "c", "LANGSMITH_API_KEY": "b", "LANGGRAPH_API_KEY": "a"}, "a"),
        ({"LANGCHAIN_API_KEY": "c", "LANGSMITH_API_KEY": "b", "LANGGRAPH_API_KEY": ""}, "b"),
        ({"LANGCHAIN_API_KEY": ' "c"\n'}, "c"),
    ],
)
def test_the_key_comes_from_the_first_variable_that_is_set(
    environment: dict[str, str], key: str | None
) -> None:
    assert key_from(environment) == key


def test_ctrl_c_waits_for_the_end_of_a_block() -> None:
    done: list[str] = []

    def work() -> None:
        with interrupts_held():
            signal.raise_signal(signal.SIGINT)
            done.append("all of it")

    with pytest.raises(KeyboardInterrupt):
        work()

    assert done == ["all of it"]


def test_no_signal_is_touched_outside_the_main_thread() -> None:
    done: list[str] = []

    def work() -> None:
        with interrupts_held():
            done.append("done")

    thread = Thread(target=work)
    thread.start()
    thread.join()

    assert done == ["done"]


def test_the_end_of_a_stream_is_told_with_its_last_bytes(path: Path) -> None:
    with deployed(scripts_of_a_server(say(STREAM_HEAD + chunk(METADATA) + END))) as deployment:
        seen: list[int] = []
        record(deployment, path, watch=lambda events, seconds: seen.append(events))

    assert seen == [0, 1]


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_a_key_that_a_model_streams_piece_by_piece_is_in_no_file(path: Path, size: int) -> None:
    said = f"the key is {KEY}, and {TOKEN}."
    pieces = [said[start : start + size] for start in range(0, len(said), size)]
    chunks = [
        event("messages", [{"type": "AIMessageChunk", "id": "lc_run--1", "content": text}, {}])
        for text in pieces
    ]
    with deployed(scripts_of_a_server(stream(METADATA, *chunks))) as deployment:
        record(deployment, path)

    frames = [frame for frame in run_of(path).frames if frame.event == "messages"]
    content = "".join(orjson.loads(frame.data or "")[0]["content"] for frame in frames)
    assert len(frames) == len(chunks)
    assert re.fullmatch(r"the key is \[redacted-\d\], and \[redacted-\d\]\.", content)
    assert {"given", "github-token"} <= {entry["kind"] for entry in read(path).redacted}


def test_a_draft_never_has_a_given_value_that_is_streamed_piece_by_piece(path: Path) -> None:
    chunks = [
        event("messages", [{"type": "AIMessageChunk", "id": "lc_run--1", "content": text}, {}])
        for text in KEY
    ]
    drafts: list[str] = []

    def look(events: int, seconds: float) -> None:
        (draft,) = path.parent.glob(".graphtape/*.draft")
        frames = read(draft).runs[0].frames if read(draft).runs else ()
        data = [orjson.loads(frame.data or "") for frame in frames if frame.event == "messages"]
        drafts.append("".join(chunk["content"] for chunk, _ in data))

    with deployed(scripts_of_a_server(stream(METADATA, *chunks))) as deployment:
        record(deployment, path, watch=look)

    assert len(drafts) > len(KEY)
    assert set(drafts) <= {"", "[redacted-1]"}


def test_a_recorder_sends_a_request_again_as_the_deployment_asks(path: Path) -> None:
    def busy(asked: Asked) -> None:
        deployment.scripts["POST /runs/stream"] = stream(METADATA)
        asked.send(answer(503, {"detail": "busy"}, b"retry-after: 0"))

    with deployed(scripts_of_a_server(busy)) as deployment:
        record(deployment, path)

    assert run_of(path).body == METADATA


def test_a_frame_that_is_held_back_at_the_end_is_written(path: Path) -> None:
    begun = {"type": "AIMessageChunk", "id": "lc_run--1", "content": f"see {KEY[:7]}"}
    with deployed(scripts_of_a_server(stream(METADATA, event("messages", [begun, {}])))) as server:
        record(server, path)

    (_, last) = run_of(path).frames
    assert orjson.loads(last.data or "")[0]["content"] == f"see {KEY[:7]}"
