"""A request becomes a curl command line that sends the same request, and contains no secret."""

import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from graphtape_contracts import Request
from graphtape_mock.deployment.curl import as_curl

JSON = (("content-type", "application/json"),)
URL = "http://deployment.test"


def test_a_run_is_one_line() -> None:
    request = Request("POST", "/runs/stream", JSON, b'{"assistant_id": "agent"}')

    assert as_curl(request, URL) == (
        "curl -N http://deployment.test/runs/stream -H 'content-type: application/json' "
        """-d '{"assistant_id": "agent"}'"""
    )


def test_the_key_comes_from_the_environment() -> None:
    line = as_curl(Request("GET", "/info", (("x-api-key", "lsv2_pt_1234"),)), URL, key=True)

    assert line == f'curl -N {URL}/info -H "x-api-key: $LANGGRAPH_API_KEY"'


@pytest.mark.parametrize("name", ["x-api-key", "authorization", "cookie", "x-anything"])
def test_a_header_that_might_be_secret_is_not_told(name: str) -> None:
    assert "hunter2" not in as_curl(Request("GET", "/info", ((name, "hunter2"),)), URL)


def test_user_and_password_are_not_told() -> None:
    line = as_curl(Request("GET", "/ok"), "https://ada:hunter2@deployment.test/base/")

    assert line == "curl -N https://deployment.test/base/ok"


@dataclass
class Seen:
    """The URL of the server, and the requests that it received."""

    requests: list[Request] = field(default_factory=list[Request])
    url: str = ""


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[Seen]:
    """A server that stores the requests that it receives."""
    seen = Seen()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("content-length", 0))
            headers = tuple((name.lower(), value) for name, value in self.headers.items())
            body = self.rfile.read(length)
            seen.requests.append(Request(self.command, self.path, headers, body))
            self.send_response(204)
            self.end_headers()

        do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = answer

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        seen.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield seen
        server.shutdown()
        thread.join()


@pytest.fixture(name="seen")
def _seen(server: Seen) -> Seen:
    """The server, with the requests of earlier tests removed."""
    server.requests.clear()
    return server


@pytest.mark.parametrize(
    ("method", "path", "headers", "body"),
    [
        ("GET", "/info", (), b""),
        ("GET", "/x?a=1&b=$HOME;ls", (("accept", "*/*"),), b""),
        ("GET", "/a[1]/{b}/../c", (), b""),
        ("HEAD", "/info", (), b""),
        ("POST", "/runs", (), b""),
        ("DELETE", "/threads/1", (), b""),
        ("PATCH", "/threads/1", JSON, b'{"metadata": {}}'),
        ("POST", "/runs/stream", JSON, """{"a": "it's é $HOME `ls` %s \\n"}""".encode()),
        ("POST", "/runs/stream", JSON, b"@/etc/hostname"),
        ("POST", "/runs/stream", JSON, b"100% of \\ and 'quotes'\r\n\t\x00\xff"),
        ("POST", "/runs/stream", JSON, '"\u202e \u2028"'.encode()),
        ("POST", "/runs/stream", (), b'{"untyped": true}'),
        ("GET", "/runs/1/stream", (("last-event-id", "1-0"), ("origin", "null")), b""),
    ],
)
def test_pasted_into_a_shell_it_makes_the_same_request(
    method: str,
    path: str,
    headers: tuple[tuple[str, str], ...],
    body: bytes,
    seen: Seen,
) -> None:
    line = as_curl(Request(method, path, headers, body), seen.url)

    subprocess.run(["sh", "-c", f"{line} --silent --noproxy '*' --max-time 20"], check=True)

    (made,) = seen.requests
    ours = {"accept", "content-type", "last-event-id", "origin"}
    told = {name: value for name, value in made.headers if name in ours}
    assert (made.method, made.path, made.body) == (method, path, body)
    assert told == {"accept": "*/*"} | dict(headers)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("@other/x", "/@other/x"),
        ("//other/x", "/other/x"),
        ("/\\other/x", "/%5Cother/x"),
        ("http://other/x", "/http://other/x"),
        ("/a b#é", "/a%20b%23%C3%A9"),
        ("", "/"),
    ],
)
def test_no_path_leads_the_command_to_another_host(path: str, asked: str, seen: Seen) -> None:
    line = as_curl(Request("GET", path), seen.url)

    subprocess.run(["sh", "-c", f"{line} --silent --noproxy '*' --max-time 20"], check=True)

    assert [made.path for made in seen.requests] == [asked]


def test_the_query_of_the_url_is_not_shown() -> None:
    line = as_curl(Request("GET", "/ok?a=1"), "https://deployment.test/base/?code=hunter2")

    assert line == "curl -N 'https://deployment.test/base/ok?a=1'"


def test_it_can_be_pasted_whatever_the_body_holds() -> None:
    line = as_curl(Request("POST", "/runs", JSON, bytes(range(256))), URL)

    assert line.isascii()
    assert line.isprintable()
    assert shlex.split(line)[0] == "printf"
