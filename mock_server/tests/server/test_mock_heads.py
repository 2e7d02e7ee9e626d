"""Captured requests, sent over a socket: the mock answers with the captured head and body."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
import uvicorn
from starlette.requests import Request as Asked
from starlette.responses import Response as Answer
from starlette.routing import request_response

from graphtape_contracts import Exchange, Frame, Request, Response
from graphtape_mock.recordings.assistant_id import default_id
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.server.app import create_app
from graphtape_mock.server.assistant import make_assistant
from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.request_body import read_body
from graphtape_mock.server.run_registry import RunRegistry
from graphtape_mock.server.run_request import parse_run
from graphtape_mock.server.thread_store import ThreadStore

CAPTURES = Path(__file__).parents[3] / "contracts" / "tests" / "captures" / "python"
GRAPHS = (
    "agent tools subgraph custom boom boom_now interrupting interrupting_twice interrupting_sub "
    "plain slow ticks data loop count nothing fanout odd static mixed two_models seen seen_ctx "
    "func typed io commands flaky factory"
).split()

SAME = [
    "http-404-root-post",
    "http-404-runs-get",
    "http-404-runs-nope",
    "http-404-runs-stream-sub",
    "http-404-unknown",
    "http-404-v1",
    "http-405-ok-post",
    "http-500-origin",
    "http-500-plain",
    "http-ok-checkdb",
    "http-ok-checkdb-bad",
    "http-ok-head",
    "http-root-get",
    "http-stream-assistant-case",
    "http-stream-assistant-unknown-name",
    "http-stream-assistant-unknown-uuid",
    "http-stream-bad-http",
    "http-stream-body-bad-json",
    "http-stream-body-empty",
    "http-stream-body-nan",
    "http-stream-body-none",
    "http-stream-cors-preflight",
    "http-stream-cors-preflight-badmethod",
    "http-stream-cors-preflight-pna",
    "http-stream-method-FOO",
    "http-stream-method-GET",
    "http-stream-method-HEAD",
    "http-stream-method-OPTIONS",
    "http-stream-options-origin-only",
    "http-stream-trailing-slash",
    "http-wait-assistant-unknown-name",
    "http-wait-assistant-unknown-uuid",
    "http-wait-trailing-slash",
    "nb-assistant-by-name",
    "nb-assistant-unknown",
    "nb-assistants-count",
    "nb-info",
    "nb-ok",
    "openapi-after_seconds-1e12",
    "openapi-checkpoint-true-undeclared-",
    "openapi-checkpoint-x-undeclared-",
    "openapi-checkpoint_id-1-undeclared-",
    "openapi-config-metadata-x-undeclared-",
    "openapi-configurable-context-both-declared-",
    "openapi-langsmith_tracer-x-undeclared-",
    "openapi-webhook-x-is-a-valid-uri-reference",
    "opt-command=_resume_1_-stream",
    "webhook-ftp_example_com_x",
    "webhook-http_127_0_0_1_9_x",
    "webhook-http_169_254_169_254_x",
    "webhook-http_localhost_1_x",
]
# The schema validators word their errors differently, so the length differs too.
WORDED_DIFFERENTLY = [
    "http-stream-body-array",
    "http-stream-body-null",
    "http-stream-cors-simple-422",
    "http-stream-many-errors",
    "http-stream-no-assistant",
    "nb-runs-cancel-status-bad",
    "opt-command=_goto_node_after_-stream",
    "webhook-_ok",
]


def read(name: str) -> tuple[bytes, list[bytes], bytes]:
    """Return the request of a capture as sent, the lines of the head, and the body."""
    content = (CAPTURES / f"{name}.http").read_bytes().replace(b"\r\n", b"\n")
    request, _, rest = content.removeprefix(b">>> REQUEST\n").partition(b"\n<<< RESPONSE HEAD\n")
    head, _, rest = rest.partition(b"\n\n<<< RESPONSE BODY ")
    body = rest.partition(b"\n")[2].rpartition(b"\n<<< END")[0]
    lines, _, sent = request.partition(b"\n\n")
    return lines.replace(b"\n", b"\r\n") + b"\r\n\r\n" + sent, undated(head.split(b"\n")), body


def undated(lines: list[bytes]) -> list[bytes]:
    """Remove the date, and the reason phrase, which depends on the Python version."""
    status, *fields = lines
    kept = [line for line in fields if not line.startswith(b"date: ")]
    return [b" ".join(status.split(b" ")[:2]), *kept]


def catalogue() -> AssistantCatalogue:
    found = [
        make_assistant(default_id(name), name, f"2026-01-01T00:00:{number:02}+00:00").fields
        for number, name in enumerate(GRAPHS)
    ]
    search = Request("POST", "/assistants/search")
    answer = Exchange(search, Response(200), (Frame(0.0, orjson.dumps(found)),))
    return AssistantCatalogue([Recording("captured", (answer,))])


@pytest.fixture(name="address", scope="module")
def _address() -> Iterator[tuple[str, int]]:
    known = catalogue()

    async def run(asked: Asked) -> Answer:
        body = await read_body(asked.receive, headers=asked.scope["headers"])
        return Answer(repr(parse_run(body, known)))  # It refuses every request here.

    paths = ("/runs/stream", "/runs/wait", "/runs")
    app = create_app(
        catalogue=known,
        threads=ThreadStore(),
        run_registry=RunRegistry(ThreadStore()),
        runs=dict.fromkeys(paths, request_response(run)),
    )
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", http="httptools"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield listening.getsockname()
        server.should_exit = True
        thread.join()


def exchange(address: tuple[str, int], request: bytes) -> tuple[list[bytes], bytes]:
    """Send a *request*; return the lines of the head, and the body."""
    with socket.create_connection(address) as connection:
        connection.sendall(request)
        reader = connection.makefile("rb")
        head = list(iter(lambda: reader.readline().rstrip(b"\r\n"), b""))
        length = next((int(line[16:]) for line in head if line.startswith(b"content-length: ")), 0)
        is_head = request.startswith(b"HEAD ")
        return undated(head), b"" if is_head else reader.read(length)


@pytest.mark.parametrize("name", SAME)
def test_a_captured_request_gets_the_captured_answer(address: tuple[str, int], name: str) -> None:
    request, head, body = read(name)

    assert exchange(address, request) == (head, body)


@pytest.mark.parametrize("name", WORDED_DIFFERENTLY)
def test_a_request_that_the_schema_forbids_gets_the_captured_head(
    address: tuple[str, int], name: str
) -> None:
    request, head, _ = read(name)

    answered, _ = exchange(address, request)

    assert unmeasured(answered) == unmeasured(head)


def unmeasured(head: list[bytes]) -> list[bytes]:
    return [line.split(b" ")[0] if line.startswith(b"content-length") else line for line in head]


def test_a_crash_closes_the_connection(address: tuple[str, int]) -> None:
    request, _, body = read("http-500-plain")

    with socket.create_connection(address) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer.endswith(body)


def test_other_refusals_leave_the_connection_open(address: tuple[str, int]) -> None:
    request, head, _ = read("http-404-runs-nope")

    with socket.create_connection(address) as connection:
        reader = connection.makefile("rb")
        connection.sendall(request + request)
        lines = [reader.readline() for _ in range(2 * len(head) + 3)]

    assert sum(line.endswith(b"HTTP/1.1 404 Not Found\r\n") for line in lines) == 2
